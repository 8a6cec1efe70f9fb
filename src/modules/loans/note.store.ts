import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AccountNo } from '../ledger';
import { capRowsOf } from './cap-rows';
import type { LoanNo } from './loan';
import type { Note, NoteHolder, NoteSource } from './note';

export async function insertNotes(tx: Tx, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return;
  // Arrays of arrays must be of one length in SQL; so caps go as text, and are read there.
  await tx.execute(
    `INSERT INTO loan_notes (operator_id, loan_no, note_no, holder_kind, holder_id, account_no,
       units, principal_minor, cost_minor, opened_on, closed_on, source_type, source_id,
       cap_subjects, cap_keys)
     SELECT :operatorId, t.loan_no, t.note_no, t.holder_kind, t.holder_id, t.account_no, t.units,
       t.principal, t.cost, t.opened_on, t.closed_on, t.source_type, t.source_id,
       t.cap_subjects::text[], t.cap_keys::text[]
     FROM unnest(:loanNos::bigint[], :noteNos::int[], :holderKinds::text[], :holderIds::text[],
       :accountNos::bigint[], :units::bigint[], :principals::bigint[], :costs::bigint[],
       :openedOns::date[], :closedOns::date[], :sourceTypes::text[], :sourceIds::text[],
       :capSubjects::text[], :capKeys::text[])
       AS t (loan_no, note_no, holder_kind, holder_id, account_no, units, principal, cost,
             opened_on, closed_on, source_type, source_id, cap_subjects, cap_keys)`,
    {
      operatorId: operatorIdOf(tx),
      loanNos: notes.map(({ loanNo }) => loanNo),
      noteNos: notes.map(({ noteNo }) => noteNo),
      holderKinds: notes.map(({ holder }) => holder.kind),
      holderIds: notes.map(({ holder }) => holder.id),
      accountNos: notes.map(({ accountNo }) => accountNo),
      units: notes.map(({ units }) => units),
      principals: notes.map(({ principal }) => principal.minor),
      costs: notes.map(({ cost }) => cost.minor),
      openedOns: notes.map(({ openedOn }) => openedOn),
      closedOns: notes.map(({ closedOn }) => closedOn ?? null),
      sourceTypes: notes.map(({ source }) => source.type),
      sourceIds: notes.map(({ source }) => source.id),
      capSubjects: notes.map(({ caps }) => arrayText(caps.map(({ subject }) => subject))),
      capKeys: notes.map(({ caps }) => arrayText(caps.map(({ capKey }) => capKey))),
    },
  );
}

