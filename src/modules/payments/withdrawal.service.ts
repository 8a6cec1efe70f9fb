import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import {
  custodianAccount,
  investorCashAccount,
  issuerProceedsAccount,
  type HoldNo,
  type LedgerService,
} from '../ledger';
import { requireVerified } from './bank-account';
import type { BankAccountStore } from './bank-account.store';
import type { InstructionState } from './custodian';
import { paymentProblem } from './errors';
import { sweepsOf } from './fee-sweep';
import type { OperatorFunds } from './operator-funds.service';
import { ownerAccount, type PaymentOwner } from './owner';
import type { PartyFile, PartyFiles } from './party-files';
import { holdForPayment } from './payment-hold.service';
import type { ReferenceService } from './reference.service';
import { afterFailure, nextQuestion } from './retry';
import {
  accountOf,
  cancelWithdrawal,
  confirmWithdrawal,
  instructWithdrawal,
  OWNER_WITHDRAWALS,
  rejectWithdrawal,
  withdrawalEntry,
  type Withdrawal,
} from './withdrawal';
import * as store from './withdrawal.store';

export interface WithdrawalDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly operators: Pick<OperatorDirectory, 'get'>;
  readonly files: PartyFiles<Db>;
  readonly bankAccounts: BankAccountStore;
  readonly references: ReferenceService;
  readonly funds: OperatorFunds;
}

export interface WithdrawalOrder {
  readonly investorId: Id<'inv'>;
  readonly amount: Money;
  readonly bankAccountId: Id<'bac'>;
}

export interface ProceedsOrder {
  readonly issuerId: Id<'iss'>;
  readonly amount: Money;
  readonly bankAccountId: Id<'bac'>;
  /** The fact that asks for it; the same fact is paid out once. */
  readonly source?: string | undefined;
  /** A hold on exactly that amount, placed before; it stays when the payment does not come about. */
  readonly holdNo?: HoldNo | undefined;
}

export interface OwnerWithdrawal {
  readonly owner: PaymentOwner;
  readonly amount: Money;
  /** Of the party that pays under the owner's standing reference. */
  readonly bankAccountId: Id<'bac'>;
  /** The fact that asks for it, where it is not a person; the same fact is paid out once. */
  readonly source?: string | undefined;
}

/** Client cash on its way out: held first, booked when the custodian has paid it. */
export class WithdrawalService {
  constructor(private readonly deps: WithdrawalDeps) {}

  /**
   * Asks for an investor's own cash to be paid to a bank account of the same party.
   *
   * @throws Problem `payments.above-available`, `payments.bank-account-not-verified`,
   *   `payments.bank-account-not-found` (also for another party's account),
   *   `payments.payer-not-ready`, `payments.currency-not-kept`, `payments.amount-not-positive`.
   */
  async request(tx: Tx, order: WithdrawalOrder): Promise<Withdrawal> {
    const { investorId, amount, bankAccountId } = order;
    this.requireAcceptable(tx, amount);
    const file = await this.deps.files.getInvestor(tx, investorId);
    await this.requirePayable(tx, file, bankAccountId);
    const holdNo = await holdForPayment(tx, this.deps.ledger, {
      spec: investorCashAccount(investorId, amount.currency),
      amount,
    });
    return this.open(tx, { kind: 'investor-cash', investorId, bankAccountId, amount, holdNo });
  }

  /**
   * Pays out what an issuer raised. The same source pays once, however often it asks.
   *
   * @throws as `request`.
   */
  async payProceeds(tx: Tx, order: ProceedsOrder): Promise<Withdrawal> {
    const { issuerId, amount, bankAccountId, source } = order;
    const keepsHold = order.holdNo !== undefined;
    const before = await this.findPaidBefore(tx, source);
    if (before) return before;
    this.requireAcceptable(tx, amount);
    const file = await this.deps.files.getIssuer(tx, issuerId);
    await this.requirePayable(tx, file, bankAccountId);
    const holdNo =
      order.holdNo ??
      (await holdForPayment(tx, this.deps.ledger, {
        spec: issuerProceedsAccount(issuerId, amount.currency),
        amount,
      }));
    return this.open(tx, {
      kind: 'issuer-proceeds',
      issuerId,
      bankAccountId,
      amount,
      holdNo,
      keepsHold,
      source,
    });
  }

