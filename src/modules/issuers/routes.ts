import type { Route } from '../../platform/http';
import { diligenceRoutes, type DiligenceRouteDeps } from './diligence.routes';
import { issuerFileRoutes, type IssuerFileRouteDeps } from './issuer.routes';
import { issuerVerificationRoutes, type IssuerVerificationRouteDeps } from './verification.routes';

export type IssuerRouteDeps = DiligenceRouteDeps &
  IssuerFileRouteDeps &
  IssuerVerificationRouteDeps;

export function issuerRoutes(deps: IssuerRouteDeps): readonly Route[] {
  return [...issuerFileRoutes(deps), ...issuerVerificationRoutes(deps), ...diligenceRoutes(deps)];
}
