import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Contact, ContactStop } from './contact';
import type { StopKind } from './desk-policy';
import type { LoanNo } from './loan';

/** @returns the contact with its number. The loan is locked. */
export async function insertContact(
  tx: Tx,
  issuerId: Id<'iss'>,
  draft: Omit<Contact, 'no'>,
): Promise<Contact> {
  const rows = await tx.query<{ no: number }>(
    `INSERT INTO loan_contacts (operator_id, loan_no, no, issuer_id, direction, channel, outcome,
       note, contacted_at, time_zone, recorded_at, recorded_by)
     SELECT :operatorId, :loanNo, coalesce(max(c.no), 0) + 1, :issuerId, :direction, :channel,
       :outcome, :note, :at, :timeZone, :recordedAt, :by
     FROM loan_contacts c WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo
     RETURNING no`,
    { operatorId: operatorIdOf(tx), issuerId, ...draft },
  );
  return { ...draft, no: rows[0]?.no ?? 1 };
}

/** A loan's contacts, the latest first. */
export async function listContacts(
  db: Db,
  { loanNo, before, limit }: { loanNo: LoanNo; before?: number | undefined; limit: number },
): Promise<readonly Contact[]> {
  const rows = await db.query<ContactRow>(
    `${SELECT_CONTACTS} AND c.loan_no = :loanNo AND (:before::int IS NULL OR c.no < :before)
     ORDER BY c.no DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), loanNo, before, limit: limit + 1 },
  );
  return rows.map(contactOf);
}

/** A borrower's contacts since a moment, about whichever loan. */
export async function listContactsSince(
  db: Db,
  issuerId: Id<'iss'>,
  since: Date,
): Promise<readonly Contact[]> {
  const rows = await db.query<ContactRow>(
    `${SELECT_CONTACTS} AND c.issuer_id = :issuerId AND c.contacted_at > :since
     ORDER BY c.contacted_at, c.loan_no, c.no LIMIT 1000`,
    { operatorId: operatorIdOf(db), issuerId, since },
  );
  return rows.map(contactOf);
}

/** Serialises contacts with one borrower, so that two at once cannot both be the last allowed. */
export async function lockBorrower(tx: Tx, issuerId: Id<'iss'>): Promise<void> {
  await tx.query(
    `SELECT 1 FROM loans l WHERE l.operator_id = :operatorId AND l.issuer_id = :issuerId
     ORDER BY l.loan_no FOR UPDATE`,
    { operatorId: operatorIdOf(tx), issuerId },
  );
}

export async function insertStop(
  tx: Tx,
  issuerId: Id<'iss'>,
  stop: Omit<ContactStop, 'no' | 'liftedAt'>,
): Promise<ContactStop> {
  const rows = await tx.query<{ no: number }>(
    `INSERT INTO loan_contact_stops (operator_id, issuer_id, no, kind, reason, made_at, made_by)
     SELECT :operatorId, :issuerId, coalesce(max(s.no), 0) + 1, :kind, :reason, :madeAt, :madeBy
     FROM loan_contact_stops s WHERE s.operator_id = :operatorId AND s.issuer_id = :issuerId
     RETURNING no`,
    { operatorId: operatorIdOf(tx), issuerId, ...stop },
  );
  return { ...stop, no: rows[0]?.no ?? 1 };
}

/** @returns false when there is no such stop, or it was lifted before. */
export async function liftStop(
  tx: Tx,
  issuerId: Id<'iss'>,
  { no, at, by }: { readonly no: number; readonly at: Date; readonly by: string },
): Promise<boolean> {
  const lifted = await tx.execute(
    `UPDATE loan_contact_stops SET lifted_at = :at, lifted_by = :by
     WHERE operator_id = :operatorId AND issuer_id = :issuerId AND no = :no AND lifted_at IS NULL`,
    { operatorId: operatorIdOf(tx), issuerId, no, at, by },
  );
  return lifted > 0;
}

/** Every stop of a borrower, the first on top. */
export async function listStops(db: Db, issuerId: Id<'iss'>): Promise<readonly ContactStop[]> {
  const rows = await db.query<{
    no: number;
    kind: StopKind;
    reason: string;
    made_at: Date;
    made_by: string;
    lifted_at: Date | null;
  }>(
    `SELECT s.no, s.kind, s.reason, s.made_at, s.made_by, s.lifted_at FROM loan_contact_stops s
     WHERE s.operator_id = :operatorId AND s.issuer_id = :issuerId ORDER BY s.no LIMIT 1000`,
    { operatorId: operatorIdOf(db), issuerId },
  );
  return rows.map((row) => ({
    no: row.no,
    kind: row.kind,
    reason: row.reason,
    madeAt: row.made_at,
    madeBy: row.made_by,
    liftedAt: row.lifted_at ?? undefined,
  }));
}

const SELECT_CONTACTS = `SELECT c.loan_no, c.no, c.direction, c.channel, c.outcome, c.note,
  c.contacted_at, c.time_zone, c.recorded_at, c.recorded_by
  FROM loan_contacts c WHERE c.operator_id = :operatorId`;

interface ContactRow {
  readonly loan_no: LoanNo;
  readonly no: number;
  readonly direction: Contact['direction'];
  readonly channel: Contact['channel'];
  readonly outcome: Contact['outcome'];
  readonly note: string;
  readonly contacted_at: Date;
  readonly time_zone: string;
  readonly recorded_at: Date;
  readonly recorded_by: string;
}

function contactOf(row: ContactRow): Contact {
  return {
    loanNo: row.loan_no,
    no: row.no,
    direction: row.direction,
    channel: row.channel,
    outcome: row.outcome,
    note: row.note,
    at: row.contacted_at,
    timeZone: row.time_zone,
    recordedAt: row.recorded_at,
    by: row.recorded_by,
  };
}
