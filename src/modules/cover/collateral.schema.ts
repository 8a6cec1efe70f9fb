import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  pageQueryWith,
  positiveMoneyInput,
} from '../../platform/http';
import {
  COLLATERAL_STATUSES,
  METHODS,
  type Realisation,
  type ValuedCollateral,
  type Valuation,
} from './collateral';
import type { CollateralFile } from './collateral.service';
import { COLLATERAL_KINDS } from './policy';
import { sha256Input } from './schema';

export const collateralParams = z.strictObject({ id: idInput('clt') });
export const collateralsQuery = pageQueryWith({ status: z.enum(COLLATERAL_STATUSES).optional() });

export const collateralBody = z.strictObject({
  kind: z.enum(COLLATERAL_KINDS),
  description: lineInput(500),
  owner: lineInput(),
  prior: moneyInput,
});

export const valuationBody = z.strictObject({
  valuedOn: dateInput,
  amount: moneyInput,
  method: z.enum(METHODS),
  valuer: lineInput(),
  documentSha256: sha256Input,
});

export const registrationBody = z.strictObject({
  registry: lineInput(),
  number: lineInput(100),
  on: dateInput,
  documentSha256: sha256Input,
});

export const releaseBody = z.strictObject({ on: dateInput, documentSha256: sha256Input });

export const realisationBody = z
  .strictObject({
    realisedOn: dateInput,
    proceeds: positiveMoneyInput,
    costs: moneyInput,
    documentSha256: sha256Input,
    isLast: z.boolean(),
  })
  .refine(
    ({ proceeds, costs }) => proceeds.currency === costs.currency && !proceeds.isLessThan(costs),
    { path: ['costs'], error: 'The costs are more than the proceeds, or in another currency.' },
  );

export const valuationView = z.object({
  no: z.int(),
  valuedOn: dateView,
  amount: moneyView,
  method: z.enum(METHODS),
  valuer: z.string(),
  documentSha256: z.string(),
  recordedBy: z.string(),
  recordedAt: instantView,
});

const realisationView = z.object({
  no: z.int(),
  realisedOn: dateView,
  proceeds: moneyView,
  costs: moneyView,
  documentSha256: z.string(),
  recordedBy: z.string(),
  recordedAt: instantView,
});

export const collateralView = z.object({
  id: idView('clt'),
  loanId: idView('lon'),
  kind: z.enum(COLLATERAL_KINDS),
  description: z.string(),
  owner: z.string(),
  currency: z.enum(CURRENCIES),
  prior: moneyView,
  status: z.enum(COLLATERAL_STATUSES),
  registration: z
    .object({ registry: z.string(), number: z.string(), on: dateView, documentSha256: z.string() })
    .optional(),
  release: z.object({ on: dateView, documentSha256: z.string() }).optional(),
  recordedAt: instantView,
  latestValuation: valuationView.optional(),
  isRevaluationDue: z.boolean().optional(),
});

export const collateralFileView = z.object({
  collateral: collateralView,
  valuations: z.array(valuationView).readonly(),
  realisations: z.array(realisationView).readonly(),
});

export function asCollateral(
  item: ValuedCollateral & { readonly isRevaluationDue?: boolean },
): z.input<typeof collateralView> {
  const { loanNo: _no, recordedBy: _by, ...shown } = item.collateral;
  return {
    ...shown,
    latestValuation: item.latest && asValuation(item.latest),
    isRevaluationDue: item.isRevaluationDue,
  };
}

export function asValuation(valuation: Valuation): z.input<typeof valuationView> {
  const { collateralId: _id, ...shown } = valuation;
  return shown;
}

export function asCollateralFile(file: CollateralFile): z.input<typeof collateralFileView> {
  const { collateral, valuations, realisations } = file;
  return {
    collateral: asCollateral({ collateral, latest: valuations.at(-1) }),
    valuations: valuations.map(asValuation),
    realisations: realisations.map(asRealisation),
  };
}

function asRealisation(realisation: Realisation): z.input<typeof realisationView> {
  const { collateralId: _id, ...shown } = realisation;
  return shown;
}
