import { createHash } from 'node:crypto';
import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { HUDSON } from '../../seeds/operators';
import type { House } from '../../seeds/world';
import { logIn, register, type ApiClient } from '../support/api-client';
import { journalText } from '../support/journal-text';
import { testWorld, type TestWorld } from '../support/world';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const FORM_C = 'Form C of Lantern Robotics';

const ACKNOWLEDGED = {
  educationalMaterials: true,
  lossOfAll: true,
  cancellationLimits: true,
  resaleDifficulty: true,
};

/** One raise, from the first log-in to the register, over HTTP alone; time moves between. */
describe('an equity raise', () => {
  let test: TestWorld;
  let house: House;
  let issuer: ApiClient;
  let compliance: ApiClient;
  let operations: ApiClient;
  let issuerId: Id<'iss'>;
  let offeringId: Id<'off'>;
  let opened: Date;
  const investors = new Map<string, ApiClient>();
  const names: Record<string, string> = {};

  const who = (name: string): ApiClient => investors.get(name) ?? issuer;
  const app = () => test.world.app.http;
  const inDays = (days: number): string =>
    new Date(test.world.now.getTime() + days * DAY_MS).toISOString();

  beforeAll(async () => {
    test = await testWorld('2025-03-03T15:00:00Z');
    house = await test.world.operator(HUDSON);
    compliance = await logIn(app(), house, 'compliance');
    operations = await logIn(app(), house, 'operations');
  });

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  it('begins with an issuer that is checked', async () => {
    issuer = await register(app(), house, { mailbox: 'issuer', role: 'issuer' });
    const file = await issuer
      .post('/v1/issuers', {
        kind: 'legal',
        name: 'Lantern Robotics, Inc.',
        identity: { kind: 'us-ein', number: '00-0004711' },
        legalForm: 'company',
        jurisdiction: 'US-DE',
        country: 'US',
        people: [{ name: 'Ruth Adler', roles: ['director', 'officer'], shareRate: '0.6' }],
      })
      .expect(201);
    issuerId = file.body.id;
    names[issuerId] = 'lantern';
    await issuer.post(`/v1/issuers/${issuerId}/verification`).expect(202);
    await test.world.tick();
    const verified = await issuer.get(`/v1/issuers/${issuerId}`).expect(200);
    expect(verified.body.verification).toBe('verified');

    const year = `/v1/issuers/${issuerId}/financials/2024-12-31`;
    const figures = { revenue: usd('212000.00'), netIncome: usd('-38000.00') };
    await issuer.put(year, { currency: 'USD', assurance: 'audited', figures }).expect(200);
    await compliance.post(`${year}/verify`).expect(200);
    const { body: duty } = await compliance.get(`/v1/issuers/${issuerId}/due-diligence`);
    for (const { item } of duty.items) {
      const settled = { outcome: 'satisfied', evidenceSha256: sha256(item) };
      await compliance.put(`/v1/issuers/${issuerId}/due-diligence/${item}`, settled).expect(200);
    }
  });

  it('is drafted by the issuer, approved by somebody else, and published', async () => {
    const terms = {
      title: 'Lantern Robotics',
      summary: 'Robots that carry shelves at night.',
      instrument: { kind: 'ordinary-shares', className: 'Ordinary' },
      currency: 'USD',
      price: '2.00',
      target: usd('1000.00'),
      maximum: usd('2000.00'),
      orderLimit: usd('4000.00'),
      minimumTicket: usd('100.00'),
      allocation: { method: 'pro-rata' },
      closesAt: inDays(30),
      feeRate: '0.05',
      isAllOrNothing: true,
    };
    const draft = await issuer.post('/v1/offerings', { issuerId, terms }).expect(201);
    offeringId = draft.body.id;
    names[offeringId] = 'round';
    const path = `/v1/offerings/${offeringId}`;

    const early = await issuer.post(`${path}/submit`).expect(422);
    expect(early.body.code).toBe('offerings.not-ready');
    const content = Buffer.from(FORM_C).toString('base64');
    const paper = { kind: 'form-c', title: 'Form C', contentType: 'text/plain', content };
    await issuer.post(`${path}/documents`, paper).expect(201);
    await issuer.post(`${path}/submit`).expect(200);

    await operations.post(`${path}/publish`).expect(409);
    await compliance.post(`${path}/approve`, { note: 'Read and checked.' }).expect(200);
    const live = await operations.post(`${path}/publish`).expect(200);
    expect(live.body.status).toBe('live');
    opened = test.world.now;
    test.world.expect(new Date(terms.closesAt));
  });

  it.each([
    { name: 'ada', serial: 11, cash: '5000.00' },
    { name: 'ben', serial: 12, cash: '500.00' },
    { name: 'cleo', serial: 13, cash: '1000.01' },
    { name: 'dan', serial: 14, cash: '600.00' },
  ])('is joined by $name: verified, with means and cash', async ({ name, serial, cash }) => {
    const investor = await register(app(), house, { mailbox: name, role: 'investor' });
    investors.set(name, investor);
    const file = await investor
      .post('/v1/investors', {
        kind: 'natural',
        name: `${name} example`,
        country: 'US',
        bornOn: '1988-05-01',
        identity: { kind: 'us-ssn', number: `893-45-10${serial}` },
      })
      .expect(201);
    const path = `/v1/investors/${file.body.id}`;
    names[file.body.id] = name;
    const means = { annualIncome: usd('80000.00'), netWorth: usd('45000.00') };
    await investor.put(`${path}/means`, means).expect(200);
    await investor.post(`${path}/verification`).expect(202);
    await test.world.tick();

    const deposit = await investor
      .post('/v1/deposits', { amount: usd(cash), method: 'bank-transfer' })
      .expect(201);
    const transfer = { amount: usd(cash), reference: deposit.body.reference };
    const payer = { name: `${name} example`, account: `ACCT${serial}00` };
    await investor.post('/v1/sandbox/bank/transfers', { ...transfer, payer }).expect(202);
    await test.world.tick();
    const { body } = await investor.get('/v1/cash').expect(200);
    expect(body.accounts[0].available).toEqual(usd(cash));
  });

  it('puts an investor into a higher tier by four eyes alone', async () => {
    const { body: me } = await who('ada').get('/v1/me/investor').expect(200);
    const path = `/v1/investors/${me.id}/classification`;
    const declared = { netWorth: usd('1600000.00') };
    const wish = { tier: 'accredited', declared, documents: [] };
    const request = await who('ada').post(path, wish).expect(202);
    const decision = `${path}/${request.body.id}/approve`;
    await who('ada').post(decision, { note: 'I am sure.' }).expect(403);
    await compliance.post(decision, { note: 'Read against the statements.' }).expect(200);
    const { body: after } = await who('ada').get('/v1/me/investor').expect(200);
    expect(after.tier).toBe('accredited');
  });

  const order = (amount: string, documents = [sha256(FORM_C)]) => ({
    offeringId,
    amount: usd(amount),
    documents,
    acknowledged: ACKNOWLEDGED,
  });

  it('takes orders, and says what is left of each cap', async () => {
    await who('ada').post('/v1/subscriptions', order('1500.00')).expect(201);
    const ben = await who('ben').post('/v1/subscriptions', order('500.00'), 'bens-key').expect(201);
    expect(ben.body).toMatchObject({
      orderNo: 2,
      status: 'reflecting',
      units: '250',
      caps: [{ rule: 'investor-limit', limit: usd('4000.00'), left: usd('3500.00') }],
    });
    const again = await who('ben').post('/v1/subscriptions', order('500.00'), 'bens-key');
    expect([again.status, again.body.id]).toEqual([201, ben.body.id]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await who('cleo').post('/v1/subscriptions', order('1000.00')).expect(201);
    await who('dan').post('/v1/subscriptions', order('500.00')).expect(201);
  });

  it.each([
    { name: 'ben', amount: '100.00', status: 409, code: 'subscriptions.insufficient-funds' },
    { name: 'dan', amount: '4600.00', status: 403, code: 'subscriptions.cap-exceeded' },
    { name: 'dan', amount: '99.00', status: 400, code: 'subscriptions.below-minimum-ticket' },
  ])('refuses $name an order of $amount: $code', async ({ name, amount, status, code }) => {
    const reply = await who(name).post('/v1/subscriptions', order(amount));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('refuses who has read another paper, and keeps the law’s refusals', async () => {
    const reply = await who('dan').post('/v1/subscriptions', order('100.00', [sha256('other')]));
    expect([reply.status, reply.body.code]).toEqual([
      403,
      'subscriptions.documents-not-acknowledged',
    ]);
    const { body } = await compliance.get('/v1/refusals').expect(200);
    expect(body.items[0]).toMatchObject({ code: 'subscriptions.cap-exceeded' });
  });

  it('lets an investor take an order back, and nobody else', async () => {
    const { body } = await who('cleo').get('/v1/subscriptions').expect(200);
    const path = `/v1/subscriptions/${body.items[0].id}/revoke`;
    await who('dan').post(path).expect(404);
    const revoked = await who('cleo').post(path).expect(200);
    expect(revoked.body.status).toBe('revoked');
    const { body: cash } = await who('cleo').get('/v1/cash').expect(200);
    expect(cash.accounts[0]).toMatchObject({ available: usd('1000.01'), reserved: usd('0.00') });
  });

  it('shows before the close what each method would give', async () => {
    const { body } = await operations.get(`/v1/offerings/${offeringId}/allocation`).expect(200);
    expect(body).toMatchObject({ committed: usd('2500.00'), isOversubscribed: true });
    expect(body.allotments.items.map((each: { allocated: string }) => each.allocated)).toEqual([
      '600',
      '200',
      '200',
    ]);
  });

  it('settles at its deadline, by the clock', async () => {
    await test.world.moveTo(inDays(30));
    const { body } = await issuer.get(`/v1/offerings/${offeringId}/closing`).expect(200);
    expect(body).toMatchObject({
      outcome: 'settled',
      committed: usd('2500.00'),
      raised: usd('2000.00'),
      fee: usd('100.00'),
      units: '1000',
      settled: 3,
    });
  });

  it('leaves a journal that an accountant can read', async () => {
    const under = `liabilities:offering:${offeringId}:escrow`;
    const text = await house.read((db) => journalText(db, { under }, names));
    expect(text).toBe(`2025-04-02 Subscription to round
    liabilities:investor:ada:cash       1200.00 USD
    liabilities:offering:round:escrow  -1200.00 USD

2025-04-02 Subscription to round
    liabilities:investor:ben:cash       400.00 USD
    liabilities:offering:round:escrow  -400.00 USD

2025-04-02 Subscription to round
    liabilities:investor:dan:cash       400.00 USD
    liabilities:offering:round:escrow  -400.00 USD

2025-04-02 Settlement of round: proceeds and success fee
    liabilities:offering:round:escrow     2000.00 USD
    income:fees:success                   -100.00 USD
    liabilities:issuer:lantern:proceeds  -1900.00 USD
`);
    const { body } = await compliance.get('/v1/ledger/integrity').expect(200);
    expect(body.isSound).toBe(true);
  });

  it('leaves everybody with what is theirs', async () => {
    const cashOf = async (name: string) =>
      (await who(name).get('/v1/cash').expect(200)).body.accounts[0];
    expect(await cashOf('ada')).toMatchObject({ available: usd('3800.00'), reserved: usd('0.00') });
    expect(await cashOf('ben')).toMatchObject({ available: usd('100.00'), reserved: usd('0.00') });
    expect(await cashOf('cleo')).toMatchObject({ available: usd('1000.01') });
    const { body } = await who('dan').get('/v1/holdings').expect(200);
    expect(body.items).toMatchObject([{ issuerId, name: 'Ordinary', units: '200' }]);
  });

  it('enters the shares in the register, which knows its past', async () => {
    const { body } = await issuer.get(`/v1/instruments?issuerId=${issuerId}`).expect(200);
    const path = `/v1/registers/${body.items[0].id}`;
    const { body: now } = await issuer.get(path).expect(200);
    expect(now).toMatchObject({ outstanding: '1000', holderCount: 3, position: '3' });
    const { body: then } = await issuer
      .get(`${path}?at=${encodeURIComponent(opened.toISOString())}`)
      .expect(200);
    expect(then).toMatchObject({ outstanding: '0', holderCount: 0 });
    const { body: own } = await who('ben').get(path).expect(200);
    expect(own.lines.map((line: { units: string }) => line.units)).toEqual(['200']);
    const pdf = await compliance.get(`${path}/extract.pdf`).expect(200);
    expect(pdf.headers['content-type']).toMatch('application/pdf');
  });

  it('pays the issuer out, and the fee to the operator', async () => {
    const account = await issuer
      .post('/v1/bank-accounts', { scheme: 'account-reference', account: 'LANTERN0001' })
      .expect(201);
    await test.world.tick();
    const bankAccountId = account.body.id;
    const wanted = { kind: 'issuer-proceeds', amount: usd('1900.00'), bankAccountId };
    const asked = await issuer.post('/v1/withdrawals', wanted).expect(201);
    await operations.post('/v1/fee-sweeps').expect(201);
    await test.world.tick();
    await test.world.moveBy(3 * 3_600_000);
    const { body } = await issuer.get(`/v1/withdrawals/${asked.body.id}`).expect(200);
    expect(body.status).toBe('confirmed');
  });
});
