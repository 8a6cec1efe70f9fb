import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import type { Rate } from '../../kernel/rate';
import { rate } from '../../kernel/rate';
import { apr, type AprInterval, type AprMethod } from './apr';
import type { CreditFlows } from './flow';
import { periodsAYear, type Frequency } from './month';
import type { Instalment, Schedule } from './schedule';
import { xirr } from './xirr';

/** What a credit costs, in money. */
export interface CreditCost {
  /** Received by the borrower: all drawdowns, less the fees kept back. */
  readonly received: Money;
  /** Paid by the borrower: all instalments, and the fees paid at the start. */
  readonly payable: Money;
  /** The one less the other: interest and every fee. */
  readonly cost: Money;
}

/**
 * The money that moves between the borrower and the rest: drawdowns net of fees kept back against
 * instalments and fees paid at the start.
 *
 * Source: Directive 2008/48/EC, article 3(g) to (i): the total cost of the credit includes every
 * fee the consumer must pay in connection with it.
 */
export function creditFlows(schedule: Schedule): CreditFlows {
  return flowsOn(schedule, ({ dueOn }) => dueOn);
}

function flowsOn(
  { drawdowns, instalments, upfrontFees, startOn }: Schedule,
  dayOf: (instalment: Instalment) => CalendarDate,
): CreditFlows {
  return {
    advances: drawdowns.filter(({ amount }) => amount.isPositive),
    payments: [
      { on: startOn, amount: upfrontFees },
      ...instalments.map((instalment) => ({ on: dayOf(instalment), amount: instalment.total })),
    ].filter(({ amount }) => amount.isPositive),
  };
}

/**
 * The total cost of the credit and the total amount payable.
 *
 * Source: Directive 2008/48/EC, article 3(g) and (h).
 */
export function costOf(schedule: Schedule): CreditCost {
  const { advances, payments } = creditFlows(schedule);
  const sum = (flows: CreditFlows['advances']): Money =>
    Money.sum(
      flows.map(({ amount }) => amount),
      schedule.currency,
    );
  const [received, payable] = [sum(advances), sum(payments)];
  return { received, payable, cost: payable.minus(received) };
}

/**
 * The annual percentage rate of a schedule with all its fees, on the agreed dates: that one of them
 * is not a working day is disregarded. See {@link apr}.
 *
 * Sources: 12 CFR 1026.17(c)(3); Directive 2008/48/EC, annex I, remark (c), with its equal months.
 *
 * @throws Problem as `apr` does.
 */
export function aprOf(schedule: Schedule, method: AprMethod, interval?: AprInterval): Rate {
  const flows = flowsOn(schedule, ({ scheduledOn }) => scheduledOn);
  return apr(flows, method, interval);
}

/**
 * The effective interest rate of a schedule: the yearly effective rate that discounts what is paid
 * to what is received, fees included, by calendar days over 365; a fraction to 12 decimals.
 *
 * Source: IFRS 9, appendix A, "effective interest rate", with time counted as in {@link xirr}.
 *
 * @throws Problem as `xirr` does.
 */
export function eirOf(schedule: Schedule): Rate {
  const { advances, payments } = creditFlows(schedule);
  return xirr([
    ...advances.map(({ on, amount }) => ({ on, amount: amount.negated() })),
    ...payments,
  ]);
}

/** The rates of a schedule, each absent where no rate solves its equation. */
export interface CreditRates {
  readonly aprEu: Rate | undefined;
  readonly aprUsRegZ: Rate | undefined;
  readonly eir: Rate | undefined;
}

/** All rates of a schedule. One exists unless fees eat the loan before it is paid out. */
export function ratesOf(schedule: Schedule, interval?: AprInterval): CreditRates {
  return {
    aprEu: rateIfAny(() => aprOf(schedule, 'eu', interval)),
    aprUsRegZ: rateIfAny(() => aprOf(schedule, 'us-reg-z')),
    eir: rateIfAny(() => eirOf(schedule)),
  };
}

function rateIfAny(find: () => Rate): Rate | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('schedules.')) return undefined;
    throw error;
  }
}

/**
 * The effective yearly rate of a nominal one that is compounded every period: `(1 + j / m)^m - 1`,
 * a fraction to 12 decimals.
 *
 * @param nominal yearly, as a fraction above -1.
 */
export function effectiveRate(nominal: Rate, frequency: Frequency): Rate {
  const [perYear, every] = periodsAYear(frequency);
  const periods = rate(String(perYear)).div(every);
  return nominal.div(periods).plus(1).pow(periods).minus(1).toDecimalPlaces(12);
}
