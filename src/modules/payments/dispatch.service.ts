import { Problem } from '../../kernel/problem';
import type { Database, Scope, Tx } from '../../platform/db';
import type { BankAccountService } from './bank-account.service';
import type { Custodian, Instruction } from './custodian';
import { collectInstruction, type DepositService } from './deposit.service';
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
    const bugs: unknown[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      await work().catch((error: unknown) => bugs.push(error));
    };
    const scope = systemScope(operatorId);
    await attempt(() => this.bookArrivals(scope, operatorId, attempt));
    await attempt(() => this.checkBankAccounts(scope, attempt));
    await attempt(() => this.sendWithdrawals(scope, operatorId, attempt));
    await attempt(() => this.sendDebits(scope, operatorId, attempt));
    await attempt(() => this.write(scope, (tx) => this.deps.deposits.expireOverdue(tx, BATCH)));
    if (bugs.length > 0) throw new AggregateError(bugs, 'Some payments could not be handled.');
  }

  private async bookArrivals(scope: Scope, operatorId: number, attempt: Attempt): Promise<void> {
    const { custodian, transfers } = this.deps;
    const arrivals = await custodian.listArrivals(operatorId, BATCH);
    for (const arrival of arrivals) {
      await attempt(async () => {
        await this.write(scope, (tx) => transfers.receive(tx, arrival));
        await custodian.acknowledgeArrivals(operatorId, [arrival.custodianRef]);
      });
    }
  }

  private async checkBankAccounts(scope: Scope, attempt: Attempt): Promise<void> {
    const { transactions, custodian, bankAccounts } = this.deps;
    const due = await transactions.read(scope, (db) => bankAccounts.listDue(db, BATCH));
    for (const { id } of due) {
      await attempt(async () => {
        const payee = await transactions.read(scope, (db) => bankAccounts.revealPayee(db, id));
        const answer = await reached(() => custodian.confirmHolder(payee));
        await this.write(scope, (tx) =>
          'failure' in answer
            ? bankAccounts.recordFailure(tx, id)
            : bankAccounts.recordAnswer(tx, id, answer.value),
        );
      });
    }
  }

  private async sendDebits(scope: Scope, operatorId: number, attempt: Attempt): Promise<void> {
    const { transactions, custodian, deposits } = this.deps;
    const due = await transactions.read(scope, (db) => deposits.listDue(db, BATCH));
    for (const deposit of due) {
      await attempt(async () => {
        const instruction = collectInstruction(operatorId, deposit);
        const answer = await reached(() => custodian.instruct(instruction));
        await this.write(scope, async (tx) => {
          if ('failure' in answer) return deposits.recordFailure(tx, deposit.id, answer.failure);
          await deposits.recordAnswer(tx, deposit.id, answer.value);
        });
      });
    }
  }

  private async sendWithdrawals(scope: Scope, operatorId: number, attempt: Attempt): Promise<void> {
    const { transactions, custodian, withdrawals } = this.deps;
    const due = await transactions.read(scope, (db) => withdrawals.listDue(db, BATCH));
    for (const { id } of due) {
      await attempt(async () => {
        const withdrawal = await transactions.write(scope, (tx) => withdrawals.instruct(tx, id));
        if (!withdrawal) return;
        const instruction = await this.payInstruction(scope, operatorId, withdrawal);
        const answer = await reached(() => custodian.instruct(instruction));
        await this.write(scope, async (tx) => {
          if ('failure' in answer) return withdrawals.recordFailure(tx, id, answer.failure);
          await withdrawals.recordAnswer(tx, id, answer.value);
        });
      });
    }
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

type Attempt = (work: () => Promise<void>) => Promise<void>;

/** The custodian's answer, or in words why there is none. */
async function reached<T>(
  ask: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  try {
    return { value: await ask() };
  } catch (error) {
    // Only the refusal itself is kept: the message of a foreign error may hold account numbers.
    return { failure: error instanceof Problem ? error.code : 'custodian-unreachable' };
  }
}

function systemScope(operatorId: number): Scope {
  return { operatorId, actor: { kind: 'system', id: 'payments' } };
}
