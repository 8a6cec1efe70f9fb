import { createHash } from 'node:crypto';
import request from 'supertest';
import { Money } from '../../src/kernel/money';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { offeringRoutes, termsJson } from '../../src/modules/offerings';
import { closingRoutes } from '../../src/modules/subscriptions';
import { someTerms } from '../support/builders/offering-terms';
import {
  ISSUER_USER,
  offeringWorld,
  US_OPERATOR,
  type OfferingWorld,
} from '../support/offering-world';
import { smallApp } from '../support/small-app';

let world: OfferingWorld;
let small: ReturnType<typeof smallApp>;
let serial = 0;

const usd = (amount: string) => Money.parse(amount, 'USD');

beforeAll(async () => {
  world = await offeringWorld();
  const deps = {
    offerings: world.offerings,
    lifecycle: world.lifecycle,
    viewing: world.viewing,
    listing: world.listing,
    operators: world.operators,
    isVerified: async () => false,
  };
  const routes = [...offeringRoutes(deps), ...closingRoutes(world)];
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function user(role: Role, digit = role.length): AuthenticatedUser {
  const id = `usr_01${String(digit).padStart(24, '0')}` as const;
  return { id, operatorId: US_OPERATOR, roles: [role] };
}

type Method = 'get' | 'post' | 'put' | 'delete';

function call(method: Method, path: string, who: AuthenticatedUser, body?: object) {
  serial += 1;
  const sent = request(small.app)
    [method](path)
    .set('Authorization', small.bearer(who))
    .set('Idempotency-Key', `key-${serial}`);
  return body === undefined ? sent : sent.send(body);
}

const issuer = () => ({ ...user('issuer'), id: ISSUER_USER });
const compliance = () => user('compliance');
const operations = () => user('operations');

/** Terms as a request has them. */
function terms(changes: object = {}) {
  return { ...termsJson(someTerms()), ...changes };
}

async function drafted(changes: object = {}): Promise<string> {
  const reply = await call('post', '/v1/offerings', issuer(), {
    issuerId: world.issuer.id,
    terms: terms(changes),
  });
  expect(reply.status).toBe(201);
  return reply.body.id;
}

async function withFormC(changes: object = {}): Promise<string> {
  const id = await drafted(changes);
  const reply = await call('post', `/v1/offerings/${id}/documents`, issuer(), formC());
  expect(reply.status).toBe(201);
  return id;
}

function formC(text = 'Form C of Lantern Robotics') {
  return {
    kind: 'form-c',
    title: 'Form C',
    contentType: 'text/plain',
    content: Buffer.from(text).toString('base64'),
  };
}

async function published(changes: object = {}): Promise<string> {
  const id = await withFormC(changes);
  await call('post', `/v1/offerings/${id}/submit`, issuer());
  await call('post', `/v1/offerings/${id}/approve`, compliance(), { note: 'Read.' });
  const reply = await call('post', `/v1/offerings/${id}/publish`, operations());
  expect(reply.status).toBe(200);
  return id;
}

describe('drafting', () => {
  test('answers with the terms, the policy of allocation and version 1', async () => {
    const id = await drafted();
    const reply = await call('get', `/v1/offerings/${id}`, issuer());
    expect(reply.body).toMatchObject({
      status: 'draft',
      version: 1,
      terms: {
        price: '2.50000',
        maximum: { amount: '250000.00', currency: 'USD' },
        allocation: { method: 'pro-rata', description: expect.stringContaining('same part') },
      },
    });
  });

  test('takes the maximum for the order limit when none is given', async () => {
    const { orderLimit: _, ...rest } = terms();
    const reply = await call('post', '/v1/offerings', issuer(), {
      issuerId: world.issuer.id,
      terms: rest,
    });
    expect(reply.body.terms.orderLimit).toEqual({ amount: '250000.00', currency: 'USD' });
  });

  test.each([
    { name: 'an unknown field', change: { surprise: 1 } },
    { name: 'too many digits', change: { target: { amount: '1.001', currency: 'USD' } } },
    { name: 'a number for money', change: { target: 1000 } },
    { name: 'an unknown method', change: { allocation: { method: 'lottery' } } },
    { name: 'an instant without an offset', change: { closesAt: '2025-05-01T16:00:00' } },
    { name: 'an unknown currency', change: { currency: 'XXX' } },
  ])('refuses $name', async ({ change }) => {
    const reply = await call('post', '/v1/offerings', issuer(), {
      issuerId: world.issuer.id,
      terms: terms(change),
    });
    expect(reply.status).toBe(400);
    expect(reply.body.code).toBe('request.invalid');
  });

  test('refuses another party, and hides the draft from it', async () => {
    const stranger = user('issuer', 77);
    const create = await call('post', '/v1/offerings', stranger, {
      issuerId: world.issuer.id,
      terms: terms(),
    });
    expect([create.status, create.body.code]).toEqual([403, 'offerings.not-owner']);
    const id = await drafted();
    for (const [method, path] of [
      ['get', ''],
      ['post', '/submit'],
      ['get', '/readiness'],
      ['get', '/allocation'],
    ] as const) {
      const reply = await call(method, `/v1/offerings/${id}${path}`, stranger);
      expect([path, reply.status, reply.body.code]).toEqual([path, 404, 'offerings.not-found']);
    }
  });

  test('refuses an edit by an old version', async () => {
    const id = await drafted();
    const edit = { basedOn: 1, terms: terms({ title: 'Lantern' }) };
    expect((await call('put', `/v1/offerings/${id}`, issuer(), edit)).status).toBe(200);
    const again = await call('put', `/v1/offerings/${id}`, issuer(), edit);
    expect([again.status, again.body.code]).toEqual([409, 'offerings.stale-version']);
  });

  test.each([
    { method: 'get', path: '/v1/offerings/off_01ZZZZZZZZZZZZZZZZZZZZZZZZ' },
    { method: 'get', path: '/v1/offerings/off_01ZZZZZZZZZZZZZZZZZZZZZZZZ/closing' },
    { method: 'post', path: '/v1/offerings/off_01ZZZZZZZZZZZZZZZZZZZZZZZZ/submit' },
  ] as const)('knows no offering at $method $path', async ({ method, path }) => {
    const reply = await call(method, path, { ...issuer(), roles: ['issuer', 'operations'] });
    expect([reply.status, reply.body.code]).toEqual([404, 'offerings.not-found']);
  });
});

describe('documents', () => {
  test('come back byte by byte, under the hash investors acknowledge', async () => {
    const id = await withFormC();
    const { body } = await call('get', `/v1/offerings/${id}`, issuer());
    const [document] = body.documents;
    const reply = await call('get', `/v1/offerings/${id}/documents/${document.id}`, issuer());
    expect(reply.status).toBe(200);
    expect(reply.headers['etag']).toBe(`"${document.sha256}"`);
    expect(reply.headers['content-disposition']).toMatch(/^attachment/);
    expect(createHash('sha256').update(reply.text).digest('hex')).toBe(document.sha256);
  });

  test.each([
    { name: 'more than 200 KiB', content: Buffer.alloc(205_000).toString('base64') },
    { name: 'what is not base64', content: '%%%%' },
  ])('refuse $name', async ({ content }) => {
    const id = await drafted();
    const upload = { ...formC(), content };
    const reply = await call('post', `/v1/offerings/${id}/documents`, issuer(), upload);
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });

  test('cannot be taken from a draft that has none of that id', async () => {
    const id = await drafted();
    const path = `/v1/offerings/${id}/documents/doc_01ZZZZZZZZZZZZZZZZZZZZZZZZ`;
    for (const method of ['get', 'delete'] as const) {
      const reply = await call(method, path, issuer());
      expect([reply.status, reply.body.code]).toEqual([404, 'offerings.document-not-found']);
    }
  });
});

describe('review and publication', () => {
  test('tell every reason at once, for programs and for people', async () => {
    const id = await drafted({ closesAt: '2025-03-10T00:00:00Z' });
    const readiness = await call('get', `/v1/offerings/${id}/readiness`, issuer());
    const codes = readiness.body.reasons.map((reason: { code: string }) => reason.code);
    expect(codes).toEqual(
      expect.arrayContaining(['document-missing', 'deadline-too-soon', 'form-c-filed']),
    );
    const reply = await call('post', `/v1/offerings/${id}/submit`, issuer());
    expect([reply.status, reply.body.code]).toEqual([422, 'offerings.not-ready']);
    expect(reply.body.findings.map((finding: { rule: string }) => finding.rule)).toEqual(codes);
  });

  test('refuse each step out of turn', async () => {
    const id = await withFormC();
    const steps = [
      { path: 'approve', who: compliance(), body: { note: 'x' }, code: 'offerings.wrong-status' },
      { path: 'reject', who: compliance(), body: { note: 'x' }, code: 'offerings.wrong-status' },
      { path: 'publish', who: operations(), body: undefined, code: 'offerings.wrong-status' },
      { path: 'settle', who: operations(), body: {}, code: 'subscriptions.not-ready-to-settle' },
    ];
    for (const { path, who, body, code } of steps) {
      const reply = await call('post', `/v1/offerings/${id}/${path}`, who, body);
      expect([path, reply.status, reply.body.code]).toEqual([path, 409, code]);
    }
  });

  test('refuse the approval of whoever submitted', async () => {
    const id = await withFormC();
    const both: AuthenticatedUser = { ...issuer(), roles: ['issuer', 'compliance'] };
    await call('post', `/v1/offerings/${id}/submit`, both);
    const reply = await call('post', `/v1/offerings/${id}/approve`, both, { note: 'Mine.' });
    expect([reply.status, reply.body.code]).toEqual([403, 'offerings.four-eyes']);
    const early = await call('post', `/v1/offerings/${id}/publish`, operations());
    expect([early.status, early.body.code]).toEqual([409, 'offerings.not-approved']);
  });

  test.each([
    { path: 'approve', role: 'issuer' as const },
    { path: 'publish', role: 'issuer' as const },
    { path: 'settle', role: 'issuer' as const },
    { path: 'material-change', role: 'issuer' as const },
    { path: 'submit', role: 'investor' as const },
    { path: 'withdraw', role: 'investor' as const },
  ])('keep $path from an $role', async ({ path, role }) => {
    const reply = await call(
      'post',
      `/v1/offerings/off_01ZZZZZZZZZZZZZZZZZZZZZZZZ/${path}`,
      user(role),
      {},
    );
    expect(reply.status).toBe(403);
  });

  test('show a live offering with its progress to everybody, a draft to nobody', async () => {
    const id = await published();
    const hidden = await drafted();
    const list = await request(small.app).get('/v1/offerings?operator=us-reg-cf');
    expect(list.status).toBe(200);
    const ids = list.body.items.map((item: { id: string }) => item.id);
    expect(ids).toContain(id);
    expect(ids).not.toContain(hidden);
    const one = await request(small.app).get(`/v1/operators/us-reg-cf/offerings/${id}`);
    expect(one.body.progress).toMatchObject({ isOpen: true, orders: 0, isTargetReached: false });
    const none = await request(small.app).get(`/v1/operators/us-reg-cf/offerings/${hidden}`);
    expect([none.status, none.body.code]).toEqual([404, 'offerings.not-found']);
    const nowhere = await request(small.app).get('/v1/offerings?operator=nobody');
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'identity.operator-not-found']);
  });

  test('page through the list', async () => {
    const first = await request(small.app).get('/v1/offerings?operator=us-reg-cf&limit=1');
    expect(first.body.items).toHaveLength(1);
    if (first.body.next === undefined) return;
    const after = `&after=${first.body.next}`;
    const second = await request(small.app).get(`/v1/offerings?operator=us-reg-cf&limit=1${after}`);
    expect(second.body.items[0]?.id).not.toBe(first.body.items[0].id);
  });
});

