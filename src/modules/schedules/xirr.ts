import { must } from '../../kernel/assert';
import { daysBetween } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { presentValue, published, signChanges, solveRate, type Equation } from './discounting';
import { netByDay, oneCurrency, type DatedAmount } from './flow';

/**
 * The internal rate of return of dated flows, a yearly effective fraction (`0.0925`) to 12
 * decimals: the r at which the sum of `amount / (1 + r)^(days / 365)` is zero, days counted from
 * the first flow. What an investor pays is negative, what comes back positive, or the other way.
 *
 * Source: the definition of XIRR in spreadsheets (OpenDocument 1.3, part 4, 6.12.52), on ACT/365
 * fixed. Bracketed to 10^-15, see {@link solveRate}.
 *
 * @param near the rate wanted where several solve the equation.
 * @throws Problem `schedules.flows-one-sided`, `schedules.no-rate`, `schedules.several-rates`,
 *   `money.mixed-currencies`.
 */
export function xirr(flows: readonly DatedAmount[], near?: Rate): Rate {
  return published(solveRate(byDays(netByDay(flows)), near));
}

/**
 * Whether at most one rate can solve the flows: their signs change once in order of time
 * (Descartes' rule of signs).
 */
export function hasOneRate(flows: readonly DatedAmount[]): boolean {
  return signChanges(byDays(netByDay(flows))) === 1;
}

/**
 * The net present value on the day of the first flow: the sum of `amount / (1 + r)^(days / 365)`,
 * rounded once, half to even, to the currency's minor unit.
 *
 * Source: the definition of XNPV in spreadsheets (OpenDocument 1.3, part 4, 6.12.53).
 *
 * @param yearlyRate an effective fraction above -1.
 * @throws Problem `money.mixed-currencies`.
 */
export function npv(flows: readonly DatedAmount[], yearlyRate: Rate): Money {
  const ordered = flows.toSorted((a, b) => (a.on < b.on ? -1 : 1));
  const currency = oneCurrency(ordered);
  const exact = presentValue(byDays(ordered), yearlyRate);
  const unit = Money.ofMinor(1n, currency);
  return unit.times(exact.div(unit.toDecimal()), 'half-even');
}

function byDays(flows: readonly DatedAmount[]): Equation {
  const { on: start } = must(flows[0], 'a flow');
  return flows.map(({ on, amount }) => ({
    amount: amount.toDecimal(),
    elapsed: [{ count: daysBetween(start, on), of: 365 }],
  }));
}
