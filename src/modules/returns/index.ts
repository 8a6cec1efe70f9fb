export { returnsProblem } from './errors';
export { divideHalfEven } from './quotient';
export { ReturnsExport } from './export.service';
export { returnsRoutes, type ReturnsRouteDeps } from './routes';
export { ReturnsService, type ReturnsDeps } from './service';
