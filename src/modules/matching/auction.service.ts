import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Log } from '../../platform/log';
import type { Outbox } from '../../platform/outbox';
import type { HoldNo, LedgerService } from '../ledger';
import {
  isLoan,
  type OfferingInForce,
  type OfferingLifecycle,
  type OfferingService,
} from '../offerings';
import { permits, type Rulebook } from '../rulebooks';
import type { AprMethod } from '../schedules';
import {
  auctionOf,
  auctionResultSha256,
  auctionSeed,
  auctionText,
  bidLevels,
  sha256,
  type Auction,
  type Bid,
  type BidLevel,
  type Cleared,
} from './auction';
import * as store from './auction.store';
import type { BidPlacement } from './bid-placement.service';
import * as bids from './bid.store';
import { matchingProblem } from './errors';
import { aprAt } from './loan-cost';
import { asOneRunner } from './one-runner.service';
import { clearAuction, type AuctionResult, type AuctionTerms } from './sealed-auction';

export interface AuctionDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly ledger: Pick<LedgerService, 'chainHeads' | 'releaseHolds'>;
  readonly offerings: OfferingService;
  readonly lifecycle: OfferingLifecycle;
  readonly placements: BidPlacement;
  /** By whose law the yearly cost of a loan is reckoned under a rulebook. */
  readonly aprMethodOf: (rulebook: Rulebook) => AprMethod;
  readonly log: Pick<Log, 'error'>;
}

/** What clearing an auction again came to. */
export interface AuctionReplay {
  readonly auction: Auction;
  /** Whether the stored input has the stored hash. */
  readonly isInputIntact: boolean;
  /** Whether the same bids win as much at the same rate. */
  readonly isSame: boolean;
  readonly resultSha256: string;
}

/**
 * Carries auctions from phase to phase once bidding is over, each phase stored before the next
 * begins, so that whoever comes after a crash goes on where it stopped: `bidding` → rate fixed and
 * losers' cash released (`cleared`) → each winning bid an order (`placed`) → told (`published`).
 */
export class Auctions {
  constructor(private readonly deps: AuctionDeps) {}

  async hasDue(db: Db): Promise<boolean> {
    return (await store.listDue(db, this.deps.clock.now())).length > 0;
  }

  /** Carries on every auction of the operator. What goes wrong with one is logged. */
  async run(operatorId: number): Promise<void> {
    const { transactions, clock, log } = this.deps;
    const scope: Scope = { operatorId, actor: { kind: 'system', id: 'matching' } };
    const due = await transactions.read(scope, (db) => store.listDue(db, clock.now()));
    for (const offeringId of due) {
      const one = { scope, key: offeringId };
      await asOneRunner(transactions, one, () => this.carryOn(scope, offeringId)).catch(
        (error: unknown) => {
          log.error('An auction could not be carried on', { operatorId, offeringId, error });
        },
      );
    }
  }

  /** Takes no more bids for a loan that is no longer open: its bidders get their cash back. */
  async endBidding(tx: Tx, offeringId: Id<'off'>): Promise<void> {
    await store.endBidding(tx, offeringId, this.deps.clock.now());
  }

  /** Clears again from what was stored. @throws Problem `matching.auction-not-cleared`. */
  async replay(db: Db, offeringId: Id<'off'>): Promise<AuctionReplay> {
    const text = await store.readInput(db, offeringId);
    const auction = await store.findAuction(db, offeringId);
    if (!auction?.cleared) throw matchingProblem('auction-not-cleared');
    const { terms, bids: sealed } = auctionOf(text);
    const isEnded = auction.cleared.outcome === 'ended';
    const found = auctionResultSha256(isEnded ? notHeld(terms) : clearAuction(terms, sealed));
    return {
      auction,
      isInputIntact: sha256(text) === auction.cleared.inputSha256,
      isSame: found === auction.cleared.resultSha256,
      resultSha256: found,
    };
  }

  /** The cleared bids by rate; nothing while they are sealed. */
  async book(db: Db, { offeringId, status }: Auction): Promise<readonly BidLevel[]> {
    return status === 'bidding' ? [] : bidLevels(await bids.listStanding(db, offeringId));
  }

  private async carryOn(scope: Scope, offeringId: Id<'off'>): Promise<void> {
    const { transactions, placements } = this.deps;
    await transactions.write(scope, (tx) => this.clear(tx, offeringId));
    if (!(await placements.placeAll(scope, offeringId))) return;
    await transactions.write(scope, (tx) => this.finish(tx, offeringId, 'placed'));
    await transactions.write(scope, (tx) => this.publish(tx, offeringId));
  }

