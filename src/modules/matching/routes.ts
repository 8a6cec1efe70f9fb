import type { Route } from '../../platform/http';
import { mandateRoutes, type MandateRouteDeps } from './mandate.routes';
import { windowRoutes, type WindowRouteDeps } from './window.routes';

export type MatchingRouteDeps = MandateRouteDeps & WindowRouteDeps;

export function matchingRoutes(deps: MatchingRouteDeps): readonly Route[] {
  return [...mandateRoutes(deps), ...windowRoutes(deps)];
}
