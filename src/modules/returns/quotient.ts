import { assert } from '../../kernel/assert';
import { rate, type Rate } from '../../kernel/rate';

/** Digits after the point of every published figure: a hundredth of a basis point. */
export const FIGURE_DIGITS = 6;

const SCALE = 10n ** BigInt(FIGURE_DIGITS);

/** The whole number next to a fraction; of a tie the even one. @param denominator above zero. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'a divisor is above zero');
  const truncated = numerator / denominator;
  const floor = truncated * denominator > numerator ? truncated - 1n : truncated;
  const twice = 2n * (numerator - floor * denominator);
  if (twice === denominator) return floor % 2n === 0n ? floor : floor + 1n;
  return twice > denominator ? floor + 1n : floor;
}

/** A fraction as it is published: six decimals, half to even. @param denominator above zero. */
export function quotient(numerator: bigint, denominator: bigint): Rate {
  const scaled = divideHalfEven(numerator * SCALE, denominator);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(FIGURE_DIGITS + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return rate(`${sign}${digits.slice(0, -FIGURE_DIGITS)}.${digits.slice(-FIGURE_DIGITS)}`);
}
