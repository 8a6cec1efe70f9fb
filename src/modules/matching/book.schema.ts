import { z } from 'zod';
import { asCurrency, CURRENCIES } from '../../kernel/currency';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  rateView,
} from '../../platform/http';
import { acknowledgedInput, askedRateInput } from './auction.schema';
import {
  BOOK_ORDER_STATUSES,
  ROUND_STATUSES,
  TRADE_STATUSES,
  type BookOrder,
  type BookRound,
} from './book';
import type { RoundReplay } from './book-round.service';
import type { BookOrderFile, TermDepth } from './book.service';

export const bookOrderBody = z.strictObject({
  amount: positiveMoneyInput,
  minimumRate: askedRateInput,
  termMonths: z.int().min(1).max(480),
  acknowledged: acknowledgedInput,
  expiresAt: instantInput.meta({
    description: 'Within 90 days: from then on it is out of the book.',
  }),
});

export const bookOrderParams = z.strictObject({ id: idInput('bko') });
export const roundParams = z.strictObject({ id: idInput('bkr') });
export const bookOrdersQuery = pageQueryWith({
  status: z.enum(BOOK_ORDER_STATUSES).optional(),
  investorId: idInput('inv').optional(),
});
export const depthParams = z.strictObject({ currency: z.enum(CURRENCIES).transform(asCurrency) });
export const depthQuery = z.strictObject({
  operator: z.string().max(60).meta({ description: 'Code of the operator.' }),
});

export const bookOrderView = z.object({
  id: idView('bko'),
  investorId: idView('inv'),
  status: z.enum(BOOK_ORDER_STATUSES),
  termMonths: z.int(),
  minimumRate: rateView,
  amount: moneyView,
  open: moneyView.meta({ description: 'Still offered, and held.' }),
  orderedAt: instantView,
  expiresAt: instantView,
  endedAt: instantView.optional(),
});
export const bookOrdersView = page(bookOrderView);

export const bookOrderFileView = bookOrderView.extend({
  trades: z
    .array(
      z.object({
        roundId: idView('bkr'),
        offeringId: idView('off'),
        amount: moneyView,
        status: z.enum(TRADE_STATUSES),
        subscriptionId: idView('sub').optional(),
        refusal: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
      }),
    )
    .meta({ description: 'The loans that parts of it met, newest first; 200 at most.' }),
});

const levelView = z.object({
  rate: rateView,
  amount: moneyView,
  orders: z.int(),
  cumulative: moneyView.meta({ description: 'This level and all better ones.' }),
});

export const depthView = z.object({
  terms: z.array(
    z.object({
      termMonths: z.int(),
      lend: z.array(levelView).readonly(),
      borrow: z.array(levelView).readonly(),
      reference: z
        .object({ rate: rateView, volume: moneyView, at: instantView })
        .optional()
        .meta({ description: 'The rate of the newest round at which most could be lent.' }),
    }),
  ),
});

export const roundReplayView = z.object({
  round: z.object({
    id: idView('bkr'),
    currency: z.string(),
    roundNo: z.int(),
    status: z.enum(ROUND_STATUSES),
    dueAt: instantView,
    clearedAt: instantView.optional(),
    publishedAt: instantView.optional(),
    seed: z.string().optional(),
    inputSha256: z.string().optional(),
    resultSha256: z.string().optional(),
  }),
  isInputIntact: z.boolean(),
  isSame: z.boolean(),
  resultSha256: z.string(),
});

export function asBookOrder(order: BookOrder): z.input<typeof bookOrderView> {
  const { id, investorId, status, termMonths, amount, open } = order;
  const { orderedAt, expiresAt, endedAt, rate: minimumRate } = order;
  const times = { orderedAt, expiresAt, endedAt };
  return { id, investorId, status, termMonths, minimumRate, amount, open, ...times };
}

export function asBookOrderFile({
  order,
  trades,
}: BookOrderFile): z.input<typeof bookOrderFileView> {
  return {
    ...asBookOrder(order),
    trades: trades.map(({ roundId, offeringId, amount, status, subscriptionId, refusal }) => ({
      roundId,
      offeringId,
      amount,
      status,
      subscriptionId,
      refusal,
    })),
  };
}

export function asDepth(terms: readonly TermDepth[]): z.input<typeof depthView> {
  return {
    terms: terms.map(({ termMonths, lend, borrow, reference }) => ({
      termMonths,
      lend,
      borrow,
      reference: reference && {
        rate: reference.rate,
        volume: reference.volume,
        at: reference.at,
      },
    })),
  };
}

export function asRoundReplay(replay: RoundReplay): z.input<typeof roundReplayView> {
  return { ...replay, round: asRound(replay.round) };
}

function asRound(round: BookRound): z.input<typeof roundReplayView>['round'] {
  const { id, currency, roundNo, status, dueAt, clearedAt, publishedAt } = round;
  const { inputSha256, resultSha256 } = round;
  const named = { id, currency, roundNo, status, dueAt, clearedAt, publishedAt };
  return { ...named, seed: round.seed?.toString(), inputSha256, resultSha256 };
}
