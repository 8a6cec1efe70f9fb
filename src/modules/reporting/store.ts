import { assert } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { ContentFinding } from './pack';
import {
  COMES_FROM,
  type Heads,
  type Made,
  type Run,
  type RunEvent,
  type RunEventKind,
  type RunState,
} from './run';

export interface NewRun {
  readonly id: Id<'rpt'>;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly period: Run['period'];
  readonly dueOn: CalendarDate;
  readonly supersedes?: Id<'rpt'> | undefined;
  readonly reason?: string | undefined;
  readonly at: Date;
}

export interface StoredFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

interface RunRow {
  readonly id: Id<'rpt'>;
  readonly operator_id: number;
  readonly template_id: string;
  readonly template_version: number;
  readonly period_from: CalendarDate;
  readonly period_to: CalendarDate;
  readonly due_on: CalendarDate;
  readonly state: RunState;
  readonly supersedes: Id<'rpt'> | null;
  readonly reason: string | null;
  readonly needs_restatement_at: Date | null;
  readonly attempts: number;
  readonly last_failure: string | null;
  readonly created_at: Date;
  readonly template_hash: string | null;
  readonly known_at: Date;
  readonly heads: Heads;
  readonly content_hash: string;
  readonly findings: readonly ContentFinding[];
  readonly generated_at: Date;
}

const RUNS = `
  SELECT r.id, r.operator_id, r.template_id, r.template_version, r.period_from, r.period_to,
         r.due_on, r.state, r.supersedes, r.reason, r.needs_restatement_at, r.attempts,
         r.last_failure, r.created_at, c.template_hash, c.known_at, c.heads, c.content_hash,
         c.findings, c.generated_at
  FROM report_runs r
  LEFT JOIN report_contents c ON c.operator_id = r.operator_id AND c.run_id = r.id
  WHERE r.operator_id = :operatorId`;

/** @returns false when the period has been taken: another instance was first. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  const { period, ...rest } = run;
  const inserted = await tx.execute(
    `INSERT INTO report_runs (operator_id, id, template_id, template_version, period_from,
       period_to, due_on, state, supersedes, reason, next_attempt_at, created_at, created_by)
     VALUES (:operatorId, :id, :templateId, :templateVersion, :from, :to, :dueOn, 'scheduled',
       :supersedes, :reason, :at, :at, :actor)
     ON CONFLICT DO NOTHING`,
    {
      ...rest,
      ...period,
      operatorId: operatorIdOf(tx),
      supersedes: run.supersedes,
      reason: run.reason,
      actor: tx.scope.actor.id,
    },
  );
  if (inserted === 0) return false;
  await insertEvent(tx, { runId: run.id, event: 'scheduled', at: run.at });
  return true;
}

export async function findRun(db: Db, id: Id<'rpt'>): Promise<Run | undefined> {
  const rows = await db.query<RunRow>(`${RUNS} AND r.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows.map(asRun)[0];
}

/** The run, its row locked; what waits for the lock sees what the holder made of it. */
export async function lockRun(tx: Tx, id: Id<'rpt'>): Promise<Run | undefined> {
  await tx.query(
    'SELECT r.id FROM report_runs r WHERE r.operator_id = :operatorId AND r.id = :id FOR UPDATE',
    { operatorId: operatorIdOf(tx), id },
  );
  return findRun(tx, id);
}

