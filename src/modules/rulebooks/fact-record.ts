import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { isRate, rate, rateText, type Rate } from '../../kernel/rate';
import type { Facts, Usage } from './facts';
import { FACTS, type FactKind } from './vocabulary';

/** Facts as JSON: amounts as decimal strings in the rulebook's currency, instants in ISO 8601. */
export interface FactRecord {
  readonly [name: string]: unknown;
}

/**
 * Writes facts down so that the decision they led to can be replayed: exactly the facts that
 * rulebooks can ask for, and nothing else.
 */
export function recordFacts(facts: Facts): FactRecord {
  const record: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(FACTS)) {
    const value = fact.read(facts);
    if (value !== undefined) place(record, name.split('.'), written(value));
  }
  if (facts.usage) record['usage'] = mapValues(facts.usage, written);
  if (facts.timerEnds) record['timerEnds'] = mapValues(facts.timerEnds, written);
  return record;
}

/**
 * Reads facts that were written down.
 *
 * @throws Error naming the fact that is unknown or not of its kind.
 */
export function readFacts(record: FactRecord, currency: Currency): Facts {
  const facts: Record<string, unknown> = {};
  for (const [name, value] of leaves(record)) {
    place(facts, name, readLeaf(name, value, currency));
  }
  if (!(facts['at'] instanceof Date)) throw new Error('the fact "at" is missing');
  // Every leaf was read as the kind its name in the vocabulary has, which mirrors `Facts`.
  return facts as unknown as Facts;
}

type Path = readonly string[];

function* leaves(record: FactRecord, above: Path = []): Generator<[Path, unknown]> {
  for (const [key, value] of Object.entries(record)) {
    const path = [...above, key];
    if (typeof value === 'object' && value !== null) yield* leaves(value as FactRecord, path);
    else yield [path, value];
  }
}

function readLeaf(path: Path, value: unknown, currency: Currency): unknown {
  const name = path.join('.');
  if (path[0] === 'usage') return readUsage(value, currency);
  if (path[0] === 'timerEnds') return READERS.instant(value, currency, name);
  const fact = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
  if (!fact) throw new Error(`there is no fact ${JSON.stringify(name)}`);
  return READERS[fact.kind](value, currency, name);
}

function readUsage(value: unknown, currency: Currency): Usage[string] {
  return typeof value === 'number' ? value : Money.parse(String(value), currency);
}

const READERS: Readonly<
  Record<FactKind, (value: unknown, currency: Currency, name: string) => unknown>
> = {
  money: (value, currency) => Money.parse(String(value), currency),
  count: (value, _, name) => ofType('number', value, name),
  rate: (value) => rate(String(value)),
  flag: (value, _, name) => ofType('boolean', value, name),
  word: (value, _, name) => ofType('string', value, name),
  instant: (value, _, name) => {
    const instant = new Date(String(value));
    if (!Number.isNaN(instant.getTime())) return instant;
    throw new Error(`${name} is not an instant: ${JSON.stringify(value)}`);
  },
};

function ofType(type: 'number' | 'boolean' | 'string', value: unknown, name: string): unknown {
  if (typeof value === type) return value;
  throw new Error(`${name} is not a ${type}: ${JSON.stringify(value)}`);
}

function written(value: Money | Rate | number | boolean | string | Date): unknown {
  if (value instanceof Money) return value.toDecimalString();
  if (isRate(value)) return rateText(value);
  return value instanceof Date ? value.toISOString() : value;
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function place(target: Record<string, unknown>, [first, ...rest]: Path, value: unknown): void {
  if (first === undefined) return;
  if (rest.length === 0) target[first] = value;
  else place((target[first] ??= {}) as Record<string, unknown>, rest, value);
}
