import type { Clock } from '../../kernel/clock';
import type { IdPrefix } from '../../kernel/id';
import type { Database, Db, Scope } from '../../platform/db';
import type { VerificationCases } from './service';
import type { VerificationCase } from './verification-case';
import type { VerificationProvider } from './verification-provider';

/**
 * Takes pending cases to the provider: reads in one transaction, asks in none, records in another.
 * For the job, and for seeds that want the answer at once.
 */
export class VerificationRunner<P extends IdPrefix> {
  constructor(
    private readonly deps: {
      readonly database: Pick<Database, 'read' | 'write'>;
      readonly clock: Clock;
      readonly verifications: VerificationCases<P>;
      readonly provider: VerificationProvider;
    },
  ) {}

  async hasPending(db: Db): Promise<boolean> {
    return (await this.deps.verifications.listPending(db, 1)).length > 0;
  }

  /**
   * Answers what is pending at one operator. A case that fails stays pending, is asked about again
   * at the next run, and does not stop the others.
   *
   * @returns how many cases were answered.
   * @throws AggregateError of what went wrong, after all were tried.
   */
  async runPending(scope: Scope, limit = 50): Promise<number> {
    const { database, verifications } = this.deps;
    const pending = await database.read(scope, (db) => verifications.listPending(db, limit));
    const failures: unknown[] = [];
    for (const each of pending) {
      await this.run(scope, each).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some cases were not answered.');
    return pending.length;
  }

  async run(
    scope: Scope,
    { id, subjectId }: Pick<VerificationCase<P>, 'id' | 'subjectId'>,
  ): Promise<VerificationCase<P>> {
    const { database, clock, verifications, provider } = this.deps;
    const subject = await database.write(scope, (tx) => verifications.subjectOf(tx, subjectId));
    const outcome = await provider.verify(id, subject, clock.now());
    return database.write(scope, (tx) => verifications.recordOutcome(tx, id, outcome));
  }
}