export interface RunFilter {
  readonly templateId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Runs, the newest first; `limit` and one more. */
export async function listRuns(db: Db, filter: RunFilter): Promise<readonly Run[]> {
  const { templateId, after, limit } = filter;
  const rows = await db.query<RunRow>(
    `${RUNS}
       AND (:templateId::text IS NULL OR r.template_id = :templateId)
       AND (:after::text IS NULL OR r.id < :after)
     ORDER BY r.id DESC LIMIT :more`,
    { operatorId: operatorIdOf(db), templateId, after, more: limit + 1 },
  );
  return rows.map(asRun);
}

/** The run of the latest period that was made and not restated. */
export async function latestMade(db: Db, templateId: string): Promise<Run | undefined> {
  const rows = await db.query<RunRow>(
    `${RUNS} AND r.template_id = :templateId AND r.state IN ('generated', 'published')
     ORDER BY r.period_to DESC, r.id DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), templateId },
  );
  return rows.map(asRun)[0];
}

/**
 * The run that was published first of those whose records all came after that instant. One that is
 * restated since, or published later than another, never takes its place.
 */
export async function firstPublishedAfter(
  db: Db,
  of: { readonly templateId: string; readonly after: Date },
): Promise<Run | undefined> {
  const rows = await db.query<RunRow>(
    `${RUNS} AND r.id = (
       SELECT e.run_id FROM report_events e
       JOIN report_runs p ON p.operator_id = e.operator_id AND p.id = e.run_id
       JOIN report_contents k ON k.operator_id = e.operator_id AND k.run_id = e.run_id
       WHERE e.operator_id = :operatorId AND e.event = 'published'
         AND p.template_id = :templateId AND k.known_at > :after
       ORDER BY e.event_no LIMIT 1)`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map(asRun)[0];
}

/** The last day of the latest period of a template that has been scheduled. */
export async function lastScheduled(db: Db, templateId: string): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ period_to: CalendarDate | null }>(
    `SELECT max(r.period_to) AS period_to FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.template_id = :templateId`,
    { operatorId: operatorIdOf(db), templateId },
  );
  return rows[0]?.period_to ?? undefined;
}

/** A run that waits to be made, locked; those that another instance makes are passed over. */
export async function hasWaiting(db: Db, now: Date): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.state = 'scheduled' AND r.next_attempt_at <= :now
     LIMIT 1`,
    { operatorId: operatorIdOf(db), now },
  );
  return rows.length > 0;
}

export async function takeWaiting(tx: Tx, now: Date): Promise<Run | undefined> {
  const rows = await tx.query<{ id: Id<'rpt'> }>(
    `SELECT r.id FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.state = 'scheduled' AND r.next_attempt_at <= :now
     ORDER BY r.next_attempt_at, r.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    { operatorId: operatorIdOf(tx), now },
  );
  const [found] = rows;
  return found && findRun(tx, found.id);
}

export async function postpone(
  tx: Tx,
  of: { readonly id: Id<'rpt'>; readonly until: Date; readonly failure?: string | undefined },
): Promise<void> {
  await tx.execute(
    `UPDATE report_runs SET next_attempt_at = :until, last_failure = :failure,
       attempts = attempts + CASE WHEN :failure::text IS NULL THEN 0 ELSE 1 END
     WHERE operator_id = :operatorId AND id = :id AND state = 'scheduled'`,
    { operatorId: operatorIdOf(tx), ...of, failure: of.failure },
  );
}

/** Keeps what a run says. It is never changed. */
export async function insertContent(
  tx: Tx,
  of: { readonly id: Id<'rpt'>; readonly content: string; readonly made: Made },
): Promise<void> {
  const { id, content, made } = of;
  await tx.execute(
    `INSERT INTO report_contents (operator_id, run_id, template_hash, known_at, heads, content,
       content_hash, findings, generated_at)
     VALUES (:operatorId, :id, :templateHash, :knownAt, :heads, :content, :contentHash,
       :findings::jsonb, :generatedAt)`,
    {
      operatorId: operatorIdOf(tx),
      id,
      content,
      ...made,
      heads: { ...made.heads },
      findings: JSON.stringify(made.findings),
    },
  );
}

export async function readContent(db: Db, id: Id<'rpt'>): Promise<string | undefined> {
  const rows = await db.query<{ content: string }>(
    'SELECT c.content FROM report_contents c WHERE c.operator_id = :operatorId AND c.run_id = :id',
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0]?.content;
}

/** Takes a run one step on. That it stands where the step begins is its caller's to know. */
export async function setState(
  tx: Tx,
  { id, state }: { readonly id: Id<'rpt'>; readonly state: RunState },
): Promise<void> {
  const changed = await tx.execute(
    `UPDATE report_runs SET state = :state, next_attempt_at = NULL, last_failure = NULL,
       suspected_at = NULL
     WHERE operator_id = :operatorId AND id = :id AND state = ANY (:before::text[])`,
    { operatorId: operatorIdOf(tx), id, state, before: [...COMES_FROM[state]] },
  );
  assert(changed === 1, `report ${id} cannot become ${state}`);
}

/** Those whose place a run takes, the one before it first, until the first that had been published. */
export async function listSuperseded(
  db: Db,
  id: Id<'rpt'>,
): Promise<readonly { readonly id: Id<'rpt'>; readonly state: RunState }[]> {
  return db.query<{ id: Id<'rpt'>; state: RunState }>(
    `WITH RECURSIVE course AS (
       SELECT r.id, r.supersedes, r.state, 0 AS steps FROM report_runs r
       WHERE r.operator_id = :operatorId AND r.id = :id
       UNION ALL
       SELECT r.id, r.supersedes, r.state, c.steps + 1
       FROM course c JOIN report_runs r ON r.operator_id = :operatorId AND r.id = c.supersedes
       WHERE c.steps = 0 OR c.state = 'generated'
     )
     SELECT c.id, c.state FROM course c WHERE c.steps > 0 ORDER BY c.steps`,
    { operatorId: operatorIdOf(db), id },
  );
}

export async function insertEvent(
  tx: Tx,
  of: {
    readonly runId: Id<'rpt'>;
    readonly event: RunEventKind;
    readonly at: Date;
    readonly file?: Pick<StoredFile, 'name' | 'sha256'> | undefined;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO report_events (operator_id, run_id, event, actor, file, sha256, happened_at)
     VALUES (:operatorId, :runId, :event, :actor, :file, :sha256, :at)`,
    {
      operatorId: operatorIdOf(tx),
      runId: of.runId,
      event: of.event,
      actor: tx.scope.actor.id,
      file: of.file?.name,
      sha256: of.file?.sha256,
      at: of.at,
    },
  );
}

export async function listEvents(db: Db, id: Id<'rpt'>): Promise<readonly RunEvent[]> {
  const rows = await db.query<{
    event: RunEventKind;
    actor: string;
    file: string | null;
    sha256: string | null;
    happened_at: Date;
  }>(
    `SELECT e.event, e.actor, e.file, e.sha256, e.happened_at FROM report_events e
     WHERE e.operator_id = :operatorId AND e.run_id = :id ORDER BY e.event_no`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map(({ event, actor, file, sha256, happened_at: happenedAt }) => ({
    event,
    actor,
    file: file ?? undefined,
    sha256: sha256 ?? undefined,
    happenedAt,
  }));
}

export async function insertFiles(
  tx: Tx,
  id: Id<'rpt'>,
  files: readonly StoredFile[],
): Promise<void> {
  for (const { name, mediaType, bytes, sha256 } of files) {
    await tx.execute(
      `INSERT INTO report_files (operator_id, run_id, name, media_type, bytes, sha256)
       VALUES (:operatorId, :id, :name, :mediaType, :bytes, :sha256)`,
      { operatorId: operatorIdOf(tx), id, name, mediaType, bytes, sha256 },
    );
  }
}

export interface FileEntry {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha256: string;
}

export async function listFiles(db: Db, id: Id<'rpt'>): Promise<readonly FileEntry[]> {
  return db.query<FileEntry>(
    `SELECT f.name, f.media_type AS "mediaType", octet_length(f.bytes) AS size, f.sha256
     FROM report_files f
     WHERE f.operator_id = :operatorId AND f.run_id = :id ORDER BY f.name`,
    { operatorId: operatorIdOf(db), id },
  );
}

export async function findFile(
  db: Db,
  { id, name }: { readonly id: Id<'rpt'>; readonly name: string },
): Promise<StoredFile | undefined> {
  const rows = await db.query<StoredFile>(
    `SELECT f.name, f.media_type AS "mediaType", f.bytes, f.sha256 FROM report_files f
     WHERE f.operator_id = :operatorId AND f.run_id = :id AND f.name = :name`,
    { operatorId: operatorIdOf(db), id, name },
  );
  return rows[0];
}

function asRun(row: RunRow): Run {
  return {
    id: row.id,
    operatorId: row.operator_id,
    templateId: row.template_id,
    templateVersion: row.template_version,
    period: { from: row.period_from, to: row.period_to },
    state: row.state,
    dueOn: row.due_on,
    supersedes: row.supersedes ?? undefined,
    reason: row.reason ?? undefined,
    needsRestatementAt: row.needs_restatement_at ?? undefined,
    attempts: row.attempts,
    lastFailure: row.last_failure ?? undefined,
    createdAt: row.created_at,
    made:
      row.template_hash === null
        ? undefined
        : {
            templateHash: row.template_hash,
            knownAt: row.known_at,
            heads: row.heads,
            contentHash: row.content_hash,
            findings: row.findings,
            generatedAt: row.generated_at,
          },
  };
}
