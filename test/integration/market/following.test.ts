import { addDays, dateIn, type CalendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import type { Tx } from '../../../src/platform/db';
import { marketListeners } from '../../../src/modules/market/jobs';
import { marketWorld, type MarketWorld } from '../../support/market-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: MarketWorld;
let lent: ServicedLoan;

beforeAll(async () => {
  world = await marketWorld();
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

beforeEach(async () => {
  lent = await world.active({ parts: ['20000.00', '10000.00'] });
});

const seller = (): Id<'inv'> => lent.lenders[0] as Id<'inv'>;

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );
}

/** Lets a listing stand until the evening of a day. */
async function stretch(tx: Tx, id: Id<'mkl'>, on: CalendarDate): Promise<void> {
  const sql = `UPDATE market_listings l SET expires_at = :until WHERE l.id = :id`;
  await tx.execute(sql, { id, until: new Date(`${on}T23:00:00Z`) });
}

/** As the relay hands an event to the market. */
async function tell(type: string, subject: string): Promise<void> {
  for (const listener of marketListeners(world.market)) {
    if (listener.types === 'all' || !listener.types.includes(type)) continue;
    const occurredAt = world.clock.now();
    const event = { eventNo: 1n, operatorId: 2, type, subject, payload: {}, occurredAt };
    await world.write((tx) => listener.handle(tx, event));
  }
}

describe('a bulletin board', () => {
  it('matches nobody: a buyer proposes, the seller countersigns, and then all of it happens', async () => {
    const listing = await world.offer(lent, seller(), { price: '0.99' });
    const buyer = await world.buyer();
    expect(await codeOf(world.buy(listing, buyer, 10n))).toBe('market.wrong-mode');
    const proposal = await world.propose(listing, buyer, 10n);
    expect(await codeOf(world.propose(listing, buyer, 5n))).toBe('market.already-proposed');
    const { marketTrades } = world.market;
    const stranger = lent.lenders[1] as Id<'inv'>;
    const foreign = world.write((tx) => marketTrades.countersign(tx, stranger, proposal.id));
    expect(await codeOf(foreign)).toBe('market.proposal-not-found');
    const trade = await world.write((tx) => marketTrades.countersign(tx, seller(), proposal.id));
    expect(trade).toMatchObject({ mode: 'bulletin', buyerId: buyer, units: 10n });
    expect(await world.noteOf(lent, buyer)).toMatchObject({ units: 10n });
    const again = world.write((tx) => marketTrades.countersign(tx, seller(), proposal.id));
    expect(await codeOf(again)).toBe('market.proposal-ended');
  });

  it('ends proposals with another price, a no, a withdrawal or in time', async () => {
    const listing = await world.offer(lent, seller());
    const buyers = [await world.buyer(), await world.buyer(), await world.buyer()] as const;
    const lapsed = await world.propose(listing, buyers[0], 10n);
    const declined = await world.propose(listing, buyers[1], 10n);
    const withdrawn = await world.propose(listing, buyers[2], 10n);
    const { marketTrades, marketListings, marketUpkeep } = world.market;
    await world.write((tx) => marketTrades.decline(tx, seller(), declined.id));
    await world.write((tx) => marketTrades.withdraw(tx, buyers[2], withdrawn.id));
    const price = rate('0.9');
    await world.write((tx) => marketListings.reprice(tx, seller(), { id: listing.id, price }));
    const kept = await world.read((db) =>
      marketTrades.listProposals(db, { listingId: listing.id, limit: 10 }),
    );
    expect(kept.map(({ id, status }) => [id, status])).toEqual([
      [withdrawn.id, 'withdrawn'],
      [declined.id, 'declined'],
      [lapsed.id, 'lapsed'],
    ]);
    const late = await world.propose(listing, buyers[0], 10n);
    world.clock.advance(5 * 86_400_000);
    await world.write((tx) => marketUpkeep.expire(tx));
    const answer = world.write((tx) => marketTrades.countersign(tx, seller(), late.id));
    expect(await codeOf(answer)).toBe('market.proposal-ended');
  });
});

describe('a listing', () => {
  it('expires by itself', async () => {
    const listing = await world.offer(lent, seller());
    world.clock.moveTo(listing.expiresAt);
    await world.write((tx) => world.market.marketUpkeep.expire(tx));
    expect(await world.offered(listing.id)).toMatchObject({ status: 'expired' });
  });

  it('is of what is left of its note: its price follows each payment', async () => {
    const listing = await world.offer(lent, seller());
    const [due] = await world.schedule(lent);
    const day = due?.dueOn ?? '';
    await world.collect(lent.loan, '5000.00');
    world.until(day);
    await world.closeDay(day);
    await tell('loans.day-closed', day);
    const { principal } = await world.noteOf(lent, seller());
    expect(principal.isLessThan(world.money('20000.00'))).toBe(true);
    expect(await world.offered(listing.id)).toMatchObject({
      status: 'open',
      size: principal.minor,
    });
  });

  it('leaves the market when something is overdue, for good', async () => {
    const listing = await world.offer(lent, seller());
    const buyer = await world.buyer();
    const late = addDays(dateIn('UTC', world.clock.now()), 34);
    // It would have expired by then.
    await world.write((tx) => stretch(tx, listing.id, late));
    world.until(late);
    expect(await codeOf(world.propose(listing, buyer, 1n))).toBe('market.listing-ended');
    await tell('loans.day-closed', late);
    expect(await world.offered(listing.id)).toMatchObject({
      status: 'withdrawn',
      endReason: 'loan-late',
    });
    expect(await codeOf(world.offer(lent, seller()))).toBe('market.not-tradable');
  });

  it('leaves the market when its loan has new terms', async () => {
    const listing = await world.offer(lent, seller());
    await tell('loans.restructured', lent.loan.id);
    expect(await world.offered(listing.id)).toMatchObject({ endReason: 'loan-restructured' });
  });
});
