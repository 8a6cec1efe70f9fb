import type { Json } from '../../kernel/canonical-json';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { LoanEvent } from './events';
import type { Loan } from './loan';

/**
 * Enters a step in the audit trail and tells it, with the offering that the loan was: what a window
 * or a mandate knows it by.
 */
export async function announce(
  { audit, outbox }: { readonly audit: Audit; readonly outbox: Outbox },
  tx: Tx,
  step: {
    readonly type: LoanEvent;
    readonly loan: Pick<Loan, 'id' | 'offeringId' | 'issuerId'>;
    readonly details?: { readonly [name: string]: Json };
  },
): Promise<void> {
  const { type, loan, details = {} } = step;
  await audit.record(tx, { action: type, subject: loan.id, details });
  await outbox.publish(tx, {
    type,
    subject: loan.id,
    payload: { offeringId: loan.offeringId, issuerId: loan.issuerId, ...details },
  });
}
