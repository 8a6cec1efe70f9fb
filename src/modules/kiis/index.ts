export { kiisProblem } from './errors';
export { loadKiisModels } from './model.schema';
export { kiisRoutes, type KiisRouteDeps } from './routes';
export { KiisService, type KiisDeps } from './service';
