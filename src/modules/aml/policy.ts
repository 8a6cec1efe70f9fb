import type { Currency } from '../../kernel/currency';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';

export const RULE_KINDS = [
  'structuring',
  'rapid-in-out',
  'overpaid-loan',
  'circular-funding',
  'sanctions',
] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export type Amounts = Readonly<Partial<Record<Currency, Money>>>;

interface RuleBase {
  readonly id: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly citation: string;
  readonly verification: 'verified' | 'secondary' | 'unverified' | 'own';
}

/** So many movements one way, each below the threshold and together not. */
export interface StructuringRule extends RuleBase {
  readonly kind: 'structuring';
  readonly below: Amounts;
  readonly withinDays: number;
  readonly minimumCount: number;
}

/** Of what was paid in, this share went out again within the days, and little was invested. */
export interface RapidRule extends RuleBase {
  readonly kind: 'rapid-in-out';
  readonly least: Amounts;
  readonly withinDays: number;
  readonly withdrawnShare: Rate;
  readonly investedShare: Rate;
}

/** So much of what a borrower paid on its loans was too much, and was sent back within the days. */
export interface OverpaidRule extends RuleBase {
  readonly kind: 'overpaid-loan';
  readonly least: Amounts;
  readonly withinDays: number;
}

/** Parties linked with the borrower lent at least this share of the loan. */
export interface CircularRule extends RuleBase {
  readonly kind: 'circular-funding';
  readonly leastShare: Rate;
}

/** The provider of verifications gave one of these reasons. */
export interface SanctionsRule extends RuleBase {
  readonly kind: 'sanctions';
  readonly reasons: readonly string[];
}

export type AmlRule = StructuringRule | RapidRule | OverpaidRule | CircularRule | SanctionsRule;

/** Codes of goAML, which each country chooses for itself. */
export interface GoamlCodes {
  readonly schemaVersion: string;
  readonly transactionMode: string;
  readonly roles: { readonly deposit: string; readonly withdrawal: string };
  /** Of every kind that the policy has a rule of. */
  readonly indicators: Readonly<Partial<Record<RuleKind, string>>>;
}

/** What is looked for, in one version. */
export interface AmlPolicy {
  readonly id: string;
  readonly version: number;
  /** Rulebooks it is for; none means all that no other policy is for. */
  readonly rulebooks: readonly string[];
  /** How far the first examination of an operator looks back. */
  readonly firstLookBackDays: number;
  readonly rules: readonly AmlRule[];
  readonly goaml: GoamlCodes;
}

/** The policies of an installation, the newest version of each in force. */
export class AmlPolicies {
  private readonly newest: readonly AmlPolicy[];

  constructor(policies: readonly AmlPolicy[]) {
    this.newest = policies.filter(
      ({ id, version }) => !policies.some((other) => other.id === id && other.version > version),
    );
    if (!this.newest.some(({ rulebooks }) => rulebooks.length === 0)) {
      throw new Error('No policy is for the rulebooks that none is for.');
    }
  }

  under(rulebookId: string): AmlPolicy {
    const own = this.newest.find(({ rulebooks }) => rulebooks.includes(rulebookId));
    const general = this.newest.find(({ rulebooks }) => rulebooks.length === 0);
    const policy = own ?? general;
    if (policy === undefined) throw new Error(`No policy is for ${rulebookId}.`);
    return policy;
  }
}
