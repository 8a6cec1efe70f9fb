import type { Json } from '../../kernel/canonical-json';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import { rate, rateText, roundRate, type Rate } from '../../kernel/rate';
import type { AprMethod } from '../schedules';
import type { Applicant, BilingualText } from './applicant';
import { gradeOf, lossGivenDefault, pdOf, type Grade, type Security } from './grades';
import { PD_DIGITS, twelveMonthPd } from './horizon';
import type { OfferTerms, PricingModels } from './offer';
import type { CostCeiling, LoanPrice, PriceParts } from './price';
import { routeOf, type GradeRoute } from './pricing-policy';
import type { Repayment } from './repayment';
import { monthlyCurve } from './survival';

/** All that a decision is taken from beside its models: facts, no names. Kept for its replay. */
export interface DecisionInputs {
  readonly applicant: Applicant;
  readonly principal: Money;
  readonly termMonths: number;
  readonly repayment: Repayment;
  readonly security: Security;
  readonly aprMethod: AprMethod;
  /** What the law allowed such a loan to cost on the day. */
  readonly ceiling?: CostCeiling | undefined;
}

/** One of the characteristics that cost the applicant most. */
export interface ScoreReason {
  readonly code: string;
  readonly text: BilingualText;
}

/** What a scorecard says of an applicant. */
export interface Score {
  readonly points: number;
  readonly pd: Rate;
  /** The bin each characteristic fell in. */
  readonly bins: Readonly<Record<string, Json>>;
  readonly reasons: readonly ScoreReason[];
}

/** What a decision is taken with. The price is asked of whoever remembers prices. */
export interface DecisionModels extends PricingModels {
  readonly score: (applicant: Applicant) => Score;
  readonly price: (terms: OfferTerms) => LoanPrice;
}

export type CreditOutcome = GradeRoute;

export const CREDIT_OUTCOMES: readonly CreditOutcome[] = ['approve', 'refer', 'decline'];

