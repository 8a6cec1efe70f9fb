import Decimal from 'decimal.js';
import { assert } from './assert';
import { asCurrency, minorDigits, type Currency } from './currency';
import { problemCatalogue } from './problem';
import type { Rate } from './rate';

export const moneyProblem = problemCatalogue('money', {
  malformed: { kind: 'invalid', title: 'The amount is not a decimal number' },
  'too-many-digits': {
    kind: 'invalid',
    title: 'The amount has more digits than its currency',
  },
  'out-of-range': { kind: 'invalid', title: 'The amount is too large' },
  'mixed-currencies': { kind: 'invalid', title: 'Two currencies met in one calculation' },
});

/**
 * How a product of money and a rate becomes whole minor units. The caller says in whose favour; of
 * a tie, `half-up` goes away from zero and `half-even` to the even neighbour.
 */
export type Rounding = 'floor' | 'ceil' | 'half-up' | 'half-even';

const MODES: Record<Rounding, Decimal.Rounding> = {
  floor: Decimal.ROUND_FLOOR,
  ceil: Decimal.ROUND_CEIL,
  'half-up': Decimal.ROUND_HALF_UP,
  'half-even': Decimal.ROUND_HALF_EVEN,
};

/** Money on the wire: exact decimal string and ISO 4217 code. */
export interface MoneyWire {
  readonly amount: string;
  readonly currency: Currency;
}

/** The largest amount a BIGINT column can hold. */
const LARGEST = 2n ** 63n - 1n;

/** An exact amount: whole minor units (cents, fen) of one currency. Immutable. */
export class Money {
  private constructor(
    readonly minor: bigint,
    readonly currency: Currency,
  ) {
    if (minor > LARGEST || minor < -LARGEST) throw moneyProblem('out-of-range');
  }

  static ofMinor(minor: bigint, currency: Currency): Money {
    return new Money(minor, currency);
  }

  static zero(currency: Currency): Money {
    return new Money(0n, currency);
  }

  /**
   * Reads `1250.00` and `EUR`. Extra digits are refused, never rounded.
   *
   * @throws Problem `money.malformed`, `money.too-many-digits`, `money.out-of-range`,
   *   `kernel.unknown-currency`.
   */
  static parse(amount: string, currencyCode: string): Money {
    const currency = asCurrency(currencyCode);
    const match = /^(-?)(0|[1-9]\d{0,18})(?:\.(\d{1,18}))?$/.exec(amount);
    if (!match) {
      throw moneyProblem('malformed', {
        detail: `${JSON.stringify(amount.slice(0, 40))} is not a decimal such as 1250.00.`,
      });
    }
    const [, sign, whole = '0', fraction = ''] = match;
    const digits = minorDigits(currency);
    if (fraction.length > digits) {
      throw moneyProblem('too-many-digits', {
        detail: `${currency} has ${digits} decimal digits; ${amount} has ${fraction.length}.`,
      });
    }
    const minor = BigInt(whole + fraction.padEnd(digits, '0'));
    return new Money(sign === '-' ? -minor : minor, currency);
  }

  static fromWire(wire: { readonly amount: string; readonly currency: string }): Money {
    return Money.parse(wire.amount, wire.currency);
  }

  /** The sum, zero when there is nothing to add. */
  static sum(amounts: Iterable<Money>, currency: Currency): Money {
    let total = Money.zero(currency);
    for (const amount of amounts) total = total.plus(amount);
    return total;
  }

  plus(other: Money): Money {
    return new Money(this.minor + this.sameCurrency(other).minor, this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.minor - this.sameCurrency(other).minor, this.currency);
  }

  negated(): Money {
    return new Money(-this.minor, this.currency);
  }

  /**
   * The one bridge from rates back to money: the exact product, rounded once, as named.
   *
   * @param factor a dimensionless decimal (`0.05` is five percent).
   */
  times(factor: Rate, rounding: Rounding): Money {
    const exact = new Exact(this.minor.toString()).times(factor);
    return new Money(BigInt(exact.toFixed(0, MODES[rounding])), this.currency);
  }

  /**
   * Splits the amount by weight. Parts always sum to the whole: each gets its floor, and leftover
   * minor units go one by one to the largest remainders, ties by order.
   *
   * @param weights non-negative integers, at least one above zero; the amount is not negative.
   */
  allocate(weights: readonly bigint[]): readonly Money[] {
    assert(this.minor >= 0n, 'only a non-negative amount can be allocated');
    const total = weights.reduce((sum, weight) => sum + weight, 0n);
    assert(total > 0n && weights.every((weight) => weight >= 0n), 'weights must be positive');
    const parts = weights.map((weight, index) => ({
      index,
      minor: (this.minor * weight) / total,
      remainder: (this.minor * weight) % total,
    }));
    let left = this.minor - parts.reduce((sum, part) => sum + part.minor, 0n);
    const byRemainder = parts.toSorted((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
    );
    for (const part of byRemainder) {
      if (left === 0n) break;
      part.minor += 1n;
      left -= 1n;
    }
    return parts.map((part) => new Money(part.minor, this.currency));
  }

  compare(other: Money): -1 | 0 | 1 {
    const { minor } = this.sameCurrency(other);
    return this.minor < minor ? -1 : this.minor > minor ? 1 : 0;
  }

  equals(other: Money): boolean {
    return this.compare(other) === 0;
  }

  isLessThan(other: Money): boolean {
    return this.compare(other) < 0;
  }

  isMoreThan(other: Money): boolean {
    return this.compare(other) > 0;
  }

  atMost(other: Money): Money {
    return this.isMoreThan(other) ? other : this;
  }

  atLeast(other: Money): Money {
    return this.isLessThan(other) ? other : this;
  }

  get isZero(): boolean {
    return this.minor === 0n;
  }

  get isPositive(): boolean {
    return this.minor > 0n;
  }

  get isNegative(): boolean {
    return this.minor < 0n;
  }

  /** `1250.00`: all the currency's digits, no separators. */
  toDecimalString(): string {
    const digits = minorDigits(this.currency);
    const sign = this.minor < 0n ? '-' : '';
    const text = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(digits + 1, '0');
    if (digits === 0) return sign + text;
    return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }

  /** The amount as an exact decimal of major units, for formulas with rates. */
  toDecimal(): Decimal {
    return new Precise(this.toDecimalString());
  }

  toWire(): MoneyWire {
    return { amount: this.toDecimalString(), currency: this.currency };
  }

  toString(): string {
    return `${this.toDecimalString()} ${this.currency}`;
  }

  toJSON(): MoneyWire {
    return this.toWire();
  }

  private sameCurrency(other: Money): Money {
    if (other.currency !== this.currency) {
      throw moneyProblem('mixed-currencies', {
        detail: `${this.currency} and ${other.currency} cannot be combined.`,
      });
    }
    return other;
  }
}

/**
 * More digits than any product has: a 19-digit amount by a rate of the 60 digits of a quotient of
 * two amounts. So a product is exact, and rounded once.
 */
const Exact = Decimal.clone({ precision: 100 });
const Precise = Decimal.clone({ precision: 60 });
