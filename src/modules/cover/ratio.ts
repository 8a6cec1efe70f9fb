import type { Money } from '../../kernel/money';
import { rate, roundRate, type Rate } from '../../kernel/rate';

/** Ratios are shown to a hundredth of a percent. */
const RATIO_DIGITS = 4;

/**
 * One amount by another, with four digits.
 *
 * @param rounding against what it would flatter: `floor` where more is better.
 * @returns undefined when the second is nothing.
 */
export function ratioOf(part: Money, whole: Money, rounding: 'floor' | 'ceil'): Rate | undefined {
  if (whole.isZero) return undefined;
  const exact = rate(part.minor.toString()).div(whole.minor.toString());
  return roundRate(exact, RATIO_DIGITS, rounding);
}
