import type { Id } from '../../kernel/id';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type OperatorLine } from '../identity';
import type { Level, Threshold } from './indicator';
import type { Remit } from './remit';

/** A threshold as it was set, and for whom. */
export interface SetThreshold extends Threshold {
  readonly authorityId: Id<'aut'>;
  readonly indicator: string;
  /** `INSTALLATION` for every operator that who set it supervised. */
  readonly operatorId: number;
  readonly setAt: Date;
  /** Whom it is for, where it is for all. */
  readonly remit: Remit;
}

/** What happened to an indicator of an operator. */
export interface Alert {
  readonly authorityId: Id<'aut'>;
  readonly indicator: string;
  readonly level: Level;
  /** As decimals. */
  readonly value: string | undefined;
  readonly threshold: string | undefined;
  readonly runId: Id<'rpt'>;
  readonly raisedAt: Date;
}

export interface KeptAlert extends Alert {
  readonly alertNo: bigint;
  readonly operatorId: number;
}

/** Sets a threshold for the operator of the scope, or in that of the installation for all. */
export async function insertThreshold(
  tx: Tx,
  of: Pick<SetThreshold, 'authorityId' | 'indicator' | 'amber' | 'red' | 'setAt'>,
): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_thresholds (operator_id, authority_id, indicator, amber, red, set_by,
       set_at)
     VALUES (:operatorId, :authorityId, :indicator, :amber::numeric, :red::numeric, :actor, :setAt)`,
    {
      operatorId: operatorIdOf(tx),
      authorityId: of.authorityId,
      indicator: of.indicator,
      amber: of.amber && rateText(of.amber),
      red: of.red && rateText(of.red),
      actor: tx.scope.actor.id,
      setAt: of.setAt,
    },
  );
}

/**
 * The latest threshold of each authority, indicator and operator. In the scope of an operator those
 * that may mean it, in that of the installation all.
 */
export async function listThresholds(
  db: Db,
  authorityId?: Id<'aut'>,
): Promise<readonly SetThreshold[]> {
  const rows = await db.query<{
    operator_id: number;
    authority_id: Id<'aut'>;
    indicator: string;
    amber: string | null;
    red: string | null;
    set_at: Date;
    jurisdictions: readonly string[];
    lines: readonly OperatorLine[];
    operator_ids: readonly number[] | null;
  }>(
    `SELECT DISTINCT ON (t.authority_id, t.indicator, t.operator_id)
            t.operator_id, t.authority_id, t.indicator, trim_scale(t.amber)::text AS amber,
            trim_scale(t.red)::text AS red, t.set_at, s.jurisdictions, s.lines, s.operator_ids
     FROM supervision_thresholds t
     JOIN supervision_supervisors s ON s.user_id = t.set_by
     WHERE :authorityId::text IS NULL OR t.authority_id = :authorityId
     ORDER BY t.authority_id, t.indicator, t.operator_id, t.threshold_no DESC`,
    { authorityId },
  );
  return rows.map((row) => ({
    operatorId: row.operator_id,
    authorityId: row.authority_id,
    indicator: row.indicator,
    amber: row.amber === null ? undefined : rate(row.amber),
    red: row.red === null ? undefined : rate(row.red),
    setAt: row.set_at,
    remit: {
      jurisdictions: row.jurisdictions,
      lines: row.lines,
      operatorIds: row.operator_ids ?? undefined,
    },
  }));
}

/** The level of each indicator of the operator, by authority: that of its latest alert. */
export async function listLevels(
  db: Db,
): Promise<readonly Pick<Alert, 'authorityId' | 'indicator' | 'level'>[]> {
  return db.query<Pick<Alert, 'authorityId' | 'indicator' | 'level'>>(
    `SELECT DISTINCT ON (a.authority_id, a.indicator)
            a.authority_id AS "authorityId", a.indicator, a.level
     FROM supervision_alerts a
     WHERE a.operator_id = :operatorId
     ORDER BY a.authority_id, a.indicator, a.alert_no DESC`,
    { operatorId: operatorIdOf(db) },
  );
}

export async function insertAlert(tx: Tx, alert: Alert): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_alerts (operator_id, authority_id, indicator, level, value, threshold,
       run_id, raised_at)
     VALUES (:operatorId, :authorityId, :indicator, :level, :value, :threshold, :runId, :raisedAt)`,
    { operatorId: operatorIdOf(tx), ...alert },
  );
}

/** Alerts of an authority about some operators, the latest first; `limit` and one more. */
export async function listAlerts(
  db: Db,
  of: {
    readonly authorityId: Id<'aut'>;
    readonly operatorIds: readonly number[];
    readonly before: bigint | undefined;
    readonly limit: number;
  },
): Promise<readonly KeptAlert[]> {
  const { authorityId, operatorIds, before, limit } = of;
  const rows = await db.query<{
    alert_no: bigint;
    operator_id: number;
    authority_id: Id<'aut'>;
    indicator: string;
    level: Level;
    value: string | null;
    threshold: string | null;
    run_id: Id<'rpt'>;
    raised_at: Date;
  }>(
    `SELECT a.alert_no, a.operator_id, a.authority_id, a.indicator, a.level, a.value, a.threshold,
            a.run_id, a.raised_at
     FROM supervision_alerts a
     WHERE a.authority_id = :authorityId AND a.operator_id = ANY (:operatorIds::integer[])
       AND (:before::bigint IS NULL OR a.alert_no < :before)
     ORDER BY a.alert_no DESC LIMIT :more`,
    { authorityId, operatorIds, before, more: limit + 1 },
  );
  return rows.map((row) => ({
    alertNo: row.alert_no,
    operatorId: row.operator_id,
    authorityId: row.authority_id,
    indicator: row.indicator,
    level: row.level,
    value: row.value ?? undefined,
    threshold: row.threshold ?? undefined,
    runId: row.run_id,
    raisedAt: row.raised_at,
  }));
}
