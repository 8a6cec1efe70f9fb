import { DAY_MS, type Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import { available, investorCashAccount, type LedgerService } from '../ledger';
import { readFacts } from '../rulebooks';
import { getRulebook } from '../subscriptions';
import { marketProblem } from './errors';
import { fillsFor, type Fill } from './fill';
import type { MarketGoods } from './goods.service';
import {
  judge,
  replayed,
  requireAllowed,
  unfit,
  type Judgement,
  type Purchase,
  type ReplayedTrade,
} from './law';
import { requireOpen, type Listing } from './listing';
import type { ListingService } from './listing.service';
import { listOffered } from './listing.store';
import type { MarketMode } from './policy';
import * as proposals from './proposal.store';
import type { PurchaseService, PurchaseOrder } from './purchase.service';
import type { MarketRules } from './rules.service';
import type { Sale } from './sale';
import type { Settlement } from './settlement.service';
import { requireOpenProposal, type Proposal, type Trade } from './trade';
import * as trades from './trade.store';

export interface TradeDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly marketRules: MarketRules;
  readonly marketGoods: MarketGoods;
  readonly marketListings: ListingService;
  readonly purchases: PurchaseService;
  readonly settlement: Settlement;
}

/** A buyer who answers a listing. */
export interface BuyOrder {
  readonly listingId: Id<'mkl'>;
  readonly buyerId: Id<'inv'>;
  readonly units: bigint;
  /** The most that the buyer pays in all, interest included: the total of a quote. */
  readonly atMost: Money;
  readonly acknowledged: readonly string[];
  readonly documents: readonly string[];
}

/** What a purchase would come to today. Nothing is reserved by asking. */
export interface TradeQuote {
  readonly mode: MarketMode;
  readonly parts: readonly (Fill & { readonly sale: Sale })[];
  readonly whole: Sale;
  /** What the law would refuse it for, as far as it depends on nobody else. */
  readonly findings: readonly Finding[];
  readonly caps: readonly CapLeft[];
  readonly available: Money;
  readonly documents: readonly { readonly title: string; readonly sha256: string }[];
}

export interface CapLeft {
  readonly rule: string;
  readonly citation: string;
  readonly limit: Money;
  readonly used: Money;
  readonly left: Money;
}

/** Buying: at once where the operator matches, by proposal and countersignature where it does not. */
export class TradeService {
  constructor(private readonly deps: TradeDeps) {}

  /**
   * What so many units at no more than the listing's price would cost, and what stands in the way.
   *
   * @throws Problem `market.listing-not-found`, `market.listing-ended`, `market.not-enough-offered`,
   *   `market.own-listing`, `rulebooks.not-permitted`.
   */
  async quote(db: Db, wanted: Omit<BuyOrder, 'atMost'>): Promise<TradeQuote> {
    const { marketRules, marketListings, purchases, ledger, clock } = this.deps;
    const { mode } = marketRules.inForce(db);
    const listing = await marketListings.get(db, wanted.listingId);
    requireOpen(listing, clock.now());
    const fills = await this.fills(db, { listing, wanted, mode });
    const prepared = await purchases.prepare(db, orderOf(listing, wanted, fills));
    const { purchase, sales, whole } = prepared;
    const judgement = judge(purchase);
    const account = await ledger.getAccount(
      db,
      investorCashAccount(wanted.buyerId, listing.book.currency),
    );
    return {
      mode,
      parts: fills.map((fill, place) => ({ ...fill, sale: sales[place] ?? whole })),
      whole,
      findings: objections(purchase, judgement),
      caps: await this.capsLeft(db, judgement),
      available: available(account),
      documents: purchase.offering.documents.filter(({ mustAcknowledge }) => mustAcknowledge),
    };
  }

  /**
   * Buys units at no more than the listing's price: of all that is offered of the same instrument
   * the best price first, and of one price the oldest.
   *
   * @throws Problem `market.wrong-mode`, `market.halted`, `market.listing-not-found`,
   *   `market.listing-ended`, `market.not-enough-offered`, `market.own-listing`, and those of
   *   `Settlement.settle`.
   */
  async buy(tx: Tx, order: BuyOrder): Promise<readonly Trade[]> {
    const { marketListings, settlement, clock } = this.deps;
    this.requireMode(tx, 'matched');
    const listing = await marketListings.lock(tx, order.listingId);
    await this.deps.marketGoods.requireTrading(tx, listing.book.instrumentId);
    requireOpen(listing, clock.now());
    const fills = await this.fills(tx, { listing, wanted: order, mode: 'matched' });
    return settlement.settle(tx, {
      ...orderOf(listing, order, fills),
      atMost: order.atMost,
      mode: 'matched',
    });
  }

