import { versionGoverning } from './decision';
import { rulebookProblem } from './errors';
import type { Finding } from '../../kernel/problem';
import type { Rulebook } from './rulebook';

/** Ways of doing business that one law allows and another forbids, whatever the amounts are. */
export const PRACTICES = [
  /** A fund that pays lenders when a borrower does not (contingency fund, risk reserve). */
  'provision-fund',
  /** A guarantee, insurance or first loss that the operator or a third party provides. */
  'credit-enhancement',
  /** A guarantee by the operator itself, or by somebody related to it. */
  'operator-guarantee',
  /** Sale of a note by one investor to another. */
  'resale',
  /** Pairing of sellers with buyers by the operator, instead of a board on which they find each other. */
  'matched-resale',
  /** A mandate that lends without the investor's approval of each borrower. */
  'automatic-lending',
  /** Matching within a group that others cannot join. */
  'closed-group',
  /** Loans secured by collateral or a guarantee. */
  'secured-loan',
  /** Interest or fees taken out of the principal before it is paid out. */
  'up-front-deduction',
  /** A fee of the operator that depends on repayment. */
  'contingent-fee',
  /** Lending by the operator itself. */
  'own-lending',
] as const;

export type Practice = (typeof PRACTICES)[number];

/** `conditional`: allowed where conditions are kept that the rulebook's note names. */
export type Answer = 'allowed' | 'conditional' | 'forbidden';

export interface Permission {
  readonly practice: Practice;
  readonly answer: Answer;
  /** Not forbidden. */
  readonly isAllowed: boolean;
  /** The clause that says so; undefined where the rulebook says nothing, which forbids nothing. */
  readonly citation: string | undefined;
  /** The version that was asked. */
  readonly effectiveFrom: string;
  readonly finding: Finding | undefined;
}

/**
 * Whether the law of that day lets an operator do business in such a way. A rulebook answers with
 * a word parameter `permits.<practice>`; one that has none says nothing and forbids nothing.
 *
 * @throws Problem `rulebooks.not-in-force`.
 */
export function permits(rulebook: Rulebook, practice: Practice, at: Date): Permission {
  const version = versionGoverning(rulebook, at);
  const id = `permits.${practice}`;
  const stated = version.words.get(id) as Answer | undefined;
  const parameter = rulebook.definition.parameters.find((each) => each.id === id);
  const answer = stated ?? 'allowed';
  const citation = stated && parameter?.citation;
  const base = { practice, answer, isAllowed: answer !== 'forbidden', citation };
  const effectiveFrom = version.from;
  if (base.isAllowed || !parameter) return { ...base, effectiveFrom, finding: undefined };
  const message = `${parameter.title}: forbidden.`;
  const finding: Finding = {
    rule: id,
    citation: parameter.citation,
    message,
    rulebook: rulebook.id,
    effectiveFrom,
  };
  return { ...base, effectiveFrom, finding };
}

/**
 * For an act that needs the practice.
 *
 * @throws Problem `rulebooks.not-permitted` with the clause that forbids it.
 */
export function mustPermit(rulebook: Rulebook, practice: Practice, at: Date): void {
  const { finding } = permits(rulebook, practice, at);
  if (!finding) return;
  throw rulebookProblem('not-permitted', { detail: finding.message, findings: [finding] });
}
