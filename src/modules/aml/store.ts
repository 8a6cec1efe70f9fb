import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import type { Alert, AlertEntry, AlertSubject, NewAlert } from './alert';
import type { AmlCase, CaseStatus, CaseStep, Outcome, StepKind } from './case';
import { amlProblem } from './errors';

export interface AmlReport {
  readonly id: Id<'amr'>;
  readonly caseId: Id<'amc'>;
  readonly code: string;
  readonly sha256: string;
  /** Whether it was held against the schema of the authority. */
  readonly isValidated: boolean;
  readonly madeBy: string;
  readonly madeAt: Date;
}

export interface PageRequest {
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * Lets this transaction, and it alone, see what is suspected. Every read and write of this module
 * begins with it; without it the database shows no row, whoever asks.
 */
export async function clear(db: Db): Promise<void> {
  await db.query("SELECT set_config('app.aml_clearance', 'on', true)");
}

/** Suspicions, with what officers wrote of them sealed. */
export class AmlStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insertCase(tx: Tx, opened: AmlCase): Promise<void> {
    await tx.execute(
      `INSERT INTO aml_cases (operator_id, id, subject_kind, subject_id, status, opened_at)
       VALUES (:operatorId, :id, :kind, :subjectId, :status, :openedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: opened.id,
        kind: opened.subject.kind,
        subjectId: opened.subject.id,
        status: opened.status,
        openedAt: opened.openedAt,
      },
    );
  }

  /** @param decidedBy of a case that is closed with it. */
  async updateCase(tx: Tx, changed: AmlCase, decidedBy?: string): Promise<void> {
    await tx.execute(
      `UPDATE aml_cases SET status = :status, officer = :officer, proposed_outcome = :outcome,
         proposed_by = :proposedBy, decided_by = :decidedBy, closed_at = :closedAt
       WHERE operator_id = :operatorId AND id = :id`,
      {
        operatorId: operatorIdOf(tx),
        id: changed.id,
        status: changed.status,
        officer: changed.officer,
        outcome: changed.proposal?.outcome,
        proposedBy: changed.proposal?.by,
        decidedBy,
        closedAt: changed.closedAt,
      },
    );
  }

  /** The subject's case that is not closed, locked; undefined where it has none. */
  async lockOpenCase(tx: Tx, subject: AlertSubject): Promise<AmlCase | undefined> {
    const rows = await tx.query<CaseRow>(
      `${SELECT_CASE} WHERE c.subject_id = :id AND c.status IN ('open', 'under-review')
       FOR UPDATE`,
      { id: subject.id },
    );
    return rows[0] && caseFrom(rows[0]);
  }

  /** @throws Problem `aml.case-not-found`. */
  async lockCase(tx: Tx, id: Id<'amc'>): Promise<AmlCase> {
    const rows = await tx.query<CaseRow>(`${SELECT_CASE} WHERE c.id = :id FOR UPDATE`, { id });
    if (!rows[0]) throw amlProblem('case-not-found');
    return caseFrom(rows[0]);
  }

  /** @throws Problem `aml.case-not-found`. */
  async getCase(db: Db, id: Id<'amc'>): Promise<AmlCase> {
    const rows = await db.query<CaseRow>(`${SELECT_CASE} WHERE c.id = :id`, { id });
    if (!rows[0]) throw amlProblem('case-not-found');
    return caseFrom(rows[0]);
  }

  /** Cases, the newest first. */
  async listCases(
    db: Db,
    { status, after, limit }: PageRequest & { readonly status?: CaseStatus | undefined },
  ): Promise<readonly AmlCase[]> {
    const rows = await db.query<CaseRow>(
      `${SELECT_CASE} WHERE (:status::text IS NULL OR c.status = :status)
         AND (:after::text IS NULL OR c.id < :after) ORDER BY c.id DESC LIMIT :limit`,
      { status: status ?? null, after: after ?? null, limit },
    );
    return rows.map(caseFrom);
  }

  /** @returns whether it is new: the same facts under the same rule are kept once. */
  async insertAlert(
    tx: Tx,
    alert: NewAlert & { readonly id: Id<'alt'>; readonly caseId: Id<'amc'> },
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO aml_alerts (operator_id, id, case_id, subject_kind, subject_id, rule, rule_id,
         policy_id, policy_version, found_values, entries, from_at, to_at, raised_at, key)
       VALUES (:operatorId, :id, :caseId, :kind, :subjectId, :rule::jsonb, :ruleId, :policyId,
         :policyVersion, :values::jsonb, :entries::jsonb, :from, :to, :raisedAt, :key)`,
      {
        operatorId: operatorIdOf(tx),
        id: alert.id,
        caseId: alert.caseId,
        kind: alert.subject.kind,
        subjectId: alert.subject.id,
        rule: JSON.stringify(alert.rule),
        ruleId: alert.rule.id,
        policyId: alert.policy.id,
        policyVersion: alert.policy.version,
        values: JSON.stringify(alert.values),
        entries: JSON.stringify(alert.entries.map(storedEntry)),
        from: alert.from,
        to: alert.to,
        raisedAt: alert.raisedAt,
        key: alert.key,
      },
    );
  }

