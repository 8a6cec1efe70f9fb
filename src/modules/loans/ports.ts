import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Currency } from '../../kernel/currency';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import type { HoldingsService } from '../holdings';
import type { LedgerService } from '../ledger';
import type { OfferingService } from '../offerings';
import type { PartyFiles } from '../payments';
import type { ClosingService } from '../subscriptions';
import type { ServicingPolicies } from './policy';

/** How a borrower's money finds its way to a loan. */
export interface LoanReferences {
  /** Opens the loan's account and the reference that names it; a loan has one. */
  open(
    tx: Tx,
    draft: {
      readonly owner: LoanOwner;
      readonly partyId: Id<'pty'>;
      readonly currency: Currency;
    },
  ): Promise<{ readonly reference: string }>;
  /** What still comes waits in suspense. */
  close(tx: Tx, owner: LoanOwner): Promise<void>;
}

export interface LoanOwner {
  readonly kind: 'loan';
  readonly id: Id<'lon'>;
}

/** What the steps of a loan need. */
export interface LoanDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly holdings: HoldingsService;
  readonly offerings: OfferingService;
  readonly closings: ClosingService;
  readonly files: PartyFiles<Db>;
  readonly references: LoanReferences;
  readonly servicingPolicies: ServicingPolicies;
}
