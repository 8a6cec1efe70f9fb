import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { CreditOutcome } from './decision';
import type { MonitoringFacts, OutcomeCell, SwapCell, VintageCell } from './monitoring';
import type { Verdict, VerdictReason } from './monitoring-verdict';
import { OUTCOME_MONTHS, type LoanOutcome } from './outcome';

/** Which decisions, and until when the world is known. */
export interface MonitoringSpan {
  readonly scorecardNo: number;
  /** First day of the month. */
  readonly monthOn: CalendarDate;
  /** First day of the month after it. */
  readonly until: CalendarDate;
  /** First day of the oldest month whose outcomes are still looked at. */
  readonly since: CalendarDate;
}

/** Outcomes that were told before are left as they were told. */
export async function insertOutcomes(
  tx: Tx,
  outcomes: readonly LoanOutcome[],
  recordedAt: Date,
): Promise<number> {
  return tx.execute(
    `INSERT INTO credit_outcomes (operator_id, decision_id, event, happened_on, recorded_at)
     SELECT :operatorId, t.decision_id, t.event, t.happened_on, :recordedAt
     FROM unnest(:decisionIds::text[], :events::text[], :days::date[])
       AS t (decision_id, event, happened_on)
     ON CONFLICT (operator_id, decision_id, event) DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      recordedAt,
      decisionIds: outcomes.map(({ decisionId }) => decisionId),
      events: outcomes.map(({ event }) => event),
      days: outcomes.map(({ happenedOn }) => happenedOn),
    },
  );
}

/** Scorecards that decided anything in the span and have no report of the month yet. */
export async function listUnreported(
  db: Db,
  { monthOn, until, since }: Omit<MonitoringSpan, 'scorecardNo'>,
): Promise<readonly number[]> {
  const rows = await db.query<{ scorecard_no: number }>(
    `SELECT DISTINCT d.scorecard_no FROM credit_decisions d
     WHERE d.operator_id = :operatorId
       AND d.decided_at >= :since::date AT TIME ZONE 'UTC'
       AND d.decided_at < :until::date AT TIME ZONE 'UTC'
       AND NOT EXISTS (
         SELECT 1 FROM credit_monitoring_runs r
         WHERE r.operator_id = d.operator_id AND r.scorecard_no = d.scorecard_no
           AND r.month_on = :monthOn)
     ORDER BY d.scorecard_no`,
    { operatorId: operatorIdOf(db), monthOn, until, since },
  );
  return rows.map((row) => row.scorecard_no);
}

/**
 * The decisions of the span, of each subject the one of its month that led to a loan, or else the
 * last, with what counted in the end and what became of the loan by the end of the month: 1 bad, 0
 * good, nothing where it is open.
 */
const JUDGED = `
  WITH latest AS (
    SELECT DISTINCT ON (d.subject, date_trunc('month', d.decided_at AT TIME ZONE 'UTC'))
      d.operator_id, d.id, d.points, d.pd, d.grade, d.outcome, d.inputs, d.decision,
      date_trunc('month', d.decided_at AT TIME ZONE 'UTC')::date AS cohort_on
    FROM credit_decisions d
    WHERE d.operator_id = :operatorId AND d.scorecard_no = :scorecardNo
      AND d.decided_at >= :since::date AT TIME ZONE 'UTC'
      AND d.decided_at < :until::date AT TIME ZONE 'UTC'
    ORDER BY d.subject, date_trunc('month', d.decided_at AT TIME ZONE 'UTC'),
      EXISTS (SELECT FROM credit_outcomes o WHERE o.operator_id = d.operator_id
        AND o.decision_id = d.id AND o.happened_on < :until) DESC,
      d.decided_at DESC, d.id DESC
  ), judged AS (
    SELECT l.*, coalesce(s.outcome, l.outcome) AS standing, e.started_on,
      -- Of loans that have lived long enough alone: among the young, only the bad are known yet.
      CASE WHEN e.started_on + :horizon::interval < :until THEN
        coalesce(e.bad_on <= e.started_on + :horizon::interval, false)::integer
      END AS bad,
      CASE WHEN e.bad_on IS NOT NULL THEN
        (extract(year FROM age(e.bad_on, e.started_on)) * 12
          + extract(month FROM age(e.bad_on, e.started_on)))::integer + 1
      END AS bad_month
    FROM latest l
    LEFT JOIN LATERAL (
      SELECT s.outcome FROM credit_override_steps s
      WHERE s.operator_id = l.operator_id AND s.decision_id = l.id AND s.step = 'confirmed'
        AND s.taken_at < :until::date AT TIME ZONE 'UTC'
      ORDER BY s.step_no DESC LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
      SELECT min(o.happened_on) FILTER (WHERE o.event = 'started') AS started_on,
        min(o.happened_on) FILTER (WHERE o.event = 'went-bad') AS bad_on
      FROM credit_outcomes o
      WHERE o.operator_id = l.operator_id AND o.decision_id = l.id AND o.happened_on < :until
    ) e ON true
  )`;

/** A decision of the month with a fact by which groups are told apart. */
export interface GroupRow {
  readonly variable: string;
  readonly fact: string;
  readonly pd: number;
  readonly isApproved: boolean;
  readonly good: number;
  readonly bad: number;
  readonly open: number;
}

export interface MonitoringCounts extends Pick<
  MonitoringFacts,
  'points' | 'bins' | 'outcomes' | 'swaps' | 'vintages'
> {
  readonly groups: readonly GroupRow[];
}

/** Everything that a report is made of, counted by the database. */
export async function countMonth(
  db: Db,
  span: MonitoringSpan,
  groupVariables: readonly string[],
): Promise<MonitoringCounts> {
  const bindings = {
    operatorId: operatorIdOf(db),
    ...span,
    horizon: `${OUTCOME_MONTHS} months`,
    groupVariables,
  };
  return {
    points: await countPoints(db, bindings),
    bins: await countBins(db, bindings),
    outcomes: await countOutcomes(db, bindings),
    swaps: await countSwaps(db, bindings),
    groups: await countGroups(db, bindings),
    vintages: await countVintages(db, bindings),
  };
}

type Bindings = Parameters<Db['query']>[1];

async function countPoints(db: Db, bindings: Bindings): Promise<MonitoringCounts['points']> {
  const rows = await db.query<{ points: number; count: bigint }>(
    `${JUDGED} SELECT j.points, count(*) FROM judged j WHERE j.cohort_on = :monthOn
     GROUP BY j.points ORDER BY j.points`,
    bindings,
  );
  return new Map(rows.map(({ points, count }) => [points, Number(count)]));
}

async function countBins(db: Db, bindings: Bindings): Promise<MonitoringCounts['bins']> {
  const rows = await db.query<{ variable: string; label: string; count: bigint }>(
    `${JUDGED} SELECT b.key AS variable, b.value AS label, count(*) FROM judged j
     CROSS JOIN LATERAL jsonb_each_text(j.decision->'bins') b
     WHERE j.cohort_on = :monthOn GROUP BY b.key, b.value ORDER BY b.key, b.value`,
    bindings,
  );
  const bins = new Map<string, Map<string, number>>();
  for (const { variable, label, count } of rows) {
    const known = bins.get(variable) ?? new Map<string, number>();
    bins.set(variable, known.set(label, Number(count)));
  }
  return bins;
}

async function countOutcomes(db: Db, bindings: Bindings): Promise<readonly OutcomeCell[]> {
  const rows = await db.query<{
    cohort: string;
    pd: string;
    grade: string;
    grade_pd: string;
    good: bigint;
    bad: bigint;
  }>(
    `${JUDGED} SELECT to_char(j.cohort_on, 'YYYY-MM') AS cohort, j.pd, j.grade,
       j.decision->>'gradePd' AS grade_pd,
       count(*) FILTER (WHERE j.bad = 0) AS good, count(*) FILTER (WHERE j.bad = 1) AS bad
     FROM judged j WHERE j.bad IS NOT NULL
     GROUP BY j.cohort_on, j.pd, j.grade, j.decision->>'gradePd'
     ORDER BY j.cohort_on, j.pd, j.grade, j.decision->>'gradePd'`,
    bindings,
  );
  return rows.map((row) => ({
    cohort: row.cohort,
    pd: Number(row.pd),
    grade: row.grade,
    gradePd: Number(row.grade_pd),
    good: Number(row.good),
    bad: Number(row.bad),
  }));
}

async function countSwaps(db: Db, bindings: Bindings): Promise<readonly SwapCell[]> {
  const rows = await db.query<{
    model: CreditOutcome;
    standing: CreditOutcome;
    rows: bigint;
    good: bigint;
    bad: bigint;
  }>(
    `${JUDGED} SELECT j.outcome AS model, j.standing,
       count(*) FILTER (WHERE j.cohort_on = :monthOn) AS rows,
       count(*) FILTER (WHERE j.bad = 0) AS good, count(*) FILTER (WHERE j.bad = 1) AS bad
     FROM judged j GROUP BY j.outcome, j.standing ORDER BY j.outcome, j.standing`,
    bindings,
  );
  return rows.map((row) => ({
    model: row.model,
    standing: row.standing,
    rows: Number(row.rows),
    good: Number(row.good),
    bad: Number(row.bad),
  }));
}

async function countGroups(db: Db, bindings: Bindings): Promise<readonly GroupRow[]> {
  const rows = await db.query<{
    variable: string;
    fact: string;
    pd: string;
    is_approved: boolean;
    good: bigint;
    bad: bigint;
    open: bigint;
  }>(
    `${JUDGED} SELECT v.variable, j.inputs->'applicant'->>v.variable AS fact, j.pd,
       j.standing = 'approve' AS is_approved,
       count(*) FILTER (WHERE j.bad = 0) AS good, count(*) FILTER (WHERE j.bad = 1) AS bad,
       count(*) FILTER (WHERE j.bad IS NULL) AS open
     FROM judged j CROSS JOIN unnest(:groupVariables::text[]) AS v (variable)
     WHERE j.inputs->'applicant'->>v.variable IS NOT NULL
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    bindings,
  );
  return rows.map((row) => ({
    variable: row.variable,
    fact: row.fact,
    pd: Number(row.pd),
    isApproved: row.is_approved,
    good: Number(row.good),
    bad: Number(row.bad),
    open: Number(row.open),
  }));
}

