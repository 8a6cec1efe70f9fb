import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { writeXml, type XmlSchema } from '../../platform/xml';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import type { InvestorService } from '../investors';
import type { IssuerService } from '../issuers';
import type { Alert, AlertSubject } from './alert';
import {
  decided,
  proposed,
  requireStatus,
  taken,
  type AmlCase,
  type CaseStatus,
  type CaseStep,
  type Outcome,
} from './case';
import { amlProblem } from './errors';
import { goamlReport, type ReportRequest } from './goaml';
import type { AmlPolicies } from './policy';
import { AmlStore, clear, type AmlReport, type PageRequest } from './store';

export interface AmlDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly cipher: FieldCipher;
  readonly operators: OperatorDirectory;
  readonly investors: InvestorService;
  readonly issuers: IssuerService;
  readonly policies: AmlPolicies;
  /** The schema of the authority, where the operator supplied it. */
  readonly schema?: XmlSchema | undefined;
}

/** A case with everything in it. */
export interface CaseFile {
  readonly found: AmlCase;
  readonly subjectName: string;
  readonly alerts: readonly Alert[];
  readonly steps: readonly CaseStep[];
  readonly reports: readonly AmlReport[];
}

/** More alerts than anybody reads of one subject. */
const ALERTS_SHOWN = 500;

/**
 * Suspicions, worked on by officers who are cleared for them. Nothing here enters the audit trail or
 * the outbox: every step is kept with the case instead, and nothing of it is ever changed.
 */
export class AmlService {
  private readonly store: AmlStore;

  constructor(private readonly deps: AmlDeps) {
    this.store = new AmlStore(deps.cipher);
  }

  async listAlerts(db: Db, page: PageRequest): Promise<readonly Alert[]> {
    await clear(db);
    return this.store.listAlerts(db, page);
  }

  async listCases(
    db: Db,
    page: PageRequest & { readonly status?: CaseStatus | undefined },
  ): Promise<readonly AmlCase[]> {
    await clear(db);
    return this.store.listCases(db, page);
  }

  /** @throws Problem `aml.case-not-found`. */
  async file(db: Db, id: Id<'amc'>): Promise<CaseFile> {
    await clear(db);
    const found = await this.store.getCase(db, id);
    return {
      found,
      subjectName: await this.nameOf(db, found.subject),
      alerts: await this.store.listAlerts(db, { caseId: id, limit: ALERTS_SHOWN }),
      steps: await this.store.listSteps(db, id),
      reports: await this.store.listReports(db, id),
    };
  }

  /** @throws Problem `aml.case-not-found`, `aml.case-status`. */
  async take(tx: Tx, id: Id<'amc'>): Promise<void> {
    const found = await this.lock(tx, id);
    await this.store.updateCase(tx, taken(found, tx.scope.actor.id));
    await this.step(tx, id, { step: 'taken' });
  }

  /** @throws Problem `aml.case-not-found`. */
  async note(tx: Tx, id: Id<'amc'>, text: string): Promise<void> {
    await this.lock(tx, id);
    await this.step(tx, id, { step: 'note', note: text });
  }

  /**
   * Makes the report to the authority, held against its schema where that was supplied.
   *
   * @throws Problem `aml.case-not-found`, `aml.case-status`; `aml.report-not-valid` with all faults.
   */
  async report(tx: Tx, id: Id<'amc'>, request: ReportRequest): Promise<AmlReport> {
    requireStatus(await this.lock(tx, id), 'under-review');
    const { operators, policies, clock, newId, schema } = this.deps;
    const operator = operators.get(operatorIdOf(tx));
    const reportId = newId('amr');
    const madeAt = clock.now();
    const root = goamlReport({
      request,
      reference: reportId,
      operatorName: operator.legalName,
      alerts: await this.store.listAlerts(tx, { caseId: id, limit: ALERTS_SHOWN }),
      codes: policies.under(operator.rulebookId).goaml,
      at: madeAt,
    });
    const faults = schema?.validate(root) ?? [];
    if (faults.length > 0) {
      throw amlProblem('report-not-valid', {
        detail: faults.map(({ path, message }) => `${path} ${message}.`).join(' '),
        errors: faults.map(({ path, message }) => ({ pointer: path, detail: message })),
      });
    }
    const xml = writeXml(root);
    const report: AmlReport = {
      id: reportId,
      caseId: id,
      code: request.reportCode,
      sha256: createHash('sha256').update(xml).digest('hex'),
      isValidated: schema !== undefined,
      madeBy: tx.scope.actor.id,
      madeAt,
    };
    await this.store.insertReport(tx, report, xml);
    await this.step(tx, id, { step: 'report-made', note: reportId });
    return report;
  }

  /** @throws Problem `aml.report-not-found`. */
  async reportXml(
    db: Db,
    of: { readonly caseId: Id<'amc'>; readonly id: Id<'amr'> },
  ): Promise<string> {
    await clear(db);
    return this.store.reportXml(db, of);
  }

  /** @throws Problem of `proposed`, `aml.case-not-found`. */
  async propose(
    tx: Tx,
    id: Id<'amc'>,
    { outcome, reason }: { readonly outcome: Outcome; readonly reason: string },
  ): Promise<void> {
    const found = await this.lock(tx, id);
    const reports = await this.store.listReports(tx, id);
    const proposal = { outcome, by: tx.scope.actor.id };
    const changed = proposed(found, proposal, { hasReport: reports.length > 0 });
    await this.store.updateCase(tx, changed);
    await this.step(tx, id, { step: 'outcome-proposed', note: `${outcome}: ${reason}` });
  }

  /** The second officer's word. @throws Problem of `decided`, `aml.case-not-found`. */
  async decide(
    tx: Tx,
    id: Id<'amc'>,
    { isApproved, reason }: { readonly isApproved: boolean; readonly reason: string },
  ): Promise<void> {
    const found = await this.lock(tx, id);
    const by = tx.scope.actor.id;
    const changed = decided(found, { by, at: this.deps.clock.now(), isApproved });
    await this.store.updateCase(tx, changed, isApproved ? by : undefined);
    const { status } = changed;
    const isClosed = status === 'reported' || status === 'dismissed';
    await this.step(tx, id, { step: isClosed ? status : 'outcome-rejected', note: reason });
  }

  private async lock(tx: Tx, id: Id<'amc'>): Promise<AmlCase> {
    await clear(tx);
    return this.store.lockCase(tx, id);
  }

  private async step(tx: Tx, id: Id<'amc'>, made: Pick<CaseStep, 'step' | 'note'>): Promise<void> {
    const at = this.deps.clock.now();
    await this.store.addStep(tx, id, { ...made, by: tx.scope.actor.id, at });
  }

  private async nameOf(db: Db, subject: AlertSubject): Promise<string> {
    const { investors, issuers } = this.deps;
    if (subject.kind === 'issuer') {
      return issuers.nameOf(db, await issuers.get(db, subject.id));
    }
    return (await investors.detailsOf(db, [subject.id])).get(subject.id)?.name ?? '';
  }
}
