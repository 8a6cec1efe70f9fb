import type { Route } from '../../platform/http';
import { claimRoutes, type ClaimRouteDeps } from './claim.routes';
import { collateralRoutes, type CollateralRouteDeps } from './collateral.routes';
import { fundRoutes, type FundRouteDeps } from './fund.routes';
import { guarantorRoutes, type GuarantorRouteDeps } from './guarantor.routes';
import {
  providerWithdrawalRoutes,
  type ProviderWithdrawalRouteDeps,
} from './provider-withdrawal.routes';

export type CoverRouteDeps = GuarantorRouteDeps &
  ClaimRouteDeps &
  CollateralRouteDeps &
  FundRouteDeps &
  ProviderWithdrawalRouteDeps;

export function coverRoutes(deps: CoverRouteDeps): readonly Route[] {
  return [
    ...guarantorRoutes(deps),
    ...claimRoutes(deps),
    ...collateralRoutes(deps),
    ...fundRoutes(deps),
    ...providerWithdrawalRoutes(deps),
  ];
}