describe('changes of a live offering', () => {
  test('refuse frozen terms, no change, and conditions of an early close', async () => {
    const id = await published();
    const change = (changes: object) =>
      call('post', `/v1/offerings/${id}/material-change`, operations(), {
        basedOn: 2,
        terms: terms(changes),
        reason: 'News',
      });
    const cases = [
      { reply: await change({ price: '3.00000' }), status: 422, code: 'offerings.frozen-term' },
      { reply: await change({}), status: 422, code: 'offerings.no-change' },
      {
        reply: await change({ closesAt: '2025-04-01T00:00:00Z' }),
        status: 422,
        code: 'offerings.not-ready',
      },
      {
        reply: await call('post', `/v1/offerings/${id}/early-close`, operations(), {
          closesAt: '2025-04-15T00:00:00Z',
          reason: 'Enough',
        }),
        status: 422,
        code: 'offerings.not-ready',
      },
    ];
    for (const { reply, status, code } of cases) {
      expect([reply.status, reply.body.code]).toEqual([status, code]);
    }
    const fine = await change({ summary: 'Another plan.' });
    expect([fine.status, fine.body.version]).toEqual([200, 3]);
    const history = await call('get', `/v1/offerings/${id}/history`, issuer());
    expect(history.body.changes).toEqual([
      expect.objectContaining({ version: 3, kind: 'material', fields: ['summary'] }),
    ]);
    const stale = await change({ summary: 'Yet another.' });
    expect([stale.status, stale.body.code]).toEqual([409, 'offerings.stale-version']);
  });

  test('repeat a withdrawal by its key without doing it twice', async () => {
    const id = await published();
    const send = () =>
      request(small.app)
        .post(`/v1/offerings/${id}/withdraw`)
        .set('Authorization', small.bearer(issuer()))
        .set('Idempotency-Key', 'withdraw-once')
        .send({ reason: 'The founders parted' });
    const first = await send();
    const second = await send();
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    const again = await call('post', `/v1/offerings/${id}/withdraw`, issuer(), { reason: 'x' });
    expect([again.status, again.body.code]).toEqual([409, 'offerings.wrong-status']);
  });
});

