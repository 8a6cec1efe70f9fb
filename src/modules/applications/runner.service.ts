import type { Clock } from '../../kernel/clock';
import { must } from '../../kernel/assert';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope } from '../../platform/db';
import { requireStatus, type Application } from './application';
import type { AssessmentService } from './assessment.service';
import { hashOfFile, type CreditEnquiry, type EnquiryKind } from './bureau-file';
import { findEnquiry, insertEnquiry } from './enquiry.store';
import { findSubmission } from './evidence.store';
import type { Borrowers, CreditBureau, CreditSubject, IncomeProvider } from './ports';
import type { ApplicationService, FilledApplication } from './service';
import { listQueue } from './store';
import { creditConsent } from './submission';

/** A question to the bureau about one application, by the borrower's consent. */
interface Question {
  readonly filled: FilledApplication;
  readonly subject: CreditSubject;
  readonly kind: EnquiryKind;
  readonly consentSha256: string;
}

/**
 * Takes what was handed in to the credit bureau, to the income provider and then to its assessment:
 * reads in one transaction, asks in none, records in another. The green queue goes first.
 */
export class ApplicationRunner {
  constructor(
    private readonly deps: {
      readonly database: Pick<Database, 'read' | 'write'>;
      readonly clock: Clock;
      readonly newId: NewId;
      readonly audit: Audit;
      readonly borrowers: Borrowers;
      readonly applications: ApplicationService;
      readonly assessments: AssessmentService;
      readonly incomeProvider: IncomeProvider;
      readonly creditBureau: CreditBureau;
    },
  ) {}

  async hasPending(db: Db): Promise<boolean> {
    return (await listQueue(db, 'submitted', 1)).length > 0;
  }

  /**
   * Judges what waits at one operator. One that fails stays, is tried again at the next run, and
   * does not stop the others.
   *
   * @returns how many were judged.
   * @throws AggregateError of what went wrong, after all were tried.
   */
  async runPending(scope: Scope, limit = 50): Promise<number> {
    const waiting = await this.deps.database.read(scope, (db) => listQueue(db, 'submitted', limit));
    const failures: unknown[] = [];
    for (const id of waiting) {
      await this.run(scope, id).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0)
      throw new AggregateError(failures, 'Some applications were not judged.');
    return waiting.length;
  }

  async run(scope: Scope, id: Id<'app'>): Promise<Application> {
    const { database, assessments, incomeProvider } = this.deps;
    const { question, isAnswered } = await database.read(scope, async (db) => ({
      question: await this.hardQuestion(db, id),
      isAnswered: (await findEnquiry(db, id, 'hard')) !== undefined,
    }));
    // A hard enquiry leaves a mark: one that was answered is never made again.
    if (!isAnswered) await this.ask(scope, question);
    const { form, contact } = question.filled;
    const income = must(form.income, 'the stated income');
    const check = await incomeProvider.check(id, {
      source: income.source,
      stated: income.monthly,
      employer: contact.employer,
      bankAccount: contact.bankAccount,
    });
    return database.write(scope, (tx) => assessments.assess(tx, id, check));
  }

  /**
   * Asks the bureau softly about somebody who has not handed in yet and consents to it, so that a
   * quote rests on what the bureau says. It leaves no mark and binds nobody.
   *
   * @throws Problem `applications.not-found`, `applications.wrong-status` once it is handed in.
   */
  async askSoftly(scope: Scope, id: Id<'app'>, consentSha256: string): Promise<CreditEnquiry> {
    const question = await this.deps.database.read(scope, async (db): Promise<Question> => {
      const filled = await this.deps.applications.get(db, id);
      requireStatus(filled.application, ['draft'], 'a soft enquiry');
      const subject = await this.subjectOf(db, filled);
      return { filled, subject, kind: 'soft', consentSha256 };
    });
    return this.ask(scope, question);
  }

  private async hardQuestion(db: Db, id: Id<'app'>): Promise<Question> {
    const filled = await this.deps.applications.get(db, id);
    const { consents } = must(await findSubmission(db, id), 'the submission');
    const { textSha256: consentSha256 } = creditConsent(consents);
    return { filled, subject: await this.subjectOf(db, filled), kind: 'hard', consentSha256 };
  }

  private async ask(
    scope: Scope,
    { filled, subject, kind, consentSha256 }: Question,
  ): Promise<CreditEnquiry> {
    const { database, clock, newId, audit, creditBureau } = this.deps;
    const { id, version } = filled.application;
    const file = await creditBureau.enquire(id, { kind, subject });
    const { name: provider } = creditBureau;
    const asked = { id: newId('enq'), version, kind, provider, file, consentSha256 };
    const enquiry: CreditEnquiry = { ...asked, askedAt: clock.now() };
    await database.write(scope, async (tx) => {
      if (!(await insertEnquiry(tx, id, enquiry))) return;
      const { outcome } = file;
      const details = { enquiry: enquiry.id, kind, provider, outcome, sha256: hashOfFile(file) };
      await audit.record(tx, { action: 'application.bureau-asked', subject: id, details });
    });
    return enquiry;
  }

  private async subjectOf(
    db: Db,
    { application, form, contact }: FilledApplication,
  ): Promise<CreditSubject> {
    const { borrowers, applications } = this.deps;
    const borrower = await borrowers.get(db, application.issuerId);
    const { homeCurrency } = applications.operatorOf(db);
    return {
      name: await borrowers.nameOf(db, borrower),
      address: contact.address,
      stated: {
        facts: form.creditFacts ?? {},
        instalments: form.commitments?.loans ?? Money.zero(homeCurrency),
      },
    };
  }
}