  /**
   * Proposes to buy at a listing's price. It binds the buyer until it is answered, taken back or its
   * time is over; the law is asked now, so that no seller countersigns in vain, and again then.
   *
   * @throws Problem `market.wrong-mode`, `market.halted`, `market.listing-ended`,
   *   `market.own-listing`, `market.not-enough-offered`, `market.price-moved`,
   *   `market.already-proposed`, and those of `requireAllowed`.
   */
  async propose(tx: Tx, order: BuyOrder): Promise<Proposal> {
    const { marketListings, purchases, clock, newId } = this.deps;
    const { policy, now } = this.requireMode(tx, 'bulletin');
    const listing = await marketListings.lock(tx, order.listingId);
    await this.deps.marketGoods.requireTrading(tx, listing.book.instrumentId);
    requireOpen(listing, clock.now());
    const fills = await this.fills(tx, { listing, wanted: order, mode: 'bulletin' });
    const { whole, purchase } = await purchases.prepare(tx, orderOf(listing, order, fills));
    if (whole.total.isMoreThan(order.atMost)) {
      throw marketProblem('price-moved', { detail: `It costs ${whole.total} now.` });
    }
    requireAllowed(purchase);
    const lapsesAt = new Date(now.getTime() + policy.proposalDays * DAY_MS);
    const proposal: Proposal = {
      ...order,
      id: newId('mkp'),
      sellerId: listing.sellerId,
      priceVersion: listing.priceVersion,
      status: 'open',
      proposedAt: now,
      proposedBy: tx.scope.actor.id,
      lapsesAt: lapsesAt < listing.expiresAt ? lapsesAt : listing.expiresAt,
    };
    await proposals.insertProposal(tx, proposal);
    await this.announce(tx, 'market.proposed', proposal);
    return proposal;
  }

  /**
   * The seller's signature under a proposal: the contract is made, and carried out at once.
   *
   * @throws Problem `market.wrong-mode`, `market.proposal-not-found`, `market.proposal-ended`,
   *   `market.listing-ended`, `market.not-enough-offered`, `market.halted`, and those of
   *   `Settlement.settle`.
   */
  async countersign(tx: Tx, sellerId: Id<'inv'>, id: Id<'mkp'>): Promise<Trade> {
    const { settlement, marketGoods, clock } = this.deps;
    this.requireMode(tx, 'bulletin');
    const { proposal, listing } = await this.lockProposal(tx, id);
    if (proposal.sellerId !== sellerId) throw marketProblem('proposal-not-found');
    requireOpenProposal(proposal, clock.now());
    requireOpen(listing, clock.now());
    await marketGoods.requireTrading(tx, listing.book.instrumentId);
    const fills = await this.fills(tx, { listing, wanted: proposal, mode: 'bulletin' });
    const [trade] = await settlement.settle(tx, {
      ...orderOf(listing, proposal, fills),
      atMost: proposal.atMost,
      mode: 'bulletin',
    });
    if (!trade) throw marketProblem('not-enough-offered');
    await this.endProposal(tx, proposal, { status: 'accepted', tradeId: trade.id });
    return trade;
  }

  /** The seller's no. @throws Problem `market.proposal-not-found`, `market.proposal-ended`. */
  async decline(tx: Tx, sellerId: Id<'inv'>, id: Id<'mkp'>): Promise<Proposal> {
    const { proposal } = await this.lockProposal(tx, id);
    if (proposal.sellerId !== sellerId) throw marketProblem('proposal-not-found');
    requireOpenProposal(proposal, this.deps.clock.now());
    return this.endProposal(tx, proposal, { status: 'declined' });
  }

  /** Takes a proposal back. @throws Problem `market.proposal-not-found`, `market.proposal-ended`. */
  async withdraw(tx: Tx, buyerId: Id<'inv'>, id: Id<'mkp'>): Promise<Proposal> {
    const { proposal } = await this.lockProposal(tx, id);
    if (proposal.buyerId !== buyerId) throw marketProblem('proposal-not-found');
    requireOpenProposal(proposal, this.deps.clock.now());
    return this.endProposal(tx, proposal, { status: 'withdrawn' });
  }

  async listProposals(db: Db, filter: proposals.ProposalFilter): Promise<readonly Proposal[]> {
    return proposals.listProposals(db, filter);
  }

  /** One more than the limit, to tell whether there are others. */
  async list(db: Db, filter: trades.TradeFilter): Promise<readonly Trade[]> {
    return trades.listTrades(db, filter);
  }

