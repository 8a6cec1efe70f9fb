import { createHash } from 'node:crypto';
import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Log } from '../../platform/log';
import type { Outbox } from '../../platform/outbox';
import { investorCashAccount, type HoldNo, type LedgerService } from '../ledger';
import { auctionSeed } from './auction';
import {
  clearRound,
  lendOrder,
  roundOf,
  roundResultSha256,
  roundText,
  type BookOrder,
  type BookRound,
  type BookTrade,
} from './book';
import type { BookLoans } from './book-loans.service';
import type { BookPlacement } from './book-placement.service';
import * as rounds from './book-round.store';
import * as store from './book.store';
import { matchingProblem } from './errors';
import { asOneRunner } from './one-runner.service';
import type { RateTrade } from './rate-book';

export interface BookRoundDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly ledger: Pick<
    LedgerService,
    'chainHeads' | 'releaseHolds' | 'placeHolds' | 'listAccountNumbers'
  >;
  readonly loans: BookLoans;
  readonly placements: BookPlacement;
  readonly log: Pick<Log, 'error'>;
}

export interface RoundReplay {
  readonly round: BookRound;
  readonly isInputIntact: boolean;
  readonly isSame: boolean;
  readonly resultSha256: string;
}

/**
 * Rounds in which the rate book meets the open loans, carried from phase to phase as windows are:
 * `open` → who lends to which loan is stored, each part with a hold of its own (`cleared`) → each
 * part is an order at the desk, or back in the book (`published`).
 */
export class BookRounds {
  constructor(private readonly deps: BookRoundDeps) {}

  /**
   * @returns whether it was opened: not while another is under way, nor twice for one time, nor for
   *   an empty book.
   */
  async open(
    tx: Tx,
    { currency, dueAt }: { readonly currency: Currency; readonly dueAt: Date },
  ): Promise<boolean> {
    const { clock, newId, loans } = this.deps;
    const now = clock.now();
    const hasOrders =
      (await store.hasOpen(tx, currency, now)) ||
      (await loans.borrowOrders(tx, currency, now)).length > 0;
    if (!hasOrders) return false;
    return rounds.insertRound(tx, { id: newId('bkr'), currency, dueAt, openedAt: now });
  }

  async hasDue(db: Db): Promise<boolean> {
    return (await rounds.listUnderWay(db)).length > 0;
  }

  /** Carries on every round of the operator. What goes wrong with one is logged. */
  async run(operatorId: number): Promise<void> {
    const { transactions, log } = this.deps;
    const scope: Scope = { operatorId, actor: { kind: 'system', id: 'matching' } };
    const underWay = await transactions.read(scope, (db) => rounds.listUnderWay(db));
    for (const { id } of underWay) {
      await asOneRunner(transactions, { scope, key: id }, () => this.carryOn(scope, id)).catch(
        (error: unknown) => {
          log.error('A round of the rate book could not be carried on', { operatorId, id, error });
        },
      );
    }
  }

  /** Clears a round again from what was stored. @throws Problem `matching.round-not-found`. */
  async replay(db: Db, id: Id<'bkr'>): Promise<RoundReplay> {
    const round = await rounds.getRound(db, id);
    const text = await rounds.readInput(db, id);
    if (text === undefined) {
      throw matchingProblem('round-not-found', { detail: 'It has not been cleared yet.' });
    }
    const found = roundResultSha256(clearRound(roundOf(text)));
    return {
      round,
      isInputIntact: sha256(text) === round.inputSha256,
      isSame: found === round.resultSha256,
      resultSha256: found,
    };
  }

  private async carryOn(scope: Scope, id: Id<'bkr'>): Promise<void> {
    const { transactions, placements } = this.deps;
    await transactions.write(scope, (tx) => this.clear(tx, id));
    if (!(await placements.placeAll(scope, id))) return;
    await transactions.write(scope, (tx) => this.publish(tx, id));
  }

