import { addDays, dateIn } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { feeAccount } from '../../../src/modules/ledger';
import { rate } from '../../../src/kernel/rate';
import type { ServicedLoan } from '../../support/servicing-world';
import { marketWorld, type MarketWorld } from '../../support/market-world';

let world: MarketWorld;
let lent: ServicedLoan;

beforeAll(async () => {
  world = await marketWorld('matched');
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

beforeEach(async () => {
  lent = await world.active({ parts: ['20000.00', '10000.00'] });
});

const eur = (amount: string) => Money.parse(amount, 'EUR');
const [first, second] = [0, 1].map((at) => () => lent.lenders[at] as Id<'inv'>) as [
  () => Id<'inv'>,
  () => Id<'inv'>,
];

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );
}

describe('a purchase of a note', () => {
  it('moves cash, note, register and fee at once, and states the interest apart', async () => {
    const listing = await world.offer(lent, first(), { price: '0.98' });
    world.until(addDays(dateIn('UTC', world.clock.now()), 15));
    const buyer = await world.buyer();
    const [sellerCash, buyerCash] = [await world.walletOf(first()), await world.walletOf(buyer)];
    const [trade] = await world.buy(listing, buyer, 100n);
    expect(trade).toMatchObject({
      units: 100n,
      principal: eur('10000.00'),
      clean: eur('9800.00'),
      fee: eur('98.00'),
    });
    const { clean, accrued, fee } = trade ?? { clean: eur('0'), accrued: eur('0'), fee: eur('0') };
    expect(accrued.isPositive).toBe(true);
    expect(await world.walletOf(buyer)).toEqual(buyerCash.minus(clean).minus(accrued));
    expect(await world.walletOf(first())).toEqual(sellerCash.plus(clean).plus(accrued).minus(fee));
    expect(await world.noteOf(lent, buyer)).toMatchObject({
      units: 100n,
      principal: eur('10000.00'),
      cost: eur('9800.00'),
      source: { type: 'trade', id: trade?.id },
    });
    expect(await world.noteOf(lent, first())).toMatchObject({ units: 100n });
    expect(await world.offered(listing.id)).toMatchObject({
      status: 'open',
      unitsLeft: 100n,
      size: 1_000_000n,
    });
    expect(await world.balance(feeAccount('market', 'EUR'))).toBe('98.00');
  });

  it('fills the best price first, and of one price the oldest; all of it or nothing', async () => {
    const dear = await world.offer(lent, first(), { price: '1', units: 50n });
    const cheap = await world.offer(lent, second(), { price: '0.95', units: 30n });
    const buyer = await world.buyer();
    expect(await codeOf(world.buy(cheap, buyer, 31n))).toBe('market.not-enough-offered');
    const trades = await world.buy(dear, buyer, 40n);
    expect(trades.map(({ listingId, units }) => [listingId, units])).toEqual([
      [cheap.id, 30n],
      [dear.id, 10n],
    ]);
    expect(await world.offered(cheap.id)).toMatchObject({ status: 'sold', endReason: 'sold' });
    expect(await codeOf(world.buy(cheap, buyer, 1n))).toBe('market.listing-ended');
  });

  it('lets one of two buyers have it, and neither pay more than agreed', async () => {
    const listing = await world.offer(lent, first());
    const buyers = [await world.buyer(), await world.buyer()];
    const done = await Promise.all(buyers.map((buyer) => codeOf(world.buy(listing, buyer, 200n))));
    expect(done.toSorted()).toEqual(['done', 'market.listing-ended']);
    const other = await world.offer(lent, second());
    const order = {
      ...(await world.order(other, await world.buyer(), 10n)),
      atMost: eur('999.99'),
    };
    const late = world.write((tx) => world.market.marketTrades.buy(tx, order));
    expect(await codeOf(late)).toBe('market.price-moved');
  });

  it('sells to fifty at once no more than there is', async () => {
    const listing = await world.offer(lent, first(), { units: 120n });
    const buyers = await Promise.all(Array.from({ length: 50 }, () => world.buyer()));
    const done = await Promise.all(buyers.map((buyer) => codeOf(world.buy(listing, buyer, 3n))));
    expect(done.filter((code) => code === 'done')).toHaveLength(40);
    expect(await world.offered(listing.id)).toMatchObject({ status: 'sold', unitsLeft: 0n });
    const { notes, loan } = await world.look(lent);
    expect(
      Money.sum(
        notes.map(({ principal }) => principal),
        'EUR',
      ),
    ).toEqual(loan.outstanding);
  });

  it('is refused to the seller, the linked, the poor and those who have not read', async () => {
    const listing = await world.offer(lent, first());
    const buyer = await world.buyer('10.00');
    expect(await codeOf(world.buy(listing, first(), 1n))).toBe('market.own-listing');
    expect(await codeOf(world.buy(listing, buyer, 100n))).toBe('ledger.insufficient-funds');
    const unread = { ...(await world.order(listing, buyer, 1n)), documents: [] };
    expect(await codeOf(world.write((tx) => world.market.marketTrades.buy(tx, unread)))).toBe(
      'market.documents-not-acknowledged',
    );
    const rows = await world.read((db) => world.participants.load(db, [buyer], []));
    const party = rows.investors.get(buyer)?.partyId as Id<'pty'>;
    world.links.set(world.issuer.partyId, new Set([party]));
    expect(await codeOf(world.buy(listing, buyer, 1n))).toBe('market.linked-borrower');
    world.links.clear();
    const proposal = world.propose(listing, buyer, 1n);
    expect(await codeOf(proposal)).toBe('market.wrong-mode');
  });

  it('keeps a decision that can be taken again', async () => {
    const listing = await world.offer(lent, first());
    const [trade] = await world.buy(listing, await world.buyer(), 5n);
    const id = trade?.id as Id<'trd'>;
    const again = await world.read((db) => world.market.marketTrades.replay(db, id));
    expect(again).toMatchObject({ tradeId: id, allowed: true, findings: [] });
    expect(again.decisions.map(({ action }) => action)).toEqual(['transfer', 'subscribe']);
    expect(again.decisions[0]?.rulebook.contentHash).toBe(trade?.decision.contentHash);
  });

  it('is quoted with what it costs, what is left of caps and what must be read', async () => {
    const listing = await world.offer(lent, first(), { price: '1.01' });
    const buyer = await world.buyer();
    const wanted = { listingId: listing.id, buyerId: buyer, units: 10n };
    const quote = await world.read((db) =>
      world.market.marketTrades.quote(db, { ...wanted, acknowledged: [], documents: [] }),
    );
    expect(quote.whole).toMatchObject({ clean: eur('1010.00'), principal: eur('1000.00') });
    expect(quote.findings.length).toBeGreaterThanOrEqual(0);
    expect(quote.documents.map(({ sha256 }) => sha256)).toEqual(await world.documents(listing));
  });
});

