import { assert } from '../../kernel/assert';
import { minorDigits, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rateText, type Rate } from '../../kernel/rate';

/** What the arithmetic of shares needs of an offering's terms. */
export interface Priced {
  readonly currency: Currency;
  /** Price of one share in major units; may have more digits than the currency. */
  readonly price: Rate;
}

/** The exact price of one share: `numerator / denominator` minor units. */
export interface SharePrice {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly currency: Currency;
}

/** What an amount buys. */
export interface Ticket {
  /** Whole shares; none when the amount is below the price of one. */
  readonly units: bigint;
  /** What the shares cost together: the only amount that is ever held or taken. */
  readonly cost: Money;
  /** What is left of the amount asked for. Shown to the investor, never taken. */
  readonly residue: Money;
}

export function sharePrice({ price, currency }: Priced): SharePrice {
  const digits = price.decimalPlaces();
  const scaled = BigInt(rateText(price, digits).replace('.', ''));
  assert(scaled > 0n, 'a share has a price above zero');
  return {
    numerator: scaled * 10n ** BigInt(minorDigits(currency)),
    denominator: 10n ** BigInt(digits),
    currency,
  };
}

/** How many whole shares the amount pays for. */
export function unitsFor(price: SharePrice, amount: Money): bigint {
  assert(amount.currency === price.currency, 'amount and price are of one currency');
  return amount.isNegative ? 0n : (amount.minor * price.denominator) / price.numerator;
}

/**
 * What so many shares cost: rounded up to the minor unit once for all of them, in favour of the
 * issuer, who may not issue a share below its price.
 */
export function costOf(price: SharePrice, units: bigint): Money {
  const exact = units * price.numerator;
  const minor = (exact + price.denominator - 1n) / price.denominator;
  return Money.ofMinor(minor, price.currency);
}

/**
 * The whole shares an amount buys, what they cost, and what is left of it.
 *
 * `cost + residue` is the amount, and the residue is below the price of one share, rounded up.
 */
export function ticketOf(terms: Priced, amount: Money): Ticket {
  const price = sharePrice(terms);
  const units = unitsFor(price, amount);
  const cost = costOf(price, units);
  return { units, cost, residue: amount.minus(cost) };
}

/**
 * The least that is raised when more is asked for than the maximum allows: whole shares leave less
 * than the price of one unsold.
 */
export function assuredRaise(price: SharePrice, maximum: Money): Money {
  const inWholeShares = unitsFor(price, maximum);
  // Without fractions of a minor unit in the price nothing is ever rounded up.
  if (price.numerator % price.denominator === 0n) return costOf(price, inWholeShares);
  const floor = maximum.minor - costOf(price, 1n).minor + 1n;
  return Money.ofMinor(floor < 0n ? 0n : floor, price.currency);
}
