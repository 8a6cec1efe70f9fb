import type { Id } from '../../kernel/id';
import type { Finding } from '../../kernel/problem';
import type { Instrument } from './instrument';

/** A transfer that somebody wants entered. */
export interface ProposedTransfer {
  readonly instrument: Instrument;
  readonly fromInvestorId: Id<'inv'>;
  readonly toInvestorId: Id<'inv'>;
  readonly units: bigint;
  readonly occurredAt: Date;
}

/**
 * Says why a transfer may not be: a holding period, a lock-up, a right of first refusal.
 *
 * @typeParam Handle what reads: a transaction.
 * @returns findings with rule and citation; none when it may be.
 */
export type TransferRestriction<Handle> = (
  db: Handle,
  transfer: ProposedTransfer,
) => Promise<readonly Finding[]>;