  /**
   * Sends a borrower back what it overpaid, out of what lies on the loan's collections, or pays out
   * what a guarantor or a fund has. The same source pays once, however often it asks.
   *
   * @throws Problem `payments.reference-not-found`, `payments.reference-currency`,
   *   `payments.above-available`, `payments.bank-account-not-verified`,
   *   `payments.bank-account-not-found` (also for another party's account),
   *   `payments.amount-not-positive`.
   */
  async payOut(tx: Tx, order: OwnerWithdrawal): Promise<Withdrawal> {
    const { owner, amount, bankAccountId, source } = order;
    const { references } = this.deps;
    const before = await this.findPaidBefore(tx, source);
    if (before) return before;
    if (!amount.isPositive) throw paymentProblem('amount-not-positive');
    const reference = await references.getOfOwner(tx, owner);
    if (reference.currency !== amount.currency) throw paymentProblem('reference-currency');
    await references.requireAccountOf(tx, reference, bankAccountId);
    const holdNo = await holdForPayment(tx, this.deps.ledger, {
      spec: ownerAccount(owner, amount.currency),
      amount,
    });
    return this.open(tx, {
      kind: OWNER_WITHDRAWALS[owner.kind],
      owner,
      ownerReference: reference.reference,
      bankAccountId,
      amount,
      holdNo,
      source,
    });
  }

  /**
   * Sends the fees earned and not yet swept, each kind apart, from the clients' account to the
   * operator's own bank; never so much that clients would not be covered.
   *
   * @throws Problem `payments.nothing-to-sweep`.
   */
  async sweepFees(tx: Tx): Promise<readonly Withdrawal[]> {
    const { operators, funds } = this.deps;
    const { homeCurrency } = operators.get(operatorIdOf(tx));
    const ownFunds = await funds.lockAvailable(tx, homeCurrency);
    const sweeps = sweepsOf(await funds.listUnswept(tx, homeCurrency), ownFunds);
    if (sweeps.length === 0) throw paymentProblem('nothing-to-sweep');
    const withdrawals: Withdrawal[] = [];
    for (const sweep of sweeps) withdrawals.push(await this.open(tx, { kind: 'fees', ...sweep }));
    return withdrawals;
  }

  /**
   * Takes a withdrawal back before it goes to the custodian; the cash is available again.
   *
   * @throws Problem `payments.withdrawal-not-found`, `payments.not-cancellable`.
   */
  async cancel(tx: Tx, id: Id<'wdr'>): Promise<Withdrawal> {
    const before = await store.getWithdrawalAndLock(tx, id);
    const withdrawal = cancelWithdrawal(before, this.deps.clock.now());
    await this.release(tx, withdrawal);
    return this.record(tx, withdrawal);
  }

  /** @throws Problem `payments.withdrawal-not-found`. */
  async get(db: Db, id: Id<'wdr'>): Promise<Withdrawal> {
    return store.getWithdrawal(db, id);
  }

  async list(db: Db, filter: store.WithdrawalFilter): Promise<readonly Withdrawal[]> {
    return store.listWithdrawals(db, filter);
  }

  /** Withdrawals that the custodian must be told or asked now. */
  async listDue(db: Db, limit: number): Promise<readonly Withdrawal[]> {
    return store.listDueWithdrawals(db, { at: this.deps.clock.now(), limit });
  }

  /**
   * Marks a withdrawal as handed over, before it is: if the process dies in between, it is sent
   * again under the same id, and nobody could have cancelled what may have been paid.
   *
   * @returns undefined when it was cancelled meanwhile or has ended.
   */
  async instruct(tx: Tx, id: Id<'wdr'>): Promise<Withdrawal | undefined> {
    const withdrawal = await store.getWithdrawalAndLock(tx, id);
    if (withdrawal.status === 'instructed') return withdrawal;
    if (withdrawal.status !== 'requested') return undefined;
    return this.record(tx, instructWithdrawal(withdrawal, this.deps.clock.now()));
  }

  /**
   * Records what the custodian said. Telling twice changes nothing: the first final answer stands.
   * A withdrawal without end is one the custodian must carry out or reject, so a lapse is a reject.
   */
  async recordAnswer(tx: Tx, id: Id<'wdr'>, answer: InstructionState): Promise<Withdrawal> {
    const withdrawal = await store.getWithdrawalAndLock(tx, id);
    if (withdrawal.status !== 'instructed') return withdrawal;
    const now = this.deps.clock.now();
    switch (answer.state) {
      case 'executed':
        return this.confirm(tx, withdrawal, answer);
      case 'rejected':
        return this.reject(tx, rejectWithdrawal(withdrawal, answer.reasonCode, now));
      case 'lapsed':
        return this.reject(tx, rejectWithdrawal(withdrawal, 'lapsed', now));
      case 'pending': {
        const waiting: Withdrawal = {
          ...withdrawal,
          attempts: 0,
          lastFailure: undefined,
          nextAttemptAt: nextQuestion(answer.askAgainAt, now),
        };
        await store.updateWithdrawal(tx, waiting);
        return waiting;
      }
    }
  }

