import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  instantView,
  moneyView,
  pageQuery,
  rateInput,
} from '../../platform/http';
import { FORM_C_TYPES } from './form-c-elements';
import type { Filing, ImportedFiling } from './filing';
import type { OwedProgress } from './progress';

/** As many characters as the largest filing has bytes. */
const LONGEST_FILING = 2 * 1024 * 1024;

export const importBody = z.strictObject({
  xml: z
    .string()
    .min(1)
    .max(LONGEST_FILING)
    .meta({ description: 'The filing as EDGAR has it, XML in one string.' }),
  orderLimitRate: rateInput
    .refine((value) => !value.lessThan(1) && !value.greaterThan(10), {
      error: 'Orders are taken up to the maximum at least, and ten times it at most.',
    })
    .optional()
    .meta({
      description: 'The most to take orders for, as a part of the maximum; 1.25 when left out.',
      examples: ['1.25'],
    }),
});

export const filingParams = z.strictObject({ id: idInput('fil') });
export const filingsQuery = pageQuery;
export const offeringParams = z.strictObject({ id: idInput('off') });
export const formCQuery = z.strictObject({ type: z.enum(['C', 'C-U', 'C-AR']).default('C') });

export const progressView = z.object({
  percent: z.int(),
  seenAt: instantView,
  target: moneyView,
  committed: moneyView,
  dueOn: dateView.optional(),
  citation: z.string().optional(),
});

export function asProgress({
  offeringId: _,
  mark,
  ...step
}: OwedProgress): z.input<typeof progressView> {
  return { percent: mark, ...step };
}

const findingView = z.object({
  code: z.string(),
  severity: z.enum(['notice', 'warning']),
  message: z.string(),
  pointer: z.string(),
});

export const filingView = z.object({
  id: idView('fil'),
  issuerId: idView('iss'),
  offeringId: idView('off').optional(),
  formType: z.enum(FORM_C_TYPES),
  sha256: z.string().meta({ description: 'Of the content; the same for the same filing.' }),
  fileSha256: z.string().meta({ description: 'Of the bytes.' }),
  cik: z.string(),
  fileNumber: z.string().optional(),
  signedOn: dateView.optional(),
  deadlineOn: dateView.optional(),
  fiscalPeriodEndsOn: dateView.optional(),
  progressUpdate: z.string().optional(),
  amendment: z.string().optional(),
  findings: z.array(findingView).readonly(),
  importedAt: instantView,
});

export const importedView = z.object({
  outcome: z.enum(['imported', 'already-imported']),
  filing: filingView,
  issuerName: z.string(),
  taken: z
    .array(z.object({ what: z.string(), id: z.string().optional(), message: z.string() }))
    .readonly(),
  refused: z.array(z.object({ what: z.string(), code: z.string(), reason: z.string() })).readonly(),
  assumed: z.array(z.string()).readonly(),
  missing: z.array(z.string()).readonly(),
});

export function asFiling({ importedBy: _, ...filing }: Filing): z.input<typeof filingView> {
  return filing;
}

export function asImported(imported: ImportedFiling): z.input<typeof importedView> {
  const { outcome, filing, issuerName, taken, refused, assumed, missing } = imported;
  return { outcome, filing: asFiling(filing), issuerName, taken, refused, assumed, missing };
}
