import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import { incidentProblem } from './errors';
import type { Incident, IncidentStatus, Severity } from './incident';
import type { OwedNotice } from './policy';

/** That somebody was told of an incident. */
export interface Notification {
  readonly no: number;
  readonly duty?: string | undefined;
  readonly recipient: string;
  /** What proves it: a file number, the id of a message. */
  readonly reference: string;
  readonly sentAt: Date;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

export interface IncidentStep {
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly affectedUsers: number;
  readonly note?: string | undefined;
  readonly by: string;
  readonly at: Date;
}

export interface IncidentFilter {
  readonly status?: IncidentStatus | undefined;
  readonly severity?: Severity | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Incidents, with what happened sealed. */
export class IncidentStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(tx: Tx, incident: Incident): Promise<void> {
    const { description, dataAffected, ...plain } = incident;
    await tx.execute(
      `INSERT INTO incidents (operator_id, id, kind, description_encrypted, severity,
         affected_users, data_affected, status, noticed_at, classified_at, recorded_by, recorded_at)
       VALUES (:operatorId, :id, :kind, :description, :severity, :affectedUsers,
         :dataAffected::text[], :status, :noticedAt, :classifiedAt, :recordedBy, :recordedAt)`,
      {
        operatorId: operatorIdOf(tx),
        ...plain,
        dataAffected: [...dataAffected],
        description: this.cipher.seal(description, address(incident.id)),
      },
    );
  }

  async update(tx: Tx, incident: Incident): Promise<void> {
    const { id, severity, affectedUsers, dataAffected, status, classifiedAt } = incident;
    await tx.execute(
      `UPDATE incidents SET severity = :severity, affected_users = :affectedUsers,
         data_affected = :dataAffected::text[], status = :status, classified_at = :classifiedAt
       WHERE operator_id = :operatorId AND id = :id`,
      {
        operatorId: operatorIdOf(tx),
        id,
        severity,
        affectedUsers,
        dataAffected: [...dataAffected],
        status,
        classifiedAt,
      },
    );
  }

  /** @throws Problem `incidents.incident-not-found`. */
  async get(db: Db, id: Id<'inc'>, lock: '' | 'FOR UPDATE OF i' = ''): Promise<Incident> {
    const [row] = await db.query<Incident>(
      `${SELECT} WHERE i.operator_id = :operatorId AND i.id = :id ${lock}`,
      { operatorId: operatorIdOf(db), id },
    );
    if (!row) throw incidentProblem('incident-not-found');
    return this.opened(row);
  }

  /** Newest first; one more than the limit. */
  async list(db: Db, filter: IncidentFilter): Promise<readonly Incident[]> {
    const { status, severity, after, limit } = filter;
    const rows = await db.query<Incident>(
      `${SELECT} WHERE i.operator_id = :operatorId
         AND (:status::text IS NULL OR i.status = :status)
         AND (:severity::text IS NULL OR i.severity = :severity)
         AND (:after::text IS NULL OR i.id < :after)
       ORDER BY i.id DESC LIMIT :limit`,
      { operatorId: operatorIdOf(db), status, severity, after, limit: limit + 1 },
    );
    return rows.map((row) => this.opened(row));
  }

  private opened(row: Incident): Incident {
    return { ...row, description: this.cipher.open(row.description, address(row.id)) };
  }
}

export async function insertStep(
  tx: Tx,
  { id, status, severity, affectedUsers }: Incident,
  { note, at }: { readonly note?: string | undefined; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO incident_steps (operator_id, incident_id, no, status, severity, affected_users,
       note, by, at)
     SELECT :operatorId, :id, 1 + count(*), :status, :severity, :affectedUsers, :note, :by, :at
     FROM incident_steps s WHERE s.operator_id = :operatorId AND s.incident_id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id,
      status,
      severity,
      affectedUsers,
      note,
      by: tx.scope.actor.id,
      at,
    },
  );
}

