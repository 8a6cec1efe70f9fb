import { randomUUID } from 'node:crypto';
import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import { Arena, HUDSON, LANZHOU, MISSION, PLEISSE, type Trader } from '../support/arena';

const PATH = '/v1/subscriptions';
const BULK = '/v1/subscriptions/bulk';
const STAFF = { venue: HUDSON, roles: ['operations'] } as const;

let arena: Arena;
let trader: Trader;
let offering: Id<'off'>;

beforeAll(async () => {
  arena = await Arena.open();
  trader = await arena.trader(HUDSON, { cash: '9000.00' });
  offering = await arena.book(HUDSON, {
    limit: '100000.00',
    price: '2.50',
    minimumTicket: '10.00',
    maximumTicket: '3000.00',
  });
});

afterAll(async () => {
  expect(await arena.broken()).toEqual([]);
  await arena.end();
});

const usd = (amount: string) => ({ amount: { amount, currency: 'USD' } });

describe('a subscription over HTTP', () => {
  it('answers with shares, residue, place, what is left of each cap, and where it is found', async () => {
    const { status, body, headers } = await arena.post(
      PATH,
      trader,
      arena.body(offering, '101.99'),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      units: '40',
      amount: { amount: '100.00', currency: 'USD' },
      residue: { amount: '1.99', currency: 'USD' },
      status: 'reflecting',
      caps: [
        {
          rule: 'investor-limit',
          limit: { amount: '4500.00' },
          used: { amount: '100.00' },
          left: { amount: '4400.00' },
        },
      ],
    });
    expect(headers['location']).toBe(`${PATH}/${body.id}`);
    const read = await arena.get(`${PATH}/${body.id}`, trader);
    expect([read.status, read.body.id]).toEqual([200, body.id]);
  });

  it.each([
    {
      what: 'another currency',
      change: { amount: { amount: '10.00', currency: 'EUR' } },
      status: 400,
      code: 'subscriptions.wrong-currency',
    },
    { what: 'too many digits', change: usd('10.001'), status: 400, code: 'request.invalid' },
    {
      what: 'a number for an amount',
      change: { amount: { amount: 10, currency: 'USD' } },
      status: 400,
      code: 'request.invalid',
    },
    { what: 'an exponent', change: usd('1e3'), status: 400, code: 'request.invalid' },
    { what: 'nothing', change: usd('0.00'), status: 400, code: 'request.invalid' },
    { what: 'less than nothing', change: usd('-10.00'), status: 400, code: 'request.invalid' },
    {
      what: 'more than any column holds',
      change: usd('92233720368547758.08'),
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'a currency nobody knows',
      change: { amount: { amount: '10.00', currency: 'XXX' } },
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'below the ticket',
      change: usd('9.99'),
      status: 400,
      code: 'subscriptions.below-minimum-ticket',
    },
    {
      what: 'above the ticket',
      change: usd('3000.01'),
      status: 400,
      code: 'subscriptions.above-maximum-ticket',
    },
    {
      what: 'an unknown field',
      change: { status: 'settled' },
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'an unknown acknowledgement',
      change: { acknowledged: { everything: true } },
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'an unacknowledged risk',
      change: { acknowledged: {} },
      status: 403,
      code: 'subscriptions.not-permitted',
    },
    {
      what: 'a document that is no hash',
      change: { documents: ['all of them'] },
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'an id of another kind',
      change: { offeringId: `inv_${'0'.repeat(26)}` },
      status: 400,
      code: 'request.invalid',
    },
    {
      what: 'an offering that is not there',
      change: { offeringId: `off_${'0'.repeat(26)}` },
      status: 404,
      code: 'subscriptions.offering-not-found',
    },
  ])('refuses $what with $status $code', async ({ change, status, code }) => {
    const answer = await arena.post(PATH, trader, { ...arena.body(offering, '50.00'), ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses a body that is too large, one that is no JSON, and one without a key', async () => {
    const large = await arena.post(PATH, trader, {
      ...arena.body(offering, '50.00'),
      documents: ['a'.repeat(300_000)],
    });
    expect(large.status).toBe(413);
    const broken = await arena
      .post(PATH, trader, {})
      .set('Content-Type', 'application/json')
      .send('{"offeringId":');
    expect([broken.status, broken.body.code]).toEqual([400, 'request.malformed-json']);
    const keyless = await arena.post(PATH, trader, arena.body(offering, '50.00'), '');
    expect([keyless.status, keyless.body.code]).toEqual([400, 'idempotency.key-required']);
  });

  it('wants a log-in that is an investor with a file', async () => {
    const anonymous = await request(arena.url).post(PATH).send(arena.body(offering, '50.00'));
    expect(anonymous.status).toBe(401);
    const staff = await arena.post(PATH, STAFF, arena.body(offering, '50.00'));
    expect(staff.status).toBe(403);
    const fileless = { venue: HUDSON, roles: ['investor'] } as const;
    const refused = await arena.post(PATH, fileless, arena.body(offering, '50.00'));
    expect([refused.status, refused.body.code]).toEqual([404, 'subscriptions.investor-not-found']);
  });

  it('refuses who has no account in the currency of the offering', async () => {
    const abroad = await arena.book(PLEISSE, { limit: '100000.00' });
    const visitor = await arena.trader(PLEISSE, {});
    const answer = await arena.post(PATH, visitor, arena.body(abroad, '50.00', 'EUR'));
    expect([answer.status, answer.body.code]).toEqual([409, 'subscriptions.no-cash-account']);
  });

  it('refuses an amount that does not pay for one share', async () => {
    const dear = await arena.book(HUDSON, { limit: '100000.00', price: '70.00' });
    const answer = await arena.post(PATH, trader, arena.body(dear, '69.99'));
    expect([answer.status, answer.body.code]).toEqual([400, 'subscriptions.below-minimum-ticket']);
  });
});

describe("another operator's rows", () => {
  it('are not there: not its offerings, not its subscriptions, not to revoke', async () => {
    const stranger = await arena.trader(MISSION, { cash: '9000.00' });
    const theirs = await arena.book(MISSION, { limit: '100000.00' });
    // Remembered by the lane, and still not there for others.
    const own = await arena.post(PATH, stranger, arena.body(theirs, '50.00'));
    expect(own.status).toBe(201);
    const taken = await arena.post(PATH, trader, arena.body(theirs, '50.00'));
    expect([taken.status, taken.body.code]).toEqual([404, 'subscriptions.offering-not-found']);
    const read = await arena.get(`${PATH}/${own.body.id}`, trader);
    expect([read.status, read.body.code]).toEqual([404, 'subscriptions.not-found']);
    for (const step of ['revoke', 'reconfirm']) {
      const answer = await arena.post(`${PATH}/${own.body.id}/${step}`, trader, {});
      expect([answer.status, answer.body.code]).toEqual([404, 'subscriptions.not-found']);
    }
    const listed = await arena.get(PATH, trader);
    expect(JSON.stringify(listed.body)).not.toContain(own.body.id);
  });

  it('are not there for its staff either, investor by investor', async () => {
    const stranger = await arena.trader(MISSION, { cash: '9000.00' });
    const { status, body } = await arena.post(BULK, STAFF, {
      orders: [
        { ...arena.body(offering, '50.00'), investorId: stranger.id, idempotencyKey: 'a' },
        { ...arena.body(offering, '50.00'), investorId: trader.id, idempotencyKey: 'b' },
      ],
    });
    expect([status, body.accepted, body.refused]).toEqual([200, 1, 1]);
    expect(body.results[0].problem.code).toBe('subscriptions.investor-not-found');
  });

  it("are no other investor's of the same operator", async () => {
    const neighbour = await arena.trader(HUDSON, { cash: '9000.00' });
    const own = await arena.post(PATH, neighbour, arena.body(offering, '50.00'));
    const read = await arena.get(`${PATH}/${own.body.id}`, trader);
    expect([read.status, read.body.code]).toEqual([404, 'subscriptions.not-found']);
    const revoked = await arena.post(`${PATH}/${own.body.id}/revoke`, trader, {});
    expect([revoked.status, revoked.body.code]).toEqual([404, 'subscriptions.not-found']);
  });
});

describe('orders in bulk', () => {
  it('are decided in the order given, each with its own key and answer', async () => {
    const book = await arena.book(HUDSON, { limit: '120.00' });
    const crowd = await arena.crowd(HUDSON, 3, { cash: '60.00' });
    const order = (position: number, amount: string, idempotencyKey: string) => ({
      ...arena.body(book, amount),
      investorId: crowd[position]?.id,
      idempotencyKey,
    });
    const body = {
      orders: [
        order(0, '50.00', 'first'),
        order(1, '70.00', 'broke'),
        order(1, '40.00', 'second'),
        order(0, '50.00', 'first'),
        order(0, '51.00', 'first'),
        order(2, '40.00', 'too much'),
        order(2, '10.00', 'last'),
      ],
    };
    const { status, body: answer } = await arena.post(BULK, STAFF, body);
    expect(status).toBe(200);
    const told = answer.results.map(
      (each: { subscription?: { orderNo: number }; problem?: { code: string } }) =>
        each.subscription?.orderNo ?? each.problem?.code,
    );
    expect(told).toEqual([
      1,
      'subscriptions.insufficient-funds',
      2,
      1,
      'subscriptions.key-reused',
      'subscriptions.offering-full',
      3,
    ]);
    expect([answer.accepted, answer.refused]).toEqual([4, 3]);
    const again = await arena.post(BULK, STAFF, body);
    expect(again.body.results[0]).toEqual(answer.results[0]);
    expect(again.body.results[6]).toEqual(answer.results[6]);
  });

  it('hide nothing of the others when one of them breaks, and tell of it only that it did', async () => {
    const crowd = await arena.crowd(HUDSON, 2, { cash: '60.00' });
    // A profile nobody could have written.
    await arena.column(HUDSON, `UPDATE investors SET profile_version = 2 WHERE id = $1`, [
      crowd[0]?.id,
    ]);
    await arena.column(
      HUDSON,
      `INSERT INTO investor_profiles
         (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
       SELECT operator_id, investor_id, 2, facts || '{"means":{"annualIncome":
              {"amount":"1.00","currency":"EUR"},"netWorth":{"amount":"1.00","currency":"EUR"}}}',
              'arena', 'arena', recorded_at
       FROM investor_profiles WHERE investor_id = $1`,
      [crowd[0]?.id],
    );
    const { body } = await arena.post(BULK, STAFF, {
      orders: crowd.map(({ id }, i) => ({
        ...arena.body(offering, '50.00'),
        investorId: id,
        idempotencyKey: `broken ${i}`,
      })),
    });
    expect(body.results[0].problem).toMatchObject({ code: 'money.mixed-currencies' });
    expect(body.results[1].subscription.units).toBe('20');
    // An answer that can no longer be given: the subscription is older than the law.
    const { id, openedAt } = body.results[1].subscription;
    const backdate = (at: string) =>
      arena.column(HUDSON, 'UPDATE subscriptions SET opened_at = $2 WHERE id = $1', [id, at]);
    await backdate('2015-01-01T00:00:00Z');
    const order = { ...arena.body(offering, '50.00'), investorId: crowd[1]?.id };
    const again = await arena.post(BULK, STAFF, {
      orders: [{ ...order, idempotencyKey: 'broken 1' }],
    });
    expect([again.status, again.body.results[0].problem.code]).toEqual([200, 'internal']);
    await backdate(openedAt);
  });

  it('must not be more than a thousand', async () => {
    const one = { ...arena.body(offering, '50.00'), investorId: trader.id };
    const orders = Array.from({ length: 1001 }, (_, i) => ({ ...one, idempotencyKey: `${i}` }));
    const { status, body } = await arena.post(BULK, STAFF, { orders });
    expect([status, body.code]).toEqual([400, 'request.invalid']);
  });

  it('are of staff alone', async () => {
    const { status } = await arena.post(BULK, trader, { orders: [] });
    expect(status).toBe(403);
  });
});

describe('what an investor and staff may read', () => {
  it('is their own, or all of the operator, page by page', async () => {
    const reader = await arena.trader(HUDSON, { cash: '900.00' });
    const ids: string[] = [];
    for (const amount of ['10.00', '20.00', '30.00']) {
      const { body } = await arena.post(PATH, reader, arena.body(offering, amount));
      ids.unshift(body.id as string);
    }
    const first = await arena.get(`${PATH}?limit=2`, reader);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    const rest = await arena.get(`${PATH}?limit=2&after=${first.body.next}`, reader);
    expect(rest.body.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
    expect(rest.body.next).toBeUndefined();
    const found = await request(arena.url)
      .get(`${PATH}?investorId=${reader.id}&status=reflecting&offeringId=${offering}`)
      .set('Authorization', `Bearer ${arena.token(STAFF)}`);
    expect(found.body.items).toHaveLength(3);
    const fileless = { venue: HUDSON, roles: ['investor'] } as const;
    const nobody = await request(arena.url)
      .get(PATH)
      .set('Authorization', `Bearer ${arena.token(fileless)}`);
    expect([nobody.status, nobody.body.code]).toEqual([404, 'subscriptions.investor-not-found']);
  });

  it('stands by a subscription after a material change, once and in time', async () => {
    const own = await arena.post(PATH, trader, arena.body(offering, '50.00'));
    const by = new Date(arena.clock.now().getTime() + 1000);
    await arena.column(HUDSON, 'UPDATE subscriptions SET reconfirm_by = $2 WHERE id = $1', [
      own.body.id,
      by,
    ]);
    const first = await arena.post(`${PATH}/${own.body.id}/reconfirm`, trader, {});
    expect([first.status, first.body.status, first.body.reconfirmBy]).toEqual([
      200,
      'reflecting',
      undefined,
    ]);
    const late = await arena.post(PATH, trader, arena.body(offering, '50.00'));
    await arena.column(HUDSON, 'UPDATE subscriptions SET reconfirm_by = $2 WHERE id = $1', [
      late.body.id,
      arena.clock.now(),
    ]);
    const missed = await arena.post(`${PATH}/${late.body.id}/reconfirm`, trader, {});
    expect([missed.status, missed.body.code]).toEqual([409, 'subscriptions.nothing-to-reconfirm']);
    await arena.column(HUDSON, 'UPDATE subscriptions SET reconfirm_by = NULL WHERE id = $1', [
      late.body.id,
    ]);
  });

  it('finds no subscription of that id to take back', async () => {
    const id = `sub_${'0'.repeat(26)}` as const;
    await expect(
      arena.write(HUDSON, (tx) => arena.app.services.subscriptions.revoke(tx, id)),
    ).rejects.toMatchObject({ code: 'subscriptions.not-found' });
  });

  it('quotes nothing to who has no file', async () => {
    const fileless = { venue: HUDSON, roles: ['investor'] } as const;
    const answer = await arena.post(`${PATH}/quote`, fileless, arena.body(offering, '50.00'));
    expect([answer.status, answer.body.code]).toEqual([404, 'subscriptions.investor-not-found']);
  });

  it('says that there is nothing to reconfirm when nothing changed', async () => {
    const own = await arena.post(PATH, trader, arena.body(offering, '50.00'));
    const answer = await arena.post(`${PATH}/${own.body.id}/reconfirm`, trader, {});
    expect([answer.status, answer.body.code]).toEqual([409, 'subscriptions.nothing-to-reconfirm']);
  });
});

describe('more orders than can wait', () => {
  it('are told 503 and when to come back; nothing is lost and nothing half done', async () => {
    const crowd = await arena.crowd(LANZHOU, 60, { cash: '9000.00', means: '5000000.00' });
    const book = await arena.book(LANZHOU, { limit: '90000000.00' });
    const { desk } = arena.app.services;
    const keys = Array.from({ length: 600 }, () => randomUUID());
    const lanes = (desk as unknown as { lanes: { lane: { options: { waitingMax: number } } }[] })
      .lanes;
    const before = lanes.map(({ lane }) => lane.options.waitingMax);
    for (const { lane } of lanes) lane.options.waitingMax = 40;
    const send = (key: string, i: number) => {
      const who = crowd[i % crowd.length] as Trader;
      return arena.post(PATH, who, arena.body(book, '10.00', 'CNY'), key);
    };
    const bulk = arena.post(
      BULK,
      { venue: LANZHOU, roles: ['operations'] },
      {
        orders: keys.slice(0, 200).map((idempotencyKey, i) => ({
          ...arena.body(book, '10.00', 'CNY'),
          investorId: crowd[i % crowd.length]?.id,
          idempotencyKey,
        })),
      },
    );
    const [mixed, ...answers] = await Promise.all([bulk, ...keys.map(send)]);
    expect(mixed?.status).toBe(200);
    expect(mixed?.body.accepted).toBeGreaterThan(0);
    expect(mixed?.body.accepted + mixed?.body.refused).toBe(200);
    const accepted = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const { status, body, headers } of refused) {
      expect([status, body.code, headers['retry-after']]).toEqual([503, 'lane.overloaded', '1']);
    }
    for (const [i, { lane }] of lanes.entries()) lane.options.waitingMax = before[i] ?? 0;
    const retried = await Promise.all(keys.map(send));
    expect(retried.every(({ status }) => status === 201)).toBe(true);
    for (const [i, answer] of answers.entries()) {
      if (answer.status === 201) expect(retried[i]?.text).toBe(answer.text);
    }
    const [stored] = await arena.column(
      LANZHOU,
      'SELECT count(*) FROM subscriptions WHERE offering_id = $1',
      [book],
    );
    expect(Number(stored)).toBe(600 + Number(mixed?.body.accepted));
    expect(accepted.length + refused.length).toBe(600);
  });
});
