import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { PLEISSE } from '../../seeds/operators';
import type { House, Investor } from '../../seeds/world';
import { logIn, type ApiClient } from '../support/api-client';
import { journalText } from '../support/journal-text';
import { testWorld, type TestWorld } from '../support/world';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

/** What each had before; orders are of whole shares at 12.50, so that odd cents are left over. */
const CROWD = [
  { name: 'ingrid', cash: '1250.00', order: '1250.00' },
  { name: 'mathieu', cash: '1000.01', order: '999.99' },
  { name: 'lucia', cash: '333.33', order: '333.33' },
  { name: 'jonas', cash: '4999.99', order: '2600.00' },
];

/** A raise that does not reach its target, over HTTP; time moves between. */
describe('a raise that fails', () => {
  let test: TestWorld;
  let house: House;
  let compliance: ApiClient;
  let offeringId: Id<'off'>;
  let documents: readonly string[];
  let deadline: Date;
  const people = new Map<string, { readonly investor: Investor; readonly client: ApiClient }>();

  const client = (name: string): ApiClient => people.get(name)?.client ?? compliance;
  const cashOf = async (name: string) =>
    (await client(name).get('/v1/cash').expect(200)).body.accounts[0];

  beforeAll(async () => {
    test = await testWorld('2025-03-03T09:00:00Z');
    const { world } = test;
    house = await world.operator(PLEISSE);
    const issuer = await house.issuer({ name: 'Nordlicht Segel AB' });
    deadline = new Date(world.now.getTime() + 30 * DAY_MS);
    offeringId = await house.offering(issuer, {
      price: '12.50',
      target: '10000.00',
      maximum: '40000.00',
      minimumTicket: '250.00',
      closesAt: deadline,
    });
    const { app } = world;
    compliance = await logIn(app.http, house, 'compliance');
    for (const { name, cash } of CROWD) {
      const investor = await house.investor({ mailbox: name, cash });
      people.set(name, { investor, client: await logIn(app.http, house, name) });
    }
    const { body } = await compliance.get(`/v1/offerings/${offeringId}`).expect(200);
    documents = body.documents.map((document: { sha256: string }) => document.sha256);
  });

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  it.each([
    { name: 'ingrid', held: '1250.00', left: '0.00' },
    { name: 'mathieu', held: '987.50', left: '12.51' },
    { name: 'lucia', held: '325.00', left: '8.33' },
    { name: 'jonas', held: '2600.00', left: '2399.99' },
  ])('holds $held of $name while it runs, and moves nothing', async ({ name, held, left }) => {
    const amount = eur(CROWD.find((each) => each.name === name)?.order ?? '');
    const acknowledged = { riskWarning: true, consentAboveThreshold: true, understanding: true };
    const order = { offeringId, amount, documents, acknowledged };
    await client(name).post('/v1/subscriptions', order).expect(201);
    expect(await cashOf(name)).toMatchObject({ reserved: eur(held), available: eur(left) });
  });

  it('lets one go within four days, before anybody knows', async () => {
    await test.world.moveBy(3 * DAY_MS);
    const { body } = await client('jonas').get('/v1/subscriptions').expect(200);
    const path = `/v1/subscriptions/${body.items[0].id}/revoke`;
    await client('jonas').post(path).expect(200);
    expect(await cashOf('jonas')).toMatchObject({ available: eur('4999.99') });
  });

  it('lets nobody go once the four days are over', async () => {
    await test.world.moveBy(2 * DAY_MS);
    const { body } = await client('lucia').get('/v1/subscriptions').expect(200);
    expect(body.items[0].status).toBe('binding');
    const reply = await client('lucia').post(`/v1/subscriptions/${body.items[0].id}/revoke`);
    expect([reply.status, reply.body.code]).toEqual([409, 'subscriptions.reflection-over']);
  });

  it('fails at its deadline, by the clock', async () => {
    await test.world.moveTo(deadline);
    const { body } = await compliance.get(`/v1/offerings/${offeringId}/closing`).expect(200);
    expect(body).toMatchObject({
      outcome: 'failed',
      committed: eur('2562.50'),
      raised: eur('0.00'),
      fee: eur('0.00'),
      settled: 0,
      released: 3,
    });
  });

  it.each(CROWD)('gives $name back the whole $cash', async ({ name, cash }) => {
    expect(await cashOf(name)).toMatchObject({
      balance: eur(cash),
      available: eur(cash),
      reserved: eur('0.00'),
    });
  });

  it('has moved nothing at all: the journal knows their deposits alone', async () => {
    const names = Object.fromEntries(
      [...people].map(([name, { investor }]) => [investor.id, name]),
    );
    const text = await house.read((db) => journalText(db, {}, names));
    const blocks = text.split('\n\n');
    expect(blocks).toHaveLength(CROWD.length);
    expect(blocks[1]?.split('\n').slice(1).join('\n').trimEnd()).toBe(
      `    assets:custodian:eur                1000.01 EUR
    liabilities:investor:mathieu:cash  -1000.01 EUR`,
    );
  });

  it('takes no order any more, and leaves no register', async () => {
    const order = { offeringId, amount: eur('250.00'), documents, acknowledged: {} };
    const reply = await client('ingrid').post('/v1/subscriptions', order);
    expect([reply.status, reply.body.code]).toEqual([409, 'subscriptions.offering-not-open']);
    const { body } = await client('ingrid').get('/v1/holdings').expect(200);
    expect(body.items).toEqual([]);
  });
});