  /** @throws Problem `market.trade-not-found`. */
  async get(db: Db, id: Id<'trd'>): Promise<Trade> {
    const trade = await trades.findTrade(db, id);
    if (!trade) throw marketProblem('trade-not-found');
    return trade;
  }

  /** Takes the decision behind a trade again, on the law as it was. */
  async replay(db: Db, id: Id<'trd'>): Promise<ReplayedTrade> {
    const { decision, rulebookNo } = await this.get(db, id);
    const rulebook = await getRulebook(db, rulebookNo);
    // What was recorded mirrors the facts that were given.
    const facts = {
      subscribe: readFacts(decision.subscribe, rulebook.currency),
      transfer: readFacts(decision.transfer, rulebook.currency),
    } as Pick<Judgement, 'subscribe' | 'transfer'>;
    return { tradeId: id, ...replayed(rulebook, facts, decision) };
  }

  private requireMode(tx: Tx, wanted: MarketMode) {
    const rules = this.deps.marketRules.inForce(tx);
    if (rules.mode === wanted) return rules;
    throw marketProblem('wrong-mode', {
      detail:
        rules.mode === 'bulletin'
          ? 'Here a buyer proposes, and the seller countersigns.'
          : 'Here a buyer takes what is offered at once.',
    });
  }

  private async fills(
    db: Db,
    { listing, wanted, mode }: { listing: Listing; wanted: Wanted; mode: MarketMode },
  ): Promise<readonly Fill[]> {
    const { buyerId, units } = wanted;
    if (listing.sellerId === buyerId) throw marketProblem('own-listing');
    const now = this.deps.clock.now();
    const highestPrice = listing.price;
    const offered =
      mode === 'bulletin'
        ? [listing]
        : await listOffered(db, listing.book.instrumentId, { highestPrice, now });
    const fills = fillsFor(offered, { buyerId, units, highestPrice });
    if (!fills || fills.length === 0) throw marketProblem('not-enough-offered');
    return fills;
  }

  private async capsLeft(db: Db, { caps: lines }: Judgement): Promise<readonly CapLeft[]> {
    const { caps, clock } = this.deps;
    const left: CapLeft[] = [];
    for (const line of lines) {
      const { currency } = line.amount;
      const limit = Money.ofMinor(line.ceilingMinor, currency);
      const used = Money.ofMinor(await caps.readUsage(db, line, clock.now()), currency);
      const { rule, citation } = line.cap;
      const rest = limit.minus(used).atLeast(Money.zero(currency));
      left.push({ rule, citation, limit, used, left: rest });
    }
    return left;
  }

  /** The proposal, after the book of its listing, as every trade locks them. */
  private async lockProposal(tx: Tx, id: Id<'mkp'>) {
    const known = await proposals.findProposal(tx, id);
    if (!known) throw marketProblem('proposal-not-found');
    const listing = await this.deps.marketListings.lock(tx, known.listingId);
    const proposal = await proposals.findProposalAndLock(tx, id);
    if (!proposal) throw marketProblem('proposal-not-found');
    return { proposal, listing };
  }

  private async endProposal(
    tx: Tx,
    proposal: Proposal,
    end: Pick<Proposal, 'status' | 'tradeId'>,
  ): Promise<Proposal> {
    const over = { ...proposal, ...end, endedAt: this.deps.clock.now() };
    await proposals.updateProposal(tx, over);
    await this.announce(tx, `market.proposal-${end.status}`, over);
    return over;
  }

  private async announce(tx: Tx, type: string, proposal: Proposal): Promise<void> {
    const { id, listingId, sellerId, buyerId, units } = proposal;
    const details = { listingId, sellerId, buyerId, units: units.toString() };
    await this.deps.audit.record(tx, { action: type, subject: id, details });
    await this.deps.outbox.publish(tx, { type, subject: id, payload: details });
  }
}

type Wanted = Pick<BuyOrder, 'buyerId' | 'units'>;

function orderOf(
  { book }: Listing,
  { buyerId, acknowledged, documents }: Omit<BuyOrder, 'atMost' | 'listingId'>,
  fills: readonly Fill[],
): PurchaseOrder {
  return { book, buyerId, fills, acknowledged, documents };
}

/** What a quote says instead of refusing, with the documents taken as read. */
function objections(purchase: Purchase, { findings }: Judgement): readonly Finding[] {
  const { documents } = purchase.offering;
  const refusal = unfit({ ...purchase, documents: documents.map(({ sha256 }) => sha256) });
  if (!refusal) return findings;
  const { code, title, detail } = refusal;
  const own = { rule: code, citation: 'Rule of the market', message: detail ?? title };
  return [...(refusal.findings ?? [own]), ...findings];
}