  /**
   * Decides who lends at which rate, once. Locks in the order of every closing: the offering, the
   * accounts of the losers' holds, the book.
   */
  private async clear(tx: Tx, offeringId: Id<'off'>): Promise<void> {
    const { clock, ledger, offerings } = this.deps;
    const auction = await store.getAuctionAndLock(tx, offeringId, 'UPDATE');
    if (auction.status !== 'bidding' || auction.bidsCloseAt > clock.now()) return;
    const inForce = await offerings.lockInForce(tx, offeringId);
    const open = (await bids.listStanding(tx, offeringId)).filter(
      ({ status }) => status === 'open',
    );
    const terms: AuctionTerms = {
      ...auction,
      seed: auctionSeed(offeringId, await ledger.chainHeads(tx)),
    };
    const text = auctionText(terms, open);
    const isOpen =
      inForce.offering.status === 'live' && clock.now() < inForce.version.terms.closesAt;
    const result = isOpen ? clearAuction(terms, open) : notHeld(terms);
    const losers = isOpen
      ? result.results.filter(({ lent }) => lent.isZero).map(({ bid }) => bid)
      : open;
    await ledger.releaseHolds(
      tx,
      losers.map(({ holdNo }) => holdNo as HoldNo),
    );
    await bids.storeResults(tx, result.results, clock.now());
    if (!isOpen) await bids.loseAll(tx, offeringId, clock.now());
    const cleared: Cleared = {
      at: clock.now(),
      outcome: isOpen ? (result.isFunded ? 'funded' : 'unfunded') : 'ended',
      clearingRate: result.clearingRate,
      ...(result.clearingRate && { apr: await this.fix(tx, inForce, result) }),
      lent: result.lent,
      margin: result.margin,
      seed: terms.seed,
      inputSha256: sha256(text),
      resultSha256: auctionResultSha256(result),
    };
    await store.storeClearing(tx, offeringId, { cleared, text });
    await this.record(tx, offeringId, { cleared, bids: open.length });
  }

  /** Fixes the loan's rate. @returns what the loan costs its borrower a year at that rate. */
  private async fix(
    tx: Tx,
    { offering, version }: OfferingInForce,
    { clearingRate, lent }: AuctionResult<Bid>,
  ) {
    const { clock, offerings, lifecycle, aprMethodOf } = this.deps;
    const { terms } = version;
    if (!clearingRate || !isLoan(terms)) throw matchingProblem('auction-not-found');
    const { rulebook } = offerings.regimeOf(tx);
    const now = clock.now();
    const apr = aprAt(terms, {
      lent,
      rate: clearingRate,
      startOn: dateIn('UTC', terms.closesAt),
      aprMethod: aprMethodOf(rulebook),
      mayDeduct: permits(rulebook, 'up-front-deduction', now).isAllowed,
    });
    await lifecycle.fixRate(tx, offering.id, {
      rate: clearingRate,
      apr,
      reason: `The auction cleared at ${rateText(clearingRate)}`,
    });
    return apr;
  }

  private async record(
    tx: Tx,
    offeringId: Id<'off'>,
    { cleared, bids: count }: { readonly cleared: Cleared; readonly bids: number },
  ): Promise<void> {
    const { outcome, clearingRate, seed, inputSha256, resultSha256 } = cleared;
    await this.deps.audit.record(tx, {
      action: 'auction.cleared',
      subject: offeringId,
      details: {
        outcome,
        bids: count,
        ...(clearingRate && { clearingRate: rateText(clearingRate) }),
        seed: seed.toString(),
        inputSha256,
        resultSha256,
      },
    });
  }

  private async finish(
    tx: Tx,
    offeringId: Id<'off'>,
    to: 'placed' | 'published',
  ): Promise<boolean> {
    return store.markPhase(tx, offeringId, { to, at: this.deps.clock.now() });
  }

  private async publish(tx: Tx, offeringId: Id<'off'>): Promise<void> {
    if (!(await this.finish(tx, offeringId, 'published'))) return;
    const auction = await store.findAuction(tx, offeringId);
    const rate = auction?.cleared?.clearingRate;
    await this.deps.outbox.publish(tx, {
      type: 'auction.published',
      subject: offeringId,
      payload: {
        outcome: auction?.cleared?.outcome,
        ...(rate && { clearingRate: rateText(rate) }),
      },
    });
  }
}

/** The result of an auction that was not held to its end. */
function notHeld({ unit }: AuctionTerms): AuctionResult<Bid> {
  const lent = Money.zero(unit.currency);
  return { isFunded: false, clearingRate: undefined, lent, margin: undefined, results: [] };
}
