import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import { holdingRoutes, type Instrument } from '../../src/modules/holdings';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { OPERATOR, registerWorld, type RegisterWorld } from '../support/register-world';
import { smallApp } from '../support/small-app';

let world: RegisterWorld;
let api: ReturnType<typeof smallApp>;
let instrument: Instrument;
let ada: Id<'inv'>;
let wei: Id<'inv'>;

beforeAll(async () => {
  world = await registerWorld();
  api = smallApp(holdingRoutes(world), { database: world.test.database });
  instrument = await world.instrument({ authorisedUnits: 1_000_000n });
  [ada, wei] = [world.parties.add('Ada Lovelace'), world.parties.add('张伟')];
  await world.issue(instrument, [
    [ada, 1000n],
    [wei, 2000n],
  ]);
});
afterAll(() => world.close());

function a(role: Role, operatorId = OPERATOR) {
  return { id: world.newId('usr'), operatorId, roles: [role] } satisfies AuthenticatedUser;
}

const get = (path: string, user: AuthenticatedUser) =>
  request(api.app).get(path).set('Authorization', api.bearer(user));
const register = () => `/v1/registers/${instrument.id}`;

test.each<{ role: Role; names: string[] }>([
  { role: 'regulator', names: ['张伟', 'Ada Lovelace'] },
  { role: 'compliance', names: ['张伟', 'Ada Lovelace'] },
  { role: 'operations', names: ['张•', 'A•• L•••••••'] },
  { role: 'admin', names: ['张•', 'A•• L•••••••'] },
])('$role sees every holder, as $names', async ({ role, names }) => {
  const { body } = await get(register(), a(role)).expect(200);
  expect(body.lines.map((line: { name: string }) => line.name)).toEqual(names);
  expect(body).toMatchObject({
    outstanding: '3000',
    holderCount: 2,
    position: '2',
    headHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    lines: [{ share: '66.6667' }, { share: '33.3333' }],
  });
});

test('the issuer sees its own register in full, and no other', async () => {
  const [own, other] = [a('issuer'), a('issuer')];
  world.parties.issuersByUser.set(own.id, instrument.issuerId);
  const { body } = await get(register(), own).expect(200);
  expect(body.names).toBe('full');
  expect((await get(register(), other).expect(404)).body.code).toBe('holdings.not-your-register');
});

test('an investor sees its own line, with its share of the whole', async () => {
  const user = a('investor');
  world.parties.investorsByUser.set(user.id, ada);
  const { body } = await get(register(), user).expect(200);
  expect(body.lines).toEqual([
    { investorId: ada, name: 'Ada Lovelace', units: '1000', share: '33.3333' },
  ]);
  const holdings = await get('/v1/holdings', user).expect(200);
  expect(holdings.body.items).toEqual([
    {
      instrumentId: instrument.id,
      issuerId: instrument.issuerId,
      name: 'Ordinary A',
      currency: 'EUR',
      units: '1000',
      share: '33.3333',
    },
  ]);
  expect((await get('/v1/holdings', a('investor')).expect(200)).body.items).toEqual([]);
});

test('as of an instant before it was opened it is empty', async () => {
  const { body } = await get(`${register()}?at=2020-01-01T00:00:00Z`, a('regulator')).expect(200);
  expect(body).toMatchObject({ lines: [], outstanding: '0', position: '0' });
});

test('comes as files: JSON, and a PDF in two languages', async () => {
  const json = await get(`${register()}/extract.json`, a('regulator')).expect(200);
  expect(json.headers['content-disposition']).toContain(`${instrument.id}.json`);
  expect(json.body.lines).toHaveLength(2);
  const pdf = await get(`${register()}/extract.pdf`, a('regulator'))
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    })
    .expect(200)
    .expect('content-type', 'application/pdf');
  const bytes = pdf.body as Buffer;
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(bytes.toString('latin1')).toContain('/UniGB-UCS2-H');
});

test('what was entered is read page by page, by overseers only', async () => {
  const path = `${register()}/events?limit=1`;
  const first = await get(path, a('operations')).expect(200);
  expect(first.body).toMatchObject({ items: [{ position: '1', units: '1000' }], next: '1' });
  const second = await get(`${path}&after=1`, a('operations')).expect(200);
  expect(second.body.items).toMatchObject([{ position: '2', price: '1.25' }]);
  expect((await get(path, a('investor')).expect(403)).body.code).toBe('auth.role-required');
});

test.each([
  {
    path: '/v1/instruments/ins_01JTVST7XAES5BXHWZN4KR4VEZ',
    status: 404,
    code: 'holdings.instrument-not-found',
  },
  {
    path: '/v1/registers/ins_01JTVST7XAES5BXHWZN4KR4VEZ',
    status: 404,
    code: 'holdings.instrument-not-found',
  },
  {
    path: '/v1/registers/off_01JTVST7XAES5BXHWZN4KR4VEZ',
    status: 400,
    code: 'request.invalid',
  },
  { path: '/v1/instruments?limit=1000', status: 400, code: 'request.invalid' },
])('$path is refused with $code', async ({ path, status, code }) => {
  const { body } = await get(path, a('regulator')).expect(status);
  expect(body.code).toBe(code);
});

test('another operator’s register is not there', async () => {
  const { body } = await get(register(), a('regulator', 2)).expect(404);
  expect(body.code).toBe('holdings.instrument-not-found');
});

test('a share class is opened once per name', async () => {
  const open = (user: AuthenticatedUser) =>
    request(api.app).post('/v1/instruments').set('Authorization', api.bearer(user)).send({
      issuerId: instrument.issuerId,
      name: 'Preferred',
      currency: 'EUR',
      parValue: '0.0001',
      authorisedUnits: '500000',
    });
  const { body } = await open(a('operations')).expect(201);
  expect(body).toMatchObject({ parValue: '0.0001', authorisedUnits: '500000' });
  expect((await open(a('operations')).expect(409)).body.code).toBe('holdings.instrument-exists');
  expect((await open(a('investor')).expect(403)).body.code).toBe('auth.role-required');
});
