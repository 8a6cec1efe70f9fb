import request from 'supertest';
import { GOOD_PASSWORD, peopleWorld, type PeopleWorld } from '../support/people-world';

let world: PeopleWorld;
type Actor = Awaited<ReturnType<PeopleWorld['actor']>>;
let platform: Actor;
let admin: Actor;

beforeAll(async () => {
  world = await peopleWorld();
  platform = await world.actor(['platform']);
  admin = await world.actor(['admin']);
});
afterAll(() => world.close());

const DRAFT = {
  code: 'seine-equity',
  legalName: 'Seine Equity SAS',
  line: 'equity',
  jurisdiction: 'FR',
  rulebookId: 'eu-ecspr',
  identityKind: 'lei',
  identityNumber: '529900T8BM49AURSDO55',
  homeCurrency: 'EUR',
  timeZone: 'Europe/Paris',
  calendar: 'target',
  feeTerms: { successFeeRate: '0.05', minimumFee: { amount: '500.00', currency: 'EUR' } },
};
const LICENCE = { number: 'C-17', authority: 'AMF', validFrom: '2024-01-01' };
const CUSTODIAN = { name: 'Banque Exemple', accountReference: 'FR-1' };

describe('everyone', () => {
  test('may see who runs what, under which licence, and not their bank account', async () => {
    const { status, body } = await request(world.app).get('/v1/operators');
    expect(status).toBe(200);
    expect(body.items.map(({ code }: { code: string }) => code)).toEqual([
      'hudson-equity',
      'rhine-equity',
    ]);
    expect(JSON.stringify(body)).not.toMatch(/accountReference|feeTerms/);
    expect((await request(world.app).get('/v1/operators/rhine-equity')).status).toBe(200);
    const none = await request(world.app).get('/v1/operators/nobody');
    expect([none.status, none.body.code]).toEqual([404, 'identity.operator-not-found']);
  });
});

