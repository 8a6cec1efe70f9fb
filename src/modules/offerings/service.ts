import { createHash } from 'node:crypto';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { CapRow } from '../caps';
import { listClaims } from './claim.store';
import type { DocumentKind, OfferingDocument } from './document';
import { offeringProblem } from './errors';
import * as evidence from './evidence.store';
import { fitsKind, loanTerms, type LoanRequest } from './loan-terms';
import { requireStatus, type Offering, type OfferingBook, type OfferingKind } from './offering';
import type { OfferingDeps } from './ports';
import { countSettled } from './queries';
import { ReadinessService, type Readiness, type Regime } from './readiness.service';
import { reasonFindings, type Reason } from './reason';
import { OfferingSteps } from './steps.service';
import * as store from './store';
import type { OfferingVersion } from './store';
import type { OfferingTerms } from './terms';

/** An offering with the version of its terms that is in force. */
export interface OfferingInForce {
  readonly offering: Offering;
  readonly version: OfferingVersion;
}

export interface OfferingDraft {
  readonly issuerId: Id<'iss'>;
  readonly kind: OfferingKind;
  readonly terms: OfferingTerms;
  readonly externalId?: string | undefined;
}

export interface DocumentUpload {
  readonly kind: DocumentKind;
  readonly title: string;
  readonly mustAcknowledge: boolean;
  readonly contentType: string;
  readonly content: Buffer;
}

/** The most bytes of one document. */
export const LARGEST_DOCUMENT = 200 * 1024;

/** Drafts of offerings, their documents and their review; and reading any offering. */
export class OfferingService {
  private readonly steps: OfferingSteps;
  private readonly readiness: ReadinessService;

  constructor(private readonly deps: OfferingDeps) {
    this.steps = new OfferingSteps(deps);
    this.readiness = new ReadinessService(deps);
  }

  /**
   * @throws Problem `offerings.duplicate-external-id`, `offerings.wrong-instrument`, and not-found
   *   for an unknown issuer.
   */
  async create(
    tx: Tx,
    draft: OfferingDraft,
    uploads: readonly DocumentUpload[] = [],
  ): Promise<OfferingInForce> {
    const { clock, newId, issuers } = this.deps;
    const now = clock.now();
    requireFitting(draft.kind, draft.terms);
    await issuers.get(tx, draft.issuerId);
    const offering: Offering = {
      id: newId('off'),
      issuerId: draft.issuerId,
      kind: draft.kind,
      status: 'draft',
      version: 1,
      title: draft.terms.title,
      externalId: draft.externalId,
      createdAt: now,
      updatedAt: now,
    };
    await store.insertOffering(tx, offering);
    const documents: OfferingDocument[] = [];
    for (const upload of uploads) {
      documents.push(await this.keepDocument(tx, offering.id, upload));
    }
    const version = await this.record(tx, offering, {
      terms: draft.terms,
      documents,
      reason: 'First draft',
    });
    await store.insertTransition(tx, offering.id, {
      from: undefined,
      to: 'draft',
      reason: 'Created',
      happenedAt: now,
    });
    await this.steps.announce(tx, offering, {
      type: 'offering.created',
      details: { issuerId: draft.issuerId },
    });
    return { offering, version };
  }

  /**
   * Drafts the offering of a loan: what an accepted offer to a borrower becomes. Its borrower's
   * caps are reserved when it is published, as any issuer's are.
   *
   * @throws as `create`, and `offerings.document-too-large`.
   */
  async createLoan(
    tx: Tx,
    request: LoanRequest,
    documents: readonly DocumentUpload[] = [],
  ): Promise<OfferingInForce> {
    const draft = {
      issuerId: request.borrowerId,
      kind: 'loan' as const,
      terms: loanTerms(request),
      externalId: request.externalId,
    };
    return this.create(tx, draft, documents);
  }

  /**
   * Replaces the terms of a draft, as a new version.
   *
   * @throws Problem `offerings.wrong-status`, `offerings.wrong-instrument`,
   *   `offerings.stale-version` when it was changed since `basedOn`.
   */
  async editDraft(
    tx: Tx,
    id: Id<'off'>,
    edit: { readonly basedOn: number; readonly terms: OfferingTerms },
  ): Promise<OfferingInForce> {
    const { offering, version } = await this.lockDraft(tx, id);
    if (edit.basedOn !== offering.version) {
      throw offeringProblem('stale-version', { detail: `It is at version ${offering.version}.` });
    }
    requireFitting(offering.kind, edit.terms);
    return this.revise(tx, offering, {
      terms: edit.terms,
      documents: version.documents,
      reason: 'Draft edited',
    });
  }

