import { startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { readValue, valueOn, type Parameter } from './parameter';

/** What of a rulebook its versions need to know. */
export interface RulebookFrame {
  readonly id: string;
  readonly currency: Currency;
  readonly timeZone: string;
}

/**
 * The law between two changes: every parameter with the one value it has then.
 *
 * Versions are made once, at load, so that an act costs no search through dated values.
 */
export interface Version {
  readonly rulebook: string;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly from: CalendarDate;
  /** The first instant of `from` where the law is in force, in milliseconds. */
  readonly startsAtMs: number;
  readonly money: ReadonlyMap<string, Money>;
  readonly rates: ReadonlyMap<string, Rate>;
  /** Counts and lengths of time. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly words: ReadonlyMap<string, string>;
}

/** Fixes every parameter at its value on the day `from`. */
export function versionFrom(
  frame: RulebookFrame,
  parameters: readonly Parameter[],
  from: CalendarDate,
): Version {
  const money = new Map<string, Money>();
  const rates = new Map<string, Rate>();
  const numbers = new Map<string, number>();
  const words = new Map<string, string>();
  for (const parameter of parameters) {
    const text = valueOn(parameter, from)?.value;
    if (text === undefined) continue;
    const value = readValue(parameter, text, frame.currency);
    if (typeof value === 'number') numbers.set(parameter.id, value);
    else if (typeof value === 'string') words.set(parameter.id, value);
    else if (value instanceof Money) money.set(parameter.id, value);
    else rates.set(parameter.id, value);
  }
  return {
    rulebook: frame.id,
    currency: frame.currency,
    timeZone: frame.timeZone,
    from,
    startsAtMs: startOfDay(from, frame.timeZone).getTime(),
    money,
    rates,
    numbers,
    words,
  };
}

/** Whether the parameter has a value in this version. */
export function isInForce(version: Version, parameterId: string): boolean {
  return (
    version.money.has(parameterId) ||
    version.rates.has(parameterId) ||
    version.numbers.has(parameterId) ||
    version.words.has(parameterId)
  );
}