describe('the life of an operator', () => {
  test('from its registration to going live, with each reason against it named', async () => {
    const created = await platform.post('/v1/operators', DRAFT);
    expect(created.status).toBe(201);
    const codes = ({ body }: { body: { goLiveBlockers: { code: string }[] } }) =>
      new Set(body.goLiveBlockers.map(({ code }) => code));
    expect(codes(created)).toContain('licence-missing');
    expect(codes(created)).toContain('custodian-missing');

    const early = await platform.post('/v1/operators/seine-equity/status', { status: 'live' });
    expect([early.status, early.body.code]).toEqual([422, 'identity.operator-not-ready']);

    const changed = await platform.patch('/v1/operators/seine-equity', {
      licence: LICENCE,
      custodian: CUSTODIAN,
    });
    expect(changed.status).toBe(200);
    expect(codes(changed)).not.toContain('licence-missing');
    expect(changed.body.licence).toEqual(LICENCE);
    const view = await request(world.app).get('/v1/operators/seine-equity');
    expect(view.body.custodian).toEqual({ name: 'Banque Exemple' });

    const backwards = await platform.post('/v1/operators/seine-equity/status', {
      status: 'suspended',
    });
    expect([backwards.status, backwards.body.code]).toEqual([409, 'identity.operator-status']);
  });

  test('gets its first administrator from the platform, who can log in', async () => {
    const email = 'boss@example.org';
    const made = await platform.post('/v1/operators/hudson-equity/admins', {
      email,
      password: GOOD_PASSWORD,
    });
    expect([made.status, made.body.roles]).toEqual([201, ['admin']]);
    const logIn = await request(world.app)
      .post('/v1/auth/login')
      .send({ operator: 'hudson-equity', email, password: GOOD_PASSWORD });
    expect(logIn.status).toBe(200);
  });

  test.each([
    {
      name: 'a code that is taken',
      change: { code: 'rhine-equity', identityNumber: '7LTWFZYICNSX8D621K86' },
      status: 409,
      code: 'identity.operator-code-taken',
    },
    {
      name: 'the number of another operator',
      change: { code: 'loire-lending', line: 'lending' },
      status: 409,
      code: 'identity.operator-has-a-line',
    },
    {
      name: 'a number that cannot be right',
      change: { code: 'loire', identityNumber: '529900T8BM49AURSDO56' },
      status: 422,
      code: 'identity.invalid-identity-number',
    },
    {
      name: 'an unknown rulebook',
      change: { code: 'loire', rulebookId: 'no-law' },
      status: 404,
      code: 'rulebooks.unknown-rulebook',
    },
    {
      name: 'a fee in another currency',
      change: {
        code: 'loire',
        feeTerms: { successFeeRate: '0.05', minimumFee: { amount: '1.00', currency: 'USD' } },
      },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a fee of the whole',
      change: { code: 'loire', feeTerms: { successFeeRate: '1' } },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a time zone that is none',
      change: { code: 'loire', timeZone: 'Mars/Olympus' },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'two lines',
      change: { code: 'loire', line: ['equity', 'lending'] },
      status: 400,
      code: 'request.invalid',
    },
  ])('is refused $name', async ({ change, status, code }) => {
    const reply = await platform.post('/v1/operators', { ...DRAFT, ...change });
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('is not for administrators to decide', async () => {
    expect((await admin.post('/v1/operators', DRAFT)).status).toBe(403);
    expect((await admin.post('/v1/operators/rhine-equity/status', { status: 'live' })).status).toBe(
      403,
    );
  });
});

describe('users of an operator', () => {
  const create = (roles: readonly string[], email = `new${roles.join('')}@example.org`) =>
    admin.post('/v1/users', { email, password: GOOD_PASSWORD, roles });

  test('are made, listed page by page, and seen by no other operator', async () => {
    const made = await create(['compliance', 'operations']);
    expect(made.status).toBe(201);
    const first = await admin.get('/v1/users?limit=1');
    expect(first.body.items).toHaveLength(1);
    const rest = await admin.get(`/v1/users?limit=100&after=${first.body.next}`);
    expect(rest.body.items.map(({ id }: { id: string }) => id)).toContain(made.body.id);
    const officers = await admin.get('/v1/users?role=compliance');
    expect(officers.body.items).toHaveLength(1);
    const abroad = await world.actor(['admin'], { at: world.hudson });
    const unseen = await abroad.get(`/v1/users/${made.body.id}`);
    expect([unseen.status, unseen.body.code]).toEqual([404, 'identity.user-not-found']);
  });

  test.each([
    { roles: ['platform'], status: 403, code: 'identity.role-not-grantable' },
    { roles: ['investor', 'compliance'], status: 422, code: 'identity.incompatible-roles' },
    { roles: ['regulator', 'admin'], status: 422, code: 'identity.incompatible-roles' },
    { roles: [], status: 400, code: 'request.invalid' },
  ])('may not be $roles', async ({ roles, status, code }) => {
    const reply = await create(roles, 'odd@example.org');
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('are shut out at once when they are suspended, and may come back', async () => {
    const clerk = await world.actor(['operations']);
    expect((await clerk.get('/v1/me')).status).toBe(200);
    expect((await admin.post(`/v1/users/${clerk.id}/suspend`)).body.status).toBe('suspended');
    expect((await clerk.get('/v1/me')).body.code).toBe('auth.session-ended');
    await expect(world.tokenOf(clerk.id)).rejects.toMatchObject({
      code: 'identity.log-in-refused',
    });
    expect((await admin.post(`/v1/users/${clerk.id}/reinstate`)).body.status).toBe('active');
    await expect(world.tokenOf(clerk.id)).resolves.toBeDefined();
  });

  test('who lose a role lose it at once', async () => {
    const officer = await world.actor(['compliance']);
    const reply = await admin.put(`/v1/users/${officer.id}/roles`, { roles: ['operations'] });
    expect(reply.body.roles).toEqual(['operations']);
    expect((await officer.get('/v1/me')).status).toBe(401);
  });

  test('cannot be suspended or changed by themselves', async () => {
    for (const attempt of [
      admin.post(`/v1/users/${admin.id}/suspend`),
      admin.put(`/v1/users/${admin.id}/roles`, { roles: ['admin', 'compliance'] }),
    ]) {
      const reply = await attempt;
      expect([reply.status, reply.body.code]).toEqual([403, 'identity.own-account']);
    }
  });

  test('are no business of investors', async () => {
    const investor = await world.actor(['investor']);
    expect((await investor.get('/v1/users')).status).toBe(403);
    expect((await investor.post(`/v1/users/${admin.id}/suspend`)).status).toBe(403);
  });
});

describe('the identity-number calculator', () => {
  const check = (body: object) =>
    request(world.app).post('/v1/calculators/identity-number').send(body);

  test.each([
    {
      name: 'a resident identity number',
      body: { kind: 'cn-resident-id', number: '11010519491231002x' },
      isValid: true,
    },
    {
      name: 'one with a wrong check character',
      body: { kind: 'cn-resident-id', number: '110105194912310021' },
      isValid: false,
    },
    { name: 'a company', body: { kind: 'cn-uscc', number: '91110000600037341L' }, isValid: true },
    {
      name: 'an IBAN',
      body: { kind: 'iban', number: 'DE89 3704 0044 0532 0130 00' },
      isValid: true,
    },
  ])('judges $name, and never repeats the number', async ({ body, isValid }) => {
    const reply = await check(body);
    expect([reply.status, reply.body.isValid]).toEqual([200, isValid]);
    expect(JSON.stringify(reply.body)).not.toContain(body.number.replaceAll(' ', '').slice(4, -4));
  });

  test('refuses what it does not know', async () => {
    expect((await check({ kind: 'library-card', number: '1' })).status).toBe(400);
    expect((await check({ kind: 'iban', number: 'x'.repeat(65) })).status).toBe(400);
  });
});
