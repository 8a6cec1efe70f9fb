import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Inspection, InspectionTerms, Step, StepKind, Withdrawal } from './inspection';

export interface InspectionRow {
  readonly id: Id<'isp'>;
  readonly authority_id: Id<'aut'>;
  readonly opened_by: string;
  readonly opened_at: Date;
  readonly commitment: string;
  readonly terms: KeptTerms;
  readonly run_id: Id<'rpt'> | null;
  readonly report_sha256: string;
  readonly drawn_at: Date;
  readonly population: number;
  readonly sample_size: number;
  readonly withdrawn_at: Date | null;
  readonly reason: string;
  readonly known_run_id: Id<'rpt'> | null;
}

type KeptTerms = Omit<InspectionTerms, 'detectionRate' | 'confidence'> & {
  readonly detectionRate: string;
  readonly confidence: string;
};

/** What `asInspection` takes, from `INSPECTION_TABLES`. */
export const INSPECTION_COLUMNS = `
  i.id, i.authority_id, i.opened_by, i.opened_at, i.commitment, i.terms, d.run_id, d.report_sha256,
  d.drawn_at, d.population, d.sample_size, w.withdrawn_at, w.reason, w.run_id AS known_run_id`;

export const INSPECTION_TABLES = `
  supervision_inspections i
  LEFT JOIN supervision_draws d ON d.operator_id = i.operator_id AND d.inspection_id = i.id
  LEFT JOIN supervision_withdrawals w
    ON w.operator_id = i.operator_id AND w.inspection_id = i.id`;

const INSPECTIONS = `
  SELECT ${INSPECTION_COLUMNS} FROM ${INSPECTION_TABLES} WHERE i.operator_id = :operatorId`;

