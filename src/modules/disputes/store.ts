import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import type {
  Channel,
  Complaint,
  ComplaintStatus,
  DisputeParty,
  Subject,
  Topic,
} from './complaint';
import { disputeProblem } from './errors';
import type { Deadline, Duty } from './policy';

/** One step of a complaint's course. */
export interface ComplaintStep {
  readonly no: number;
  readonly status: ComplaintStatus;
  readonly channel: Channel;
  readonly note?: string | undefined;
  readonly by: string;
  readonly at: Date;
}

export interface ComplaintFilter {
  /** Only those of which one of these is a side. */
  readonly partyIds?: readonly string[] | undefined;
  readonly status?: ComplaintStatus | undefined;
  readonly channel?: Channel | undefined;
  readonly topic?: Topic | undefined;
  /** Only those with a deadline that was missed. */
  readonly isLate?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Complaints, with what was written in them sealed. */
export class ComplaintStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(tx: Tx, complaint: Complaint): Promise<void> {
    const { complainant, respondent, subject } = complaint;
    await tx.execute(
      `INSERT INTO dispute_complaints (operator_id, id, complainant_kind, complainant_id,
         respondent_kind, respondent_id, subject_kind, subject_id, topic, text_encrypted, channel,
         status, filed_by, filed_at)
       VALUES (:operatorId, :id, :complainantKind, :complainantId, :respondentKind, :respondentId,
         :subjectKind, :subjectId, :topic, :text, :channel, :status, :filedBy, :filedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: complaint.id,
        complainantKind: complainant.kind,
        complainantId: complainant.id,
        respondentKind: respondent?.kind,
        respondentId: respondent?.id,
        subjectKind: subject.kind,
        subjectId: 'id' in subject ? subject.id : undefined,
        topic: complaint.topic,
        text: this.cipher.seal(complaint.text, address(complaint.id)),
        channel: complaint.channel,
        status: complaint.status,
        filedBy: complaint.filedBy,
        filedAt: complaint.filedAt,
      },
    );
  }

  /** Keeps what a step changed, and the step. */
  async update(tx: Tx, complaint: Complaint): Promise<void> {
    const { id, respondent, channel, status, endedAt } = complaint;
    await tx.execute(
      `UPDATE dispute_complaints SET respondent_kind = :respondentKind,
         respondent_id = :respondentId, channel = :channel, status = :status, ended_at = :endedAt
       WHERE operator_id = :operatorId AND id = :id`,
      {
        operatorId: operatorIdOf(tx),
        id,
        respondentKind: respondent?.kind,
        respondentId: respondent?.id,
        channel,
        status,
        endedAt,
      },
    );
  }

  /** @throws Problem `disputes.complaint-not-found`. */
  async get(db: Db, id: Id<'cpl'>): Promise<Complaint> {
    return this.one(await select(db, id, ''));
  }

  /** @throws Problem `disputes.complaint-not-found`. */
  async lock(tx: Tx, id: Id<'cpl'>): Promise<Complaint> {
    return this.one(await select(tx, id, 'FOR UPDATE OF c'));
  }

  /** Newest first; one more than the limit, to tell whether there are others. */
  async list(db: Db, filter: ComplaintFilter): Promise<readonly Complaint[]> {
    const { partyIds, status, channel, topic, isLate = false, after, limit } = filter;
    const rows = await db.query<ComplaintRow>(
      `${SELECT} WHERE c.operator_id = :operatorId
         AND (:partyIds::text[] IS NULL OR c.complainant_id = ANY (:partyIds)
              OR c.respondent_id = ANY (:partyIds))
         AND (:status::text IS NULL OR c.status = :status)
         AND (:channel::text IS NULL OR c.channel = :channel)
         AND (:topic::text IS NULL OR c.topic = :topic)
         AND (NOT :isLate::boolean OR EXISTS (
           SELECT 1 FROM dispute_deadlines d WHERE d.operator_id = c.operator_id
             AND d.complaint_id = c.id AND d.missed_at IS NOT NULL))
         AND (:after::text IS NULL OR c.id < :after)
       ORDER BY c.id DESC LIMIT :limit`,
      {
        operatorId: operatorIdOf(db),
        partyIds,
        status,
        channel,
        topic,
        isLate,
        after,
        limit: limit + 1,
      },
    );
    return rows.map((row) => this.fromRow(row));
  }

  /** Written under the lock of the complaint, so that steps are numbered without a gap. */
  async insertStep(
    tx: Tx,
    { id, status, channel }: Complaint,
    { note, at }: { readonly note?: string | undefined; readonly at: Date },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO dispute_steps (operator_id, complaint_id, no, status, channel, note_encrypted, by, at)
       SELECT :operatorId, :id, 1 + count(*), :status, :channel, :note, :by, :at
       FROM dispute_steps s WHERE s.operator_id = :operatorId AND s.complaint_id = :id`,
      {
        operatorId: operatorIdOf(tx),
        id,
        status,
        channel,
        note: note === undefined ? undefined : this.cipher.seal(note, noteAddress(id)),
        by: tx.scope.actor.id,
        at,
      },
    );
  }

  async listSteps(db: Db, id: Id<'cpl'>): Promise<readonly ComplaintStep[]> {
    const rows = await db.query<ComplaintStep & { note: string | null }>(
      `SELECT s.no, s.status, s.channel, s.note_encrypted AS note, s.by, s.at FROM dispute_steps s
       WHERE s.operator_id = :operatorId AND s.complaint_id = :id ORDER BY s.no`,
      { operatorId: operatorIdOf(db), id },
    );
    return rows.map(({ note, ...row }) => ({
      ...row,
      note: note === null ? undefined : this.cipher.open(note, noteAddress(id)),
    }));
  }

