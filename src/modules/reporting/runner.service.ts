import { must } from '../../kernel/assert';
import { addDays, dateIn } from '../../kernel/calendar-date';
import { HOUR_MS, type Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Log } from '../../platform/log';
import type { Outbox } from '../../platform/outbox';
import type { OperatorDirectory } from '../identity';
import { changesBetween } from './difference';
import type { ReportContent } from './figure';
import { SETTLED_MS, type ReportMaker } from './maker.service';
import { nextSuspected, noteExamined, suspectLateFacts, takeOverdue } from './reach.store';
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
}

const FIRST_WAIT_MS = HOUR_MS / 12;
const LONGEST_WAIT_MS = 4 * HOUR_MS;
/** Facts that come later than this are told in the reports of their own time. */
const EXAMINED_DAYS = 400;
/** No report takes longer to be made. */
const LONGEST_MAKING_MS = HOUR_MS;
/** How long one that has not failed may wait for its turn before it is warned of. */
const PATIENCE_MS = HOUR_MS;

/** Makes what is scheduled, one report a transaction, and looks after what was made. */
export class ReportRunner {
  constructor(private readonly deps: RunnerDeps) {}

  async hasDue(db: Db): Promise<boolean> {
    return store.hasWaiting(db, this.deps.clock.now());
  }

  /** Makes every report that waits. One that fails is tried again later, and keeps no other back. */
  async runAll(operatorIds: readonly number[]): Promise<void> {
    for (const operatorId of operatorIds) {
      const scope = { operatorId, actor: { kind: 'system', id: 'reporting' } } as const;
      for (let isMore = true; isMore;) isMore = await this.runNext(scope);
    }
  }

  /**
   * Looks for facts that came after reports of their time were made, then at one of the reports they may
   * change: it is marked where they do.
   *
   * @returns false when no report is left to be looked at.
   */
  async examineNext(tx: Tx, { timeZone }: { readonly timeZone: string }): Promise<boolean> {
    const now = this.deps.clock.now();
    await suspectLateFacts(tx, {
      upTo: new Date(now.getTime() - SETTLED_MS),
      overlapMs: LONGEST_MAKING_MS,
      timeZone,
      since: addDays(dateIn(timeZone, now), -EXAMINED_DAYS),
    });
    const id = await nextSuspected(tx);
    const run = id && (await store.findRun(tx, id));
    if (run === undefined) return false;
    const isChanged = await this.wouldChange(tx, run, now);
    await noteExamined(tx, { id: run.id, at: now, isChanged });
    if (isChanged) await this.announce(tx, run);
    return true;
  }

  /**
   * Announces reports that are due by tomorrow and not published, each once.
   *
   * @returns how many.
   */
  async warn(tx: Tx, { timeZone }: { readonly timeZone: string }): Promise<number> {
    const at = this.deps.clock.now();
    const by = addDays(dateIn(timeZone, at), 1);
    const since = new Date(at.getTime() - PATIENCE_MS);
    const late = await takeOverdue(tx, { by, since, at });
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

  private async announce(tx: Tx, { id, templateId, period }: Run): Promise<void> {
    const [what, details] = [
      'report.needs-restatement',
      { template: templateId, from: period.from },
    ];
    await this.deps.audit.record(tx, { action: what, subject: id, details });
    await this.deps.outbox.publish(tx, { type: what, subject: id, payload: details });
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