describe('allocation and settlement', () => {
  const round = {
    target: usd('1000.00').toWire(),
    maximum: usd('2000.00').toWire(),
    orderLimit: usd('4000.00').toWire(),
    minimumTicket: usd('50.00').toWire(),
  };

  test('preview every method before the close: totals for the issuer, orders for staff', async () => {
    const id = (await published(round)) as `off_${string}`;
    const a = await world.investor('5000.00');
    const b = await world.investor('5000.00');
    await world.subscribe(a, id, '1500.00');
    await world.subscribe(b, id, '1500.00');
    const forIssuer = await call('get', `/v1/offerings/${id}/allocation`, issuer());
    expect(forIssuer.body).toMatchObject({
      method: 'pro-rata',
      isOversubscribed: true,
      orders: 2,
      methods: [
        { method: 'first-come', units: '800', servedInFull: 1, scaledBack: 1, unserved: 0 },
        { method: 'pro-rata', units: '800', servedInFull: 0, scaledBack: 2, unserved: 0 },
      ],
    });
    expect(forIssuer.body.allotments).toBeUndefined();
    const path = `/v1/offerings/${id}/allocation?method=first-come&limit=1`;
    const forStaff = await call('get', path, operations());
    expect(forStaff.body.allotments).toEqual({
      items: [expect.objectContaining({ orderNo: '1', ordered: '600', allocated: '600' })],
      next: '1',
    });
    const rest = await call('get', `${path}&after=1`, operations());
    expect(rest.body.allotments.items).toEqual([expect.objectContaining({ allocated: '200' })]);

    const early = await call('post', `/v1/offerings/${id}/settle`, operations(), {});
    expect([early.status, early.body.code]).toEqual([409, 'subscriptions.not-ready-to-settle']);
    const none = await call('get', `/v1/offerings/${id}/closing`, issuer());
    expect([none.status, none.body.code]).toEqual([404, 'subscriptions.closing-not-found']);
  });

  test('settle once; then say what was raised and for what fee', async () => {
    const id = (await published(round)) as `off_${string}`;
    const a = await world.investor('5000.00');
    const { id: sub } = await world.subscribe(a, id, '1500.00');
    await world.close(id);
    // Tokens and offerings keep different clocks here; only the offering's was moved.
    const by = { allocations: [{ subscriptionId: sub, units: '600' }] };
    const given = await call('post', `/v1/offerings/${id}/settle`, operations(), by);
    expect([given.status, given.body.code]).toEqual([422, 'subscriptions.allocation-not-wanted']);
    const settled = await call('post', `/v1/offerings/${id}/settle`, operations(), {});
    expect(settled.status).toBe(200);
    expect(settled.body).toMatchObject({
      outcome: 'settled',
      raised: { amount: '1500.00', currency: 'USD' },
      fee: { amount: '75.00', currency: 'USD' },
      units: '600',
    });
    const again = await call('post', `/v1/offerings/${id}/settle`, operations(), {});
    expect([again.status, again.body.code]).toEqual([409, 'subscriptions.not-ready-to-settle']);
    const closing = await call('get', `/v1/offerings/${id}/closing`, issuer());
    expect(closing.body).toEqual(settled.body);
  });

  test.each([
    { name: 'a negative number of shares', units: '-1' },
    { name: 'a fraction of a share', units: '1.5' },
    { name: 'a number instead of a text', units: 1 },
  ])('refuse $name', async ({ units }) => {
    const reply = await call(
      'post',
      `/v1/offerings/off_01ZZZZZZZZZZZZZZZZZZZZZZZZ/settle`,
      operations(),
      {
        allocations: [{ subscriptionId: 'sub_01ZZZZZZZZZZZZZZZZZZZZZZZZ', units }],
      },
    );
    expect(reply.status).toBe(400);
  });
});