  /** Records that the custodian could not be reached; it is asked again later. */
  async recordFailure(tx: Tx, id: Id<'wdr'>, failure: string): Promise<void> {
    const withdrawal = await store.getWithdrawalAndLock(tx, id);
    if (withdrawal.status !== 'instructed') return;
    const attempts = withdrawal.attempts + 1;
    const nextAttemptAt = afterFailure(attempts, this.deps.clock.now());
    await store.updateWithdrawal(tx, {
      ...withdrawal,
      attempts,
      nextAttemptAt,
      lastFailure: failure,
    });
  }

  private async confirm(
    tx: Tx,
    withdrawal: Withdrawal,
    payment: { readonly custodianRef: string; readonly executedAt: Date },
  ): Promise<Withdrawal> {
    const { clock, ledger } = this.deps;
    const { amount, holdNo } = withdrawal;
    const custodian = await ledger.ensureAccount(tx, custodianAccount(amount.currency));
    const against = await ledger.ensureAccount(tx, accountOf(withdrawal));
    const entry = withdrawalEntry(withdrawal, {
      executedAt: payment.executedAt,
      custodian,
      against,
    });
    const entries =
      holdNo === undefined
        ? await ledger.post(tx, [entry])
        : await ledger.captureHolds(tx, [{ holdNo, captured: amount, entry }]);
    return this.record(
      tx,
      confirmWithdrawal(withdrawal, {
        custodianRef: payment.custodianRef,
        executedAt: payment.executedAt,
        entryNo: must(entries[0], 'the entry of the withdrawal'),
        at: clock.now(),
      }),
    );
  }

  private async reject(tx: Tx, withdrawal: Withdrawal): Promise<Withdrawal> {
    await this.release(tx, withdrawal);
    return this.record(tx, withdrawal);
  }

  private async release(tx: Tx, { holdNo, keepsHold }: Withdrawal): Promise<void> {
    if (holdNo === undefined || keepsHold) return;
    await this.deps.ledger.releaseHolds(tx, [holdNo]);
  }

  private async open(
    tx: Tx,
    order: Pick<Withdrawal, 'kind' | 'amount'> & Partial<Withdrawal>,
  ): Promise<Withdrawal> {
    const { clock, newId } = this.deps;
    const now = clock.now();
    const withdrawal: Withdrawal = {
      ...order,
      id: newId('wdr'),
      status: 'requested',
      requestedBy: tx.scope.actor.id,
      requestedAt: now,
      attempts: 0,
      nextAttemptAt: now,
    };
    await store.insertWithdrawal(tx, withdrawal);
    await this.announce(tx, withdrawal);
    return withdrawal;
  }

  private async record(tx: Tx, withdrawal: Withdrawal): Promise<Withdrawal> {
    await store.updateWithdrawal(tx, withdrawal);
    await this.announce(tx, withdrawal);
    return withdrawal;
  }

  private async announce(tx: Tx, withdrawal: Withdrawal): Promise<void> {
    const { audit, outbox } = this.deps;
    const { id, kind, status, owner, reasonCode, executedAt } = withdrawal;
    const { investorId, issuerId, source } = withdrawal;
    const amount = { ...withdrawal.amount.toWire() };
    await audit.record(tx, {
      action: `withdrawal.${status}`,
      subject: id,
      details: { kind, amount, reasonCode },
    });
    await outbox.publish(tx, {
      type: `withdrawal.${status}`,
      subject: id,
      payload: {
        kind,
        amount,
        investorId,
        issuerId,
        owner: owner && { ...owner },
        source,
        reasonCode,
        executedAt: executedAt?.toISOString(),
      },
    });
  }

  private async requirePayable(tx: Tx, file: PartyFile, bankAccountId: Id<'bac'>): Promise<void> {
    if (!file.isActive) throw paymentProblem('payer-not-ready');
    const account = await this.deps.bankAccounts.getAndLock(tx, bankAccountId);
    if (account.partyId !== file.partyId) throw paymentProblem('bank-account-not-found');
    requireVerified(account);
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

  /** The withdrawal that the fact has asked for before; whoever asks for the same waits. */
  private async findPaidBefore(
    tx: Tx,
    source: string | undefined,
  ): Promise<Withdrawal | undefined> {
    if (source === undefined) return undefined;
    await store.lockFact(tx, source);
    return store.findWithdrawalBySource(tx, source);
  }
}