  /** Those of the keys under which an alert is kept. */
  async knownKeys(db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ key: string }>(
      'SELECT a.key FROM aml_alerts a WHERE a.key = ANY(:keys::text[])',
      { keys: [...keys] },
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Alerts, the newest first; of one case where it is given. */
  async listAlerts(
    db: Db,
    { caseId, after, limit }: PageRequest & { readonly caseId?: Id<'amc'> | undefined },
  ): Promise<readonly Alert[]> {
    const rows = await db.query<AlertRow>(
      `SELECT a.id, a.case_id, a.subject_kind, a.subject_id, a.rule, a.policy_id,
              a.policy_version, a.found_values, a.entries, a.from_at, a.to_at, a.raised_at
       FROM aml_alerts a
       WHERE (:caseId::text IS NULL OR a.case_id = :caseId)
         AND (:after::text IS NULL OR a.id < :after)
       ORDER BY a.id DESC LIMIT :limit`,
      { caseId: caseId ?? null, after: after ?? null, limit },
    );
    return rows.map(alertFrom);
  }

  /** Written under the lock of the case, so that steps are numbered without a gap. */
  async addStep(
    tx: Tx,
    caseId: Id<'amc'>,
    step: {
      readonly step: StepKind;
      readonly by: string;
      readonly at: Date;
      readonly note?: string | undefined;
    },
  ): Promise<void> {
    const { note } = step;
    await tx.execute(
      `INSERT INTO aml_case_steps
         (operator_id, case_id, step_no, step, actor, happened_at, note_encrypted)
       SELECT :operatorId, :caseId, coalesce(max(s.step_no), 0) + 1, :step, :by, :at, :note
       FROM aml_case_steps s WHERE s.operator_id = :operatorId AND s.case_id = :caseId`,
      {
        operatorId: operatorIdOf(tx),
        caseId,
        step: step.step,
        by: step.by,
        at: step.at,
        note: note === undefined ? undefined : this.cipher.seal(note, noteAddress(caseId)),
      },
    );
  }

  async listSteps(db: Db, caseId: Id<'amc'>): Promise<readonly CaseStep[]> {
    const rows = await db.query<{
      step_no: number;
      step: StepKind;
      actor: string;
      happened_at: Date;
      note_encrypted: string | null;
    }>(
      `SELECT s.step_no, s.step, s.actor, s.happened_at, s.note_encrypted FROM aml_case_steps s
       WHERE s.case_id = :caseId ORDER BY s.step_no LIMIT 1000`,
      { caseId },
    );
    return rows.map((row) => ({
      no: row.step_no,
      step: row.step,
      by: row.actor,
      at: row.happened_at,
      note:
        row.note_encrypted === null
          ? undefined
          : this.cipher.open(row.note_encrypted, noteAddress(caseId)),
    }));
  }

  async insertReport(tx: Tx, report: AmlReport, xml: string): Promise<void> {
    await tx.execute(
      `INSERT INTO aml_reports (operator_id, id, case_id, report_code, xml_encrypted, sha256,
         is_validated, made_by, made_at)
       VALUES (:operatorId, :id, :caseId, :code, :xml, :sha256, :isValidated, :madeBy, :madeAt)`,
      {
        operatorId: operatorIdOf(tx),
        ...report,
        xml: this.cipher.seal(xml, reportAddress(report.id)),
      },
    );
  }

  async listReports(db: Db, caseId: Id<'amc'>): Promise<readonly AmlReport[]> {
    const rows = await db.query<ReportRow>(
      `SELECT r.id, r.case_id, r.report_code, r.sha256, r.is_validated, r.made_by, r.made_at
       FROM aml_reports r WHERE r.case_id = :caseId ORDER BY r.id LIMIT 1000`,
      { caseId },
    );
    return rows.map((row) => ({
      id: row.id,
      caseId: row.case_id,
      code: row.report_code,
      sha256: row.sha256,
      isValidated: row.is_validated,
      madeBy: row.made_by,
      madeAt: row.made_at,
    }));
  }

  /** @throws Problem `aml.report-not-found`. */
  async reportXml(
    db: Db,
    { caseId, id }: { readonly caseId: Id<'amc'>; readonly id: Id<'amr'> },
  ): Promise<string> {
    const [row] = await db.query<{ xml_encrypted: string }>(
      'SELECT r.xml_encrypted FROM aml_reports r WHERE r.case_id = :caseId AND r.id = :id',
      { caseId, id },
    );
    if (!row) throw amlProblem('report-not-found');
    return this.cipher.open(row.xml_encrypted, reportAddress(id));
  }

  /** Up to when movements have been examined; locked, so that two runs do not examine the same. */
  async lockWatermark(tx: Tx): Promise<Date | undefined> {
    const [row] = await tx.query<{ examined_to: Date }>(
      'SELECT w.examined_to FROM aml_watermarks w FOR UPDATE',
    );
    return row?.examined_to;
  }

  async moveWatermark(tx: Tx, to: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO aml_watermarks (operator_id, examined_to) VALUES (:operatorId, :to)
       ON CONFLICT (operator_id) DO UPDATE SET examined_to = excluded.examined_to`,
      { operatorId: operatorIdOf(tx), to },
    );
  }
}

const SELECT_CASE = `SELECT c.id, c.subject_kind, c.subject_id, c.status, c.opened_at, c.officer,
    c.proposed_outcome, c.proposed_by, c.closed_at
  FROM aml_cases c`;

function noteAddress(caseId: Id<'amc'>) {
  return { table: 'aml_case_steps', column: 'note_encrypted', rowId: caseId };
}

function reportAddress(id: Id<'amr'>) {
  return { table: 'aml_reports', column: 'xml_encrypted', rowId: id };
}

interface CaseRow {
  id: Id<'amc'>;
  subject_kind: AlertSubject['kind'];
  subject_id: string;
  status: CaseStatus;
  opened_at: Date;
  officer: string | null;
  proposed_outcome: Outcome | null;
  proposed_by: string | null;
  closed_at: Date | null;
}

function caseFrom(row: CaseRow): AmlCase {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id } as AlertSubject,
    status: row.status,
    openedAt: row.opened_at,
    officer: row.officer ?? undefined,
    proposal:
      row.proposed_outcome === null
        ? undefined
        : { outcome: row.proposed_outcome, by: row.proposed_by ?? '' },
    closedAt: row.closed_at ?? undefined,
  };
}

interface ReportRow {
  id: Id<'amr'>;
  case_id: Id<'amc'>;
  report_code: string;
  sha256: string;
  is_validated: boolean;
  made_by: string;
  made_at: Date;
}

interface AlertRow {
  id: Id<'alt'>;
  case_id: Id<'amc'>;
  subject_kind: AlertSubject['kind'];
  subject_id: string;
  rule: Alert['rule'];
  policy_id: string;
  policy_version: number;
  found_values: Alert['values'];
  entries: readonly StoredEntry[];
  from_at: Date;
  to_at: Date;
  raised_at: Date;
}

interface StoredEntry {
  readonly kind: AlertEntry['kind'];
  readonly id: string;
  readonly at: string;
  readonly amount?: MoneyWire | undefined;
  readonly entryNo?: string | undefined;
}

function storedEntry({ kind, id, at, amount, entryNo }: AlertEntry): StoredEntry {
  return { kind, id, at: at.toISOString(), amount: amount?.toWire(), entryNo: entryNo?.toString() };
}

function alertFrom(row: AlertRow): Alert {
  return {
    id: row.id,
    caseId: row.case_id,
    subject: { kind: row.subject_kind, id: row.subject_id } as AlertSubject,
    rule: row.rule,
    policy: { id: row.policy_id, version: row.policy_version },
    values: row.found_values,
    entries: row.entries.map(({ kind, id, at, amount, entryNo }) => ({
      kind,
      id,
      at: new Date(at),
      amount: amount && Money.fromWire(amount),
      entryNo: entryNo === undefined ? undefined : BigInt(entryNo),
    })),
    from: row.from_at,
    to: row.to_at,
    raisedAt: row.raised_at,
  };
}
