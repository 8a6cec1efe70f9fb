import { HOUR_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { rate } from '../../../src/kernel/rate';
import { Auctions, BidPlacement } from '../../../src/modules/matching';
import { subscriptionProblem } from '../../../src/modules/subscriptions';
import { bidWorld, type BidWorld } from '../../support/bid-world';
import { untilOneSurvives } from '../../support/mortal-database';

let world: BidWorld;

beforeEach(async () => {
  world = await bidWorld();
});

afterEach(async () => {
  const broken = await world.brokenBids();
  await world.end();
  expect(broken).toEqual([]);
});

const rateOf = (offeringId: Id<'off'>) =>
  world.read(async (db) => {
    const { version } = await world.offerings.get(db, offeringId);
    const { instrument } = version.terms;
    if (instrument.kind !== 'loan-note') throw new Error('no loan');
    return [instrument.rateMode, instrument.rate.toString(), instrument.apr.toString()];
  });

describe('an auction', () => {
  it('lends at the highest accepted rate, gives losers their cash back and fixes the loan', async () => {
    const id = await world.auctioned('1000.00');
    const cheap = await world.bidder('2000.00');
    const middle = await world.bidder('2000.00');
    const dear = await world.bidder('2000.00');
    await world.bid(cheap, id, '600.00', '0.0900');
    await world.bid(middle, id, '700.00', '0.1050');
    await world.bid(dear, id, '500.00', '0.1400');
    expect(await world.cash(cheap)).toEqual(['1400.00', '600.00']);
    expect(await world.cash(dear)).toEqual(['1500.00', '500.00']);

    const { auction, bids, book } = await world.clear(id);
    expect(auction).toMatchObject({ status: 'published', cleared: { outcome: 'funded' } });
    expect(auction.cleared?.clearingRate?.toString()).toBe('0.105');
    expect(bids.map(({ status, outcome }) => [status, outcome])).toEqual([
      ['placed', 'accepted'],
      ['placed', 'scaled-back'],
      ['lost', 'outbid'],
    ]);
    expect(book.map(({ rate, lent }) => [rate.toString(), lent.toDecimalString()])).toEqual([
      ['0.09', '600.00'],
      ['0.105', '400.00'],
      ['0.14', '0.00'],
    ]);
    expect(await world.cash(cheap)).toEqual(['1400.00', '600.00']);
    expect(await world.cash(middle)).toEqual(['1600.00', '400.00']);
    expect(await world.cash(dear)).toEqual(['2000.00', '0.00']);
    // A plain annuity of 24 months at 10.5 % with 2 % kept back or paid beside.
    const [mode, rate, apr] = await rateOf(id);
    expect([mode, rate]).toEqual(['fixed', '0.105']);
    expect(Number(apr)).toBeGreaterThan(0.12);
    expect(Number(apr)).toBeLessThan(0.14);
  });

  it('places more winners than are placed at once', async () => {
    const id = await world.auctioned('13000.00');
    for (let no = 0; no < 54; no += 1) {
      const lender = await world.bidder('250.00');
      for (let bid = 0; bid < 5; bid += 1) await world.bid(lender, id, '50.00', '0.1');
    }
    const { auction, bids } = await world.clear(id);
    expect(auction.cleared?.lent.toDecimalString()).toBe('13000.00');
    const count = (status: string) => bids.filter((bid) => bid.status === status).length;
    expect([count('placed'), count('lost')]).toEqual([260, 10]);
    expect(bids.filter(({ outcome }) => outcome === 'crowded-out')).toHaveLength(10);
  }, 60_000);

  it('comes to the same again when it is cleared from what was stored', async () => {
    const id = await world.auctioned('1000.00');
    for (const minimum of ['0.1', '0.1', '0.1', '0.12']) {
      await world.bid(await world.bidder('900.00'), id, '450.00', minimum);
    }
    const { auction } = await world.clear(id);
    expect(auction.cleared?.lent.toDecimalString()).toBe('1000.00');
    const replay = await world.read((db) => world.auctions.replay(db, id));
    expect(replay).toMatchObject({ isSame: true, isInputIntact: true });
  });

  it('below the minimum lends nothing, and everybody has their cash back', async () => {
    const id = await world.auctioned('1000.00', '800.00');
    const lender = await world.bidder('2000.00');
    await world.bid(lender, id, '700.00', '0.1');
    const { auction, bids } = await world.clear(id);
    expect(auction).toMatchObject({ status: 'published', cleared: { outcome: 'unfunded' } });
    expect(bids).toMatchObject([{ status: 'lost', outcome: 'unfunded' }]);
    expect(await world.cash(lender)).toEqual(['2000.00', '0.00']);
    expect((await rateOf(id))[0]).toBe('auction');
    await world.close(id);
    const { outcome } = await world.write((tx) => world.closings.settle(tx, id));
    expect(outcome).toBe('failed');
  });

  it('that is lent in full is settled like any loan', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('2000.00');
    await world.bid(lender, id, '1000.00', '0.1');
    await world.clear(id);
    await world.write((tx) => world.releases.applyChanges(tx, id));
    await world.close(id);
    world.clock.advance(4 * 24 * HOUR_MS);
    const { outcome } = await world.write((tx) => world.closings.settle(tx, id));
    expect(outcome).toBe('settled');
    expect(await world.cash(lender)).toEqual(['1000.00', '0.00']);
  });

  it('of a loan that was withdrawn gives everybody their cash back', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('2000.00');
    await world.bid(lender, id, '700.00', '0.1');
    await world.write((tx) => world.lifecycle.withdraw(tx, id, 'Changed plans'));
    await world.write((tx) => world.auctions.endBidding(tx, id));
    await world.auctions.run(world.operatorId);
    const { auction, bids } = await world.standing(id);
    expect(auction).toMatchObject({ status: 'published', cleared: { outcome: 'ended' } });
    expect(bids).toMatchObject([{ status: 'lost' }]);
    expect(await world.cash(lender)).toEqual(['2000.00', '0.00']);
    const replay = await world.read((db) => world.auctions.replay(db, id));
    expect(replay).toMatchObject({ isSame: true, isInputIntact: true });
  });
});

