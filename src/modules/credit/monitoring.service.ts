import { must } from '../../kernel/assert';
import { addMonths, calendarDate, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import type { Clock } from '../../kernel/clock';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { creditProblem } from './errors';
import { revive } from './library.service';
import { groupOf, MONITORED_ATTRIBUTES } from './monitored-group';
import { monitor, type GroupCell, type MonitoringReport } from './monitoring';
import { verdictOf } from './monitoring-verdict';
import * as runs from './monitoring.store';
import type { LoanOutcome } from './outcome';
import { getModels } from './store';

export interface CreditMonitoringDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
}

/**
 * Decisions of so many months before the one that is looked at are taken into account: the older
 * half of them has lived through the horizon of its probabilities.
 */
const MONTHS_BACK = 24;

/** Looks every month at what the scorecards did, and keeps what it found. */
export class CreditMonitoring {
  constructor(private readonly deps: CreditMonitoringDeps) {}

  /**
   * Takes down what became of loans. What was told before stays as it was told.
   *
   * @returns how many of them were new.
   */
  async recordOutcomes(tx: Tx, outcomes: readonly LoanOutcome[]): Promise<number> {
    if (outcomes.length === 0) return 0;
    return runs.insertOutcomes(tx, outcomes, this.deps.clock.now());
  }

  /**
   * Reports on every scorecard for the month before `at`. A month that has its report keeps it:
   * running twice changes nothing.
   *
   * @returns the reports that are new.
   */
  async runFor(tx: Tx, at: Date): Promise<readonly runs.MonitoringRun[]> {
    const until = firstOfMonth(dateIn('UTC', at));
    const monthOn = addMonths(until, -1);
    const span = { monthOn, until, since: addMonths(monthOn, -MONTHS_BACK) };
    const numbers = await runs.listUnreported(tx, span);
    const made: runs.MonitoringRun[] = [];
    for (const scorecardNo of numbers) {
      const report = await this.reportOn(tx, { ...span, scorecardNo });
      const { verdict, reasons } = verdictOf(report);
      const run = {
        ...{ scorecardNo, monthOn, verdict, reasons },
        decisions: report.decisions,
        report: jsonOf(report),
        ranAt: this.deps.clock.now(),
      };
      if (!(await runs.insertRun(tx, run))) continue;
      await this.announce(tx, run, report);
      made.push(run);
    }
    return made;
  }

  async list(db: Db, filter: runs.RunFilter): Promise<readonly runs.MonitoringRun[]> {
    return runs.listRuns(db, filter);
  }

  /** @throws Problem `credit.report-not-found`. */
  async get(
    db: Db,
    which: Pick<runs.MonitoringRun, 'scorecardNo' | 'monthOn'>,
  ): Promise<runs.MonitoringRun> {
    const found = await runs.findRun(db, which);
    if (!found) throw creditProblem('report-not-found');
    return found;
  }

  private async reportOn(tx: Tx, span: runs.MonitoringSpan): Promise<MonitoringReport> {
    const { scorecardNo, monthOn } = span;
    const models = await getModels(tx, [scorecardNo]);
    const kept = must(models.get(scorecardNo), `scorecard ${scorecardNo}`);
    const variables = MONITORED_ATTRIBUTES.map(({ variable }) => variable);
    const { groups, ...counts } = await runs.countMonth(tx, span, variables);
    return monitor({
      ...counts,
      month: monthOn.slice(0, 7),
      card: revive('scorecard', kept).value.card,
      groups: groups.flatMap(groupCells),
    });
  }

  private async announce(
    tx: Tx,
    { scorecardNo, monthOn, verdict, reasons, decisions }: runs.MonitoringRun,
    { card }: MonitoringReport,
  ): Promise<void> {
    const subject = `${card.id}/${card.version}`;
    await this.deps.audit.record(tx, {
      action: 'credit.monitored',
      subject,
      details: { month: monthOn.slice(0, 7), scorecardNo, verdict, decisions },
    });
    if (verdict === 'ok') return;
    await this.deps.outbox.publish(tx, {
      type: `credit.monitoring-${verdict}`,
      subject,
      payload: {
        month: monthOn.slice(0, 7),
        scorecardNo,
        reasons: reasons.map(({ level, code, message }) => ({ level, code, message })),
      },
    });
  }
}

function groupCells({ variable, fact, ...row }: runs.GroupRow): readonly GroupCell[] {
  return MONITORED_ATTRIBUTES.flatMap((monitored) => {
    const group = monitored.variable === variable ? groupOf(monitored, fact) : undefined;
    return group === undefined ? [] : [{ attribute: monitored.attribute, group, ...row }];
  });
}

export function firstOfMonth(date: CalendarDate): CalendarDate {
  return calendarDate(`${date.slice(0, 7)}-01`);
}

/** Six digits of every figure; one that could not be reckoned is left out. */
function jsonOf(report: MonitoringReport): Json {
  const text = JSON.stringify(report, (_, value: unknown) => {
    if (typeof value !== 'number') return value;
    return Number.isFinite(value) ? Number(value.toPrecision(6)) : undefined;
  });
  return JSON.parse(text) as Json;
}
