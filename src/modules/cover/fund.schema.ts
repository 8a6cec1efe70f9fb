import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  dateView,
  idInput,
  lineInput,
  moneyView,
  rateInput,
  rateView,
} from '../../platform/http';
import { identityClaimInput } from '../identity';
import type { Coverage } from './fund';
import type { FundStatement } from './fund.service';
import type { Fund } from './provider';
import { bilingualInput, bilingualView, providerHead, shareInput, shareView } from './schema';

export const fundBody = z
  .strictObject({
    name: lineInput(),
    keeper: identityClaimInput,
    currency: z.enum(CURRENCIES),
    title: bilingualInput,
    policy: bilingualInput,
    grades: z.array(lineInput(8)).min(1).max(20).optional(),
    from: dateInput,
    until: dateInput.optional(),
    triggerDays: z.int().min(1).max(365),
    share: shareInput,
  })
  .transform(({ name, keeper, currency, share, ...terms }) => ({
    name,
    keeper,
    currency,
    terms: { ...terms, sharePpm: share },
  }));

const factor = (most: number) =>
  rateInput
    .refine((value) => !value.isNegative() && value.lte(most), {
      error: `A factor lies between 0 and ${most}.`,
    })
    .optional();

/** A public page is asked for by the fund and its operator. */
export const fundParams = z.strictObject({ id: idInput('cov') });
export const statementQuery = z.strictObject({
  operator: lineInput(64),
  hazardFactor: factor(20),
  severityFactor: factor(10),
});

export const fundView = z.object({
  ...providerHead,
  title: bilingualView,
  policy: bilingualView,
  grades: z.array(z.string()).readonly().optional(),
  from: dateView,
  until: dateView.optional(),
  triggerDays: z.int(),
  share: shareView,
});

export function asFund(fund: Fund): z.input<typeof fundView> {
  const { accountNo: _account, partyId: _party, terms, kind: _kind, ...head } = fund;
  const { sharePpm, ...shown } = terms;
  return { ...head, ...shown, share: sharePpm };
}

const coverageView = z.object({
  balance: moneyView,
  loans: z.int(),
  outstanding: moneyView,
  expectedLoss: moneyView,
  ratio: rateView.optional(),
});

export const statementView = z
  .object({
    name: z.string(),
    title: bilingualView,
    policy: bilingualView,
    grades: z.array(z.string()).readonly().optional(),
    triggerDays: z.int(),
    share: shareView,
    isDiscretionary: z.literal(true),
    warning: bilingualView,
    citation: z.string().optional(),
    coverage: coverageView,
    stress: z.object({ hazardFactor: rateView, severityFactor: rateView }),
    stressed: coverageView,
    formula: z.string(),
  })
  .meta({
    description:
      'What the fund holds against the loss expected within 12 months of the loans it looks to, at ' +
      'this moment. Ratios are rounded down.',
  });

/** The formula and its version, so that anybody can compute the ratio again. */
const FORMULA =
  'coverage-1: balance / sum over grades of (performing x PD12 x LGD + defaulted x LGD); ' +
  'stressed PD12 is 1 - (1 - PD12)^hazardFactor, stressed LGD is at most 1';

export function asStatement(statement: FundStatement): z.input<typeof statementView> {
  const { fund, coverage, stress, stressed, warning, citation } = statement;
  const { title, policy, grades, triggerDays, sharePpm } = fund.terms;
  return {
    name: fund.name,
    ...{ title, policy, grades, triggerDays, share: sharePpm },
    isDiscretionary: true,
    warning,
    citation,
    coverage: asCoverage(coverage),
    stress,
    stressed: asCoverage(stressed),
    formula: FORMULA,
  };
}

function asCoverage(coverage: Coverage): z.input<typeof coverageView> {
  return coverage;
}
