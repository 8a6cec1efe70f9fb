import type { Clock } from '../../kernel/clock';
import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Database, Scope } from '../../platform/db';
import type { Application } from './application';
import type { AssessmentService } from './assessment.service';
import type { IncomeProvider } from './ports';
import type { ApplicationService } from './service';
import { listQueue } from './store';

/**
 * Takes what was handed in to the income provider and then to its assessment: reads in one
 * transaction, asks in none, records in another. The green queue goes first.
 */
export class ApplicationRunner {
  constructor(
    private readonly deps: {
      readonly database: Pick<Database, 'read' | 'write'>;
      readonly clock: Clock;
      readonly applications: ApplicationService;
      readonly assessments: AssessmentService;
      readonly incomeProvider: IncomeProvider;
    },
  ) {}

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
    const { database, applications, assessments, incomeProvider } = this.deps;
    const { form, contact } = await database.read(scope, (db) => applications.get(db, id));
    const income = must(form.income, 'the stated income');
    const check = await incomeProvider.check(id, {
      source: income.source,
      stated: income.monthly,
      employer: contact.employer,
      bankAccount: contact.bankAccount,
    });
    return database.write(scope, (tx) => assessments.assess(tx, id, check));
  }
}
