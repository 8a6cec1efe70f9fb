export { returnsProblem } from './errors';
export { ReturnsExport } from './export.service';
export { returnsRoutes, type ReturnsRouteDeps } from './routes';
export { ReturnsService, type ReturnsDeps } from './service';
