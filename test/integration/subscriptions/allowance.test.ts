import type { Id } from '../../../src/kernel/id';
import type { Problem } from '../../../src/kernel/problem';
import type { Opened } from '../../../src/modules/subscriptions';
import { Arena, HUDSON, LANZHOU, MISSION, type Trader } from '../../support/arena';

/** Under Reg CF, who earns and owns 90,000 may invest 4,500 in twelve months. */
const LIMIT = '4500.00';

let arena: Arena;

beforeAll(async () => {
  arena = await Arena.open();
});

afterAll(async () => {
  await arena.end();
});

afterEach(async () => {
  expect(await arena.broken()).toEqual([]);
});

async function settle(orders: readonly Promise<Opened>[]) {
  const settled = await Promise.allSettled(orders);
  return {
    won: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Problem] : [])),
  };
}

const USED_UP = {
  code: 'subscriptions.cap-exceeded',
  kind: 'forbidden',
  findings: [
    expect.objectContaining({
      rule: 'investor-limit',
      citation: '17 CFR 227.100(a)(2)',
      rulebook: 'us-reg-cf',
      limit: LIMIT,
      left: '0.00',
      currency: 'USD',
    }),
  ],
};

describe('two tabs for the last 100 of an allowance', () => {
  it('lets one win and tells the other the rule, its citation and what is left', async () => {
    const offering = await arena.book(HUDSON, { limit: '100000.00' });
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    await arena.subscribe(trader, offering, '4400.00');
    const answers = await Promise.all(
      [1, 2].map(() => arena.post('/v1/subscriptions', trader, arena.body(offering, '100.00'))),
    );
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect(won?.status).toBe(201);
    expect(won?.body.caps).toMatchObject([
      { rule: 'investor-limit', used: { amount: LIMIT }, left: { amount: '0.00' } },
    ]);
    expect(lost?.status).toBe(403);
    expect(lost?.body).toMatchObject({
      code: 'subscriptions.cap-exceeded',
      status: 403,
      findings: USED_UP.findings,
    });
  });

  it('lets one win on two offerings that two lanes serve', async () => {
    const offerings = await Promise.all(
      Array.from({ length: 8 }, () => arena.book(HUDSON, { limit: '100000.00' })),
    );
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    await arena.subscribe(trader, offerings[0] as Id<'off'>, '4400.00');
    const { won, refused } = await settle(
      offerings.map((offering) => arena.subscribe(trader, offering, '100.00')),
    );
    expect(won).toHaveLength(1);
    expect(refused).toHaveLength(7);
    for (const problem of refused) expect(problem).toMatchObject(USED_UP);
  });

  it('lets one win on two operators, since the law counts across platforms', async () => {
    const here = await arena.book(HUDSON, { limit: '100000.00' });
    const there = await arena.book(MISSION, { limit: '100000.00' });
    const atHudson = await arena.trader(HUDSON, { cash: '9000.00' });
    const atMission = await arena.trader(MISSION, { cash: '9000.00', as: [atHudson] });
    await arena.subscribe(atHudson, here, '2400.00');
    await arena.subscribe(atMission, there, '2000.00');
    const { won, refused } = await settle([
      arena.subscribe(atHudson, here, '100.00'),
      arena.subscribe(atMission, there, '100.00'),
    ]);
    expect(won).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject(USED_UP);
    // The operator learns the amount and nothing of where it was spent.
    expect(JSON.stringify(refused[0]?.findings)).not.toContain('mission');
  });

  it('never overshoots, however many tabs, operators and processes compete', async () => {
    const other = await arena.another();
    const books = await Promise.all(
      [HUDSON, HUDSON, HUDSON, MISSION, MISSION].map(async (venue) => ({
        venue,
        id: await arena.book(venue, { limit: '100000.00' }),
      })),
    );
    const people = await arena.crowd(HUDSON, 6, { cash: '20000.00' });
    const twins = await arena.crowd(MISSION, 6, { cash: '20000.00', as: people });
    const orders = Array.from({ length: 240 }, (_, i) => {
      const book = books[i % books.length] ?? { venue: HUDSON, id: 'off_' as const };
      const crowd = book.venue === HUDSON ? people : twins;
      const trader = crowd[(i * 7) % crowd.length] as Trader;
      const desk = i % 2 === 0 ? arena.app.services.desk : other.services.desk;
      return desk.submit(arena.order(trader, book.id, `${170 + (i % 30)}.00`));
    });
    const { won, refused } = await settle(orders);
    expect(won.length + refused.length).toBe(240);
    for (const problem of refused) expect(problem.code).toBe('subscriptions.cap-exceeded');
    const used = await arena.column(
      HUDSON,
      'SELECT reserved_minor + counted_minor FROM cap_usages WHERE subject = ANY ($1)',
      [people.map(({ partyId }) => partyId)],
    );
    expect(used).toHaveLength(6);
    for (const each of used as bigint[]) {
      expect(each).toBeLessThanOrEqual(450_000n);
      // Nothing smaller than what was asked for was left lying.
      expect(each).toBeGreaterThan(450_000n - 20_000n);
    }
  });
});

