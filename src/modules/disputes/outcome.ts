import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo, EntryDraft, EntryNo, HoldNo } from '../ledger';
import { credit, debit } from '../ledger';
import type { Outcome } from './complaint';
import { disputeProblem } from './errors';

/** How a complaint is to end, as one person proposes it and another decides. */
export interface OutcomeProposal {
  readonly complaintId: Id<'cpl'>;
  /** 1, 2, 3... within the complaint. */
  readonly no: number;
  readonly outcome: Outcome;
  readonly grounds: string;
  /** What the other side gets of the money that is held; the rest is free again. */
  readonly award?: Money | undefined;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly verdict?: 'confirmed' | 'refused' | undefined;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
}

/** Cash of one side that stays where it is until the dispute has ended. */
export interface DisputeHold {
  readonly complaintId: Id<'cpl'>;
  readonly no: number;
  /** Whose cash it is. */
  readonly side: 'complainant' | 'respondent';
  readonly holdNo: HoldNo;
  readonly accountNo: AccountNo;
  readonly amount: Money;
  readonly status: 'placed' | 'released' | 'captured';
  readonly captured?: Money | undefined;
  readonly entryNo?: EntryNo | undefined;
  readonly placedBy: string;
  readonly placedAt: Date;
  readonly endedAt?: Date | undefined;
}

/**
 * Money moves by an outcome only out of what is held for it, and not against what the outcome says: a
 * complaint that is rejected costs the respondent nothing, and one that is upheld nothing its complainant.
 *
 * @throws Problem `disputes.no-hold`, `disputes.award-out-of-range`, `disputes.award-contradicts`.
 */
export function requireCovered(
  { outcome, award }: Pick<OutcomeProposal, 'outcome' | 'award'>,
  hold: DisputeHold | undefined,
): void {
  if (award === undefined) return;
  if (hold === undefined) throw disputeProblem('no-hold');
  const isWithin =
    award.currency === hold.amount.currency && !hold.amount.isLessThan(award) && award.isPositive;
  if (!isWithin) {
    throw disputeProblem('award-out-of-range', { detail: `${hold.amount.toString()} is held.` });
  }
  if (outcome === SPARES[hold.side]) throw disputeProblem('award-contradicts');
}

/** The outcome by which a side loses nothing. */
const SPARES = { complainant: 'upheld', respondent: 'rejected' } as const;

/** @throws Problem `disputes.four-eyes`. */
export function decided(
  proposal: OutcomeProposal,
  decision: { readonly verdict: 'confirmed' | 'refused'; readonly by: string; readonly at: Date },
): OutcomeProposal {
  if (proposal.proposedBy === decision.by) throw disputeProblem('four-eyes');
  const { verdict, by, at } = decision;
  return { ...proposal, verdict, decidedBy: by, decidedAt: at };
}

/** The entry by which an award goes from the one side's cash to the other's. */
export function awardEntry(
  { complaintId, accountNo }: Pick<DisputeHold, 'complaintId' | 'accountNo'>,
  { award, to, at }: { readonly award: Money; readonly to: AccountNo; readonly at: Date },
): EntryDraft {
  return {
    kind: 'dispute-award',
    source: { type: 'complaint', id: complaintId },
    description: `Award in the dispute ${complaintId}`,
    occurredAt: at,
    postings: [debit(accountNo, award), credit(to, award)],
  };
}
