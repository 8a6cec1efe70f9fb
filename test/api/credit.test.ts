import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import { creditRoutes } from '../../src/modules/credit';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import {
  creditRequest,
  creditWorld,
  OPERATOR,
  OTHER_OPERATOR,
  type CreditWorld,
} from '../support/credit-world';
import { smallApp } from '../support/small-app';

let world: CreditWorld;
let api: ReturnType<typeof smallApp>;
let approved: Id<'cdn'>;
let declined: Id<'cdn'>;

const ADA = 'usr_01JTVST7XAES5BXHWZN4KR4VEZ';
const BO = 'usr_01JTVST7XAES5BXHWZN4KR4VF0';

function a(role: Role, { id = ADA, operatorId = OPERATOR } = {}): AuthenticatedUser {
  return { id: id as Id<'usr'>, operatorId, roles: [role] };
}

beforeAll(async () => {
  world = await creditWorld();
  api = smallApp(creditRoutes(world), {
    database: world.test.database,
    strictReplies: true,
  });
  const poor = { annualIncome: 12_000, homeOwnership: 'RENT' };
  const both = await world.write((tx) =>
    world.credit.decideAll(tx, [creditRequest(), creditRequest({ applicant: poor })]),
  );
  [approved, declined] = both.map(({ recorded }) => recorded.id) as [Id<'cdn'>, Id<'cdn'>];
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

function get(path: string, user = a('compliance')): request.Test {
  return request(api.app).get(`/v1/credit/${path}`).set('Authorization', api.bearer(user));
}

function post(path: string, body: object, user = a('compliance')): request.Test {
  return request(api.app)
    .post(`/v1/credit/${path}`)
    .set('Authorization', api.bearer(user))
    .send(body);
}

describe('decisions', () => {
  it('are shown with score, grade, price and reasons', async () => {
    const { body } = await get(`decisions/${approved}`).expect(200);
    expect(body).toMatchObject({
      id: approved,
      outcome: 'approve',
      decision: 'approve',
      points: 620,
      grade: 'A',
      principal: { amount: '10000.00', currency: 'EUR' },
      inputs: { applicant: { annualIncome: 75_000 } },
      overrides: [],
      findings: [],
    });
    const parts = Object.values(body.parts as Record<string, string>).map(Number);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(Number(body.rate), 12);
  });

  it('are listed newest first, page by page, by outcome and subject', async () => {
    const first = await get('decisions?limit=1').expect(200);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([declined]);
    const second = await get(`decisions?limit=1&after=${first.body.next}`).expect(200);
    expect(second.body.items.map(({ id }: { id: string }) => id)).toEqual([approved]);
    const some = await get('decisions?outcome=decline').expect(200);
    expect(some.body.items).toHaveLength(1);
    const none = await get('decisions?subject=app_nobody').expect(200);
    expect(none.body.items).toEqual([]);
  });

  it('are of one operator alone, and not for borrowers', async () => {
    await get(`decisions/${approved}`, a('compliance', { operatorId: OTHER_OPERATOR })).expect(404);
    await get(`decisions/${approved}`, a('issuer')).expect(403);
    await get(`decisions/${approved}`, a('regulator')).expect(200);
  });

  it('are taken again on request', async () => {
    const { body } = await get(`decisions/${approved}/replay`, a('regulator')).expect(200);
    expect(body).toMatchObject({ id: approved, isEqual: true });
    expect(body.storedHash).toBe(body.replayedHash);
    expect(body.replayed.grade).toBe('A');
  });
});

describe('models', () => {
  it('are listed with their hashes, and shown with their content', async () => {
    const { body } = await get('models').expect(200);
    expect(body.items.map(({ kind, id }: { kind: string; id: string }) => [kind, id])).toEqual([
      ['scorecard', 'small'],
      ['master-scale', 'consumer-instalment'],
      ['pricing-policy', 'consumer-instalment'],
    ]);
    const [{ modelNo, contentHash }] = body.items;
    const one = await get(`models/${modelNo}`).expect(200);
    expect(one.body).toMatchObject({ contentHash, content: { id: 'small', baseScore: 480 } });
    await get('models/999').expect(404);
    await get('models/none').expect(400);
    const rest = await get(`models?limit=2&after=${modelNo}`).expect(200);
    expect(rest.body.items).toHaveLength(2);
  });
});

describe('overrides', () => {
  const proposal = { outcome: 'approve', reason: 'income-proved', note: 'Payslips seen' };

  it('need a reason that is known, and compliance', async () => {
    const path = `decisions/${declined}/override`;
    await post(path, { ...proposal, reason: 'because' }).expect(400);
    await post(path, { ...proposal, note: ' ' }).expect(400);
    await post(path, proposal, a('operations')).expect(403);
  });

  it('count when a second person confirms them', async () => {
    const path = `decisions/${declined}/override`;
    const proposed = await post(path, proposal).expect(200);
    expect(proposed.body.outcome).toBe('decline');
    const again = await post(path, proposal).expect(409);
    expect(again.body.code).toBe('credit.override-open');
    const resolution = { step: 'confirmed', note: 'Agreed' };
    const own = await post(`${path}/resolve`, resolution).expect(403);
    expect(own.body.code).toBe('credit.override-by-proposer');
    const other = a('compliance', { id: BO });
    const { body } = await post(`${path}/resolve`, resolution, other).expect(200);
    expect(body).toMatchObject({ outcome: 'approve', decision: 'decline' });
    expect(body.overrides.map(({ takenBy }: { takenBy: string }) => takenBy)).toEqual([ADA, BO]);
  });
});
