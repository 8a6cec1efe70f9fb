import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { matchingProblem } from './errors';
import {
  mandateJson,
  mandateTerms,
  type Mandate,
  type MandateStatus,
  type MandateTerms,
  type MandateVersion,
} from './mandate';

/** @throws Problem `matching.mandate-open`. */
export async function insertMandate(tx: Tx, mandate: Mandate): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO matching_mandates (operator_id, id, investor_id, currency, status,
         signed_version, latest_version, expires_at, created_at, ended_at)
       VALUES (:operatorId, :id, :investorId, :currency, :status, :signedVersion, :latestVersion,
         :expiresAt, :createdAt, :endedAt)`,
      { ...columns(mandate), operatorId: operatorIdOf(tx) },
    );
  } catch (error) {
    if (constraintOf(error) === 'matching_mandates_one_open') throw matchingProblem('mandate-open');
    throw error;
  }
}

export async function updateMandate(tx: Tx, mandate: Mandate): Promise<void> {
  await tx.execute(
    `UPDATE matching_mandates SET status = :status, signed_version = :signedVersion,
       latest_version = :latestVersion, expires_at = :expiresAt, ended_at = :endedAt
     WHERE operator_id = :operatorId AND id = :id`,
    { ...columns(mandate), operatorId: operatorIdOf(tx) },
  );
}

function columns(mandate: Mandate) {
  return { ...mandate, expiresAt: mandate.expiresAt, endedAt: mandate.endedAt };
}

const SELECT = `SELECT m.id, m.investor_id, m.currency, m.status, m.signed_version,
  m.latest_version, m.expires_at, m.created_at, m.ended_at FROM matching_mandates m`;

export async function findMandate(db: Db, id: Id<'mnd'>): Promise<Mandate | undefined> {
  const rows = await db.query<MandateRow>(
    `${SELECT} WHERE m.operator_id = :operatorId AND m.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `matching.mandate-not-found`. */
