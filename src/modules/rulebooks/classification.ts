import type { BoundTier, CriterionFinding } from './bound-rule';
import { notInForce } from './decision';
import type { Evidence, InvestorKind } from './facts';
import type { Finding } from '../../kernel/problem';
import type { Rulebook } from './rulebook';

export interface ClassificationRequest {
  readonly at: Date;
  readonly kind: InvestorKind;
  readonly evidence: Evidence;
}

export interface Classification {
  readonly tier: string;
  /** From this instant on it no longer counts; undefined when it holds until something changes. */
  readonly expiresAt: Date | undefined;
  /** Every criterion of every tier of that kind of investor: met or not, by what, and its source. */
  readonly findings: readonly (Finding | CriterionFinding)[];
}

/**
 * The highest tier whose criteria the evidence meets; the last tier of the rulebook when it meets
 * none. Evidence that is missing proves nothing.
 */
export function tierOf(rulebook: Rulebook, request: ClassificationRequest): Classification {
  const { at, kind, evidence } = request;
  const lowest = rulebook.definition.tiers.at(-1)?.id ?? '';
  const version = rulebook.versionAt(at);
  if (!version) {
    return { tier: lowest, expiresAt: undefined, findings: [notInForce(rulebook, at)] };
  }
  const context = { version, facts: { at, investor: { kind }, evidence } };
  const tiers = version.rules
    .map((rule) => rule.tier)
    .filter((tier): tier is BoundTier => tier?.investorKind === kind);
  const verdicts = tiers.map((tier) => ({ tier, verdict: tier.judge(context) }));
  const reached = rulebook.definition.tiers
    .map(({ id }) => verdicts.find(({ tier, verdict }) => tier.id === id && verdict.isMet))
    .find((found) => found !== undefined);
  return {
    tier: reached?.tier.id ?? lowest,
    expiresAt: reached?.tier.expiresAt(context),
    findings: verdicts.flatMap(({ verdict }) => verdict.criteria),
  };
}
