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
  readonly acknowledged: Acknowledgement | undefined;
}

/** That an authority has seen an alert, and what it makes of it. */
export interface Acknowledgement {
  readonly by: Id<'usr'>;
  readonly at: Date;
  readonly note: string | undefined;
}

/** Sets a threshold for the operator of the scope, or in that of the installation for all. */
export async function insertThreshold(
  tx: Tx,
  of: Pick<SetThreshold, 'authorityId' | 'indicator' | 'amber' | 'red' | 'margin' | 'setAt'>,
): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_thresholds (operator_id, authority_id, indicator, amber, red, margin,
       set_by, set_at)
     VALUES (:operatorId, :authorityId, :indicator, :amber::numeric, :red::numeric, :margin::numeric,
       :actor, :setAt)`,
    {
      operatorId: operatorIdOf(tx),
      authorityId: of.authorityId,
      indicator: of.indicator,
      amber: of.amber && rateText(of.amber),
      red: of.red && rateText(of.red),
      margin: rateText(of.margin),
      actor: tx.scope.actor.id,
      setAt: of.setAt,
    },
  );
}

/**
 * The latest threshold of each authority, indicator and operator; of those for all, the latest of each
 * who set one, since no two need supervise the same. The latest first. In the scope of an operator
 * those that may mean it, in that of the installation all.
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
    margin: string;
    set_at: Date;
    jurisdictions: readonly string[];
    lines: readonly OperatorLine[];
    operator_ids: readonly number[] | null;
  }>(
    `SELECT t.operator_id, t.authority_id, t.indicator, trim_scale(t.amber)::text AS amber,
            trim_scale(t.red)::text AS red, trim_scale(t.margin)::text AS margin, t.set_at,
            s.jurisdictions, s.lines, s.operator_ids
     FROM supervision_thresholds t
     JOIN supervision_supervisors s ON s.user_id = t.set_by
     WHERE (:authorityId::text IS NULL OR t.authority_id = :authorityId)
       AND NOT EXISTS (
         SELECT FROM supervision_thresholds n
         WHERE n.operator_id = t.operator_id AND n.authority_id = t.authority_id
           AND n.indicator = t.indicator AND n.threshold_no > t.threshold_no
           AND (t.operator_id <> 0 OR n.set_by = t.set_by))
     ORDER BY t.authority_id, t.indicator, t.operator_id, t.threshold_no DESC`,
    { authorityId },
  );
  return rows.map((row) => ({
    operatorId: row.operator_id,
    authorityId: row.authority_id,
    indicator: row.indicator,
    amber: row.amber === null ? undefined : rate(row.amber),
    red: row.red === null ? undefined : rate(row.red),
    margin: rate(row.margin),
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

/** @returns false when the alert was acknowledged before. */
export async function insertAcknowledgement(
  tx: Tx,
  alertNo: bigint,
  acknowledged: Acknowledgement,
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO supervision_acknowledgements (operator_id, alert_no, acknowledged_by,
       acknowledged_at, note)
     VALUES (:operatorId, :alertNo, :by, :at, :note) ON CONFLICT DO NOTHING`,
    { operatorId: operatorIdOf(tx), alertNo, ...acknowledged, note: acknowledged.note },
  );
  return inserted > 0;
}

interface AlertRow {
  readonly alert_no: bigint;
  readonly operator_id: number;
  readonly authority_id: Id<'aut'>;
  readonly indicator: string;
  readonly level: Level;
  readonly value: string | null;
  readonly threshold: string | null;
  readonly run_id: Id<'rpt'>;
  readonly raised_at: Date;
  readonly acknowledged_by: Id<'usr'> | null;
  readonly acknowledged_at: Date;
  readonly note: string | null;
}

const ALERTS = `
  SELECT a.alert_no, a.operator_id, a.authority_id, a.indicator, a.level, a.value, a.threshold,
         a.run_id, a.raised_at, k.acknowledged_by, k.acknowledged_at, k.note
  FROM supervision_alerts a
  LEFT JOIN supervision_acknowledgements k
    ON k.operator_id = a.operator_id AND k.alert_no = a.alert_no
  WHERE a.authority_id = :authorityId`;

/** An alert of an authority about the operator of the scope. */
export async function findAlert(
  db: Db,
  of: { readonly authorityId: Id<'aut'>; readonly alertNo: bigint },
): Promise<KeptAlert | undefined> {
  const rows = await db.query<AlertRow>(
    `${ALERTS} AND a.operator_id = :operatorId AND a.alert_no = :alertNo`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map(asAlert)[0];
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
  const rows = await db.query<AlertRow>(
    `${ALERTS} AND a.operator_id = ANY (:operatorIds::integer[])
       AND (:before::bigint IS NULL OR a.alert_no < :before)
     ORDER BY a.alert_no DESC LIMIT :more`,
    { authorityId, operatorIds, before, more: limit + 1 },
  );
  return rows.map(asAlert);
}

function asAlert(row: AlertRow): KeptAlert {
  const { acknowledged_by: by, acknowledged_at: at, note } = row;
  return {
    alertNo: row.alert_no,
    operatorId: row.operator_id,
    authorityId: row.authority_id,
    indicator: row.indicator,
    level: row.level,
    value: row.value ?? undefined,
    threshold: row.threshold ?? undefined,
    runId: row.run_id,
    raisedAt: row.raised_at,
    acknowledged: by === null ? undefined : { by, at, note: note ?? undefined },
  };
}