/** By the month in which the loans began, which is not always that of the decision. */
async function countVintages(db: Db, bindings: Bindings): Promise<readonly VintageCell[]> {
  const rows = await db.query<{ cohort: string; bad_month: number | null; rows: bigint }>(
    `${JUDGED} SELECT to_char(j.started_on, 'YYYY-MM') AS cohort, j.bad_month, count(*) AS rows
     FROM judged j WHERE j.started_on IS NOT NULL
     GROUP BY 1, 2 ORDER BY 1, 2`,
    bindings,
  );
  const vintages = new Map<string, { rows: number; badByMonth: number[] }>();
  for (const { cohort, bad_month: month, rows: count } of rows) {
    const vintage = vintages.get(cohort) ?? { rows: 0, badByMonth: [] };
    vintages.set(cohort, vintage);
    vintage.rows += Number(count);
    // PostgreSQL's way of saying that the loan has not gone bad.
    if (month !== null) {
      while (vintage.badByMonth.length < month) vintage.badByMonth.push(0);
      vintage.badByMonth[month - 1] =
        must(vintage.badByMonth[month - 1], 'a month') + Number(count);
    }
  }
  return [...vintages].map(([cohort, vintage]) => ({ cohort, ...vintage }));
}

/** A report as it is kept. */
export interface MonitoringRun {
  readonly scorecardNo: number;
  readonly monthOn: CalendarDate;
  readonly verdict: Verdict;
  readonly decisions: number;
  readonly reasons: readonly VerdictReason[];
  /** The whole report; figures that could not be reckoned are absent. */
  readonly report: Json;
  readonly ranAt: Date;
}

