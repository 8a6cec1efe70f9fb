import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import type { Database, Db } from '../../platform/db';
import type { BankAccountService } from './bank-account.service';
import { debitInstruction, type CollectionService } from './collection.service';
import type { Custodian, InstructionState } from './custodian';
import type { ReturnService } from './return.service';
import { reached, type Round } from './round.service';

export interface DebitRunnerDeps {
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly custodian: Custodian;
  readonly collections: CollectionService;
  readonly returns: ReturnService;
  readonly bankAccounts: BankAccountService;
}

/** How many debits go to the custodian as one file, and are recorded in one transaction. */
const BATCH = 500;
/** How many files one round hands over; the rest is due at the next. */
const FILES = 40;

/**
 * Draws what falls due, and takes back what came back. As with every payment nothing is said to the
 * custodian inside a transaction, and after a death the same instructions are sent again.
 */
export class DebitRunner {
  constructor(private readonly deps: DebitRunnerDeps) {}

  async run(round: Round): Promise<void> {
    await round.attempt(() => this.collectDue(round));
    await this.listen(round);
    const due = await this.deps.transactions.read(round.scope, (db) =>
      this.deps.returns.listDue(db, BATCH),
    );
    for (const id of due) await round.attempt(() => this.bookReturn(round, id));
  }

  /** Takes note of what came back. */
  async listen(round: Round): Promise<void> {
    await round.attempt(() => this.recordReturns(round));
  }

  async hasDue(db: Db): Promise<boolean> {
    const { collections, returns } = this.deps;
    const due = [await collections.listDue(db, 1), await returns.listDue(db, 1)];
    return due.some((ids) => ids.length > 0);
  }

  private async collectDue(round: Round): Promise<void> {
    const { transactions, collections } = this.deps;
    for (let file = 0; file < FILES; file += 1) {
      const due = await transactions.read(round.scope, (db) => collections.listDue(db, BATCH));
      if (due.length > 0) await this.collect(round, due);
      if (due.length < BATCH) return;
    }
  }

  private async collect(round: Round, due: readonly Id<'col'>[]): Promise<void> {
    const { transactions, custodian, collections, bankAccounts } = this.deps;
    const { operatorId, scope } = round;
    const told = await transactions.write(scope, (tx) => collections.instruct(tx, due));
    if (told.length === 0) return;
    const payers = await transactions.read(scope, (db) =>
      bankAccounts.revealPayees(
        db,
        told.map(({ bankAccountId }) => bankAccountId),
      ),
    );
    const instructions = told.map((terms) =>
      debitInstruction(operatorId, terms, must(payers.get(terms.bankAccountId), 'the account')),
    );
    const answer = await reached(() => custodian.instructAll(operatorId, instructions));
    await this.record(round, {
      ids: told.map(({ collection }) => collection.id),
      answers: 'failure' in answer ? new Map<string, InstructionState>() : answer.value,
    });
  }

  /** Records the answers together; one that cannot be recorded must not keep the others from it. */
  private async record(
    { scope, attempt }: Round,
    told: {
      readonly ids: readonly Id<'col'>[];
      readonly answers: ReadonlyMap<string, InstructionState>;
    },
  ): Promise<void> {
    const { transactions, collections } = this.deps;
    const write = (ids: readonly Id<'col'>[]): Promise<void> =>
      transactions.write(scope, (tx) => collections.recordAnswers(tx, ids, told.answers));
    await write(told.ids).catch(async () => {
      for (const id of told.ids) await attempt(() => write([id]));
    });
  }

  private async recordReturns({ operatorId, scope, attempt }: Round): Promise<void> {
    const { transactions, custodian, returns } = this.deps;
    for (const returned of await custodian.listReturns(operatorId, BATCH)) {
      await attempt(async () => {
        await transactions.write(scope, (tx) => returns.record(tx, returned));
        await custodian.acknowledgeReturns(operatorId, [returned.custodianRef]);
      });
    }
  }

  /** A refusal is an answer: the return stays open and says why. Anything else is a bug. */
  private async bookReturn({ scope }: Round, id: Id<'rtn'>): Promise<void> {
    const { transactions, returns } = this.deps;
    try {
      await transactions.write(scope, (tx) => returns.book(tx, id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await transactions.write(scope, (tx) => returns.recordFailure(tx, id, error.code));
    }
  }
}
