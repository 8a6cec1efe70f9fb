import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import { runChecks } from '../../src/platform/integrity';
import {
  auctionChecks,
  Auctions,
  BidPlacement,
  BidService,
  type AuctionDeps,
  type BidPlacementDeps,
} from '../../src/modules/matching';
import { CONFIRMED, matchingWorld } from './matching-world';

export type BidWorld = Awaited<ReturnType<typeof bidWorld>>;

/** Loans up for auction, lenders with cash, and what carries an auction to its end. */
export async function bidWorld(rulebookId: 'eu-ecspr' | 'in-p2p' = 'eu-ecspr') {
  const world = await matchingWorld(rulebookId);
  const { clock, newId, audit, outbox, ledger, caps, offerings, lifecycle, participants } = world;
  const transactions = world.test.database;
  const placementDeps: BidPlacementDeps = {
    clock,
    newId,
    transactions,
    ledger,
    orders: world.subscriptions,
  };
  const auctionDeps: AuctionDeps = {
    clock,
    audit,
    outbox,
    transactions,
    ledger,
    offerings,
    lifecycle,
    placements: new BidPlacement(placementDeps),
    aprMethodOf: () => 'eu',
    log: {
      error: (message, details) => {
        throw new Error(message, { cause: details });
      },
    },
  };
  const bids = new BidService({ clock, newId, audit, ledger, caps, offerings, participants });
  const tier = rulebookId === 'eu-ecspr' ? 'non-sophisticated' : 'uncertified';
  const more = {
    placementDeps,
    auctionDeps,
    bids,
    auctions: new Auctions(auctionDeps),
    bidder: (cash: string) => world.investor(cash, tier),
    /** A loan whose rate is up for auction: at most 14.5 % for up to the amount. */
    auctioned: async (amount: string, minimumFill = amount): Promise<Id<'off'>> => {
      const { note } = world.vetted();
      const request = world.vetted({
        note: { ...note, rateMode: 'auction', apr: rate('0.1789'), decisionId: newId('cdn') },
        amount: world.money(amount),
        minimumFill: world.money(minimumFill),
        step: world.money('10.00'),
        minimumTicket: world.money('50.00'),
        closesAt: new Date(clock.now().getTime() + 14 * DAY_MS),
      });
      world.clearances.set(request.note.decisionId, {
        decisionId: request.note.decisionId,
        borrowerId: request.borrowerId,
        outcome: 'approve',
        isOverridden: false,
        grade: request.note.grade,
        maximum: request.amount,
        termMonths: request.note.termMonths,
        rate: request.note.rate,
        settles: ['income', 'indebtedness'],
        borrower: { kind: 'natural', hasLimitCertificate: true, residence: 'domestic' },
      });
      return (await world.list(request)).id;
    },
    bid: async (investorId: Id<'inv'>, offeringId: Id<'off'>, amount: string, minimum: string) => {
      const { version } = await world.read((db) => offerings.get(db, offeringId));
      return world.write(
        (tx) =>
          bids.place(tx, investorId, {
            offeringId,
            amount: world.money(amount),
            minimumRate: rate(minimum),
            documents: version.documents.map(({ sha256 }) => sha256),
            acknowledged: CONFIRMED,
          }),
        'usr_bidder',
      );
    },
    /** Goes to the end of bidding and carries the auction on. */
    clear: async (offeringId: Id<'off'>) => {
      const { bidsCloseAt } = await world.read((db) => bids.getAuction(db, offeringId));
      clock.moveTo(bidsCloseAt);
      await more.auctions.run(world.operatorId);
      return more.standing(offeringId);
    },
    standing: (offeringId: Id<'off'>) =>
      world.read(async (db) => {
        const auction = await bids.getAuction(db, offeringId);
        const own = { limit: 1000, investorId: undefined };
        return {
          auction,
          bids: auction.status === 'bidding' ? [] : await bids.list(db, offeringId, own),
          book: await more.auctions.book(db, auction),
        };
      }),
    brokenBids: async () => {
      const results = await runChecks(world.test.owner, auctionChecks, [world.operatorId]);
      const broken = results.filter(({ violations }) => violations.length > 0);
      return [...(await world.brokenMatching()), ...broken];
    },
  };
  return Object.assign(world, more);
}
