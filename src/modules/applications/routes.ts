import type { Route } from '../../platform/http';
import { calculatorRoutes, type CalculatorRouteDeps } from './calculator.routes';
import { draftRoutes, type DraftRouteDeps } from './draft.routes';
import { listRoutes, type ListRouteDeps } from './list.routes';
import { offerRoutes, type OfferRouteDeps } from './offer.routes';
import { reportRoutes, type ReportRouteDeps } from './report.routes';

export interface ApplicationRouteDeps
  extends DraftRouteDeps, OfferRouteDeps, ListRouteDeps, ReportRouteDeps, CalculatorRouteDeps {}

export function applicationRoutes(deps: ApplicationRouteDeps): readonly Route[] {
  return [
    ...draftRoutes(deps),
    ...offerRoutes(deps),
    ...listRoutes(deps),
    ...reportRoutes(deps),
    ...calculatorRoutes(deps),
  ];
}
