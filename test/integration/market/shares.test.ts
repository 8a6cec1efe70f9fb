import { must } from '../../../src/kernel/assert';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { Problem } from '../../../src/kernel/problem';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { runChecks } from '../../../src/platform/integrity';
import { marketChecks } from '../../../src/modules/market';
import { CONFIRMED, marketServices } from '../../support/market-world';
import { offeringWorld, US_OPERATOR, type OfferingWorld } from '../../support/offering-world';

let world: OfferingWorld;
let market: ReturnType<typeof marketServices>;
let holder: Id<'inv'>;
let instrumentId: Id<'ins'>;
let documents: readonly string[];

beforeAll(async () => {
  world = await offeringWorld('us-reg-cf');
  // No loans here: what they would be asked is never asked.
  market = marketServices(world, {} as Parameters<typeof marketServices>[1]);
  const offeringId = await world.published();
  const { version } = await world.read((db) => world.offerings.get(db, offeringId));
  documents = version.documents.map(({ sha256 }) => sha256);
  holder = await world.investor('150000.00', 'accredited');
  await world.subscribe(holder, offeringId, '120000.00');
  await world.close(offeringId);
  await world.write((tx) => world.closings.settle(tx, offeringId));
  const [instrument] = await world.read((db) => world.holdings.listInstruments(db, { limit: 1 }));
  instrumentId = must(instrument, 'the class of shares').id;
});

afterAll(async () => {
  const own = await runChecks(world.test.database, marketChecks, [US_OPERATOR]);
  const broken = [...(await world.broken()), ...own.filter(({ count }) => count > 0n)];
  await world.end();
  expect(broken).toEqual([]);
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );
}

const offer = (price: string, units?: bigint) =>
  world.write((tx) =>
    market.marketListings.list(tx, {
      sellerId: holder,
      of: { instrumentId },
      units,
      price: rate(price),
    }),
  );

async function propose(listingId: Id<'mkl'>, buyerId: Id<'inv'>, units: bigint) {
  const atMost = Money.parse('100000.00', 'USD');
  const order = { listingId, buyerId, units, atMost, acknowledged: CONFIRMED, documents };
  return world.write((tx) => market.marketTrades.propose(tx, order));
}

describe('shares on the board', () => {
  it('show their price beside what they were last worth, within its bounds', async () => {
    const reference = await world.read((db) => market.marketGoods.referencePrice(db, instrumentId));
    const paid = must(reference, 'the price that was paid').price;
    expect(reference?.basis).toBe('last-issuance');
    expect(await codeOf(offer(paid.times(5).plus('0.01').toString()))).toBe(
      'market.price-out-of-bounds',
    );
    const valued = { valuedOn: calendarDate('2025-02-28'), price: paid.times(2), method: 'IPEV' };
    await world.write((tx) => market.marketOversight.value(tx, instrumentId, valued));
    const listing = await offer(paid.times(3).toString(), 100n);
    const disclosure = await world.read((db) => market.disclosures.disclose(db, listing));
    expect(disclosure?.shares).toMatchObject({
      priceToReference: rate('1.5'),
      reference: { basis: 'valuation', valuation: { method: 'IPEV' } },
    });
    expect(disclosure?.resaleLimited).toMatchObject({ rule: 'resale-lock' });
    await world.write((tx) => market.marketListings.withdraw(tx, holder, listing.id));
  });

  it('go to accredited buyers only within the first year, to others after it', async () => {
    const listing = await offer('10', 100n);
    const retail = await world.investor('5000.00', 'non-accredited');
    const accredited = await world.investor('50000.00', 'accredited');
    const early = propose(listing.id, retail, 10n);
    expect(await codeOf(early)).toBe('market.not-permitted');
    const findings = await early.catch((error: Problem) => error.findings);
    expect(findings).toMatchObject([{ rule: 'resale-lock', citation: '17 CFR 227.501(a)' }]);
    const { id } = await propose(listing.id, accredited, 10n);
    const trade = await world.write((tx) => market.marketTrades.countersign(tx, holder, id));
    expect(trade).toMatchObject({ clean: Money.parse('100.00', 'USD'), size: 10n });
    const lots = await world.read((db) => world.holdings.listLots(db, instrumentId, accredited));
    expect(lots).toMatchObject([{ units: 10n }]);
    await world.write((tx) => market.marketListings.withdraw(tx, holder, listing.id));
    world.clock.advance(370 * DAY_MS);
    const later = await offer('10', 50n);
    expect(await codeOf(propose(later.id, retail, 10n))).toBe('done');
    await world.write((tx) => market.marketListings.withdraw(tx, holder, later.id));
  });

  it('leave the market when they are not held any more', async () => {
    const listing = await offer('10');
    const receiver = await world.investor('1.00', 'accredited');
    await world.write((tx) =>
      world.holdings.transfer(tx, {
        instrumentId,
        fromInvestorId: holder,
        toInvestorId: receiver,
        units: 1n,
        occurredAt: world.clock.now(),
        source: { type: 'gift', id: 'one' },
      }),
    );
    await world.write((tx) => market.marketUpkeep.followInstrument(tx, instrumentId));
    const { status, endReason } = await world.read((db) =>
      market.marketListings.get(db, listing.id),
    );
    expect({ status, endReason }).toEqual({ status: 'closed', endReason: 'not-held' });
  });
});
