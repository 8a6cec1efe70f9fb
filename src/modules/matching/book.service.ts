import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { requireActive, type InvestorService } from '../investors';
import { investorCashAccount, type HoldNo, type LedgerService } from '../ledger';
import { assess, permits, type Rulebook, type Rulebooks } from '../rulebooks';
import {
  bookUnit,
  lendOrder,
  LONGEST_ORDER_MS,
  PARAMETERS_SET,
  type BookOrder,
  type BookTrade,
} from './book';
import { lastRoundNo, listReferences, listTradesOf, type ReferenceRate } from './book-round.store';
import type { BookLoans } from './book-loans.service';
import * as store from './book.store';
import { matchingProblem } from './errors';
import { depthOf, type DepthLevel } from './rate-book';

export interface BookDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly ledger: LedgerService;
  readonly investors: InvestorService;
  readonly directory: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly loans: BookLoans;
}

export interface BookOrderRequest {
  readonly amount: Money;
  /** The lowest rate a year at which it is lent. */
  readonly rate: Rate;
  readonly termMonths: number;
  readonly acknowledged: readonly string[];
  readonly expiresAt: Date;
}

/** Both sides of the book for one term. */
export interface TermDepth {
  readonly termMonths: number;
  readonly lend: readonly DepthLevel[];
  readonly borrow: readonly DepthLevel[];
  /** The rate of the newest round in which lenders and borrowers met. */
  readonly reference?: ReferenceRate | undefined;
}

/** An order, and the loans that parts of it met, newest first. */
export interface BookOrderFile {
  readonly order: BookOrder;
  readonly trades: readonly BookTrade[];
}

const EXPIRY_BATCH = 500;

/** Of an order that meets ever more loans, the newest so many are shown. */
const TRADES_SHOWN = 200;

/** Standing offers to lend, held in cash: placed, cancelled, shown without names. */
export class BookOrders {
  constructor(private readonly deps: BookDeps) {}

  /**
   * @throws Problem `matching.book-order-faults`, `matching.book-order-not-permitted`,
   *   `ledger.insufficient-funds`, `investors.not-active`.
   */
  async place(tx: Tx, investorId: Id<'inv'>, request: BookOrderRequest): Promise<BookOrder> {
    const { clock, newId, audit, ledger, investors } = this.deps;
    const { currency } = request.amount;
    requireActive(await investors.get(tx, investorId));
    requireSound(request, clock.now());
    await this.requireLawful(tx, investorId, request);
    const account = await ledger.getAccount(tx, investorCashAccount(investorId, currency));
    const holdNo = await ledger.placeHold(tx, {
      accountNo: account.accountNo,
      amount: request.amount,
      purpose: 'book-order',
    });
    const order: BookOrder = {
      ...request,
      id: newId('bko'),
      investorId,
      currency,
      open: request.amount,
      status: 'open',
      holdNo,
      afterRound: await lastRoundNo(tx, currency),
      orderedBy: tx.scope.actor.id,
      orderedAt: clock.now(),
    };
    await store.insertOrder(tx, order);
    await audit.record(tx, { action: 'book-order.placed', subject: order.id });
    return order;
  }

  /**
   * Takes what is still offered out of the book; what met a loan before stays lent.
   *
   * @throws Problem `matching.book-order-not-found`, `matching.book-order-status`.
   */
  async cancel(tx: Tx, investorId: Id<'inv'>, id: Id<'bko'>): Promise<BookOrder> {
    const order = await store.getOrderAndLock(tx, id);
    if (order.investorId !== investorId) throw matchingProblem('book-order-not-found');
    if (order.status !== 'open') throw matchingProblem('book-order-status');
    await this.end(tx, [order], 'cancelled');
    await this.deps.audit.record(tx, { action: 'book-order.cancelled', subject: id });
    return store.getOrderAndLock(tx, id);
  }

