import type { Currency } from '../../kernel/currency';
import { Money, type Rounding } from '../../kernel/money';
import { roundRate, type Rate } from '../../kernel/rate';

/**
 * A third of a cent has no last digit, and half a cent made of thirds comes out as 0.4999…: what
 * lies beyond so many digits is what division left behind, no part of the amount.
 */
const GUARD_DIGITS = 20;

/**
 * The multiple of `unit` nearest to an exact amount in major units, in the direction that `mode`
 * says: how a formula's result becomes something that can be paid.
 */
export function roundedTo(exact: Rate, unit: Money, mode: Rounding): Money {
  const units = roundRate(exact.div(unit.toDecimal()), GUARD_DIGITS, 'half-even');
  const multiples = ofMinorUnit(unit.currency).times(units, mode).minor;
  return Money.ofMinor(multiples * unit.minor, unit.currency);
}

/** One cent, fen or yen. */
export function ofMinorUnit(currency: Currency): Money {
  return Money.ofMinor(1n, currency);
}
