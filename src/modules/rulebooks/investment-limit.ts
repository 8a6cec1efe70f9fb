import { Money } from '../../kernel/money';
import type { Threshold } from './bound-rule';
import { leftOf, type AmountCap } from './cap';
import type { Context, Step } from './context';
import { versionGoverning } from './decision';
import { rulebookProblem } from './errors';
import type { InvestorKind, Means } from './facts';
import type { Rulebook, VersionInForce } from './rulebook';
import { explaining } from './steps';

export interface InvestmentLimitRequest {
  readonly at: Date;
  readonly tier: string;
  readonly kind?: InvestorKind | undefined;
  readonly means: Means;
  /** Net worth as an accountant certified it. */
  readonly certifiedNetWorth?: Money | undefined;
  /**
   * Already invested under this rulebook, wherever that was: within its window, or still
   * outstanding where it limits what is.
   */
  readonly declaredElsewhere?: Money | undefined;
  readonly isJoint?: boolean | undefined;
}

/** An amount above which a rule asks for more, and which rule. */
export interface LimitThreshold extends Threshold {
  readonly rule: string;
  readonly citation: string;
}

export interface InvestmentLimit {
  readonly rulebook: { readonly id: string; readonly contentHash: string };
  readonly effectiveFrom: string;
  /** The rule and clause that set the limit; undefined when the rulebook has none. */
  readonly rule: string | undefined;
  readonly citation: string;
  readonly windowMonths: number | undefined;
  /** Undefined is unlimited. */
  readonly limit: Money | undefined;
  readonly declaredElsewhere: Money;
  readonly left: Money | undefined;
  /** Two spouses share the limit: what either invested counts. */
  readonly isShared: boolean;
  /** The computation in words, with each parameter used and its source. */
  readonly steps: readonly Step[];
  /** Not limits: amounts from which a warning or a consent is due. */
  readonly thresholds: readonly LimitThreshold[];
}

/**
 * How much an investor may invest, and why, step by step.
 *
 * @throws Problem `rulebooks.unknown-tier`, `rulebooks.not-in-force`.
 */
export function investmentLimit(
  rulebook: Rulebook,
  request: InvestmentLimitRequest,
): InvestmentLimit {
  const version = governing(rulebook, request);
  const { cap, steps } = explainCap(version, request);
  const nothing = Money.zero(rulebook.currency);
  return {
    rulebook: { id: rulebook.id, contentHash: rulebook.contentHash },
    effectiveFrom: version.from,
    rule: cap?.rule,
    citation: cap?.citation ?? rulebook.definition.source,
    windowMonths: cap?.windowMonths,
    limit: cap?.ceiling,
    declaredElsewhere: request.declaredElsewhere ?? nothing,
    left: cap && leftOf(cap, nothing),
    isShared: cap?.isShared ?? false,
    steps,
    thresholds: thresholdsOf(version, request),
  };
}

function governing(rulebook: Rulebook, { at, tier }: InvestmentLimitRequest): VersionInForce {
  if (rulebook.hasTier(tier)) return versionGoverning(rulebook, at);
  const known = rulebook.definition.tiers.map(({ id }) => id).join(', ');
  throw rulebookProblem('unknown-tier', { detail: `${rulebook.id} knows ${known}.` });
}

function explainCap(version: VersionInForce, request: InvestmentLimitRequest) {
  const { context, steps } = explaining(contextOf(version, request));
  for (const rule of version.rulesOn('subscribe')) {
    const cap = rule.cap?.(context);
    if (cap && cap.measure !== 'holder-count' && cap.scope === 'investor') {
      if (!cap.ceiling) return { cap, steps: [unlimited(cap)] };
      return { cap, steps };
    }
  }
  return { cap: undefined, steps: [{ words: 'The rulebook limits no investor’s amount.' }] };
}

function unlimited(cap: AmountCap): Step {
  return { words: `${cap.title}: it does not bind this tier.`, citation: cap.citation };
}

function thresholdsOf(
  version: VersionInForce,
  request: InvestmentLimitRequest,
): readonly LimitThreshold[] {
  const context = contextOf(version, request);
  return version.rulesOn('subscribe').flatMap(({ rule, threshold }) => {
    const above = threshold?.(context);
    return above ? [{ rule: rule.id, citation: rule.citation, ...above }] : [];
  });
}

function contextOf(version: VersionInForce, request: InvestmentLimitRequest): Context {
  const { at, tier, kind = 'natural', means, declaredElsewhere, isJoint } = request;
  const { certifiedNetWorth } = request;
  const elsewhere = { declaredElsewhere, outstandingElsewhere: declaredElsewhere };
  const investor = { kind, tier, means, certifiedNetWorth, ...elsewhere, isJoint };
  return { version, facts: { at, investor } };
}
