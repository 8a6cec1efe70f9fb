import type { CalendarDate } from '../../kernel/calendar-date';
import { rate, type Rate } from '../../kernel/rate';
import type { DayCount } from './day-count';
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

/**
 * Simple interest on one unit of balance in a period, from its start or from a day within it: the
 * sum of rate times fraction of a year over the stretches of one rate. Dimensionless.
 */
export function periodRate(period: Period, path: RatePath, since = period.from): Rate {
  const cuts = path.changes.filter(({ from }) => from > since && from < period.to);
  const starts = [since, ...cuts.map(({ from }) => from)];
  return starts.reduce((sum, from, place) => {
    const to = starts[place + 1] ?? period.to;
    const fraction = fractionOf(period, { from, to }, path.dayCount);
    return sum.plus(rateOn(path, from).times(fraction));
  }, ZERO);
}

/** Drawdowns within a period, with the interest they bear until its end. */
export function interestOnDraws(
  period: Period,
  path: RatePath,
  draws: readonly DatedAmount[],
): Rate {
  return draws.reduce(
    (sum, { on, amount }) => sum.plus(amount.toDecimal().times(periodRate(period, path, on))),
    ZERO,
  );
}

/** One unit with the interest of a period. */
export function growth(period: Period, path: RatePath): Rate {
  return ONE.plus(periodRate(period, path));
}

function rateOn({ first, changes }: RatePath, date: CalendarDate): Rate {
  return changes.findLast(({ from }) => from <= date)?.rate ?? first;
}
