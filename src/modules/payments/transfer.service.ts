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
  type LedgerService,
} from '../ledger';
import type { Arrival } from './custodian';
import type { DepositService } from './deposit.service';
import { paymentProblem } from './errors';
import { collectionReceived } from './collection-events.service';
import type { PartyFiles } from './party-files';
import { findReference } from './reference';
import type { ReferenceService } from './reference.service';
import { findStandingReferenceAndLock } from './reference.store';
import { takesByItself, type StandingReference } from './standing-reference';
import {
  assignmentEntry,
  assignTransfer,
  declineAssignment,
  matchEntry,
  proposeAssignment,
  requireSecondPerson,
  suspenseEntry,
  type Assignee,
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
  readonly references: ReferenceService;
  readonly files: PartyFiles<Db>;
  readonly store: TransferStore;
}

export type AssignmentOrder = Assignee & { readonly note: string };

/** Money that arrived by bank transfer: to what its reference names, or to suspense. */
export class TransferService {
  constructor(private readonly deps: TransferDeps) {}

  /** Books an arrival once, however often the custodian tells of it. */
  async receive(tx: Tx, arrival: Arrival): Promise<void> {
    const { deposits, store } = this.deps;
    const { amount, reference, custodianRef, receivedAt } = arrival;
    // What it names is locked first, so that of two who book one arrival the second sees the first.
    const deposit = await deposits.findAwaiting(tx, reference, amount);
    const standing = deposit ? undefined : await lockNamed(tx, reference);
    if (await store.isBooked(tx, custodianRef)) return;
    if (deposit?.isAwaited) {
      const receipt = { received: amount, custodianRef, executedAt: receivedAt };
      const { id, entryNo } = await deposits.confirm(tx, deposit.deposit, receipt);
      const booking = { depositId: id, entryNo: must(entryNo, 'the entry of the deposit') };
      await this.insert(tx, arrival, { id: this.deps.newId('trf'), status: 'matched', ...booking });
    } else if (standing && takesByItself(standing, amount)) {
      await this.match(tx, arrival, standing);
    } else {
      await this.keepInSuspense(tx, arrival, {
        suggestedDepositId: deposit?.deposit.id,
        suggestedReference: standing?.reference,
      });
    }
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
   * Says whose an unmatched transfer is; another person must confirm it. It may be for a reference
   * that is closed, since late money has to go somewhere.
   *
   * @throws Problem `payments.transfer-not-found`, `payments.transfer-not-open`,
   *   `payments.reference-not-found`, `payments.reference-currency`.
   */
  async propose(tx: Tx, id: Id<'trf'>, order: AssignmentOrder): Promise<Transfer> {
    const { clock, files, references, store } = this.deps;
    const before = await store.getAndLock(tx, id);
    if (order.investorId === undefined) {
      const { currency } = await references.get(tx, order.reference);
      if (currency !== before.amount.currency) throw paymentProblem('reference-currency');
    } else {
      await files.getInvestor(tx, order.investorId);
    }
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
   * Carries a proposal out: the money leaves suspense and is the investor's, or that of the
   * reference's owner.
   *
   * @throws Problem `payments.transfer-not-open`, `payments.four-eyes`.
   */
  async confirm(tx: Tx, id: Id<'trf'>): Promise<Transfer> {
    const { clock, ledger, outbox, references, store } = this.deps;
    const before = await store.getAndLock(tx, id);
    const by = tx.scope.actor.id;
    const { investorId, reference } = requireSecondPerson(before, by);
    const at = clock.now();
    const { amount, receivedAt } = before;
    const standing = reference === undefined ? undefined : await references.get(tx, reference);
    const suspense = await ledger.ensureAccount(tx, suspenseAccount(amount.currency));
    const owner =
      standing?.accountNo ??
      (await ledger.ensureAccount(
        tx,
        investorCashAccount(must(investorId, 'the investor'), amount.currency),
      ));
    const entries = await ledger.post(tx, [assignmentEntry(before, { at, suspense, owner })]);
    const entryNo = must(entries[0], 'the entry of the assignment');
    if (standing) {
      const received = { owner: standing.owner, amount, receivedAt, transferId: id };
      await outbox.publish(tx, collectionReceived(received));
    }
    return this.save(tx, assignTransfer(before, { by, at, entryNo }), 'assigned');
  }

  private async match(tx: Tx, arrival: Arrival, standing: StandingReference): Promise<void> {
    const { ledger, newId, outbox } = this.deps;
    const { amount, receivedAt } = arrival;
    const { reference, owner, accountNo } = standing;
    const id = newId('trf');
    const custodian = await ledger.ensureAccount(tx, custodianAccount(amount.currency));
    const entries = await ledger.post(tx, [
      matchEntry(id, { amount, reference, receivedAt, custodian, owner: accountNo }),
    ]);
    const entryNo = must(entries[0], 'the entry of the transfer');
    const booking = { id, status: 'matched', matchedReference: reference, entryNo } as const;
    await this.insert(tx, arrival, booking);
    await outbox.publish(tx, collectionReceived({ owner, amount, receivedAt, transferId: id }));
  }

  private async keepInSuspense(
    tx: Tx,
    arrival: Arrival,
    hint: Pick<Transfer, 'suggestedDepositId' | 'suggestedReference'>,
  ): Promise<void> {
    const { ledger, newId, outbox } = this.deps;
    const { amount, receivedAt } = arrival;
    const id = newId('trf');
    const custodian = await ledger.ensureAccount(tx, custodianAccount(amount.currency));
    const suspense = await ledger.ensureAccount(tx, suspenseAccount(amount.currency));
    const entries = await ledger.post(tx, [
      suspenseEntry(id, { amount, receivedAt, custodian, suspense }),
    ]);
    const entryNo = must(entries[0], 'the entry of the transfer');
    await this.insert(tx, arrival, { id, status: 'suspense', ...hint, entryNo });
    await outbox.publish(tx, {
      type: 'transfer.unmatched',
      subject: id,
      payload: { amount: { ...amount.toWire() } },
    });
  }

  private async insert(
    tx: Tx,
    arrival: Arrival,
    booking: Pick<
      Transfer,
      | 'id'
      | 'status'
      | 'entryNo'
      | 'depositId'
      | 'matchedReference'
      | 'suggestedDepositId'
      | 'suggestedReference'
    >,
  ): Promise<void> {
    const { clock, audit, store } = this.deps;
    await store.insert(tx, { ...arrival, ...booking, recordedAt: clock.now() });
    await audit.record(tx, {
      action: `transfer.${booking.status}`,
      subject: booking.id,
      details: {
        amount: arrival.amount.toString(),
        depositId: booking.depositId,
        reference: booking.matchedReference,
      },
    });
  }

  private async save(tx: Tx, transfer: Transfer, step: string): Promise<Transfer> {
    const { audit, store } = this.deps;
    await store.update(tx, transfer);
    await audit.record(tx, {
      action: `transfer.${step}`,
      subject: transfer.id,
      details: {
        investorId: transfer.proposal?.investorId,
        reference: transfer.proposal?.reference,
        note: transfer.proposal?.note,
      },
    });
    return transfer;
  }
}

async function lockNamed(tx: Tx, remittance: string): Promise<StandingReference | undefined> {
  const reference = findReference(remittance);
  return reference === undefined ? undefined : findStandingReferenceAndLock(tx, reference);
}
