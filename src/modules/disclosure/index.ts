export { disclosureProblem } from './errors';
export { disclosureRoutes, type DisclosureRouteDeps } from './routes';
export { PublicDisclosure, type DisclosureDeps } from './service';
