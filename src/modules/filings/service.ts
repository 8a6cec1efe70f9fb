import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory, type PartyService } from '../identity';
import type { FinancialsService, Issuer, IssuerService } from '../issuers';
import type { OfferingService } from '../offerings';
import { filingProblem } from './errors';
import type { FiledStatement } from './filed-statement';
import {
  isAboutOffering,
  isLatest,
  nameOfFiling,
  refused,
  type Filing,
  type ImportedFiling,
  type ImportSettings,
  type Refused,
  type Taken,
} from './filing';
import { parseFormC, writeFormC, type FormC } from './form-c';
import { interpretFormC } from './form-c-interpretation';
import { issuerRequest } from './issuer-request';
import { FiledOfferings } from './offering.service';
import { readIssuer, readYear } from './schema';
import * as store from './store';
import { isSameYear, yearRequests, type YearReading } from './year-requests';

export interface FilingDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly operators: OperatorDirectory;
  readonly parties: PartyService;
  readonly issuers: IssuerService;
  readonly financials: FinancialsService;
  readonly offerings: OfferingService;
}

/** The rulebook whose filings these are. */
const RULEBOOK = 'us-reg-cf';

/** A part of a filing, and what became of it. */
export interface Part {
  readonly taken: readonly Taken[];
  readonly refused: readonly Refused[];
  readonly assumed: readonly string[];
}

/** Takes filings of the Form C family into issuers, figures and offerings. */
export class FilingService {
  private readonly filedOfferings: FiledOfferings;

  constructor(private readonly deps: FilingDeps) {
    this.filedOfferings = new FiledOfferings(deps);
  }

  /**
   * Takes in one filing, all of it in this transaction, under the rules of the API. What cannot be
   * taken of it is said in `refused`; where the issuer cannot be taken, nothing is.
   *
   * Safe to repeat, also at the same moment: the same content is taken once. Brought again, only
   * an offering that was refused is tried anew.
   *
   * @throws Problem of reading a filing (`parseFormC`); `filings.test-filing`,
   *   `filings.credential-inside`, `filings.wrong-rulebook`, `filings.place-unknown`,
   *   `filings.nobody-signed`, `filings.not-accepted`; what `IssuerService.open` and `FinancialsService.record` throw.
   */
  async import(tx: Tx, xml: string, settings: ImportSettings): Promise<ImportedFiling> {
    this.requireRulebook(tx);
    const formC = parseFormC(xml);
    const statement = interpretFormC(formC);
    requireRealFiling(formC, statement);
    const cik = statement.issuer.cik ?? '';
    await store.lockFiler(tx, cik);
    const brought = { statement, xml, settings };
    const known = await store.findBySha256(tx, contentHash(formC));
    return known ? this.repeat(tx, known, brought) : this.takeIn(tx, formC, brought);
  }

  /** @throws Problem `filings.not-found`. */
  async get(db: Db, id: Id<'fil'>): Promise<Filing> {
    const filing = await store.findFiling(db, id);
    if (!filing) throw filingProblem('not-found');
    return filing;
  }

