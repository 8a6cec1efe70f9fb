import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { loanProblem } from './errors';
import { currencyOf, type Loan, type LoanNo } from './loan';
import {
  restructuringJson,
  restructuringOf,
  type Restructuring,
  type RestructuringTermsJson,
} from './restructuring';

/** @returns false when another restructuring of the loan is open. */
export async function insertRestructuring(tx: Tx, draft: Restructuring): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO loan_restructurings (operator_id, loan_no, id, terms, reason, status, proposed_at,
       proposed_by)
     VALUES (:operatorId, :loanNo, :id, :terms, :reason, :status, :proposedAt, :proposedBy)
     ON CONFLICT (operator_id, loan_no) WHERE status IN ('proposed', 'voting') DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: draft.loanNo,
      id: draft.id,
      terms: JSON.stringify(restructuringJson(draft.terms)),
      reason: draft.reason,
      status: draft.status,
      proposedAt: draft.proposedAt,
      proposedBy: draft.proposedBy,
    },
  );
  return inserted > 0;
}

/** Saves how far a restructuring has come. */
export async function updateRestructuring(tx: Tx, restructuring: Restructuring): Promise<void> {
  const { id, status, decidedAt, decidedBy, voteUntil, inForce } = restructuring;
  await tx.execute(
    `UPDATE loan_restructurings SET status = :status, decided_at = :decidedAt,
       decided_by = :decidedBy, vote_until = :voteUntil, in_force_on = :on,
       before_version = :beforeVersion, after_version = :afterVersion, loss_minor = :loss
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id,
      status,
      decidedAt,
      decidedBy,
      voteUntil,
      on: inForce?.on,
      beforeVersion: inForce?.beforeVersion,
      afterVersion: inForce?.afterVersion,
      loss: inForce?.loss.minor,
    },
  );
}

/** A restructuring of the loan, which is locked. @throws Problem `loans.restructuring-not-found`. */
export async function getRestructuring(db: Db, loan: Loan, id: Id<'rst'>): Promise<Restructuring> {
  const rows = await db.query<Row>(`${SELECT} AND r.loan_no = :loanNo AND r.id = :id`, {
    operatorId: operatorIdOf(db),
    loanNo: loan.loanNo,
    id,
  });
  if (!rows[0]) throw loanProblem('restructuring-not-found');
  return fromRow(rows[0], currencyOf(loan));
}

/** All of a loan, the latest first. */
export async function listRestructurings(db: Db, loan: Loan): Promise<readonly Restructuring[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND r.loan_no = :loanNo ORDER BY r.id DESC LIMIT 1000`,
    { operatorId: operatorIdOf(db), loanNo: loan.loanNo },
  );
  return rows.map((row) => fromRow(row, currencyOf(loan)));
}

/** Declines what holders did not agree to by its day. @returns which, with their loans. */
export async function lapseVotes(
  tx: Tx,
  on: CalendarDate,
  at: Date,
): Promise<readonly { readonly id: Id<'rst'>; readonly loanId: Id<'lon'> }[]> {
  return tx.query<{ id: Id<'rst'>; loanId: Id<'lon'> }>(
    `UPDATE loan_restructurings r SET status = 'declined', decided_at = :at
     FROM loans l
     WHERE r.operator_id = :operatorId AND r.status = 'voting' AND r.vote_until <= :on
       AND l.operator_id = r.operator_id AND l.loan_no = r.loan_no
     RETURNING r.id, l.id AS "loanId"`,
    { operatorId: operatorIdOf(tx), on, at },
  );
}

/** One vote for each of a holder's notes; the last one counts. @returns how many notes it has. */
export async function insertVotes(
  tx: Tx,
  { id, loanNo }: Pick<Restructuring, 'id' | 'loanNo'>,
  vote: {
    readonly investorId: Id<'inv'>;
    readonly isInFavour: boolean;
    readonly at: Date;
    readonly by: string;
  },
): Promise<number> {
  return tx.execute(
    `INSERT INTO loan_restructuring_votes (operator_id, restructuring_id, loan_no, note_no,
       is_in_favour, voted_at, voted_by)
     SELECT n.operator_id, :id, n.loan_no, n.note_no, :isInFavour, :at, :by
     FROM loan_notes n
     WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo AND n.holder_id = :investorId
       AND n.closed_on IS NULL AND n.principal_minor > 0
     ON CONFLICT (operator_id, restructuring_id, note_no) DO UPDATE
       SET is_in_favour = excluded.is_in_favour, voted_at = excluded.voted_at,
           voted_by = excluded.voted_by`,
    { operatorId: operatorIdOf(tx), id, loanNo, ...vote },
  );
}

/** Principal of the notes whose holders voted, as it is now. */
export interface VoteCount {
  readonly inFavour: Money;
  readonly against: Money;
}

export async function countVotes(db: Db, loan: Loan, id: Id<'rst'>): Promise<VoteCount> {
  const rows = await db.query<{ in_favour: bigint; against: bigint }>(
    `SELECT coalesce(sum(n.principal_minor) FILTER (WHERE v.is_in_favour), 0)::bigint AS in_favour,
       coalesce(sum(n.principal_minor) FILTER (WHERE NOT v.is_in_favour), 0)::bigint AS against
     FROM loan_restructuring_votes v
     JOIN loan_notes n ON n.operator_id = v.operator_id AND n.loan_no = v.loan_no
       AND n.note_no = v.note_no
     WHERE v.operator_id = :operatorId AND v.restructuring_id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  const currency = currencyOf(loan);
  return {
    inFavour: Money.ofMinor(rows[0]?.in_favour ?? 0n, currency),
    against: Money.ofMinor(rows[0]?.against ?? 0n, currency),
  };
}

/** Says of a loan that it is forborne from a day on. */
export async function markForborne(tx: Tx, loanNo: LoanNo, on: CalendarDate): Promise<void> {
  await tx.execute(
    `UPDATE loans SET forborne_from = :on WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
}

const SELECT = `SELECT r.id, r.loan_no, r.terms, r.reason, r.status, r.proposed_at, r.proposed_by,
  r.decided_at, r.decided_by, r.vote_until::text, r.in_force_on::text, r.before_version,
  r.after_version, r.loss_minor
  FROM loan_restructurings r WHERE r.operator_id = :operatorId`;

interface Row {
  readonly id: Id<'rst'>;
  readonly loan_no: LoanNo;
  readonly terms: RestructuringTermsJson;
  readonly reason: string;
  readonly status: Restructuring['status'];
  readonly proposed_at: Date;
  readonly proposed_by: string;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly vote_until: string | null;
  readonly in_force_on: string | null;
  readonly before_version: number | null;
  readonly after_version: number | null;
  readonly loss_minor: bigint | null;
}

function fromRow(row: Row, currency: Currency): Restructuring {
  return {
    id: row.id,
    loanNo: row.loan_no,
    terms: restructuringOf(row.terms),
    reason: row.reason,
    status: row.status,
    proposedAt: row.proposed_at,
    proposedBy: row.proposed_by,
    decidedAt: row.decided_at ?? undefined,
    decidedBy: row.decided_by ?? undefined,
    voteUntil: row.vote_until === null ? undefined : calendarDate(row.vote_until),
    inForce:
      row.in_force_on === null
        ? undefined
        : {
            on: calendarDate(row.in_force_on),
            beforeVersion: row.before_version ?? 0,
            afterVersion: row.after_version ?? 0,
            loss: Money.ofMinor(row.loss_minor ?? 0n, currency),
          },
  };
}
