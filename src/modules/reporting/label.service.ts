import type { Clock } from '../../kernel/clock';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { reportProblem } from './errors';
import { mayBe, type Label } from './label';
import * as store from './label.store';

export interface LabelDeps {
  readonly clock: Clock;
  readonly audit: Audit;
}

/** What is said of issuers and offerings for the reports alone. */
export class ReportLabels {
  constructor(private readonly deps: LabelDeps) {}

  /**
   * Says something of an issuer or an offering from now on. Reports that are made keep what they said.
   *
   * @throws Problem `reporting.subject-not-found`, `reporting.not-a-value`.
   */
  async set(tx: Tx, of: Pick<Label, 'subject' | 'label' | 'value'>): Promise<void> {
    if (!(await store.hasSubject(tx, of.subject))) throw reportProblem('subject-not-found');
    if (!mayBe(of)) throw reportProblem('not-a-value');
    const recordedAt = this.deps.clock.now();
    await store.insertLabel(tx, { ...of, recordedAt, recordedBy: tx.scope.actor.id });
    const { subject, label, value } = of;
    await this.deps.audit.record(tx, {
      action: 'report.labelled',
      subject,
      details: { label, value },
    });
  }

  /** @throws Problem `reporting.subject-not-found`. */
  async list(db: Db, subject: string): Promise<readonly Label[]> {
    if (!(await store.hasSubject(db, subject))) throw reportProblem('subject-not-found');
    return store.listLabels(db, subject);
  }
}
