import { z } from 'zod';
import {
  idView,
  instantView,
  moneyView,
  page,
  pageQueryWith,
  textInput,
} from '../../platform/http';
import type { Json } from '../../kernel/canonical-json';
import { CREDIT_OUTCOMES } from './decision';
import { OVERRIDE_REASONS } from './override';
import type { ReplayedCreditDecision, StandingDecision } from './service';
import type { NumberedModel } from './store';

export const decisionParams = z.strictObject({ id: idView('cdn') });

export const decisionsQuery = pageQueryWith({
  subject: z.string().min(1).max(80).optional(),
  outcome: z.enum(CREDIT_OUTCOMES).optional(),
});

export const overrideBody = z.strictObject({
  outcome: z.enum(['approve', 'decline']),
  reason: z.enum(OVERRIDE_REASONS),
  note: textInput(2_000),
});

export const resolveBody = z.strictObject({
  step: z.enum(['confirmed', 'rejected']),
  note: textInput(2_000),
});

export const findingView = z.object({
  rule: z.string(),
  citation: z.string(),
  message: z.string(),
  rulebook: z.string().optional(),
  effectiveFrom: z.string().optional(),
  limit: z.string().optional(),
  observed: z.string().optional(),
  left: z.string().optional(),
  currency: z.string().optional(),
});

const text = z.object({ en: z.string(), zh: z.string() });

const partsView = z
  .object({
    base: z.string(),
    expectedLoss: z.string(),
    cost: z.string(),
    margin: z.string(),
    rounding: z.string(),
  })
  .meta({ description: 'What the rate pays for; the parts sum to the rate.' });

const overrideView = z.object({
  stepNo: z.int(),
  step: z.enum(['proposed', 'confirmed', 'rejected']),
  outcome: z.enum(['approve', 'decline']),
  reason: z.string(),
  takenBy: z.string(),
  takenAt: instantView,
});

const modelNumbers = {
  scorecardNo: z.int(),
  scaleNo: z.int(),
  policyNo: z.int(),
};

const summary = {
  id: idView('cdn'),
  subject: z.string(),
  principal: moneyView,
  termMonths: z.int(),
  points: z.int(),
  pd: z.string(),
  grade: z.string(),
  rate: z.string().optional(),
  apr: z.string().optional(),
  decidedAt: instantView,
  decidedBy: z.string(),
  ...modelNumbers,
};

export const decisionListView = page(z.object({ ...summary, decision: z.enum(CREDIT_OUTCOMES) }));

export const decisionView = z.object({
  ...summary,
  outcome: z
    .enum(CREDIT_OUTCOMES)
    .meta({ description: 'What counts, after overrides that were confirmed.' }),
  decision: z.enum(CREDIT_OUTCOMES).meta({ description: 'What the models said.' }),
  yearlyPd: z.string().meta({ description: 'The probability over twelve months.' }),
  gradePd: z.string(),
  lifetimePd: z.string(),
  lossGivenDefault: z.string(),
  parts: partsView.optional(),
  reasons: z.array(z.object({ code: z.string(), text })),
  bins: z.record(z.string(), z.unknown()),
  findings: z.array(findingView),
  inputs: z.object({
    applicant: z.record(z.string(), z.union([z.string(), z.number()])),
    repayment: z.string(),
    security: z.string(),
    aprMethod: z.string(),
  }),
  outputHash: z.string(),
  overrides: z.array(overrideView),
});

export const modelsQuery = pageQueryWith({});

export const modelParams = z.strictObject({
  modelNo: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, { error: 'This is not the number of a model.' })
    .transform(Number),
});

const modelSummary = {
  modelNo: z.int(),
  kind: z.enum(['scorecard', 'master-scale', 'pricing-policy', 'impairment-policy']),
  id: z.string(),
  version: z.int(),
  contentHash: z.string(),
  firstSeenAt: instantView,
};

export const modelListView = page(z.object(modelSummary));

export const modelView = z.object({ ...modelSummary, content: z.unknown() });

export const replayView = z.object({
  id: idView('cdn'),
  isEqual: z
    .boolean()
    .meta({ description: 'Whether the same decision came out, to the last character.' }),
  storedHash: z.string(),
  replayedHash: z.string(),
  replayed: z.unknown(),
  models: z.array(z.object(modelSummary)),
});

type Listed = z.input<typeof decisionListView>['items'][number];

export function asListed({ recorded }: Pick<StandingDecision, 'recorded'>): Listed {
  const { inputs, decision } = recorded;
  return {
    id: recorded.id,
    subject: recorded.subject,
    principal: inputs.principal,
    termMonths: inputs.termMonths,
    points: decision.points,
    pd: decision.pd,
    grade: decision.grade,
    rate: decision.rate,
    apr: decision.apr,
    decision: decision.outcome,
    decidedAt: recorded.decidedAt,
    decidedBy: recorded.decidedBy,
    scorecardNo: recorded.scorecardNo,
    scaleNo: recorded.scaleNo,
    policyNo: recorded.policyNo,
  };
}

export function asDecision(standing: StandingDecision): z.input<typeof decisionView> {
  const { recorded, overrides, outcome } = standing;
  const { inputs, decision } = recorded;
  const { applicant, repayment, security, aprMethod } = inputs;
  return {
    ...asListed(standing),
    outcome,
    yearlyPd: decision.yearlyPd,
    gradePd: decision.gradePd,
    lifetimePd: decision.lifetimePd,
    lossGivenDefault: decision.lossGivenDefault,
    parts: decision.parts,
    reasons: decision.reasons.map((reason) => ({ ...reason })),
    bins: { ...decision.bins },
    findings: [...decision.findings],
    inputs: { applicant: known(applicant), repayment, security, aprMethod },
    outputHash: recorded.outputHash,
    overrides: [...overrides],
  };
}

function known(
  facts: Readonly<Record<string, string | number | undefined>>,
): Record<string, string | number> {
  const entries = Object.entries(facts);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

type ModelSummary = z.input<typeof modelListView>['items'][number];

export function asModelSummary(model: NumberedModel): ModelSummary {
  const { modelNo, kind, id, version, contentHash, firstSeenAt } = model;
  return { modelNo, kind, id, version, contentHash, firstSeenAt };
}

export function asModel(model: NumberedModel): z.input<typeof modelView> {
  return { ...asModelSummary(model), content: model.content satisfies Json };
}

export function asReplay(replay: ReplayedCreditDecision): z.input<typeof replayView> {
  const { models, ...rest } = replay;
  return { ...rest, models: models.map(asModelSummary) };
}
