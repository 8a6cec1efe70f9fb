import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import { BookPlacement, BookRounds } from '../../../src/modules/matching';
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

const depth = () => world.read((db) => world.bookOrders.depth(db, world.currency));

describe('the rate book', () => {
  it('holds what is offered, shows it without names, and gives it back on cancelling', async () => {
    const [one, two] = [await world.bidder('2000.00'), await world.bidder('2000.00')];
    await world.loan('1000.00');
    const order = await world.offer(one, '500.00', '0.12');
    await world.offer(two, '700.00', '0.12');
    await world.offer(two, '300.00', '0.16');
    expect(await world.cash(one)).toEqual(['1500.00', '500.00']);
    const [term] = await depth();
    expect(term?.termMonths).toBe(24);
    expect(
      term?.lend.map(({ rate, amount, orders }) => [rate.toString(), amount.toString(), orders]),
    ).toEqual([
      ['0.12', expect.stringContaining('1200.00'), 2],
      ['0.16', expect.stringContaining('300.00'), 1],
    ]);
    expect(term?.borrow.map(({ rate }) => rate.toString())).toEqual(['0.145']);
    await world.write((tx) => world.bookOrders.cancel(tx, one, order.id));
    expect(await world.cash(one)).toEqual(['2000.00', '0.00']);
    const again = world.write((tx) => world.bookOrders.cancel(tx, one, order.id));
    await expect(again).rejects.toMatchObject({ code: 'matching.book-order-status' });
    const others = world.write((tx) => world.bookOrders.cancel(tx, two, order.id));
    await expect(others).rejects.toMatchObject({ code: 'matching.book-order-not-found' });
  });

  it('lends to loans at or above the rate asked, the lowest first, and says at which rate', async () => {
    await world.loan('1000.00');
    const [cheap, dear, out] = [
      await world.bidder('2000.00'),
      await world.bidder('2000.00'),
      await world.bidder('2000.00'),
    ];
    const first = await world.offer(cheap, '600.00', '0.09');
    const second = await world.offer(dear, '600.00', '0.12');
    const third = await world.offer(out, '600.00', '0.15');
    await world.round();
    expect(await world.order(first.id)).toEqual(['filled', '0.00']);
    expect(await world.order(second.id)).toEqual(['open', '200.00']);
    expect(await world.order(third.id)).toEqual(['open', '600.00']);
    expect(await world.cash(cheap)).toEqual(['1400.00', '600.00']);
    expect(await world.cash(dear)).toEqual(['1400.00', '600.00']);
    const [term] = await depth();
    expect(term?.reference?.rate.toString()).toBe('0.12');
  });

  it('serves orders of earlier rounds first at one rate', async () => {
    const early = await world.offer(await world.bidder('2000.00'), '500.00', '0.1');
    await world.round();
    const late = await world.offer(await world.bidder('2000.00'), '500.00', '0.1');
    await world.loan('600.00');
    world.clock.advance(6 * HOUR_MS);
    await world.round();
    expect(await world.order(early.id)).toEqual(['filled', '0.00']);
    expect(await world.order(late.id)).toEqual(['open', '400.00']);
  });

  it('comes to the same again when it is cleared from what was stored', async () => {
    await world.loan('1000.00');
    for (let no = 0; no < 3; no += 1) {
      await world.offer(await world.bidder('900.00'), '500.00', '0.1');
    }
    await world.round();
    const rows = await world.read((db) =>
      db.query<{ id: `bkr_${string}` }>('SELECT r.id FROM matching_book_rounds r'),
    );
    expect(rows).toHaveLength(1);
    for (const { id } of rows) {
      const replay = await world.read((db) => world.bookRounds.replay(db, id));
      expect(replay).toMatchObject({ isSame: true, isInputIntact: true });
    }
  });

  it('takes whole units for up to 90 days, and lets an order go when its time is over', async () => {
    const lender = await world.bidder('2000.00');
    await expect(world.offer(lender, '150.00', '0.1')).rejects.toMatchObject({
      code: 'matching.book-order-faults',
    });
    await expect(world.offer(lender, '2100.00', '0.1')).rejects.toMatchObject({
      code: 'ledger.insufficient-funds',
    });
    const { id } = await world.offer(lender, '500.00', '0.1');
    world.clock.advance(30 * DAY_MS);
    const expired = await world.write((tx) => world.bookOrders.expireDue(tx, world.clock.now()));
    expect(expired).toBe(1);
    expect(await world.order(id)).toEqual(['expired', '0.00']);
    expect(await world.cash(lender)).toEqual(['2000.00', '0.00']);
  });

  it('opens no round for an empty book', async () => {
    expect(await world.openRound()).toBe(false);
  });

  it('opens no round while another is under way, nor two for one time', async () => {
    await world.offer(await world.bidder('600.00'), '600.00', '0.09');
    expect(await world.openRound()).toBe(true);
    world.clock.advance(6 * HOUR_MS);
    expect(await world.openRound()).toBe(false);
    await world.bookRounds.run(world.operatorId);
    expect(await world.openRound()).toBe(true);
    await world.bookRounds.run(world.operatorId);
    expect(await world.openRound()).toBe(false);
  });
});

