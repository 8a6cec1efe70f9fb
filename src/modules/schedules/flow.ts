import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { scheduleProblem } from './errors';
import { stepFrom, type Frequency } from './month';

/** An amount on a day. */
export interface DatedAmount {
  readonly on: CalendarDate;
  readonly amount: Money;
}

/** A credit as both sides see it; every amount is above zero. */
export interface CreditFlows {
  /** What the borrower receives, less what is kept back from it. */
  readonly advances: readonly DatedAmount[];
  /** What the borrower pays: instalments, and charges at any time. */
  readonly payments: readonly DatedAmount[];
}

/**
 * The flows in order of time, one a day, payments above and advances below zero. A day on which
 * both sides pay the same drops out.
 *
 * @throws Problem `schedules.flows-one-sided`, `money.mixed-currencies`.
 */
export function netFlows({ advances, payments }: CreditFlows): readonly DatedAmount[] {
  return netByDay([
    ...advances.map(({ on, amount }) => ({ on, amount: amount.negated() })),
    ...payments,
  ]);
}

/**
 * Signed flows in order of time, one a day, none of them zero.
 *
 * @throws Problem `schedules.flows-one-sided` when they do not have both signs,
 *   `money.mixed-currencies`.
 */
export function netByDay(flows: readonly DatedAmount[]): readonly DatedAmount[] {
  const days = new Map<CalendarDate, Money>();
  for (const { on, amount } of flows) {
    const before = days.get(on);
    days.set(on, before === undefined ? amount : before.plus(amount));
  }
  const net = [...days]
    .map(([on, amount]) => ({ on, amount }))
    .filter(({ amount }) => !amount.isZero)
    .toSorted((a, b) => (a.on < b.on ? -1 : 1));
  if (net.some(({ amount }) => amount.isPositive) && net.some(({ amount }) => amount.isNegative)) {
    oneCurrency(net);
    return net;
  }
  throw scheduleProblem('flows-one-sided', {
    detail: 'A rate needs at least one amount that is received and one that is paid.',
  });
}

/** The currency of all the amounts. @throws Problem `money.mixed-currencies`. */
export function oneCurrency(flows: readonly DatedAmount[]): Currency {
  const { currency } = must(flows[0], 'a flow').amount;
  Money.sum(
    flows.map(({ amount }) => amount),
    currency,
  );
  return currency;
}

/** Several flows alike: so many, one each period from the first date. */
export interface RepeatedFlow extends DatedAmount {
  readonly times: number;
  readonly frequency: Frequency;
  readonly endOfMonth: boolean;
}

/** Each of the flows with its date. */
export function expanded(flow: RepeatedFlow): readonly DatedAmount[] {
  const { on, amount, times } = flow;
  return Array.from({ length: times }, (_, step) => ({ on: stepFrom(on, step, flow), amount }));
}
