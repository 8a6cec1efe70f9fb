import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { AccountNo } from '../ledger';
import { ownerOf, type PaymentOwner } from './owner';
import type { DebitMandate, StandingReference } from './standing-reference';

/** @returns false when the owner has a reference already. */
export async function insertReference(tx: Tx, reference: StandingReference): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO payment_references
       (operator_id, reference, owner_kind, owner_id, party_id, currency, account_no, opened_at)
     VALUES (:operatorId, :reference, :ownerKind, :ownerId, :partyId, :currency, :accountNo,
             :openedAt)
     ON CONFLICT ON CONSTRAINT payment_references_once_per_owner DO NOTHING RETURNING 1`,
    {
      operatorId: tx.scope.operatorId,
      reference: reference.reference,
      ownerKind: reference.owner.kind,
      ownerId: reference.owner.id,
      partyId: reference.partyId,
      currency: reference.currency,
      accountNo: reference.accountNo,
      openedAt: reference.openedAt,
    },
  );
  return rows.length > 0;
}

/** Closes the reference of an owner. @returns false when it was closed before. */
export async function closeReference(tx: Tx, owner: PaymentOwner, at: Date): Promise<boolean> {
  const closed = await tx.execute(
    `UPDATE payment_references SET closed_at = :at
     WHERE owner_id = :ownerId AND closed_at IS NULL`,
    { ownerId: owner.id, at },
  );
  return closed > 0;
}

/** @returns false when it was open. */
export async function reopenReference(tx: Tx, owner: PaymentOwner): Promise<boolean> {
  const opened = await tx.execute(
    `UPDATE payment_references SET closed_at = NULL
     WHERE owner_id = :ownerId AND closed_at IS NOT NULL`,
    { ownerId: owner.id },
  );
  return opened > 0;
}

export async function findReferenceOfOwner(
  db: Db,
  owner: PaymentOwner,
): Promise<StandingReference | undefined> {
  const rows = await db.query<ReferenceRow>(`${SELECT} WHERE r.owner_id = :ownerId`, {
    ownerId: owner.id,
  });
  return rows[0] && fromRow(rows[0]);
}

export async function findStandingReference(
  db: Db,
  reference: string,
): Promise<StandingReference | undefined> {
  const rows = await db.query<ReferenceRow>(`${SELECT} WHERE r.reference = :reference`, {
    reference,
  });
  return rows[0] && fromRow(rows[0]);
}

/** As `findStandingReference`, locked against its closing and against whoever books to it. */
export async function findStandingReferenceAndLock(
  tx: Tx,
  reference: string,
): Promise<StandingReference | undefined> {
  const rows = await tx.query<ReferenceRow>(
    `${SELECT} WHERE r.reference = :reference FOR NO KEY UPDATE`,
    { reference },
  );
  return rows[0] && fromRow(rows[0]);
}

export interface ReferenceFilter {
  readonly partyId?: Id<'pty'> | undefined;
  readonly ownerId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** In order of the reference; one more than the limit, to tell whether there are others. */
export async function listReferences(
  db: Db,
  filter: ReferenceFilter,
): Promise<readonly StandingReference[]> {
  const rows = await db.query<ReferenceRow>(
    `${SELECT}
     WHERE (:partyId::text IS NULL OR r.party_id = :partyId)
       AND (:ownerId::text IS NULL OR r.owner_id = :ownerId)
       AND (:after::text IS NULL OR r.reference > :after)
     ORDER BY r.reference LIMIT :limit`,
    {
      partyId: filter.partyId,
      ownerId: filter.ownerId,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

export async function insertDebitMandate(tx: Tx, mandate: DebitMandate): Promise<void> {
  await tx.execute(
    `INSERT INTO payment_debit_mandates
       (operator_id, id, reference, bank_account_id, given_by, given_at)
     VALUES (:operatorId, :id, :reference, :bankAccountId, :givenBy, :givenAt)`,
    {
      operatorId: tx.scope.operatorId,
      id: mandate.id,
      reference: mandate.reference,
      bankAccountId: mandate.bankAccountId,
      givenBy: mandate.givenBy,
      givenAt: mandate.givenAt,
    },
  );
}

/** Ends the debit mandate in force. @returns its id, undefined when there is none. */
export async function endDebitMandate(
  tx: Tx,
  end: { readonly reference: string; readonly by: string; readonly at: Date },
): Promise<Id<'mdt'> | undefined> {
  const rows = await tx.query<{ id: Id<'mdt'> }>(
    `UPDATE payment_debit_mandates SET ended_by = :by, ended_at = :at
     WHERE reference = :reference AND ended_at IS NULL RETURNING id`,
    { ...end },
  );
  return rows[0]?.id;
}

/** The debit mandates in force under references that are open, by the id of the owner. */
export async function listDebitMandatesOfOwners(
  db: Db,
  ownerIds: readonly string[],
): Promise<ReadonlyMap<string, DebitMandateOfOwner>> {
  const rows = await db.query<{
    owner_id: string;
    id: Id<'mdt'>;
    reference: string;
    currency: string;
  }>(
    `SELECT r.owner_id, m.id, r.reference, r.currency
     FROM payment_references r
     JOIN payment_debit_mandates m ON m.operator_id = r.operator_id AND m.reference = r.reference
     WHERE r.owner_id = ANY (:ownerIds) AND r.closed_at IS NULL AND m.ended_at IS NULL`,
    { ownerIds: [...ownerIds] },
  );
  return new Map(
    rows.map(({ owner_id, id, reference, currency }) => [owner_id, { id, reference, currency }]),
  );
}

export interface DebitMandateOfOwner {
  readonly id: Id<'mdt'>;
  readonly reference: string;
  readonly currency: string;
}

export async function findDebitMandateInForce(
  db: Db,
  reference: string,
): Promise<DebitMandate | undefined> {
  const rows = await db.query<DebitMandateRow>(
    `SELECT m.id, m.reference, m.bank_account_id, m.given_by, m.given_at
     FROM payment_debit_mandates m WHERE m.reference = :reference AND m.ended_at IS NULL`,
    { reference },
  );
  return (
    rows[0] && {
      id: rows[0].id,
      reference: rows[0].reference,
      bankAccountId: rows[0].bank_account_id,
      givenBy: rows[0].given_by,
      givenAt: rows[0].given_at,
    }
  );
}

const SELECT = `SELECT r.reference, r.owner_kind, r.owner_id, r.party_id, r.currency, r.account_no,
  r.opened_at, r.closed_at
  FROM payment_references r`;

interface ReferenceRow {
  reference: string;
  owner_kind: PaymentOwner['kind'];
  owner_id: string;
  party_id: Id<'pty'>;
  currency: string;
  account_no: AccountNo;
  opened_at: Date;
  closed_at: Date | null;
}

interface DebitMandateRow {
  id: Id<'mdt'>;
  reference: string;
  bank_account_id: Id<'bac'>;
  given_by: string;
  given_at: Date;
}

function fromRow(row: ReferenceRow): StandingReference {
  return {
    reference: row.reference,
    owner: ownerOf(row.owner_kind, row.owner_id),
    partyId: row.party_id,
    currency: asCurrency(row.currency),
    accountNo: row.account_no,
    openedAt: row.opened_at,
    closedAt: row.closed_at ?? undefined,
  };
}
