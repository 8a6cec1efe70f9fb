import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { offeringProblem } from './errors';

/** The bytes of a document as they were uploaded. */
export interface DocumentContent {
  readonly id: Id<'doc'>;
  readonly contentType: string;
  readonly sha256: string;
  readonly content: Buffer;
}

export async function insertDocument(
  tx: Tx,
  offeringId: Id<'off'>,
  document: DocumentContent & { readonly uploadedAt: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_documents (operator_id, offering_id, id, content_type, sha256, content,
                                     uploaded_at, uploaded_by)
     VALUES (:operatorId, :offeringId, :id, :contentType, :sha256, :content, :uploadedAt,
             :uploadedBy)`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      ...document,
      uploadedBy: tx.scope.actor.id,
    },
  );
}

/** @throws Problem `offerings.document-not-found`. */
export async function getDocument(
  db: Db,
  offeringId: Id<'off'>,
  id: Id<'doc'>,
): Promise<DocumentContent> {
  const rows = await db.query<{ content_type: string; sha256: string; content: Buffer }>(
    `SELECT d.content_type, d.sha256, d.content FROM offering_documents d
     WHERE d.offering_id = :offeringId AND d.id = :id`,
    { offeringId, id },
  );
  const [row] = rows;
  if (!row) throw offeringProblem('document-not-found');
  return { id, contentType: row.content_type, sha256: row.sha256, content: row.content };
}

/** What a reviewer said of one version. */
export interface Review {
  readonly version: number;
  readonly verdict: 'approved' | 'rejected';
  readonly note: string;
  readonly reviewer: string;
  readonly reviewedAt: Date;
}

export async function insertReview(tx: Tx, offeringId: Id<'off'>, review: Review): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_reviews (operator_id, offering_id, position, version, verdict, note,
                                   reviewer, reviewed_at)
     SELECT :operatorId, :offeringId, coalesce(max(r.position), 0) + 1, :version, :verdict, :note,
            :reviewer, :reviewedAt
     FROM offering_reviews r WHERE r.offering_id = :offeringId`,
    { operatorId: tx.scope.operatorId, offeringId, ...review },
  );
}

export async function listReviews(db: Db, offeringId: Id<'off'>): Promise<readonly Review[]> {
  const rows = await db.query<{
    version: number;
    verdict: Review['verdict'];
    note: string;
    reviewer: string;
    reviewed_at: Date;
  }>(
    `SELECT r.version, r.verdict, r.note, r.reviewer, r.reviewed_at FROM offering_reviews r
     WHERE r.offering_id = :offeringId ORDER BY r.position LIMIT 1000`,
    { offeringId },
  );
  return rows.map((row) => ({
    version: row.version,
    verdict: row.verdict,
    note: row.note,
    reviewer: row.reviewer,
    reviewedAt: row.reviewed_at,
  }));
}

/** A change of terms or deadline that investors were told of. */
export interface AnnouncedChange {
  readonly version: number;
  readonly kind: 'material' | 'early-close';
  readonly fields: readonly string[];
  readonly announcedAt: Date;
  /** Until when whoever subscribed before must reconfirm; absent when nobody must. */
  readonly reconfirmBy: Date | undefined;
}

export async function insertChange(
  tx: Tx,
  offeringId: Id<'off'>,
  change: AnnouncedChange,
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_changes (operator_id, offering_id, version, kind, fields, announced_at,
                                   reconfirm_by)
     VALUES (:operatorId, :offeringId, :version, :kind, :fields, :announcedAt, :reconfirmBy)`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      ...change,
      reconfirmBy: change.reconfirmBy,
    },
  );
}

export async function listChanges(
  db: Db,
  offeringId: Id<'off'>,
): Promise<readonly AnnouncedChange[]> {
  const rows = await db.query<{
    version: number;
    kind: AnnouncedChange['kind'];
    fields: readonly string[];
    announced_at: Date;
    reconfirm_by: Date | null;
  }>(
    `SELECT c.version, c.kind, c.fields, c.announced_at, c.reconfirm_by FROM offering_changes c
     WHERE c.offering_id = :offeringId ORDER BY c.version LIMIT 1000`,
    { offeringId },
  );
  return rows.map((row) => ({
    version: row.version,
    kind: row.kind,
    fields: row.fields,
    announcedAt: row.announced_at,
    reconfirmBy: row.reconfirm_by ?? undefined,
  }));
}