describe('a bid', () => {
  it('can be taken back while bids are taken, and not after', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('2000.00');
    const first = await world.bid(lender, id, '700.00', '0.1');
    const second = await world.bid(lender, id, '200.00', '0.12');
    await world.write((tx) => world.bids.withdraw(tx, lender, first.id));
    expect(await world.cash(lender)).toEqual(['1800.00', '200.00']);
    const again = world.write((tx) => world.bids.withdraw(tx, lender, first.id));
    await expect(again).rejects.toMatchObject({ code: 'matching.bid-status' });
    const stranger = await world.bidder('1.00');
    const others = world.write((tx) => world.bids.withdraw(tx, stranger, second.id));
    await expect(others).rejects.toMatchObject({ code: 'matching.bid-not-found' });
    world.clock.advance(13 * 24 * HOUR_MS);
    const late = world.write((tx) => world.bids.withdraw(tx, lender, second.id));
    await expect(late).rejects.toMatchObject({ code: 'matching.bidding-over' });
    const later = world.bid(lender, id, '100.00', '0.1');
    await expect(later).rejects.toMatchObject({ code: 'matching.bidding-over' });
    await world.auctions.run(world.operatorId);
  });

  it.each([
    {
      what: 'more than the borrower pays',
      amount: '100.00',
      minimum: '0.15',
      code: 'matching.bid-above-ceiling',
    },
    { what: 'no whole units', amount: '120.00', minimum: '0.1', code: 'matching.bid-not-in-units' },
    {
      what: 'more than there is',
      amount: '600.00',
      minimum: '0.1',
      code: 'ledger.insufficient-funds',
    },
  ])('of $what is refused, and holds nothing', async ({ amount, minimum, code }) => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('500.00');
    await expect(world.bid(lender, id, amount, minimum)).rejects.toMatchObject({ code });
    expect(await world.cash(lender)).toEqual(['500.00', '0.00']);
  });

  it('is refused to whoever has not confirmed what the law asks for', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('5000.00');
    const silent = world.write((tx) =>
      world.bids.place(tx, lender, {
        offeringId: id,
        amount: world.money('100.00'),
        minimumRate: rate('0.1'),
        documents: [],
        acknowledged: [],
      }),
    );
    await expect(silent).rejects.toMatchObject({
      code: 'subscriptions.documents-not-acknowledged',
    });
  });

  it('is for loans up for auction only', async () => {
    const id = await world.loan('1000.00');
    const lender = await world.bidder('5000.00');
    await expect(world.bid(lender, id, '100.00', '0.1')).rejects.toMatchObject({
      code: 'matching.auction-not-found',
    });
  });

  it('may be several of one lender, up to a number', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('5000.00');
    for (const minimum of ['0.1', '0.11', '0.12', '0.13', '0.14']) {
      await world.bid(lender, id, '50.00', minimum);
    }
    await expect(world.bid(lender, id, '50.00', '0.1')).rejects.toMatchObject({
      code: 'matching.too-many-bids',
    });
  });

  it('is told to nobody before the clearing', async () => {
    const id = await world.auctioned('1000.00');
    const lender = await world.bidder('5000.00');
    await world.bid(lender, id, '50.00', '0.1');
    const all = world.read((db) => world.bids.list(db, id, { limit: 10 }));
    await expect(all).rejects.toMatchObject({ code: 'matching.auction-not-cleared' });
    const { book } = await world.standing(id);
    expect(book).toEqual([]);
    const own = await world.read((db) =>
      world.bids.list(db, id, { limit: 10, investorId: lender }),
    );
    expect(own).toHaveLength(1);
  });
});