  private one(rows: readonly ComplaintRow[]): Complaint {
    if (!rows[0]) throw disputeProblem('complaint-not-found');
    return this.fromRow(rows[0]);
  }

  private fromRow(row: ComplaintRow): Complaint {
    return {
      id: row.id,
      complainant: { kind: row.complainant_kind, id: row.complainant_id } as DisputeParty,
      respondent:
        row.respondent_kind === null
          ? undefined
          : ({ kind: row.respondent_kind, id: row.respondent_id } as DisputeParty),
      subject: (row.subject_id === null
        ? { kind: 'other' }
        : { kind: row.subject_kind, id: row.subject_id }) as Subject,
      topic: row.topic,
      text: this.cipher.open(row.text_encrypted, address(row.id)),
      channel: row.channel,
      status: row.status,
      filedBy: row.filed_by,
      filedAt: row.filed_at,
      endedAt: row.ended_at ?? undefined,
    };
  }
}

/** A duty that stands for the channel already keeps its first deadline. */
export async function insertDeadlines(
  tx: Tx,
  id: Id<'cpl'>,
  deadlines: readonly Deadline[],
): Promise<void> {
  await tx.execute(
    `INSERT INTO dispute_deadlines (operator_id, complaint_id, duty, channel, due_at, citation)
     SELECT :operatorId, :id, t.* FROM unnest(:duties::text[], :channels::text[],
       :dueAts::timestamptz[], :citations::text[]) AS t
     ON CONFLICT DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      id,
      duties: deadlines.map(({ duty }) => duty),
      channels: deadlines.map(({ channel }) => channel),
      dueAts: deadlines.map(({ dueAt }) => dueAt),
      citations: deadlines.map(({ citation }) => citation),
    },
  );
}

/** Duties that were done, late or not. */
export async function finishDeadlines(
  tx: Tx,
  id: Id<'cpl'>,
  { duties, at }: { readonly duties: readonly Duty[]; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `UPDATE dispute_deadlines SET done_at = :at::timestamptz,
       missed_at = coalesce(missed_at, CASE WHEN due_at <= :at::timestamptz THEN :at::timestamptz END)
     WHERE operator_id = :operatorId AND complaint_id = :id AND duty = ANY (:duties)
       AND done_at IS NULL`,
    { operatorId: operatorIdOf(tx), id, duties, at },
  );
}

/** Flags what was due and is not done, the oldest first. @returns what is flagged now. */
export async function flagMissed(
  tx: Tx,
  { at, limit }: { readonly at: Date; readonly limit: number },
): Promise<readonly (Pick<Deadline, 'duty' | 'channel' | 'dueAt'> & { readonly id: Id<'cpl'> })[]> {
  return tx.query(
    `UPDATE dispute_deadlines d SET missed_at = :at
     FROM (
       SELECT w.complaint_id, w.duty, w.channel FROM dispute_deadlines w
       WHERE w.operator_id = :operatorId AND w.due_at <= :at AND w.done_at IS NULL
         AND w.missed_at IS NULL
       ORDER BY w.due_at, w.complaint_id LIMIT :limit FOR UPDATE SKIP LOCKED
     ) due
     WHERE d.operator_id = :operatorId AND d.complaint_id = due.complaint_id
       AND d.duty = due.duty AND d.channel = due.channel
     RETURNING d.complaint_id AS id, d.duty, d.channel, d.due_at AS "dueAt"`,
    { operatorId: operatorIdOf(tx), at, limit },
  );
}

export async function listDeadlines(db: Db, id: Id<'cpl'>): Promise<readonly Deadline[]> {
  const rows = await db.query<
    Omit<Deadline, 'doneAt' | 'missedAt'> & { doneAt: Date | null; missedAt: Date | null }
  >(
    `SELECT d.duty, d.channel, d.due_at AS "dueAt", d.citation, d.done_at AS "doneAt",
            d.missed_at AS "missedAt"
     FROM dispute_deadlines d WHERE d.operator_id = :operatorId AND d.complaint_id = :id
     ORDER BY d.due_at, d.duty, d.channel`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map((row) => ({
    ...row,
    doneAt: row.doneAt ?? undefined,
    missedAt: row.missedAt ?? undefined,
  }));
}

async function select(db: Db, id: Id<'cpl'>, lock: string): Promise<readonly ComplaintRow[]> {
  return db.query<ComplaintRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.id = :id ${lock}`,
    { operatorId: operatorIdOf(db), id },
  );
}

const SELECT = `SELECT c.id, c.complainant_kind, c.complainant_id, c.respondent_kind,
  c.respondent_id, c.subject_kind, c.subject_id, c.topic, c.text_encrypted, c.channel, c.status,
  c.filed_by, c.filed_at, c.ended_at FROM dispute_complaints c`;

interface ComplaintRow {
  readonly id: Id<'cpl'>;
  readonly complainant_kind: DisputeParty['kind'];
  readonly complainant_id: string;
  readonly respondent_kind: DisputeParty['kind'] | null;
  readonly respondent_id: string | null;
  readonly subject_kind: Subject['kind'];
  readonly subject_id: string | null;
  readonly topic: Topic;
  readonly text_encrypted: string;
  readonly channel: Channel;
  readonly status: ComplaintStatus;
  readonly filed_by: string;
  readonly filed_at: Date;
  readonly ended_at: Date | null;
}

function address(id: Id<'cpl'>) {
  return { table: 'dispute_complaints', column: 'text_encrypted', rowId: id };
}

function noteAddress(id: Id<'cpl'>) {
  return { table: 'dispute_steps', column: 'note_encrypted', rowId: id };
}
