import type { Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import type { RuleEffect } from './green-channel';
import type { PolicyFinding, Verdict } from './finding';

/** What an application was judged by, and what came of it. Never changed; another may follow. */
export interface Assessment {
  readonly id: Id<'asm'>;
  readonly version: number;
  readonly policyId: string;
  /** Of the policy's content: which figures spoke. */
  readonly policyHash: string;
  /** What was judged, without names or marks. */
  readonly facts: { readonly [key: string]: Json | undefined };
  readonly findings: readonly PolicyFinding[];
  readonly effects: readonly RuleEffect[];
  readonly verdict: Verdict;
  readonly decisionId?: Id<'cdn'> | undefined;
  readonly assessedAt: Date;
  readonly assessedBy: string;
}

/** What the borrower is told: that and by whom, not by which trap; staff see the findings. */
export function toldToBorrower(findings: readonly PolicyFinding[]): readonly string[] {
  const told = findings
    .filter(({ outcome }) => outcome !== 'note')
    .map(({ rule }) =>
      TOLD.has(rule) ? rule : rule.startsWith('black-list') ? 'credit-list' : 'internal-rule',
    );
  return [...new Set(told)];
}

/** Rules whose name gives nothing away that helps to get round them. */
const TOLD: ReadonlySet<string> = new Set([
  'debt-to-income',
  'disposable-income',
  'no-income',
  'income-overstated',
  'thin-file',
  'credit-decision',
  'not-affordable',
  'borrower-cap',
  'rulebook',
]);
