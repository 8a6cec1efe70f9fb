import type { Id } from '../../../src/kernel/id';
import { asOpened } from '../../../src/modules/subscriptions/schema';
import { Arena, HUDSON, type Trader } from '../../support/arena';

let arena: Arena;
let crowd: readonly Trader[];
let offering: Id<'off'>;

beforeAll(async () => {
  arena = await Arena.open('2025-06-02T15:00:00Z', { subscriptionLanes: 1 });
});

beforeEach(async () => {
  crowd = await arena.crowd(HUDSON, 30, { cash: '4000.00' });
  offering = await arena.book(HUDSON, { limit: '1000000.00' });
});

afterEach(async () => {
  expect(await arena.broken()).toEqual([]);
});

afterAll(async () => {
  await arena.end();
});

/** Ends the lanes' connections from the server's side, as a failover does. */
function cut(): Promise<unknown[]> {
  return arena.column(
    HUDSON,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name LIKE 'yunchou-lane-%' AND datname = current_database()`,
  );
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function stored(): Promise<number> {
  const [count] = await arena.column(
    HUDSON,
    'SELECT count(*) FROM subscriptions WHERE offering_id = $1',
    [offering],
  );
  return Number(count);
}

async function holdFirstAccount(): Promise<{ release: () => Promise<void> }> {
  const [account] = await arena.column(
    HUDSON,
    `SELECT account_no FROM ledger_accounts WHERE path = 'liabilities:investor:' || $1 || ':cash'`,
    [crowd[0]?.id],
  );
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (finish = resolve));
  const holding = arena.write(HUDSON, async (tx) => {
    await arena.app.services.ledger.lockAvailable(tx, [account as never]);
    await held;
  });
  await pause(50);
  return {
    release: async () => {
      finish();
      await holding;
    },
  };
}

describe('a lane whose connection breaks', () => {
  it('answers every order once, however often it breaks in the middle of a rush', async () => {
    let isOver = false;
    const cutting = (async () => {
      while (!isOver) {
        await cut();
        await pause(250);
      }
    })();
    const orders = Array.from({ length: 150 }, (_, i) =>
      arena.order(crowd[i % crowd.length] as Trader, offering, '1.00'),
    );
    const answers = await Promise.all(
      orders.map(async (order, i) => {
        await pause(i * 3);
        return arena.app.services.desk.submit(order);
      }),
    );
    isOver = true;
    await cutting;
    expect(new Set(answers.map(({ subscription }) => subscription.orderNo)).size).toBe(150);
    expect(await stored()).toBe(150);
    const again = await Promise.all(orders.map((order) => arena.app.services.desk.submit(order)));
    expect(again.map(asOpened)).toEqual(answers.map(asOpened));
  });

  it('waits for what the server still does for the old connection before it decides again', async () => {
    const hold = await holdFirstAccount();
    const order = arena.subscribe(crowd[0] as Trader, offering, '1.00');
    await pause(100);
    // The socket dies here; the server, waiting for a lock, does not know yet.
    const lanes = (
      arena.app.services.desk as unknown as {
        lanes: { session: { client: { connection: { stream: { destroy(): void } } } } }[];
      }
    ).lanes;
    for (const lane of lanes) lane.session.client.connection.stream.destroy();
    await pause(50);
    await hold.release();
    const { subscription } = await order;
    expect(subscription.orderNo).toBe(1n);
    expect(await stored()).toBe(1);
  });

  it('is told to come back when a statement takes too long, and then nothing was done', async () => {
    const slow = await arena.another({ subscriptionLanes: 1 });
    const lanes = (
      slow.services.desk as unknown as {
        lanes: { session: { options: { statementTimeoutMs?: number } } }[];
      }
    ).lanes;
    for (const lane of lanes) lane.session.options.statementTimeoutMs = 300;
    const hold = await holdFirstAccount();
    const order = arena.order(crowd[0] as Trader, offering, '1.00');
    await expect(slow.services.desk.submit(order)).rejects.toMatchObject({
      code: 'lane.overloaded',
      retryAfterSeconds: 2,
    });
    expect(await stored()).toBe(0);
    await hold.release();
    await expect(slow.services.desk.submit(order)).resolves.toBeDefined();
  });

  it('says that the outcome is unknown when the server stays away, to those behind at once', async () => {
    const lost = await arena.another({ subscriptionLanes: 1 });
    const { desk } = lost.services;
    const { lanes } = desk as unknown as {
      lanes: { options: object; session: { options: { url: string } } }[];
    };
    const url = lanes[0]?.session.options.url ?? '';
    for (const lane of lanes) {
      lane.options = { ...lane.options, patienceMs: 2000 };
      lane.session.options.url = 'postgres://nobody@127.0.0.1:1/nothing';
    }
    const first = desk.submit(arena.order(crowd[0] as Trader, offering, '1.00'));
    const unknown = { code: 'subscriptions.outcome-unknown', retryAfterSeconds: 2 };
    const told = expect(first).rejects.toMatchObject(unknown);
    await pause(100);
    const order = arena.order(crowd[1] as Trader, offering, '1.00');
    const behind = expect(desk.submit(order)).rejects.toMatchObject(unknown);
    const started = performance.now();
    await told;
    await behind;
    expect(performance.now() - started).toBeLessThan(3500);
    for (const lane of lanes) lane.session.options.url = url;
    await expect(desk.submit(order)).resolves.toBeDefined();
    expect(await stored()).toBe(1);
  });

  it('answers what waits before it closes, and takes no more', async () => {
    const leaving = await arena.another({ subscriptionLanes: 2 });
    const { desk } = leaving.services;
    const orders = crowd.map((trader) => desk.submit(arena.order(trader, offering, '1.00')));
    expect(desk.depth).toBe(crowd.length);
    const closed = desk.close();
    const late = arena.order(crowd[0] as Trader, offering, '1.00');
    await expect(desk.submit(late)).rejects.toMatchObject({ code: 'lane.shutting-down' });
    await closed;
    expect(await Promise.all(orders)).toHaveLength(crowd.length);
    expect(await stored()).toBe(crowd.length);
  });
});

describe('a transaction', () => {
  it('does not pass for kept when a failed statement was passed over', async () => {
    const work = arena.write(HUDSON, async (tx) => {
      await tx.query('SELECT 1 / 0').catch(() => undefined);
      return 'kept';
    });
    await expect(work).rejects.toThrow('nothing is kept');
  });
});
