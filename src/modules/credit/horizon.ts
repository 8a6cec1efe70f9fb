import { rate, roundRate, type Rate } from '../../kernel/rate';

/**
 * Over how long a scorecard's probability reaches: the tenor of the loan, but no shorter and no
 * longer than the loans it learned from. A card of twelve-month outcomes has 12 for both.
 */
export interface PdHorizon {
  readonly least: number;
  readonly most: number;
}

/** Digits of a probability that are kept: finer than any scorecard can tell. */
export const PD_DIGITS = 12;

const ONE = rate('1');
const MOST_KNOWN = 20_000;
const known = new Map<string, Rate>();

/**
 * What a probability over a loan's life is over its first twelve months, at one hazard throughout:
 * `1 - (1 - PD)^(12 / months)`. Cards differ in how long they look; grades do not.
 */
export function twelveMonthPd(
  pd: Rate,
  { horizon, termMonths }: { readonly horizon: PdHorizon; readonly termMonths: number },
): Rate {
  const months = Math.min(Math.max(termMonths, horizon.least), horizon.most);
  if (months === 12) return roundRate(pd, PD_DIGITS, 'half-even');
  // A card has few scores and loans few tenors, and such a power takes its time.
  const key = `${months} ${pd.toString()}`;
  let found = known.get(key);
  if (found === undefined) {
    const alive = ONE.minus(pd).pow(ONE.times(12).div(months));
    found = roundRate(ONE.minus(alive), PD_DIGITS, 'half-even');
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, found);
  }
  return found;
}
