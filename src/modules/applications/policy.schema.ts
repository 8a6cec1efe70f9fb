import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { rate } from '../../kernel/rate';
import { APR_METHODS } from '../schedules';
import { DOCUMENT_KINDS } from './document';
import { INCOME_SOURCES } from './form';
import { MARK_KINDS } from './mark';
import type { ApplicationPolicy } from './policy';

const fraction = z
  .string()
  .regex(/^\d(\.\d{1,6})?$/)
  .transform((text) => rate(text));
const amounts = z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d+(\.\d{1,3})?$/));
const count = z.int().min(0).max(10_000);
const outcome = z.enum(['note', 'refer', 'decline']);
const documentKind = z.enum(DOCUMENT_KINDS);

const ruleBase = {
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  outcome,
  text: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
};

const fraudRule = z.discriminatedUnion('kind', [
  z.strictObject({
    ...ruleBase,
    kind: z.literal('velocity'),
    per: z.enum(['party', ...MARK_KINDS]),
    days: z.int().min(1).max(3660),
    most: count,
  }),
  z.strictObject({
    ...ruleBase,
    kind: z.literal('shared-mark'),
    mark: z.enum(MARK_KINDS),
    most: count,
  }),
  z.strictObject({ ...ruleBase, kind: z.literal('cluster'), most: count }),
  z.strictObject({
    ...ruleBase,
    kind: z.literal('mismatch'),
    between: z.enum(['income', 'identity']),
    tolerance: z
      .string()
      .regex(/^\d+(\.\d{1,6})?$/)
      .optional(),
  }),
]);

const policyFile = z.strictObject({
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  version: z.int().min(1),
  title: z.string(),
  note: z.string().optional(),
  rulebooks: z.array(z.string()),
  pricingPolicy: z.string(),
  aprMethod: z.enum(APR_METHODS),
  affordability: z.strictObject({
    debtToIncomeCeiling: fraction,
    referAbove: fraction,
    livingShare: fraction,
    livingSharePerDependant: fraction,
    minimumLeft: amounts,
    tolerance: fraction,
    unconfirmedHaircut: fraction,
  }),
  creditBureau: z.strictObject({ thinFile: z.enum(['missing', 'refer']) }),
  offers: z.strictObject({
    tenors: z.array(z.int().min(1).max(480)).min(1).max(12),
    shortestMonths: z.int().min(1),
    longestMonths: z.int().min(1).max(480),
    validDays: z.int().min(1).max(90),
    listingDays: z.int().min(1).max(180),
    minimumFill: fraction,
    minimumTicket: amounts,
  }),
  documents: z.record(z.enum(INCOME_SOURCES), z.array(z.array(documentKind).min(1))),
  linking: z.strictObject({
    strong: z.array(z.enum(MARK_KINDS)),
    weakNeeded: z.int().min(1).max(10),
    countsAsOne: z.boolean(),
    hubParties: z.int().min(1).max(100_000),
  }),
  fraudRules: z.array(fraudRule),
  greenChannel: z.strictObject({
    firstInQueue: z.boolean(),
    feeDiscountRate: fraction,
    waivedDocuments: z.array(documentKind),
  }),
});

/** @throws Error naming what is wrong; it stops the process. */
export function parsePolicy(text: string, file: string): ApplicationPolicy {
  const json = JSON.parse(text) as Json;
  const parsed = policyFile.safeParse(json);
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { note: _, ...policy } = parsed.data;
  const contentHash = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return { ...policy, contentHash };
}

/**
 * The latest version of each policy under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadPolicies(directory: string): readonly ApplicationPolicy[] {
  const folders = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  return folders.map((id) => {
    const versions = readdirSync(join(directory, id))
      .flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number);
    const file = join(directory, id, `${Math.max(...versions)}.json`);
    return parsePolicy(readFileSync(file, 'utf8'), file);
  });
}
