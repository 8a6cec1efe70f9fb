import { creditProblem } from './errors';
import { isAgainstLaw, type CreditOutcome, type StoredDecisionOutput } from './decision';

/** Why people depart from the model; counted by the monitoring. */
export const OVERRIDE_REASONS = [
  'new-information',
  'error-in-facts',
  'income-proved',
  'security-offered',
  'relationship',
  'fraud-suspected',
  'affordability',
  'exposure',
  'other',
] as const;

export type OverrideReason = (typeof OVERRIDE_REASONS)[number];

export interface OverrideStep {
  readonly stepNo: number;
  readonly step: 'proposed' | 'confirmed' | 'rejected';
  /** What is to become of the application instead. */
  readonly outcome: 'approve' | 'decline';
  /** The reason's code, and what the person says of it. */
  readonly reason: string;
  readonly takenBy: string;
  readonly takenAt: Date;
}

export interface OverrideProposal {
  readonly outcome: OverrideStep['outcome'];
  readonly reason: OverrideReason;
  readonly note: string;
}

/** What counts: the last confirmed override, or else the decision itself. */
export function standingOutcome(
  decision: Pick<StoredDecisionOutput, 'outcome'>,
  steps: readonly OverrideStep[],
): CreditOutcome {
  return steps.findLast(({ step }) => step === 'confirmed')?.outcome ?? decision.outcome;
}

/** The proposal that waits for somebody else's word. */
export function openProposal(steps: readonly OverrideStep[]): OverrideStep | undefined {
  const last = steps.at(-1);
  return last?.step === 'proposed' ? last : undefined;
}

/**
 * @throws Problem `credit.override-open`, `credit.override-idle` when the decision says so already,
 *   `credit.override-against-law` when no lawful price exists.
 */
export function requireProposable(
  decision: StoredDecisionOutput,
  steps: readonly OverrideStep[],
  outcome: OverrideStep['outcome'],
): void {
  if (openProposal(steps)) throw creditProblem('override-open');
  if (standingOutcome(decision, steps) === outcome) throw creditProblem('override-idle');
  if (outcome === 'approve' && isAgainstLaw(decision)) {
    throw creditProblem('override-against-law', { findings: decision.findings });
  }
}

/**
 * The proposal somebody may now confirm or reject.
 *
 * @throws Problem `credit.no-override-open`; `credit.override-by-proposer`, since four eyes see more
 *   than two.
 */
export function requireResolvable(steps: readonly OverrideStep[], by: string): OverrideStep {
  const open = openProposal(steps);
  if (!open) throw creditProblem('no-override-open');
  if (open.takenBy === by) throw creditProblem('override-by-proposer');
  return open;
}
