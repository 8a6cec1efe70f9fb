import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { custodianAccount, type LedgerService } from '../ledger';
import type { CollectionTerms } from './collection';
import { findTerms } from './collection.store';
import type { ReturnedDebit } from './custodian';
import { paymentProblem } from './errors';
import { collectionReturned } from './collection-events.service';
import type { OperatorFunds } from './operator-funds.service';
import * as store from './return.store';
import {
  bookReturn,
  postponeReturn,
  returnEntry,
  type DebitReturn,
  type ReturnHandler,
  type ReturnStatus,
} from './returned-debit';

export interface ReturnDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly funds: OperatorFunds;
  readonly handler: ReturnHandler<Tx>;
}

/** Debits that came back: recorded first, and booked with the unwinding of what they had paid. */
export class ReturnService {
  constructor(private readonly deps: ReturnDeps) {}

  /** Records a return once, however often the custodian tells of it. */
  async record(tx: Tx, told: ReturnedDebit): Promise<void> {
    const { clock, newId, audit } = this.deps;
    const now = clock.now();
    const returned: DebitReturn = {
      ...told,
      id: newId('rtn'),
      recordedAt: now,
      status: 'open',
      attempts: 0,
      nextAttemptAt: now,
    };
    if (!(await store.insertReturn(tx, returned))) return;
    await audit.record(tx, {
      action: 'returned-debit.recorded',
      subject: returned.id,
      details: detailsOf(returned),
    });
  }

  /** Returns to be booked now. */
  async listDue(db: Db, limit: number): Promise<readonly Id<'rtn'>[]> {
    return store.listDueReturns(db, { at: this.deps.clock.now(), limit });
  }

  async list(
    db: Db,
    filter: {
      readonly status?: ReturnStatus | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<readonly store.ListedReturn[]> {
    return store.listReturns(db, filter);
  }

  /**
   * Unwinds what the debit had paid and takes the money off the books, both or neither. One that
   * is booked stays as it is.
   *
   * @throws Problem `payments.collection-not-confirmed`, `payments.own-funds-short` when clients
   *   would not be covered afterwards, `ledger.insufficient-funds` when the money was not brought
   *   back, and those of the handler.
   */
  async book(tx: Tx, id: Id<'rtn'>): Promise<void> {
    const { clock, audit, outbox, handler } = this.deps;
    const open = await store.getReturnAndLock(tx, id);
    if (open.status === 'booked') return;
    // Not locked: a collection that is confirmed never changes again, and loans are locked before it.
    const terms = must(await findTerms(tx, open.collectionId), 'the collection');
    const { executedAt } = terms.collection;
    if (!executedAt) throw paymentProblem('collection-not-confirmed');

    const { owner } = terms;
    const { collectionId, amount, reasonCode, returnedAt } = open;
    const told = { returnId: id, collectionId, owner, amount, reasonCode };
    await handler.bringBack(tx, { ...told, executedAt, returnedAt });
    const booked = bookReturn(open, {
      entryNo: await this.post(tx, open, terms),
      at: clock.now(),
    });
    await store.updateReturn(tx, booked);
    await audit.record(tx, {
      action: 'returned-debit.booked',
      subject: id,
      details: detailsOf(booked),
    });
    await outbox.publish(tx, collectionReturned(told));
  }

  /** Records that a return could not be booked; it is tried again later, and seen meanwhile. */
  async recordFailure(tx: Tx, id: Id<'rtn'>, failure: string): Promise<void> {
    const open = await store.getReturnAndLock(tx, id);
    if (open.status === 'booked') return;
    await store.updateReturn(tx, postponeReturn(open, failure, this.deps.clock.now()));
  }

  private async post(tx: Tx, open: DebitReturn, { accountNo }: CollectionTerms) {
    const { ledger, funds } = this.deps;
    const { currency } = open.amount;
    const custodian = await ledger.ensureAccount(tx, custodianAccount(currency));
    const entries = await ledger.post(tx, [returnEntry(open, { custodian, owner: accountNo })]);
    // Fees given back and what investors had spent come out of the operator's own.
    if ((await funds.lockAvailable(tx, currency)).isNegative) {
      throw paymentProblem('own-funds-short');
    }
    return must(entries[0], 'the entry of the return');
  }
}

function detailsOf({ collectionId, amount, reasonCode }: DebitReturn) {
  return { collectionId, amount: amount.toString(), reasonCode };
}