describe('the window of twelve months', () => {
  const sell = (trader: Trader, amountMinor: bigint, soldAt: string): Promise<void> =>
    arena.write(HUDSON, (tx) =>
      arena.app.services.caps.countSales(
        tx,
        [
          {
            subject: trader.partyId,
            capKey: 'us-reg-cf/investor-limit',
            sourceId: `${trader.id} ${soldAt}`,
            reservedMinor: 0n,
            soldMinor: amountMinor,
          },
        ],
        new Date(soldAt),
      ),
    );

  it('frees a sale at the exact instant a year later, and not a millisecond before', async () => {
    const offering = await arena.book(HUDSON, { limit: '100000.00' });
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    await arena.subscribe(trader, offering, '100.00');
    const soldAt = new Date(arena.clock.now().getTime() + 1000).toISOString();
    await sell(trader, 440_000n, soldAt);
    const book = await arena.book(HUDSON, {
      limit: '100000.00',
      closesAt: new Date('2027-01-01T00:00:00Z'),
    });
    const anniversary = new Date(soldAt);
    anniversary.setUTCFullYear(anniversary.getUTCFullYear() + 1);
    arena.clock.moveTo(new Date(anniversary.getTime() - 1));
    await expect(arena.subscribe(trader, book, '1.00')).rejects.toMatchObject(USED_UP);
    arena.clock.advance(1);
    const { caps } = await arena.subscribe(trader, book, '4400.00');
    expect(caps[0]?.used.toDecimalString()).toBe('4500.00');
  });

  it('loses no sale that is counted while the nightly job moves the windows on', async () => {
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    const book = await arena.book(HUDSON, { limit: '100000.00' });
    await arena.subscribe(trader, book, '1.00');
    const now = arena.clock.now();
    await sell(trader, 300_000n, new Date(now.getTime() - 400 * 86_400_000).toISOString());
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const counting = arena.write(HUDSON, async (tx) => {
      await arena.app.services.caps.countSales(
        tx,
        [
          {
            subject: trader.partyId,
            capKey: 'us-reg-cf/investor-limit',
            sourceId: 'counted meanwhile',
            reservedMinor: 0n,
            soldMinor: 400_000n,
          },
        ],
        now,
      );
      await held;
    });
    await waitFor('tuple', async () => (await openTransactions()) > 0);
    const rolling = arena.write(HUDSON, (tx) => arena.app.services.caps.rollWindows(tx, now));
    await waitFor('lock', async () => (await waitingForLocks()) > 0);
    finish();
    await Promise.all([counting, rolling]);
    const [counted] = await arena.column(
      HUDSON,
      'SELECT counted_minor FROM cap_usages WHERE subject = $1',
      [trader.partyId],
    );
    expect(counted).toBeGreaterThanOrEqual(400_000n);
    await expect(arena.subscribe(trader, book, '600.00')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
    });
  });

  it('counts anew when the law changes the window itself', async () => {
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    const book = await arena.book(HUDSON, { limit: '100000.00' });
    await arena.subscribe(trader, book, '1.00');
    await sell(trader, 440_000n, arena.clock.now().toISOString());
    // As if the row had been counted under a law that looked back no time at all.
    await arena.owner.query(
      'UPDATE cap_usages SET window_months = 0, counted_minor = 0 WHERE subject = $1',
      [trader.partyId],
    );
    await expect(arena.subscribe(trader, book, '100.00')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
    });
  });
});

