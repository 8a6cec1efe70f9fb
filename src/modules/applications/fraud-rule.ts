import type { Finding } from '../../kernel/problem';
import { rate, rateText } from '../../kernel/rate';
import type { MarkKind } from './mark';
import type { FindingOutcome, PolicyFinding } from './finding';

interface RuleBase {
  readonly id: string;
  readonly outcome: FindingOutcome;
  /** What it says to whoever reviews, in both languages; never to the applicant. */
  readonly text: { readonly en: string; readonly zh: string };
}

/** More applications than this of one party, or with one mark, in so many days. */
export interface VelocityRule extends RuleBase {
  readonly kind: 'velocity';
  readonly per: 'party' | MarkKind;
  readonly days: number;
  readonly most: number;
}

/** A mark borne by more than so many other parties. */
export interface SharedMarkRule extends RuleBase {
  readonly kind: 'shared-mark';
  readonly mark: MarkKind;
  readonly most: number;
}

/** More linked borrowers than this in the installation. */
export interface ClusterRule extends RuleBase {
  readonly kind: 'cluster';
  readonly most: number;
}

/** Two facts that contradict each other. */
export interface MismatchRule extends RuleBase {
  readonly kind: 'mismatch';
  readonly between: 'income' | 'identity';
  /** How far the greater may lie above the lesser, as a fraction; for amounts. */
  readonly tolerance?: string | undefined;
}

/** Rules are data; each kind is one meaning. */
export type FraudRule = VelocityRule | SharedMarkRule | ClusterRule | MismatchRule;

/** What the rules look at. */
export interface FraudFacts {
  /** Applications handed in, this one included, by rule id. */
  readonly counts: Readonly<Record<string, number>>;
  /** Other parties that bear the same mark, by kind. */
  readonly shared: Readonly<Partial<Record<MarkKind, number>>>;
  readonly linkedParties: number;
  /** Stated and confirmed amounts a month in minor units; none where nobody confirmed. */
  readonly income?: { readonly statedMinor: bigint; readonly confirmedMinor: bigint } | undefined;
  readonly isIdentityVerified: boolean;
}

/** What every rule that speaks says, in the order of the rules. */
export function fraudFindings(
  rules: readonly FraudRule[],
  facts: FraudFacts,
): readonly PolicyFinding[] {
  return rules.flatMap((rule) => {
    const observed = observedBy(rule, facts);
    return observed === undefined
      ? []
      : [{ rule: rule.id, outcome: rule.outcome, message: `${rule.text.en} (${observed})` }];
  });
}

/** What was seen, in words, where it breaks the rule. */
function observedBy(rule: FraudRule, facts: FraudFacts): string | undefined {
  switch (rule.kind) {
    case 'velocity': {
      const count = facts.counts[rule.id] ?? 0;
      return count > rule.most
        ? `${count} in ${rule.days} days, ${rule.most} are usual`
        : undefined;
    }
    case 'shared-mark': {
      const count = facts.shared[rule.mark] ?? 0;
      return count > rule.most ? `${count} other borrowers` : undefined;
    }
    case 'cluster':
      return facts.linkedParties > rule.most
        ? `linked, ${facts.linkedParties} other borrowers`
        : undefined;
    case 'mismatch':
      return mismatch(rule, facts);
  }
}

function mismatch(rule: MismatchRule, facts: FraudFacts): string | undefined {
  if (rule.between === 'identity') {
    return facts.isIdentityVerified ? undefined : 'identity not established';
  }
  const { income } = facts;
  if (income === undefined) return undefined;
  const most = rate('1').plus(rate(rule.tolerance ?? '0'));
  if (income.confirmedMinor <= 0n) {
    return income.statedMinor > 0n ? 'no income found' : undefined;
  }
  const ratio = rate(income.statedMinor.toString()).dividedBy(income.confirmedMinor.toString());
  return ratio.greaterThan(most) ? `${rateText(ratio.toDecimalPlaces(2))} times` : undefined;
}

/** Findings of the policy as findings of a problem, for staff. */
export function asFindings(
  findings: readonly PolicyFinding[],
  policyId: string,
): readonly Finding[] {
  return findings.map(({ rule, message }) => ({ rule, citation: `policy ${policyId}`, message }));
}
