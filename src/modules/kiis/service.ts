import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { sealPdf, type RenderedText, type Seal } from '../../platform/pdf';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { FinancialsService, IssuerService } from '../issuers';
import type {
  OfferingDocument,
  OfferingInForce,
  OfferingService,
  OfferingViewing,
  Viewer,
} from '../offerings';
import { kiisProblem } from './errors';
import { missingWords, pointsOf, type KiisKind, type KiisModel, type KiisModels } from './model';
import { renderSheet } from './sheet-pdf.service';
import { kindOf, sheetOf, type KiisText, type Sheet } from './sheet';
import type { KiisFacts } from './stated';
import * as store from './store';
import { sheetJson, textHash, type DrawnSheet, type WrittenText } from './written';

export interface KiisDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly seal: Seal;
  readonly models: KiisModels;
  readonly operators: OperatorDirectory;
  readonly issuers: Pick<IssuerService, 'get' | 'nameOf' | 'peopleOf'>;
  readonly financials: Pick<FinancialsService, 'list'>;
  readonly offerings: OfferingService;
  readonly viewing: OfferingViewing;
  /** Where somebody may go with a complaint who is not content with the operator's answer. */
  readonly redressOf: (db: Db) => string;
}

/** How far the sheet of a draft is. */
export interface KiisState {
  readonly model: KiisModel;
  readonly kind: KiisKind;
  readonly text: WrittenText | undefined;
  /** Points that still need words. */
  readonly missing: readonly string[];
  /** How many pages it would take now. */
  readonly pages: number;
  readonly drawn:
    | (DrawnSheet & {
        readonly document: OfferingDocument;
        /** Whether it says what a new one would say. */
        readonly isCurrent: boolean;
      })
    | undefined;
}

/** A sheet for whoever may see the offering; one that was not drawn up has no hash. */
export interface ShownSheet {
  readonly sheet: Sheet;
  readonly sha256: string | undefined;
}

const EMPTY: KiisText = { language: 'en', words: {} };
const MOST_YEARS = 3;

/** The key investment information sheet of an offering, from the issuer's words to the sealed PDF. */
export class KiisService {
  constructor(private readonly deps: KiisDeps) {}

  /**
   * Keeps what the issuer says as the next version; the whole of it, not only what is new.
   *
   * @throws Problem `kiis.not-asked-for`, `kiis.wrong-status`, `kiis.unknown-point`, `kiis.too-long`.
   */
  async write(tx: Tx, id: Id<'off'>, text: KiisText): Promise<WrittenText> {
    const found = await this.deps.offerings.lockInForce(tx, id);
    const model = this.requireModel(tx, found);
    requireDraft(found);
    requireKnownPoints(model, found, text);
    await this.render(model, sheetOf(model, await this.factsOf(tx, found), text));
    const before = await store.findText(tx, id);
    const written: WrittenText = {
      ...text,
      version: (before?.version ?? 0) + 1,
      sha256: textHash(text),
      writtenAt: this.deps.clock.now(),
      writtenBy: tx.scope.actor.id,
    };
    await store.insertText(tx, id, written);
    const { version, sha256 } = written;
    const details = { version, sha256 };
    await this.deps.audit.record(tx, { action: 'kiis.written', subject: id, details });
    return written;
  }

  /**
   * Draws the sheet up, seals it and makes it the offering's document, in the place of one drawn up
   * before: who subscribes acknowledges its hash.
   *
   * @throws Problem `kiis.not-asked-for`, `kiis.wrong-status`, `kiis.incomplete`, `kiis.too-long`.
   */
  async drawUp(tx: Tx, id: Id<'off'>): Promise<DrawnSheet & { document: OfferingDocument }> {
    const { clock, offerings, seal, audit } = this.deps;
    const found = await offerings.lockInForce(tx, id);
    const model = this.requireModel(tx, found);
    requireDraft(found);
    const text = await store.findText(tx, id);
    const missing = missingWords(model, kindOf(found.version), text?.words ?? {});
    if (!text || missing.length > 0) {
      throw kiisProblem('incomplete', { detail: `Nothing is said of: ${missing.join(', ')}.` });
    }
    const sheet = sheetOf(model, await this.factsOf(tx, found), text);
    const { bytes, pages } = await this.render(model, sheet);
    const drawnAt = clock.now();
    const former = await this.findDrawn(tx, found);
    if (former) await offerings.removeDocument(tx, id, former.documentId);
    const document = await offerings.addDocument(tx, id, {
      kind: 'kiis',
      title: model.title,
      mustAcknowledge: true,
      contentType: 'application/pdf',
      content: sealPdf(bytes, { seal, at: drawnAt, reason: 'Drawn up' }),
    });
    const content = sheetJson(sheet);
    const drawn = { documentId: document.id, textVersion: text.version, content, pages, drawnAt };
    await store.insertSheet(tx, id, { ...drawn, drawnBy: tx.scope.actor.id });
    const details = { documentId: document.id, sha256: document.sha256, pages };
    await audit.record(tx, { action: 'kiis.drawn-up', subject: id, details });
    return { ...drawn, sheet, document };
  }

