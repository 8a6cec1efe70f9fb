import { Money, type Rounding } from '../../kernel/money';
import type { Currency } from '../../kernel/currency';
import type { Rate } from '../../kernel/rate';

/**
 * The multiple of `unit` nearest to an exact amount in major units, in the direction that `mode`
 * says: how a formula's result becomes something that can be paid.
 */
export function roundedTo(exact: Rate, unit: Money, mode: Rounding): Money {
  const multiples = ofMinorUnit(unit.currency).times(exact.div(unit.toDecimal()), mode).minor;
  return Money.ofMinor(multiples * unit.minor, unit.currency);
}

/** One cent, fen or yen. */
export function ofMinorUnit(currency: Currency): Money {
  return Money.ofMinor(1n, currency);
}
