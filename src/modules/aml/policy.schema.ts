import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CURRENCIES, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rateInput } from '../../platform/http';
import { AmlPolicies, RULE_KINDS, type AmlPolicy, type Amounts } from './policy';

const amounts = z
  .partialRecord(z.enum(CURRENCIES), z.string().regex(/^\d{1,15}(\.\d{1,4})?$/))
  .transform((given): Amounts => {
    const read = Object.entries(given).map(([currency, text]) => [
      currency,
      Money.parse(text, currency as Currency),
    ]);
    return Object.fromEntries(read) as Amounts;
  });

const days = z.int().min(1).max(366);
const text = z.string().min(1);

const common = {
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.strictObject({ en: text, zh: text }),
  citation: text,
  verification: z.enum(['verified', 'secondary', 'unverified', 'own']),
};

const rule = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('structuring'),
    below: amounts,
    withinDays: days,
    minimumCount: z.int().min(2).max(100),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('rapid-in-out'),
    least: amounts,
    withinDays: days,
    withdrawnShare: rateInput,
    investedShare: rateInput,
  }),
  z.strictObject({ ...common, kind: z.literal('overpaid-loan'), least: amounts, withinDays: days }),
  z.strictObject({ ...common, kind: z.literal('circular-funding'), leastShare: rateInput }),
  z.strictObject({ ...common, kind: z.literal('sanctions'), reasons: z.array(text).min(1) }),
]);

const code = z.string().regex(/^[A-Z0-9-]{1,20}$/);

const policyFile = z
  .strictObject({
    id: common.id,
    version: z.int().min(1),
    note: text,
    rulebooks: z.array(z.string()),
    firstLookBackDays: z.int().min(1).max(3660),
    rules: z
      .array(rule)
      .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, {
        error: 'A rule stands there twice.',
      }),
    goaml: z.strictObject({
      schemaVersion: text,
      transactionMode: code,
      roles: z.strictObject({ deposit: code, withdrawal: code }),
      indicators: z.partialRecord(z.enum(RULE_KINDS), code),
      verification: common.verification,
    }),
  })
  .refine(({ rules, goaml }) => rules.every(({ kind }) => goaml.indicators[kind] !== undefined), {
    error: 'A rule has no indicator.',
  });

/** @throws Error naming the file and what is wrong in it; it stops the process. */
export function parseAmlPolicy(source: string, file: string): AmlPolicy {
  const parsed = policyFile.safeParse(JSON.parse(source));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { note: _, ...policy } = parsed.data;
  return policy;
}

/**
 * Every version of each policy under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadAmlPolicies(directory: string): AmlPolicies {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/\\]+[/\\]\d+\.json$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
  return new AmlPolicies(files.map((file) => parseAmlPolicy(readFileSync(file, 'utf8'), file)));
}
