import { createHash, randomUUID } from 'node:crypto';
import type { Id } from '../../src/kernel/id';
import { Arena, HUDSON, PLEISSE, type Trader } from '../support/arena';

let arena: Arena;
const OFFICER = { venue: PLEISSE, roles: ['compliance'] as const };

beforeAll(async () => {
  arena = await Arena.open();
});

afterAll(async () => {
  await arena.end();
});

afterEach(async () => {
  expect(await arena.broken()).toEqual([]);
});

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const TERMS = {
  budget: eur('5000.00'),
  ticket: eur('50.00'),
  grades: ['A', 'B', 'C'],
  leastTermMonths: 6,
  mostTermMonths: 36,
  minimumRate: '0.05',
};
const KEY_HEADER = 'Idempotency-Key';
const CONFIRMED = ['riskWarning', 'lossOfAll', 'understanding', 'consentAboveThreshold'];
const LOAN = { grade: 'B', rate: '0.09', termMonths: 12 };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function lender(cash = '1000.00'): Promise<Trader> {
  return arena.trader(PLEISSE, { cash, means: '900000.00' });
}

async function draft(who: Trader, terms: object = TERMS) {
  return arena.post('/v1/mandates', who, terms);
}

async function signed(who: Trader, terms: object = TERMS) {
  const { body } = await draft(who, terms);
  const signature = { textSha256: sha256(body.text.en), acknowledged: CONFIRMED };
  const reply = await arena.post(`/v1/mandates/${body.id}/sign`, who, signature);
  expect([reply.status, reply.body.code]).toEqual([200, undefined]);
  return reply.body;
}

async function window(): Promise<Id<'win'>> {
  const { services, platform } = arena.app;
  const scope = { operatorId: PLEISSE.id, actor: { kind: 'system', id: 'test' } } as const;
  arena.clock.advance(1000);
  await platform.database.write(scope, (tx) =>
    services.windows.open(tx, { currency: 'EUR', dueAt: arena.clock.now() }),
  );
  await services.windows.run(PLEISSE.id);
  const reply = await arena.get('/v1/matching/windows?limit=1', OFFICER);
  return reply.body.items[0].id;
}