describe('bad luck between the clearing and the orders', () => {
  async function twoWinners() {
    const id = await world.auctioned('1000.00', '400.00');
    const [first, second] = [await world.bidder('600.00'), await world.bidder('600.00')];
    await world.bid(first, id, '500.00', '0.09');
    await world.bid(second, id, '500.00', '0.1');
    const { bidsCloseAt } = await world.read((db) => world.bids.getAuction(db, id));
    world.clock.moveTo(bidsCloseAt);
    return { id, first, second };
  }

  function stopping(placeAll: BidPlacement['placeAll']): Auctions {
    return new Auctions({ ...world.auctionDeps, placements: { placeAll } as BidPlacement });
  }

  it('a stop right after the clearing is carried on from the stored result', async () => {
    const { id, first } = await twoWinners();
    await stopping(async () => false).run(world.operatorId);
    const between = await world.standing(id);
    expect(between.auction.status).toBe('cleared');
    expect(between.bids.map(({ status }) => status)).toEqual(['won', 'won']);
    expect(await world.cash(first)).toEqual(['100.00', '500.00']);
    expect(await world.brokenBids()).toEqual([]);
    await world.auctions.run(world.operatorId);
    expect((await world.standing(id)).bids.map(({ status }) => status)).toEqual([
      'placed',
      'placed',
    ]);
  });

  it('a stop after the orders and before the note finds the orders, and places none twice', async () => {
    const { id, first } = await twoWinners();
    const lost = new BidPlacement({
      ...world.placementDeps,
      orders: {
        subscribe: async (order) => {
          await world.subscriptions.subscribe(order);
          throw subscriptionProblem('outcome-unknown');
        },
      },
    });
    await stopping((scope, offeringId) => lost.placeAll(scope, offeringId)).run(world.operatorId);
    expect((await world.standing(id)).bids.map(({ status }) => status)).toEqual([
      'placing',
      'placing',
    ]);
    await world.auctions.run(world.operatorId);
    const { auction, bids } = await world.standing(id);
    expect(auction.status).toBe('published');
    expect(bids.map(({ status }) => status)).toEqual(['placed', 'placed']);
    expect(await world.cash(first)).toEqual(['100.00', '500.00']);
  });

  it('cash that was spent meanwhile refuses that bid, and no other', async () => {
    const { id, first, second } = await twoWinners();
    const other = await world.loan('1000.00', '100.00');
    const spending = new BidPlacement({
      ...world.placementDeps,
      orders: {
        subscribe: async (order) => {
          if (order.investorId === first) await world.subscribe(first, other, '200.00');
          return world.subscriptions.subscribe(order);
        },
      },
    });
    await stopping((scope, offeringId) => spending.placeAll(scope, offeringId)).run(
      world.operatorId,
    );
    const { auction, bids } = await world.standing(id);
    expect(auction.status).toBe('published');
    expect(bids).toMatchObject([
      { status: 'refused', refusal: { code: 'subscriptions.insufficient-funds' } },
      { status: 'placed' },
    ]);
    expect(await world.cash(second)).toEqual(['100.00', '500.00']);
  });

  it('neither repeats nor skips, at whichever transaction a process dies', async () => {
    const { id, first, second } = await twoWinners();
    const steps = await untilOneSurvives(world.test.database, (transactions) =>
      new Auctions({
        ...world.auctionDeps,
        transactions,
        placements: new BidPlacement({ ...world.placementDeps, transactions }),
        log: {
          error: (_, details) => {
            throw (details as { readonly error: unknown }).error;
          },
        },
      }).run(world.operatorId),
    );
    expect(steps).toBeGreaterThan(6);
    const { auction, bids } = await world.standing(id);
    expect(auction.status).toBe('published');
    expect(bids.map(({ status }) => status)).toEqual(['placed', 'placed']);
    expect(await world.cash(first)).toEqual(['100.00', '500.00']);
    expect(await world.cash(second)).toEqual(['100.00', '500.00']);
  });

  it('two runners at once place every bid once', async () => {
    const { id, first, second } = await twoWinners();
    const again = new Auctions(world.auctionDeps);
    await Promise.all([world.auctions.run(world.operatorId), again.run(world.operatorId)]);
    await world.auctions.run(world.operatorId);
    const { auction, bids } = await world.standing(id);
    expect(auction.status).toBe('published');
    expect(bids.map(({ status }) => status)).toEqual(['placed', 'placed']);
    expect(await world.cash(first)).toEqual(['100.00', '500.00']);
    expect(await world.cash(second)).toEqual(['100.00', '500.00']);
  });

  it('an auction that nobody looked at until its loan was over lends nothing', async () => {
    const { id, first } = await twoWinners();
    await world.close(id);
    await world.auctions.run(world.operatorId);
    expect((await world.standing(id)).auction.cleared?.outcome).toBe('ended');
    expect(await world.cash(first)).toEqual(['600.00', '0.00']);
  });
});
