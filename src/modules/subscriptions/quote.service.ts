import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import { roundRate, type Rate } from '../../kernel/rate';
import type { Clock } from '../../kernel/clock';
import type { Db } from '../../platform/db';
import type { CapsService } from '../caps';
import { available, investorCashAccount, type LedgerService } from '../ledger';
import {
  expectedReturn,
  isLoan,
  type OfferingBooks,
  type OfferingTerms,
  type Ticket,
} from '../offerings';
import { subscriptionProblem } from './errors';
import type { CapLeft } from './opened';
import { considerOrder, type Order } from './order';
import type { Participants } from './participants.service';

/** What an order would come to if it were placed now. Nothing is reserved by asking. */
export interface Quote {
  readonly ticket: Ticket;
  readonly caps: readonly CapLeft[];
  readonly available: Money;
  /** What the book still takes. */
  readonly room: Money;
  readonly revocableUntil: Date;
  /** Where the offering is a loan. */
  readonly loan: LoanQuote | undefined;
}

/** What a lender gets for an amount: rates are fractions a year. */
export interface LoanQuote {
  readonly rate: Rate;
  /** After the losses that are expected at the borrower's grade. */
  readonly expectedReturn: Rate;
  /** The lender's part of the whole loan, rounded down. */
  readonly share: Rate;
}

/** Digits after the point of rates that are quoted. */
const QUOTED_DIGITS = 6;

/** What so much of a loan comes to; undefined for offerings of other kinds. */
export function loanQuote(terms: OfferingTerms, cost: Money): LoanQuote | undefined {
  if (!isLoan(terms)) return undefined;
  const { instrument, maximum } = terms;
  const share = cost.toDecimal().dividedBy(maximum.toDecimal());
  return {
    rate: instrument.rate,
    expectedReturn: roundRate(expectedReturn(instrument), QUOTED_DIGITS, 'floor'),
    share: roundRate(share, QUOTED_DIGITS, 'floor'),
  };
}

/** Tells investors before they commit what they would get, pay and have left. */
export class QuoteService {
  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly participants: Participants;
      readonly caps: CapsService;
      readonly ledger: LedgerService;
      readonly books: OfferingBooks;
    },
  ) {}

  /**
   * @throws Problem: what the order would be refused with, as far as it depends on nobody else;
   *   `subscriptions.offering-not-found`, `subscriptions.investor-not-found`.
   */
  async quote(db: Db, order: Order): Promise<Quote> {
    const { clock, participants, caps, ledger, books } = this.deps;
    const now = clock.now();
    const atHand = await participants.load(db, [order.investorId], [order.offeringId]);
    const offering = atHand.offerings.get(order.offeringId);
    const investor = atHand.investors.get(order.investorId);
    if (!offering) throw subscriptionProblem('offering-not-found');
    if (!investor) throw subscriptionProblem('investor-not-found');
    const candidate = considerOrder(order, { investor, offering }, now);
    if (candidate instanceof Problem) throw candidate;
    const { ticket, revocableUntil } = candidate;
    const { currency } = ticket.cost;
    const zero = Money.zero(currency);
    const standings: CapLeft[] = [];
    for (const line of candidate.caps) {
      const limit = Money.ofMinor(line.ceilingMinor, currency);
      const used = Money.ofMinor(await caps.readUsage(db, line, now), currency);
      const { rule, citation } = line.cap;
      standings.push({ rule, citation, limit, used, left: limit.minus(used).atLeast(zero) });
    }
    const account = await ledger.getAccount(db, investorCashAccount(investor.id, currency));
    const roomMinor = await books.readRoom(db, offering.id);
    return {
      ticket,
      caps: standings,
      available: available(account),
      room: Money.ofMinor(roomMinor, currency),
      revocableUntil,
      loan: loanQuote(offering.terms, ticket.cost),
    };
  }
}