  async list(
    db: Db,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<readonly Filing[]> {
    return store.listFilings(db, page);
  }

  private async takeIn(tx: Tx, formC: FormC, brought: Brought): Promise<ImportedFiling> {
    const { statement, xml } = brought;
    const opened = await this.takeIssuer(tx, statement);
    const { issuer } = opened;
    const onFile = await store.listOfIssuer(tx, issuer.id);
    const figures = await this.takeFigures(tx, issuer.id, { statement, onFile });
    const filing = this.filingOf(tx, { formC, xml, statement, issuerId: issuer.id });
    await store.insertFiling(tx, filing, {
      content: Buffer.from(xml, 'utf8'),
      figures: statement.figures,
    });
    const offering = await this.takeOffering(tx, filing, { ...brought, issuer, onFile });
    await this.announce(tx, filing, offering.id);
    return result('imported', {
      filing: { ...filing, offeringId: offering.id },
      issuer,
      statement,
      parts: [opened, figures, recorded(filing, statement), offering],
      missing: offering.missing,
    });
  }

  /** The same content again: nothing but an offering that was refused is tried anew. */
  private async repeat(tx: Tx, filing: Filing, brought: Brought): Promise<ImportedFiling> {
    const issuer = await this.deps.issuers.get(tx, filing.issuerId);
    const { statement } = brought;
    const nothing = { filing, issuer, statement, parts: [], missing: [] };
    if (filing.offeringId !== undefined) return result('already-imported', nothing);
    const onFile = await store.listOfIssuer(tx, issuer.id);
    const offering = await this.takeOffering(tx, filing, { ...brought, issuer, onFile });
    if (offering.id !== undefined) await this.announce(tx, filing, offering.id);
    return result(offering.id === undefined ? 'already-imported' : 'imported', {
      ...nothing,
      filing: { ...filing, offeringId: offering.id },
      parts: [offering],
      missing: offering.missing,
    });
  }

  private async takeIssuer(
    tx: Tx,
    statement: FiledStatement,
  ): Promise<Part & { readonly issuer: Issuer }> {
    const { issuers, parties } = this.deps;
    const { request, refused: left } = issuerRequest(statement);
    const draft = readIssuer(request);
    const { party } = await parties.register(tx, draft.kind, draft.identity);
    const found =
      (await issuers.findByParty(tx, party.id)) ??
      (await issuers.findByExternalId(tx, draft.identity.number));
    if (found) {
      const message = `${found.legalName} is on file and stays as it is.`;
      return { issuer: found, taken: [{ what: 'issuer', id: found.id, message }], ...NOTHING_ELSE };
    }
    const issuer = await issuers.open(tx, draft);
    const signers = draft.people.map(({ roles }) => roles.join(' and ')).join(', ');
    const message = `${issuer.legalName}, ${issuer.jurisdiction}; signed by: ${signers}.`;
    return {
      issuer,
      taken: [{ what: 'issuer', id: issuer.id, message }],
      refused: left,
      assumed: [],
    };
  }

  private async takeFigures(
    tx: Tx,
    issuerId: Id<'iss'>,
    known: { readonly statement: FiledStatement; readonly onFile: readonly Filing[] },
  ): Promise<Part> {
    const reading = yearRequests(known.statement);
    const mayReplace = isLatest(known.statement, known.onFile);
    const taken: Taken[] = [];
    const left: Refused[] = [...reading.refused];
    for (const year of reading.years) {
      const outcome = await this.takeYear(tx, issuerId, { year, mayReplace });
      if (outcome instanceof Problem) left.push(refused('figures', outcome));
      else taken.push(outcome);
    }
    return { taken, refused: left, assumed: taken.length > 0 ? reading.assumed : [] };
  }

  private async takeYear(
    tx: Tx,
    issuerId: Id<'iss'>,
    { year, mayReplace }: { readonly year: YearReading; readonly mayReplace: boolean },
  ): Promise<Taken | Problem> {
    const { financials } = this.deps;
    const { fiscalYearEndsOn } = year;
    const draft = readYear(year.request);
    if (draft instanceof Problem) return draft;
    const onRecord = (await financials.list(tx, issuerId)).find(
      (each) => each.fiscalYearEndsOn === fiscalYearEndsOn,
    );
    if (onRecord && isSameYear(onRecord, draft)) {
      return { what: 'figures', message: `The year to ${fiscalYearEndsOn} is on record already.` };
    }
    if (onRecord?.verifiedAt !== undefined) {
      const detail = `Other figures of the year to ${fiscalYearEndsOn} are on record and verified.`;
      return filingProblem('year-verified', { detail });
    }
    if (onRecord && !mayReplace) {
      const detail = `The year to ${fiscalYearEndsOn} is on record from a later filing.`;
      return filingProblem('newer-on-file', { detail });
    }
    await financials.record(tx, issuerId, { fiscalYearEndsOn, ...draft });
    const count = Object.values(draft.figures).filter((figure) => figure !== undefined).length;
    return { what: 'figures', message: `${count} of the year to ${fiscalYearEndsOn}.` };
  }

  private async takeOffering(
    tx: Tx,
    filing: Filing,
    known: Brought & { readonly issuer: Issuer; readonly onFile: readonly Filing[] },
  ): Promise<Part & { readonly id?: Id<'off'>; readonly missing: readonly string[] }> {
    if (!isAboutOffering(known.statement)) return { ...NOTHING_ELSE, taken: [], missing: [] };
    const outcome = await this.filedOfferings.take(tx, known);
    if (outcome instanceof Problem) {
      return { taken: [], refused: [refused('offering', outcome)], assumed: [], missing: [] };
    }
    const at = this.deps.clock.now();
    await store.attachOffering(tx, { filingId: filing.id, offeringId: outcome.id, at });
    return outcome;
  }

  private filingOf(
    tx: Tx,
    of: {
      readonly formC: FormC;
      readonly xml: string;
      readonly statement: FiledStatement;
      readonly issuerId: Id<'iss'>;
    },
  ): Filing {
    const { clock, newId } = this.deps;
    const { statement } = of;
    return {
      id: newId('fil'),
      issuerId: of.issuerId,
      formType: statement.submissionType,
      sha256: contentHash(of.formC),
      fileSha256: sha256(Buffer.from(of.xml, 'utf8')),
      cik: statement.issuer.cik ?? '',
      fileNumber: statement.fileNumber,
      signedOn: statement.signedOn,
      deadlineOn: statement.offering?.deadline,
      fiscalPeriodEndsOn: statement.fiscalPeriodEnd,
      progressUpdate: statement.progressUpdate,
      amendment: statement.amendment,
      findings: statement.findings,
      importedAt: clock.now(),
      importedBy: tx.scope.actor.id,
    };
  }

  private async announce(tx: Tx, filing: Filing, offeringId: Id<'off'> | undefined): Promise<void> {
    const { audit, outbox } = this.deps;
    const details = { formType: filing.formType, sha256: filing.sha256, offeringId };
    await audit.record(tx, { action: 'filing.imported', subject: filing.id, details });
    const payload = {
      issuerId: filing.issuerId,
      ...(offeringId === undefined ? {} : { offeringId }),
    };
    await outbox.publish(tx, { type: 'filing.imported', subject: filing.id, payload });
  }

  private requireRulebook(db: Db): void {
    const { code, rulebookId } = this.deps.operators.get(operatorIdOf(db));
    if (rulebookId === RULEBOOK) return;
    throw filingProblem('wrong-rulebook', { detail: `${code} works under ${rulebookId}.` });
  }
}

/** What an import has in hand. */
interface Brought {
  readonly statement: FiledStatement;
  readonly xml: string;
  readonly settings: ImportSettings;
}

const NOTHING_ELSE = { refused: [], assumed: [] } as const;

function requireRealFiling({ headerData }: FormC, { isTest }: FiledStatement): void {
  if (isTest) throw filingProblem('test-filing');
  // EDGAR publishes XXXXXXXX in its place. The document is shown to investors, so it must not hold
  // what would let them file in the issuer's name.
  const ccc = headerData?.filerInfo?.filer?.filerCredentials?.filerCcc ?? '';
  if (!/^X*$/i.test(ccc.trim())) throw filingProblem('credential-inside');
}

function recorded(filing: Filing, statement: FiledStatement): Part {
  const said = [
    nameOfFiling(statement),
    ...(filing.fileNumber === undefined ? [] : [`file number ${filing.fileNumber}`]),
    ...(filing.progressUpdate === undefined ? [] : [filing.progressUpdate]),
    ...(filing.formType === 'C-TR' ? ['the end of its duty to report'] : []),
  ].join(', ');
  return { ...NOTHING_ELSE, taken: [{ what: 'filing', id: filing.id, message: `${said}.` }] };
}

function result(
  outcome: ImportedFiling['outcome'],
  of: {
    readonly filing: Filing;
    readonly issuer: Issuer;
    readonly statement: FiledStatement;
    readonly parts: readonly Part[];
    readonly missing: readonly string[];
  },
): ImportedFiling {
  return {
    outcome,
    filing: of.filing,
    issuerName: of.issuer.legalName,
    taken: of.parts.flatMap((part) => part.taken),
    refused: of.parts.flatMap((part) => part.refused),
    assumed: of.parts.flatMap((part) => part.assumed),
    findings: of.statement.findings,
    missing: of.missing,
  };
}

/** Of the content as we would write it, with what we could not read: the same for the same filing. */
function contentHash(formC: FormC): string {
  return sha256(Buffer.from(`${writeFormC(formC)}${JSON.stringify(formC.unread)}`, 'utf8'));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
