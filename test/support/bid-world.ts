import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import { runChecks } from '../../src/platform/integrity';
import {
  auctionChecks,
  bookChecks,
  BookLoans,
  BookOrders,
  BookPlacement,
  BookRounds,
  type BookPlacementDeps,
  type BookRoundDeps,
  Auctions,
  BidPlacement,
  BidService,
  type AuctionDeps,
  type BidPlacementDeps,
} from '../../src/modules/matching';
import { InvestorService } from '../../src/modules/investors';
import { FieldCipher } from '../../src/platform/field-cipher';
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
  const investors = new InvestorService({
    clock,
    newId,
    audit,
    outbox,
    cipher: new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    directory: world.operators,
    rulebooks: world.rulebooks,
    // Files are made by the world: nobody registers or logs in here.
    parties: undefined as never,
    users: undefined as never,
  });
  const loans = new BookLoans({ participants, offerings: world.books });
  const bookPlacementDeps: BookPlacementDeps = {
    clock,
    transactions,
    ledger,
    orders: world.mandatedOrders,
  };
  const bookRoundDeps: BookRoundDeps = {
    ...auctionDeps,
    newId,
    ledger,
    loans,
    placements: new BookPlacement(bookPlacementDeps),
  };
  const bookOrders = new BookOrders({
    clock,
    newId,
    audit,
    ledger,
    investors,
    directory: world.operators,
    rulebooks: world.rulebooks,
    loans,
  });
  const bookRounds = new BookRounds(bookRoundDeps);
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
    investors,
    bookOrders,
    bookRounds,
    bookPlacementDeps,
    bookRoundDeps,
    /** A standing offer to lend for 24 months. */
    offer: (investorId: Id<'inv'>, amount: string, minimum: string) =>
      world.write(
        (tx) =>
          bookOrders.place(tx, investorId, {
            amount: world.money(amount),
            rate: rate(minimum),
            termMonths: 24,
            acknowledged: CONFIRMED,
            expiresAt: new Date(clock.now().getTime() + 30 * DAY_MS),
          }),
        'usr_lender',
      ),
    openRound: () =>
      world.write((tx) => bookRounds.open(tx, { currency: world.currency, dueAt: clock.now() })),
    /** A round that is due now, carried to its end. */
    round: async () => {
      await more.openRound();
      await bookRounds.run(world.operatorId);
    },
    order: async (id: Id<'bko'>) => {
      const rows = await world.read((db) => bookOrders.list(db, { limit: 1000 }));
      const found = rows.find((one) => one.id === id);
      if (!found) throw new Error('no such order');
      return [found.status, found.open.toDecimalString()];
    },
    brokenBids: async () => {
      const checks = [...auctionChecks, ...bookChecks];
      const results = await runChecks(world.test.owner, checks, [world.operatorId]);
      const broken = results.filter(({ violations }) => violations.length > 0);
      return [...(await world.brokenMatching()), ...broken];
    },
  };
  return Object.assign(world, more);
}
