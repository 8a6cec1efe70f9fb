import { peopleWorld, scopeOf, type PeopleWorld } from '../support/people-world';

type Actor = Awaited<ReturnType<PeopleWorld['actor']>>;

let world: PeopleWorld;
let grace: Actor;
let officer: Actor;
let serial = 100;

beforeAll(async () => {
  world = await peopleWorld();
  officer = await world.actor(['compliance']);
  grace = await world.actor(['issuer']);
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const GRACE = { name: 'Grace Founder', roles: ['officer', 'beneficial-owner'], shareRate: '0.6' };
const HASH = 'b'.repeat(64);

function company(changes: object = {}) {
  serial += 1;
  return {
    kind: 'legal',
    name: 'Bright Mills Ltd',
    identity: { kind: 'us-ein', number: `45-67${serial}00` },
    legalForm: 'company',
    jurisdiction: 'US-DE',
    country: 'US',
    incorporatedOn: '2020-02-29',
    address: { street: '1 Mill Lane', city: 'Dover', region: 'DE', country: 'US' },
    website: 'https://mills.example',
    sizeClass: 'small',
    people: [GRACE],
    ...changes,
  };
}

async function opened(changes: object = {}): Promise<string> {
  const reply = await grace.post('/v1/issuers', company(changes));
  expect(reply.status).toBe(201);
  return reply.body.id;
}

async function verified(changes: object = {}): Promise<string> {
  const id = await opened(changes);
  await grace.post(`/v1/issuers/${id}/verification`);
  await runProvider();
  return id;
}

const runProvider = () => world.issuerVerificationRunner.runPending(scopeOf(world.rhine));
const standing = (id: string) =>
  world.read((db) => world.issuersForOfferings.get(db, id as `iss_${string}`));

describe('opening a file', () => {
  test('keeps what the company said of itself, with its number masked', async () => {
    const reply = await grace.post('/v1/issuers', company({ externalId: '0001234567' }));
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      legalName: 'Bright Mills Ltd',
      externalId: '0001234567',
      identity: { kind: 'us-ein', masked: expect.stringMatching(/^\*{5}\d{4}$/) },
      verification: 'unverified',
      people: [GRACE],
      incorporatedOn: '2020-02-29',
    });
    const mine = await grace.get('/v1/me/issuers');
    expect(mine.body.items.map(({ id }: { id: string }) => id)).toContain(reply.body.id);
    const twin = await grace.post('/v1/issuers', company({ externalId: '0001234567' }));
    expect([twin.status, twin.body.code]).toEqual([409, 'issuers.external-id-taken']);
  });

  test.each([
    {
      name: 'the number of a person',
      change: { identity: { kind: 'us-ssn', number: '123-45-6789' } },
      status: 422,
      code: 'identity.wrong-identity-kind',
    },
    {
      name: 'the legal form of a person',
      change: { legalForm: 'person' },
      status: 422,
      code: 'issuers.legal-form-mismatch',
    },
    {
      name: 'owners of more than the whole',
      change: { people: [GRACE, { ...GRACE, shareRate: '0.5' }] },
      status: 422,
      code: 'issuers.shares-exceed-whole',
    },
    { name: 'nobody who acts', change: { people: [] }, status: 422, code: 'issuers.no-officer' },
    {
      name: 'a share of seven digits',
      change: { people: [{ ...GRACE, shareRate: '0.1234567' }] },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a share of more than one',
      change: { people: [{ ...GRACE, shareRate: '1.01' }] },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a website that runs code',
      change: { website: 'javascript:alert(1)' },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a verification of its own',
      change: { verification: 'verified' },
      status: 400,
      code: 'request.invalid',
    },
  ])('is refused with $name', async ({ change, status, code }) => {
    const reply = await grace.post('/v1/issuers', company(change));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('is refused twice for one company', async () => {
    const twin = company();
    await grace.post('/v1/issuers', twin);
    const again = await grace.post('/v1/issuers', twin);
    expect([again.status, again.body.code]).toEqual([409, 'issuers.already-registered']);
  });

  test('of a person shows others initials only', async () => {
    const borrower = {
      kind: 'natural',
      name: 'Max Borrower',
      identity: { kind: 'passport', country: 'DE', number: 'B77X00T1' },
      legalForm: 'person',
      people: [{ name: 'Max Borrower', roles: ['officer'], bornOn: '1980-01-01' }],
    };
    const reply = await grace.post('/v1/issuers', company(borrower));
    expect([reply.status, reply.body.legalName]).toEqual([201, 'Max Borrower']);
    expect((await standing(reply.body.id)).legalName).toBe('M. B.');
  });
});

describe('whose file is seen', () => {
  test('the own ones; somebody else’s does not exist', async () => {
    const id = await opened();
    const eve = await world.actor(['issuer']);
    const abroad = await world.actor(['compliance'], { at: world.hudson });
    const replies = [
      await eve.get(`/v1/issuers/${id}`),
      await abroad.get(`/v1/issuers/${id}`),
      await eve.put(`/v1/issuers/${id}/people`, { people: [GRACE] }),
      await eve.post(`/v1/issuers/${id}/verification`),
      await eve.get(`/v1/issuers/${id}/financials`),
      await abroad.put(`/v1/issuers/${id}/due-diligence/ownership`, {
        outcome: 'satisfied',
        evidenceSha256: HASH,
      }),
    ];
    for (const { status, body } of replies) {
      expect([status, body.code]).toEqual([404, 'issuers.not-found']);
    }
    const investor = await world.actor(['investor']);
    expect((await investor.get(`/v1/issuers/${id}`)).status).toBe(403);
    expect((await officer.get(`/v1/issuers/${id}`)).status).toBe(200);
    expect((await officer.get('/v1/issuers?limit=1')).body.items).toHaveLength(1);
  });
});

describe('verification', () => {
  test('covers the company and the people behind it', async () => {
    const id = await verified();
    expect((await grace.get(`/v1/issuers/${id}`)).body).toMatchObject({
      verification: 'verified',
      peopleVersion: 1,
      screenedVersion: 1,
    });
    const again = await grace.post(`/v1/issuers/${id}/verification`);
    expect([again.status, again.body.code]).toEqual([409, 'issuers.already-verified']);
  });

  test('is made again when officers change, and a bad actor stops the issuer', async () => {
    const id = await verified();
    const settle = { outcome: 'satisfied', evidenceSha256: HASH };
    await officer.put(`/v1/issuers/${id}/due-diligence/bad-actor`, settle);
    expect(await standing(id)).toMatchObject({ isVerified: true });

    const people = [GRACE, { name: 'Max REJECT', roles: ['director'] }];
    const changed = await grace.put(`/v1/issuers/${id}/people`, { people });
    expect(changed.body).toMatchObject({ verification: 'pending', peopleVersion: 2 });
    expect(await standing(id)).toMatchObject({
      isVerified: false,
      openDueDiligence: expect.arrayContaining(['bad-actor']),
    });
    await runProvider();
    const { body } = await grace.get(`/v1/issuers/${id}/verification`);
    // Whom a list was met for is for staff to know: the issuer is told the end of it alone.
    expect(body).toMatchObject({ status: 'rejected', reasons: [] });
    const staff = await officer.get(`/v1/issuers/${id}/verification`);
    expect(staff.body.reasons).toEqual(['person-watch-list']);
    expect(await standing(id)).toMatchObject({ isVerified: false });

    await grace.put(`/v1/issuers/${id}/people`, { people: [GRACE] });
    await runProvider();
    expect(await standing(id)).toMatchObject({ isVerified: true });
  });

  test('of people who have changed meanwhile counts for nothing', async () => {
    const id = await opened();
    const { body: first } = await grace.post(`/v1/issuers/${id}/verification`);
    await grace.put(`/v1/issuers/${id}/people`, { people: [{ ...GRACE, name: 'Max REVIEW' }] });
    await world.issuerVerificationRunner.run(scopeOf(world.rhine), {
      id: first.id,
      subjectId: id as never,
    });
    expect((await grace.get(`/v1/issuers/${id}`)).body.verification).toBe('pending');
    await runProvider();
    expect((await grace.get(`/v1/issuers/${id}/verification`)).body.status).toBe('review');
    const decision = { outcome: 'verified', note: 'Not the one on the list' };
    const resolved = await officer.post(`/v1/issuers/${id}/verification/resolve`, decision);
    expect(resolved.body.status).toBe('verified');
    expect(await standing(id)).toMatchObject({ isVerified: true });
  });

  test('lapses after three years', async () => {
    const id = await verified();
    const { verificationExpiresAt } = (await grace.get(`/v1/issuers/${id}`)).body;
    await world.write((tx) => world.issuers.expireDue(tx, new Date(verificationExpiresAt)));
    expect((await grace.get(`/v1/issuers/${id}`)).body.verification).toBe('expired');
  });
});

describe('due diligence', () => {
  const settle = (id: string, item: string, body: object, actor = officer) =>
    actor.put(`/v1/issuers/${id}/due-diligence/${item}`, body);

  test('is complete when every item is satisfied on evidence', async () => {
    const id = await opened();
    const { body } = await grace.get(`/v1/issuers/${id}/due-diligence`);
    expect(body.isComplete).toBe(false);
    for (const { item } of body.items) {
      await settle(id, item, { outcome: 'satisfied', evidenceSha256: HASH, note: 'Seen' });
    }
    expect((await grace.get(`/v1/issuers/${id}/due-diligence`)).body.isComplete).toBe(true);
    expect((await standing(id)).openDueDiligence).toEqual([]);
  });

  test.each([
    {
      name: 'no evidence',
      item: 'ownership',
      body: { outcome: 'satisfied' },
      status: 400,
      code: 'issuers.evidence-missing',
    },
    {
      name: 'an item nobody asks for',
      item: 'horoscope',
      body: { outcome: 'failed' },
      status: 404,
      code: 'issuers.unknown-item',
    },
    {
      name: 'an item of a person',
      item: 'income',
      body: { outcome: 'failed' },
      status: 404,
      code: 'issuers.unknown-item',
    },
    {
      name: 'a hash that is none',
      item: 'ownership',
      body: { outcome: 'satisfied', evidenceSha256: 'x' },
      status: 400,
      code: 'request.invalid',
    },
  ])('is not settled with $name', async ({ item, body, status, code }) => {
    const reply = await settle(await opened(), item, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('is no business of the issuer', async () => {
    const reply = await settle(await opened(), 'ownership', { outcome: 'satisfied' }, grace);
    expect(reply.status).toBe(403);
  });

  test('settled by two officers at once keeps both', async () => {
    const id = await opened();
    const colleague = await world.actor(['compliance']);
    const body = { outcome: 'satisfied', evidenceSha256: HASH };
    const replies = await Promise.all([
      settle(id, 'ownership', body),
      settle(id, 'ownership', { ...body, outcome: 'failed' }, colleague),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    const rows = await world.read((db) =>
      db.query('SELECT seq FROM issuer_due_diligence WHERE issuer_id = :id ORDER BY seq', { id }),
    );
    expect(rows).toEqual([{ seq: 1 }, { seq: 2 }]);
  });
});

describe('figures of a year', () => {
  const usd = (amount: string) => ({ amount, currency: 'USD' });
  const YEAR = {
    currency: 'USD',
    assurance: 'reviewed',
    employees: 12,
    figures: {
      totalAssets: usd('47586.00'),
      revenue: usd('1442805.00'),
      netIncome: usd('-58409.00'),
    },
  };
  const at = (id: string, year = '2024-12-31') => `/v1/issuers/${id}/financials/${year}`;

  test('are recorded, verified by somebody else, and unverified again when they change', async () => {
    const id = await opened();
    const recorded = await grace.put(at(id), YEAR);
    expect([recorded.status, recorded.body.figures]).toEqual([200, YEAR.figures]);
    expect((await standing(id)).financialStatements).toBeUndefined();
    expect((await officer.post(`${at(id)}/verify`)).body.verifiedAt).toBeDefined();
    expect((await standing(id)).financialStatements).toBe('reviewed');
    const again = await officer.post(`${at(id)}/verify`);
    expect([again.status, again.body.code]).toEqual([409, 'issuers.financials-verified']);
    expect((await grace.put(at(id), { ...YEAR, employees: 13 })).body.verifiedAt).toBeUndefined();
    await grace.put(at(id, '2023-12-31'), YEAR);
    const { body } = await grace.get(`/v1/issuers/${id}/financials`);
    expect(body.items.map((year: { fiscalYearEndsOn: string }) => year.fiscalYearEndsOn)).toEqual([
      '2024-12-31',
      '2023-12-31',
    ]);
  });

  test('are not verified by whoever recorded them', async () => {
    const id = await opened();
    const both = await world.actor(['operations', 'compliance']);
    await both.put(at(id), YEAR);
    const reply = await both.post(`${at(id)}/verify`);
    expect([reply.status, reply.body.code]).toEqual([403, 'issuers.four-eyes']);
  });

  test.each([
    {
      name: 'two currencies',
      year: '2024-12-31',
      body: { ...YEAR, currency: 'EUR' },
      status: 400,
      code: 'issuers.mixed-currencies',
    },
    {
      name: 'a day that does not exist',
      year: '2024-02-30',
      body: YEAR,
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'negative assets',
      year: '2024-12-31',
      body: { ...YEAR, figures: { totalAssets: usd('-1.00') } },
      status: 400,
      code: 'request.invalid',
    },
  ])('are refused in $name', async ({ year, body, status, code }) => {
    const reply = await grace.put(at(await opened(), year), body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('that are not there cannot be verified', async () => {
    const reply = await officer.post(`${at(await opened())}/verify`);
    expect([reply.status, reply.body.code]).toEqual([404, 'issuers.financials-not-found']);
  });
});

describe('particulars and status', () => {
  test('may change; name, number and external id stay', async () => {
    const id = await opened({ externalId: 'E-1' });
    const { kind: _, name: __, identity: ___, people: ____, ...particulars } = company();
    const reply = await grace.put(`/v1/issuers/${id}`, { ...particulars, sizeClass: 'medium' });
    expect(reply.body).toMatchObject({ sizeClass: 'medium', externalId: 'E-1' });
    const renamed = await grace.put(`/v1/issuers/${id}`, { ...particulars, name: 'Other' });
    expect(renamed.status).toBe(400);
  });

  test('a suspended issuer changes nothing until it is reinstated', async () => {
    const id = await opened();
    const step = (verb: string) => officer.post(`/v1/issuers/${id}/${verb}`, { reason: 'A case' });
    expect((await step('suspend')).body.status).toBe('suspended');
    const refused = await grace.put(`/v1/issuers/${id}/people`, { people: [GRACE] });
    expect([refused.status, refused.body.code]).toEqual([409, 'issuers.not-active']);
    expect((await step('reinstate')).body.status).toBe('active');
    expect((await step('close')).body.status).toBe('closed');
    const back = await step('reinstate');
    expect([back.status, back.body.code]).toEqual([409, 'issuers.status-not-allowed']);
  });
});