export async function listSteps(db: Db, id: Id<'inc'>): Promise<readonly IncidentStep[]> {
  const rows = await db.query<IncidentStep & { note: string | null }>(
    `SELECT s.status, s.severity, s.affected_users AS "affectedUsers", s.note, s.by, s.at
     FROM incident_steps s
     WHERE s.operator_id = :operatorId AND s.incident_id = :id ORDER BY s.no`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map((row) => ({ ...row, note: row.note ?? undefined }));
}

/** Duties that stand already keep the time they were first due. */
export async function insertDuties(
  tx: Tx,
  id: Id<'inc'>,
  owed: readonly OwedNotice[],
): Promise<void> {
  await tx.execute(
    `INSERT INTO incident_duties (operator_id, incident_id, duty, recipient, due_at, citation)
     SELECT :operatorId, :id, t.* FROM unnest(:duties::text[], :recipients::jsonb[],
       :dueAts::timestamptz[], :citations::text[]) AS t
     ON CONFLICT DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      id,
      duties: owed.map(({ duty }) => duty),
      recipients: owed.map(({ recipient }) => JSON.stringify(recipient)),
      dueAts: owed.map(({ dueAt }) => dueAt),
      citations: owed.map(({ citation }) => citation),
    },
  );
}

export async function listDuties(db: Db, id: Id<'inc'>): Promise<readonly OwedNotice[]> {
  const rows = await db.query<{ [K in keyof OwedNotice]: OwedNotice[K] | null }>(
    `SELECT d.duty, d.recipient, d.due_at AS "dueAt", d.citation, d.done_at AS "doneAt",
            CASE WHEN d.cleared_at IS NULL THEN d.missed_at END AS "missedAt",
            d.waived_at AS "waivedAt",
            d.waived_because AS "waivedBecause"
     FROM incident_duties d WHERE d.operator_id = :operatorId AND d.incident_id = :id
     ORDER BY d.due_at, d.duty`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map((row) => Object.fromEntries(present(row)) as unknown as OwedNotice);
}

/**
 * The duty done, or found not to hold. Done late, it was missed; done in time and recorded after it was
 * flagged, it was not.
 */
export async function endDuty(
  tx: Tx,
  id: Id<'inc'>,
  end: {
    readonly duty: string;
    readonly doneAt?: Date | undefined;
    readonly waivedAt?: Date | undefined;
    readonly because?: string | undefined;
    /** When it is recorded. */
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `UPDATE incident_duties SET done_at = :doneAt::timestamptz,
       waived_at = :waivedAt::timestamptz, waived_because = :because,
       missed_at = coalesce(missed_at, CASE WHEN due_at <= :doneAt::timestamptz THEN :at::timestamptz END),
       cleared_at = CASE WHEN missed_at IS NOT NULL AND due_at > :doneAt::timestamptz
                         THEN :at::timestamptz END
     WHERE operator_id = :operatorId AND incident_id = :id AND duty = :duty`,
    {
      operatorId: operatorIdOf(tx),
      id,
      duty: end.duty,
      doneAt: end.doneAt,
      waivedAt: end.waivedAt,
      because: end.because,
      at: end.at,
    },
  );
}

/** Flags what was due and nobody was told, the oldest first. @returns what is flagged now. */
export async function flagMissed(
  tx: Tx,
  { at, limit }: { readonly at: Date; readonly limit: number },
): Promise<readonly { readonly id: Id<'inc'>; readonly duty: string; readonly dueAt: Date }[]> {
  return tx.query(
    `UPDATE incident_duties d SET missed_at = :at
     FROM (
       SELECT w.incident_id, w.duty FROM incident_duties w
       WHERE w.operator_id = :operatorId AND w.due_at <= :at AND w.done_at IS NULL
         AND w.missed_at IS NULL AND w.waived_at IS NULL
       ORDER BY w.due_at, w.incident_id LIMIT :limit FOR UPDATE SKIP LOCKED
     ) due
     WHERE d.operator_id = :operatorId AND d.incident_id = due.incident_id AND d.duty = due.duty
     RETURNING d.incident_id AS id, d.duty, d.due_at AS "dueAt"`,
    { operatorId: operatorIdOf(tx), at, limit },
  );
}

export async function insertNotification(
  tx: Tx,
  id: Id<'inc'>,
  sent: Omit<Notification, 'no'>,
): Promise<Notification> {
  const [row] = await tx.query<{ no: number }>(
    `INSERT INTO incident_notifications (operator_id, incident_id, no, duty, recipient, reference,
       sent_at, recorded_by, recorded_at)
     SELECT :operatorId, :id, 1 + count(*), :duty, :recipient, :reference, :sentAt, :recordedBy,
       :recordedAt
     FROM incident_notifications n WHERE n.operator_id = :operatorId AND n.incident_id = :id
     RETURNING no`,
    { operatorId: operatorIdOf(tx), id, duty: undefined, ...sent },
  );
  return { ...sent, no: must(row, 'the notification').no };
}

export async function listNotifications(db: Db, id: Id<'inc'>): Promise<readonly Notification[]> {
  const rows = await db.query<Notification & { duty: string | null }>(
    `SELECT n.no, n.duty, n.recipient, n.reference, n.sent_at AS "sentAt",
            n.recorded_by AS "recordedBy", n.recorded_at AS "recordedAt"
     FROM incident_notifications n
     WHERE n.operator_id = :operatorId AND n.incident_id = :id ORDER BY n.no`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map((row) => ({ ...row, duty: row.duty ?? undefined }));
}

const SELECT = `SELECT i.id, i.kind, i.description_encrypted AS description, i.severity,
  i.affected_users AS "affectedUsers", i.data_affected AS "dataAffected", i.status,
  i.noticed_at AS "noticedAt", i.classified_at AS "classifiedAt", i.recorded_by AS "recordedBy",
  i.recorded_at AS "recordedAt" FROM incidents i`;

function present(row: object): readonly (readonly [string, unknown])[] {
  return Object.entries(row).filter(([, value]) => value !== null);
}

function address(id: Id<'inc'>) {
  return { table: 'incidents', column: 'description_encrypted', rowId: id };
}
