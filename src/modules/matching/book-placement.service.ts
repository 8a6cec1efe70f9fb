import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import type { Database, Scope, Tx } from '../../platform/db';
import { investorCashAccount, type HoldNo, type LedgerService } from '../ledger';
import type { MandatedOrder, MandatedOrders } from '../subscriptions';
import type { BookOrder, BookTrade } from './book';
import * as rounds from './book-round.store';
import * as store from './book.store';

export interface BookPlacementDeps {
  readonly clock: Clock;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly ledger: Pick<
    LedgerService,
    'releaseHolds' | 'placeHolds' | 'listAccountNumbers' | 'lockAvailable'
  >;
  readonly orders: MandatedOrders;
}

const SLICE = 256;

/**
 * Turns what met in a round into orders at the desk, slice by slice, each part's hold released right
 * before, as bids are placed. A part that the desk refuses goes back into the book, unless its
 * order has ended or its cash is gone.
 */
export class BookPlacement {
  constructor(private readonly deps: BookPlacementDeps) {}

  /** Places what is left. @returns false when the desk was too busy: the rest is for next time. */
  async placeAll(scope: Scope, roundId: Id<'bkr'>): Promise<boolean> {
    const { transactions } = this.deps;
    for (;;) {
      const slice = await this.takeUp(scope, roundId);
      if (slice.length === 0) return true;
      const settled = await this.place(scope, slice);
      if (settled.length === 0) return false;
      await transactions.write(scope, (tx) => this.note(tx, settled));
    }
  }

  private async takeUp(scope: Scope, roundId: Id<'bkr'>): Promise<readonly BookTrade[]> {
    const { transactions, ledger } = this.deps;
    return transactions.write(scope, async (tx) => {
      const before = await rounds.listTrades(tx, roundId, { status: 'placing', limit: SLICE });
      if (before.length > 0) return before;
      const next = await rounds.listTrades(tx, roundId, { status: 'held', limit: SLICE });
      await rounds.markPlacing(tx, next);
      await ledger.releaseHolds(
        tx,
        next.map(({ holdNo }) => holdNo as HoldNo),
      );
      return next;
    });
  }

  /** @returns what the desk looked at. @throws what is no decision. */
  private async place(scope: Scope, slice: readonly BookTrade[]): Promise<readonly BookTrade[]> {
    const operatorId = must(scope.operatorId, 'the operator of a round');
    const outcomes = await this.deps.orders.submit(operatorId, slice.map(asMandated));
    return slice.flatMap((trade, at): readonly BookTrade[] => {
      const outcome = must(outcomes[at], 'the outcome of an order');
      if (outcome.ok) return [{ ...trade, subscriptionId: outcome.value.subscription.id }];
      const { error } = outcome;
      if (!(error instanceof Problem)) throw error;
      if (error.kind === 'unavailable') return [];
      const { code, title, detail, findings } = error;
      return [{ ...trade, refusal: { code, detail: findings?.[0]?.message ?? detail ?? title } }];
    });
  }

  private async note(tx: Tx, settled: readonly BookTrade[]): Promise<void> {
    const now = this.deps.clock.now();
    await rounds.settleTrades(tx, settled, now);
    const refused = settled.filter(({ subscriptionId }) => subscriptionId === undefined);
    const ids = [...new Set(refused.map(({ orderId }) => orderId))];
    const orders = (await store.lockOrders(tx, ids)).filter(
      ({ status, expiresAt }) => (status === 'open' || status === 'filled') && expiresAt > now,
    );
    await this.giveBack(tx, orders, refused);
  }

  private async giveBack(
    tx: Tx,
    orders: readonly BookOrder[],
    refused: readonly BookTrade[],
  ): Promise<void> {
    const { clock, ledger } = this.deps;
    const first = orders[0];
    if (!first) return;
    const { currency } = first;
    const accountPath = ({ investorId }: BookOrder) => investorCashAccount(investorId, currency);
    const numbers = await ledger.listAccountNumbers(tx, orders.map(accountPath));
    const accountOf = (order: BookOrder) =>
      must(numbers.get(`${accountPath(order).path} ${currency}`), 'the account of an order');
    const free = new Map(await ledger.lockAvailable(tx, orders.map(accountOf)));
    const grown = orders.flatMap((order) => {
      const back = Money.sum(
        refused.filter(({ orderId }) => orderId === order.id).map(({ amount }) => amount),
        currency,
      );
      const accountNo = accountOf(order);
      const available = free.get(accountNo) ?? 0n;
      if (available < back.minor) return [];
      free.set(accountNo, available - back.minor);
      return [{ order, accountNo, open: order.open.plus(back) }];
    });
    await ledger.releaseHolds(
      tx,
      grown.flatMap(({ order: { holdNo } }) => (holdNo === undefined ? [] : [holdNo as HoldNo])),
    );
    const holds = await ledger.placeHolds(
      tx,
      grown.map(({ accountNo, open }) => ({ accountNo, amount: open, purpose: 'book-order' })),
    );
    const remainders = grown.map(({ order: { id }, open }, at) => ({
      id,
      openMinor: open.minor,
      holdNo: holds[at],
    }));
    await store.storeRemainders(tx, remainders, clock.now());
  }
}

function asMandated(trade: BookTrade): MandatedOrder {
  return {
    windowId: trade.roundId,
    mandateId: trade.orderId,
    investorId: trade.investorId,
    offeringId: trade.offeringId,
    amount: trade.amount,
    acknowledged: Object.fromEntries(trade.acknowledged.map((name) => [name, true])),
    isApproved: false,
  };
}
