import request from 'supertest';
import { PRACTICES, Rulebooks, rulebookRoutes } from '../../../src/modules/rulebooks';
import { ManualClock } from '../../../src/kernel/clock';
import { smallApp } from '../../support/small-app';

const rulebooks = Rulebooks.load('compliance/rulebooks');
const clock = new ManualClock('2025-03-10T09:00:00Z');
const { app } = smallApp(rulebookRoutes({ clock, rulebooks }));
const get = (path: string) => request(app).get(path);
const limit = (body: object) => request(app).post('/v1/calculators/investment-limit').send(body);

describe('browsing rulebooks', () => {
  it('lists them in pages', async () => {
    const first = await get('/v1/rulebooks?limit=5');
    expect(first.status).toBe(200);
    expect(first.body.items.map((each: { id: string }) => each.id)).toEqual([
      'cn-equity-private',
      'cn-p2p',
      'eu-ecspr',
      'in-p2p',
      'uk-fca',
    ]);
    const second = await get(`/v1/rulebooks?after=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ id: 'us-reg-cf', mayGoLive: false }] });
    expect(second.body.next).toBeUndefined();
    expect((await get('/v1/rulebooks?after=nowhere')).body.items).toEqual([]);
  });

  it('shows one with its versions and what keeps it from live money', async () => {
    const { status, body } = await get('/v1/rulebooks/us-reg-cf');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      contentHash: rulebooks.get('us-reg-cf').contentHash,
      versions: ['2016-05-16', '2017-04-12', '2021-03-15', '2022-09-20'],
      mayGoLive: false,
      inForce: { from: '2016-05-16' },
    });
    expect(body.beforeGoingLive[0]).toMatchObject({ citation: '17 CFR 227.404' });
  });

  it('answers 404 for one there is not, and 400 for what is no id', async () => {
    const unknown = await get('/v1/rulebooks/us-reg-x');
    expect(unknown.status).toBe(404);
    expect(unknown.body.code).toBe('rulebooks.unknown-rulebook');
    expect((await get('/v1/rulebooks/US')).status).toBe(400);
  });

  it.each([
    { at: '2022-09-19', value: '2200.00', citation: '82 FR 17552' },
    { at: '2022-09-20', value: '2500.00', citation: '87 FR 57398' },
  ])('shows parameters with their dates, and the value on $at', async ({ at, value, citation }) => {
    const { body } = await get(`/v1/rulebooks/us-reg-cf/parameters?limit=100&at=${at}`);
    const floor = body.items.find((each: { id: string }) => each.id === 'investor-limit.floor');
    expect(floor.values).toHaveLength(3);
    expect(floor.inForce).toMatchObject({ value, citation });
  });

  it('shows no value before there was one, and none without a day', async () => {
    const early = await get('/v1/rulebooks/us-reg-cf/parameters?at=2016-05-15');
    const undated = await get('/v1/rulebooks/us-reg-cf/parameters');
    for (const { body } of [early, undated]) expect(body.items[0].inForce).toBeUndefined();
  });

  it('shows rules with their definition, also of one kind only', async () => {
    const { body } = await get('/v1/rulebooks/us-reg-cf/rules?kind=flow-cap');
    expect(body.items.map((each: { id: string }) => each.id)).toEqual([
      'investor-limit',
      'issuer-cap',
    ]);
    expect(body.items[1]).toMatchObject({
      citation: '17 CFR 227.100(a)(1)',
      definition: { per: 'issuer', limit: { parameter: 'issuer-cap.amount' } },
    });
    expect((await get('/v1/rulebooks/us-reg-cf/rules')).body.items).toHaveLength(25);
  });

  it('pages through every worked case once', async () => {
    const names: string[] = [];
    let after = '';
    do {
      const { body } = await get(`/v1/rulebooks/eu-ecspr/cases?limit=40${after}`);
      names.push(...body.items.map((each: { name: string }) => each.name));
      after = body.next ? `&after=${body.next}` : '';
    } while (after !== '');
    expect(names).toEqual(rulebooks.get('eu-ecspr').cases.map(({ name }) => name));
  });

  it('shows a case with its question, all its facts and its answer', async () => {
    const { body } = await get('/v1/rulebooks/us-reg-cf/cases?limit=1');
    expect(body.items[0]).toMatchObject({
      question: { action: 'subscribe' },
      facts: { amount: '100.00', investor: { tier: 'non-accredited' } },
      expect: { allowed: false, findings: ['in-force'] },
    });
  });
});

describe('what a rulebook answers on a day', () => {
  it('lists every practice, with the clause and what it depends on', async () => {
    const { status, body } = await get('/v1/rulebooks/in-p2p/practices?at=2024-08-16&limit=50');
    expect(status).toBe(200);
    expect(body.items.map((each: { practice: string }) => each.practice)).toEqual(PRACTICES);
    expect(body.items).toContainEqual({
      practice: 'automatic-lending',
      answer: 'forbidden',
      citation: 'paragraph 8(3)',
      note: expect.stringContaining('approves each borrower'),
      effectiveFrom: '2024-08-16',
    });
    expect(body.items).toContainEqual({
      practice: 'up-front-deduction',
      answer: 'allowed',
      effectiveFrom: '2024-08-16',
    });
  });

  it.each([
    { at: '2020-08-19', most: '0.36', enforceable: '0.24' },
    { at: '2020-08-20', most: '0.154', enforceable: '0.154' },
  ])('shows the ceiling on the cost of a loan on $at', async ({ at, ...rates }) => {
    const { body } = await get(`/v1/rulebooks/cn-p2p/cost-ceiling?at=${at}`);
    expect(body).toMatchObject({ isLimited: true, ...rates });
  });

  it('says that there is no ceiling, and today that there is no law', async () => {
    expect((await get('/v1/rulebooks/uk-fca/cost-ceiling')).body).toEqual({ isLimited: false });
    expect((await get('/v1/rulebooks/cn-p2p/cost-ceiling')).status).toBe(422);
    expect((await get('/v1/rulebooks/cn-p2p/practices')).status).toBe(422);
  });
});

describe('the investment-limit calculator', () => {
  const means = {
    annualIncome: { amount: '80000.00', currency: 'USD' },
    netWorth: { amount: '60000.00', currency: 'USD' },
  };
  const question = { rulebookId: 'us-reg-cf', tier: 'non-accredited', means };

  it.each([
    { at: '2016-05-16', limit: '3000.00', effectiveFrom: '2016-05-16' },
    { at: '2021-03-14', limit: '3000.00', effectiveFrom: '2017-04-12' },
    { at: '2021-03-15', limit: '4000.00', effectiveFrom: '2021-03-15' },
    { at: undefined, limit: '4000.00', effectiveFrom: '2022-09-20' },
  ])('on $at answers $limit', async ({ at, limit: amount, effectiveFrom }) => {
    const { status, body } = await limit({ ...question, at });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      effectiveFrom,
      isUnlimited: false,
      limit: { amount, currency: 'USD' },
      left: { amount, currency: 'USD' },
      windowMonths: 12,
    });
    expect(body.steps.at(-1).words).toContain(`is ${amount} USD`);
  });

  it.each([
    { certified: '5000000.00', limit: '5000000.00', left: '4400000.00' },
    { certified: '4999999.99', limit: '1000000.00', left: '400000.00' },
  ])('with a certified $certified leaves $left of what may be lent', async (each) => {
    const rupees = (amount: string) => ({ amount, currency: 'INR' });
    const { body } = await limit({
      rulebookId: 'in-p2p',
      tier: 'uncertified',
      means: { certifiedNetWorth: rupees(each.certified) },
      declaredElsewhere: rupees('600000.00'),
    });
    expect(body).toMatchObject({ limit: { amount: each.limit }, left: { amount: each.left } });
    expect(body.windowMonths).toBeUndefined();
  });

  it('answers that there is no limit', async () => {
    const { body } = await limit({ ...question, tier: 'accredited' });
    expect(body).toMatchObject({ isUnlimited: true });
    expect(body.limit).toBeUndefined();
  });

  it('answers with thresholds that are no limits', async () => {
    const eur = { netWorth: { amount: '80000.00', currency: 'EUR' } };
    const body = { rulebookId: 'eu-ecspr', tier: 'non-sophisticated', means: eur };
    const answer = await limit(body);
    expect(answer.body).toMatchObject({
      isUnlimited: true,
      thresholds: [{ above: { amount: '4000.00', currency: 'EUR' } }],
    });
  });

  it.each([
    {
      name: 'an unknown rulebook',
      more: { rulebookId: 'x' },
      status: 404,
      code: 'rulebooks.unknown-rulebook',
    },
    {
      name: 'an unknown tier',
      more: { tier: 'retail' },
      status: 400,
      code: 'rulebooks.unknown-tier',
    },
    {
      name: 'a day before the law',
      more: { at: '2016-05-15' },
      status: 422,
      code: 'rulebooks.not-in-force',
    },
    {
      name: 'another currency',
      more: {
        means: {
          netWorth: { amount: '1.00', currency: 'EUR' },
          annualIncome: { amount: '1.00', currency: 'EUR' },
        },
      },
      status: 400,
      code: 'money.mixed-currencies',
    },
  ])('refuses $name with $code', async ({ more, status, code }) => {
    const answer = await limit({ ...question, ...more });
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
  });

  it('refuses negative means and unknown fields', async () => {
    const negative = { netWorth: { amount: '-1.00', currency: 'USD' } };
    expect((await limit({ ...question, means: negative })).status).toBe(400);
    expect((await limit({ ...question, colour: 'red' })).status).toBe(400);
  });
});
