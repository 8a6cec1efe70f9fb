import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type { Appeal, AppealStatus, Recommendation } from './appeal';
import type { EntryStatus, ListColour, ListEffect, ListEntry } from './credit-list';
import { applicationProblem } from './errors';

const ENTRY = `e.id, e.colour, e.party_id, e.subject_shown, e.issuing_body, e.basis, e.effects,
  e.starts_on, e.ends_on, e.status, e.proposed_by, e.proposed_at, e.decided_by, e.decided_at,
  e.ended_at, e.ended_because`;
const APPEAL = `a.id, a.entry_id, a.grounds, a.filed_by, a.filed_at, a.status, a.recommended,
  a.examined_by, a.examined_at, a.decided_by, a.decided_at, a.note`;

export async function insertEntry(
  tx: Tx,
  entry: ListEntry,
  {
    personMark,
    subjectEncrypted,
  }: { readonly personMark: Buffer | undefined; readonly subjectEncrypted: string },
): Promise<void> {
  await tx.execute(
    `INSERT INTO application_list_entries (operator_id, id, colour, party_id, person_mark,
       subject_encrypted, subject_shown, issuing_body, basis, effects, starts_on, ends_on, status, proposed_by,
       proposed_at)
     VALUES (:operatorId, :id, :colour, :partyId, :personMark, :subjectEncrypted, :subjectShown, :issuingBody, :basis,
       :effects, :startsOn, :endsOn, :status, :proposedBy, :proposedAt)`,
    {
      operatorId: tx.scope.operatorId,
      personMark,
      subjectEncrypted,
      id: entry.id,
      colour: entry.colour,
      partyId: entry.partyId,
      subjectShown: entry.subjectShown,
      issuingBody: entry.issuingBody,
      basis: entry.basis,
      effects: entry.effects,
      startsOn: entry.startsOn,
      endsOn: entry.endsOn,
      status: entry.status,
      proposedBy: entry.proposedBy,
      proposedAt: entry.proposedAt,
    },
  );
}

export async function updateEntry(tx: Tx, entry: ListEntry): Promise<void> {
  await tx.execute(
    `UPDATE application_list_entries SET status = :status, decided_by = :decidedBy,
       decided_at = :decidedAt, ended_at = :endedAt, ended_because = :endedBecause
     WHERE id = :id`,
    {
      id: entry.id,
      status: entry.status,
      decidedBy: entry.decidedBy,
      decidedAt: entry.decidedAt,
      endedAt: entry.endedAt,
      endedBecause: entry.endedBecause,
    },
  );
}

/** @throws Problem `applications.entry-not-found`. */
export async function getEntry(db: Db, id: Id<'lst'>): Promise<ListEntry> {
  const rows = await db.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e WHERE e.id = :id`,
    { id },
  );
  return theEntry(rows);
}

/** @throws Problem `applications.entry-not-found`. */
export async function getEntryAndLock(tx: Tx, id: Id<'lst'>): Promise<ListEntry> {
  const rows = await tx.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e WHERE e.id = :id FOR UPDATE`,
    { id },
  );
  return theEntry(rows);
}

/** Entries about a party, oldest first. */
export async function listOfParty(db: Db, partyId: Id<'pty'>): Promise<readonly ListEntry[]> {
  const rows = await db.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e WHERE e.party_id = :partyId
     ORDER BY e.id LIMIT 200`,
    { partyId },
  );
  return rows.map(entryOf);
}

/** Entries about any of these people, known by the keyed hash of name and birth. */
export async function listOfPeople(
  db: Db,
  marks: readonly Buffer[],
): Promise<readonly ListEntry[]> {
  if (marks.length === 0) return [];
  const rows = await db.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e WHERE e.person_mark = ANY (:marks::bytea[])
     ORDER BY e.id LIMIT 200`,
    { marks },
  );
  return rows.map(entryOf);
}

