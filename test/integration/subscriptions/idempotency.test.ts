import { randomUUID } from 'node:crypto';
import type { Id } from '../../../src/kernel/id';
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

describe('one Idempotency-Key', () => {
  let trader: Trader;
  let offering: Id<'off'>;

  beforeEach(async () => {
    trader = await arena.trader(HUDSON, { cash: '9000.00' });
    offering = await arena.book(HUDSON, { limit: '100000.00', price: '3.00' });
  });

  async function count(): Promise<number> {
    const [found] = await arena.column(
      HUDSON,
      'SELECT count(*) FROM subscriptions WHERE investor_id = $1',
      [trader.id],
    );
    return Number(found);
  }

  it('has one effect and one answer, byte for byte, however many send it at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        arena.post(PATH, trader, arena.body(offering, '100.00'), key),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers['location'])).size).toBe(1);
    const first = answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
    expect(first).toHaveLength(1);
    expect(await count()).toBe(1);
    const again = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    expect(again.text).toBe(answers[0]?.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('has one effect on two lanes and two processes', async () => {
    const other = await arena.another({ subscriptionLanes: 3 });
    const order = arena.order(trader, offering, '100.00');
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 === 0 ? arena.app : other).services.desk.submit({
          ...order,
          id: arena.app.platform.newId('sub'),
        }),
      ),
    );
    expect(new Set(answers.map((each) => each.subscription.id)).size).toBe(1);
    expect(await count()).toBe(1);
  });

  it('is refused for another body with 422, at once and later, on another lane too', async () => {
    const key = randomUUID();
    const others = await Promise.all(
      Array.from({ length: 6 }, () => arena.book(HUDSON, { limit: '100000.00' })),
    );
    const bodies = [
      arena.body(offering, '100.00'),
      arena.body(offering, '103.00'),
      ...others.map((other) => arena.body(other, '100.00')),
    ];
    const answers = await Promise.all(bodies.map((body) => arena.post(PATH, trader, body, key)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([422, 'subscriptions.key-reused']);
    }
    const later = await arena.post(PATH, trader, arena.body(offering, '106.00'), key);
    expect([later.status, later.body.code]).toEqual([422, 'subscriptions.key-reused']);
    expect(await count()).toBe(1);
  });

  it('belongs to its caller: another may use the same', async () => {
    const key = randomUUID();
    const other = await arena.trader(HUDSON, { cash: '9000.00' });
    const answers = await Promise.all(
      [trader, other].map((who) => arena.post(PATH, who, arena.body(offering, '30.00'), key)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  it('is free again after a refusal, whatever it is used for next', async () => {
    const key = randomUUID();
    const broke = await arena.trader(HUDSON, { cash: '10.00' });
    const refused = await arena.post(PATH, broke, arena.body(offering, '30.00'), key);
    expect([refused.status, refused.body.code]).toEqual([409, 'subscriptions.insufficient-funds']);
    const accepted = await arena.post(PATH, broke, arena.body(offering, '9.00'), key);
    expect(accepted.status).toBe(201);
    const reused = await arena.post(PATH, broke, arena.body(offering, '30.00'), key);
    expect([reused.status, reused.body.code]).toEqual([422, 'subscriptions.key-reused']);
  });

  it('decides another request under the key of one refused in the same moment', async () => {
    const broke = await arena.trader(HUDSON, { cash: '10.00' });
    const big = arena.order(broke, offering, '30.00');
    const small = { ...arena.order(broke, offering, '9.00'), requestKey: big.requestKey };
    const settled = await Promise.allSettled(
      [big, big, small].map((order) => arena.app.services.desk.submit(order)),
    );
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('gives the first answer after the subscription was revoked', async () => {
    const key = randomUUID();
    const first = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    const revoked = await arena.post(`${PATH}/${first.body.id}/revoke`, trader, {});
    expect([revoked.status, revoked.body.status]).toEqual([200, 'revoked']);
    const again = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(await count()).toBe(1);
  });

  it('gives the first answer after the deadline, and with it the right to revoke, has moved', async () => {
    const key = randomUUID();
    const first = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    await changeTerms(offering, { closesAt: '2025-12-24T00:00:00.000Z', price: '4.00' });
    await arena.column(
      HUDSON,
      `UPDATE subscriptions SET revocable_until = '2025-12-22T00:00:00Z' WHERE investor_id = $1`,
      [trader.id],
    );
    const again = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    expect([again.status, again.text]).toEqual([201, first.text]);
  });

  it('gives the first answer to an order that was binding at once', async () => {
    const soon = await arena.book(HUDSON, {
      limit: '9000.00',
      closesAt: new Date(arena.clock.now().getTime() + 3_600_000),
    });
    const key = randomUUID();
    const first = await arena.post(PATH, trader, arena.body(soon, '100.00'), key);
    expect([first.status, first.body.status]).toEqual([201, 'binding']);
    const again = await arena.post(PATH, trader, arena.body(soon, '100.00'), key);
    expect([again.status, again.text]).toEqual([201, first.text]);
  });

  it('says so, of that order alone, when what it was decided on contradicts it', async () => {
    const order = arena.order(trader, offering, '100.00');
    const { desk } = arena.app.services;
    await desk.submit(order);
    const twisted = { ...order, acknowledged: {} };
    const settled = await Promise.allSettled([
      desk.submit(twisted),
      desk.submit(arena.order(trader, offering, '100.00')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(String((settled[0] as PromiseRejectedResult).reason)).toMatch(/cannot be replayed/);
  });

  it('gives the first answer after the file was suspended and the law rewritten', async () => {
    const key = randomUUID();
    const first = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    await arena.column(
      HUDSON,
      `INSERT INTO subscription_rulebooks (rulebook_id, content_hash, content, first_seen_at)
       SELECT rulebook_id, 'as it was', content, first_seen_at FROM subscription_rulebooks
       WHERE rulebook_id = 'us-reg-cf' RETURNING rulebook_no`,
    );
    await arena.column(
      HUDSON,
      `UPDATE subscriptions SET rulebook_no = (SELECT rulebook_no FROM subscription_rulebooks
         WHERE content_hash = 'as it was') WHERE investor_id = $1`,
      [trader.id],
    );
    await arena.column(HUDSON, `UPDATE investors SET status = 'suspended' WHERE id = $1`, [
      trader.id,
    ]);
    const again = await arena.post(PATH, trader, arena.body(offering, '100.00'), key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const fresh = await arena.post(PATH, trader, arena.body(offering, '100.00'));
    expect([fresh.status, fresh.body.code]).toEqual([403, 'subscriptions.investor-not-active']);
  });
});

describe('what changed between memory and batch', () => {
  let trader: Trader;
  let offering: Id<'off'>;

  beforeEach(async () => {
    trader = await arena.trader(HUDSON, { cash: '9000.00' });
    offering = await arena.book(HUDSON, { limit: '100000.00' });
    await arena.subscribe(trader, offering, '10.00');
  });

  it('refuses an investor who was suspended, and nobody else of the batch', async () => {
    const other = await arena.trader(HUDSON, { cash: '9000.00' });
    await arena.subscribe(other, offering, '10.00');
    await arena.column(HUDSON, `UPDATE investors SET status = 'suspended' WHERE id = $1`, [
      trader.id,
    ]);
    const settled = await Promise.allSettled([
      arena.subscribe(trader, offering, '10.00'),
      arena.subscribe(other, offering, '10.00'),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((settled[0] as PromiseRejectedResult).reason).toMatchObject({
      code: 'subscriptions.investor-not-active',
    });
  });

  it('sees a suspension that was committed while the batch waited for a lock', async () => {
    const [account] = await arena.column(
      HUDSON,
      `SELECT account_no FROM ledger_accounts WHERE path = 'liabilities:investor:' || $1 || ':cash'`,
      [trader.id],
    );
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const holding = arena.write(HUDSON, async (tx) => {
      await arena.app.services.ledger.lockAvailable(tx, [account as never]);
      await held;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const order = arena.subscribe(trader, offering, '10.00');
    const refusal = expect(order).rejects.toMatchObject({
      code: 'subscriptions.investor-not-active',
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await arena.column(HUDSON, `UPDATE investors SET status = 'suspended' WHERE id = $1`, [
      trader.id,
    ]);
    finish();
    await holding;
    await refusal;
  });

  it('goes by the new terms after a material change', async () => {
    await changeTerms(offering, { price: '7.00' });
    const { subscription, residue } = await arena.subscribe(trader, offering, '10.00');
    expect(subscription.offeringVersion).toBe(2);
    expect(subscription.units).toBe(1n);
    expect(residue.toDecimalString()).toBe('3.00');
  });

  it('goes by a new profile: smaller means, a smaller allowance', async () => {
    await arena.column(
      HUDSON,
      `INSERT INTO investor_profiles
         (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
       SELECT operator_id, investor_id, 2,
              jsonb_set(facts, '{means}', '{"annualIncome":{"amount":"1000.00","currency":"USD"},
                "netWorth":{"amount":"1000.00","currency":"USD"}}'), 'arena', 'arena', recorded_at
       FROM investor_profiles WHERE investor_id = $1`,
      [trader.id],
    );
    await arena.column(HUDSON, 'UPDATE investors SET profile_version = 2 WHERE id = $1', [
      trader.id,
    ]);
    await expect(arena.subscribe(trader, offering, '3000.00')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
    });
  });

  it('finds an account that was opened meanwhile, and one that was frozen', async () => {
    await arena.column(
      HUDSON,
      `SELECT ledger_set_account_status(1, account_no, 'frozen') FROM ledger_accounts
       WHERE path = 'liabilities:investor:' || $1 || ':cash'`,
      [trader.id],
    );
    await expect(arena.subscribe(trader, offering, '10.00')).rejects.toMatchObject({
      code: 'subscriptions.investor-not-active',
    });
  });

  it('shuts with the book, and forgets no order that came before', async () => {
    await arena.column(HUDSON, 'UPDATE offering_books SET is_open = false WHERE offering_id = $1', [
      offering,
    ]);
    await expect(arena.subscribe(trader, offering, '10.00')).rejects.toMatchObject({
      code: 'subscriptions.offering-not-open',
    });
    await arena.column(HUDSON, 'UPDATE offering_books SET is_open = true WHERE offering_id = $1', [
      offering,
    ]);
    await expect(arena.subscribe(trader, offering, '10.00')).resolves.toBeDefined();
  });
});

/** A material change as the lifecycle stores it. */
async function changeTerms(offering: Id<'off'>, changes: object): Promise<void> {
  await arena.column(
    HUDSON,
    `INSERT INTO offering_versions
       (operator_id, offering_id, version, terms, documents, reason, recorded_at, recorded_by)
     SELECT operator_id, offering_id, version + 1, terms || $2::jsonb, documents, 'changed',
            recorded_at, 'arena'
     FROM offering_versions WHERE offering_id = $1`,
    [offering, JSON.stringify(changes)],
  );
  await arena.column(HUDSON, 'UPDATE offerings SET version = version + 1 WHERE id = $1', [
    offering,
  ]);
  await arena.column(
    HUDSON,
    `UPDATE offering_books b SET version = b.version + 1,
       closes_at = (SELECT (v.terms->>'closesAt')::timestamptz FROM offering_versions v
                    WHERE v.offering_id = b.offering_id AND v.version = b.version + 1)
     WHERE b.offering_id = $1`,
    [offering],
  );
}