/** An array as PostgreSQL writes it. */
function arrayText(words: readonly string[]): string {
  return `{${words.map((word) => `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** Saves what is left of notes. */
export async function updateNotes(tx: Tx, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return;
  await tx.execute(
    `UPDATE loan_notes n
     SET units = t.units, principal_minor = t.principal, cost_minor = t.cost,
         closed_on = t.closed_on
     FROM unnest(:loanNos::bigint[], :noteNos::int[], :units::bigint[], :principals::bigint[],
       :costs::bigint[], :closedOns::date[])
       AS t (loan_no, note_no, units, principal, cost, closed_on)
     WHERE n.operator_id = :operatorId AND n.loan_no = t.loan_no AND n.note_no = t.note_no`,
    {
      operatorId: operatorIdOf(tx),
      loanNos: notes.map(({ loanNo }) => loanNo),
      noteNos: notes.map(({ noteNo }) => noteNo),
      units: notes.map(({ units }) => units),
      principals: notes.map(({ principal }) => principal.minor),
      costs: notes.map(({ cost }) => cost.minor),
      closedOns: notes.map(({ closedOn }) => closedOn ?? null),
    },
  );
}

/** The notes of one loan that something is left of, by number, locked until commit. */
export async function lockNotes(tx: Tx, loanNo: LoanNo): Promise<readonly Note[]> {
  const rows = await tx.query<NoteRow>(
    `${SELECT} WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo AND n.closed_on IS NULL
     ORDER BY n.note_no FOR UPDATE OF n`,
    { operatorId: operatorIdOf(tx), loanNo },
  );
  return rows.map(fromRow);
}

export interface NoteFilter {
  readonly loanNo?: LoanNo | undefined;
  readonly holderId?: NoteHolder['id'] | undefined;
  /** Only notes that something is left of. */
  readonly isOpen?: boolean | undefined;
  readonly after?: NotePlace | undefined;
  readonly limit: number;
}

/** Where a list of notes goes on. */
export interface NotePlace {
  readonly loanNo: LoanNo;
  readonly noteNo: number;
}

/** By loan and number; one more than the limit, to tell whether there are others. */
export async function listNotes(db: Db, filter: NoteFilter): Promise<readonly Note[]> {
  const rows = await db.query<NoteRow>(
    `${SELECT} WHERE n.operator_id = :operatorId
       AND (:loanNo::bigint IS NULL OR n.loan_no = :loanNo)
       AND (:holderId::text IS NULL OR n.holder_id = :holderId)
       AND (NOT :isOpen OR n.closed_on IS NULL)
       AND (n.loan_no, n.note_no) > (:afterLoan::bigint, :afterNote::int)
     ORDER BY n.loan_no, n.note_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      loanNo: filter.loanNo,
      holderId: filter.holderId,
      isOpen: filter.isOpen ?? false,
      afterLoan: filter.after?.loanNo ?? 0n,
      afterNote: filter.after?.noteNo ?? 0,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Notes by loan and number, closed ones among them; those that do not exist are left out. */
export async function listNotesByPlace(
  db: Db,
  places: readonly NotePlace[],
): Promise<readonly Note[]> {
  const rows = await db.query<NoteRow>(
    `${SELECT} JOIN unnest(:loanNos::bigint[], :noteNos::int[]) AS t (loan_no, note_no)
       ON n.loan_no = t.loan_no AND n.note_no = t.note_no
     WHERE n.operator_id = :operatorId ORDER BY n.loan_no, n.note_no`,
    {
      operatorId: operatorIdOf(db),
      loanNos: places.map(({ loanNo }) => loanNo),
      noteNos: places.map(({ noteNo }) => noteNo),
    },
  );
  return rows.map(fromRow);
}

/** How many hold something of the loan. */
export async function countHolders(db: Db, loanNo: LoanNo): Promise<number> {
  const rows = await db.query<{ holders: number }>(
    `SELECT count(DISTINCT n.holder_id)::int AS holders FROM loan_notes n
     WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo AND n.closed_on IS NULL`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows[0]?.holders ?? 0;
}

/** Begins what was lent: from the day of the payout each note is owed its whole part. */
export async function startNotes(tx: Tx, loanNo: LoanNo, on: CalendarDate): Promise<void> {
  await tx.execute(
    `UPDATE loan_notes n SET principal_minor = n.cost_minor, opened_on = :on
     WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
}

/** The number the next note of the loan has. The loan is locked. */
export async function nextNoteNo(tx: Tx, loanNo: LoanNo): Promise<number> {
  const rows = await tx.query<{ next: number }>(
    `SELECT coalesce(max(n.note_no), 0) + 1 AS next FROM loan_notes n
     WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo },
  );
  return rows[0]?.next ?? 1;
}

const SELECT = `SELECT n.loan_no, n.note_no, n.holder_kind, n.holder_id, n.account_no, n.units,
  n.principal_minor, n.cost_minor, l.currency, n.opened_on::text, n.closed_on::text,
  n.source_type, n.source_id, n.cap_subjects, n.cap_keys
  FROM loan_notes n JOIN loans l ON l.operator_id = n.operator_id AND l.loan_no = n.loan_no`;

interface NoteRow {
  readonly loan_no: LoanNo;
  readonly note_no: number;
  readonly holder_kind: NoteHolder['kind'];
  readonly holder_id: string;
  readonly account_no: AccountNo;
  readonly units: bigint;
  readonly principal_minor: bigint;
  readonly cost_minor: bigint;
  readonly currency: string;
  readonly opened_on: string;
  readonly closed_on: string | null;
  readonly source_type: NoteSource['type'];
  readonly source_id: string;
  readonly cap_subjects: readonly string[];
  readonly cap_keys: readonly string[];
}

function fromRow(row: NoteRow): Note {
  const currency = asCurrency(row.currency);
  return {
    loanNo: row.loan_no,
    noteNo: row.note_no,
    holder: holderOf(row),
    accountNo: row.account_no,
    units: row.units,
    principal: Money.ofMinor(row.principal_minor, currency),
    cost: Money.ofMinor(row.cost_minor, currency),
    openedOn: calendarDate(row.opened_on),
    closedOn: row.closed_on === null ? undefined : calendarDate(row.closed_on),
    source: { type: row.source_type, id: row.source_id },
    caps: capRowsOf(row.cap_subjects, row.cap_keys),
  };
}

function holderOf({ holder_kind: kind, holder_id: id }: NoteRow): NoteHolder {
  return kind === 'investor' ? { kind, id: id as Id<'inv'> } : { kind, id: id as Id<'cov'> };
}