  private async clear(tx: Tx, id: Id<'bkr'>): Promise<void> {
    const { clock, ledger, loans } = this.deps;
    const round = await rounds.getRoundAndLock(tx, id);
    if (round.status !== 'open') return;
    const { currency } = round;
    const orders = await store.lockOpen(tx, currency, clock.now());
    const input = {
      currency,
      seed: auctionSeed(id, await ledger.chainHeads(tx)),
      orders: [...orders.map(lendOrder), ...(await loans.borrowOrders(tx, currency, clock.now()))],
    };
    const text = roundText(input);
    const cleared = clearRound(input);
    await rounds.storeClearing(tx, round, {
      at: clock.now(),
      seed: input.seed,
      text,
      inputSha256: sha256(text),
      resultSha256: roundResultSha256(cleared),
      clearings: cleared.clearings,
      trades: await this.splitHolds(tx, round, { orders, trades: cleared.trades }),
    });
  }

  /** Gives each part of an order, and what is left of it, a hold of its own: in one moment. */
  private async splitHolds(
    tx: Tx,
    { id: roundId, currency }: BookRound,
    {
      orders,
      trades,
    }: { readonly orders: readonly BookOrder[]; readonly trades: readonly RateTrade[] },
  ): Promise<readonly BookTrade[]> {
    const { clock, ledger } = this.deps;
    if (trades.length === 0) return [];
    const orderOf = new Map<string, BookOrder>(orders.map((order) => [order.id, order]));
    const left = new Map<string, BookOrder['open']>();
    for (const { lendOrderId, amount } of trades) {
      const before = left.get(lendOrderId) ?? must(orderOf.get(lendOrderId), 'an order').open;
      left.set(lendOrderId, before.minus(amount));
    }
    const touched = orders.filter(({ id }) => left.has(id));
    const specs = touched.map(({ investorId }) => investorCashAccount(investorId, currency));
    const numbers = await ledger.listAccountNumbers(tx, specs);
    const accountOf = ({ investorId }: BookOrder) =>
      must(
        numbers.get(`${investorCashAccount(investorId, currency).path} ${currency}`),
        'the account of an order',
      );
    const holdOf = (order: BookOrder, amount: BookOrder['open']) =>
      ({ accountNo: accountOf(order), amount, purpose: 'book-order' }) as const;
    const parts = trades.map((trade) => ({
      trade,
      order: must(orderOf.get(trade.lendOrderId), 'the order of a trade'),
    }));
    const resting = touched.filter(({ id }) => left.get(id)?.isPositive);
    await ledger.releaseHolds(
      tx,
      touched.map(({ holdNo }) => must(holdNo, 'the hold of an order') as HoldNo),
    );
    const holds = await ledger.placeHolds(tx, [
      ...parts.map(({ trade, order }) => holdOf(order, trade.amount)),
      ...resting.map((order) => holdOf(order, must(left.get(order.id), 'what is left'))),
    ]);
    const restingHold = new Map(
      resting.map((order, at) => [order.id, holds[parts.length + at]] as const),
    );
    const remainders = touched.map(({ id }) => ({
      id,
      openMinor: left.get(id)?.minor ?? 0n,
      holdNo: restingHold.get(id),
    }));
    await store.storeRemainders(tx, remainders, clock.now());
    return parts.map(({ trade, order }, at) => ({
      roundId,
      orderId: order.id,
      offeringId: trade.borrowOrderId as Id<'off'>,
      investorId: order.investorId,
      amount: trade.amount,
      status: 'held',
      holdNo: must(holds[at], 'the hold of a trade'),
      acknowledged: order.acknowledged,
    }));
  }

  private async publish(tx: Tx, id: Id<'bkr'>): Promise<void> {
    const { clock, audit, outbox } = this.deps;
    const round = await rounds.getRoundAndLock(tx, id);
    if (round.status !== 'cleared') return;
    await rounds.markPublished(tx, id, clock.now());
    const { seed, inputSha256, resultSha256 } = round;
    await audit.record(tx, {
      action: 'rate-book.round-published',
      subject: id,
      details: { seed: seed?.toString(), inputSha256, resultSha256 },
    });
    await outbox.publish(tx, { type: 'rate-book.round-published', subject: id, payload: {} });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
