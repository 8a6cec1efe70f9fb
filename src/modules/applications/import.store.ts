import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { rateText } from '../../kernel/rate';
import { rate, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type { Application, ApplicationStatus, Transition } from './application';
import type { Assessment } from './assessment';
import { formJson, type ApplicationForm } from './form';
import type { ImportRow } from './import-row';
import type { Offer } from './offer';
import type { Verdict } from './finding';

/** An application as a batch of an import writes it: judged, and where it came to. */
export interface ImportedApplication {
  readonly row: ImportRow;
  readonly application: Application;
  readonly form: ApplicationForm;
  readonly transitions: readonly Transition[];
  readonly assessment: Assessment;
  readonly offer?: Offer | undefined;
  readonly grade?: string | undefined;
  readonly pd?: Rate | undefined;
  readonly rate?: Rate | undefined;
}

/** Hashes of the rows with these keys that were taken before. */
export async function findTaken(
  db: Db,
  mappingId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ row_key: string; row_sha256: string }>(
    `SELECT i.row_key, i.row_sha256 FROM application_imports i
     WHERE i.mapping_id = :mappingId AND i.row_key = ANY (:keys)`,
    { mappingId, keys },
  );
  return new Map(rows.map((row) => [row.row_key, row.row_sha256]));
}

/** Keeps other imports of the same mapping waiting until commit. */
export async function lockImport(tx: Tx, mappingId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))', {
    lock: `applications import ${tx.scope.operatorId} ${mappingId}`,
  });
}

/** Writes a batch with all its evidence: one statement a table, however many rows there are. */
export async function insertImported(
  tx: Tx,
  mappingId: string,
  imported: readonly ImportedApplication[],
): Promise<void> {
  if (imported.length === 0) return;
  const bindings = { operatorId: tx.scope.operatorId, actor: tx.scope.actor.id };
  const write = async (sql: string, rows: readonly Json[]): Promise<void> => {
    if (rows.length > 0) await tx.execute(sql, { ...bindings, rows: JSON.stringify(rows) });
  };
  await write(INSERT_APPLICATIONS, imported.map(applicationRow));
  await write(INSERT_VERSIONS, imported.map(versionRow));
  await write(INSERT_TRANSITIONS, imported.flatMap(transitionRows));
  await write(INSERT_ASSESSMENTS, imported.map(assessmentRow));
  await write(
    INSERT_OFFERS,
    imported.flatMap(({ application, offer }) => (offer ? [offerRow(application.id, offer)] : [])),
  );
  await write(
    INSERT_IMPORTS,
    imported.map(({ row, application, assessment, grade, pd, rate: asked }) => ({
      mapping_id: mappingId,
      row_key: row.key,
      row_sha256: row.sha256,
      application_id: application.id,
      grade,
      pd: pd && rateText(pd),
      rate: asked && rateText(asked),
      verdict: assessment.verdict,
      turned_bad: row.turnedBad,
      imported_at: application.createdAt.toISOString(),
    })),
  );
}

/** Imported applications with an open offer, in order of the file. */
export async function listOffered(
  db: Db,
  mappingId: string,
  limit: number,
): Promise<readonly { readonly id: Id<'app'>; readonly offerId: Id<'ofr'> }[]> {
  const rows = await db.query<{ id: Id<'app'>; offer_id: Id<'ofr'> }>(
    `SELECT a.id, o.id AS offer_id
     FROM application_imports i
     JOIN applications a ON a.operator_id = i.operator_id AND a.id = i.application_id
     JOIN application_offers o ON o.operator_id = a.operator_id AND o.application_id = a.id
     WHERE i.mapping_id = :mappingId AND a.status = 'offered' AND o.status = 'open'
     ORDER BY a.id LIMIT :limit`,
    { mappingId, limit },
  );
  return rows.map((row) => ({ id: row.id, offerId: row.offer_id }));
}

/** How many loans of a mapping lenders were shown, or are to be shown once they are reviewed. */
export async function countListed(db: Db, mappingId: string): Promise<number> {
  const [row] = await db.query<{ listed: bigint }>(
    `SELECT count(*) AS listed
     FROM application_imports i
     JOIN applications a ON a.operator_id = i.operator_id AND a.id = i.application_id
     WHERE i.mapping_id = :mappingId AND a.offering_id IS NOT NULL`,
    { mappingId },
  );
  return Number(row?.listed ?? 0n);
}

