import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type {
  Application,
  ApplicationSource,
  ApplicationStatus,
  Priority,
  Transition,
} from './application';
import { applicationProblem } from './errors';
import { formJson, formOf, type ApplicationForm } from './form';

const COLUMNS = `a.id, a.issuer_id, a.party_id, a.external_id, a.source, a.status, a.version,
  a.priority, a.linked_count, a.decision_id, a.offering_id, a.created_at, a.updated_at,
  a.submitted_at`;

/** One version of what was filled in; the contact lies sealed. */
export interface ApplicationVersion {
  readonly version: number;
  readonly form: ApplicationForm;
  readonly contactEncrypted?: string | undefined;
  /** The fields that this version changed. */
  readonly changed: readonly string[];
  readonly recordedAt: Date;
  readonly recordedBy: string;
}

export interface ApplicationQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: ApplicationStatus | undefined;
  readonly priority?: Priority | undefined;
  readonly issuerIds?: readonly Id<'iss'>[] | undefined;
}

/** @throws Problem `applications.already-open`, `applications.external-id-taken`. */
export async function insertApplication(tx: Tx, application: Application): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO applications (operator_id, id, issuer_id, party_id, external_id, source, status,
         version, priority, linked_count, decision_id, offering_id, created_at, updated_at,
         submitted_at)
       VALUES (:operatorId, :id, :issuerId, :partyId, :externalId, :source, :status, :version,
         :priority, :linkedCount, :decisionId, :offeringId, :createdAt, :updatedAt, :submittedAt)`,
      { operatorId: tx.scope.operatorId, ...toRow(application) },
    );
  } catch (error) {
    throw translated(error);
  }
}

/** Writes what may change. */
export async function updateApplication(tx: Tx, application: Application): Promise<void> {
  const { id, status, version, priority, linkedCount } = application;
  const { decisionId, offeringId, updatedAt, submittedAt } = application;
  await tx.execute(
    `UPDATE applications SET status = :status, version = :version, priority = :priority,
       linked_count = :linkedCount, decision_id = :decisionId, offering_id = :offeringId,
       updated_at = :updatedAt, submitted_at = :submittedAt
     WHERE id = :id`,
    {
      id,
      status,
      version,
      priority,
      linkedCount,
      decisionId,
      offeringId,
      updatedAt,
      submittedAt,
    },
  );
}

/** @throws Problem `applications.not-found`. */
export async function getApplication(db: Db, id: Id<'app'>): Promise<Application> {
  return theOne(
    await db.query<Row>(`SELECT ${COLUMNS} FROM applications a WHERE a.id = :id`, { id }),
  );
}

/** @throws Problem `applications.not-found`. */
export async function getApplicationAndLock(tx: Tx, id: Id<'app'>): Promise<Application> {
  return theOne(
    await tx.query<Row>(`SELECT ${COLUMNS} FROM applications a WHERE a.id = :id FOR UPDATE`, {
      id,
    }),
  );
}

/** Undefined where there is no such application. */
export async function findApplicationAndLock(
  tx: Tx,
  id: Id<'app'>,
): Promise<Application | undefined> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM applications a WHERE a.id = :id FOR UPDATE`,
    { id },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findByOffering(
  tx: Tx,
  offeringId: Id<'off'>,
): Promise<Application | undefined> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM applications a WHERE a.offering_id = :offeringId FOR UPDATE`,
    { offeringId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** In order of their ids, which is that of their making. One more than `limit` may be asked for. */
export async function listApplications(
  db: Db,
  { limit, after, status, priority, issuerIds }: ApplicationQuery,
): Promise<readonly Application[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM applications a
     WHERE a.id > :after
       AND (:status::text IS NULL OR a.status = :status)
       AND (:priority::text IS NULL OR a.priority = :priority)
       AND (:issuerIds::text[] IS NULL OR a.issuer_id = ANY (:issuerIds))
     ORDER BY a.id LIMIT :limit`,
    { after: after ?? '', status, priority, issuerIds, limit },
  );
  return rows.map(fromRow);
}

/** Ids of those in a status, the green queue before the normal one, then by age. */
export async function listQueue(
  db: Db,
  status: ApplicationStatus,
  limit: number,
): Promise<readonly Id<'app'>[]> {
  const rows = await db.query<{ id: Id<'app'> }>(
    `SELECT a.id FROM applications a WHERE a.status = :status
     ORDER BY a.priority, a.submitted_at, a.id LIMIT :limit`,
    { status, limit },
  );
  return rows.map(({ id }) => id);
}

