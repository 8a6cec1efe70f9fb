import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  moneyView,
  positiveMoneyInput,
  moneyInput,
  rateInput,
  rateView,
} from '../../platform/http';
import { APR_METHODS } from '../schedules';
import { REPAYMENTS } from './repayment';
import { rate } from '../../kernel/rate';
import { findingView } from './schema';
import type { PdPoint } from './survival';

const ZERO = rate('0');

const share = rateInput.refine((value) => !value.isNegative() && value.lte(1), {
  error: 'This is no share: it must lie between 0 and 1.',
});

/** A yearly rate nobody would call a slip of the pen. */
const yearly = rateInput.refine((value) => !value.isNegative() && value.lte(10), {
  error: 'The rate must lie between 0 and 10 (1,000 percent).',
});

const pdCurve = z
  .array(
    z.strictObject({
      months: z.int().min(12).max(600).multipleOf(12),
      pd: share,
    }),
  )
  .min(1)
  .max(50)
  .refine(isRising, {
    error: 'Probabilities are cumulative: horizons rise, and no probability falls.',
  })
  .meta({
    description:
      'Cumulative probabilities of default by horizon in months, whole years; between two of them ' +
      'the hazard is constant.',
  });

function isRising(points: readonly PdPoint[]): boolean {
  return points.every(({ months, pd }, index) => {
    const before = points[index - 1];
    return before === undefined || (months > before.months && pd.gte(before.pd));
  });
}

const wait = z.int().min(0).max(240).default(0);

export const creditPriceBody = z.strictObject({
  currency: z.enum(CURRENCIES),
  termMonths: z.int().min(1).max(360),
  repayment: z.enum(REPAYMENTS).default('annuity'),
  pd: pdCurve,
  severity: share.meta({ description: 'The share of what is owed at a default never got back.' }),
  recoveryMonths: wait.meta({ description: 'Until the rest has come in.' }),
  base: yearly,
  servicingCost: yearly.prefault('0'),
  originationCost: share.prefault('0'),
  margin: yearly.prefault('0'),
  originationFee: share
    .refine((fee) => fee.lt(1), { error: 'The fee must be less than the loan.' })
    .prefault('0')
    .meta({ description: 'Of the principal, paid by the borrower at once.' }),
  rateStep: rateInput
    .refine((step) => step.gte('0.000001') && step.lte('0.01'), {
      error: 'The step must lie between 0.000001 and 0.01.',
    })
    .prefault('0.0001'),
  aprMethod: z.enum(APR_METHODS).default('eu'),
  ceiling: z
    .strictObject({
      measure: z.enum(['apr', 'interest-rate']),
      limit: yearly,
      citation: z.string().trim().min(1).max(200).default('as asked'),
    })
    .optional(),
  whenBound: z.enum(['decline', 'cut-margin']).default('decline'),
  leastMargin: yearly.prefault('0'),
});

export const creditPriceView = z.object({
  status: z.enum(['priced', 'refused']),
  rate: rateView.optional(),
  exactRate: rateView.optional().meta({ description: 'At which lenders expect what they lend.' }),
  apr: rateView.optional(),
  parts: z
    .object({
      base: rateView,
      expectedLoss: rateView,
      cost: rateView,
      margin: rateView,
      rounding: rateView,
    })
    .optional(),
  lifetimePd: rateView,
  findings: z.array(findingView),
});

export const expectedLossBody = z.strictObject({
  on: dateInput,
  stage: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  outstanding: positiveMoneyInput,
  instalments: z
    .array(z.strictObject({ dueOn: dateInput, principal: moneyInput, interest: moneyInput }))
    .min(1)
    .max(480),
  pd: pdCurve,
  severity: share,
  recoveryMonths: wait,
  effectiveRate: yearly,
  scenarios: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(40),
        weight: share,
        hazardFactor: yearly,
        severityFactor: yearly,
      }),
    )
    .min(1)
    .max(10)
    .refine((all) => all.reduce((sum, { weight }) => weight.plus(sum), ZERO).eq(1), {
      error: 'The weights must sum to 1.',
    })
    .prefault([{ id: 'only', weight: '1', hazardFactor: '1', severityFactor: '1' }]),
});

export const expectedLossView = z.object({
  stage: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  horizon: z.enum(['twelve-months', 'lifetime']),
  amount: moneyView,
  coverage: rateView.meta({ description: 'The loss as a share of what is outstanding.' }),
  interestBearing: moneyView.meta({ description: 'What interest is reckoned on.' }),
  exposures: z.array(z.object({ dueOn: z.iso.date(), owed: moneyView })),
  scenarios: z.array(z.object({ id: z.string(), weight: rateView, amount: moneyView })),
});
