import { must } from '../../../src/kernel/assert';
import { Money } from '../../../src/kernel/money';
import type { Problem } from '../../../src/kernel/problem';
import { Arena, HUDSON, type Trader } from '../../support/arena';

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

const PATH = '/v1/subscriptions';

describe('200 concurrent subscribers for the last tickets', () => {
  it('accepts over HTTP exactly as many as fit, and tells the others that it is full', async () => {
    const offering = await arena.book(HUDSON, { limit: '2650.00', price: '2.50' });
    const crowd = await arena.crowd(HUDSON, 200, { cash: '100.00' });
    const answers = await Promise.all(
      crowd.map((trader) => arena.post(PATH, trader, arena.body(offering, '50.00'))),
    );
    const accepted = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(accepted).toHaveLength(53);
    expect(refused).toHaveLength(147);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, 'subscriptions.offering-full']);
    }
    const numbers = accepted.map(({ body }) => Number(body.orderNo)).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 53 }, (_, i) => i + 1));
    const [committed] = await arena.column(
      HUDSON,
      'SELECT committed_minor FROM offering_books WHERE offering_id = $1',
      [offering],
    );
    expect(committed).toBe(265_000n);
  });

  it('serves first who came first, across batches, and lets a smaller order fill the rest', async () => {
    const offering = await arena.book(HUDSON, { limit: '1005.00' });
    const crowd = await arena.crowd(HUDSON, 200, { cash: '100.00' });
    const settled = await Promise.allSettled(
      crowd.map((trader, i) => arena.subscribe(trader, offering, i === 150 ? '4.00' : '10.00')),
    );
    const accepted = settled.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
    expect(accepted).toEqual([...Array.from({ length: 100 }, (_, i) => i), 150]);
    for (const [i, one] of settled.entries()) {
      if (one.status !== 'fulfilled' || i === 150) continue;
      expect(one.value.subscription.orderNo).toBe(BigInt(i + 1));
    }
  });

  it('lets one of two rivals on two processes have the last share', async () => {
    const other = await arena.another();
    const offering = await arena.book(HUDSON, { limit: '1.00' });
    const rivals = await arena.crowd(HUDSON, 40, { cash: '100.00' });
    const settled = await Promise.allSettled(
      rivals.map((trader, i) =>
        (i % 2 === 0 ? arena.app : other).services.desk.submit(
          arena.order(trader, offering, '1.00'),
        ),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('at the exact instant', () => {
  it('opens a book at its opening and shuts it at its deadline', async () => {
    const now = arena.clock.now().getTime();
    const opensAt = new Date(now + 5000);
    const closesAt = new Date(now + 60_000);
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    const offering = await arena.book(HUDSON, { limit: '9000.00', opensAt, closesAt });
    const order = async () => {
      const { status, body } = await arena.post(PATH, trader, arena.body(offering, '10.00'));
      return [status, body.code];
    };
    const shut = [409, 'subscriptions.offering-not-open'];
    arena.clock.moveTo(new Date(opensAt.getTime() - 1));
    expect(await order()).toEqual(shut);
    arena.clock.moveTo(opensAt);
    // Remembered as open from here on.
    const early = await order();
    expect(early[0] === 201 || early[1] === 'subscriptions.not-permitted').toBe(true);
    arena.clock.moveTo(new Date(closesAt.getTime() - 1));
    await order();
    arena.clock.moveTo(closesAt);
    expect(await order()).toEqual(shut);
  });

  it('lets a subscription be revoked until, and not at, the end of its reflection', async () => {
    const offering = await arena.book(HUDSON, { limit: '9000.00' });
    const trader = await arena.trader(HUDSON, { cash: '9000.00' });
    const [one, two] = await Promise.all(
      [1, 2].map(() => arena.post(PATH, trader, arena.body(offering, '100.00'))),
    );
    const until = new Date(must(one, 'the first').body.revocableUntil as string);
    arena.clock.moveTo(new Date(until.getTime() - 1));
    const revoked = await arena.post(`${PATH}/${one?.body.id}/revoke`, trader, {});
    expect([revoked.status, revoked.body.status]).toEqual([200, 'revoked']);
    arena.clock.moveTo(until);
    const late = await arena.post(`${PATH}/${two?.body.id}/revoke`, trader, {});
    expect([late.status, late.body.code]).toEqual([409, 'subscriptions.reflection-over']);
    const twice = await arena.post(`${PATH}/${one?.body.id}/revoke`, trader, {});
    expect([twice.status, twice.body.code]).toEqual([409, 'subscriptions.not-open']);
  });

  it('gives back money, room and allowance to the cent when all revoke at once', async () => {
    const offering = await arena.book(HUDSON, { limit: '2000.00' });
    const crowd = await arena.crowd(HUDSON, 20, { cash: '100.00' });
    const opened = await Promise.all(
      crowd.map((trader) => arena.subscribe(trader, offering, '100.00')),
    );
    const answers = await Promise.all(
      opened.flatMap(({ subscription }, i) =>
        [1, 2].map(() => arena.post(`${PATH}/${subscription.id}/revoke`, crowd[i] as Trader, {})),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.code === 'subscriptions.not-open')).toHaveLength(20);
    const held = await arena.column(
      HUDSON,
      `SELECT sum(held_minor) FROM ledger_accounts WHERE path LIKE 'liabilities:investor:%'
       UNION ALL SELECT committed_minor FROM offering_books WHERE offering_id = $1`,
      [offering],
    );
    expect(held.map(String)[1]).toBe('0');
    const again = await Promise.allSettled(
      crowd.map((trader) => arena.subscribe(trader, offering, '100.00')),
    );
    expect(again.every(({ status }) => status === 'fulfilled')).toBe(true);
  });
});

describe('an order nobody can take', () => {
  it('fails alone, however absurd its amount, and takes no other with it', async () => {
    const offering = await arena.book(HUDSON, { limit: '90000000000000000.00' });
    const rich = await arena.crowd(HUDSON, 3, { cash: '5000.00', tier: 'accredited' });
    const crowd = await arena.crowd(HUDSON, 10, { cash: '100.00' });
    await Promise.all([...rich, ...crowd].map((each) => arena.subscribe(each, offering, '1.00')));
    const most = 2n ** 63n - 1n;
    const absurd = [...rich, ...rich, ...crowd].map((trader) =>
      arena.subscribe(trader, offering, Money.ofMinor(most, 'USD').minor),
    );
    const sane = crowd.map((trader) => arena.subscribe(trader, offering, '1.00'));
    const refused = await Promise.allSettled(absurd);
    for (const one of refused) {
      expect(one.status).toBe('rejected');
      expect((one as PromiseRejectedResult).reason as Problem).toMatchObject({
        name: 'Problem',
        code: expect.stringMatching(
          /^(money.out-of-range|subscriptions.(offering-full|cap-exceeded|insufficient-funds))$/,
        ),
      });
    }
    expect((await Promise.all(sane)).length).toBe(10);
  });

  it('fails alone when something about it breaks the statement itself', async () => {
    const offering = await arena.book(HUDSON, { limit: '9000.00' });
    const crowd = await arena.crowd(HUDSON, 9, { cash: '100.00' });
    const settled = await Promise.allSettled(
      crowd.map((trader, i) => {
        const order = arena.order(trader, offering, '1.00');
        return arena.app.services.desk.submit(
          i === 4 ? { ...order, actorId: 'no{such"actor' as typeof order.actorId } : order,
        );
      }),
    );
    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
      crowd.map((_, i) => i !== 4),
    );
    const numbers = settled.flatMap((one) =>
      one.status === 'fulfilled' ? [one.value.subscription.orderNo] : [],
    );
    expect(numbers).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  });
});