export async function insertVersion(
  tx: Tx,
  id: Id<'app'>,
  version: ApplicationVersion,
): Promise<void> {
  await tx.execute(
    `INSERT INTO application_versions (operator_id, application_id, version, form,
       contact_encrypted, changed, recorded_at, recorded_by)
     VALUES (:operatorId, :id, :version, :form::jsonb, :contactEncrypted, :changed, :recordedAt,
       :recordedBy)`,
    {
      operatorId: tx.scope.operatorId,
      id,
      version: version.version,
      form: canonicalJson(formJson(version.form) as Json),
      contactEncrypted: version.contactEncrypted,
      changed: version.changed,
      recordedAt: version.recordedAt,
      recordedBy: version.recordedBy,
    },
  );
}

/** @throws Problem `applications.not-found` when there is no such version. */
export async function getVersion(
  db: Db,
  id: Id<'app'>,
  version: number,
): Promise<ApplicationVersion> {
  const [row] = await db.query<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM application_versions v
     WHERE v.application_id = :id AND v.version = :version`,
    { id, version },
  );
  if (row === undefined) throw applicationProblem('not-found');
  return versionOf(row);
}

/** The latest hundred, newest first. */
export async function listVersions(db: Db, id: Id<'app'>): Promise<readonly ApplicationVersion[]> {
  const rows = await db.query<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM application_versions v
     WHERE v.application_id = :id ORDER BY v.version DESC LIMIT 100`,
    { id },
  );
  return rows.map(versionOf);
}

export async function insertTransition(
  tx: Tx,
  id: Id<'app'>,
  { from, to, reason, happenedAt }: Transition,
): Promise<void> {
  await tx.execute(
    `INSERT INTO application_transitions (operator_id, application_id, position, from_status,
       to_status, reason, actor, happened_at)
     SELECT :operatorId, :id, coalesce(max(t.position), 0) + 1, :from, :to, :reason, :actor,
            :happenedAt
     FROM application_transitions t WHERE t.application_id = :id`,
    {
      operatorId: tx.scope.operatorId,
      id,
      from,
      to,
      reason,
      actor: tx.scope.actor.id,
      happenedAt,
    },
  );
}

export async function listTransitions(db: Db, id: Id<'app'>): Promise<readonly Transition[]> {
  const rows = await db.query<{
    from_status: ApplicationStatus | null;
    to_status: ApplicationStatus;
    reason: string;
    happened_at: Date;
  }>(
    `SELECT t.from_status, t.to_status, t.reason, t.happened_at FROM application_transitions t
     WHERE t.application_id = :id ORDER BY t.position LIMIT 100`,
    { id },
  );
  return rows.map((row) => ({
    from: row.from_status ?? undefined,
    to: row.to_status,
    reason: row.reason,
    happenedAt: row.happened_at,
  }));
}

interface Row {
  id: Id<'app'>;
  issuer_id: Id<'iss'>;
  party_id: Id<'pty'>;
  external_id: string | null;
  source: ApplicationSource;
  status: ApplicationStatus;
  version: number;
  priority: Priority;
  linked_count: number;
  decision_id: Id<'cdn'> | null;
  offering_id: Id<'off'> | null;
  created_at: Date;
  updated_at: Date;
  submitted_at: Date | null;
}

function fromRow(row: Row): Application {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    partyId: row.party_id,
    externalId: row.external_id ?? undefined,
    source: row.source,
    status: row.status,
    version: row.version,
    priority: row.priority,
    linkedCount: row.linked_count,
    decisionId: row.decision_id ?? undefined,
    offeringId: row.offering_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    submittedAt: row.submitted_at ?? undefined,
  };
}

function toRow(application: Application) {
  const { externalId, decisionId, offeringId, submittedAt, ...rest } = application;
  return { ...rest, externalId, decisionId, offeringId, submittedAt };
}

function theOne(rows: readonly Row[]): Application {
  const [row] = rows;
  if (row === undefined) throw applicationProblem('not-found');
  return fromRow(row);
}

const VERSION_COLUMNS =
  'v.version, v.form, v.contact_encrypted, v.changed, v.recorded_at, v.recorded_by';

interface VersionRow {
  version: number;
  form: unknown;
  contact_encrypted: string | null;
  changed: readonly string[];
  recorded_at: Date;
  recorded_by: string;
}

function versionOf(row: VersionRow): ApplicationVersion {
  return {
    version: row.version,
    form: formOf(row.form),
    contactEncrypted: row.contact_encrypted ?? undefined,
    changed: row.changed,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
  };
}

function translated(error: unknown): unknown {
  switch (constraintOf(error)) {
    case 'applications_one_open':
      return applicationProblem('already-open', { cause: error });
    case 'applications_external_id':
      return applicationProblem('external-id-taken', { cause: error });
    case undefined:
    default:
      return error;
  }
}
