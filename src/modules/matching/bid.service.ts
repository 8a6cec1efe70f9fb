import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import { rateText, type Rate } from '../../kernel/rate';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { overrun, usageKey, type CapsService } from '../caps';
import { operatorIdOf } from '../identity';
import type { HoldNo, LedgerService } from '../ledger';
import { isLoan, type LoanTerms, type OfferingService } from '../offerings';
import {
  considerOrder,
  subscriptionProblem,
  type Candidate,
  type OfferingAtHand,
  type Participants,
} from '../subscriptions';
import { auctionUnit, bidsCloseAt, BIDS_PER_LENDER, type Auction, type Bid } from './auction';
import * as auctions from './auction.store';
import * as bids from './bid.store';
import { matchingProblem } from './errors';

export interface BidDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly offerings: OfferingService;
  readonly participants: Participants;
}

export interface BidRequest {
  readonly offeringId: Id<'off'>;
  readonly amount: Money;
  /** The lowest rate a year at which the lender lends it. */
  readonly minimumRate: Rate;
  /** SHA-256 of each document that was read. */
  readonly documents: readonly string[];
  /** What the lender confirms, by name. */
  readonly acknowledged: readonly string[];
}

/**
 * Lenders' sealed bids for a loan's rate. A bid holds its cash at once, so that a winning one is
 * good, and is asked of the rulebook as an order is, so that nobody bids who may not lend. Until
 * the clearing nobody but its lender is told of it.
 */
export class BidService {
  constructor(private readonly deps: BidDeps) {}

  /**
   * @throws Problem `matching.auction-not-found`, `matching.bidding-over`,
   *   `matching.bid-above-ceiling`, `matching.bid-not-in-units`, `matching.too-many-bids`,
   *   `ledger.insufficient-funds`, and what an order would be refused with.
   */
  async place(tx: Tx, investorId: Id<'inv'>, request: BidRequest): Promise<Bid> {
    const { clock, newId, audit, ledger } = this.deps;
    const auction = await this.openForBids(tx, request.offeringId);
    requireFitting(request, auction);
    const others = await bids.listOpenOf(tx, investorId);
    const here = others.filter(({ offeringId }) => offeringId === request.offeringId);
    if (here.length >= BIDS_PER_LENDER) {
      throw matchingProblem('too-many-bids', { detail: `${BIDS_PER_LENDER} are the most.` });
    }
    const candidate = await this.consider(tx, investorId, request);
    await this.requireRoom(tx, candidate, others);
    const holdNo = await ledger.placeHold(tx, {
      accountNo: candidate.accountNo,
      amount: request.amount,
      purpose: 'bid',
    });
    const bid: Bid = {
      ...request,
      id: newId('bid'),
      investorId,
      status: 'open',
      holdNo,
      bidBy: tx.scope.actor.id,
      bidAt: clock.now(),
    };
    await bids.insertBid(tx, bid);
    // Neither amount nor rate: whoever reads the trail must not know them before the clearing.
    await audit.record(tx, {
      action: 'bid.placed',
      subject: bid.id,
      details: { offeringId: bid.offeringId },
    });
    return bid;
  }

  /**
   * Takes a bid back while bids are taken; its cash is free at once.
   *
   * @throws Problem `matching.bid-not-found`, `matching.bidding-over`, `matching.bid-status`.
   */
  async withdraw(tx: Tx, investorId: Id<'inv'>, id: Id<'bid'>): Promise<Bid> {
    const { clock, audit, ledger } = this.deps;
    // The auction before its bid, as the clearing locks them.
    const { offeringId } = await this.ownBid(tx, investorId, id);
    requireBidding(await auctions.getAuctionAndLock(tx, offeringId, 'SHARE'), clock.now());
    const bid = await bids.getBidAndLock(tx, id);
    if (bid.status !== 'open') throw matchingProblem('bid-status');
    const endedAt = clock.now();
    await ledger.releaseHolds(tx, [bid.holdNo as HoldNo]);
    await bids.markWithdrawn(tx, id, endedAt);
    await audit.record(tx, { action: 'bid.withdrawn', subject: id, details: { offeringId } });
    return { ...bid, status: 'withdrawn', endedAt };
  }

  /** The auction of the loan, though nobody may have bid in it yet. */
  async getAuction(db: Db, offeringId: Id<'off'>): Promise<Auction> {
    return (await auctions.findAuction(db, offeringId)) ?? this.announced(db, offeringId);
  }

  /** The lender's own bids, whenever; or every bid, once they were cleared. */
  async list(db: Db, offeringId: Id<'off'>, query: bids.BidQuery): Promise<readonly Bid[]> {
    const { status } = await this.getAuction(db, offeringId);
    if (query.investorId === undefined && status === 'bidding') {
      throw matchingProblem('auction-not-cleared', {
        detail: 'Until then nobody but its lender is told of a bid.',
      });
    }
    return bids.listBids(db, offeringId, query);
  }

