import { z } from 'zod';
import {
  idView,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  page,
  pageQueryWith,
} from '../../platform/http';
import { RISK_GRADES, type AppetitePolicy } from './appetite';
import type { Assessment, LimitChange } from './appetite.store';

const slugInput = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/);
const bilingual = z.object({ en: z.string(), zh: z.string() });
const grade = z.enum(RISK_GRADES);

export const appetitePolicyView = z.object({
  id: z.string(),
  version: z.int(),
  title: bilingual,
  source: z.string(),
  validForMonths: z.int(),
  questions: z
    .array(
      z.object({
        id: z.string(),
        factor: z.string(),
        text: bilingual,
        choices: z.array(z.object({ id: z.string(), text: bilingual })).readonly(),
      }),
    )
    .readonly(),
  grades: z
    .array(
      z.object({
        grade,
        maxOutstandingShare: z.string(),
        maxPerLoanShare: z.string(),
        loanGrades: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});

export const appetiteBody = z.strictObject({
  policy: slugInput,
  version: z.int().positive(),
  answers: z.record(slugInput, slugInput),
});

export const lendingLimitView = z.object({
  policy: z.string(),
  grade,
  assessedGrade: grade,
  points: z.int(),
  maxOutstanding: moneyView,
  maxPerLoan: moneyView,
  loanGrades: z.array(z.string()).readonly(),
  losses: moneyView,
  assessedAt: instantView,
  expiresAt: instantView,
});

export const assessmentView = z.object({
  id: idView('tst'),
  points: z.int(),
  grade,
  assessedAt: instantView,
  expiresAt: instantView,
  limit: lendingLimitView,
});

export const limitChangesQuery = z.strictObject({
  limit: pageQueryWith({}).shape.limit,
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional(),
});

export const limitChangesView = page(
  z.object({
    version: z.int(),
    gradeBefore: grade.optional(),
    grade: grade.optional(),
    limitBefore: moneyView.optional(),
    limit: moneyView.optional(),
    cause: z.string(),
    recordedAt: instantView,
  }),
);

export const lendingDeclarationBody = z.strictObject({ outstandingElsewhere: moneyInput });

export const netWorthCertificateBody = z.strictObject({
  netWorth: moneyInput,
  certifiedBy: lineInput(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' }),
});

/** The assessment as it is put to lenders: without the points. */
export function asAppetitePolicy(policy: AppetitePolicy): z.input<typeof appetitePolicyView> {
  const { id, version, title, source, validForMonths, questions, bands } = policy;
  return {
    id,
    version,
    title,
    source,
    validForMonths,
    questions: questions.map((question) => ({
      id: question.id,
      factor: question.factor,
      text: question.text,
      choices: question.choices.map((choice) => ({ id: choice.id, text: choice.text })),
    })),
    grades: bands.map(({ from: _from, ...band }) => band),
  };
}

export function asAssessment(
  { id, points, grade: assessed, assessedAt, expiresAt }: Assessment,
  limit: z.input<typeof lendingLimitView>,
): z.input<typeof assessmentView> {
  return { id, points, grade: assessed, assessedAt, expiresAt, limit };
}

export function asLimitChange({
  recordedBy: _recordedBy,
  ...change
}: LimitChange): z.input<typeof limitChangesView>['items'][number] {
  return change;
}
