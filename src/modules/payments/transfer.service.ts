import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import {
  custodianAccount,
  investorCashAccount,
  suspenseAccount,
  type EntryNo,
  type LedgerService,
} from '../ledger';
import type { Arrival } from './custodian';
import type { Deposit } from './deposit';
import type { DepositService } from './deposit.service';
import type { PartyFiles } from './party-files';
import {
  assignmentEntry,
  assignTransfer,
  declineAssignment,
  proposeAssignment,
  requireSecondPerson,
  suspenseEntry,
  type Transfer,
  type TransferStatus,
} from './transfer';
import type { TransferStore } from './transfer.store';

export interface TransferDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly deposits: DepositService;
  readonly files: PartyFiles<Db>;
  readonly store: TransferStore;
}

export interface AssignmentOrder {
  readonly investorId: Id<'inv'>;
  readonly note: string;
}

/** Money that arrived by bank transfer: to the deposit it names, or to suspense. */
export class TransferService {
  constructor(private readonly deps: TransferDeps) {}

  /** Books an arrival once, however often the custodian tells of it. */
  async receive(tx: Tx, arrival: Arrival): Promise<void> {
    const { deposits, newId, store } = this.deps;
    const { amount, reference, custodianRef, receivedAt } = arrival;
    // Its deposit is locked first, so that of two who book one arrival the second sees the first.
    const named = await deposits.findAwaiting(tx, reference, amount);
    if (await store.isBooked(tx, custodianRef)) return;
    const id = newId('trf');
    if (!named?.isAwaited) return this.keepInSuspense(tx, { id, arrival, named: named?.deposit });
    const receipt = { received: amount, custodianRef, executedAt: receivedAt };
    const deposit = await deposits.confirm(tx, named.deposit, receipt);
    await this.insert(tx, arrival, {
      id,
      status: 'matched',
      depositId: deposit.id,
      entryNo: must(deposit.entryNo, 'the entry of the deposit'),
    });
  }

  async list(
    db: Db,
    filter: {
      readonly status?: TransferStatus | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<readonly Transfer[]> {
    return this.deps.store.list(db, filter);
  }

  /**
   * Says whose an unmatched transfer is; another person must confirm it.
   *
   * @throws Problem `payments.transfer-not-found`, `payments.transfer-not-open`.
   */
  async propose(tx: Tx, id: Id<'trf'>, order: AssignmentOrder): Promise<Transfer> {
    const { clock, files, store } = this.deps;
    await files.getInvestor(tx, order.investorId);
    const before = await store.getAndLock(tx, id);
    const transfer = proposeAssignment(before, {
      ...order,
      by: tx.scope.actor.id,
      at: clock.now(),
    });
    return this.save(tx, transfer, 'proposed');
  }

  /** Takes a proposal back. @throws Problem `payments.transfer-not-open`. */
  async decline(tx: Tx, id: Id<'trf'>): Promise<Transfer> {
    const before = await this.deps.store.getAndLock(tx, id);
    return this.save(tx, declineAssignment(before), 'declined');
  }

  /**
   * Carries a proposal out: the money leaves suspense and is the investor's.
   *
   * @throws Problem `payments.transfer-not-open`, `payments.four-eyes`.
   */
  async confirm(tx: Tx, id: Id<'trf'>): Promise<Transfer> {
    const { clock, ledger, store } = this.deps;
    const before = await store.getAndLock(tx, id);
    const by = tx.scope.actor.id;
    const { investorId } = requireSecondPerson(before, by);
    const at = clock.now();
    const { currency } = before.amount;
    const suspense = await ledger.ensureAccount(tx, suspenseAccount(currency));
    const cash = await ledger.ensureAccount(tx, investorCashAccount(investorId, currency));
    const entries = await ledger.post(tx, [assignmentEntry(before, { at, suspense, cash })]);
    const entryNo = must(entries[0], 'the entry of the assignment');
    return this.save(tx, assignTransfer(before, { by, at, entryNo }), 'assigned');
  }

  private async keepInSuspense(
    tx: Tx,
    {
      id,
      arrival,
      named,
    }: {
      readonly id: Id<'trf'>;
      readonly arrival: Arrival;
      readonly named: Deposit | undefined;
    },
  ): Promise<void> {
    const { ledger, outbox } = this.deps;
    const { amount, receivedAt } = arrival;
    const custodian = await ledger.ensureAccount(tx, custodianAccount(amount.currency));
    const suspense = await ledger.ensureAccount(tx, suspenseAccount(amount.currency));
    const entries = await ledger.post(tx, [
      suspenseEntry(id, { amount, receivedAt, custodian, suspense }),
    ]);
    await this.insert(tx, arrival, {
      id,
      status: 'suspense',
      suggestedDepositId: named?.id,
      entryNo: must(entries[0], 'the entry of the transfer'),
    });
    await outbox.publish(tx, {
      type: 'transfer.unmatched',
      subject: id,
      payload: { amount: { ...amount.toWire() } },
    });
  }

  private async insert(
    tx: Tx,
    arrival: Arrival,
    booking: {
      readonly id: Id<'trf'>;
      readonly status: TransferStatus;
      readonly entryNo: EntryNo;
      readonly depositId?: Id<'dep'> | undefined;
      readonly suggestedDepositId?: Id<'dep'> | undefined;
    },
  ): Promise<void> {
    const { clock, audit, store } = this.deps;
    await store.insert(tx, { ...arrival, ...booking, recordedAt: clock.now() });
    await audit.record(tx, {
      action: `transfer.${booking.status}`,
      subject: booking.id,
      details: { amount: arrival.amount.toString(), depositId: booking.depositId },
    });
  }

  private async save(tx: Tx, transfer: Transfer, step: string): Promise<Transfer> {
    const { audit, store } = this.deps;
    await store.update(tx, transfer);
    await audit.record(tx, {
      action: `transfer.${step}`,
      subject: transfer.id,
      details: { investorId: transfer.proposal?.investorId, note: transfer.proposal?.note },
    });
    return transfer;
  }
}