/** One grade of the table that an import ends with. */
export interface GradeLine {
  readonly grade: string;
  readonly count: number;
  readonly approved: number;
  /** Loans that came before lenders, and those of them that were filled and closed. */
  readonly listed: number;
  readonly funded: number;
  readonly meanPd: Rate;
  /** Of those that have a price. */
  readonly meanRate?: Rate | undefined;
  /** Rows whose loan is known to have been repaid or not, and how many were not. */
  readonly decided: number;
  readonly bad: number;
}

/** Everything taken under a mapping, grade by grade, with what became of it. */
export async function gradeTable(db: Db, mappingId: string): Promise<readonly GradeLine[]> {
  const rows = await db.query<{
    grade: string;
    count: bigint;
    approved: bigint;
    listed: bigint;
    funded: bigint;
    mean_pd: string;
    mean_rate: string | null;
    decided: bigint;
    bad: bigint;
  }>(
    `SELECT i.grade, count(*) AS count, count(*) FILTER (WHERE i.verdict = 'pass') AS approved,
       count(a.offering_id) AS listed, count(*) FILTER (WHERE a.status = 'funded') AS funded,
       round(avg(i.pd), 8) AS mean_pd, round(avg(i.rate), 8) AS mean_rate,
       count(i.turned_bad) AS decided, count(*) FILTER (WHERE i.turned_bad) AS bad
     FROM application_imports i
     JOIN applications a ON (a.operator_id, a.id) = (i.operator_id, i.application_id)
     WHERE i.mapping_id = :mappingId AND i.grade IS NOT NULL
     GROUP BY i.grade ORDER BY avg(i.pd), i.grade`,
    { mappingId },
  );
  return rows.map((row) => ({
    grade: row.grade,
    count: Number(row.count),
    approved: Number(row.approved),
    listed: Number(row.listed),
    funded: Number(row.funded),
    meanPd: rate(row.mean_pd),
    meanRate: row.mean_rate === null ? undefined : rate(row.mean_rate),
    decided: Number(row.decided),
    bad: Number(row.bad),
  }));
}

const INSERT_APPLICATIONS = `
  INSERT INTO applications (operator_id, id, issuer_id, party_id, external_id, source, status,
    version, priority, linked_count, decision_id, created_at, updated_at, submitted_at)
  SELECT :operatorId, t.id, t.issuer_id, t.party_id, t.external_id, 'import', t.status, 1, 'normal',
    0, t.decision_id, t.at, t.at, t.at
  FROM jsonb_to_recordset(:rows::jsonb) AS t (id text, issuer_id text, party_id text,
    external_id text, status text, decision_id text, at timestamptz)
  WHERE :actor <> ''`;

function applicationRow({ application }: ImportedApplication): Json {
  return {
    id: application.id,
    issuer_id: application.issuerId,
    party_id: application.partyId,
    external_id: application.externalId,
    status: application.status,
    decision_id: application.decisionId,
    at: application.createdAt.toISOString(),
  };
}

const INSERT_VERSIONS = `
  INSERT INTO application_versions (operator_id, application_id, version, form, changed,
    recorded_at, recorded_by)
  SELECT :operatorId, t.id, 1, t.form, ARRAY['import'], t.at, :actor
  FROM jsonb_to_recordset(:rows::jsonb) AS t (id text, form jsonb, at timestamptz)`;

function versionRow({ application, form }: ImportedApplication): Json {
  return {
    id: application.id,
    form: JSON.parse(canonicalJson(formJson(form) as Json)) as Json,
    at: application.createdAt.toISOString(),
  };
}

const INSERT_TRANSITIONS = `
  INSERT INTO application_transitions (operator_id, application_id, position, from_status,
    to_status, reason, actor, happened_at)
  SELECT :operatorId, t.id, t.position, t.from_status, t.to_status, t.reason, :actor, t.at
  FROM jsonb_to_recordset(:rows::jsonb) AS t (id text, position integer, from_status text,
    to_status text, reason text, at timestamptz)`;

