import { addMonths, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rate, roundRate, type Rate } from '../../kernel/rate';
import { costCeiling, permits, type Rulebook } from '../rulebooks';
import type { CostCeiling } from '../credit';
import {
  aprOf,
  buildSchedule,
  type AprMethod,
  type Fee,
  type Repayment as Plan,
} from '../schedules';
import type { Repayment } from './form';
import type { LoanQuote } from './offer';

/** A loan of which everything is known but what it costs. */
export interface QuoteTerms {
  readonly amount: Money;
  readonly termMonths: number;
  readonly repayment: Repayment;
  readonly rate: Rate;
  readonly feeRate: Rate;
  readonly aprMethod: AprMethod;
  /** Whether the fee may be kept back from what is paid out; else it is paid beside it. */
  readonly mayDeduct: boolean;
  readonly startOn: CalendarDate;
}

/** Digits of an APR that are stored and shown. */
export const APR_DIGITS = 8;

/** What the loan costs to the cent: its whole schedule is made, with its fee. */
export function quoteLoan(terms: QuoteTerms): LoanQuote {
  const { amount, termMonths, repayment, startOn } = terms;
  const fees: readonly Fee[] = terms.feeRate.isZero()
    ? []
    : [
        {
          name: 'origination',
          charge: { share: terms.feeRate, of: 'principal' },
          when: terms.mayDeduct ? 'withheld' : 'upfront',
        },
      ];
  const schedule = buildSchedule({
    principal: amount,
    rate: terms.rate,
    timing: {
      startOn,
      frequency: { unit: 'month', every: 1 },
      until:
        repayment === 'bullet'
          ? { maturityOn: addMonths(startOn, termMonths), stub: 'short-last' }
          : { instalments: termMonths },
    },
    repayment: PLANS[repayment],
    fees,
  });
  const fee = schedule.withheldFees.plus(schedule.upfrontFees);
  const { interest } = schedule.totals;
  const first = schedule.instalments[0]?.total ?? amount;
  const totalCost = interest.plus(fee);
  return {
    termMonths,
    repayment,
    amount,
    rate: terms.rate,
    apr: roundRate(aprOf(schedule, terms.aprMethod), APR_DIGITS, 'half-even'),
    feeRate: terms.feeRate,
    fee,
    instalment: first,
    interest,
    totalCost,
    totalPayable: amount.plus(totalCost),
  };
}

const PLANS: Readonly<Record<Repayment, Plan>> = {
  annuity: { kind: 'annuity' },
  'equal-principal': { kind: 'equal-principal' },
  'interest-only': { kind: 'interest-only' },
  bullet: { kind: 'bullet', interest: 'simple' },
};

/**
 * What a loan takes from a month on average, whatever its plan: a bullet is saved up for. Rounded
 * against the borrower.
 */
export function monthlyBurden({ amount, interest, termMonths, instalment }: LoanQuote): Money {
  const average = amount.plus(interest).times(rate('1').dividedBy(termMonths), 'ceil');
  return average.atLeast(instalment.atMost(average));
}

/** The most that the law lets the loan cost on that day, as the price is held against it. */
export function ceilingOf(rulebook: Rulebook, at: Date): CostCeiling | undefined {
  const ceiling = costCeiling(rulebook, { at });
  return (
    ceiling && {
      measure: 'apr',
      limit: ceiling.enforceable,
      rule: 'cost-ceiling',
      citation: ceiling.citation,
      rulebook: rulebook.id,
      effectiveFrom: ceiling.effectiveFrom,
    }
  );
}

/** Whether fees may be taken out of the principal before it is paid out. */
export function mayDeductFees(rulebook: Rulebook, at: Date): boolean {
  return permits(rulebook, 'up-front-deduction', at).isAllowed;
}

/** The day from which a loan offered now would run. */
export function startOf(timeZone: string, at: Date): CalendarDate {
  return dateIn(timeZone, at);
}
