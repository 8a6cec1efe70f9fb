import { z } from 'zod';
import {
  dateInput,
  dateView,
  lineInput,
  moneyInput,
  moneyView,
  positiveMoneyInput,
  rateInput,
  rateView,
  signedMoneyInput,
} from '../../platform/http';
import { APR_INTERVALS, APR_METHODS } from './apr';
import { BUSINESS_DAY_RULES } from './business-day';
import { DAY_COUNTS } from './day-count';
import { MOST_INSTALMENTS } from './period';

/*
 * What the loan calculators take and answer. Every field of a schedule's terms stands here, so that
 * whoever has a contract in hand can recompute it.
 */

/** Days between these are certainly meant; others are slips that would leave the calendar. */
const day = dateInput.refine((date) => date >= '1900-01-01' && date <= '2999-12-31', {
  error: 'The date lies between 1900 and 2999.',
});

/** How many times a period fits in two years or so; longer periods are written in months. */
const LONGEST = { day: 731, week: 104, month: 24 } as const;

const frequency = z
  .strictObject({
    unit: z.enum(['day', 'week', 'month']),
    every: z.int().min(1).max(731).default(1),
  })
  .refine(({ unit, every }) => every <= LONGEST[unit], {
    path: ['every'],
    error: 'A period is at most two years.',
  });

const monthly = { unit: 'month', every: 1 } as const;

/** A yearly rate or a share: from zero to a thousand. */
const share = rateInput.refine((value) => !value.isNegative() && value.lessThanOrEqualTo(1000), {
  error: 'The rate lies between 0 and 1000, as a fraction: 0.085 is 8.5 percent.',
});

const dueDay = z.int().min(1).max(31).meta({
  description: 'The day of the month of every due date, the last of a shorter month. Months only.',
});

const dayCount = z.enum(DAY_COUNTS).meta({
  description:
    'How days become a fraction of a year. With act/act-icma interest is the same for every regular period (a twelfth of a year for a month); with the others it follows the days.',
});

const datedMoney = z.strictObject({ on: day, amount: positiveMoneyInput });
const roundingMode = z
  .enum(['half-even', 'half-up', 'floor', 'ceil'])
  .meta({ description: 'Of a tie, half-up takes the larger and half-even the even neighbour.' });
const count = z.int().min(1).max(MOST_INSTALMENTS);

const repayment = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('annuity'),
      instalment: positiveMoneyInput.optional().meta({
        description:
          'Agreed instead of computed: the schedule ends when all is paid, and the last instalment takes what is left.',
      }),
    })
    .meta({ description: 'Equal instalments of interest and principal.' }),
  z
    .strictObject({
      kind: z.literal('equal-principal'),
      part: positiveMoneyInput
        .optional()
        .meta({ description: 'The principal of an instalment, agreed instead of computed.' }),
    })
    .meta({ description: 'Equal parts of principal, each with the interest on the balance.' }),
  z
    .strictObject({ kind: z.literal('flat') })
    .meta({ description: 'Interest on the original principal throughout, in equal instalments.' }),
  z
    .strictObject({ kind: z.literal('interest-only') })
    .meta({ description: 'Interest each period, the principal with the last instalment.' }),
  z
    .strictObject({
      kind: z.literal('bullet'),
      interest: z
        .enum(['simple', 'compound'])
        .default('simple')
        .meta({ description: 'Compound: what a period earns bears interest in those after.' }),
    })
    .meta({ description: 'One payment of principal and all interest at maturity.' }),
  z
    .strictObject({ kind: z.literal('balloon'), residual: moneyInput })
    .meta({ description: 'Equal instalments, and the residual with the last.' }),
  z.strictObject({
    kind: z.literal('seasonal'),
    weights: z
      .array(z.int().min(0).max(1_000_000))
      .min(1)
      .max(MOST_INSTALMENTS)
      .meta({ description: 'Of the instalments in turn, over and over: 0 is a period of rest.' }),
    rest: z
      .enum(['interest-paid', 'capitalised'])
      .default('interest-paid')
      .meta({ description: 'What becomes of the interest of a period of rest.' }),
  }),
  z.strictObject({
    kind: z.literal('step'),
    steps: z
      .array(z.strictObject({ fromNo: count, factor: share }))
      .min(1)
      .max(500)
      .meta({ description: 'Instalments from that number on are the factor times the first.' }),
  }),
  z.strictObject({
    kind: z.literal('irregular'),
    amounts: z
      .enum(['principal', 'total'])
      .default('total')
      .meta({ description: 'Whether the amounts hold their interest or it comes on top.' }),
    instalments: z
      .array(z.strictObject({ on: day, amount: moneyInput }))
      .min(1)
      .max(MOST_INSTALMENTS)
      .meta({ description: 'The amount of the last is not used: it takes what is left.' }),
  }),
]);

