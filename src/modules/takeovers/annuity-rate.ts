import { Money } from '../../kernel/money';
import { rate, roundRate, type Rate } from '../../kernel/rate';

const MONTHS_A_YEAR = 12;
/** A hundredth of a percent. */
const STEP = 10_000;
const RATE_DIGITS = 8;

/**
 * The nominal yearly rate at which an amount is repaid by equal monthly instalments, to the nearest
 * hundredth of a percent: lenders state no finer.
 *
 * Source: solves `A = L i / (1 - (1 + i)^-n)` for `i`, a twelfth of the rate; `A` grows with it.
 *
 * @returns undefined where no rate between 0 and 100 % a year comes to the instalment.
 */
export function rateOfInstalment(
  amount: Money,
  instalment: Money,
  months: number,
): Rate | undefined {
  const paid = instalment.toDecimal();
  const at = (steps: number): Rate => payment(amount.toDecimal(), steps, months);
  // Rounded down to whole minor units, the instalments of a loan without interest miss the amount.
  const missing = at(0).minus(paid);
  if (missing.greaterThan(0)) return missing.lessThan(smallest(amount)) ? rate('0') : undefined;
  if (paid.greaterThan(at(STEP))) return undefined;
  let [low, high] = [0, STEP];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle).greaterThan(paid)) high = middle;
    else low = middle;
  }
  const isLow = paid.minus(at(low)).lessThanOrEqualTo(at(high).minus(paid));
  return rate(String(isLow ? low : high)).dividedBy(STEP);
}

function smallest({ currency }: Money): Rate {
  return Money.ofMinor(1n, currency).toDecimal();
}

function payment(amount: Rate, steps: number, months: number): Rate {
  if (steps === 0) return amount.dividedBy(months);
  const monthly = rate(String(steps)).dividedBy(STEP * MONTHS_A_YEAR);
  return amount.times(monthly).dividedBy(monthly.plus(1).pow(-months).negated().plus(1));
}

/**
 * What a loan without fees costs its borrower a year: `(1 + r / 12)^12 - 1`, since all its months
 * count alike.
 *
 * Source: Directive 2008/48/EC, annex I, part I, with equal months (remark (c)).
 */
export function costWithoutFees(nominal: Rate): Rate {
  const yearly = nominal.dividedBy(MONTHS_A_YEAR).plus(1).pow(MONTHS_A_YEAR).minus(1);
  return roundRate(yearly, RATE_DIGITS, 'half-even');
}
