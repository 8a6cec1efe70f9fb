import { must } from '../../kernel/assert';
import type { Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { rateText } from '../../kernel/rate';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import {
  decisionJson,
  inputsFrom,
  inputsJson,
  type CreditDecision,
  type CreditOutcome,
  type RecordedDecision,
  type StoredDecisionOutput,
  type StoredInputs,
} from './decision';
import { creditProblem } from './errors';
import type { KeptModel, ModelKind } from './model';
import type { OverrideStep } from './override';

/** A model as it is kept, with its number. */
export interface NumberedModel extends KeptModel {
  readonly modelNo: number;
  readonly firstSeenAt: Date;
}

/**
 * The numbers under which the models' exact contents are kept, made where they are new. Looked for
 * first, since an insertion that meets what is there already would still use up a number.
 */
export async function ensureModels(
  tx: Tx,
  models: readonly KeptModel[],
  at: Date,
): Promise<readonly number[]> {
  const known = await numbersOf(tx, models);
  const missing = models.filter((model) => !known.has(keyOf(model)));
  if (missing.length > 0) {
    await tx.execute(
      `INSERT INTO credit_models (kind, model_id, version, content_hash, content, first_seen_at)
       SELECT t.kind, t.model_id, t.version, t.content_hash, t.content::jsonb, :at
       FROM unnest(:kinds::text[], :ids::text[], :versions::integer[], :hashes::text[],
                   :contents::text[])
         AS t (kind, model_id, version, content_hash, content)
       ON CONFLICT (kind, content_hash) DO NOTHING`,
      {
        kinds: missing.map(({ kind }) => kind),
        ids: missing.map(({ id }) => id),
        versions: missing.map(({ version }) => version),
        hashes: missing.map(({ contentHash }) => contentHash),
        contents: missing.map(({ content }) => JSON.stringify(content)),
        at,
      },
    );
  }
  const numbers = missing.length > 0 ? await numbersOf(tx, models) : known;
  return models.map((model) => must(numbers.get(keyOf(model)), `the number of ${model.id}`));
}

async function numbersOf(
  db: Db,
  models: readonly KeptModel[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ kind: ModelKind; content_hash: string; model_no: number }>(
    `SELECT m.kind, m.content_hash, m.model_no FROM credit_models m
     JOIN unnest(:kinds::text[], :hashes::text[]) AS t (kind, content_hash)
       ON m.kind = t.kind AND m.content_hash = t.content_hash`,
    {
      kinds: models.map(({ kind }) => kind),
      hashes: models.map(({ contentHash }) => contentHash),
    },
  );
  return new Map(
    rows.map((row) => [keyOf({ kind: row.kind, contentHash: row.content_hash }), row.model_no]),
  );
}

function keyOf({ kind, contentHash }: Pick<KeptModel, 'kind' | 'contentHash'>): string {
  return `${kind} ${contentHash}`;
}

/** The models under these numbers, each with its content as it was. */
export async function getModels(
  db: Db,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, NumberedModel>> {
  const rows = await db.query<ModelRow>(
    `SELECT ${MODEL_COLUMNS} FROM credit_models m WHERE m.model_no = ANY(:numbers)`,
    { numbers },
  );
  return new Map(rows.map((row) => [row.model_no, asModel(row)]));
}

export async function listModels(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly NumberedModel[]> {
  const rows = await db.query<ModelRow>(
    `SELECT ${MODEL_COLUMNS} FROM credit_models m WHERE m.model_no > :after
     ORDER BY m.model_no LIMIT :limit`,
    { after, limit },
  );
  return rows.map(asModel);
}

const MODEL_COLUMNS = `m.model_no, m.kind, m.model_id, m.version, m.content_hash, m.content,
  m.first_seen_at`;

interface ModelRow {
  readonly model_no: number;
  readonly kind: ModelKind;
  readonly model_id: string;
  readonly version: number;
  readonly content_hash: string;
  readonly content: Json;
  readonly first_seen_at: Date;
}

function asModel(row: ModelRow): NumberedModel {
  return {
    modelNo: row.model_no,
    kind: row.kind,
    id: row.model_id,
    version: row.version,
    contentHash: row.content_hash,
    content: row.content,
    firstSeenAt: row.first_seen_at,
  };
}

/** A decision about to be written. */
export interface NewDecision extends Omit<RecordedDecision, 'decision'> {
  readonly decision: CreditDecision;
}

/** Writes decisions in one statement, however many there are. */
export async function insertDecisions(tx: Tx, decisions: readonly NewDecision[]): Promise<void> {
  const rows = decisions.map(({ decision, inputs, ...rest }) => ({
    id: rest.id,
    subject: rest.subject,
    scorecard_no: rest.scorecardNo,
    scale_no: rest.scaleNo,
    policy_no: rest.policyNo,
    currency: inputs.principal.currency,
    principal_minor: inputs.principal.minor.toString(),
    term_months: inputs.termMonths,
    outcome: decision.outcome,
    points: decision.points,
    pd: rateText(decision.pd),
    grade: decision.grade,
    rate: decision.rate && rateText(decision.rate),
    inputs: inputsJson(inputs),
    decision: decisionJson(decision),
    output_hash: rest.outputHash,
    decided_at: rest.decidedAt.toISOString(),
    decided_by: rest.decidedBy,
  }));
  await tx.execute(
    `INSERT INTO credit_decisions (operator_id, id, subject, scorecard_no, scale_no, policy_no,
       currency, principal_minor, term_months, outcome, points, pd, grade, rate, inputs, decision,
       output_hash, decided_at, decided_by)
     SELECT :operatorId, t.id, t.subject, t.scorecard_no, t.scale_no, t.policy_no, t.currency,
       t.principal_minor, t.term_months, t.outcome, t.points, t.pd, t.grade, t.rate, t.inputs,
       t.decision, t.output_hash, t.decided_at, t.decided_by
     FROM jsonb_to_recordset(:rows::jsonb) AS t (id text, subject text, scorecard_no integer,
       scale_no integer, policy_no integer, currency text, principal_minor bigint,
       term_months integer, outcome text, points integer, pd numeric, grade text, rate numeric,
       inputs jsonb, decision jsonb, output_hash text, decided_at timestamptz, decided_by text)`,
    { operatorId: operatorIdOf(tx), rows: JSON.stringify(rows) },
  );
}

const COLUMNS = `d.id, d.subject, d.scorecard_no, d.scale_no, d.policy_no, d.inputs, d.decision,
  d.output_hash, d.decided_at, d.decided_by`;

/** @throws Problem `credit.decision-not-found`. */
export async function getDecision(db: Db, id: Id<'cdn'>): Promise<RecordedDecision> {
  const rows = await db.query<DecisionRow>(
    `SELECT ${COLUMNS} FROM credit_decisions d WHERE d.operator_id = :operatorId AND d.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  if (!rows[0]) throw creditProblem('decision-not-found');
  return asDecision(rows[0]);
}

export interface DecisionFilter {
  readonly subject?: string | undefined;
  readonly outcome?: CreditOutcome | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Decisions, the newest first. */
export async function listDecisions(
  db: Db,
  { subject, outcome, after, limit }: DecisionFilter,
): Promise<readonly RecordedDecision[]> {
  const rows = await db.query<DecisionRow>(
    `SELECT ${COLUMNS} FROM credit_decisions d
     WHERE d.operator_id = :operatorId
       AND (:subject::text IS NULL OR d.subject = :subject)
       AND (:outcome::text IS NULL OR d.outcome = :outcome)
       AND (:after::text IS NULL OR d.id < :after)
     ORDER BY d.id DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), subject, outcome, after, limit },
  );
  return rows.map(asDecision);
}

/** So many decisions, others on another `seed`: by a hash, so that anybody draws the same. */
export async function sampleDecisions(
  db: Db,
  { seed, limit }: { readonly seed: string; readonly limit: number },
): Promise<readonly Id<'cdn'>[]> {
  const rows = await db.query<{ id: Id<'cdn'> }>(
    `SELECT d.id FROM credit_decisions d WHERE d.operator_id = :operatorId
     ORDER BY md5(d.id || :seed), d.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), seed, limit },
  );
  return rows.map(({ id }) => id);
}

interface DecisionRow {
  readonly id: Id<'cdn'>;
  readonly subject: string;
  readonly scorecard_no: number;
  readonly scale_no: number;
  readonly policy_no: number;
  readonly inputs: StoredInputs;
  readonly decision: StoredDecisionOutput;
  readonly output_hash: string;
  readonly decided_at: Date;
  readonly decided_by: string;
}

function asDecision(row: DecisionRow): RecordedDecision {
  return {
    id: row.id,
    subject: row.subject,
    scorecardNo: row.scorecard_no,
    scaleNo: row.scale_no,
    policyNo: row.policy_no,
    inputs: inputsFrom(row.inputs),
    decision: row.decision,
    outputHash: row.output_hash,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
  };
}

/** @throws Problem `credit.override-open` when somebody else took the same step meanwhile. */
export async function insertOverrideStep(
  tx: Tx,
  decisionId: Id<'cdn'>,
  step: OverrideStep,
): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO credit_override_steps (operator_id, decision_id, step_no, step, outcome, reason,
         taken_by, taken_at)
       VALUES (:operatorId, :decisionId, :stepNo, :step, :outcome, :reason, :takenBy, :takenAt)`,
      { operatorId: operatorIdOf(tx), decisionId, ...step },
    );
  } catch (error) {
    if (constraintOf(error) === 'credit_override_steps_pkey') throw creditProblem('override-open');
    throw error;
  }
}

export async function listOverrideSteps(
  db: Db,
  decisionId: Id<'cdn'>,
): Promise<readonly OverrideStep[]> {
  const rows = await db.query<{
    step_no: number;
    step: OverrideStep['step'];
    outcome: OverrideStep['outcome'];
    reason: string;
    taken_by: string;
    taken_at: Date;
  }>(
    `SELECT s.step_no, s.step, s.outcome, s.reason, s.taken_by, s.taken_at
     FROM credit_override_steps s
     WHERE s.operator_id = :operatorId AND s.decision_id = :decisionId
     ORDER BY s.step_no LIMIT 1000`,
    { operatorId: operatorIdOf(db), decisionId },
  );
  return rows.map((row) => ({
    stepNo: row.step_no,
    step: row.step,
    outcome: row.outcome,
    reason: row.reason,
    takenBy: row.taken_by,
    takenAt: row.taken_at,
  }));
}