  /** Takes out what has stood its time. @returns how many; call again until it is 0. */
  async expireDue(tx: Tx, now: Date): Promise<number> {
    const due = await store.lockExpired(tx, now, EXPIRY_BATCH);
    await this.end(tx, due, 'expired');
    return due.length;
  }

  async list(db: Db, query: store.BookOrderQuery): Promise<readonly BookOrder[]> {
    return store.listOrders(db, query);
  }

  /**
   * An order with what became of its parts.
   *
   * @param investorId whose order it must be, if only a lender's own may be seen.
   * @throws Problem `matching.book-order-not-found`.
   */
  async get(db: Db, id: Id<'bko'>, investorId: Id<'inv'> | undefined): Promise<BookOrderFile> {
    const order = await store.findOrder(db, id);
    if (!order || (investorId !== undefined && order.investorId !== investorId)) {
      throw matchingProblem('book-order-not-found');
    }
    return { order, trades: await listTradesOf(db, id, TRADES_SHOWN) };
  }

  /** Both sides, level by level and without names, by term. */
  async depth(db: Db, currency: Currency): Promise<readonly TermDepth[]> {
    const { loans, clock } = this.deps;
    const open = await store.listOpen(db, currency);
    const orders = [
      ...open.map(lendOrder),
      ...(await loans.borrowOrders(db, currency, clock.now())),
    ];
    const references = await listReferences(db, currency);
    const terms = new Set([...orders, ...references].map(({ termMonths }) => termMonths));
    return [...terms]
      .toSorted((a, b) => a - b)
      .map((termMonths) => ({
        termMonths,
        lend: depthOf({ orders }, { side: 'lend', termMonths }),
        borrow: depthOf({ orders }, { side: 'borrow', termMonths }),
        reference: references.find((each) => each.termMonths === termMonths),
      }));
  }

  private async end(
    tx: Tx,
    orders: readonly BookOrder[],
    status: 'cancelled' | 'expired',
  ): Promise<void> {
    const holds = orders.flatMap(({ holdNo }) => (holdNo === undefined ? [] : [holdNo as HoldNo]));
    await this.deps.ledger.releaseHolds(tx, holds);
    const ids = orders.map(({ id }) => id);
    await store.endOrders(tx, ids, { status, at: this.deps.clock.now() });
  }

  /** A standing order lends without its lender having seen the loan: the law of mandates holds. */
  private async requireLawful(
    db: Db,
    investorId: Id<'inv'>,
    { expiresAt }: BookOrderRequest,
  ): Promise<void> {
    const { clock, investors } = this.deps;
    const at = clock.now();
    const rulebook = this.rulebookOf(db);
    const { finding } = permits(rulebook, 'automatic-lending', at);
    if (finding) throw matchingProblem('book-order-not-permitted', { findings: [finding] });
    const { profileVersion } = await investors.get(db, investorId);
    const decision = assess(rulebook, 'mandate', {
      at,
      investor: await investors.factsOf(db, investorId, profileVersion),
      mandate: { isSigned: true, expiresAt, parametersSet: PARAMETERS_SET },
    });
    if (decision.allowed) return;
    throw matchingProblem('book-order-not-permitted', { findings: decision.findings });
  }

  private rulebookOf(db: Db): Rulebook {
    const { directory, rulebooks } = this.deps;
    return rulebooks.get(directory.get(operatorIdOf(db)).rulebookId);
  }
}

function requireSound({ amount, expiresAt }: BookOrderRequest, now: Date): void {
  const unit = bookUnit(amount.currency);
  if (amount.minor % unit.minor !== 0n) {
    const detail = `Orders are multiples of ${unit}.`;
    throw matchingProblem('book-order-faults', { detail });
  }
  const standsFor = expiresAt.getTime() - now.getTime();
  if (standsFor <= 0 || standsFor > LONGEST_ORDER_MS) {
    const detail = 'An order ends later than now, and 90 days from now at the latest.';
    throw matchingProblem('book-order-faults', { detail });
  }
}
