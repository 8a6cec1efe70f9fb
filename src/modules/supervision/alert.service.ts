import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { rateText, type Rate } from '../../kernel/rate';
import { INSTALLATION } from '../../platform/auth';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type Operator, type OperatorDirectory } from '../identity';
import type { ReportService, Run } from '../reporting';
import * as store from './alert.store';
import { supervisionProblem } from './errors';
import {
  indicated,
  INDICATORS,
  levelOf,
  UNSET,
  WATCHED_REPORT,
  type Indicator,
  type Level,
  type Threshold,
} from './indicator';
import { covers, type Supervisor } from './remit';

export interface AlertDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly operators: OperatorDirectory;
  readonly reports: ReportService;
}

/** An indicator of an operator, as one authority sees it. */
export interface Reading extends Threshold {
  readonly indicator: Indicator;
  readonly value: Rate | undefined;
  readonly level: Level;
}

/** What the latest report of an operator says to an authority. */
export interface Overview {
  readonly operator: Operator;
  /** Absent where none was made yet. */
  readonly run: Run | undefined;
  readonly readings: readonly Reading[];
}

/** Early warning: indicators of the latest risk report against thresholds that authorities set. */
export class AlertService {
  constructor(private readonly deps: AlertDeps) {}

  /** The indicators of an operator for an authority, in the operator's scope. */
  async overview(db: Db, operator: Operator, authorityId: Id<'aut'>): Promise<Overview> {
    const latest = await this.deps.reports.latest(db, WATCHED_REPORT);
    const thresholds = await store.listThresholds(db, authorityId);
    const levels = await levelsBefore(db);
    const readings = INDICATORS.map((indicator): Reading => {
      const value = latest && indicated(latest.content, indicator);
      const of = { authorityId, indicator, operator };
      const { amber, red, margin } = thresholdFor(thresholds, of);
      const before = levels({ authorityId, indicator: indicator.id });
      const level = levelOf(value, { amber, red, margin }, before);
      return { indicator, value, amber, red, margin, level };
    });
    return { operator, run: latest?.run, readings };
  }

  /**
   * Sets from where on an indicator warns: of the operator of the scope, or in that of the
   * installation of every operator the supervisor sees.
   *
   * @throws Problem `supervision.indicator-not-found`, `supervision.threshold-order`.
   */
  async setThreshold(
    tx: Tx,
    { authorityId }: Supervisor,
    of: Partial<Threshold> & { readonly indicator: string },
  ): Promise<void> {
    const { indicator, amber, red, margin = UNSET.margin } = of;
    if (!INDICATORS.some(({ id }) => id === indicator)) {
      throw supervisionProblem('indicator-not-found');
    }
    if (amber !== undefined && red !== undefined && amber.gt(red)) {
      throw supervisionProblem('threshold-order');
    }
    const setAt = this.deps.clock.now();
    await store.insertThreshold(tx, { authorityId, indicator, amber, red, margin, setAt });
    await this.deps.audit.record(tx, {
      action: 'supervision.threshold-set',
      subject: indicator,
      details: {
        amber: amber && rateText(amber),
        red: red && rateText(red),
        margin: rateText(margin),
      },
    });
  }

  /**
   * Thresholds of an authority as they stand, in the scope of the installation: those for all, and those
   * for operators that the supervisor sees.
   */
  async thresholds(
    db: Db,
    { authorityId, remit }: Supervisor,
  ): Promise<readonly store.SetThreshold[]> {
    const seen = new Set(this.seenBy(remit));
    const set = await store.listThresholds(db, authorityId);
    return set.filter(({ operatorId }) => operatorId === INSTALLATION || seen.has(operatorId));
  }

  /**
   * Looks at the latest report of the operator of the scope for every authority that set a threshold,
   * and raises an alert where a level has changed since the last.
   *
   * @returns how many.
   */
  async examine(tx: Tx): Promise<number> {
    const operator = this.deps.operators.get(operatorIdOf(tx));
    const latest = await this.deps.reports.latest(tx, WATCHED_REPORT);
    if (latest === undefined) return 0;
    const thresholds = await store.listThresholds(tx);
    const levels = await levelsBefore(tx);
    let raised = 0;
    for (const { authorityId, indicator } of watched(thresholds)) {
      const threshold = thresholdFor(thresholds, { authorityId, indicator, operator });
      const value = indicated(latest.content, indicator);
      const before = levels({ authorityId, indicator: indicator.id });
      const level = levelOf(value, threshold, before);
      if (level === before) continue;
      const reached = level === 'red' ? threshold.red : threshold.amber;
      await this.raise(tx, {
        authorityId,
        indicator: indicator.id,
        level,
        value: value && rateText(value),
        threshold: reached && rateText(reached),
        runId: latest.run.id,
        raisedAt: this.deps.clock.now(),
      });
      raised += 1;
    }
    return raised;
  }

