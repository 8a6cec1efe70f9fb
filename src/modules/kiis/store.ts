import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { Sheet } from './sheet';
import type { DrawnSheet, WrittenText } from './written';

export async function insertText(
  tx: Tx,
  offeringId: Id<'off'>,
  { words, ...text }: WrittenText,
): Promise<void> {
  await tx.execute(
    `INSERT INTO kiis_texts (operator_id, offering_id, version, language, words, sha256, written_at,
                             written_by)
     VALUES (:operatorId, :offeringId, :version, :language, :words, :sha256, :writtenAt, :writtenBy)`,
    { operatorId: tx.scope.operatorId, offeringId, ...text, words: JSON.stringify(words) },
  );
}

/** What was written last. */
export async function findText(db: Db, offeringId: Id<'off'>): Promise<WrittenText | undefined> {
  const [row] = await db.query<WrittenText>(
    `SELECT t.version, t.language, t.words, t.sha256, t.written_at AS "writtenAt",
            t.written_by AS "writtenBy"
     FROM kiis_texts t WHERE t.offering_id = :offeringId ORDER BY t.version DESC LIMIT 1`,
    { offeringId },
  );
  return row;
}

export async function insertSheet(
  tx: Tx,
  offeringId: Id<'off'>,
  sheet: Omit<DrawnSheet, 'sheet'> & { readonly drawnBy: string },
): Promise<void> {
  await tx.execute(
    `INSERT INTO kiis_sheets (operator_id, offering_id, document_id, text_version, content, pages,
                              drawn_at, drawn_by)
     VALUES (:operatorId, :offeringId, :documentId, :textVersion, :content, :pages, :drawnAt, :drawnBy)`,
    { operatorId: tx.scope.operatorId, offeringId, ...sheet },
  );
}

/** The sheet among these documents of an offering; none where all were made elsewhere. */
export async function findSheet(
  db: Db,
  offeringId: Id<'off'>,
  documentIds: readonly Id<'doc'>[],
): Promise<DrawnSheet | undefined> {
  const [row] = await db.query<Omit<DrawnSheet, 'sheet'>>(
    `SELECT s.document_id AS "documentId", s.text_version AS "textVersion", s.content, s.pages,
            s.drawn_at AS "drawnAt"
     FROM kiis_sheets s
     WHERE s.offering_id = :offeringId AND s.document_id = ANY (:documentIds)
     ORDER BY s.document_id DESC LIMIT 1`,
    { offeringId, documentIds },
  );
  return row && { ...row, sheet: JSON.parse(row.content) as Sheet };
}
