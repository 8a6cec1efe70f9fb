import { z } from 'zod';
import type { Finding } from '../../kernel/problem';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  page,
  pageQueryWith,
} from '../../platform/http';
import { PARTY_KINDS } from '../identity';
import type { Classification } from './classification';
import type { BilingualText, MarkedAttempt, QuestionBank } from './knowledge-test';

const slugInput = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' });
const countInput = z.int().min(0).max(100_000);

/** What investors bring to be put into a tier; which of it counts is the rulebook's to say. */
const evidenceInput = z.strictObject({
  netWorth: moneyInput.optional(),
  incomeLastYear: moneyInput.optional(),
  incomeYearBefore: moneyInput.optional(),
  jointIncomeLastYear: moneyInput.optional(),
  jointIncomeYearBefore: moneyInput.optional(),
  expectsSameIncome: z.boolean().optional(),
  grossIncome: moneyInput.optional(),
  averageIncomeThreeYears: moneyInput.optional(),
  financialPortfolio: moneyInput.optional(),
  financialAssets: moneyInput.optional(),
  netAssets: moneyInput.optional(),
  ownFunds: moneyInput.optional(),
  netTurnover: moneyInput.optional(),
  balanceSheetTotal: moneyInput.optional(),
  singleProjectAmount: moneyInput.optional(),
  financeRoleMonths: countInput.optional(),
  executiveMonths: countInput.optional(),
  transactionsPerQuarter: countInput.optional(),
  unlistedInvestments: countInput.optional(),
  angelNetworkMonths: countInput.optional(),
  isProfessional: z.boolean().optional(),
  isInstitution: z.boolean().optional(),
  understandsRisk: z.boolean().optional(),
});

const evidenceView = z.record(z.string(), z.union([moneyView, z.number(), z.boolean()]));

const findingView = z.object({
  rule: z.string(),
  citation: z.string(),
  message: z.string(),
  isMet: z.boolean().optional(),
  limit: z.string().optional(),
  observed: z.string().optional(),
  currency: z.string().optional(),
});

export const classificationBody = z.strictObject({
  tier: slugInput.optional(),
  declared: evidenceInput,
  documents: z.array(z.strictObject({ title: lineInput(200), sha256 })).max(20),
});
export const decisionBody = z.strictObject({ note: lineInput(500) });
export const decisionParams = z.strictObject({ id: idInput('inv'), requestId: idInput('req') });
export const classificationsQuery = pageQueryWith({
  status: z.enum(['pending', 'approved', 'rejected']).optional(),
});

export const classificationView = z.object({
  id: idView('req'),
  investorId: idView('inv'),
  fromTier: z.string(),
  requestedTier: z.string(),
  status: z.enum(['pending', 'approved', 'rejected']),
  declared: evidenceView,
  documents: z.array(z.object({ title: z.string(), sha256: z.string() })).readonly(),
  findings: z.array(findingView).readonly(),
  requestedBy: z.string(),
  requestedAt: instantView,
  decidedBy: z.string().optional(),
  decidedAt: instantView.optional(),
  note: z.string().optional(),
  tierExpiresAt: instantView.optional(),
});
export const classificationsView = page(classificationView);

export const tierCalculatorBody = z.strictObject({
  rulebookId: slugInput,
  kind: z.enum(PARTY_KINDS),
  at: instantInput
    .optional()
    .meta({ description: 'Under the law of this instant; now if absent.' }),
  evidence: evidenceInput,
});
export const tierCalculatorView = z.object({
  rulebookId: z.string(),
  tier: z.string(),
  title: z.string().optional(),
  expiresAt: instantView.optional(),
  findings: z.array(findingView).readonly(),
});

const bilingual = z.object({ en: z.string(), zh: z.string() });
const questionView = z.object({
  id: z.string(),
  topic: z.string(),
  text: bilingual,
  choices: z.array(z.object({ id: z.string(), text: bilingual })).readonly(),
});

/** A test as it is put to people: without the answers. */
export const knowledgeTestView = z.object({
  id: z.string(),
  version: z.int(),
  rulebookId: z.string(),
  title: bilingual,
  source: z.string(),
  minimumCorrect: z.int(),
  questions: z.array(questionView).readonly(),
});

export const attemptBody = z
  .strictObject({
    bank: slugInput,
    version: z.int().positive(),
    answers: z.record(slugInput, slugInput).optional(),
    refuses: z.literal(true).optional().meta({ description: 'The investor refuses the test.' }),
  })
  .refine(({ answers, refuses }) => (answers === undefined) === (refuses === true), {
    error: 'Either give answers or refuse the test.',
  });

export const attemptView = z.object({
  id: idView('tst'),
  outcome: z.enum(['passed', 'failed', 'refused']),
  correct: z.int(),
  asked: z.int(),
  minimumCorrect: z.int(),
  takenAt: instantView,
  expiresAt: instantView,
  wrong: z
    .array(z.object({ id: z.string(), explanation: bilingual, citation: z.string() }))
    .readonly(),
  warning: bilingual.optional().meta({ description: 'To be shown until it is acknowledged.' }),
});

export function asClassification(
  classification: Classification,
): z.input<typeof classificationView> {
  return {
    ...classification,
    declared: Object.fromEntries(
      Object.entries(classification.declared).filter(([, value]) => value !== undefined),
    ),
    findings: classification.findings.map(asFinding),
  };
}

export function asFinding(finding: Finding): z.input<typeof findingView> {
  const { citation, message, limit, observed, currency } = finding;
  const isMet = 'isMet' in finding ? finding.isMet === true : undefined;
  return { rule: finding.rule, citation, message, limit, observed, currency, isMet };
}

export function asKnowledgeTest(bank: QuestionBank): z.input<typeof knowledgeTestView> {
  const { id, version, rulebookId, title, source, minimumCorrect } = bank;
  const questions = bank.questions.map(({ id: questionId, topic, text, choices }) => ({
    id: questionId,
    topic,
    text,
    choices: choices.map((choice) => ({ id: choice.id, text: choice.text })),
  }));
  return { id, version, rulebookId, title, source, minimumCorrect, questions };
}

export function asAttempt({ attempt, bank, wrong }: MarkedAttempt): z.input<typeof attemptView> {
  const { id, outcome, correct, asked, takenAt, expiresAt } = attempt;
  const warning: BilingualText | undefined = outcome === 'passed' ? undefined : bank.warning;
  return {
    id,
    outcome,
    correct,
    asked,
    minimumCorrect: bank.minimumCorrect,
    takenAt,
    expiresAt,
    wrong: wrong.map(({ id: questionId, explanation, citation }) => ({
      id: questionId,
      explanation,
      citation,
    })),
    warning,
  };
}