  /** @throws Problem `kiis.not-asked-for`, `offerings.not-found`. */
  async stateOf(db: Db, id: Id<'off'>): Promise<KiisState> {
    const found = await this.deps.offerings.get(db, id);
    const model = this.requireModel(db, found);
    const text = await store.findText(db, id);
    const sheet = sheetOf(model, await this.factsOf(db, found), text ?? EMPTY);
    const { pages } = await this.render(model, sheet);
    const drawn = await this.findDrawn(db, found);
    const isCurrent = drawn?.content === sheetJson(sheet);
    return {
      model,
      kind: kindOf(found.version),
      text,
      missing: missingWords(model, kindOf(found.version), text?.words ?? {}),
      pages,
      drawn: drawn && { ...drawn, isCurrent },
    };
  }

  /**
   * The sheet of the version in force: as it was drawn up, or, of a draft, as it would be.
   *
   * @throws Problem `offerings.not-found` for what the viewer may not see, `kiis.not-found`.
   */
  async see(db: Db, id: Id<'off'>, viewer: Viewer): Promise<ShownSheet> {
    const found = await this.deps.viewing.see(db, id, viewer);
    if (found.offering.status === 'draft') {
      return { sheet: await this.previewOf(db, found), sha256: undefined };
    }
    const { sheet, document } = await this.requireDrawn(db, found);
    return { sheet, sha256: document.sha256 };
  }

  /** The same as a PDF: sealed, byte for byte what is acknowledged, unless it is of a draft. @throws as `see`. */
  async pdf(
    db: Db,
    id: Id<'off'>,
    viewer: Viewer,
  ): Promise<{ readonly bytes: Buffer; readonly sha256: string | undefined }> {
    const found = await this.deps.viewing.see(db, id, viewer);
    if (found.offering.status === 'draft') {
      const sheet = await this.previewOf(db, found);
      const title = `Draft. ${sheet.title}`;
      const { bytes } = await this.render(this.requireModel(db, found), { ...sheet, title });
      return { bytes, sha256: undefined };
    }
    const { document } = await this.requireDrawn(db, found);
    const { content } = await this.deps.viewing.document(db, id, document.id);
    return { bytes: content, sha256: document.sha256 };
  }

  private async previewOf(db: Db, found: OfferingInForce): Promise<Sheet> {
    const model = this.requireModel(db, found);
    const text = await store.findText(db, found.offering.id);
    return sheetOf(model, await this.factsOf(db, found), text ?? EMPTY);
  }

  /** @throws Problem `kiis.too-long`. */
  private async render(model: KiisModel, sheet: Sheet): Promise<RenderedText> {
    return renderSheet(sheet, { ...model, madeAt: this.deps.clock.now() });
  }

  private async findDrawn(db: Db, { offering, version }: OfferingInForce) {
    const sheets = version.documents.filter(({ kind }) => kind === 'kiis');
    const ids = sheets.map(({ id }) => id);
    const drawn = await store.findSheet(db, offering.id, ids);
    const document = sheets.find(({ id }) => id === drawn?.documentId);
    return drawn && document && { ...drawn, document };
  }

  private async requireDrawn(db: Db, found: OfferingInForce) {
    const drawn = await this.findDrawn(db, found);
    if (!drawn) throw kiisProblem('not-found');
    return drawn;
  }

  private requireModel(db: Db, { offering }: OfferingInForce): KiisModel {
    const { rulebook } = this.deps.offerings.regimeOf(db);
    const model = this.deps.models.of(rulebook.id);
    if (model && (offering.kind === 'equity' || offering.kind === 'loan')) return model;
    throw kiisProblem('not-asked-for');
  }

  private async factsOf(db: Db, { offering, version }: OfferingInForce): Promise<KiisFacts> {
    const { operators, issuers, financials, offerings, redressOf } = this.deps;
    const issuer = await issuers.get(db, offering.issuerId);
    const years = await financials.list(db, offering.issuerId);
    return {
      operator: operators.get(operatorIdOf(db)),
      offering,
      terms: version.terms,
      issuer,
      issuerName: await issuers.nameOf(db, issuer),
      people: await issuers.peopleOf(db, issuer.id),
      years: years
        .filter(({ verifiedAt }) => verifiedAt !== undefined)
        .toSorted((a, b) => (a.fiscalYearEndsOn < b.fiscalYearEndsOn ? 1 : -1))
        .slice(0, MOST_YEARS),
      completedOfferings: await offerings.countSettled(db, issuer.id),
      redress: redressOf(db),
    };
  }
}

function requireDraft({ offering: { status } }: OfferingInForce): void {
  if (status === 'draft') return;
  throw kiisProblem('wrong-status', { detail: `The offering is ${status}.` });
}

function requireKnownPoints(model: KiisModel, { version }: OfferingInForce, text: KiisText): void {
  const known = new Set(pointsOf(model, kindOf(version)).map(({ id }) => id));
  const unknown = Object.keys(text.words).filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw kiisProblem('unknown-point', {
    detail: `It asks nothing of: ${unknown.join(', ')}.`,
    errors: unknown.map((id) => ({ pointer: `#/words/${id}`, detail: 'There is no such point.' })),
  });
}
