import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { rate } from '../../kernel/rate';
import { deskPolicy } from './desk-policy.schema';
import { PORTIONS } from './owed';
import { ServicingPolicies, type ServicingPolicy } from './policy';
import { isComplete, SURPLUS_RULES } from './waterfall';

const fraction = z
  .string()
  .regex(/^0(\.\d{1,8})?$/)
  .transform((text) => rate(text));
const amounts = z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d+(\.\d{1,3})?$/));
const days = z.int().min(0).max(3660);

const order = z
  .strictObject({
    order: z.enum(['by-portion', 'by-instalment']),
    portions: z.array(z.enum(PORTIONS)),
  })
  .refine(isComplete, { message: 'an order names every portion once' });

/** Where a figure that the law sets comes from, and how sure we are of it. */
const source = z.strictObject({
  figure: z.string(),
  citation: z.string(),
  verification: z.enum(['verified', 'cross-checked', 'unverified']),
});

const lateFee = z.strictObject({
  rule: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('per-day'), rate: fraction }),
    z.strictObject({ kind: z.literal('per-instalment'), amounts }),
  ]),
  graceDays: days,
  to: z.enum(['lenders', 'operator']),
  endsWithDefault: z.boolean(),
});

const arrears = z
  .strictObject({
    graceDays: days,
    buckets: z.array(z.strictObject({ id: z.string().min(1), fromDays: days })).min(1),
    defaultDays: days,
  })
  .refine(({ buckets }) => buckets.every((_, at) => isAfter(buckets, at)), {
    message: 'buckets begin at zero days, each later than the one before',
  });

const policyFile = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.int().min(1),
  title: z.string(),
  note: z.string().optional(),
  sources: z.array(source),
  rulebooks: z.array(z.string()),
  signing: z.strictObject({ withinDays: days.min(1), isCountersigned: z.boolean() }),
  waterfall: z.strictObject({
    pastDue: order,
    due: order,
    inAdvance: order,
    surplus: z.enum(SURPLUS_RULES),
  }),
  lateFee: lateFee.optional(),
  debitRetry: z.strictObject({ times: z.int().min(1).max(5), afterDays: days.min(1) }).optional(),
  earlyRepayment: z.strictObject({
    fee: z.strictObject({ rate: fraction, rateInLastYear: fraction }).optional(),
    partial: z.enum(['reduce-term', 'reduce-instalment']),
    quoteDays: days,
  }),
  servicingRate: fraction,
  arrears,
  desk: deskPolicy,
});

function isAfter(buckets: readonly { readonly fromDays: number }[], at: number): boolean {
  const before = buckets[at - 1]?.fromDays;
  const own = buckets[at]?.fromDays ?? 0;
  return before === undefined ? own === 0 : own > before;
}

/** @throws Error naming what is wrong; it stops the process. */
export function parseServicingPolicy(text: string, file: string): ServicingPolicy {
  const json = JSON.parse(text) as Json;
  const parsed = policyFile.safeParse(json);
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { note: _, sources: __, ...policy } = parsed.data;
  const contentHash = createHash('sha256').update(canonicalJson(json)).digest('hex');
  return { ...policy, contentHash };
}

/**
 * Every version of each policy under `<directory>/<id>/<version>.json`: loans keep to the version
 * they were made under.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadServicingPolicies(directory: string): ServicingPolicies {
  const folders = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  const files = folders.flatMap((id) =>
    readdirSync(join(directory, id))
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => join(directory, id, name)),
  );
  return new ServicingPolicies(
    files.map((file) => parseServicingPolicy(readFileSync(file, 'utf8'), file)),
  );
}
