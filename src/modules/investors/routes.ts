import type { Route } from '../../platform/http';
import { appetiteRoutes, type AppetiteRouteDeps } from './appetite.routes';
import { calculatorRoutes, type CalculatorRouteDeps } from './calculator.routes';
import { classificationRoutes, type ClassificationRouteDeps } from './classification.routes';
import { investorFileRoutes, type InvestorFileRouteDeps } from './investor.routes';
import { knowledgeTestRoutes, type KnowledgeTestRouteDeps } from './knowledge-test.routes';
import { verificationRoutes, type VerificationRouteDeps } from './verification.routes';

export type InvestorRouteDeps = AppetiteRouteDeps &
  CalculatorRouteDeps &
  ClassificationRouteDeps &
  InvestorFileRouteDeps &
  KnowledgeTestRouteDeps &
  VerificationRouteDeps;

export function investorRoutes(deps: InvestorRouteDeps): readonly Route[] {
  return [
    ...investorFileRoutes(deps),
    ...verificationRoutes(deps),
    ...classificationRoutes(deps),
    ...knowledgeTestRoutes(deps),
    ...appetiteRoutes(deps),
    ...calculatorRoutes(deps),
  ];
}
