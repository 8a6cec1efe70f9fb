import { z } from 'zod';
import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { CURRENCIES, type Currency } from '../../kernel/currency';
import { rate } from '../../kernel/rate';
import type { Json } from '../../kernel/canonical-json';
import { CreditFileError } from './errors';
import { flawsOfImpairment, type ImpairmentPolicy } from './expected-loss';
import { flawsOf, SECURITIES, type MasterScale } from './grades';
import type { PricingPolicy } from './pricing-policy';

/*
 * The form of the files in `compliance/master-scales`, `compliance/pricing` and
 * `compliance/impairment`. Every figure is a decimal string, as in the rulebooks.
 */

const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'ids are kebab-case');
const gradeName = z.string().regex(/^[A-Z][A-Z0-9]{0,3}$/, 'a grade is A, B or such as A1');
const count = z.int().min(0).max(1_200);

const figure = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,12})?$/, 'a figure is a decimal string such as 0.085')
  .transform(rate);

const day = z.string().transform((text, context): CalendarDate => {
  try {
    return calendarDate(text);
  } catch {
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not a day` });
    return z.NEVER;
  }
});

const head = {
  id,
  version: z.int().min(1).max(9_999),
  title: z.string().trim().min(3),
  note: z.string().trim().min(3).optional(),
  effectiveFrom: day,
};

const masterScaleFile: z.ZodType<MasterScale> = z.strictObject({
  ...head,
  grades: z.array(
    z.strictObject({
      grade: gradeName,
      upTo: figure,
      pd: z.array(z.strictObject({ months: count, pd: figure })).min(1),
    }),
  ),
  losses: z
    .array(
      z.strictObject({
        product: id,
        security: z.enum(SECURITIES),
        severity: figure,
        recoveryMonths: count,
      }),
    )
    .min(1),
});

const baseCurves = z
  .partialRecord(
    z.enum(CURRENCIES),
    z.array(z.strictObject({ months: count, rate: figure })).min(1),
  )
  .transform((curves) => {
    const known = Object.entries(curves) as [Currency, (typeof curves)[Currency]][];
    return new Map(known.flatMap(([currency, curve]) => (curve ? [[currency, curve]] : [])));
  });

const reference = z.strictObject({ id, version: z.int().min(1) });

const pricingPolicyFile: z.ZodType<PricingPolicy> = z.strictObject({
  ...head,
  effectiveTo: day.optional(),
  scorecard: reference.extend({
    horizonMonths: z.strictObject({ least: count.min(1), most: count.min(1) }),
  }),
  masterScale: reference,
  product: id,
  baseCurves,
  servicingCost: figure,
  originationCost: figure,
  margins: z
    .array(z.strictObject({ grade: gradeName, rate: figure }))
    .transform((margins) => new Map(margins.map((each) => [each.grade, each.rate]))),
  originationFee: figure,
  rateStep: figure,
  ceiling: z.strictObject({
    whenBound: z.enum(['decline', 'cut-margin']),
    leastMargin: figure,
  }),
  approve: z.array(gradeName),
  refer: z.array(gradeName),
  tenors: z.strictObject({ least: count.min(1), most: count.min(1) }),
});

const impairmentPolicyFile: z.ZodType<ImpairmentPolicy> = z.strictObject({
  ...head,
  thresholds: z.strictObject({
    pdRatio: figure,
    pdIncrease: figure,
    stage2DaysPastDue: count,
    stage3DaysPastDue: count,
    cureMonths: z.strictObject({ stage2: count, stage3: count }),
  }),
  scenarios: z
    .array(z.strictObject({ id, weight: figure, hazardFactor: figure, severityFactor: figure }))
    .min(1),
});

/** @throws CreditFileError where the form is wrong, or the grades are no scale. */
export function readMasterScale(content: Json, file: string): MasterScale {
  return requireSound(read(masterScaleFile, content, file), flawsOf, file);
}

/** What it says of its scale is checked where both are at hand. @throws CreditFileError */
export function readPricingPolicy(content: Json, file: string): PricingPolicy {
  return read(pricingPolicyFile, content, file);
}

/** @throws CreditFileError where the form is wrong, or the policy departs from IFRS 9. */
export function readImpairmentPolicy(content: Json, file: string): ImpairmentPolicy {
  return requireSound(read(impairmentPolicyFile, content, file), flawsOfImpairment, file);
}

function read<T>(schema: z.ZodType<T>, content: Json, file: string): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first?.path.map(String).join('.') ?? '';
  throw new CreditFileError(file, place, first?.message ?? 'it is not valid');
}

function requireSound<T>(value: T, flaws: (value: T) => readonly string[], file: string): T {
  const [flaw] = flaws(value);
  if (flaw !== undefined) throw new CreditFileError(file, '', flaw);
  return value;
}