describe('bad luck in a round', () => {
  function roundsWith(placeAll: BookPlacement['placeAll']): BookRounds {
    return new BookRounds({ ...world.bookRoundDeps, placements: { placeAll } as BookPlacement });
  }

  async function dueRound() {
    await world.loan('1000.00');
    const [one, two] = [await world.bidder('600.00'), await world.bidder('600.00')];
    const first = await world.offer(one, '600.00', '0.09');
    const second = await world.offer(two, '600.00', '0.12');
    await world.openRound();
    return { one, two, first, second };
  }

  it('a stop after the clearing holds every part, and is carried on', async () => {
    const { one, two } = await dueRound();
    await roundsWith(async () => false).run(world.operatorId);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
    expect(await world.brokenBids()).toEqual([]);
    await world.bookRounds.run(world.operatorId);
    expect(await world.cash(one)).toEqual(['0.00', '600.00']);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
  });

  it('a stop after the orders and before the note places none twice', async () => {
    const { one, two, first, second } = await dueRound();
    const lost = new BookPlacement({
      ...world.bookPlacementDeps,
      orders: {
        submit: async (operatorId: number, orders: readonly never[]) => {
          await world.mandatedOrders.submit(operatorId, orders);
          const error = subscriptionProblem('outcome-unknown');
          return orders.map(() => ({ ok: false, error }));
        },
      } as never,
    });
    await roundsWith((scope, id) => lost.placeAll(scope, id)).run(world.operatorId);
    await world.bookRounds.run(world.operatorId);
    expect(await world.order(first.id)).toEqual(['filled', '0.00']);
    expect(await world.order(second.id)).toEqual(['open', '200.00']);
    expect(await world.cash(one)).toEqual(['0.00', '600.00']);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
  });

  it('a part that the desk refuses goes back into the book, and breaks no other', async () => {
    const { one, two, first, second } = await dueRound();
    const refusing = new BookPlacement({
      ...world.bookPlacementDeps,
      orders: {
        submit: async (operatorId: number, orders: readonly { investorId: string }[]) => {
          const refused = { ok: false, error: subscriptionProblem('offering-full') };
          const others = orders.filter(({ investorId }) => investorId !== one);
          const answers = await world.mandatedOrders.submit(operatorId, others as never);
          return orders.map((order) =>
            order.investorId === one ? refused : answers[others.indexOf(order)],
          );
        },
      } as never,
    });
    await roundsWith((scope, id) => refusing.placeAll(scope, id)).run(world.operatorId);
    expect(await world.order(first.id)).toEqual(['open', '600.00']);
    expect(await world.order(second.id)).toEqual(['open', '200.00']);
    expect(await world.cash(one)).toEqual(['0.00', '600.00']);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
  });

  it('neither repeats nor skips, at whichever transaction a process dies', async () => {
    const { one, two, first, second } = await dueRound();
    const steps = await untilOneSurvives(world.test.database, (transactions) =>
      new BookRounds({
        ...world.bookRoundDeps,
        transactions,
        placements: new BookPlacement({ ...world.bookPlacementDeps, transactions }),
        log: {
          error: (_, details) => {
            throw (details as { readonly error: unknown }).error;
          },
        },
      }).run(world.operatorId),
    );
    expect(steps).toBeGreaterThan(6);
    expect(await world.order(first.id)).toEqual(['filled', '0.00']);
    expect(await world.order(second.id)).toEqual(['open', '200.00']);
    expect(await world.cash(one)).toEqual(['0.00', '600.00']);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
  });

  it('two runners at once place every part once', async () => {
    const { one, two } = await dueRound();
    const again = new BookRounds(world.bookRoundDeps);
    await Promise.all([world.bookRounds.run(world.operatorId), again.run(world.operatorId)]);
    await world.bookRounds.run(world.operatorId);
    expect(await world.cash(one)).toEqual(['0.00', '600.00']);
    expect(await world.cash(two)).toEqual(['0.00', '600.00']);
  });
});

describe('where the law wants each borrower approved', () => {
  it('a bid by hand is good, and a standing offer is refused', async () => {
    const indian = await bidWorld('in-p2p');
    const offeringId = await indian.auctioned('5000.00');
    const lender = await indian.bidder('9000.00');
    await indian.bid(lender, offeringId, '5000.00', '0.11');
    await expect(indian.offer(lender, '1000.00', '0.11')).rejects.toMatchObject({
      code: 'matching.book-order-not-permitted',
    });
    const { bids } = await indian.clear(offeringId);
    expect(bids).toMatchObject([{ status: 'placed' }]);
    expect(await indian.brokenBids()).toEqual([]);
    await indian.end();
  });

  it('nobody bids for more than one lender may lend to one borrower', async () => {
    const indian = await bidWorld('in-p2p');
    const offeringId = await indian.auctioned('90000.00');
    const lender = await indian.bidder('90000.00');
    await indian.bid(lender, offeringId, '40000.00', '0.11');
    await expect(indian.bid(lender, offeringId, '20000.00', '0.11')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
    });
    expect(await indian.cash(lender)).toEqual(['50000.00', '40000.00']);
    await indian.clear(offeringId);
    await indian.end();
  });
});