/** @returns false where the month has its report already. */
export async function insertRun(tx: Tx, run: MonitoringRun): Promise<boolean> {
  const { reasons, report, ...rest } = run;
  const inserted = await tx.execute(
    `INSERT INTO credit_monitoring_runs (operator_id, scorecard_no, month_on, verdict, decisions,
       reasons, report, ran_at)
     VALUES (:operatorId, :scorecardNo, :monthOn, :verdict, :decisions, :reasons::jsonb,
       :report::jsonb, :ranAt)
     ON CONFLICT (operator_id, scorecard_no, month_on) DO NOTHING`,
    {
      ...{ operatorId: operatorIdOf(tx), ...rest },
      reasons: JSON.stringify(reasons),
      report: JSON.stringify(report),
    },
  );
  return inserted === 1;
}

export interface RunFilter {
  readonly scorecardNo?: number | undefined;
  readonly verdict?: Verdict | undefined;
  /** Older than this month, or of it and with a higher number of the card. */
  readonly after?: { readonly monthOn: CalendarDate; readonly scorecardNo: number } | undefined;
  readonly limit: number;
}

/** Reports, the newest month first. */
export async function listRuns(db: Db, filter: RunFilter): Promise<readonly MonitoringRun[]> {
  const { after, ...rest } = filter;
  const rows = await db.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM credit_monitoring_runs r
     WHERE r.operator_id = :operatorId
       AND (:scorecardNo::integer IS NULL OR r.scorecard_no = :scorecardNo)
       AND (:verdict::text IS NULL OR r.verdict = :verdict)
       AND (:monthOn::date IS NULL OR r.month_on < :monthOn
         OR (r.month_on = :monthOn AND r.scorecard_no > :afterNo))
     ORDER BY r.month_on DESC, r.scorecard_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      ...{ scorecardNo: undefined, verdict: undefined, ...rest },
      monthOn: after?.monthOn,
      afterNo: after?.scorecardNo,
    },
  );
  return rows.map(asRun);
}

const RUN_COLUMNS = `r.scorecard_no, r.month_on, r.verdict, r.decisions, r.reasons, r.report,
  r.ran_at`;

interface RunRow {
  readonly scorecard_no: number;
  readonly month_on: CalendarDate;
  readonly verdict: Verdict;
  readonly decisions: number;
  readonly reasons: readonly VerdictReason[];
  readonly report: Json;
  readonly ran_at: Date;
}

export async function findRun(
  db: Db,
  { scorecardNo, monthOn }: Pick<MonitoringRun, 'scorecardNo' | 'monthOn'>,
): Promise<MonitoringRun | undefined> {
  const rows = await db.query<RunRow>(
    `SELECT ${RUN_COLUMNS} FROM credit_monitoring_runs r
     WHERE r.operator_id = :operatorId AND r.scorecard_no = :scorecardNo AND r.month_on = :monthOn`,
    { operatorId: operatorIdOf(db), scorecardNo, monthOn },
  );
  return rows[0] && asRun(rows[0]);
}

function asRun(row: RunRow): MonitoringRun {
  return {
    scorecardNo: row.scorecard_no,
    monthOn: row.month_on,
    verdict: row.verdict,
    decisions: row.decisions,
    reasons: row.reasons,
    report: row.report,
    ranAt: row.ran_at,
  };
}
