import type { CalendarDate } from '../../kernel/calendar-date';
import { rate, type Rate } from '../../kernel/rate';
import type { DateSpan, DayCount } from './day-count';
import type { DatedAmount } from './flow';
import { fractionOf, type Period } from './period';
import type { RateChange } from './terms';

const ZERO = rate('0');
const ONE = rate('1');

/** The nominal yearly rate through time, and how days become fractions of a year. */
export interface RatePath {
  readonly first: Rate;
  readonly changes: readonly RateChange[];
  readonly dayCount: DayCount;
}

/** The path as far as it is known before a day: what an instalment is computed on. */
export function knownBefore(path: RatePath, date: CalendarDate): RatePath {
  return { ...path, changes: path.changes.filter(({ from }) => from < date) };
}

/** The path of which nothing but its last rate is left. */
export function settled(path: RatePath): RatePath {
  return { ...path, first: path.changes.at(-1)?.rate ?? path.first, changes: [] };
}

/**
 * Simple interest on one unit of balance in a period, or in a part of one: the sum of rate times
 * fraction of a year over the stretches of one rate. Dimensionless.
 */
export function periodRate(period: Period, path: RatePath, part: DateSpan = period): Rate {
  const cuts = path.changes.filter(({ from }) => from > part.from && from < part.to);
  if (cuts.length === 0 && part === period) return rateOn(path, part.from).times(period.years);
  const starts = [part.from, ...cuts.map(({ from }) => from)];
  return starts.reduce((sum, from, place) => {
    const to = starts[place + 1] ?? part.to;
    const fraction = fractionOf(period, { from, to }, path.dayCount);
    return sum.plus(rateOn(path, from).times(fraction));
  }, ZERO);
}

/** What bears interest in a period. */
export interface Owed {
  /** From the first day, in major units. */
  readonly balance: Rate;
  /** From their day on. */
  readonly draws: readonly DatedAmount[];
  /** A day within the period up to which interest is counted; else its end. */
  readonly to?: CalendarDate | undefined;
}

/** The interest of a period on what is owed in it, exact, in major units. */
export function interestOn(
  period: Period,
  path: RatePath,
  { balance, draws, to = period.to }: Owed,
): Rate {
  const whole = to === period.to ? period : { from: period.from, to };
  return draws
    .filter(({ on }) => on < to)
    .reduce(
      (sum, { on: from, amount }) =>
        sum.plus(amount.toDecimal().times(periodRate(period, path, { from, to }))),
      balance.times(periodRate(period, path, whole)),
    );
}

/** One unit with the interest of a period. */
export function growth(period: Period, path: RatePath): Rate {
  return ONE.plus(periodRate(period, path));
}

function rateOn({ first, changes }: RatePath, date: CalendarDate): Rate {
  return changes.findLast(({ from }) => from <= date)?.rate ?? first;
}