describe('an offer', () => {
  it('is of what its seller holds, within the bounds of price and time', async () => {
    expect(await codeOf(world.offer(lent, first(), { price: '1.06' }))).toBe(
      'market.price-out-of-bounds',
    );
    expect(await codeOf(world.offer(lent, first(), { units: 201n }))).toBe('market.not-held');
    const { noteNo } = await world.noteOf(lent, first());
    const of = { loanId: lent.loan.id, noteNo };
    const stranger = await world.buyer();
    const foreign = world.write((tx) =>
      world.market.marketListings.list(tx, { sellerId: stranger, of, price: rate('1') }),
    );
    expect(await codeOf(foreign)).toBe('market.not-held');
    await world.offer(lent, first());
    expect(await codeOf(world.offer(lent, first()))).toBe('market.already-listed');
  });

  it('goes behind the others with a new price, and keeps the old one on record', async () => {
    const mine = await world.offer(lent, first(), { price: '0.97' });
    const other = await world.offer(lent, second(), { price: '0.97' });
    const place = async (id: Id<'mkl'>) =>
      world.read(async (db) =>
        world.market.marketListings.queuePlace(db, await world.market.marketListings.get(db, id)),
      );
    const before = (await place(other.id)).listingsAhead;
    world.clock.advance(60_000);
    await world.write((tx) =>
      world.market.marketListings.reprice(tx, first(), { id: mine.id, price: rate('0.97') }),
    );
    expect((await place(other.id)).listingsAhead).toBe(before - 1);
    expect(await world.offered(mine.id)).toMatchObject({ priceVersion: 2 });
  });
});

describe('a stop of trade', () => {
  it('holds at once, and is lifted by somebody else', async () => {
    const listing = await world.offer(lent, first());
    const { instrumentId } = listing.book;
    const { marketOversight } = world.market;
    await world.write((tx) => marketOversight.halt(tx, instrumentId, 'Rumours'), 'usr_a');
    expect(await codeOf(world.buy(listing, await world.buyer(), 1n))).toBe('market.halted');
    const alone = world.write((tx) => marketOversight.lift(tx, instrumentId, 'Gone'), 'usr_a');
    expect(await codeOf(alone)).toBe('market.four-eyes');
    await world.write((tx) => marketOversight.lift(tx, instrumentId, 'Gone'), 'usr_b');
    expect(await codeOf(world.buy(listing, await world.buyer(), 1n))).toBe('done');
  });
});
