import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import { HOUR_MS, type Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import { calendarNamed } from '../../platform/calendars';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type Operator, type OperatorDirectory } from '../identity';
import type { DrillRequest, ReportComputer } from './content.service';
import { reportProblem } from './errors';
import type { DrilledRow, ReportContent } from './figure';
import { sha256 } from './signing.service';
import type { ReportMaker } from './maker.service';
import { dueOn, lastEnded, periodAfter, periodOf, type Period } from './period';
import type { Run, RunEvent } from './run';
import * as store from './store';
import { isMadeBy } from './template';
import type { KeptTemplate, ReportTemplates } from './template.schema';

export interface ReportDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly operators: OperatorDirectory;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
  readonly templates: ReportTemplates;
  readonly computer: ReportComputer;
  readonly maker: ReportMaker;
}

const NIGHT_MS = 4 * HOUR_MS;

/** Whether a report still says what its run says. */
export interface Reproduction {
  readonly contentHash: string;
  readonly again: string;
  readonly isEqual: boolean;
  /** Whether template and SQL are those it was made with; a newer program may compute otherwise. */
  readonly isSameDefinition: boolean;
}

/** Reports of an operator: what is made, what was, and what is behind it. */
export class ReportService {
  constructor(private readonly deps: ReportDeps) {}

  /** The newest version of each report that the operator of the transaction makes. */
  templates(db: Db): readonly KeptTemplate[] {
    const operator = this.operatorOf(db);
    return this.deps.templates.newest().filter((template) => isMadeBy(operator, template));
  }

  /**
   * Schedules every period that ended last night or before and was not scheduled: after downtime all
   * that were missed. A night is over at four where the operator is, when it has been checked.
   * Of a report that is new here, the last period that has ended.
   *
   * @returns how many.
   */
  async scheduleDue(tx: Tx): Promise<number> {
    const { timeZone } = this.operatorOf(tx);
    const now = this.deps.clock.now().getTime();
    const today = dateIn(timeZone, new Date(now - NIGHT_MS));
    let scheduled = 0;
    for (const template of this.templates(tx)) {
      const last = await store.lastScheduled(tx, template.id);
      for (
        let period = this.firstDue(template, last, today);
        period.to < today;
        period = periodAfter(template.period, period)
      ) {
        if ((await this.schedule(tx, template, { period })) !== undefined) scheduled += 1;
      }
    }
    return scheduled;
  }

  /**
   * Makes a report at once, outside of its schedule.
   *
   * @param of.day any day of the period; yesterday's where left out.
   * @throws Problem `reporting.template-not-found`, `reporting.period-not-ended`,
   *   `reporting.already-reported`.
   */
  async run(
    tx: Tx,
    of: { readonly templateId: string; readonly day?: CalendarDate | undefined },
  ): Promise<Run> {
    const template = this.templates(tx).find(({ id }) => id === of.templateId);
    if (template === undefined) throw reportProblem('template-not-found');
    const today = dateIn(this.operatorOf(tx).timeZone, this.deps.clock.now());
    const period =
      of.day === undefined ? lastEnded(template.period, today) : periodOf(template.period, of.day);
    if (period.to >= today) throw reportProblem('period-not-ended');
    const id = await this.schedule(tx, template, { period });
    if (id === undefined) throw reportProblem('already-reported');
    return this.makeNow(tx, id);
  }

  /**
   * Makes the report of the same period again, with what is known now. Both stay; the new one tells
   * why, and what it changes.
   *
   * @throws Problem `reporting.report-not-found`, `reporting.not-made-yet`,
   *   `reporting.already-restated`.
   */
  async restate(tx: Tx, of: { readonly id: Id<'rpt'>; readonly reason: string }): Promise<Run> {
    const run = await store.lockRun(tx, of.id);
    if (run === undefined) throw reportProblem('report-not-found');
    if (run.state === 'scheduled') throw reportProblem('not-made-yet');
    const template = this.deps.maker.templateOf(run);
    const { period } = run;
    const id = await this.schedule(tx, template, { period, supersedes: run.id, reason: of.reason });
    if (id === undefined) throw reportProblem('already-restated');
    await this.deps.audit.record(tx, {
      action: 'report.restatement-ordered',
      subject: run.id,
      details: { by: id, reason: of.reason },
    });
    return this.makeNow(tx, id);
  }

  /** @throws Problem `reporting.report-not-found`. */
  async get(db: Db, id: Id<'rpt'>): Promise<Run> {
    const run = await store.findRun(db, id);
    if (run === undefined) throw reportProblem('report-not-found');
    return run;
  }

