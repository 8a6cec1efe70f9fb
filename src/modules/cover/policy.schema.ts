import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { rate } from '../../kernel/rate';
import type { CoverPolicy } from './policy';

const slug = z.string().regex(/^[a-z][a-z0-9-]*$/);
const bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const factor = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,6})?$/)
  .transform((text) => rate(text));
const months = z.int().min(1).max(120);

const lendingValue = z
  .strictObject({ warning: factor, breach: factor, revalueMonths: months })
  .refine(({ warning, breach }) => warning.lte(breach), {
    error: 'A warning comes before a breach.',
  });

const policyFile: z.ZodType<CoverPolicy> = z.strictObject({
  id: slug,
  version: z.int().positive(),
  title: bilingual,
  source: z.string().min(1),
  capacityMonths: months,
  strength: z
    .strictObject({ warning: factor, breach: factor })
    .refine(({ warning, breach }) => warning.gte(breach), {
      error: 'A warning comes before a breach.',
    }),
  collateral: z.strictObject({
    patent: lendingValue,
    trademark: lendingValue,
    copyright: lendingValue,
    software: lendingValue,
    equipment: lendingValue,
    'real-estate': lendingValue,
    receivables: lendingValue,
  }),
  fund: z.strictObject({
    warning: bilingual,
    source: z.string().min(1),
    verification: z.enum(['verified', 'secondary', 'unverified']),
    stress: z.strictObject({ hazardFactor: factor, severityFactor: factor }),
  }),
});

/**
 * Reads the newest version of a policy, `<folder>/<version>.json`.
 *
 * @throws Error naming the file; it stops the process.
 */
export function loadCoverPolicy(folder: string): CoverPolicy {
  const versions = readdirSync(folder).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []);
  const file = join(folder, `${Math.max(...versions.map(Number))}.json`);
  const parsed = policyFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