/** @returns false when the authority gave that commitment before. */
export async function insertInspection(tx: Tx, inspection: Inspection): Promise<boolean> {
  const { id, authorityId, openedBy, openedAt, commitment, terms } = inspection;
  const kept: KeptTerms = {
    ...terms,
    detectionRate: rateText(terms.detectionRate),
    confidence: rateText(terms.confidence),
  };
  const inserted = await tx.execute(
    `INSERT INTO supervision_inspections (operator_id, id, authority_id, opened_by, opened_at,
       commitment, terms)
     VALUES (:operatorId, :id, :authorityId, :openedBy, :openedAt, :commitment, :terms::jsonb)
     ON CONFLICT DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      id,
      authorityId,
      openedBy,
      openedAt,
      commitment,
      terms: JSON.stringify(kept),
    },
  );
  return inserted > 0;
}

export async function findInspection(db: Db, id: Id<'isp'>): Promise<Inspection | undefined> {
  const rows = await db.query<InspectionRow>(`${INSPECTIONS} AND i.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows.map(asInspection)[0];
}

/** That of the authority and kind of report which is neither drawn nor withdrawn. */
export async function findUnended(
  db: Db,
  of: { readonly authorityId: Id<'aut'>; readonly template: string },
): Promise<Inspection | undefined> {
  const rows = await db.query<InspectionRow>(
    `${INSPECTIONS} AND i.authority_id = :authorityId AND i.terms ->> 'template' = :template
       AND d.run_id IS NULL AND w.withdrawn_at IS NULL LIMIT 1`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map(asInspection)[0];
}

/** The latest first; `limit` and one more. */
export async function listInspections(
  db: Db,
  of: {
    readonly authorityId?: Id<'aut'> | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly Inspection[]> {
  const rows = await db.query<InspectionRow>(
    `${INSPECTIONS}
       AND (:authorityId::text IS NULL OR i.authority_id = :authorityId)
       AND (:after::text IS NULL OR i.id < :after)
     ORDER BY i.id DESC LIMIT :more`,
    {
      operatorId: operatorIdOf(db),
      authorityId: of.authorityId,
      after: of.after,
      more: of.limit + 1,
    },
  );
  return rows.map(asInspection);
}

/** @returns false when it was drawn before. */
export async function insertDraw(
  tx: Tx,
  of: {
    readonly inspectionId: Id<'isp'>;
    readonly runId: Id<'rpt'>;
    readonly drawnAt: Date;
    readonly draw: string;
  },
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO supervision_draws (operator_id, inspection_id, run_id, drawn_at, draw)
     VALUES (:operatorId, :inspectionId, :runId, :drawnAt, :draw)
     ON CONFLICT DO NOTHING`,
    { operatorId: operatorIdOf(tx), ...of },
  );
  return inserted > 0;
}

export async function insertWithdrawal(
  tx: Tx,
  inspectionId: Id<'isp'>,
  { withdrawnAt, reason, runId }: Withdrawal,
): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_withdrawals (operator_id, inspection_id, withdrawn_by, withdrawn_at,
       reason, run_id)
     VALUES (:operatorId, :inspectionId, :actor, :withdrawnAt, :reason, :runId)`,
    {
      operatorId: operatorIdOf(tx),
      inspectionId,
      actor: tx.scope.actor.id,
      withdrawnAt,
      reason,
      runId,
    },
  );
}

/** The text of a draw, as it was published. */
export async function readDraw(db: Db, inspectionId: Id<'isp'>): Promise<string | undefined> {
  const rows = await db.query<{ draw: string }>(
    `SELECT d.draw FROM supervision_draws d
     WHERE d.operator_id = :operatorId AND d.inspection_id = :inspectionId`,
    { operatorId: operatorIdOf(db), inspectionId },
  );
  return rows[0]?.draw;
}

/** Keeps two people from taking a step of one inspection at the same instant. */
export async function lockInspection(tx: Tx, id: Id<'isp'>): Promise<void> {
  await lock(tx, id);
}

/** Keeps two users of an authority from opening inspections at the same instant. */
export async function lockOpening(tx: Tx, authorityId: Id<'aut'>): Promise<void> {
  await lock(tx, `${operatorIdOf(tx)}/${authorityId}`);
}

async function lock(tx: Tx, name: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('supervision/' || :name, 0))`, {
    name,
  });
}

export async function insertStep(tx: Tx, inspectionId: Id<'isp'>, step: Step): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_points (operator_id, inspection_id, point_no, step_no, step, case_key,
       text, due_on, actor, happened_at)
     VALUES (:operatorId, :inspectionId, :pointNo, :stepNo, :step, :caseKey, :text, :dueOn, :actor,
       :happenedAt)`,
    { operatorId: operatorIdOf(tx), inspectionId, ...step },
  );
}

/** Every step of an inspection, point by point in their order. */
export async function listSteps(db: Db, inspectionId: Id<'isp'>): Promise<readonly Step[]> {
  const rows = await db.query<{
    point_no: number;
    step_no: number;
    step: StepKind;
    case_key: string | null;
    text: string | null;
    due_on: CalendarDate | null;
    actor: string;
    happened_at: Date;
  }>(
    `SELECT p.point_no, p.step_no, p.step, p.case_key, p.text, p.due_on, p.actor, p.happened_at
     FROM supervision_points p
     WHERE p.operator_id = :operatorId AND p.inspection_id = :inspectionId
     ORDER BY p.point_no, p.step_no`,
    { operatorId: operatorIdOf(db), inspectionId },
  );
  return rows.map((row) => ({
    pointNo: row.point_no,
    stepNo: row.step_no,
    step: row.step,
    caseKey: row.case_key ?? undefined,
    text: row.text ?? undefined,
    dueOn: row.due_on ?? undefined,
    actor: row.actor,
    happenedAt: row.happened_at,
  }));
}

export function asInspection(row: InspectionRow): Inspection {
  const { terms } = row;
  return {
    id: row.id,
    authorityId: row.authority_id,
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    commitment: row.commitment,
    terms: {
      ...terms,
      stratumBy: terms.stratumBy,
      detectionRate: rate(terms.detectionRate),
      confidence: rate(terms.confidence),
    },
    drawn:
      row.run_id === null
        ? undefined
        : {
            runId: row.run_id,
            reportSha256: row.report_sha256,
            drawnAt: row.drawn_at,
            population: row.population,
            sampleSize: row.sample_size,
          },
    withdrawn:
      row.withdrawn_at === null
        ? undefined
        : {
            withdrawnAt: row.withdrawn_at,
            reason: row.reason,
            runId: row.known_run_id ?? undefined,
          },
  };
}
