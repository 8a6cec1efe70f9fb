import { must } from '../../kernel/assert';
import { addDays, dateIn } from '../../kernel/calendar-date';
import { HOUR_MS, type Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Scope, Tx } from '../../platform/db';
import type { Log } from '../../platform/log';
import type { Outbox } from '../../platform/outbox';
import type { OperatorDirectory } from '../identity';
import type { ReportComputer } from './content.service';
import { changesBetween } from './difference';
import type { ReportContent } from './figure';
import type { ReportMaker } from './maker.service';
import { hasLateFacts, listOverdue, nextToExamine, noteExamined } from './reach.store';
import type { Run } from './run';
import * as store from './store';

export interface RunnerDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly log: Pick<Log, 'error'>;
  readonly transactions: Pick<Database, 'write'>;
  readonly operators: OperatorDirectory;
  readonly maker: ReportMaker;
  readonly computer: ReportComputer;
}

const FIRST_WAIT_MS = HOUR_MS / 12;
const LONGEST_WAIT_MS = 4 * HOUR_MS;
/** Facts that come later than this are told in the reports of their own time. */
const EXAMINED_DAYS = 400;
/** How often a report is looked at for facts that came late. */
const EXAMINED_EVERY_MS = 20 * HOUR_MS;

/** Makes what is scheduled, one report a transaction, and looks after what was made. */
export class ReportRunner {
  constructor(private readonly deps: RunnerDeps) {}

  /** Makes every report that waits. One that fails is tried again later, and keeps no other back. */
  async runAll(operatorIds: readonly number[]): Promise<void> {
    for (const operatorId of operatorIds) {
      const scope = { operatorId, actor: { kind: 'system', id: 'reporting' } } as const;
      for (let isMore = true; isMore;) isMore = await this.runNext(scope);
    }
  }

  /**
   * Looks for facts that came after a report was made, and marks it where they would change it.
   *
   * @returns false when every report has been looked at.
   */
  async examineNext(tx: Tx): Promise<boolean> {
    const { clock, computer, audit, outbox } = this.deps;
    const now = clock.now();
    const id = await nextToExamine(tx, {
      before: new Date(now.getTime() - EXAMINED_EVERY_MS),
      since: addDays(dateIn('UTC', now), -EXAMINED_DAYS),
    });
    const run = id && (await store.findRun(tx, id));
    if (run?.made === undefined) return false;
    const { knownAt } = run.made;
    const endsAt = computer.endOf(run);
    const isLate = await hasLateFacts(tx, { period: run.period, endsAt, knownAt });
    const isChanged = isLate && (await this.wouldChange(tx, run, now));
    await noteExamined(tx, { id: run.id, at: now, isChanged });
    if (isChanged) {
      const details = { template: run.templateId, from: run.period.from };
      await audit.record(tx, {
        action: 'report.needs-restatement',
        subject: run.id,
        details,
      });
      await outbox.publish(tx, {
        type: 'report.needs-restatement',
        subject: run.id,
        payload: details,
      });
    }
    return true;
  }

  /** Announces reports that are due by tomorrow and not published. @returns how many. */
  async warn(tx: Tx, { timeZone }: { readonly timeZone: string }): Promise<number> {
    const tomorrow = addDays(dateIn(timeZone, this.deps.clock.now()), 1);
    const late = await listOverdue(tx, tomorrow);
    for (const { id, dueOn } of late) {
      this.deps.log.error('A report is due and not published', { report: id, dueOn });
      await this.deps.outbox.publish(tx, {
        type: 'report.deadline-near',
        subject: id,
        payload: { dueOn },
      });
    }
    return late.length;
  }

  private async wouldChange(tx: Tx, run: Run, now: Date): Promise<boolean> {
    const told = must(await store.readContent(tx, run.id), 'the content of a report');
    const again = await this.deps.maker.again(tx, run, now);
    return changesBetween(contentOf(told), contentOf(again)).length > 0;
  }

  /** @returns whether there may be another. */
  private async runNext(scope: Scope): Promise<boolean> {
    let taken: Id<'rpt'> | undefined;
    try {
      return await this.deps.transactions.write(scope, async (tx) => {
        const now = this.deps.clock.now();
        const run = await store.takeWaiting(tx, now);
        taken = run?.id;
        if (run === undefined) return false;
        if (!(await this.deps.maker.make(tx, run))) {
          const until = new Date(now.getTime() + FIRST_WAIT_MS);
          await store.postpone(tx, { id: run.id, until });
        }
        return true;
      });
    } catch (error) {
      if (taken === undefined) throw error;
      await this.retryLater(scope, taken, error);
      return true;
    }
  }

  private async retryLater(scope: Scope, id: Id<'rpt'>, error: unknown): Promise<void> {
    this.deps.log.error('A report could not be made', { report: id, error });
    const failure = error instanceof Error ? error.message : String(error);
    await this.deps.transactions.write(scope, async (tx) => {
      const run = await store.lockRun(tx, id);
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (run?.attempts ?? 0), LONGEST_WAIT_MS);
      const until = new Date(this.deps.clock.now().getTime() + wait);
      await store.postpone(tx, { id, until, failure });
    });
  }
}

function contentOf(text: string): ReportContent {
  return JSON.parse(text) as ReportContent;
}
