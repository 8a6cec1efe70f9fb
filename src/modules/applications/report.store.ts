import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { ReportGrant, ReportPart } from './credit-report';
import { applicationProblem } from './errors';

const GRANT = `g.id, g.issuer_id, g.party_id, g.recipient, g.purpose, g.parts, g.granted_by,
  g.granted_at, g.expires_at, g.revoked_at`;

export async function insertGrant(tx: Tx, grant: ReportGrant, tokenHash: string): Promise<void> {
  await tx.execute(
    `INSERT INTO application_report_grants (operator_id, id, issuer_id, party_id, recipient,
       purpose, parts, token_hash, granted_by, granted_at, expires_at)
     VALUES (:operatorId, :id, :issuerId, :partyId, :recipient, :purpose, :parts, :tokenHash,
       :grantedBy, :grantedAt, :expiresAt)`,
    {
      operatorId: tx.scope.operatorId,
      tokenHash,
      id: grant.id,
      issuerId: grant.issuerId,
      partyId: grant.partyId,
      recipient: grant.recipient,
      purpose: grant.purpose,
      parts: grant.parts,
      grantedBy: grant.grantedBy,
      grantedAt: grant.grantedAt,
      expiresAt: grant.expiresAt,
    },
  );
}

/** @throws Problem `applications.grant-not-found`. */
export async function getGrant(db: Db, id: Id<'grt'>): Promise<ReportGrant> {
  const rows = await db.query<GrantRow>(
    `SELECT ${GRANT} FROM application_report_grants g WHERE g.id = :id`,
    { id },
  );
  return theGrant(rows);
}

/** The grant behind a token, locked against revocation. @throws `applications.grant-not-found`. */
export async function getGrantByToken(tx: Tx, tokenHash: string): Promise<ReportGrant> {
  const rows = await tx.query<GrantRow>(
    `SELECT ${GRANT} FROM application_report_grants g WHERE g.token_hash = :tokenHash FOR SHARE`,
    { tokenHash },
  );
  return theGrant(rows);
}

export async function listGrants(
  db: Db,
  query: {
    readonly issuerIds: readonly Id<'iss'>[];
    readonly limit: number;
    readonly after?: string | undefined;
  },
): Promise<readonly ReportGrant[]> {
  const rows = await db.query<GrantRow>(
    `SELECT ${GRANT} FROM application_report_grants g
     WHERE g.issuer_id = ANY (:issuerIds) AND g.id > :after ORDER BY g.id LIMIT :limit`,
    { issuerIds: query.issuerIds, after: query.after ?? '', limit: query.limit },
  );
  return rows.map(grantOf);
}

export async function revokeGrant(tx: Tx, id: Id<'grt'>, at: Date): Promise<boolean> {
  const touched = await tx.execute(
    `UPDATE application_report_grants SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL`,
    { id, at },
  );
  return touched > 0;
}

/** A report that was handed out. */
export interface IssuedReport {
  readonly id: Id<'crp'>;
  readonly grantId: Id<'grt'>;
  readonly sha256: string;
  readonly keyId: string;
  readonly issuedAt: Date;
}

export async function insertReport(
  tx: Tx,
  report: IssuedReport & { readonly jwsEncrypted: string },
): Promise<void> {
  await tx.execute(
    `INSERT INTO application_reports (operator_id, id, grant_id, sha256, key_id, jws_encrypted,
       issued_at)
     VALUES (:operatorId, :id, :grantId, :sha256, :keyId, :jwsEncrypted, :issuedAt)`,
    { ...report, operatorId: tx.scope.operatorId },
  );
}

/** What was handed out under a grant, oldest first. */
export async function listReports(db: Db, grantId: Id<'grt'>): Promise<readonly IssuedReport[]> {
  const rows = await db.query<{
    id: Id<'crp'>;
    grant_id: Id<'grt'>;
    sha256: string;
    key_id: string;
    issued_at: Date;
  }>(
    `SELECT r.id, r.grant_id, r.sha256, r.key_id, r.issued_at FROM application_reports r
     WHERE r.grant_id = :grantId ORDER BY r.id LIMIT 100`,
    { grantId },
  );
  return rows.map((row) => ({
    id: row.id,
    grantId: row.grant_id,
    sha256: row.sha256,
    keyId: row.key_id,
    issuedAt: row.issued_at,
  }));
}

interface GrantRow {
  id: Id<'grt'>;
  issuer_id: Id<'iss'>;
  party_id: Id<'pty'>;
  recipient: string;
  purpose: string;
  parts: readonly ReportPart[];
  granted_by: string;
  granted_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

function theGrant(rows: readonly GrantRow[]): ReportGrant {
  const [row] = rows;
  if (row === undefined) throw applicationProblem('grant-not-found');
  return grantOf(row);
}

function grantOf(row: GrantRow): ReportGrant {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    partyId: row.party_id,
    recipient: row.recipient,
    purpose: row.purpose,
    parts: row.parts,
    grantedBy: row.granted_by,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
