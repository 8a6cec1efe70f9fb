import { z } from 'zod';
import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  moneyInput,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  rateInput,
} from '../../platform/http';
import { MANDATE_STATUSES, type Mandate, type MandateTerms } from './mandate';
import type { BackTest } from './back-test';
import type { MandateFile } from './mandate.service';
import type { SignedVersion } from './mandate.store';
import { gradeLetter } from './window';

const gradeInput = z.string().regex(/^[A-Z]$/, { error: 'A grade is one capital letter.' });
const monthsInput = z.int().min(1).max(480);

export const mandateTermsBody = z
  .strictObject({
    budget: positiveMoneyInput,
    keepUninvested: moneyInput.optional(),
    ticket: positiveMoneyInput,
    maxPerLoan: positiveMoneyInput.optional(),
    maxPerBorrower: positiveMoneyInput.optional(),
    maxShare: rateInput.optional().meta({ description: 'Of cash and what is lent: 0.05.' }),
    grades: z.array(gradeInput).min(1).max(26),
    maxPerGrade: z
      .array(z.strictObject({ grade: gradeInput, most: positiveMoneyInput }))
      .max(26)
      .default([]),
    leastTermMonths: monthsInput.optional(),
    mostTermMonths: monthsInput.optional(),
    minimumRate: rateInput.meta({ description: 'Nominal interest a year: 0.075.' }),
    maximumRate: rateInput.optional(),
    targetReturn: rateInput.optional(),
    reinvest: z.boolean().default(false),
    approvesEach: z.boolean().default(false),
    expiresAt: instantInput.optional(),
  })
  .transform((body): MandateTerms => ({
    ...body,
    currency: asCurrency(body.budget.currency),
    keepUninvested: body.keepUninvested ?? body.budget.minus(body.budget),
  }));

export const mandateParams = z.strictObject({ id: idInput('mnd') });
export const mandatesQuery = pageQueryWith({
  status: z.enum(MANDATE_STATUSES).optional(),
  investorId: idInput('inv').optional(),
});

/** What a lender may confirm once for every loan of a mandate. */
export const MANDATE_ACKNOWLEDGEMENTS = [
  'riskWarning',
  'educationalMaterials',
  'cancellationLimits',
  'resaleDifficulty',
  'lossOfAll',
  'consentAboveThreshold',
  'understanding',
  'lossOfProtection',
  'limitsObserved',
] as const;

export const signBody = z.strictObject({
  textSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' })
    .meta({ description: 'Of the text that was read, in either language, as UTF-8.' }),
  acknowledged: z.array(z.enum(MANDATE_ACKNOWLEDGEMENTS)).max(20).default([]),
});

const termsView = z.object({
  budget: moneyView,
  keepUninvested: moneyView,
  ticket: moneyView,
  maxPerLoan: moneyView.optional(),
  maxPerBorrower: moneyView.optional(),
  maxShare: z.string().optional(),
  grades: z.array(z.string()).readonly(),
  maxPerGrade: z.array(z.object({ grade: z.string(), most: moneyView })).readonly(),
  leastTermMonths: z.int().optional(),
  mostTermMonths: z.int().optional(),
  minimumRate: z.string(),
  maximumRate: z.string().optional(),
  targetReturn: z.string().optional(),
  reinvest: z.boolean(),
  approvesEach: z.boolean(),
  expiresAt: instantView.optional(),
});

export const mandateView = z.object({
  id: idView('mnd'),
  investorId: idView('inv'),
  currency: z.string(),
  status: z.enum(MANDATE_STATUSES),
  signedVersion: z.int().meta({ description: 'The version in force; 0 when none is signed.' }),
  latestVersion: z.int(),
  expiresAt: instantView.optional(),
  createdAt: instantView,
  endedAt: instantView.optional(),
});

export const mandateFileView = mandateView.extend({
  text: z.object({ en: z.string(), zh: z.string() }).meta({
    description: 'What is signed: the text of the newest version.',
  }),
  versions: z
    .array(
      z.object({
        version: z.int(),
        terms: termsView,
        draftedAt: instantView,
        signedAt: instantView.optional(),
        acknowledged: z.array(z.string()).readonly().optional(),
      }),
    )
    .readonly(),
});

export const mandatesView = page(mandateView);

export function asMandate(mandate: Mandate): z.input<typeof mandateView> {
  return mandate;
}

export function asMandateFile(file: MandateFile): z.input<typeof mandateFileView> {
  return { ...asMandate(file.mandate), text: file.text, versions: file.versions.map(asVersion) };
}

function asVersion({
  version,
  terms,
  draftedAt,
  signature,
}: SignedVersion): z.input<typeof mandateFileView>['versions'][number] {
  return {
    version,
    terms: asTerms(terms),
    draftedAt,
    signedAt: signature?.signedAt,
    acknowledged: signature?.acknowledged,
  };
}

function asTerms({ currency: _currency, ...terms }: MandateTerms): z.input<typeof termsView> {
  return {
    ...terms,
    maxShare: terms.maxShare && rateText(terms.maxShare),
    minimumRate: rateText(terms.minimumRate),
    maximumRate: terms.maximumRate && rateText(terms.maximumRate),
    targetReturn: terms.targetReturn && rateText(terms.targetReturn),
  };
}

export const previewView = z.object({
  windows: z.int().meta({ description: 'How many past windows it was tried in.' }),
  lent: z.array(moneyView).readonly().meta({ description: 'By window, the earliest first.' }),
  total: moneyView,
  left: moneyView,
  loans: z.int(),
  windowsToDeploy: z.int().optional(),
  daysToDeploy: z.int().optional(),
  grades: z
    .array(z.object({ grade: z.string(), amount: moneyView, loans: z.int(), share: z.string() }))
    .readonly(),
  averageRate: z.string().optional(),
  expectedReturn: z.string().optional().meta({
    description: 'The average rate less expected losses: an estimate, which nobody promises.',
  }),
});

export function asPreview(test: BackTest, { currency }: MandateTerms): z.input<typeof previewView> {
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  return {
    windows: test.windows,
    lent: test.lentMinor.map(money),
    total: money(test.totalMinor),
    left: money(test.leftMinor),
    loans: test.loans,
    windowsToDeploy: test.windowsToDeploy,
    daysToDeploy: test.daysToDeploy,
    grades: test.grades.map(({ grade, amountMinor, loans, shareBps }) => ({
      grade: gradeLetter(grade),
      amount: money(amountMinor),
      loans,
      share: rateText(fraction(shareBps, 4)),
    })),
    averageRate: test.averageRatePpm === undefined ? undefined : ppmText(test.averageRatePpm),
    expectedReturn:
      test.expectedReturnPpm === undefined ? undefined : ppmText(test.expectedReturnPpm),
  };
}

function ppmText(ppm: number): string {
  return rateText(fraction(ppm, 6));
}

/** A whole number of ten-thousandths, or millionths, as the fraction it stands for. */
function fraction(parts: number, digits: number): Rate {
  return rate(String(parts)).div(rate(`1${'0'.repeat(digits)}`));
}
