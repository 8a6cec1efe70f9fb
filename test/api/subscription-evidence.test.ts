import request from 'supertest';
import { Arena, HUDSON, type Trader } from '../support/arena';
import { bearer } from '../support/application';

let arena: Arena;

beforeAll(async () => {
  arena = await Arena.open();
});
afterAll(() => arena.end());

function asCompliance(path: string): request.Test {
  return request(arena.app.http)
    .get(path)
    .set(bearer(arena.app, ['compliance'], HUDSON.id));
}

async function quote(trader: Trader, body: object) {
  return arena.post('/v1/subscriptions/quote', trader, body);
}

describe('a quote', () => {
  it('tells shares, cost, residue and what is left of everything, and reserves nothing', async () => {
    const offering = await arena.book(HUDSON, { price: '3.00000', limit: '9000.00' });
    const trader = await arena.trader(HUDSON, { cash: '5000.00', means: '90000.00' });
    for (let again = 0; again < 2; again += 1) {
      const { status, body } = await quote(trader, arena.body(offering, '1000.00'));
      expect(status).toBe(200);
      expect(body).toMatchObject({
        units: '333',
        amount: { amount: '999.00', currency: 'USD' },
        residue: { amount: '1.00', currency: 'USD' },
        available: { amount: '5000.00', currency: 'USD' },
        room: { amount: '9000.00', currency: 'USD' },
        caps: [
          {
            rule: 'investor-limit',
            limit: { amount: '4500.00' },
            used: { amount: '0.00' },
            left: { amount: '4500.00' },
          },
        ],
      });
    }
  });

  it('answers with the refusal the order would meet', async () => {
    const offering = await arena.book(HUDSON, { limit: '9000.00' });
    const trader = await arena.trader(HUDSON, { cash: '5000.00' });
    const body = { ...arena.body(offering, '100.00'), acknowledged: {} };
    expect(await quote(trader, body)).toMatchObject({
      status: 403,
      body: { code: 'subscriptions.not-permitted' },
    });
  });

  it('does not know offerings that are not there', async () => {
    const trader = await arena.trader(HUDSON, { cash: '5000.00' });
    const body = arena.body('off_01AAAAAAAAAAAAAAAAAAAAAAAA', '100.00');
    expect(await quote(trader, body)).toMatchObject({
      status: 404,
      body: { code: 'subscriptions.offering-not-found' },
    });
  });
});

describe('the decision behind a subscription', () => {
  it('is taken again from what was stored, with the use of caps it saw', async () => {
    const offering = await arena.book(HUDSON, { limit: '9000.00' });
    const trader = await arena.trader(HUDSON, { cash: '5000.00', means: '90000.00' });
    await arena.subscribe(trader, offering, '4400.00');
    const { subscription } = await arena.subscribe(trader, offering, '100.00');
    const { status, body } = await asCompliance(`/v1/subscriptions/${subscription.id}/decision`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      allowed: true,
      findings: [],
      rulebook: { id: 'us-reg-cf' },
      facts: { amount: '100.00', usage: { 'investor-limit': '4400.00' } },
      offeringVersion: 1,
    });
  });

  it('is not there for a subscription that is not', async () => {
    const path = '/v1/subscriptions/sub_01AAAAAAAAAAAAAAAAAAAAAAAA/decision';
    expect(await asCompliance(path)).toMatchObject({
      status: 404,
      body: { code: 'subscriptions.not-found' },
    });
  });
});

describe('refusals', () => {
  it('are listed with their findings, newest first, by rule and page by page', async () => {
    const offering = await arena.book(HUDSON, { limit: '90000.00' });
    const trader = await arena.trader(HUDSON, { cash: '9000.00', means: '90000.00' });
    for (const amount of ['4501.00', '4502.00']) {
      await expect(arena.subscribe(trader, offering, amount)).rejects.toMatchObject({
        code: 'subscriptions.cap-exceeded',
      });
    }
    const first = await asCompliance('/v1/refusals?rule=investor-limit&limit=1');
    expect(first.body.items).toMatchObject([
      {
        investorId: trader.id,
        code: 'subscriptions.cap-exceeded',
        findings: [{ rule: 'investor-limit', citation: '17 CFR 227.100(a)(2)' }],
      },
    ]);
    const second = await asCompliance(
      `/v1/refusals?rule=investor-limit&limit=1&after=${first.body.next}`,
    );
    expect(second.body.items).toHaveLength(1);
    expect(second.body.items[0].refusalNo).not.toBe(first.body.items[0].refusalNo);
    const others = await asCompliance('/v1/refusals?rule=no-such-rule');
    expect(others.body.items).toEqual([]);
  });
});
