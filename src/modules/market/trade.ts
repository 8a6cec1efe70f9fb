import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { EntryNo } from '../ledger';
import type { DecisionRecord } from './law';
import type { NoteRef } from './listing';
import type { MarketMode } from './policy';
import { marketProblem } from './errors';

/** Units that changed hands, with everything that followed from it. Never changed. */
export interface Trade {
  readonly id: Id<'trd'>;
  readonly listingId: Id<'mkl'>;
  readonly instrumentId: Id<'ins'>;
  readonly sellerId: Id<'inv'>;
  readonly buyerId: Id<'inv'>;
  readonly mode: MarketMode;
  /** The seller's note, and the number of the buyer's. */
  readonly note?: (NoteRef & { readonly buyerNoteNo: number }) | undefined;
  readonly units: bigint;
  readonly price: Rate;
  readonly priceVersion: number;
  readonly class: string;
  /** As in the queue: minor units of principal, or shares. */
  readonly size: bigint;
  readonly principal: Money;
  readonly clean: Money;
  readonly accrued: Money;
  readonly fee: Money;
  readonly entryNo: EntryNo;
  readonly registerPosition: bigint;
  readonly tradedAt: Date;
  readonly tradedBy: string;
  readonly decision: DecisionRecord;
  readonly rulebookNo: number;
  readonly profileVersion: number;
  readonly offeringVersion: number;
}

export const PROPOSAL_STATUSES = ['open', 'accepted', 'declined', 'withdrawn', 'lapsed'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];

/** What a buyer offers to do at a listing's price, until the seller countersigns it. */
export interface Proposal {
  readonly id: Id<'mkp'>;
  readonly listingId: Id<'mkl'>;
  readonly sellerId: Id<'inv'>;
  readonly buyerId: Id<'inv'>;
  readonly units: bigint;
  /** The price it answers to: another one ends it. */
  readonly priceVersion: number;
  /** The most that the buyer pays in all, interest included. */
  readonly atMost: Money;
  readonly acknowledged: readonly string[];
  readonly documents: readonly string[];
  readonly status: ProposalStatus;
  readonly proposedAt: Date;
  readonly proposedBy: string;
  readonly lapsesAt: Date;
  readonly endedAt?: Date | undefined;
  readonly tradeId?: Id<'trd'> | undefined;
}

/** @throws Problem `market.proposal-ended`. */
export function requireOpenProposal(proposal: Proposal, now: Date): void {
  if (proposal.status === 'open' && now < proposal.lapsesAt) return;
  throw marketProblem('proposal-ended', {
    detail: `It is ${proposal.status === 'open' ? 'lapsed' : proposal.status}.`,
  });
}

/** What a buyer confirms, by name. */
export const ACKNOWLEDGEMENTS = [
  'riskWarning',
  'educationalMaterials',
  'cancellationLimits',
  'resaleDifficulty',
  'lossOfAll',
  'consentAboveThreshold',
  'understanding',
  'limitsObserved',
] as const;