function transitionRows({ application, transitions }: ImportedApplication): readonly Json[] {
  return transitions.map(({ from, to, reason, happenedAt }, index) => ({
    id: application.id,
    position: index + 1,
    from_status: from,
    to_status: to,
    reason,
    at: happenedAt.toISOString(),
  }));
}

const INSERT_ASSESSMENTS = `
  INSERT INTO application_assessments (operator_id, application_id, id, version, policy_id,
    policy_hash, facts, findings, effects, verdict, decision_id, assessed_at, assessed_by)
  SELECT :operatorId, t.application_id, t.id, 1, t.policy_id, t.policy_hash, t.facts, t.findings,
    '[]', t.verdict, t.decision_id, t.at, :actor
  FROM jsonb_to_recordset(:rows::jsonb) AS t (application_id text, id text, policy_id text,
    policy_hash text, facts jsonb, findings jsonb, verdict text, decision_id text, at timestamptz)`;

function assessmentRow({ application, assessment }: ImportedApplication): Json {
  return {
    application_id: application.id,
    id: assessment.id,
    policy_id: assessment.policyId,
    policy_hash: assessment.policyHash,
    facts: assessment.facts,
    findings: assessment.findings.map((finding) => ({ ...finding })),
    verdict: assessment.verdict,
    decision_id: assessment.decisionId,
    at: assessment.assessedAt.toISOString(),
  };
}

const INSERT_OFFERS = `
  INSERT INTO application_offers (operator_id, application_id, id, decision_id, grade, term_months,
    repayment, currency, amount_minor, fee_minor, instalment_minor, interest_minor, rate, apr,
    details, made_at, valid_until, status)
  SELECT :operatorId, t.application_id, t.id, t.decision_id, t.grade, t.term_months, t.repayment,
    t.currency, t.amount_minor, t.fee_minor, t.instalment_minor, t.interest_minor, t.rate, t.apr,
    t.details, t.made_at, t.valid_until, 'open'
  FROM jsonb_to_recordset(:rows::jsonb) AS t (application_id text, id text, decision_id text,
    grade text, term_months integer, repayment text, currency text, amount_minor bigint,
    fee_minor bigint, instalment_minor bigint, interest_minor bigint, rate numeric, apr numeric,
    details jsonb, made_at timestamptz, valid_until timestamptz)
  WHERE :actor <> ''`;

function offerRow(id: Id<'app'>, offer: Offer): Json {
  return {
    application_id: id,
    id: offer.id,
    decision_id: offer.decisionId,
    grade: offer.grade,
    term_months: offer.termMonths,
    repayment: offer.repayment,
    currency: offer.amount.currency,
    amount_minor: offer.amount.minor.toString(),
    fee_minor: offer.fee.minor.toString(),
    instalment_minor: offer.instalment.minor.toString(),
    interest_minor: offer.interest.minor.toString(),
    rate: rateText(offer.rate),
    apr: rateText(offer.apr),
    details: offer.details,
    made_at: offer.madeAt.toISOString(),
    valid_until: offer.validUntil.toISOString(),
  };
}

const INSERT_IMPORTS = `
  INSERT INTO application_imports (operator_id, mapping_id, row_key, row_sha256, application_id,
    grade, pd, rate, verdict, turned_bad, imported_at)
  SELECT :operatorId, t.mapping_id, t.row_key, t.row_sha256, t.application_id, t.grade, t.pd,
    t.rate, t.verdict, t.turned_bad, t.imported_at
  FROM jsonb_to_recordset(:rows::jsonb) AS t (mapping_id text, row_key text, row_sha256 text,
    application_id text, grade text, pd numeric, rate numeric, verdict text, turned_bad boolean,
    imported_at timestamptz)
  WHERE :actor <> ''`;

/** The steps of an application that came in by a file, all at one moment. */
export function importSteps(
  to: ApplicationStatus,
  happenedAt: Date,
  reason: string,
): readonly Transition[] {
  return [
    { to: 'draft', reason: 'Taken from a file', happenedAt },
    { from: 'draft', to: 'submitted', reason: 'Taken from a file', happenedAt },
    { from: 'submitted', to, reason, happenedAt },
  ];
}

/** What a verdict makes of the application. */
export const STATUS_OF: Readonly<Record<Verdict, ApplicationStatus>> = {
  pass: 'offered',
  refer: 'referred',
  decline: 'declined',
};