const fee = z.strictObject({
  name: lineInput(100),
  charge: z.union([
    z.strictObject({ amount: moneyInput }),
    z.strictObject({ share, of: z.enum(['principal', 'balance']).default('principal') }),
  ]),
  when: z.enum(['financed', 'withheld', 'upfront', 'each-instalment', 'last-instalment']).meta({
    description:
      'Added to the principal, kept back from the first drawdown, or paid: at the start, with every instalment, with the last.',
  }),
});

const timing = {
  startOn: day.meta({ description: 'The day of the first drawdown, from which interest runs.' }),
  frequency: frequency.default(monthly).meta({ description: 'A month when absent.' }),
  instalments: count.optional().meta({ description: 'This, or a maturity; not both.' }),
  maturityOn: day.optional(),
  stub: z
    .enum(['short-first', 'long-first', 'short-last', 'long-last'])
    .optional()
    .meta({ description: 'Where the odd period of a maturity goes; short-last when absent.' }),
  firstDueOn: day.optional().meta({
    description:
      'When not one period after the start: later dates are counted from it. On the start itself, instalments are paid in advance.',
  }),
  lastDueOn: day.optional().meta({ description: 'When not one period after the date before it.' }),
  endOfMonth: z
    .boolean()
    .optional()
    .meta({ description: 'Once at the end of a month, always at the end of a month.' }),
  dueDay: dueDay.optional(),
  businessDays: z
    .strictObject({
      rule: z.enum(BUSINESS_DAY_RULES),
      calendar: z
        .string()
        .max(40)
        .meta({ examples: ['target'] }),
      interest: z
        .enum(['adjusted', 'unadjusted'])
        .default('unadjusted')
        .meta({ description: 'Whether interest runs to the moved date or to the agreed one.' }),
    })
    .optional(),
};

const aprInterval = z.enum(APR_INTERVALS).meta({
  description:
    'What the EU equation counts in before it counts days; weeks where all payments are whole weeks after the start and not whole months, else months.',
});

