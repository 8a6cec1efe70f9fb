import type { Id } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { Issuer } from '../issuers';
import type { Offering, OfferingDraft, OfferingService } from '../offerings';
import { filingProblem } from './errors';
import type { FiledStatement } from './filed-statement';
import { filedOfferingStep, impliedOffering, knownOffering } from './filed-offering-step';
import { nameOfFiling, refused, type Filing, type ImportSettings, type Taken } from './filing';
import {
  externalIdsOf,
  isSameTerms,
  offeringRequest,
  priceText,
  revisedTerms,
} from './offering-request';
import { readDocument, readOffering } from './schema';

/** What an import knows by the time it comes to the offering. */
export interface FiledOfferingOrder {
  readonly statement: FiledStatement;
  readonly xml: string;
  readonly settings: ImportSettings;
  readonly issuer: Issuer;
  /** The issuer's filings that were taken in before. */
  readonly onFile: readonly Filing[];
}

export interface FiledOfferingOutcome {
  readonly id: Id<'off'>;
  readonly taken: readonly Taken[];
  readonly refused: readonly ReturnType<typeof refused>[];
  readonly assumed: readonly string[];
  /** What the offering still lacks before it may go public. */
  readonly missing: readonly string[];
}

interface Reading {
  readonly draft: OfferingDraft;
  readonly assumed: readonly string[];
}

/** The part of an import that concerns an offering. */
export class FiledOfferings {
  constructor(
    private readonly deps: {
      readonly operators: OperatorDirectory;
      readonly offerings: OfferingService;
    },
  ) {}

  /**
   * Drafts the offering of a filing, brings its draft up to date, or finds the one it reports on.
   * Everything is decided before anything is written, so that a refusal leaves no trace of it.
   */
  async take(tx: Tx, order: FiledOfferingOrder): Promise<FiledOfferingOutcome | Problem> {
    const { statement, onFile } = order;
    const found = await this.find(tx, order);
    if (found instanceof Problem) return found;
    const ofOffering = onFile.filter(({ offeringId }) => offeringId === found?.id);
    const step = filedOfferingStep(statement, found, ofOffering);
    if (step instanceof Problem) return step;
    if (found !== undefined && step === 'attach') return attached(found);
    const reading = this.read(tx, order);
    if (reading instanceof Problem) return reading;
    return found === undefined
      ? this.create(tx, order, reading)
      : this.revise(tx, order, { ...reading, id: found.id, ofOffering });
  }

  private async find(db: Db, order: FiledOfferingOrder): Promise<Offering | undefined | Problem> {
    const { statement, issuer, onFile } = order;
    const { offerings } = this.deps;
    const known = knownOffering(statement, onFile);
    if (known !== undefined) return (await offerings.get(db, known)).offering;
    for (const externalId of externalIdsOf(statement)) {
      const offering = await offerings.findByExternalId(db, externalId);
      if (offering === undefined) continue;
      if (offering.issuerId === issuer.id) return offering;
      return filingProblem('offering-of-another', {
        detail: `${externalId} is an offering of another issuer.`,
      });
    }
    const implied = impliedOffering(statement, onFile);
    if (implied === undefined || implied instanceof Problem) return implied;
    return (await offerings.get(db, implied)).offering;
  }

  /** What the API would make of the offering, or why it cannot be made. */
  private read(db: Db, { statement, settings, issuer }: FiledOfferingOrder): Reading | Problem {
    const { timeZone, feeTerms } = this.deps.operators.get(operatorIdOf(db));
    const { successFeeRate } = feeTerms;
    const reading = offeringRequest(statement, { ...settings, timeZone, successFeeRate });
    if (reading instanceof Problem) return reading;
    const draft = readOffering({ ...reading.request, issuerId: issuer.id });
    if (draft instanceof Problem) return draft;
    return { draft, assumed: reading.assumed };
  }

  private async create(
    tx: Tx,
    order: FiledOfferingOrder,
    { draft, assumed }: Reading,
  ): Promise<FiledOfferingOutcome> {
    const { offering } = await this.deps.offerings.create(tx, draft);
    const { title, target, maximum, allocation, price, feeRate } = draft.terms;
    const message =
      `${title}, ${target} to ${maximum} at ${priceText(price)} ${target.currency}, ` +
      `${allocation.method}, fee ${feeRate.times(100).toString()} %; as a draft.`;
    return this.withDocument(tx, order, {
      id: offering.id,
      taken: [{ what: 'offering', id: offering.id, message }],
      refused: [],
      assumed,
      missing: [],
    });
  }

  private async revise(
    tx: Tx,
    order: FiledOfferingOrder,
    {
      id,
      draft,
      assumed,
      ofOffering,
    }: Reading & { readonly id: Id<'off'>; readonly ofOffering: readonly Filing[] },
  ): Promise<FiledOfferingOutcome> {
    const { offerings } = this.deps;
    const { offering, version } = await offerings.lockInForce(tx, id);
    const terms = revisedTerms(draft.terms, version.terms);
    const isChanged = !isSameTerms(terms, version.terms);
    if (isChanged) await offerings.editDraft(tx, id, { basedOn: offering.version, terms });
    // The filings that were there before are superseded; their bytes stay on record.
    const superseded = new Set(ofOffering.map(({ fileSha256 }) => fileSha256));
    for (const document of version.documents) {
      if (document.kind === 'form-c' && superseded.has(document.sha256)) {
        await offerings.removeDocument(tx, id, document.id);
      }
    }
    const message = isChanged
      ? `${terms.title}: the draft has the terms of this filing now.`
      : `${terms.title}: the draft has these terms already.`;
    return this.withDocument(tx, order, {
      id,
      taken: [{ what: 'offering', id, message }],
      refused: [],
      assumed: isChanged ? assumed : [],
      missing: [],
    });
  }

  /** Adds the filing itself, which investors acknowledge; then asks what is still missing. */
  private async withDocument(
    tx: Tx,
    { statement, xml }: FiledOfferingOrder,
    outcome: FiledOfferingOutcome,
  ): Promise<FiledOfferingOutcome> {
    const { offerings } = this.deps;
    const upload = readDocument({
      kind: 'form-c',
      title: nameOfFiling(statement),
      mustAcknowledge: true,
      contentType: 'application/xml',
      content: Buffer.from(xml, 'utf8').toString('base64'),
    });
    const isRefused = upload instanceof Problem;
    const document = isRefused ? undefined : await offerings.addDocument(tx, outcome.id, upload);
    const reasons = await offerings.reasonsAgainst(tx, outcome.id);
    return {
      ...outcome,
      taken: [
        ...outcome.taken,
        ...(document === undefined
          ? []
          : [
              {
                what: 'document' as const,
                id: document.id,
                message: `${document.title}, SHA-256 ${document.sha256}.`,
              },
            ]),
      ],
      refused: isRefused ? [...outcome.refused, refused('document', upload)] : outcome.refused,
      missing: reasons.map(({ message }) => message),
    };
  }
}

function attached({ id, title, status }: Offering): FiledOfferingOutcome {
  const message = `${title} is on file (${status}); the update is recorded with it.`;
  return { id, taken: [{ what: 'offering', id, message }], refused: [], assumed: [], missing: [] };
}