  /**
   * Keeps a document's bytes and adds it to the draft.
   *
   * @throws Problem `offerings.wrong-status`, `offerings.document-too-large`.
   */
  async addDocument(tx: Tx, id: Id<'off'>, upload: DocumentUpload): Promise<OfferingDocument> {
    const { offering, version } = await this.lockDraft(tx, id);
    const document = await this.keepDocument(tx, id, upload);
    await this.revise(tx, offering, {
      terms: version.terms,
      documents: [...version.documents, document],
      reason: `Document added: ${document.title}`,
    });
    return document;
  }

  /** Takes a document out of the draft. Its bytes stay: evidence is never deleted. */
  async removeDocument(tx: Tx, id: Id<'off'>, documentId: Id<'doc'>): Promise<OfferingInForce> {
    const { offering, version } = await this.lockDraft(tx, id);
    const document = version.documents.find((each) => each.id === documentId);
    if (!document) throw offeringProblem('document-not-found');
    return this.revise(tx, offering, {
      terms: version.terms,
      documents: version.documents.filter((each) => each.id !== documentId),
      reason: `Document removed: ${document.title}`,
    });
  }

  /** Keeps a document's bytes without changing any version: for a change of terms to name. */
  async keepDocument(tx: Tx, id: Id<'off'>, upload: DocumentUpload): Promise<OfferingDocument> {
    const { clock, newId } = this.deps;
    if (upload.content.length > LARGEST_DOCUMENT) {
      throw offeringProblem('document-too-large', {
        detail: `It has ${upload.content.length} bytes; ${LARGEST_DOCUMENT} are the most.`,
      });
    }
    const { kind, title, mustAcknowledge, contentType, content } = upload;
    const sha256 = createHash('sha256').update(content).digest('hex');
    const documentId = newId('doc');
    const uploadedAt = clock.now();
    await evidence.insertDocument(tx, id, {
      id: documentId,
      contentType,
      sha256,
      content,
      uploadedAt,
    });
    return { id: documentId, kind, title, sha256, mustAcknowledge };
  }

  /** Every condition that is not met yet for the offering to go public. */
  async reasonsAgainst(db: Db, id: Id<'off'>): Promise<readonly Reason[]> {
    const { offering, version } = await this.get(db, id);
    return (await this.readiness.judge(db, offering, version)).reasons;
  }

  /** Hands a draft in for review. @throws Problem `offerings.not-ready`, `offerings.wrong-status`. */
  async submit(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const { offering, version } = await this.lockInForce(tx, id);
    requireStatus(offering, ['draft'], 'submitting');
    await this.requireReady(tx, offering, version);
    return this.handIn(tx, offering);
  }

  /** Hands in a draft that was found ready in this transaction, under the offering's lock. */
  async handIn(tx: Tx, offering: Offering): Promise<Offering> {
    return this.steps.take(tx, offering, {
      action: 'submit',
      reason: 'Submitted for review',
      details: { version: offering.version },
    });
  }

  /**
   * Signs the version under review off, so that it may be published.
   *
   * @throws Problem `offerings.four-eyes` for whoever wrote or submitted it,
   *   `offerings.not-ready`, `offerings.wrong-status`.
   */
  async approve(tx: Tx, id: Id<'off'>, note: string): Promise<Offering> {
    const { offering, version } = await this.lockInForce(tx, id);
    requireStatus(offering, ['in-review'], 'approving');
    const reviewer = tx.scope.actor.id;
    const submitter = await store.findMover(tx, id, 'in-review');
    if (reviewer === submitter || reviewer === version.recordedBy) {
      throw offeringProblem('four-eyes');
    }
    await this.requireReady(tx, offering, version);
    await this.review(tx, offering, { verdict: 'approved', note });
    await this.steps.announce(tx, offering, {
      type: 'offering.approved',
      details: { version: offering.version },
    });
    return offering;
  }

  /** Sends the offering back to its issuer, as a draft. @throws Problem `offerings.wrong-status`. */
  async reject(tx: Tx, id: Id<'off'>, note: string): Promise<Offering> {
    const offering = await store.getOfferingAndLock(tx, id);
    requireStatus(offering, ['in-review'], 'rejecting');
    await this.review(tx, offering, { verdict: 'rejected', note });
    return this.steps.take(tx, offering, { action: 'reject', reason: note });
  }

