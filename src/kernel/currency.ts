import { problemCatalogue } from './problem';

/**
 * Currencies the engine keeps accounts in, with the digits of their minor unit.
 *
 * Source: ISO 4217, list one. A currency is added here and nowhere else.
 */
const DIGITS = {
  AED: 2,
  AUD: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  IDR: 2,
  INR: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MYR: 2,
  SGD: 2,
  USD: 2,
} as const;

export type Currency = keyof typeof DIGITS;

export const CURRENCIES = Object.keys(DIGITS) as readonly Currency[];

export const currencyProblem = problemCatalogue('kernel', {
  'unknown-currency': { kind: 'invalid', title: 'The currency is not one the engine keeps' },
});

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(DIGITS, text);
}

/** @throws Problem `kernel.unknown-currency`. */
export function asCurrency(text: string): Currency {
  if (isCurrency(text)) return text;
  throw currencyProblem('unknown-currency', {
    detail: `${JSON.stringify(text.slice(0, 12))} is not among ${CURRENCIES.join(', ')}.`,
  });
}

/** Decimal digits of the minor unit: 2 for USD, 0 for JPY. */
export function minorDigits(currency: Currency): number {
  return DIGITS[currency];
}
