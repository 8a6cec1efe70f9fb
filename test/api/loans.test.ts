import request from 'supertest';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { offeringRoutes } from '../../src/modules/offerings';
import { evidenceRoutes, type DecisionReplay } from '../../src/modules/subscriptions';
import { loanWorld, MANDATE_SIGNED, type LoanWorld } from '../support/loan-world';
import { IN_OPERATOR } from '../support/offering-world';
import { smallApp } from '../support/small-app';

let world: LoanWorld;
let small: ReturnType<typeof smallApp>;
let lender: `inv_${string}`;

beforeAll(async () => {
  world = await loanWorld();
  lender = await world.investor('60000.00', 'uncertified');
  const { offerings, lifecycle, viewing, listing, operators, quotes } = world;
  const deps = { offerings, lifecycle, viewing, listing, operators, quotes };
  const routes = [
    ...offeringRoutes({ ...deps, isVerified: async () => true }),
    ...evidenceRoutes({
      ...deps,
      replays: {} as DecisionReplay,
      investorOf: async () => lender,
    }),
  ];
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function as(role: Role): AuthenticatedUser {
  const id = `usr_01${String(role.length).padStart(24, '0')}` as const;
  return { id, operatorId: IN_OPERATOR, roles: [role] };
}

function call(method: 'get' | 'post' | 'put', path: string, role: Role) {
  return request(small.app)
    [method](path)
    .set('Authorization', small.bearer(as(role)))
    .set('Idempotency-Key', `${method}:${path}:${role}`);
}

describe('who reviews loans', () => {
  const path = '/v1/offering-review-policy';

  it('is a person, until compliance says that credit decisions do', async () => {
    expect((await call('get', path, 'regulator').expect(200)).body).toEqual({
      reviewedBy: 'person',
    });
    const policy = { reviewedBy: 'credit-decision', note: 'Decisions are explained' };
    await call('put', path, 'operations').send(policy).expect(403);
    const { body } = await call('put', path, 'compliance').send(policy).expect(200);
    expect(body).toMatchObject({ ...policy, setBy: as('compliance').id });
    expect((await call('get', path, 'operations').expect(200)).body).toEqual(body);
  });
});

describe('a loan on the catalogue', () => {
  it('shows rate, term, grade and what a lender may expect', async () => {
    await world.trustDecisions();
    const { id } = await world.list(world.vetted());
    const { body } = await call('get', `/v1/offerings/${id}`, 'investor').expect(200);
    expect(body).toMatchObject({
      kind: 'loan',
      status: 'live',
      terms: {
        price: '100.00000',
        instrument: {
          kind: 'loan-note',
          rate: '0.145',
          rateMode: 'fixed',
          termMonths: 24,
          repayment: 'annuity',
          grade: 'C',
          expectedReturn: '0.11752',
        },
      },
    });
    const order = {
      offeringId: id,
      amount: { amount: '12550.00', currency: 'INR' },
      documents: body.documents.map(({ sha256 }: { sha256: string }) => sha256),
      acknowledged: MANDATE_SIGNED,
    };
    const quote = await call('post', '/v1/subscriptions/quote', 'investor').send(order).expect(200);
    expect(quote.body).toMatchObject({
      units: '125',
      amount: { amount: '12500.00' },
      residue: { amount: '50.00' },
      loan: { rate: '0.145', expectedReturn: '0.11752', share: '0.125' },
    });
  });

  it('is drafted by the same request as every offering, and refused terms of another kind', async () => {
    const { borrowerId, note } = world.vetted();
    const { rate: nominal, apr, expectedLossRate, ...rest } = note;
    const inr = (amount: string) => ({ amount, currency: 'INR' });
    const terms = {
      title: 'A loan',
      summary: 'By hand',
      instrument: {
        ...rest,
        rate: nominal.toString(),
        apr: apr.toString(),
        expectedLossRate: expectedLossRate.toString(),
      },
      currency: 'INR',
      price: '100',
      target: inr('60000.00'),
      maximum: inr('100000.00'),
      minimumTicket: inr('500.00'),
      allocation: { method: 'first-come' },
      closesAt: '2025-03-24T16:00:00Z',
      feeRate: '0.02',
      isAllOrNothing: true,
    };
    const draft = { issuerId: borrowerId, kind: 'loan', terms };
    const { body } = await call('post', '/v1/offerings', 'operations').send(draft).expect(201);
    expect(body.terms.instrument).toMatchObject({ decisionId: note.decisionId, rate: '0.145' });
    await call('post', '/v1/offerings', 'admin')
      .send({ ...draft, kind: 'equity' })
      .expect(422);
  });
});