  /** @throws Problem `offerings.not-found`. */
  async get(db: Db, id: Id<'off'>): Promise<OfferingInForce> {
    const offering = await store.getOffering(db, id);
    return { offering, version: await store.getVersion(db, id, offering.version) };
  }

  /** @throws Problem `offerings.not-found` when there is no such version. */
  async getVersion(db: Db, id: Id<'off'>, version: number): Promise<OfferingVersion> {
    return store.getVersion(db, id, version);
  }

  async listVersions(db: Db, id: Id<'off'>): Promise<readonly OfferingVersion[]> {
    return store.listVersions(db, id);
  }

  async findByExternalId(db: Db, externalId: string): Promise<Offering | undefined> {
    return store.findByExternalId(db, externalId);
  }

  async findBook(db: Db, id: Id<'off'>): Promise<OfferingBook | undefined> {
    return store.findBook(db, id);
  }

  /** How many offerings of an issuer were settled with this operator. */
  async countSettled(db: Db, issuerId: Id<'iss'>): Promise<number> {
    return countSettled(db, issuerId);
  }

  /** The offering, locked against every other step; orders are not held up. */
  async lockInForce(tx: Tx, id: Id<'off'>): Promise<OfferingInForce> {
    const offering = await store.getOfferingAndLock(tx, id);
    return { offering, version: await store.getVersion(tx, id, offering.version) };
  }

  /** The issuer's caps it counts against, or would: those that its publication reserved. */
  async listIssuerCaps(db: Db, id: Id<'off'>): Promise<readonly CapRow[]> {
    return (await listClaims(db, id)).map(({ subject, capKey }) => ({ subject, capKey }));
  }

  /** The operator, rulebook and calendar the offerings of this scope stand under. */
  regimeOf(db: Db): Regime {
    return this.readiness.regimeOf(db);
  }

  /** @throws Problem `offerings.not-ready` with every reason. */
  async requireReady(
    db: Db,
    offering: Offering,
    version: Pick<OfferingVersion, 'terms' | 'documents'>,
  ): Promise<Readiness> {
    const readiness = await this.readiness.judge(db, offering, version);
    const { reasons } = readiness;
    if (reasons.length > 0) throw notReady(reasons);
    return readiness;
  }

  private async lockDraft(tx: Tx, id: Id<'off'>): Promise<OfferingInForce> {
    const found = await this.lockInForce(tx, id);
    requireStatus(found.offering, ['draft'], 'editing');
    return found;
  }

  private async revise(
    tx: Tx,
    offering: Offering,
    content: Pick<OfferingVersion, 'terms' | 'documents' | 'reason'>,
  ): Promise<OfferingInForce> {
    const revised: Offering = {
      ...offering,
      version: offering.version + 1,
      title: content.terms.title,
      updatedAt: this.deps.clock.now(),
    };
    const version = await this.record(tx, revised, content);
    await store.updateOffering(tx, revised);
    return { offering: revised, version };
  }

  private async record(
    tx: Tx,
    offering: Offering,
    content: Pick<OfferingVersion, 'terms' | 'documents' | 'reason'>,
  ): Promise<OfferingVersion> {
    const version: OfferingVersion = {
      version: offering.version,
      ...content,
      recordedAt: this.deps.clock.now(),
      recordedBy: tx.scope.actor.id,
    };
    await store.insertVersion(tx, offering.id, version);
    return version;
  }

  private async review(
    tx: Tx,
    offering: Offering,
    { verdict, note }: { readonly verdict: 'approved' | 'rejected'; readonly note: string },
  ): Promise<void> {
    await evidence.insertReview(tx, offering.id, {
      version: offering.version,
      verdict,
      note,
      reviewer: tx.scope.actor.id,
      reviewedAt: this.deps.clock.now(),
    });
  }
}

function requireFitting(kind: OfferingKind, terms: OfferingTerms): void {
  if (fitsKind(kind, terms)) return;
  throw offeringProblem('wrong-instrument', {
    detail: `An offering of kind ${kind} issues no ${terms.instrument.kind}.`,
  });
}

/** Problem `offerings.not-ready` that carries every reason. */
export function notReady(reasons: readonly Reason[]) {
  return offeringProblem('not-ready', {
    detail: reasons.map((reason) => reason.message).join(' '),
    findings: reasonFindings(reasons),
  });
}
