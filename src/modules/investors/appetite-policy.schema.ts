import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RISK_GRADES, type AppetitePolicy } from './appetite';

const bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const slug = z.string().regex(/^[a-z][a-z0-9-]*$/);
const share = z.string().regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/);
const points = z.int().min(0).max(1000);
const grade = z.enum(RISK_GRADES);

const question = z.strictObject({
  id: slug,
  factor: z.enum(['financial-status', 'investment-experience', 'risk-appetite', 'risk-tolerance']),
  text: bilingual,
  choices: z.array(z.strictObject({ id: slug, text: bilingual, points })).min(2),
});

const ascending = (items: readonly { readonly from: number }[]): boolean =>
  items[0]?.from === 0 &&
  items.every((item, i) => i === 0 || item.from > (items[i - 1]?.from ?? 0));

const policyFile: z.ZodType<AppetitePolicy> = z.strictObject({
  id: slug,
  version: z.int().positive(),
  title: bilingual,
  source: z.string().min(1),
  validForMonths: z.int().positive(),
  age: z
    .array(z.strictObject({ from: points, points, highestGrade: grade.optional() }))
    .refine(ascending, { error: 'Ages must begin at 0 and rise.' }),
  organisationPoints: points,
  questions: z.array(question).min(4),
  bands: z
    .array(
      z.strictObject({
        grade,
        from: points,
        maxOutstandingShare: share,
        maxPerLoanShare: share,
        loanGrades: z.array(z.string().regex(/^[A-Z]$/)).min(1),
      }),
    )
    .refine(ascending, { error: 'Bands must begin at 0 and rise.' })
    .refine((bands) => RISK_GRADES.every((name, i) => bands[i]?.grade === name), {
      error: `The bands are ${RISK_GRADES.join(', ')}, in this order.`,
    }),
  losses: z.array(z.strictObject({ above: share, gradesDown: z.int().positive() })),
});

/**
 * Reads the newest version of an assessment, `<folder>/<version>.json`.
 *
 * @throws Error naming the file; it stops the process.
 */
export function loadAppetitePolicy(folder: string): AppetitePolicy {
  const versions = readdirSync(folder)
    .map((name) => /^(\d+)\.json$/.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .map(Number);
  const file = join(folder, `${Math.max(...versions)}.json`);
  const parsed = policyFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
