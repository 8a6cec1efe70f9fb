import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { EntryNo } from '../ledger';
import type { LoanNo } from '../loans';
import type { Claim, ClaimStatus, Compensation } from './claim';
import { coverProblem } from './errors';

/** Records claims, each once: one that stands already is left as it is. @returns which are new. */
export async function insertClaims(tx: Tx, claims: readonly Claim[]): Promise<readonly Claim[]> {
  if (claims.length === 0) return [];
  const rows = await tx.query<{ id: Id<'clm'> }>(
    `INSERT INTO cover_claims (operator_id, id, loan_no, loan_id, provider_id, contract_no,
       currency, made_on, days_past_due, principal_minor, interest_minor, claimed_minor,
       granted_minor, status, reviewed_by, reviewed_at)
     SELECT :operatorId, t.* FROM unnest(:ids::text[], :loanNos::bigint[], :loanIds::text[],
       :providerIds::text[], :contractNos::int[], :currencies::text[], :madeOns::date[],
       :days::int[], :principals::bigint[], :interests::bigint[], :claimeds::bigint[],
       :granteds::bigint[], :statuses::text[], :reviewers::text[], :reviewedAts::timestamptz[]) AS t
     ON CONFLICT DO NOTHING
     RETURNING id`,
    {
      operatorId: operatorIdOf(tx),
      ids: claims.map(({ id }) => id),
      loanNos: claims.map(({ loanNo }) => loanNo),
      loanIds: claims.map(({ loanId }) => loanId),
      providerIds: claims.map(({ providerId }) => providerId),
      contractNos: claims.map(({ contractNo }) => contractNo ?? null),
      currencies: claims.map(({ claimed }) => claimed.currency),
      madeOns: claims.map(({ madeOn }) => madeOn),
      days: claims.map(({ daysPastDue }) => daysPastDue),
      principals: claims.map(({ owed }) => owed.principal.minor),
      interests: claims.map(({ owed }) => owed.interest.minor),
      claimeds: claims.map(({ claimed }) => claimed.minor),
      granteds: claims.map(({ granted }) => granted?.minor ?? null),
      statuses: claims.map(({ status }) => status),
      reviewers: claims.map(({ reviewedBy }) => reviewedBy ?? null),
      reviewedAts: claims.map(({ reviewedAt }) => reviewedAt ?? null),
    },
  );
  const added = new Set(rows.map(({ id }) => id));
  return claims.filter(({ id }) => added.has(id));
}

export async function updateClaim(tx: Tx, claim: Claim): Promise<void> {
  await tx.execute(
    `UPDATE cover_claims c
     SET granted_minor = :grantedMinor, paid_minor = :paidMinor, status = :status,
         reviewed_by = :reviewedBy, reviewed_at = :reviewedAt, reason = :reason,
         ended_at = :endedAt
     WHERE c.operator_id = :operatorId AND c.id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id: claim.id,
      grantedMinor: claim.granted?.minor,
      paidMinor: claim.paid.minor,
      status: claim.status,
      reviewedBy: claim.reviewedBy,
      reviewedAt: claim.reviewedAt,
      reason: claim.reason,
      endedAt: claim.endedAt,
    },
  );
}

/** @throws Problem `cover.claim-not-found`. */
export async function getClaim(db: Db, id: Id<'clm'>): Promise<Claim> {
  return one(await select(db, id, ''));
}

/** @throws Problem `cover.claim-not-found`. */
export async function lockClaim(tx: Tx, id: Id<'clm'>): Promise<Claim> {
  return one(await select(tx, id, 'FOR UPDATE OF c'));
}

export interface ClaimFilter {
  readonly loanNo?: LoanNo | undefined;
  readonly providerId?: Id<'cov'> | undefined;
  readonly status?: ClaimStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listClaims(db: Db, filter: ClaimFilter): Promise<readonly Claim[]> {
  const rows = await db.query<ClaimRow>(
    `${SELECT} WHERE c.operator_id = :operatorId
       AND (:loanNo::bigint IS NULL OR c.loan_no = :loanNo)
       AND (:providerId::text IS NULL OR c.provider_id = :providerId)
       AND (:status::text IS NULL OR c.status = :status)
       AND (:after::text IS NULL OR c.id < :after)
     ORDER BY c.id DESC LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      loanNo: filter.loanNo,
      providerId: filter.providerId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Claims to pay, the oldest first. */
export async function listAccepted(
  db: Db,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly Claim[]> {
  const rows = await db.query<ClaimRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.status = 'accepted' AND c.id > :after
     ORDER BY c.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), after: page.after, limit: page.limit },
  );
  return rows.map(fromRow);
}

