export { returnsProblem } from './errors';
export { ReturnsExport } from './export.service';
export type { NoteSale, NoteSales } from './ports';
export { returnsRoutes, type ReturnsRouteDeps } from './routes';
export { ReturnsService, type ReturnsDeps } from './service';
