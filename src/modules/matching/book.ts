import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json';
import { DAY_MS } from '../../kernel/clock';
import { minorDigits, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import { costOf, sharePrice, type LoanTerms } from '../offerings';
import { clearBook, type BookClearing, type RateOrder } from './rate-book';
import type { Refusal } from './window';

export const BOOK_ORDER_STATUSES = ['open', 'filled', 'cancelled', 'expired'] as const;

export type BookOrderStatus = (typeof BOOK_ORDER_STATUSES)[number];

/** A standing offer to lend so much, for that term, at that rate or above. */
export interface BookOrder {
  readonly id: Id<'bko'>;
  readonly investorId: Id<'inv'>;
  readonly currency: Currency;
  readonly termMonths: number;
  readonly rate: Rate;
  readonly amount: Money;
  /** What is still offered, all of it held. */
  readonly open: Money;
  readonly status: BookOrderStatus;
  readonly holdNo?: bigint | undefined;
  readonly acknowledged: readonly string[];
  /** The last round before it arrived. */
  readonly afterRound: number;
  readonly orderedBy: string;
  readonly orderedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt?: Date | undefined;
}

/** `cleared`: who lends to which loan stands; `published`: each part is an order or was refused. */
export const ROUND_STATUSES = ['open', 'cleared', 'published'] as const;

export type RoundStatus = (typeof ROUND_STATUSES)[number];

/** One meeting of the book and the open loans. */
export interface BookRound {
  readonly id: Id<'bkr'>;
  readonly currency: Currency;
  readonly roundNo: number;
  readonly status: RoundStatus;
  readonly dueAt: Date;
  readonly openedAt: Date;
  readonly clearedAt?: Date | undefined;
  readonly publishedAt?: Date | undefined;
  readonly seed?: bigint | undefined;
  readonly inputSha256?: string | undefined;
  readonly resultSha256?: string | undefined;
}

export const TRADE_STATUSES = ['held', 'placing', 'placed', 'refused'] as const;

export type TradeStatus = (typeof TRADE_STATUSES)[number];

/** A part of an order that meets a loan. */
export interface BookTrade {
  readonly roundId: Id<'bkr'>;
  readonly orderId: Id<'bko'>;
  readonly offeringId: Id<'off'>;
  readonly investorId: Id<'inv'>;
  readonly amount: Money;
  readonly status: TradeStatus;
  readonly holdNo: bigint;
  readonly acknowledged: readonly string[];
  readonly subscriptionId?: Id<'sub'> | undefined;
  readonly refusal?: Refusal | undefined;
}

/** An order stands so long at most: what was signed longer ago is signed anew. */
export const LONGEST_ORDER_MS = 90 * DAY_MS;

/** The rate and the term, of the parameters that bound a mandate to lend (Regulation 2020/1503). */
export const PARAMETERS_SET = 2;

/** The unit of the book: a hundred of the currency, so that parts of orders are tickets of loans. */
export function bookUnit(currency: Currency): Money {
  return Money.ofMinor(100n * 10n ** BigInt(minorDigits(currency)), currency);
}

/** A loan that takes orders, with its terms and what it still takes. */
export interface LoanInBook {
  readonly id: Id<'off'>;
  readonly terms: LoanTerms;
  readonly roomMinor: bigint;
}

/** The borrowers' side: each loan whose tickets the book's unit fits, at its own fixed rate. */
export function borrowOrders(loans: readonly LoanInBook[], unit: Money): readonly RateOrder[] {
  return loans.flatMap(({ id, terms, roomMinor }): readonly RateOrder[] => {
    const step = costOf(sharePrice(terms), 1n);
    const isFit = unit.minor % step.minor === 0n && !terms.minimumTicket.isMoreThan(unit);
    const most = terms.maximumTicket?.minor ?? roomMinor;
    const amount = Money.ofMinor(roomMinor - (roomMinor % unit.minor), unit.currency);
    if (!isFit || !amount.isPositive || most < unit.minor) return [];
    const { rate: asked, termMonths } = terms.instrument;
    return [{ id, side: 'borrow', amount, rate: asked, termMonths, window: 0 }];
  });
}

export function lendOrder({ id, open, rate: least, termMonths, afterRound }: BookOrder): RateOrder {
  return { id, side: 'lend', amount: open, rate: least, termMonths, window: afterRound };
}

/** What a round is cleared from, as one text that is the same for the same orders. */
export function roundText(input: RoundInput): string {
  return canonicalJson({
    currency: input.currency,
    seed: input.seed.toString(),
    orders: input.orders
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((order) => [
        order.id,
        order.side,
        order.amount.minor.toString(),
        rateText(order.rate),
        order.termMonths,
        order.window,
      ]),
  });
}

export interface RoundInput {
  readonly currency: Currency;
  readonly seed: bigint;
  readonly orders: readonly RateOrder[];
}

export function roundOf(text: string): RoundInput {
  const json = JSON.parse(text) as {
    readonly currency: Currency;
    readonly seed: string;
    readonly orders: readonly [string, RateOrder['side'], string, string, number, number][];
  };
  return {
    currency: json.currency,
    seed: BigInt(json.seed),
    orders: json.orders.map(([id, side, minor, asked, termMonths, window]) => ({
      id,
      side,
      amount: Money.ofMinor(BigInt(minor), json.currency),
      rate: rate(asked),
      termMonths,
      window,
    })),
  };
}

/** Who lends to which loan: lower rates first, then orders of earlier rounds, then in proportion. */
export function clearRound({ currency, seed, orders }: RoundInput): BookClearing {
  return clearBook({ orders }, { priority: 'price-time', unit: bookUnit(currency), seed });
}

export function roundResultSha256({ clearings, trades }: BookClearing): string {
  const lines = [
    ...clearings.map(({ termMonths, rate: at, volume }) =>
      [termMonths, rateText(at), volume.minor].join(' '),
    ),
    ...trades.map((trade) =>
      [trade.lendOrderId, trade.borrowOrderId, trade.amount.minor].join(' '),
    ),
  ];
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}