  private async ownBid(tx: Tx, investorId: Id<'inv'>, id: Id<'bid'>): Promise<Bid> {
    const bid = await bids.findBid(tx, id);
    if (bid?.investorId !== investorId) throw matchingProblem('bid-not-found');
    return bid;
  }

  /** The auction, open for bids until this transaction ends: the clearing waits for it. */
  private async openForBids(tx: Tx, offeringId: Id<'off'>): Promise<Auction> {
    const now = this.deps.clock.now();
    if (!(await auctions.findAuction(tx, offeringId))) {
      const announced = await this.announced(tx, offeringId);
      requireBidding(announced, now);
      await auctions.ensureAuction(tx, announced);
    }
    const auction = await auctions.getAuctionAndLock(tx, offeringId, 'SHARE');
    requireBidding(auction, now);
    return auction;
  }

  /** @throws Problem `matching.auction-not-found` unless the loan is live and up for auction. */
  private async announced(db: Db, offeringId: Id<'off'>): Promise<Auction> {
    const { clock, offerings } = this.deps;
    const { offering, version } = await offerings.get(db, offeringId);
    const { terms } = version;
    const isAuction = isLoan(terms) && terms.instrument.rateMode === 'auction';
    if (offering.status !== 'live' || !isAuction) throw matchingProblem('auction-not-found');
    const book = must(await offerings.findBook(db, offeringId), 'the book of a live loan');
    return {
      offeringId,
      currency: terms.currency,
      status: 'bidding',
      amount: terms.maximum,
      minimumFill: terms.target,
      unit: auctionUnit(terms),
      reserveRate: terms.instrument.rate,
      bidsCloseAt: bidsCloseAt(book),
      openedAt: clock.now(),
    };
  }

  private async consider(tx: Tx, investorId: Id<'inv'>, request: BidRequest): Promise<Candidate> {
    const { clock, newId, participants } = this.deps;
    const { offeringId, amount, acknowledged, documents } = request;
    const atHand = await participants.load(tx, [investorId], [offeringId]);
    const offering = must(atHand.offerings.get(offeringId), 'the offering of an auction');
    const investor = atHand.investors.get(investorId);
    if (!investor) throw matchingProblem('not-a-lender');
    const order = {
      operatorId: operatorIdOf(tx),
      id: newId('sub'),
      investorId,
      offeringId,
      requested: amount,
      acknowledged: Object.fromEntries(acknowledged.map((name) => [name, true])),
      documents,
      // It is only thought through, never placed.
      requestKey: '',
      requestHash: '',
      actorId: tx.scope.actor.id,
    };
    const candidate = considerOrder(order, { investor, offering: asFixed(offering) }, clock.now());
    if (candidate instanceof Problem) throw candidate;
    return candidate;
  }

  /** No more than the caps allow may be bid for, beside what is used and bid for already. */
  private async requireRoom(
    tx: Tx,
    { caps: lines, order }: Candidate,
    others: readonly Bid[],
  ): Promise<void> {
    const { clock, caps } = this.deps;
    for (const line of lines) {
      const counted = others.filter(
        ({ offeringId }) => line.cap.scope === 'investor' || offeringId === order.offeringId,
      );
      let used = counted.reduce((sum, { amount }) => sum + amount.minor, 0n);
      for (const subject of [line.subject, ...(line.linked ?? [])]) {
        used += await caps.readUsage(tx, { subject, capKey: line.capKey }, clock.now());
      }
      const finding = overrun(line, new Map([[usageKey(line.subject, line.capKey), used]]));
      if (finding) {
        const detail = `${finding.message} Open bids are counted with it.`;
        throw subscriptionProblem('cap-exceeded', { detail, findings: [finding] });
      }
    }
  }
}

/** The loan as it would be at the announced rate: what an order for it is thought through on. */
function asFixed(offering: OfferingAtHand): OfferingAtHand {
  const { terms } = offering;
  if (!isLoan(terms)) return offering;
  const fixed: LoanTerms = { ...terms, instrument: { ...terms.instrument, rateMode: 'fixed' } };
  return { ...offering, terms: fixed };
}

function requireBidding({ status, bidsCloseAt: until }: Auction, now: Date): void {
  if (status === 'bidding' && now < until) return;
  const detail = `Bids were taken until ${until.toISOString()}.`;
  throw matchingProblem('bidding-over', { detail });
}

function requireFitting({ amount, minimumRate }: BidRequest, auction: Auction): void {
  const { unit, reserveRate, currency } = auction;
  if (amount.currency !== currency || amount.minor % unit.minor !== 0n) {
    throw matchingProblem('bid-not-in-units', { detail: `Bids are multiples of ${unit}.` });
  }
  if (minimumRate.greaterThan(reserveRate)) {
    const detail = `The most is ${rateText(reserveRate)} a year.`;
    throw matchingProblem('bid-above-ceiling', { detail });
  }
}