export async function listEntries(
  db: Db,
  query: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly colour?: ListColour | undefined;
    readonly status?: EntryStatus | undefined;
  },
): Promise<readonly ListEntry[]> {
  const rows = await db.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e
     WHERE e.id > :after AND (:colour::text IS NULL OR e.colour = :colour)
       AND (:status::text IS NULL OR e.status = :status)
     ORDER BY e.id LIMIT :limit`,
    {
      after: query.after ?? '',
      colour: query.colour,
      status: query.status,
      limit: query.limit,
    },
  );
  return rows.map(entryOf);
}

/** Entries whose term is over and that nobody marked so yet, locked. */
export async function lockEnded(
  tx: Tx,
  on: CalendarDate,
  limit: number,
): Promise<readonly ListEntry[]> {
  const rows = await tx.query<EntryRow>(
    `SELECT ${ENTRY} FROM application_list_entries e
     WHERE e.status IN ('proposed', 'in-force') AND e.ends_on <= :on
     ORDER BY e.id LIMIT :limit FOR UPDATE`,
    { on, limit },
  );
  return rows.map(entryOf);
}

/** @throws Problem `applications.appeal-open`. */
export async function insertAppeal(tx: Tx, appeal: Appeal): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO application_appeals (operator_id, id, entry_id, grounds, filed_by, filed_at,
         status)
       VALUES (:operatorId, :id, :entryId, :grounds, :filedBy, :filedAt, :status)`,
      {
        operatorId: tx.scope.operatorId,
        id: appeal.id,
        entryId: appeal.entryId,
        grounds: appeal.grounds,
        filedBy: appeal.filedBy,
        filedAt: appeal.filedAt,
        status: appeal.status,
      },
    );
  } catch (error) {
    if (constraintOf(error) !== 'application_appeals_one_open') throw error;
    throw applicationProblem('appeal-open', { cause: error });
  }
}

export async function updateAppeal(tx: Tx, appeal: Appeal): Promise<void> {
  await tx.execute(
    `UPDATE application_appeals SET status = :status, recommended = :recommended,
       examined_by = :examinedBy, examined_at = :examinedAt, decided_by = :decidedBy,
       decided_at = :decidedAt, note = :note
     WHERE id = :id`,
    {
      id: appeal.id,
      status: appeal.status,
      recommended: appeal.recommended,
      examinedBy: appeal.examinedBy,
      examinedAt: appeal.examinedAt,
      decidedBy: appeal.decidedBy,
      decidedAt: appeal.decidedAt,
      note: appeal.note,
    },
  );
}

/** @throws Problem `applications.appeal-not-found`. */
export async function getAppealAndLock(tx: Tx, id: Id<'apl'>): Promise<Appeal> {
  const [row] = await tx.query<AppealRow>(
    `SELECT ${APPEAL} FROM application_appeals a WHERE a.id = :id FOR UPDATE`,
    { id },
  );
  if (row === undefined) throw applicationProblem('appeal-not-found');
  return appealOf(row);
}

export async function listAppeals(db: Db, entryId: Id<'lst'>): Promise<readonly Appeal[]> {
  const rows = await db.query<AppealRow>(
    `SELECT ${APPEAL} FROM application_appeals a WHERE a.entry_id = :entryId
     ORDER BY a.id LIMIT 100`,
    { entryId },
  );
  return rows.map(appealOf);
}

interface EntryRow {
  id: Id<'lst'>;
  colour: ListColour;
  party_id: Id<'pty'> | null;
  subject_shown: string;
  issuing_body: string;
  basis: string;
  effects: readonly ListEffect[];
  starts_on: CalendarDate;
  ends_on: CalendarDate;
  status: EntryStatus;
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  ended_at: Date | null;
  ended_because: string | null;
}

function theEntry(rows: readonly EntryRow[]): ListEntry {
  const [row] = rows;
  if (row === undefined) throw applicationProblem('entry-not-found');
  return entryOf(row);
}

function entryOf(row: EntryRow): ListEntry {
  return {
    id: row.id,
    colour: row.colour,
    partyId: row.party_id ?? undefined,
    subjectShown: row.subject_shown,
    issuingBody: row.issuing_body,
    basis: row.basis,
    effects: row.effects,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    status: row.status,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    endedBecause: row.ended_because ?? undefined,
  };
}

interface AppealRow {
  id: Id<'apl'>;
  entry_id: Id<'lst'>;
  grounds: string;
  filed_by: string;
  filed_at: Date;
  status: AppealStatus;
  recommended: Recommendation | null;
  examined_by: string | null;
  examined_at: Date | null;
  decided_by: string | null;
  decided_at: Date | null;
  note: string | null;
}

function appealOf(row: AppealRow): Appeal {
  return {
    id: row.id,
    entryId: row.entry_id,
    grounds: row.grounds,
    filedBy: row.filed_by,
    filedAt: row.filed_at,
    status: row.status,
    recommended: row.recommended ?? undefined,
    examinedBy: row.examined_by ?? undefined,
    examinedAt: row.examined_at ?? undefined,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    note: row.note ?? undefined,
  };
}
