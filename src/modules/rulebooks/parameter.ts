import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';

/**
 * How sure we are of a fact of law: read in the text of the instrument, taken from a secondary
 * source, or only remembered. With anything unverified in it, a rulebook may not go live.
 */
export type Verification = 'verified' | 'secondary' | 'unverified';

/** What a parameter's text means. The four lengths of time are whole numbers. */
export const UNITS = [
  'money',
  'rate',
  'count',
  'word',
  'hours',
  'days',
  'working-days',
  'months',
] as const;

export type Unit = (typeof UNITS)[number];

export type LengthUnit = Extract<Unit, 'hours' | 'days' | 'working-days' | 'months'>;

/** A value from a day on, until the next. `undefined` is a repeal: from then there is none. */
export interface DatedValue {
  readonly from: CalendarDate;
  readonly value: string | undefined;
  readonly citation?: string | undefined;
  readonly verification: Verification;
  readonly note?: string | undefined;
}

/** A figure or a choice that a regulator made, and remade. */
export interface Parameter {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** For words: all that the rules tell apart. */
  readonly choices?: readonly string[] | undefined;
  readonly citation: string;
  readonly note?: string | undefined;
  /** In order of time. */
  readonly values: readonly DatedValue[];
}

/** The value in force on a day, if the parameter had begun and was not repealed. */
export function valueOn(parameter: Parameter, day: CalendarDate): DatedValue | undefined {
  const begun = parameter.values.findLast((dated) => dated.from <= day);
  return begun?.value === undefined ? undefined : begun;
}

/**
 * Reads a value as its unit demands.
 *
 * @throws Problem of Money or Rate, Error in words otherwise.
 */
export function readValue(
  parameter: Pick<Parameter, 'unit' | 'choices'>,
  text: string,
  currency: Currency,
): Money | Rate | number | string {
  switch (parameter.unit) {
    case 'money':
      return Money.parse(text, currency);
    case 'rate':
      return rate(text);
    case 'word':
      if (parameter.choices?.includes(text)) return text;
      throw new Error(`${JSON.stringify(text)} is not among its choices`);
    default:
      if (/^(0|[1-9]\d{0,8})$/.test(text)) return Number(text);
      throw new Error(`${JSON.stringify(text)} is not a whole number of ${parameter.unit}`);
  }
}
