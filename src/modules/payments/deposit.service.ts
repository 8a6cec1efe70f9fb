import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { custodianAccount, investorCashAccount, type LedgerService } from '../ledger';
import type { Instruction, InstructionState } from './custodian';
import {
  confirmDeposit,
  depositEntry,
  expireDeposit,
  instructDeposit,
  rejectDeposit,
  type Deposit,
  type DepositOrder,
} from './deposit';
import * as store from './deposit.store';
import { paymentProblem } from './errors';
import type { PartyFiles } from './party-files';
import { findReference } from './reference';
import { afterFailure, nextQuestion } from './retry';

export interface DepositDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly operators: Pick<OperatorDirectory, 'get'>;
  readonly files: PartyFiles<Db>;
}

/** Money that arrived for a deposit, as the custodian tells it. */
export interface Receipt {
  readonly received: Money;
  readonly custodianRef: string;
  readonly executedAt: Date;
}

/** Client cash on its way in: recorded first, booked when the custodian has it. */
export class DepositService {
  constructor(private readonly deps: DepositDeps) {}

  /**
   * Records a deposit. A direct debit is handed to the custodian by the next run of the job; for a
   * bank transfer the answer holds the reference the payer has to write.
   *
   * @throws Problem `payments.amount-not-positive`, `payments.currency-not-kept`,
   *   `payments.payer-not-ready`.
   */
  async request(tx: Tx, order: DepositOrder): Promise<Deposit> {
    const { clock, newId, audit, outbox, files } = this.deps;
    this.requireAcceptable(tx, order.amount);
    const file = await files.getInvestor(tx, order.investorId);
    if (!file.isActive || !file.isVerified) throw paymentProblem('payer-not-ready');

    const deposit = instructDeposit(order, {
      id: newId('dep'),
      requestedBy: tx.scope.actor.id,
      now: clock.now(),
    });
    await store.insertDeposit(tx, deposit);
    await audit.record(tx, {
      action: 'deposit.instructed',
      subject: deposit.id,
      details: { amount: deposit.amount.toString(), method: deposit.method },
    });
    await outbox.publish(tx, depositEvent('deposit.instructed', deposit));
    return deposit;
  }

  /** @throws Problem `payments.deposit-not-found`. */
  async get(db: Db, id: Id<'dep'>): Promise<Deposit> {
    return store.getDeposit(db, id);
  }

  async list(db: Db, filter: store.DepositFilter): Promise<readonly Deposit[]> {
    return store.listDeposits(db, filter);
  }

  /** Direct debits that the custodian must be told or asked now. */
  async listDue(db: Db, limit: number): Promise<readonly Deposit[]> {
    return store.listDueDebits(db, { at: this.deps.clock.now(), limit });
  }

  /**
   * Records what the custodian said of a direct debit. Telling twice changes nothing: the first
   * final answer stands.
   */
  async recordAnswer(tx: Tx, id: Id<'dep'>, answer: InstructionState): Promise<Deposit> {
    const deposit = await store.getDepositAndLock(tx, id);
    if (deposit.status !== 'instructed') return deposit;
    const now = this.deps.clock.now();
    switch (answer.state) {
      case 'executed':
        return this.confirm(tx, deposit, { ...answer, received: deposit.amount });
      case 'rejected':
        return this.end(tx, rejectDeposit(deposit, answer.reasonCode, now));
      case 'lapsed':
        return this.end(tx, expireDeposit(deposit, now));
      case 'pending':
        return this.wait(tx, {
          ...deposit,
          attempts: 0,
          lastFailure: undefined,
          nextAttemptAt: nextQuestion(answer.askAgainAt, now),
        });
    }
  }

  /** Records that the custodian could not be reached; it is asked again later. */
  async recordFailure(tx: Tx, id: Id<'dep'>, failure: string): Promise<void> {
    const deposit = await store.getDepositAndLock(tx, id);
    if (deposit.status !== 'instructed') return;
    const attempts = deposit.attempts + 1;
    const nextAttemptAt = afterFailure(attempts, this.deps.clock.now());
    await this.wait(tx, { ...deposit, attempts, nextAttemptAt, lastFailure: failure });
  }

