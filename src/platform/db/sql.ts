import { assert } from '../../kernel/assert';

export type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Buffer
  | null
  | undefined
  | readonly Value[]
  | { readonly [key: string]: unknown };

/** Values by name. Arrays become PostgreSQL arrays, plain objects JSON, undefined NULL. */
export type Bindings = Readonly<Record<string, Value>>;

interface Statement {
  readonly text: string;
  readonly names: readonly string[];
}

const TOKENS = /'(?:[^']|'')*'|--[^\n]*|::[a-z_]|:([a-z][a-zA-Z0-9]*)/g;

const CACHE_SIZE = 2000;
const statements = new Map<string, Statement>();

/** Turns `:name` into `$1`, leaving casts (`::int`), quoted text and comments alone. */
export function positional(sql: string, bindings: Bindings): { text: string; values: unknown[] } {
  const { text, names } = statements.get(sql) ?? parse(sql);
  const values = names.map((name) => {
    assert(Object.hasOwn(bindings, name), `binding :${name} is missing`);
    return wireValue(bindings[name]);
  });
  return { text, values };
}

function parse(sql: string): Statement {
  const names: string[] = [];
  const text = sql.replace(TOKENS, (found: string, name?: string) => {
    if (name === undefined) return found;
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  if (statements.size >= CACHE_SIZE) statements.clear();
  const statement = { text, names };
  statements.set(sql, statement);
  return statement;
}

function wireValue(value: Value): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return (value as readonly Value[]).map(wireValue);
  return value;
}
