import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { BankAccount } from './bank-account';
import type { BankAccountService } from './bank-account.service';
import type { Custodian, Instruction } from './custodian';
import type { DebitRunner } from './debit-runner.service';
import type { Deposit } from './deposit';
import { collectInstruction, type DepositService } from './deposit.service';
import { reached, type Round } from './round.service';
import type { TransferService } from './transfer.service';
import type { Withdrawal } from './withdrawal';
import type { WithdrawalService } from './withdrawal.service';

export interface DispatchDeps {
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly custodian: Custodian;
  readonly deposits: DepositService;
  readonly withdrawals: WithdrawalService;
  readonly transfers: TransferService;
  readonly bankAccounts: BankAccountService;
  readonly debits: DebitRunner;
}

/** How many of each kind one run takes; the rest is due at the next. */
const BATCH = 500;
/** A payment that the custodian has not carried out by then must not be carried out any more. */
const PAYMENT_LIFE_MS = 7 * 86_400_000;

/**
 * Talks to the custodian, outside of every transaction: what to say is read in one, what was
 * answered is recorded in another. Between the two anything may die: the same instruction is then
 * sent again under the same id, which has one effect.
 */
export class PaymentDispatcher {
  constructor(private readonly deps: DispatchDeps) {}

  /**
   * Does everything that is due for one operator. One payment's failure does not stop the others.
   *
   * @throws AggregateError of what went wrong other than the custodian being out of reach.
   */
  async run(operatorId: number): Promise<void> {
    await this.round(operatorId, async (round) => {
      await round.attempt(() => this.bookArrivals(round));
      const due = await this.deps.transactions.read(round.scope, (db) => this.listDue(db, BATCH));
      for (const each of due.accounts) await round.attempt(() => this.checkHolder(round, each));
      for (const payment of due.withdrawals) await round.attempt(() => this.pay(round, payment));
      for (const debit of due.debits) await round.attempt(() => this.collect(round, debit));
      await this.deps.debits.run(round);
      // After the arrivals: what came in time must not expire because we looked late.
      if (due.hasOverdue) await round.attempt(() => this.expire(round));
    });
  }

  /** Asks the custodian for what came by itself: transfers, and debits that came back. */
  async listen(operatorId: number): Promise<void> {
    await this.round(operatorId, async (round) => {
      await round.attempt(() => this.bookArrivals(round));
      await this.deps.debits.listen(round);
    });
  }

  /** Whether there is anything that the custodian has to be told, or that came too late. */
  async hasDue(db: Db): Promise<boolean> {
    const { accounts, withdrawals, debits, hasOverdue } = await this.listDue(db, 1);
    const isAny = [accounts, withdrawals, debits].some((due) => due.length > 0);
    return isAny || hasOverdue || this.deps.debits.hasDue(db);
  }

  private async listDue(db: Db, limit: number) {
    const { bankAccounts, withdrawals, deposits } = this.deps;
    return {
      accounts: await bankAccounts.listDue(db, limit),
      withdrawals: await withdrawals.listDue(db, limit),
      debits: await deposits.listDue(db, limit),
      hasOverdue: await deposits.hasOverdue(db),
    };
  }

  private async round(operatorId: number, work: (round: Round) => Promise<void>): Promise<void> {
    const bugs: unknown[] = [];
    await work({
      operatorId,
      scope: systemScope(operatorId),
      attempt: async (part) => {
        await part().catch((error: unknown) => bugs.push(error));
      },
    });
    if (bugs.length > 0) throw new AggregateError(bugs, 'Some payments could not be handled.');
  }

  private async bookArrivals({ operatorId, scope, attempt }: Round): Promise<void> {
    const { custodian, transfers } = this.deps;
    for (const arrival of await custodian.listArrivals(operatorId, BATCH)) {
      await attempt(async () => {
        await this.write(scope, (tx) => transfers.receive(tx, arrival));
        await custodian.acknowledgeArrivals(operatorId, [arrival.custodianRef]);
      });
    }
  }

  private async checkHolder({ scope }: Round, { id }: BankAccount): Promise<void> {
    const { transactions, custodian, bankAccounts } = this.deps;
    const payee = await transactions.read(scope, (db) => bankAccounts.revealPayee(db, id));
    const answer = await reached(() => custodian.confirmHolder(payee));
    await this.write(scope, (tx) =>
      'failure' in answer
        ? bankAccounts.recordFailure(tx, id)
        : bankAccounts.recordAnswer(tx, id, answer.value),
    );
  }

  private async collect({ operatorId, scope }: Round, deposit: Deposit): Promise<void> {
    const { custodian, deposits } = this.deps;
    const answer = await reached(() => custodian.instruct(collectInstruction(operatorId, deposit)));
    await this.write(scope, async (tx) => {
      if ('failure' in answer) return deposits.recordFailure(tx, deposit.id, answer.failure);
      await deposits.recordAnswer(tx, deposit.id, answer.value);
    });
  }

  private async pay({ operatorId, scope }: Round, { id }: Withdrawal): Promise<void> {
    const { transactions, custodian, withdrawals } = this.deps;
    const withdrawal = await transactions.write(scope, (tx) => withdrawals.instruct(tx, id));
    if (!withdrawal) return;
    const instruction = await this.payInstruction(scope, operatorId, withdrawal);
    const answer = await reached(() => custodian.instruct(instruction));
    await this.write(scope, async (tx) => {
      if ('failure' in answer) return withdrawals.recordFailure(tx, id, answer.failure);
      await withdrawals.recordAnswer(tx, id, answer.value);
    });
  }

  private async expire({ scope }: Round): Promise<void> {
    await this.write(scope, (tx) => this.deps.deposits.expireOverdue(tx, BATCH));
  }

  private async payInstruction(
    scope: Scope,
    operatorId: number,
    { id, amount, bankAccountId, instructedAt, requestedAt }: Withdrawal,
  ): Promise<Instruction> {
    const { transactions, bankAccounts } = this.deps;
    const payee =
      bankAccountId &&
      (await transactions.read(scope, (db) => bankAccounts.revealPayee(db, bankAccountId)));
    const validUntil = new Date((instructedAt ?? requestedAt).getTime() + PAYMENT_LIFE_MS);
    return { id, operatorId, kind: 'pay', amount, payee, reference: id, validUntil };
  }

  private async write(scope: Scope, work: (tx: Tx) => Promise<unknown>): Promise<void> {
    await this.deps.transactions.write(scope, work);
  }
}

function systemScope(operatorId: number): Scope {
  return { operatorId, actor: { kind: 'system', id: 'payments' } };
}
