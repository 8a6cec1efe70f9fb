import { must } from '../../kernel/assert';
import { DAY_MS, type Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import { INSTALLATION } from '../../platform/auth';
import { csvLine } from '../../platform/csv';
import type { Database, Db, Scope } from '../../platform/db';
import type { BlindIndex } from '../../platform/field-cipher';
import type { Operator, OperatorDirectory } from '../identity';
import {
  changesBetween,
  type ChangedField,
  type ReportContent,
  type ReportService,
  type Run,
} from '../reporting';
import { disclosureProblem } from './errors';
import { BOOK_COLUMNS, bookCells, keptBack } from './loan-book';
import { insertMonths, lastMonth, listTables } from './month.store';
import {
  openStatistics,
  STATISTICS_COLUMNS,
  statisticsRows,
  type OpenStatistics,
} from './open-data';
import type { Disclosure } from './publication';
import { Shuffle } from './shuffle';
import { lastEvening, listBook, listClasses, listDeals, listLent } from './store';

export interface DisclosureDeps {
  readonly clock: Clock;
  readonly operators: OperatorDirectory;
  readonly reports: ReportService;
  readonly identityIndex: BlindIndex;
  readonly database: Pick<Database, 'read' | 'write'>;
}

/** The report that is published; everything in it is meant for everybody. */
export const PUBLISHED = 'public-disclosure';

const PAGE = 10_000;
/** By then a month's deals, and what branch they are of, are on record. */
const SETTLED_DAYS = 10;
const PUBLIC: Scope = { operatorId: INSTALLATION, actor: { kind: 'system', id: 'public' } };

/** What everybody may know, without a log-in. */
export class PublicDisclosure {
  private publishing: Promise<void> | undefined;

  constructor(private readonly deps: DisclosureDeps) {}

  /** Who the operator is and what it published. */
  async of(
    db: Db,
    operator: Operator,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<Disclosure> {
    const latest = await this.deps.reports.latest(db, PUBLISHED);
    return { operator, latest, archive: await this.published(db, page), titles: this.titles(db) };
  }

  /** @throws Problem `disclosure.report-not-found`, also for reports that are not for everybody. */
  async report(db: Db, id: Id<'rpt'>): Promise<Buffer> {
    await this.publishedRun(db, id);
    return (await this.deps.reports.file(db, { id, name: 'report.json' })).bytes;
  }

  /**
   * What a report says differently from the one published before it, or from the one whose place it
   * has taken. @throws as `report`.
   */
  async changes(
    db: Db,
    id: Id<'rpt'>,
  ): Promise<{ readonly since: Run | undefined; readonly fields: readonly ChangedField[] }> {
    const { supersedes } = await this.publishedRun(db, id);
    const [before] = await this.published(db, { after: id, limit: 1 });
    const since = supersedes ? await this.publishedRun(db, supersedes) : before;
    if (!since) return { since: undefined, fields: [] };
    const fields = changesBetween(await this.content(db, since.id), await this.content(db, id));
    return { since, fields };
  }

  /**
   * The loan book of the last report, line by line, read in pages so that it may be of any length. Each
   * line is named by a keyed hash of the report and the loan, and stands in the order of these.
   *
   * @throws Problem `disclosure.nothing-published`.
   */
  async loanBook(operator: Operator): Promise<AsyncIterable<string>> {
    const read: Reading = (work) => this.deps.database.read(scopeOf(operator), work);
    const latest = await read((db) => this.deps.reports.latest(db, PUBLISHED));
    if (!latest) throw disclosureProblem('nothing-published');
    return this.bookLines(read, latest.run);
  }

  /**
   * Deals of all operators by place, branch, line, month and currency, with nobody to be found in them.
   * A month is published once, when it has been over for some days, and stays: of two readings nothing
   * can be subtracted. Whoever asks first has it counted.
   */
  async statistics(): Promise<readonly OpenStatistics[]> {
    const { clock, database } = this.deps;
    const upTo = lastDue(clock.now());
    const after = await database.read(PUBLIC, lastMonth);
    if (after === undefined || after < upTo) {
      this.publishing ??= this.publish({ after: after ?? '', upTo }).finally(() => {
        this.publishing = undefined;
      });
      await this.publishing;
    }
    return database.read(PUBLIC, listTables);
  }

  private async publish(of: { readonly after: string; readonly upTo: string }): Promise<void> {
    const { clock, operators, database } = this.deps;
    const found = [];
    for (const operator of operators.all()) {
      const deals = await database.read(scopeOf(operator), (db) => listDeals(db, of));
      found.push(...deals.map((deal) => ({ ...deal, line: operator.line })));
    }
    const tables = openStatistics(found);
    const months = [...new Set([...tables.map(({ month }) => month), of.upTo])].map((month) => ({
      month,
      tables: tables.filter((table) => table.month === month),
    }));
    await database.write(PUBLIC, (tx) => insertMonths(tx, months, clock.now()));
  }

  /** The same as CSV; what is withheld has no numbers. */
  async statisticsCsv(): Promise<string> {
    const rows = statisticsRows(await this.statistics());
    return [STATISTICS_COLUMNS, ...rows].map(csvLine).join('');
  }

  private async *bookLines(read: Reading, { id, period }: Run): AsyncGenerator<string> {
    const upTo = period.to;
    const [evening, classes] = await read(async (db) => [
      await lastEvening(db, upTo),
      await listClasses(db, upTo),
    ]);
    const back = keptBack(classes);
    const keyOf = (loanId: string): string =>
      this.deps.identityIndex.digest(`${id} ${loanId}`).toString('hex').slice(0, 32);
    yield csvLine(BOOK_COLUMNS);
    const order = await inOrderOf(keyOf, (after) =>
      read((db) => listLent(db, { upTo, after, limit: PAGE })),
    );
    for (const loanNos of order.slices(PAGE)) {
      const rows = await read((db) => listBook(db, { loanNos, evening }));
      const byNo = new Map(rows.map((row) => [row.loanNo, row]));
      const lines = loanNos.flatMap((loanNo) => {
        const row = must(byNo.get(loanNo), 'the loan');
        const kept = back(row);
        // Where too few are alike even so, the book would tell who they are: it leaves them out.
        return kept === undefined ? [] : [csvLine(bookCells(row, kept, keyOf(row.loanId)))];
      });
      yield lines.join('');
    }
  }

  private titles(db: Db): Disclosure['titles'] {
    const template = this.deps.reports.templates(db).find(({ id }) => id === PUBLISHED);
    return new Map(template?.figures.map(({ id, title }) => [id, title]));
  }

  /** Reports that were published, the newest first. What was restated stays. */
  private async published(
    db: Db,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly Run[]> {
    const found: Run[] = [];
    for (let from = after; found.length < limit;) {
      const runs = await this.deps.reports.list(db, { templateId: PUBLISHED, after: from, limit });
      found.push(...runs.slice(0, limit).filter(isPublished));
      if (runs.length <= limit) break;
      from = runs[limit - 1]?.id;
    }
    return found.slice(0, limit);
  }

  private async publishedRun(db: Db, id: Id<'rpt'>): Promise<Run> {
    const run = await this.deps.reports.get(db, id).catch((error: unknown) => {
      throw error instanceof Problem
        ? disclosureProblem('report-not-found', { cause: error })
        : error;
    });
    if (run.templateId !== PUBLISHED || !isPublished(run))
      throw disclosureProblem('report-not-found');
    return run;
  }

  private async content(db: Db, id: Id<'rpt'>): Promise<ReportContent> {
    const { bytes } = await this.deps.reports.file(db, { id, name: 'report.json' });
    return JSON.parse(bytes.toString('utf8')) as ReportContent;
  }
}

/** All loans in the order of their keys: that in which they were lent would name them. */
async function inOrderOf(
  keyOf: (loanId: string) => string,
  page: (after: bigint) => ReturnType<typeof listLent>,
): Promise<Shuffle> {
  const order = new Shuffle();
  for (let after = 0n; ;) {
    const lent = await page(after);
    for (const { loanNo, loanId } of lent) order.add(loanNo, keyOf(loanId));
    if (lent.length < PAGE) return order;
    after = lent.at(-1)?.loanNo ?? after;
  }
}

type Reading = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** The last month that has been over for so long. */
function lastDue(now: Date): string {
  const settled = new Date(now.getTime() - SETTLED_DAYS * DAY_MS);
  const before = new Date(Date.UTC(settled.getUTCFullYear(), settled.getUTCMonth() - 1));
  return before.toISOString().slice(0, 'YYYY-MM'.length);
}

function scopeOf({ id }: Operator): Scope {
  return { operatorId: id, actor: { kind: 'system', id: 'public' } };
}

function isPublished({ state }: Run): boolean {
  return state === 'published' || state === 'restated';
}
