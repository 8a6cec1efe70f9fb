import { z } from 'zod';
import { roundRate } from '../../kernel/rate';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  lineInput,
  rateInput,
  rateView,
} from '../../platform/http';
import {
  expectedReturn,
  LOAN_REPAYMENTS,
  LOAN_SECURITIES,
  RATE_MODES,
  type Instrument,
} from './instrument';

const RATE_A_YEAR = 'Fraction a year.';
const RENEWS = 'The loan of the same borrower that this one repays.';

const loanFields = {
  kind: z.literal('loan-note'),
  rateMode: z.enum(RATE_MODES).meta({
    description: 'Whether the rate is what lenders get, or the most they may ask for.',
  }),
  termMonths: z.int().min(1).max(480),
  repayment: z.enum(LOAN_REPAYMENTS),
  grade: lineInput(10),
  purpose: lineInput(60).meta({ examples: ['debt-consolidation'] }),
  security: z.enum(LOAN_SECURITIES),
  scorecard: lineInput(80),
};

/** What is issued, as a request states it. */
export const instrumentInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ordinary-shares'), className: lineInput(60) }),
  z.strictObject({
    ...loanFields,
    rate: rateInput.meta({ description: RATE_A_YEAR }),
    apr: rateInput.meta({ description: 'What the loan costs its borrower a year, fees included.' }),
    expectedLossRate: rateInput.meta({
      description: 'The part of the outstanding principal expected to be lost in a year.',
    }),
    firstDueOn: dateInput.optional(),
    decisionId: idInput('cdn').meta({ description: 'The credit decision it rests on.' }),
    renews: idInput('lon').optional().meta({ description: RENEWS }),
  }),
]);

/** What is issued, as everybody sees it. */
export const instrumentView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ordinary-shares'), className: z.string() }),
  z.object({
    ...loanFields,
    rate: rateView,
    apr: rateView,
    expectedLossRate: rateView,
    expectedReturn: rateView.meta({
      description: 'What a unit lent for a year is expected to bring, after expected losses.',
    }),
    firstDueOn: dateView.optional(),
    decisionId: idView('cdn'),
    renews: idView('lon').optional().meta({ description: RENEWS }),
  }),
]);

export function asInstrument(instrument: Instrument): z.input<typeof instrumentView> {
  if (instrument.kind === 'ordinary-shares') return instrument;
  const expected = roundRate(expectedReturn(instrument), 8, 'floor');
  return { ...instrument, expectedReturn: expected };
}