export const loanScheduleBody = z
  .strictObject({
    principal: positiveMoneyInput.meta({ description: 'All drawdowns, without financed fees.' }),
    rate: share.meta({ description: 'Nominal and yearly, as a fraction: 0.085 is 8.5 percent.' }),
    rateChanges: z
      .array(z.strictObject({ from: day, rate: share }))
      .max(500)
      .optional()
      .meta({ description: 'Later rates in order of time; instalments are made anew with each.' }),
    ...timing,
    dayCount: dayCount.default('act/act-icma'),
    repayment: repayment.default({ kind: 'annuity' }),
    grace: z
      .strictObject({
        instalments: count,
        of: z.enum(['principal', 'all-capitalised', 'all-deferred', 'all-waived']),
      })
      .optional()
      .meta({
        description:
          'So many instalments at the start without principal; or without interest as well, which joins the principal, comes with the first instalment after, or is not charged.',
      }),
    tranches: z
      .array(datedMoney)
      .max(500)
      .optional()
      .meta({ description: 'Drawdowns after the first, which is the principal less these.' }),
    fees: z.array(fee).max(50).optional(),
    rounding: z
      .strictObject({ unit: positiveMoneyInput, mode: roundingMode.default('half-even') })
      .optional()
      .meta({
        description:
          'Instalments are whole multiples of the unit, the last of them excepted; of the smallest unit of the currency when absent.',
      }),
    interestRounding: roundingMode.default('half-even').meta({
      description:
        'How the interest of a period, and a fee, is rounded to the smallest unit of the currency.',
    }),
    aprInterval: aprInterval.optional(),
  })
  .superRefine((body, context) => {
    for (const [path, message] of timingSlips(body)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  });

interface TimingFields {
  readonly repayment: { readonly kind: string };
  readonly instalments?: unknown;
  readonly maturityOn?: unknown;
  readonly stub?: unknown;
}

function* timingSlips(body: TimingFields): Generator<[path: string, message: string]> {
  const { instalments, maturityOn, stub } = body;
  const given = [instalments, maturityOn].filter((value) => value !== undefined).length;
  if (body.repayment.kind === 'irregular') {
    if (given > 0) yield ['instalments', 'Irregular instalments say themselves how many they are.'];
  } else if (given !== 1) {
    yield ['instalments', 'Give the number of instalments or a maturity.'];
  }
  if (stub !== undefined && maturityOn === undefined) {
    yield ['stub', 'Only a maturity leaves a stub.'];
  }
}

export type LoanScheduleBody = z.output<typeof loanScheduleBody>;

const datedView = z.object({ on: dateView, amount: moneyView });

const partsView = {
  principal: moneyView,
  interest: moneyView,
  fees: moneyView,
  total: moneyView,
  capitalised: moneyView.meta({ description: 'Interest that joined the principal.' }),
};

export const loanScheduleView = z.object({
  drawdowns: z.array(datedView).readonly(),
  opening: moneyView,
  financedFees: moneyView,
  withheldFees: moneyView,
  upfrontFees: moneyView,
  instalments: z
    .array(
      z.object({
        no: z.int(),
        from: dateView,
        scheduledOn: dateView,
        dueOn: dateView,
        drawn: moneyView,
        ...partsView,
        balance: moneyView.meta({ description: 'Principal owed once the instalment is paid.' }),
        deferred: moneyView.meta({ description: 'Interest owed then that is due later.' }),
      }),
    )
    .readonly(),
  totals: z.object(partsView),
  cost: z.object({ received: moneyView, payable: moneyView, cost: moneyView }),
  aprEu: rateView.optional(),
  aprUsRegZ: rateView.optional(),
  eir: rateView.optional(),
});

const MOST_FLOWS = 1200;

/** One flow, or several alike: `times` of them, one each `frequency` from `on`. */
function flowInput<Amount extends z.ZodType>(amount: Amount) {
  return z.strictObject({
    on: day,
    amount,
    times: z.int().min(1).max(MOST_FLOWS).default(1),
    frequency: frequency.default(monthly),
    endOfMonth: z.boolean().default(false),
  });
}

/** A list of flows that stays short enough to be solved when each is repeated as it says. */
function flowsInput<Amount extends z.ZodType>(amount: Amount, fewest: number) {
  return z
    .array(flowInput(amount))
    .min(fewest)
    .max(MOST_FLOWS)
    .refine((flows) => flows.reduce((sum, { times }) => sum + times, 0) <= MOST_FLOWS, {
      error: `There are at most ${MOST_FLOWS} flows, each counted as often as it is repeated.`,
    });
}

export const aprBody = z.strictObject({
  advances: flowsInput(positiveMoneyInput, 1),
  payments: flowsInput(positiveMoneyInput, 1),
  method: z.enum(APR_METHODS),
  interval: aprInterval.optional(),
});

export const aprView = z.object({
  method: z.enum(APR_METHODS),
  apr: rateView,
  unitPeriod: z.string().optional().meta({ description: 'Regulation Z alone.' }),
  unitPeriodsAYear: rateView.optional(),
  ratePerUnitPeriod: rateView.optional(),
  received: moneyView,
  payable: moneyView,
  cost: moneyView,
  citation: z.string(),
});

export const xirrBody = z.strictObject({
  flows: flowsInput(signedMoneyInput, 1),
  near: rateInput.optional().meta({ description: 'The rate wanted, where several solve it.' }),
  discountRate: rateInput
    .refine((value) => value.greaterThan(-1), { error: 'The rate is above -1.' })
    .optional()
    .meta({ description: 'Yearly and effective: asks for the net present value as well.' }),
});

export const xirrView = z.object({
  rate: rateView,
  isOnly: z.boolean().meta({ description: 'Whether the signs rule any other rate out.' }),
  netPresentValue: moneyView.optional(),
});

export const dayCountBody = z.strictObject({
  convention: z.enum(DAY_COUNTS),
  from: day.meta({ description: 'The first day, which counts.' }),
  to: day.meta({ description: 'The last day, which does not count.' }),
  frequency: frequency.optional().meta({
    description: 'Of regular periods, for act/act-icma and act/365l; a year when absent.',
  }),
  anchorOn: day.optional().meta({
    description:
      'A date at which a regular period ends or begins, for act/act-icma; the first day when absent.',
  }),
  endOfMonth: z.boolean().optional().meta({
    description:
      'For act/act-icma: regular periods run from month end to month end when the anchor is one. For 30/360-us: false turns its rule on the end of February off.',
  }),
  dueDay: dueDay.optional(),
  maturityOn: day.optional().meta({
    description: 'The last day of the loan, for 30e/360-isda: the end of February stays there.',
  }),
  periodEndOn: day.optional().meta({
    description: 'The end of the interest period, for act/365l; the last day when absent.',
  }),
});

export const dayCountView = z.object({
  convention: z.enum(DAY_COUNTS),
  days: z.int(),
  fraction: rateView,
});
