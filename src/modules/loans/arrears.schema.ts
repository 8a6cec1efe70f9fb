import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  integerQuery,
  lineInput,
  moneyView,
  page,
  pageQuery,
  positiveMoneyInput,
  rateView,
  textInput,
} from '../../platform/http';
import { CONTACT_DIRECTIONS, CONTACT_OUTCOMES, type Contact } from './contact';
import { CONTACT_CHANNELS, STOP_KINDS } from './desk-policy';
import type { Loan } from './loan';
import { detailsOf, MEASURE_KINDS, MEASURE_STATUSES, type Measure } from './measure';
import { PROMISE_STATUSES, type PaymentPromise } from './promise';
import { loanParams } from './schema';
import type { CaseCosts } from './write-off.service';

/** A number as it stands in a path. */
const numberInPath = integerQuery({ min: 1, max: 999_999_999 });

export const numberedParams = loanParams.extend({ no: numberInPath });
export const promiseParams = loanParams.extend({ promiseId: idInput('prm') });
export const contactsQuery = pageQuery.extend({ after: numberInPath.optional() });

const timeZoneInput = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'This is not an IANA time zone.' })
  .meta({ examples: ['America/New_York'] });

export const contactCheckBody = z.strictObject({
  channel: z.enum(CONTACT_CHANNELS),
  timeZone: timeZoneInput.optional().meta({
    description: 'Where the borrower is; the operator’s when absent.',
  }),
});
export const contactBody = contactCheckBody.extend({
  direction: z.enum(CONTACT_DIRECTIONS).default('outbound'),
  outcome: z.enum(CONTACT_OUTCOMES),
  note: textInput(2000),
});
export const stopBody = z.strictObject({ kind: z.enum(STOP_KINDS), reason: textInput(2000) });
export const promiseBody = z.strictObject({ amount: positiveMoneyInput, byOn: dateInput });

const reason = textInput(2000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' });

export const measureBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('costs'),
    reason,
    amount: positiveMoneyInput,
    what: lineInput(200),
    receiptSha256: sha256,
  }),
  z.strictObject({
    kind: z.literal('waiver'),
    reason,
    chargeNo: z.int().min(1),
    amount: positiveMoneyInput,
  }),
  z.strictObject({ kind: z.literal('default'), reason }),
  z.strictObject({ kind: z.literal('cure'), reason }),
  z.strictObject({ kind: z.literal('write-off'), reason }),
  z.strictObject({ kind: z.literal('give-up'), reason }),
]);

const findingView = z.object({ rule: z.string(), citation: z.string(), message: z.string() });

export const contactCheckView = z.object({
  isAllowed: z.boolean(),
  findings: z.array(findingView).readonly(),
});
export const contactView = z.object({
  no: z.int(),
  direction: z.enum(CONTACT_DIRECTIONS),
  channel: z.enum(CONTACT_CHANNELS),
  outcome: z.enum(CONTACT_OUTCOMES),
  note: z.string(),
  at: instantView,
  timeZone: z.string(),
  by: z.string(),
});
export const contactsView = page(contactView);
export const stopView = z.object({
  no: z.int(),
  kind: z.enum(STOP_KINDS),
  reason: z.string(),
  madeAt: instantView,
  madeBy: z.string(),
  liftedAt: instantView.optional(),
});
export const stopsView = z.object({ items: z.array(stopView).readonly() });
export const promiseView = z.object({
  id: idView('prm'),
  amount: moneyView,
  madeOn: dateView,
  byOn: dateView,
  status: z.enum(PROMISE_STATUSES),
  madeAt: instantView,
  madeBy: z.string(),
  paid: moneyView.optional(),
  judgedOn: dateView.optional(),
});
export const promisesView = z.object({ items: z.array(promiseView).readonly() });
export const measureView = z.object({
  no: z.int(),
  kind: z.enum(MEASURE_KINDS),
  details: z.object({
    amount: z.object({ amount: z.string(), currency: z.string() }).optional(),
    what: z.string().optional(),
    receiptSha256: z.string().optional(),
    chargeNo: z.int().optional(),
  }),
  reason: z.string(),
  status: z.enum(MEASURE_STATUSES),
  proposedAt: instantView,
  proposedBy: z.string(),
  decidedAt: instantView.optional(),
  decidedBy: z.string().optional(),
});
export const measuresView = z.object({ items: z.array(measureView).readonly() });

export const caseView = z.object({
  loanId: idView('lon'),
  status: z.string(),
  outstanding: moneyView,
  defaultedOn: dateView.optional(),
  forborneFrom: dateView.optional(),
  writtenOffOn: dateView.optional(),
  givenUpOn: dateView.optional(),
  cash: z.object({
    received: moneyView.meta({ description: 'From the borrower, or out of its collateral.' }),
    recovered: moneyView.meta({ description: 'Of it, since the write-off.' }),
    recoveryCosts: moneyView,
    toHolders: moneyView,
    costsLaidOut: moneyView,
    costsRepaid: moneyView,
    compensated: moneyView,
  }),
  expectedRecovery: z
    .object({
      low: moneyView,
      high: moneyView,
      lowShare: rateView,
      highShare: rateView,
      loans: z.int(),
    })
    .optional()
    .meta({
      description:
        'Of what is outstanding, by the quartiles of earlier write-offs; absent where too few.',
    }),
  contacts: z.array(contactView).readonly(),
  stops: z.array(stopView).readonly(),
  promises: z.array(promiseView).readonly(),
  measures: z.array(measureView).readonly(),
});

export function asContact({ loanNo: _, recordedAt: __, ...contact }: Contact) {
  return contact;
}

export function asPromise({ loanNo: _, ...promise }: PaymentPromise) {
  return promise;
}

export function asMeasure({ order, ...measure }: Measure) {
  return { ...measure, kind: order.kind, details: detailsOf(order) };
}

/** What a case has come to, without the lists beside it. */
export function asCase(loan: Loan, { cash, history, givenUpOn }: CaseCosts) {
  const { id: loanId, status, outstanding, defaultedOn, forborneFrom, writtenOffOn } = loan;
  const dates = { defaultedOn, forborneFrom, writtenOffOn, givenUpOn };
  return {
    loanId,
    status,
    outstanding,
    ...dates,
    cash,
    expectedRecovery: history && {
      low: outstanding.times(history.low, 'floor'),
      high: outstanding.times(history.high, 'floor'),
      lowShare: history.low,
      highShare: history.high,
      loans: history.loans,
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}