export async function getMandateAndLock(tx: Tx, id: Id<'mnd'>): Promise<Mandate> {
  const rows = await tx.query<MandateRow>(
    `${SELECT} WHERE m.operator_id = :operatorId AND m.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw matchingProblem('mandate-not-found');
  return fromRow(rows[0]);
}

export interface MandateQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: MandateStatus | undefined;
  readonly investorId?: Id<'inv'> | undefined;
}

/** By id, which is by age; one more than `limit`. */
export async function listMandates(db: Db, query: MandateQuery): Promise<readonly Mandate[]> {
  const rows = await db.query<MandateRow>(
    `${SELECT} WHERE m.operator_id = :operatorId AND m.id > :after
       AND (:status::text IS NULL OR m.status = :status)
       AND (:investorId::text IS NULL OR m.investor_id = :investorId)
     ORDER BY m.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after ?? '',
      status: query.status,
      investorId: query.investorId,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Mandates that ended by `now` and do not say so yet. */
export async function listExpired(db: Db, now: Date, limit: number): Promise<readonly Id<'mnd'>[]> {
  const rows = await db.query<{ id: Id<'mnd'> }>(
    `SELECT m.id FROM matching_mandates m
     WHERE m.operator_id = :operatorId AND m.status IN ('draft', 'active', 'paused')
       AND m.expires_at <= :now
     ORDER BY m.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), now, limit },
  );
  return rows.map(({ id }) => id);
}

export async function insertVersion(tx: Tx, version: MandateVersion): Promise<void> {
  await tx.execute(
    `INSERT INTO matching_mandate_versions (operator_id, mandate_id, version, terms, text_sha256,
       drafted_by, drafted_at)
     VALUES (:operatorId, :mandateId, :version, :terms::jsonb, :textSha256, :draftedBy,
       :draftedAt)`,
    {
      ...version,
      operatorId: operatorIdOf(tx),
      terms: JSON.stringify(mandateJson(version.terms)),
    },
  );
}

export interface Signature {
  readonly mandateId: Id<'mnd'>;
  readonly version: number;
  /** What the lender confirmed with it, by name. */
  readonly acknowledged: readonly string[];
  readonly signedBy: string;
  readonly signedAt: Date;
}

export async function insertSignature(tx: Tx, signature: Signature): Promise<void> {
  await tx.execute(
    `INSERT INTO matching_mandate_signatures (operator_id, mandate_id, version, acknowledged,
       signed_by, signed_at)
     VALUES (:operatorId, :mandateId, :version, :acknowledged, :signedBy, :signedAt)`,
    { ...signature, operatorId: operatorIdOf(tx) },
  );
}

/** A version, with its signature if it has one. */
export interface SignedVersion extends MandateVersion {
  readonly signature: Signature | undefined;
}

const VERSIONS = `SELECT v.mandate_id, v.version, v.terms, v.text_sha256, v.drafted_by, v.drafted_at,
    s.acknowledged, s.signed_by, s.signed_at
  FROM matching_mandate_versions v
  LEFT JOIN matching_mandate_signatures s ON s.operator_id = v.operator_id
    AND s.mandate_id = v.mandate_id AND s.version = v.version`;

/** Newest first. */
export async function listVersions(db: Db, id: Id<'mnd'>): Promise<readonly SignedVersion[]> {
  const rows = await db.query<VersionRow>(
    `${VERSIONS} WHERE v.operator_id = :operatorId AND v.mandate_id = :id
     ORDER BY v.version DESC LIMIT 200`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows.map(fromVersionRow);
}

/** A mandate in force, as a window needs it. */
export interface ActiveMandate {
  readonly id: Id<'mnd'>;
  readonly investorId: Id<'inv'>;
  readonly version: number;
  readonly terms: MandateTerms;
  readonly acknowledged: readonly string[];
}

/** Whether anybody has a mandate that may lend now. */
export async function hasActive(db: Db, currency: Currency, now: Date): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM matching_mandates m
     WHERE m.operator_id = :operatorId AND m.status = 'active' AND m.currency = :currency
       AND (m.expires_at IS NULL OR m.expires_at > :now)
     LIMIT 1`,
    { operatorId: operatorIdOf(db), currency, now },
  );
  return rows.length > 0;
}

/** Every mandate in force at `now`, by id. */
export async function listActive(
  db: Db,
  currency: Currency,
  now: Date,
): Promise<readonly ActiveMandate[]> {
  const rows = await db.query<VersionRow & { investor_id: Id<'inv'> }>(
    `SELECT m.investor_id, v.mandate_id, v.version, v.terms, v.text_sha256, v.drafted_by,
            v.drafted_at, s.acknowledged, s.signed_by, s.signed_at
     FROM matching_mandates m
     JOIN matching_mandate_versions v ON v.operator_id = m.operator_id AND v.mandate_id = m.id
       AND v.version = m.signed_version
     JOIN matching_mandate_signatures s ON s.operator_id = v.operator_id
       AND s.mandate_id = v.mandate_id AND s.version = v.version
     WHERE m.operator_id = :operatorId AND m.status = 'active' AND m.currency = :currency
       AND (m.expires_at IS NULL OR m.expires_at > :now)
     ORDER BY m.id`,
    { operatorId: operatorIdOf(db), currency, now },
  );
  return rows.map((row) => ({
    id: row.mandate_id,
    investorId: row.investor_id,
    version: row.version,
    terms: mandateTerms(row.terms),
    acknowledged: row.acknowledged ?? [],
  }));
}

interface MandateRow {
  readonly id: Id<'mnd'>;
  readonly investor_id: Id<'inv'>;
  readonly currency: Currency;
  readonly status: MandateStatus;
  readonly signed_version: number;
  readonly latest_version: number;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

function fromRow(row: MandateRow): Mandate {
  return {
    id: row.id,
    investorId: row.investor_id,
    currency: row.currency,
    status: row.status,
    signedVersion: row.signed_version,
    latestVersion: row.latest_version,
    expiresAt: row.expires_at ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

interface VersionRow {
  readonly mandate_id: Id<'mnd'>;
  readonly version: number;
  readonly terms: Readonly<Record<string, unknown>>;
  readonly text_sha256: string;
  readonly drafted_by: string;
  readonly drafted_at: Date;
  readonly acknowledged: readonly string[] | null;
  readonly signed_by: string | null;
  readonly signed_at: Date | null;
}

function fromVersionRow(row: VersionRow): SignedVersion {
  const { mandate_id: mandateId, version, acknowledged, signed_by: by, signed_at: at } = row;
  return {
    mandateId,
    version,
    terms: mandateTerms(row.terms),
    textSha256: row.text_sha256,
    draftedBy: row.drafted_by,
    draftedAt: row.drafted_at,
    signature:
      by === null || at === null
        ? undefined
        : { mandateId, version, acknowledged: acknowledged ?? [], signedBy: by, signedAt: at },
  };
}