  /** Alerts about operators a supervisor sees, the latest first; `limit` and one more. */
  async alerts(
    db: Db,
    { authorityId, remit }: Supervisor,
    page: { readonly before: bigint | undefined; readonly limit: number },
  ): Promise<readonly store.KeptAlert[]> {
    return store.listAlerts(db, { authorityId, operatorIds: this.seenBy(remit), ...page });
  }

  /**
   * Keeps that an authority has seen an alert about the operator of the scope, and what it makes of it.
   *
   * @throws Problem `supervision.alert-not-found`, also where it is another authority's;
   *   `supervision.already-acknowledged`.
   */
  async acknowledge(
    tx: Tx,
    { authorityId, userId }: Supervisor,
    of: { readonly alertNo: bigint; readonly note: string | undefined },
  ): Promise<store.KeptAlert> {
    const alert = await store.findAlert(tx, { authorityId, alertNo: of.alertNo });
    if (alert === undefined) throw supervisionProblem('alert-not-found');
    const acknowledged = { by: userId, at: this.deps.clock.now(), note: of.note };
    if (!(await store.insertAcknowledgement(tx, of.alertNo, acknowledged))) {
      throw supervisionProblem('already-acknowledged');
    }
    await this.deps.audit.record(tx, {
      action: 'supervision.alert-acknowledged',
      subject: alert.indicator,
      details: { alert: of.alertNo.toString() },
    });
    return { ...alert, acknowledged };
  }

  private seenBy(remit: Supervisor['remit']): readonly number[] {
    return this.deps.operators
      .all()
      .filter((operator) => covers(remit, operator))
      .map(({ id }) => id);
  }

  private async raise(tx: Tx, alert: store.Alert): Promise<void> {
    await store.insertAlert(tx, alert);
    const { authorityId, indicator, level, value, runId } = alert;
    await this.deps.outbox.publish(tx, {
      type: 'supervision.level-changed',
      subject: `${authorityId}/${indicator}`,
      payload: { authority: authorityId, indicator, level, value, report: runId },
    });
  }
}

/** The levels of the operator of the scope until now: green before the first alert. */
async function levelsBefore(
  db: Db,
): Promise<(of: Pick<store.Alert, 'authorityId' | 'indicator'>) => Level> {
  const found = await store.listLevels(db);
  const levels = new Map(found.map((each) => [keyOf(each), each.level]));
  return (of) => levels.get(keyOf(of)) ?? 'green';
}

/** Each authority with each indicator that it ever set a threshold for. */
function watched(
  thresholds: readonly store.SetThreshold[],
): readonly { readonly authorityId: Id<'aut'>; readonly indicator: Indicator }[] {
  const pairs = new Map(thresholds.map((each) => [keyOf(each), each] as const));
  return [...pairs.values()].flatMap(({ authorityId, indicator: id }) =>
    INDICATORS.filter((indicator) => indicator.id === id).map((indicator) => ({
      authorityId,
      indicator,
    })),
  );
}

/** What was set for the operator itself comes before what was set for all. */
function thresholdFor(
  thresholds: readonly store.SetThreshold[],
  of: {
    readonly authorityId: Id<'aut'>;
    readonly indicator: Indicator;
    readonly operator: Operator;
  },
): Threshold {
  const own = thresholds.filter(
    ({ authorityId, indicator }) => authorityId === of.authorityId && indicator === of.indicator.id,
  );
  return (
    own.find(({ operatorId }) => operatorId === of.operator.id) ??
    own.find(
      ({ operatorId, remit }) => operatorId === INSTALLATION && covers(remit, of.operator),
    ) ??
    UNSET
  );
}

function keyOf({ authorityId, indicator }: Pick<store.Alert, 'authorityId' | 'indicator'>): string {
  return `${authorityId}/${indicator}`;
}
