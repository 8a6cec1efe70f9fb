import { createHash } from 'node:crypto';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { requireOpen, type Side } from './complaint';
import { disputeProblem } from './errors';
import { LARGEST_DOCUMENT, MOST_DOCUMENTS, type DisputeDocument, type Message } from './message';
import { listDocuments, MessageStore } from './message.store';
import type { DisputeDeps } from './ports';
import { ComplaintStore } from './store';

export interface DisputeUpload {
  readonly side: Side;
  readonly title: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** What the sides say to each other, and the evidence they bring. */
export class DisputeMessages {
  private readonly messages: MessageStore;
  private readonly complaints: ComplaintStore;

  constructor(
    private readonly deps: Pick<DisputeDeps, 'clock' | 'newId' | 'audit' | 'outbox' | 'cipher'>,
  ) {
    this.messages = new MessageStore(deps.cipher);
    this.complaints = new ComplaintStore(deps.cipher);
  }

  /** @throws Problem `disputes.complaint-not-found`, `disputes.complaint-status`. */
  async write(
    tx: Tx,
    id: Id<'cpl'>,
    { side, text }: { readonly side: Side; readonly text: string },
  ): Promise<Message> {
    requireOpen(await this.complaints.lock(tx, id));
    const said = { side, text, kind: 'message', by: tx.scope.actor.id } as const;
    const message = await this.messages.insert(tx, id, { ...said, at: this.deps.clock.now() });
    const payload = { no: message.no, side };
    await this.deps.outbox.publish(tx, { type: 'dispute.message', subject: id, payload });
    return message;
  }

  async list(db: Db, of: Parameters<MessageStore['list']>[1]): Promise<readonly Message[]> {
    return this.messages.list(db, of);
  }

  /**
   * Keeps a document sealed.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.document-too-large`,
   *   `disputes.too-many-documents`.
   */
  async add(tx: Tx, id: Id<'cpl'>, upload: DisputeUpload): Promise<DisputeDocument> {
    const { clock, newId, audit } = this.deps;
    requireOpen(await this.complaints.lock(tx, id));
    const { content, ...said } = upload;
    if (content.length > LARGEST_DOCUMENT) {
      throw disputeProblem('document-too-large', {
        detail: `It has ${content.length} bytes; ${LARGEST_DOCUMENT} are the most.`,
      });
    }
    if ((await listDocuments(tx, id)).length >= MOST_DOCUMENTS) {
      throw disputeProblem('too-many-documents', { detail: `${MOST_DOCUMENTS} are the most.` });
    }
    const document: DisputeDocument = {
      ...said,
      id: newId('doc'),
      sha256: createHash('sha256').update(content).digest('hex'),
      sizeBytes: content.length,
      uploadedBy: tx.scope.actor.id,
      uploadedAt: clock.now(),
    };
    await this.messages.insertDocument(tx, id, { ...document, content });
    await audit.record(tx, {
      action: 'dispute.document-added',
      subject: id,
      details: { document: document.id, side: document.side, sha256: document.sha256 },
    });
    return document;
  }

  async documents(db: Db, id: Id<'cpl'>): Promise<readonly DisputeDocument[]> {
    return listDocuments(db, id);
  }

  /** The bytes in clear; every reading is recorded. @throws `disputes.document-not-found`. */
  async read(
    tx: Tx,
    of: { readonly id: Id<'cpl'>; readonly documentId: Id<'doc'> },
  ): Promise<DisputeDocument & { readonly content: Buffer }> {
    const document = await this.messages.readDocument(tx, of);
    await this.deps.audit.record(tx, {
      action: 'dispute.document-read',
      subject: of.id,
      details: { document: of.documentId },
    });
    return document;
  }
}