  async list(db: Db, filter: store.RunFilter): Promise<readonly Run[]> {
    return store.listRuns(db, filter);
  }

  /** What became of a run, in its order: its states, and who took which file when. */
  async history(db: Db, id: Id<'rpt'>): Promise<readonly RunEvent[]> {
    return store.listEvents(db, id);
  }

  async files(db: Db, id: Id<'rpt'>): Promise<readonly store.FileEntry[]> {
    return store.listFiles(db, id);
  }

  /**
   * A file of a report, for somebody who takes it away: who, when and which bytes is kept.
   *
   * @throws Problem `reporting.file-not-found`.
   */
  async download(
    tx: Tx,
    of: { readonly id: Id<'rpt'>; readonly name: string },
  ): Promise<store.StoredFile> {
    const file = await this.file(tx, of);
    await this.noteDownload(tx, of.id, file);
    return file;
  }

  /** A file of a report, for who keeps by `noteDownload` that it was taken. @throws as `download`. */
  async file(
    db: Db,
    of: { readonly id: Id<'rpt'>; readonly name: string },
  ): Promise<store.StoredFile> {
    const file = await store.findFile(db, of);
    if (file === undefined) throw reportProblem('file-not-found');
    return file;
  }

  async noteDownload(
    tx: Tx,
    runId: Id<'rpt'>,
    file: Pick<store.StoredFile, 'name' | 'sha256'>,
  ): Promise<void> {
    const at = this.deps.clock.now();
    await store.insertEvent(tx, { runId, event: 'downloaded', at, file });
  }

  /** The first published report of which everything was recorded after that instant. */
  async firstPublishedAfter(
    db: Db,
    of: { readonly templateId: string; readonly after: Date },
  ): Promise<Run | undefined> {
    return store.firstPublishedAfter(db, of);
  }

  /** The latest period of a template that was made, signed or not, with what the report says. */
  async latest(
    db: Db,
    templateId: string,
  ): Promise<{ readonly run: Run; readonly content: ReportContent } | undefined> {
    const run = await store.latestMade(db, templateId);
    const text = run && (await store.readContent(db, run.id));
    if (run === undefined || text === undefined) return undefined;
    return { run, content: JSON.parse(text) as ReportContent };
  }

  /**
   * A page of the rows behind a figure, one more than asked for where there are more.
   *
   * @throws Problem `reporting.report-not-found`, `reporting.figure-not-found`,
   *   `reporting.not-made-yet`.
   */
  async drill(db: Db, id: Id<'rpt'>, request: DrillRequest): Promise<readonly DrilledRow[]> {
    const run = await this.get(db, id);
    const { maker, computer } = this.deps;
    const of = { template: maker.templateOf(run), key: maker.keyOfMade(run) };
    return computer.drill(db, of, request);
  }

  /** Computes the report again from its run and compares. @throws as `drill`. */
  async reproduce(db: Db, id: Id<'rpt'>): Promise<Reproduction> {
    const run = await this.get(db, id);
    const again = sha256(await this.deps.maker.again(db, run));
    const contentHash = run.made?.contentHash ?? '';
    const isSameDefinition = this.deps.maker.templateOf(run).hash === run.made?.templateHash;
    return { contentHash, again, isEqual: again === contentHash, isSameDefinition };
  }

  private firstDue(
    { period }: KeptTemplate,
    last: CalendarDate | undefined,
    today: CalendarDate,
  ): Period {
    if (last === undefined) return lastEnded(period, today);
    return periodAfter(period, { from: last, to: last });
  }

  private async schedule(
    tx: Tx,
    template: KeptTemplate,
    of: Pick<store.NewRun, 'period' | 'supersedes' | 'reason'>,
  ): Promise<Id<'rpt'> | undefined> {
    const id = this.deps.newId('rpt');
    const own = this.operatorOf(tx).calendar;
    const calendarOf = (name: string): WorkingDays =>
      calendarNamed(this.deps.calendars, name === 'operator' ? own : name);
    const isInserted = await store.insertRun(tx, {
      ...of,
      id,
      templateId: template.id,
      templateVersion: template.version,
      dueOn: dueOn(template.deadline, of.period, calendarOf),
      at: this.deps.clock.now(),
    });
    return isInserted ? id : undefined;
  }

  /** Where an evening is still being closed, it stays scheduled, and is made after it. */
  private async makeNow(tx: Tx, id: Id<'rpt'>): Promise<Run> {
    await this.deps.maker.make(tx, await this.get(tx, id));
    return this.get(tx, id);
  }

  private operatorOf(db: Db): Operator {
    return this.deps.operators.get(operatorIdOf(db));
  }
}
