import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { CapRow } from '../caps';

/** What an offering still has reserved of one of its issuer's caps. */
export interface CapClaim extends CapRow {
  readonly reservedMinor: bigint;
}

export async function listClaims(db: Db, offeringId: Id<'off'>): Promise<readonly CapClaim[]> {
  const rows = await db.query<{ subject: string; cap_key: string; reserved_minor: bigint }>(
    `SELECT c.subject, c.cap_key, c.reserved_minor FROM offering_cap_claims c
     WHERE c.offering_id = :offeringId ORDER BY c.subject, c.cap_key LIMIT 100`,
    { offeringId },
  );
  return rows.map((row) => ({
    subject: row.subject,
    capKey: row.cap_key,
    reservedMinor: row.reserved_minor,
  }));
}

/** Sets what is reserved under a cap from now on, and adds to what was sold under it. */
export async function saveClaim(
  tx: Tx,
  offeringId: Id<'off'>,
  claim: CapClaim & { readonly soldMinor?: bigint },
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_cap_claims AS c
       (operator_id, offering_id, subject, cap_key, reserved_minor, sold_minor)
     VALUES (:operatorId, :offeringId, :subject, :capKey, :reservedMinor, :soldMinor)
     ON CONFLICT (operator_id, offering_id, subject, cap_key) DO UPDATE
       SET reserved_minor = excluded.reserved_minor,
           sold_minor = c.sold_minor + excluded.sold_minor`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      subject: claim.subject,
      capKey: claim.capKey,
      reservedMinor: claim.reservedMinor,
      soldMinor: claim.soldMinor ?? 0n,
    },
  );
}
