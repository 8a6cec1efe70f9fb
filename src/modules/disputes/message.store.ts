import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import { disputeProblem } from './errors';
import type { DisputeDocument, Message } from './message';

/** What the sides of a dispute wrote and brought, sealed. */
export class MessageStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** @returns the message with its number; who writes holds the complaint. */
  async insert(tx: Tx, id: Id<'cpl'>, said: Omit<Message, 'no'>): Promise<Message> {
    const [row] = await tx.query<{ no: number }>(
      `SELECT 1 + count(*)::int AS no FROM dispute_messages m
       WHERE m.operator_id = :operatorId AND m.complaint_id = :id`,
      { operatorId: operatorIdOf(tx), id },
    );
    const { no } = must(row, 'the number of the message');
    const { side, kind, text, by, at } = said;
    await tx.execute(
      `INSERT INTO dispute_messages (operator_id, complaint_id, no, side, kind, text_encrypted, by,
         at)
       VALUES (:operatorId, :id, :no, :side, :kind, :text, :by, :at)`,
      {
        operatorId: operatorIdOf(tx),
        id,
        no,
        side,
        kind,
        text: this.cipher.seal(text, messageAddress(id, no)),
        by,
        at,
      },
    );
    return { ...said, no };
  }

  /** In their order; one more than the limit. */
  async list(
    db: Db,
    of: { readonly id: Id<'cpl'>; readonly after: number; readonly limit: number },
  ): Promise<readonly Message[]> {
    const rows = await db.query<Message>(
      `SELECT m.no, m.side, m.kind, m.text_encrypted AS text, m.by, m.at FROM dispute_messages m
       WHERE m.operator_id = :operatorId AND m.complaint_id = :id AND m.no > :after
       ORDER BY m.no LIMIT :limit`,
      { operatorId: operatorIdOf(db), ...of, limit: of.limit + 1 },
    );
    return rows.map((row) => ({
      ...row,
      text: this.cipher.open(row.text, messageAddress(of.id, row.no)),
    }));
  }

  async insertDocument(
    tx: Tx,
    id: Id<'cpl'>,
    { content, ...document }: DisputeDocument & { readonly content: Buffer },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO dispute_documents (operator_id, id, complaint_id, side, title, content_type,
         sha256, size_bytes, content_encrypted, uploaded_by, uploaded_at)
       VALUES (:operatorId, :documentId, :id, :side, :title, :contentType, :sha256, :sizeBytes,
         :content, :uploadedBy, :uploadedAt)`,
      {
        operatorId: operatorIdOf(tx),
        ...document,
        id,
        documentId: document.id,
        content: this.cipher.seal(content.toString('base64'), documentAddress(document.id)),
      },
    );
  }

  /** @throws Problem `disputes.document-not-found`. */
  async readDocument(
    db: Db,
    { id, documentId }: { readonly id: Id<'cpl'>; readonly documentId: Id<'doc'> },
  ): Promise<DisputeDocument & { readonly content: Buffer }> {
    const [row] = await db.query<DisputeDocument & { sealed: string }>(
      `SELECT ${DOCUMENT}, d.content_encrypted AS sealed FROM dispute_documents d
       WHERE d.operator_id = :operatorId AND d.complaint_id = :id AND d.id = :documentId`,
      { operatorId: operatorIdOf(db), id, documentId },
    );
    if (!row) throw disputeProblem('document-not-found');
    const { sealed, ...document } = row;
    const text = this.cipher.open(sealed, documentAddress(documentId));
    return { ...document, content: Buffer.from(text, 'base64') };
  }
}

export async function listDocuments(db: Db, id: Id<'cpl'>): Promise<readonly DisputeDocument[]> {
  return db.query<DisputeDocument>(
    `SELECT ${DOCUMENT} FROM dispute_documents d
     WHERE d.operator_id = :operatorId AND d.complaint_id = :id ORDER BY d.id`,
    { operatorId: operatorIdOf(db), id },
  );
}

const DOCUMENT = `d.id, d.side, d.title, d.content_type AS "contentType", d.sha256,
  d.size_bytes AS "sizeBytes", d.uploaded_by AS "uploadedBy", d.uploaded_at AS "uploadedAt"`;

function messageAddress(id: Id<'cpl'>, no: number) {
  return { table: 'dispute_messages', column: 'text_encrypted', rowId: `${id}/${no}` };
}

function documentAddress(id: Id<'doc'>) {
  return { table: 'dispute_documents', column: 'content_encrypted', rowId: id };
}
