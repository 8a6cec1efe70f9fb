import request from 'supertest';
import type { Role } from '../../src/platform/auth';
import { HUDSON, PLEISSE } from '../../seeds/operators';
import type { House } from '../../seeds/world';
import { bearer } from '../support/application';
import { changed, fixture } from '../support/filings';
import { testWorld, type TestWorld } from '../support/world';

const MINI = fixture('c-mini.xml');

let running: TestWorld;
let hudson: House;
let pleisse: House;

beforeAll(async () => {
  running = await testWorld('2025-03-25T15:00:00Z');
  hudson = await running.world.operator(HUDSON);
  pleisse = await running.world.operator(PLEISSE);
});
afterAll(() => running.end());

const as = (role: Role, at: House = hudson) => bearer(running.world.app, [role], at.operator.id);

const bring = (body: object, at: House = hudson) =>
  request(running.world.app.http).post('/v1/filings/form-c').set(as('operations', at)).send(body);

const get = (path: string, role: Role = 'regulator', at: House = hudson) =>
  request(running.world.app.http).get(path).set(as(role, at));

test('operations bring a filing; the same again changes nothing', async () => {
  const { body } = await bring({ xml: MINI }).expect(201);
  expect(body).toMatchObject({
    outcome: 'imported',
    issuerName: 'Mossy Gate Bindery LLC',
    filing: { formType: 'C', cik: '0009999111', signedOn: '2025-03-10' },
    refused: [{ what: 'figures', code: 'filings.year-before-incorporation' }],
  });
  expect(body.missing.join(' ')).toContain('Due diligence is open');
  const again = await bring({ xml: MINI }).expect(200);
  expect(again.body).toMatchObject({ outcome: 'already-imported', filing: body.filing, taken: [] });
});

test('how much is ordered at most is the operator’s to say', async () => {
  const xml = changed('c-mini.xml', [['0009999111', '0009999112']]);
  const { body } = await bring({ xml, orderLimitRate: '1' }).expect(201);
  const { version } = await hudson.readOffering(body.filing.offeringId);
  expect(version.terms.orderLimit).toEqual(version.terms.maximum);
  const { body: problem } = await bring({ xml, orderLimitRate: '0.9' }).expect(400);
  expect(problem.errors).toMatchObject([{ pointer: '/body/orderLimitRate' }]);
});

test('overseers list filings and read one; another operator sees none', async () => {
  const { body: list } = await get('/v1/filings?limit=1').expect(200);
  expect(list.items).toHaveLength(1);
  const { body: rest } = await get(`/v1/filings?after=${list.next}`, 'compliance').expect(200);
  expect(rest.items).toHaveLength(1);
  const [{ id }] = list.items;
  const { body: one } = await get(`/v1/filings/${id}`).expect(200);
  expect(one).toEqual(list.items[0]);
  await get(`/v1/filings/${id}`, 'regulator', pleisse).expect(404);
  const { body: none } = await get('/v1/filings', 'regulator', pleisse).expect(200);
  expect(none.items).toEqual([]);
});

test.each([
  { what: 'no XML', body: { xml: 'Dear Sirs' }, status: 400, code: 'filings.not-xml' },
  { what: 'nothing', body: {}, status: 400, code: 'request.invalid' },
  {
    what: 'a document type',
    body: { xml: '<!DOCTYPE a><a/>' },
    status: 400,
    code: 'filings.dtd-refused',
  },
  { what: 'another form', body: { xml: '<rss/>' }, status: 400, code: 'filings.not-form-c' },
  {
    what: 'a test',
    body: { xml: fixture('c-amendment.xml') },
    status: 422,
    code: 'filings.test-filing',
  },
  {
    what: 'too much',
    body: { xml: 'x'.repeat(3_200_000) },
    status: 413,
    code: 'request.body-too-large',
  },
])('$what is refused', async ({ body, status, code }) => {
  const reply = await bring(body);
  expect([reply.status, reply.body.code]).toEqual([status, code]);
});

test('an operator under another rulebook takes no Form C', async () => {
  const { body } = await bring({ xml: MINI }, pleisse).expect(422);
  expect(body.code).toBe('filings.wrong-rulebook');
});