describe('the limit of holders', () => {
  /** One held by shares, or subscribed for them, already. */
  async function fill(offering: Id<'off'>, count: number): Promise<void> {
    const crowd = await arena.crowd(LANZHOU, count, { cash: '2000.00', means: '5000000.00' });
    await Promise.all(crowd.map((trader) => arena.subscribe(trader, offering, '1000.00')));
  }

  const book = (changes: object = {}) =>
    arena.book(LANZHOU, { limit: '9000000.00', minimumTicket: '1000.00', ...changes });

  it('takes one of many who compete for the last place of 200', async () => {
    const offering = await book();
    await fill(offering, 199);
    const rivals = await arena.crowd(LANZHOU, 20, { cash: '2000.00', means: '5000000.00' });
    const other = await arena.another();
    const { won, refused } = await settle(
      rivals.map((trader, i) =>
        (i % 2 === 0 ? arena.app : other).services.desk.submit(
          arena.order(trader, offering, '1000.00'),
        ),
      ),
    );
    expect(won).toHaveLength(1);
    expect(refused).toHaveLength(19);
    for (const problem of refused) {
      expect(problem).toMatchObject({
        code: 'subscriptions.cap-exceeded',
        findings: [expect.objectContaining({ rule: 'holder-limit', limit: '200', left: '0' })],
      });
    }
    const [, again] = rivals.filter((trader) => won[0]?.subscription.investorId === trader.id);
    expect(again).toBeUndefined();
    const holder = rivals.find((trader) => won[0]?.subscription.investorId === trader.id);
    // Who holds already brings in no new holder.
    await expect(arena.subscribe(holder as Trader, offering, '1000.00')).resolves.toBeDefined();
  });

  it('counts an issuer once over all its offerings, in one batch and on several lanes', async () => {
    const issuerId = await arena.issuer(LANZHOU, 'limited-liability-company');
    const offerings = await Promise.all(Array.from({ length: 6 }, () => book({ issuerId })));
    await fill(offerings[0] as Id<'off'>, 48);
    const rivals = await arena.crowd(LANZHOU, 18, { cash: '2000.00', means: '5000000.00' });
    const { won, refused } = await settle(
      rivals.map((trader, i) =>
        arena.subscribe(trader, offerings[i % offerings.length] as Id<'off'>, '1000.00'),
      ),
    );
    expect(won).toHaveLength(2);
    for (const problem of refused) {
      expect(problem.findings).toMatchObject([{ rule: 'holder-limit', limit: '50', left: '0' }]);
    }
  });

  it('keeps the number that the terms state for the legal form', async () => {
    const offering = await arena.book(HUDSON, { limit: '9000000.00', holderLimit: 3 });
    const rivals = await arena.crowd(HUDSON, 5, { cash: '2000.00' });
    const { won, refused } = await settle(
      rivals.map((trader) => arena.subscribe(trader, offering, '100.00')),
    );
    expect(won).toHaveLength(3);
    expect(refused.map((problem) => problem.findings?.[0]?.rule)).toEqual([
      'legal-form-holder-limit',
      'legal-form-holder-limit',
    ]);
  });
});

async function openTransactions(): Promise<number> {
  const [count] = await arena.column(
    HUDSON,
    `SELECT count(*) FROM pg_locks
     WHERE relation = 'cap_usages'::regclass AND mode = 'RowExclusiveLock' AND granted`,
  );
  return Number(count);
}

async function waitingForLocks(): Promise<number> {
  const [count] = await arena.column(HUDSON, 'SELECT count(*) FROM pg_locks WHERE NOT granted');
  return Number(count);
}

async function waitFor(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited for ${what} in vain`);
}
