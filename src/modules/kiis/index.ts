export { kiisProblem } from './errors';
export { kiisChecks } from './integrity';
export { loadKiisModels } from './model.schema';
export { kiisRoutes, type KiisRouteDeps } from './routes';
export { KiisService, type KiisDeps } from './service';