/** Claims of loans that stand, paid ones among them. */
export async function listClaimsOf(db: Db, loanNos: readonly LoanNo[]): Promise<readonly Claim[]> {
  if (loanNos.length === 0) return [];
  const rows = await db.query<ClaimRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.loan_no = ANY (:loanNos)
       AND c.status <> 'lapsed'
     ORDER BY c.loan_no, c.id`,
    { operatorId: operatorIdOf(db), loanNos },
  );
  return rows.map(fromRow);
}

export async function insertCompensation(tx: Tx, paid: Compensation): Promise<void> {
  await tx.execute(
    `INSERT INTO cover_compensations (operator_id, claim_id, no, loan_no, provider_id, paid_on,
       paid_at, principal_minor, interest_minor, entry_no, payment_no, note_no)
     VALUES (:operatorId, :claimId, :no, :loanNo, :providerId, :paidOn, :paidAt, :principalMinor,
       :interestMinor, :entryNo, :paymentNo, :noteNo)`,
    {
      operatorId: operatorIdOf(tx),
      claimId: paid.claimId,
      no: paid.no,
      loanNo: paid.loanNo,
      providerId: paid.providerId,
      paidOn: paid.paidOn,
      paidAt: paid.paidAt,
      principalMinor: paid.principal.minor,
      interestMinor: paid.interest.minor,
      entryNo: paid.entryNo,
      paymentNo: paid.paymentNo,
      noteNo: paid.noteNo,
    },
  );
}

/** What was paid for loans, by loan and claim. */
export async function listCompensations(
  db: Db,
  loanNos: readonly LoanNo[],
): Promise<readonly Compensation[]> {
  if (loanNos.length === 0) return [];
  const rows = await db.query<CompensationRow>(
    `SELECT k.claim_id, k.no, k.loan_no, k.provider_id, k.paid_on::text, k.paid_at,
       k.principal_minor, k.interest_minor, k.entry_no, k.payment_no, k.note_no, c.currency
     FROM cover_compensations k
     JOIN cover_claims c ON c.operator_id = k.operator_id AND c.id = k.claim_id
     WHERE k.operator_id = :operatorId AND k.loan_no = ANY (:loanNos)
     ORDER BY k.loan_no, k.claim_id, k.no`,
    { operatorId: operatorIdOf(db), loanNos },
  );
  return rows.map(fromCompensationRow);
}

async function select(db: Db, id: Id<'clm'>, lock: string): Promise<readonly ClaimRow[]> {
  return db.query<ClaimRow>(`${SELECT} WHERE c.operator_id = :operatorId AND c.id = :id ${lock}`, {
    operatorId: operatorIdOf(db),
    id,
  });
}

function one(rows: readonly ClaimRow[]): Claim {
  if (!rows[0]) throw coverProblem('claim-not-found');
  return fromRow(rows[0]);
}

const SELECT = `SELECT c.id, c.loan_no, c.loan_id, c.provider_id, c.contract_no, c.currency,
  c.made_on::text, c.days_past_due, c.principal_minor, c.interest_minor, c.claimed_minor,
  c.granted_minor, c.paid_minor, c.status, c.reviewed_by, c.reviewed_at, c.reason, c.ended_at
  FROM cover_claims c`;

interface ClaimRow {
  readonly id: Id<'clm'>;
  readonly loan_no: LoanNo;
  readonly loan_id: Id<'lon'>;
  readonly provider_id: Id<'cov'>;
  readonly contract_no: number | null;
  readonly currency: string;
  readonly made_on: string;
  readonly days_past_due: number;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly claimed_minor: bigint;
  readonly granted_minor: bigint | null;
  readonly paid_minor: bigint;
  readonly status: ClaimStatus;
  readonly reviewed_by: string | null;
  readonly reviewed_at: Date | null;
  readonly reason: string | null;
  readonly ended_at: Date | null;
}

interface CompensationRow {
  readonly claim_id: Id<'clm'>;
  readonly no: number;
  readonly loan_no: LoanNo;
  readonly provider_id: Id<'cov'>;
  readonly paid_on: string;
  readonly paid_at: Date;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly entry_no: EntryNo;
  readonly payment_no: number;
  readonly note_no: number;
  readonly currency: string;
}

function fromRow(row: ClaimRow): Claim {
  const money = (minor: bigint): Money => Money.ofMinor(minor, asCurrency(row.currency));
  return {
    id: row.id,
    loanNo: row.loan_no,
    loanId: row.loan_id,
    providerId: row.provider_id,
    contractNo: row.contract_no ?? undefined,
    madeOn: calendarDate(row.made_on),
    daysPastDue: row.days_past_due,
    owed: { principal: money(row.principal_minor), interest: money(row.interest_minor) },
    claimed: money(row.claimed_minor),
    granted: row.granted_minor === null ? undefined : money(row.granted_minor),
    paid: money(row.paid_minor),
    status: row.status,
    reviewedBy: row.reviewed_by ?? undefined,
    reviewedAt: row.reviewed_at ?? undefined,
    reason: row.reason ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}

function fromCompensationRow(row: CompensationRow): Compensation {
  const money = (minor: bigint): Money => Money.ofMinor(minor, asCurrency(row.currency));
  return {
    claimId: row.claim_id,
    no: row.no,
    loanNo: row.loan_no,
    providerId: row.provider_id,
    paidOn: calendarDate(row.paid_on),
    paidAt: row.paid_at,
    principal: money(row.principal_minor),
    interest: money(row.interest_minor),
    entryNo: row.entry_no,
    paymentNo: row.payment_no,
    noteNo: row.note_no,
  };
}
