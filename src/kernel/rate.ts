import Decimal from 'decimal.js';
import { assert } from './assert';
import { problemCatalogue } from './problem';

export const rateProblem = problemCatalogue('rate', {
  malformed: { kind: 'invalid', title: 'The rate is not a decimal number' },
});

/** What is not money: a percentage as a fraction (`0.085`), a price per share, a weight. */
export type Rate = Decimal;

const Precise = Decimal.clone({ precision: 40 });

/**
 * Reads a plain decimal, at most 18 digits on either side of the point.
 *
 * @throws Problem `rate.malformed`.
 */
export function rate(text: string): Rate {
  if (!/^-?\d{1,18}(\.\d{1,18})?$/.test(text)) {
    throw rateProblem('malformed', {
      detail: `${JSON.stringify(text.slice(0, 40))} is not a decimal such as 0.085.`,
    });
  }
  return new Precise(text);
}

export function isRate(value: unknown): value is Rate {
  return Decimal.isDecimal(value);
}

/**
 * The rate in plain notation, with exactly so many digits after the point: `2.04` with 5 is
 * `2.04000`.
 *
 * @param digits at least as many as the rate has, since it is never rounded here; by default
 *   exactly those.
 */
export function rateText(value: Rate, digits = value.decimalPlaces()): string {
  assert(value.decimalPlaces() <= digits, `${value.toString()} has more than ${digits} digits`);
  return value.toFixed(digits);
}

const MODES = {
  floor: Decimal.ROUND_FLOOR,
  ceil: Decimal.ROUND_CEIL,
  'half-even': Decimal.ROUND_HALF_EVEN,
} as const;

/**
 * The rate with at most so many digits after the point, rounded as named: what is computed with
 * forty digits and then quoted, stored or agreed. The caller says in whose favour.
 */
export function roundRate(value: Rate, digits: number, rounding: keyof typeof MODES): Rate {
  return value.toDecimalPlaces(digits, MODES[rounding]);
}