describe('a mandate over HTTP', () => {
  it('is drafted with its text in both languages, signed, paused, resumed and revoked', async () => {
    const who = await lender();
    const drafted = await draft(who);
    expect(drafted.status).toBe(201);
    expect(drafted.body).toMatchObject({ status: 'draft', signedVersion: 0, latestVersion: 1 });
    expect(drafted.body.text.en).toContain('no more than 5000.00 EUR at one time');
    expect(drafted.body.text.zh).toContain('5000.00 EUR');
    const at = (step: string, body: object = {}) =>
      arena.post(`/v1/mandates/${drafted.body.id}/${step}`, who, body);
    const sign = await at('sign', { textSha256: sha256(drafted.body.text.zh) });
    expect(sign.body).toMatchObject({ status: 'active', signedVersion: 1 });
    expect((await at('pause')).body.status).toBe('paused');
    expect((await at('resume')).body.status).toBe('active');
    expect((await at('revoke')).body.status).toBe('revoked');
    const late = await at('resume');
    expect([late.status, late.body.code]).toEqual([409, 'matching.mandate-status']);
  });

  it('is drafted once for one Idempotency-Key, and without one as it always was', async () => {
    const who = await lender();
    const key = randomUUID();
    const first = await arena.post('/v1/mandates', who, TERMS, key);
    const again = await arena.post('/v1/mandates', who, TERMS, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const changed = await arena.post('/v1/mandates', who, { ...TERMS, grades: ['A'] }, key);
    expect([changed.status, changed.body.code]).toEqual([422, 'idempotency.key-reused']);
    const unkeyed = await arena.post('/v1/mandates', await lender(), TERMS).unset(KEY_HEADER);
    expect(unkeyed.status).toBe(201);
  });

  it('is previewed so often a minute, and no more', async () => {
    const who = await lender();
    const statuses: number[] = [];
    for (let times = 0; times < 11; times += 1) {
      statuses.push((await arena.post('/v1/mandates/preview', who, TERMS)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
  });

  it('does not exist for another lender', async () => {
    const { id } = await signed(await lender());
    const stranger = await lender();
    for (const reply of [
      await arena.get(`/v1/mandates/${id}`, stranger),
      await arena.post(`/v1/mandates/${id}/revoke`, stranger, {}),
    ]) {
      expect([reply.status, reply.body.code]).toEqual([404, 'matching.mandate-not-found']);
    }
    const list = await arena.get('/v1/mandates', stranger);
    expect(list.body.items).toEqual([]);
    const staff = await arena.get(`/v1/mandates/${id}`, OFFICER);
    expect(staff.status).toBe(200);
    const abroad = await arena.get(`/v1/mandates/${id}`, { venue: HUDSON, roles: ['compliance'] });
    expect(abroad.status).toBe(404);
  });

  it.each([
    { name: 'without grades', terms: { grades: [] }, code: 'request.invalid' },
    { name: 'with an unknown field', terms: { colour: 'red' }, code: 'request.invalid' },
    { name: 'with a budget of nothing', terms: { budget: eur('0.00') }, code: 'request.invalid' },
    {
      name: 'with amounts of two currencies',
      terms: { ticket: { amount: '50.00', currency: 'USD' } },
      code: 'matching.mandate-faults',
    },
    {
      name: 'that ended before it began',
      terms: { expiresAt: '2020-01-01T00:00:00Z' },
      code: 'matching.mandate-faults',
    },
  ])('is refused $name', async ({ terms, code }) => {
    const reply = await draft(await lender(), { ...TERMS, ...terms });
    expect([reply.status, reply.body.code]).toEqual([400, code]);
  });

  it('that sets too few of the parameters the law lists is not signed', async () => {
    const who = await lender();
    const { leastTermMonths: _least, mostTermMonths: _most, ...rest } = TERMS;
    const { body } = await draft(who, { ...rest, minimumRate: '0' });
    const signature = { textSha256: sha256(body.text.en), acknowledged: CONFIRMED };
    const reply = await arena.post(`/v1/mandates/${body.id}/sign`, who, signature);
    expect([reply.status, reply.body.code]).toEqual([422, 'matching.mandate-not-permitted']);
    expect(reply.body.findings[0].citation).toContain('6');
  });
});

describe('a window over HTTP', () => {
  it('tells every lender and every loan what came of it, and can be computed again', async () => {
    // A grade that no other lender of these tests wants.
    const loan = { ...LOAN, grade: 'D' };
    const offering = await arena.book(PLEISSE, { limit: '600.00', loan });
    const [ada, ben] = [await lender(), await lender()];
    const mandate = await signed(ada, { ...TERMS, grades: ['D'] });
    await signed(ben, { ...TERMS, grades: ['A'] });
    const id = await window();
    const read = (path: string, who: Parameters<typeof arena.get>[1] = ada) =>
      arena.get(`/v1/matching/windows/${id}${path}`, who).then(({ body }) => body);
    expect(await read('')).toMatchObject({
      status: 'published',
      matched: eur('600.00'),
      placed: eur('600.00'),
    });
    expect((await read('/mandates')).items).toMatchObject([
      { mandateId: mandate.id, reason: 'deployed-partly', matched: eur('600.00') },
    ]);
    expect((await read('/mandates', ben)).items).toMatchObject([
      { reason: 'no-loan-wanted', text: { en: expect.stringMatching(/wants none/) } },
    ]);
    expect((await read('/mandates', OFFICER)).items.length).toBeGreaterThanOrEqual(2);
    expect((await read('/loans')).items).toMatchObject([
      { offeringId: offering, reason: 'funded' },
    ]);
    const [position] = (await read('/positions')).items;
    expect(position).toMatchObject({ status: 'placed', amount: eur('600.00') });
    expect((await read('/positions', ben)).items).toEqual([]);
    expect(await read(`/why/${mandate.id}/${offering}`)).toMatchObject({ reason: 'matched' });
    const why = `/v1/matching/windows/${id}/why/${mandate.id}/${offering}`;
    const asked = await Promise.all(Array.from({ length: 30 }, () => arena.get(why, ada)));
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(await read('/replay', OFFICER)).toMatchObject({ isSame: true, isInputIntact: true });
    const own = await arena.get(`/v1/subscriptions/${position.subscriptionId}`, ada);
    expect(own.body).toMatchObject({ amount: eur('600.00') });
  });

  it('is paged by the key of its lines', async () => {
    await arena.book(PLEISSE, { limit: '600.00', loan: LOAN });
    for (let count = 0; count < 3; count += 1) await signed(await lender());
    const id = await window();
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { body } = await arena.get(
        `/v1/matching/windows/${id}/mandates?limit=2${after}`,
        OFFICER,
      );
      seen.push(...body.items.map(({ mandateId }: { mandateId: string }) => mandateId));
      if (body.next === undefined) break;
      after = `&after=${body.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  it('previews what a draft would have got in the windows of the past', async () => {
    await arena.book(PLEISSE, { limit: '900.00', loan: LOAN });
    await signed(await lender());
    await window();
    const reply = await arena.post('/v1/mandates/preview', await lender(), TERMS);
    expect(reply.status).toBe(200);
    expect(reply.body.windows).toBeGreaterThan(0);
    expect(reply.body.grades[0]).toMatchObject({ grade: 'B' });
    expect(Number(reply.body.averageRate)).toBe(0.09);
  });
});
