import { createHash } from 'node:crypto';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { requireStatus } from './application';
import { LARGEST_DOCUMENT, type ApplicationDocument, type DocumentKind } from './document';
import { applicationProblem } from './errors';
import * as evidence from './evidence.store';
import type { ApplicationDeps } from './ports';
import * as store from './store';

export interface DocumentUpload {
  readonly kind: DocumentKind;
  readonly title: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** The borrower's evidence: kept sealed, known by its hash. */
export class ApplicationDocuments {
  constructor(
    private readonly deps: Pick<ApplicationDeps, 'clock' | 'newId' | 'audit' | 'cipher'>,
  ) {}

  /**
   * Keeps a document. While a person reviews the application, what was missing can still come.
   *
   * @throws Problem `applications.document-too-large`, `applications.document-repeated`,
   *   `applications.wrong-status`.
   */
  async add(tx: Tx, id: Id<'app'>, upload: DocumentUpload): Promise<ApplicationDocument> {
    const { clock, newId, audit, cipher } = this.deps;
    const application = await store.getApplicationAndLock(tx, id);
    requireStatus(application, ['draft', 'submitted', 'referred'], 'adding a document');
    const { content, ...said } = upload;
    if (content.length > LARGEST_DOCUMENT) {
      throw applicationProblem('document-too-large', {
        detail: `It has ${content.length} bytes; ${LARGEST_DOCUMENT} are the most.`,
      });
    }
    const document: ApplicationDocument = {
      ...said,
      id: newId('doc'),
      sha256: createHash('sha256').update(content).digest('hex'),
      sizeBytes: content.length,
      uploadedAt: clock.now(),
    };
    const contentEncrypted = cipher.seal(content.toString('base64'), address(document.id));
    await evidence.insertDocument(tx, id, { ...document, contentEncrypted });
    await audit.record(tx, {
      action: 'application.document-added',
      subject: id,
      details: { document: document.id, kind: document.kind, sha256: document.sha256 },
    });
    return document;
  }

  async list(db: Db, id: Id<'app'>): Promise<readonly ApplicationDocument[]> {
    return evidence.listDocuments(db, id);
  }

  /** The bytes in clear; every reading is recorded. @throws `applications.document-not-found`. */
  async read(
    tx: Tx,
    id: Id<'app'>,
    documentId: Id<'doc'>,
  ): Promise<ApplicationDocument & { readonly content: Buffer }> {
    const { contentEncrypted, ...document } = await evidence.getDocument(tx, id, documentId);
    const text = this.deps.cipher.open(contentEncrypted, address(documentId));
    await this.deps.audit.record(tx, {
      action: 'application.document-read',
      subject: id,
      details: { document: documentId },
    });
    return { ...document, content: Buffer.from(text, 'base64') };
  }
}

function address(id: Id<'doc'>) {
  return { table: 'application_documents', column: 'content_encrypted', rowId: id };
}