  /**
   * The deposit a payer's reference names, locked, and whether it still waits for that money.
   * A deposit of another currency, ended before or drawn by direct debit does not wait for it.
   */
  async findAwaiting(
    tx: Tx,
    remittance: string,
    amount: Money,
  ): Promise<{ readonly deposit: Deposit; readonly isAwaited: boolean } | undefined> {
    const reference = findReference(remittance);
    if (reference === undefined) return undefined;
    const deposit = await store.findDepositByReferenceAndLock(tx, reference);
    if (!deposit) return undefined;
    const isAwaited =
      deposit.status === 'instructed' &&
      deposit.method === 'bank-transfer' &&
      deposit.amount.currency === amount.currency;
    return { deposit, isAwaited };
  }

  /** Books what arrived, more or less than announced, to the investor. */
  async confirm(tx: Tx, deposit: Deposit, receipt: Receipt): Promise<Deposit> {
    const { clock, ledger } = this.deps;
    const { received, custodianRef, executedAt } = receipt;
    const { currency } = received;
    const custodian = await ledger.ensureAccount(tx, custodianAccount(currency));
    const cash = await ledger.ensureAccount(tx, investorCashAccount(deposit.investorId, currency));
    const entries = await ledger.post(tx, [
      depositEntry(deposit, { received, executedAt, custodian, cash }),
    ]);
    const entryNo = must(entries[0], 'the entry of the deposit');
    return this.end(
      tx,
      confirmDeposit(deposit, { received, custodianRef, entryNo, at: clock.now() }),
    );
  }

  /** Whether transfers are overdue that were announced. */
  async hasOverdue(db: Db): Promise<boolean> {
    return store.hasOverdueTransfers(db, this.deps.clock.now());
  }

  /** Stops waiting for transfers that did not come. @returns how many. */
  async expireOverdue(tx: Tx, limit: number): Promise<number> {
    const now = this.deps.clock.now();
    const overdue = await store.listOverdueTransfersAndLock(tx, { at: now, limit });
    for (const deposit of overdue) await this.end(tx, expireDeposit(deposit, now));
    return overdue.length;
  }

  private requireAcceptable(tx: Tx, amount: Money): void {
    if (!amount.isPositive) throw paymentProblem('amount-not-positive');
    const { homeCurrency } = this.deps.operators.get(operatorIdOf(tx));
    if (amount.currency !== homeCurrency) {
      throw paymentProblem('currency-not-kept', {
        detail: `Client money is kept in ${homeCurrency}, not in ${amount.currency}.`,
      });
    }
  }

  private async wait(tx: Tx, deposit: Deposit): Promise<Deposit> {
    await store.updateDeposit(tx, deposit);
    return deposit;
  }

  private async end(tx: Tx, deposit: Deposit): Promise<Deposit> {
    const { audit, outbox } = this.deps;
    await store.updateDeposit(tx, deposit);
    const action = `deposit.${deposit.status}`;
    await audit.record(tx, {
      action,
      subject: deposit.id,
      details: { reasonCode: deposit.reasonCode, received: deposit.received?.toString() },
    });
    await outbox.publish(tx, depositEvent(action, deposit));
    return deposit;
  }
}

/** What the custodian is told of a direct debit. */
export function collectInstruction(operatorId: number, deposit: Deposit): Instruction {
  return {
    id: deposit.id,
    operatorId,
    kind: 'collect',
    amount: deposit.amount,
    reference: deposit.reference,
    validUntil: deposit.expiresAt,
  };
}

function depositEvent(type: string, deposit: Deposit) {
  return {
    type,
    subject: deposit.id,
    payload: {
      investorId: deposit.investorId,
      amount: { ...(deposit.received ?? deposit.amount).toWire() },
      method: deposit.method,
    },
  };
}
