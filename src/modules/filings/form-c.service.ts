import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { XmlSchema } from '../../platform/xml';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { FinancialsService, FinancialYear, Issuer, IssuerService } from '../issuers';
import type { Offering, OfferingService, OfferingViewing } from '../offerings';
import { filingProblem } from './errors';
import { formCTree, parseFormC, writeFormC, type FormC } from './form-c';
import { draftFormC, type FormCFacts } from './form-c-draft';
import { progressText } from './progress';
import * as progress from './progress.store';
import * as store from './store';

export interface FormCWriterDeps {
  readonly operators: OperatorDirectory;
  readonly issuers: IssuerService;
  readonly financials: FinancialsService;
  readonly offerings: OfferingService;
  readonly viewing: OfferingViewing;
  readonly schema: XmlSchema;
}

/** Writes offerings as filings of the Form C family. */
export class FormCWriter {
  constructor(private readonly deps: FormCWriterDeps) {}

  /**
   * The offering as a filing, valid by the schema of the form.
   *
   * @throws Problem `filings.no-form`, `filings.filer-unknown`, `filings.no-progress`,
   *   `filings.file-number-missing`, `filings.not-valid` with every fault; those of `draftFormC`.
   */
  async write(
    db: Db,
    offering: Offering,
    type: FormCFacts['type'],
  ): Promise<{ readonly xml: string; readonly name: string }> {
    const formC = draftFormC(await this.facts(db, offering, type));
    const faults = this.deps.schema.validate(formCTree(formC));
    if (faults.length > 0) {
      throw filingProblem('not-valid', {
        detail: faults.map(({ path, message }) => `${path} ${message}.`).join(' '),
        errors: faults.map(({ path, message }) => ({ pointer: path, detail: message })),
      });
    }
    const name = `${offering.id}-${formC.submissionType.toLowerCase().replace('/', '-')}.xml`;
    return { xml: writeFormC(formC), name };
  }

  private async facts(db: Db, offering: Offering, type: FormCFacts['type']): Promise<FormCFacts> {
    const { operators, issuers, financials, offerings } = this.deps;
    const operator = operators.get(operatorIdOf(db));
    if (operator.rulebookId !== 'us-reg-cf') throw filingProblem('no-form');
    const issuer = await issuers.get(db, offering.issuerId);
    const { version } = await offerings.get(db, offering.id);
    const base = await this.base(db, offering.id);
    return {
      type,
      base,
      issuer,
      cik: cikOf(issuer, base),
      people: await issuers.peopleOf(db, issuer.id),
      intermediary: { name: operator.legalName, licence: operator.licence?.number },
      terms: version.terms,
      timeZone: operator.timeZone,
      years: newestFirst(await financials.list(db, issuer.id)),
      signedOn: await this.handedInOn(db, offering, operator.timeZone),
      ...(type === 'C-U' ? await this.update(db, offering.id) : {}),
    };
  }

  private async base(db: Db, id: Id<'off'>): Promise<FormC | undefined> {
    const content = await store.findTermsContent(db, id);
    return content && parseFormC(content.toString('utf8'));
  }

  /** An offering is handed in by its issuer: that is its word for what stands in it. */
  private async handedInOn(db: Db, { id }: Offering, timeZone: string) {
    const { transitions } = await this.deps.viewing.history(db, id);
    const last = transitions.findLast(({ to }) => to === 'in-review');
    return last && dateIn(timeZone, last.happenedAt);
  }

  private async update(db: Db, id: Id<'off'>) {
    const progressUpdate = progressText(await progress.listSteps(db, id));
    if (progressUpdate === undefined) throw filingProblem('no-progress');
    const fileNumber = await store.findFileNumber(db, id);
    if (fileNumber === undefined) throw filingProblem('file-number-missing');
    return { progressUpdate, fileNumber };
  }
}

/** An issuer that came by a filing, or was opened by its EDGAR number, bears it as external id. */
function cikOf({ externalId }: Issuer, base: FormC | undefined): string {
  const filed = base?.headerData?.filerInfo?.filer?.filerCredentials?.filerCik;
  const cik = filed || externalId;
  if (cik !== undefined && /^\d{1,10}$/.test(cik)) return cik;
  throw filingProblem('filer-unknown', {
    detail: 'Its external id is where its Central Index Key belongs.',
  });
}

function newestFirst(years: readonly FinancialYear[]): readonly FinancialYear[] {
  return years.toSorted((a, b) => (a.fiscalYearEndsOn < b.fiscalYearEndsOn ? 1 : -1));
}