/** What was decided, with everything it came from. */
export interface CreditDecision {
  readonly outcome: CreditOutcome;
  readonly points: number;
  /** As the scorecard has it, over its own horizon. */
  readonly pd: Rate;
  /** The same over twelve months, which chooses the grade. */
  readonly yearlyPd: Rate;
  readonly grade: string;
  /** The grade's own probability over twelve months: what is reckoned with. */
  readonly gradePd: Rate;
  /** Over the whole tenor. */
  readonly lifetimePd: Rate;
  readonly lossGivenDefault: Rate;
  readonly bins: Readonly<Record<string, Json>>;
  readonly reasons: readonly ScoreReason[];
  /** The rate offered; absent where there is none to offer. */
  readonly rate?: Rate | undefined;
  readonly apr?: Rate | undefined;
  readonly parts?: PriceParts | undefined;
  readonly isPriced: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Decides on a loan: score, grade, price, and what the policy does with such a grade. Pure: the same
 * inputs and models give the same decision to the last character, years later too.
 *
 * @throws Problem `credit.malformed-terms`, `credit.unsuitable-model`.
 */
export function takeDecision(inputs: DecisionInputs, models: DecisionModels): CreditDecision {
  const { scale, policy } = models;
  const score = models.score(inputs.applicant);
  const pd = roundRate(score.pd, PD_DIGITS, 'half-even');
  const { principal, termMonths, repayment, security, aprMethod, ceiling } = inputs;
  const horizon = policy.scorecard.horizonMonths;
  const yearlyPd = twelveMonthPd(pd, { horizon, termMonths });
  const grade = gradeOf(scale, yearlyPd);
  const price = models.price({
    grade: grade.grade,
    currency: principal.currency,
    termMonths,
    repayment,
    security,
    aprMethod,
    ceiling,
  });
  const route = routeOf(policy, grade.grade);
  const isPriced = price.status === 'priced';
  return {
    outcome: isPriced ? route : 'decline',
    points: score.points,
    pd,
    yearlyPd,
    grade: grade.grade,
    gradePd: pdOf(grade),
    lifetimePd: lifetimePd(grade, termMonths),
    lossGivenDefault: lossGivenDefault(scale, { product: policy.product, security }).severity,
    bins: score.bins,
    reasons: score.reasons,
    rate: price.rate,
    apr: price.apr,
    parts: price.parts,
    isPriced,
    findings: [...routeFindings(route, grade.grade, policy.id), ...price.findings],
  };
}

/** The probability that a loan of the grade fails within so many months. */
export function lifetimePd({ pd }: Pick<Grade, 'pd'>, months: number): Rate {
  const alive = monthlyCurve(pd).survivalAfter(months);
  return roundRate(rate('1').minus(alive), PD_DIGITS, 'half-even');
}

function routeFindings(route: GradeRoute, grade: string, policy: string): readonly Finding[] {
  const citation = `pricing policy ${policy}`;
  switch (route) {
    case 'approve':
      return [];
    case 'refer':
      return [
        { rule: 'grade-referred', citation, message: `Grade ${grade} is looked at by a person.` },
      ];
    case 'decline':
      return [{ rule: 'grade-declined', citation, message: `Grade ${grade} is not taken.` }];
  }
}

/** Whether the law speaks against the loan at any price: then nobody may approve it. */
export function isAgainstLaw({ isPriced }: Pick<CreditDecision, 'isPriced'>): boolean {
  return !isPriced;
}

/** The inputs as they are stored and sent. */
export function inputsJson(inputs: DecisionInputs): Json {
  const { applicant, principal, ceiling, termMonths, repayment, security, aprMethod } = inputs;
  return {
    applicant,
    principal: { ...principal.toWire() },
    termMonths,
    repayment,
    security,
    aprMethod,
    ceiling: ceiling && { ...ceiling, limit: rateText(ceiling.limit) },
  };
}

/** Inputs as `inputsJson` wrote them. */
export interface StoredInputs extends Omit<DecisionInputs, 'principal' | 'ceiling'> {
  readonly principal: { readonly amount: string; readonly currency: Currency };
  readonly ceiling?: (Omit<CostCeiling, 'limit'> & { readonly limit: string }) | undefined;
}

export function inputsFrom({ principal, ceiling, ...rest }: StoredInputs): DecisionInputs {
  return {
    ...rest,
    principal: Money.fromWire(principal),
    ceiling: ceiling && { ...ceiling, limit: rate(ceiling.limit) },
  };
}

/** The decision as it is stored and sent; its canonical text is what a replay is held against. */
export function decisionJson(decision: CreditDecision): Json {
  const { parts, findings, reasons, ...rest } = decision;
  return {
    outcome: rest.outcome,
    points: rest.points,
    pd: rateText(rest.pd),
    yearlyPd: rateText(rest.yearlyPd),
    grade: rest.grade,
    gradePd: rateText(rest.gradePd),
    lifetimePd: rateText(rest.lifetimePd),
    lossGivenDefault: rateText(rest.lossGivenDefault),
    bins: rest.bins,
    reasons: reasons.map(({ code, text: { en, zh } }) => ({ code, text: { en, zh } })),
    rate: rest.rate && rateText(rest.rate),
    apr: rest.apr && rateText(rest.apr),
    parts: parts && {
      base: rateText(parts.base),
      expectedLoss: rateText(parts.expectedLoss),
      cost: rateText(parts.cost),
      margin: rateText(parts.margin),
      rounding: rateText(parts.rounding),
    },
    isPriced: rest.isPriced,
    findings: findings.map((finding) => ({ ...finding })),
  };
}

/** A decision as `decisionJson` wrote it: what screens and later modules read. */
export interface StoredDecisionOutput {
  readonly outcome: CreditOutcome;
  readonly points: number;
  readonly pd: string;
  readonly yearlyPd: string;
  readonly grade: string;
  readonly gradePd: string;
  readonly lifetimePd: string;
  readonly lossGivenDefault: string;
  readonly bins: Readonly<Record<string, Json>>;
  readonly reasons: readonly ScoreReason[];
  readonly rate?: string;
  readonly apr?: string;
  readonly parts?: Readonly<Record<keyof PriceParts, string>>;
  readonly isPriced: boolean;
  readonly findings: readonly Finding[];
}

/** The decision in the form in which it is kept. */
export function storedOutput(decision: CreditDecision): StoredDecisionOutput {
  return decisionJson(decision) as unknown as StoredDecisionOutput;
}

/** Which models a decision was taken with, by the numbers under which they are kept. */
export interface ModelNumbers {
  readonly scorecardNo: number;
  readonly scaleNo: number;
  readonly policyNo: number;
}

/** A decision as it stands in the books. */
export interface RecordedDecision extends ModelNumbers {
  readonly id: Id<'cdn'>;
  /** What it is about: an application. */
  readonly subject: string;
  readonly inputs: DecisionInputs;
  readonly decision: StoredDecisionOutput;
  /** SHA-256 of the decision's canonical text. */
  readonly outputHash: string;
  readonly decidedAt: Date;
  readonly decidedBy: string;
}
