import request from 'supertest';
import { loadQuestionBanks } from '../../src/modules/investors';
import { peopleWorld, residentId, scopeOf, type PeopleWorld } from '../support/people-world';

type Actor = Awaited<ReturnType<PeopleWorld['actor']>>;

let world: PeopleWorld;
let ada: Actor;
let officer: Actor;
let clerk: Actor;
let serial = 500;

beforeAll(async () => {
  world = await peopleWorld();
  officer = await world.actor(['compliance']);
  clerk = await world.actor(['operations']);
});
beforeEach(async () => {
  // Access tokens live ten minutes and some tests let days pass.
  officer = await world.actor(['compliance']);
  clerk = await world.actor(['operations']);
  ada = await world.actor(['investor']);
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const eur = (amount: string) => ({ amount, currency: 'EUR' });

function file(changes: object = {}) {
  serial += 1;
  return {
    kind: 'natural',
    name: 'Ada Example',
    country: 'DE',
    bornOn: '1990-03-07',
    identity: { kind: 'passport', country: 'DE', number: `C01${serial}T4` },
    ...changes,
  };
}

const passport = (number: string) => ({ kind: 'passport', country: 'DE', number });

/** Ada's own file, opened by herself. */
async function opened(changes: object = {}): Promise<string> {
  const reply = await ada.post('/v1/investors', file(changes));
  expect(reply.status).toBe(201);
  return reply.body.id;
}

async function verified(changes: object = {}): Promise<string> {
  const id = await opened(changes);
  await ada.post(`/v1/investors/${id}/verification`);
  await world.verificationRunner.runPending(scopeOf(world.rhine));
  return id;
}

describe('opening a file', () => {
  test('shows who one is, with the number masked, in the lowest tier', async () => {
    const reply = await ada.post('/v1/investors', file());
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      name: 'Ada Example',
      identity: { kind: 'passport', masked: expect.stringMatching(/^\*+.{3}$/) },
      status: 'active',
      verification: 'unverified',
      tier: 'non-sophisticated',
      profileVersion: 1,
      facts: { kind: 'natural', isVerified: false, tier: 'non-sophisticated' },
    });
    expect((await ada.get('/v1/me/investor')).body.id).toBe(reply.body.id);
  });

  test.each([
    {
      name: 'a number that cannot be right',
      change: { identity: { kind: 'cn-resident-id', number: '110105194912310021' } },
      status: 422,
      code: 'identity.invalid-identity-number',
    },
    {
      name: 'the number of a company',
      change: { identity: { kind: 'lei', number: '529900T8BM49AURSDO55' } },
      status: 422,
      code: 'identity.wrong-identity-kind',
    },
    {
      name: 'a passport of no country',
      change: { identity: { kind: 'passport', number: 'C01X00T47' } },
      status: 422,
      code: 'identity.invalid-identity-number',
    },
    {
      name: 'no date of birth',
      change: { bornOn: undefined },
      status: 400,
      code: 'investors.birth-date-missing',
    },
    {
      name: 'a date of birth other than the number’s',
      change: { identity: { kind: 'cn-resident-id', number: '11010519491231002X' } },
      status: 422,
      code: 'investors.birth-date-mismatch',
    },
    {
      name: 'a day that does not exist',
      change: { bornOn: '1990-02-30' },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a bank account for an identity',
      change: { identity: { kind: 'iban', number: 'DE89370400440532013000' } },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a tier of one’s own choice',
      change: { tier: 'sophisticated' },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a name of two lines',
      change: { name: 'Ada\nAdmin' },
      status: 400,
      code: 'request.invalid',
    },
  ])('is refused with $name', async ({ change, status, code }) => {
    const reply = await ada.post('/v1/investors', file(change));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(JSON.stringify(reply.body)).not.toMatch(/11010519491231002|110105194912310021/);
    expect((await ada.get('/v1/me/investor')).status).toBe(404);
  });

  test('is refused to a second log-in with the same number, and to the same log-in twice', async () => {
    const twin = file();
    await ada.post('/v1/investors', twin);
    const other = await world.actor(['investor']);
    const second = await other.post('/v1/investors', twin);
    expect([second.status, second.body.code]).toEqual([409, 'investors.already-registered']);
    const again = await ada.post('/v1/investors', file());
    expect([again.status, again.body.code]).toEqual([409, 'investors.user-has-file']);
  });
});

describe('whose file is seen', () => {
  test('the own one; somebody else’s does not exist; staff see all, other operators nothing', async () => {
    const id = await opened();
    const eve = await world.actor(['investor']);
    const abroad = await world.actor(['compliance'], { at: world.hudson });
    const replies = [
      await eve.get(`/v1/investors/${id}`),
      await abroad.get(`/v1/investors/${id}`),
      await eve.put(`/v1/investors/${id}/means`, { netWorth: eur('1.00') }),
      await eve.post(`/v1/investors/${id}/verification`),
      await eve.get(`/v1/investors/${id}/profile-versions`),
      await abroad.post(`/v1/investors/${id}/suspend`, { reason: 'because' }),
    ];
    for (const { status, body } of replies) {
      expect([status, body.code]).toEqual([404, 'investors.not-found']);
    }
    for (const actor of [ada, officer, clerk]) {
      expect((await actor.get(`/v1/investors/${id}`)).status).toBe(200);
    }
    expect((await eve.get('/v1/investors')).status).toBe(403);
  });

  test('lists go on from page to page, filtered', async () => {
    await opened();
    const first = await clerk.get('/v1/investors?limit=1');
    expect(first.body.items).toHaveLength(1);
    const second = await clerk.get(`/v1/investors?limit=1&after=${first.body.next}`);
    expect(second.body.items[0].id > first.body.items[0].id).toBe(true);
    const none = await clerk.get('/v1/investors?tier=sophisticated&verification=rejected');
    expect(none.body).toEqual({ items: [] });
  });
});

describe('verification', () => {
  test('is asked for, answered by the provider, and opens a cash account', async () => {
    const id = await opened();
    const asked = await ada.post(`/v1/investors/${id}/verification`);
    expect([asked.status, asked.body.status]).toEqual([202, 'pending']);
    const twice = await ada.post(`/v1/investors/${id}/verification`);
    expect([twice.status, twice.body.code]).toEqual([409, 'investors.verification-open']);

    await world.verificationRunner.runPending(scopeOf(world.rhine));
    const { body } = await ada.get(`/v1/investors/${id}`);
    expect(body).toMatchObject({ verification: 'verified', facts: { isVerified: true } });
    expect((await ada.get(`/v1/investors/${id}/verification`)).body).toMatchObject({
      status: 'verified',
      provider: 'offline',
      evidenceSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      validUntil: '2028-03-10T00:00:00.000Z',
    });
    const account = await world.read((db) =>
      world.ledger.findAccount(db, {
        path: `liabilities:investor:${id}:cash`,
        currency: 'EUR',
        isClientMoney: true,
        floorMinor: 0n,
      }),
    );
    expect(account).toBeDefined();
    const again = await ada.post(`/v1/investors/${id}/verification`);
    expect([again.status, again.body.code]).toEqual([409, 'investors.already-verified']);
  });

  test('of a minor is rejected', async () => {
    const id = await verified({ bornOn: '2010-01-01' });
    expect((await ada.get(`/v1/investors/${id}`)).body.verification).toBe('rejected');
    expect((await ada.get(`/v1/investors/${id}/verification`)).body.reasons).toEqual(['under-age']);
  });

  test('left to review is decided by an officer who did not ask for it', async () => {
    const id = await opened({ identity: passport(`C0${(serial += 1)}X97`) });
    await officer.post(`/v1/investors/${id}/verification`);
    await world.verificationRunner.runPending(scopeOf(world.rhine));
    expect((await ada.get(`/v1/investors/${id}`)).body.verification).toBe('pending');
    const path = `/v1/investors/${id}/verification/resolve`;
    const decision = { outcome: 'verified', note: 'Another person of that name' };
    const own = await officer.post(path, decision);
    expect([own.status, own.body.code]).toEqual([403, 'investors.four-eyes']);
    const colleague = await world.actor(['compliance']);
    expect((await colleague.post(path, decision)).body.status).toBe('verified');
    const late = await colleague.post(path, { ...decision, outcome: 'rejected' });
    expect([late.status, late.body.code]).toEqual([409, 'investors.verification-not-in-review']);
    expect((await ada.post(path, decision)).status).toBe(403);
  });

  test('answered twice at once counts once', async () => {
    const id = await opened();
    const { body } = await ada.post(`/v1/investors/${id}/verification`);
    const before = await versionsOf(id);
    await Promise.all([
      world.verificationRunner.run(scopeOf(world.rhine), { id: body.id, subjectId: id as never }),
      world.verificationRunner.run(scopeOf(world.rhine), { id: body.id, subjectId: id as never }),
    ]);
    expect(await versionsOf(id)).toBe(before + 1);
  });
});

describe('tiers', () => {
  const RICH = { grossIncome: eur('60000.00'), financeRoleMonths: 12 };
  const DOCUMENT = { title: 'Tax assessment 2024', sha256: 'a'.repeat(64) };
  const ask = (id: string, body: object = {}) =>
    ada.post(`/v1/investors/${id}/classification`, {
      declared: RICH,
      documents: [DOCUMENT],
      ...body,
    });

  test('that take protection away wait for an officer who is not the one who asks', async () => {
    const id = await verified();
    const asked = await ask(id);
    expect([asked.status, asked.body.status]).toEqual([202, 'pending']);
    expect(asked.body).toMatchObject({
      fromTier: 'non-sophisticated',
      requestedTier: 'sophisticated',
      declared: RICH,
      documents: [DOCUMENT],
    });
    const twice = await ask(id);
    expect([twice.status, twice.body.code]).toEqual([409, 'investors.classification-open']);
    expect((await ada.get(`/v1/investors/${id}`)).body.tier).toBe('non-sophisticated');

    const path = `/v1/investors/${id}/classification/${asked.body.id}`;
    expect((await ada.post(`${path}/approve`, { note: 'me' })).status).toBe(403);
    const approved = await officer.post(`${path}/approve`, { note: 'Seen' });
    expect(approved.body).toMatchObject({ status: 'approved', decidedBy: officer.id });
    const { body } = await ada.get(`/v1/investors/${id}`);
    expect(body).toMatchObject({
      tier: 'sophisticated',
      facts: { tier: 'sophisticated', tierExpiresAt: body.tierExpiresAt },
    });
    const again = await officer.post(`${path}/reject`, { note: 'No' });
    expect([again.status, again.body.code]).toEqual([409, 'investors.classification-decided']);
  });

  test('asked for by staff are not approved by the same person', async () => {
    const both = await world.actor(['operations', 'compliance']);
    const id = await verified();
    const asked = await both.post(`/v1/investors/${id}/classification`, {
      declared: RICH,
      documents: [],
    });
    const path = `/v1/investors/${id}/classification/${asked.body.id}`;
    const own = await both.post(`${path}/approve`, { note: 'Mine' });
    expect([own.status, own.body.code]).toEqual([403, 'investors.four-eyes']);
    expect((await officer.post(`${path}/reject`, { note: 'No proof' })).body.status).toBe(
      'rejected',
    );
    expect((await ask(id)).status).toBe(202);
  });

  test('above the evidence are refused with the criteria that are not met', async () => {
    const id = await opened();
    const reply = await ask(id, {
      tier: 'sophisticated',
      declared: { ...RICH, grossIncome: eur('59999.99') },
    });
    expect([reply.status, reply.body.code]).toEqual([422, 'investors.tier-not-met']);
    expect(reply.body.findings.length).toBeGreaterThan(0);
    expect(reply.body.findings[0].citation).toMatch(/Annex II/);
  });

  test('that give protection back count at once', async () => {
    const id = await verified();
    const { body } = await ask(id);
    await officer.post(`/v1/investors/${id}/classification/${body.id}/approve`, { note: 'Seen' });
    const down = await ask(id, { tier: 'non-sophisticated' });
    expect([down.status, down.body.status]).toEqual([201, 'approved']);
    expect((await ada.get(`/v1/investors/${id}`)).body).toMatchObject({
      tier: 'non-sophisticated',
    });
  });

  test('end with the instant they end, by the job, and the lowest tier is back', async () => {
    const id = await verified();
    const { body } = await ask(id);
    await officer.post(`/v1/investors/${id}/classification/${body.id}/approve`, { note: 'Seen' });
    const { tierExpiresAt } = (await ada.get(`/v1/investors/${id}`)).body;
    const end = new Date(tierExpiresAt);
    const expire = (now: Date) => world.write((tx) => world.investors.expireDue(tx, now));
    await expire(new Date(end.getTime() - 1));
    expect((await ada.get(`/v1/investors/${id}`)).body.tier).toBe('sophisticated');
    await expire(end);
    expect((await ada.get(`/v1/investors/${id}`)).body).toMatchObject({
      tier: 'non-sophisticated',
      verification: 'verified',
    });
    expect(await expire(end)).toBe(0);
  });

  test.each([
    {
      name: 'another currency',
      body: { declared: { grossIncome: { amount: '1.00', currency: 'USD' } } },
      status: 400,
      code: 'investors.wrong-currency',
    },
    {
      name: 'a tier of another rulebook',
      body: { tier: 'accredited' },
      status: 400,
      code: 'investors.tier-unknown',
    },
    {
      name: 'a document without a hash',
      body: { documents: [{ title: 'Trust me', sha256: 'yes' }] },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a figure nobody asked for',
      body: { declared: { charm: 5 } },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'too many digits',
      body: { declared: { netWorth: eur('1.001') } },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a negative figure',
      body: { declared: { netWorth: eur('-1.00') } },
      status: 400,
      code: 'request.invalid',
    },
  ])('are not asked for in $name', async ({ body, status, code }) => {
    const id = await opened();
    const reply = await ask(id, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test('raced for by two officers are decided once', async () => {
    const id = await verified();
    const { body } = await ask(id);
    const path = `/v1/investors/${id}/classification/${body.id}/approve`;
    const colleague = await world.actor(['compliance']);
    const before = await versionsOf(id);
    const replies = await Promise.all([
      officer.post(path, { note: 'A' }),
      colleague.post(path, { note: 'B' }),
    ]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await versionsOf(id)).toBe(before + 1);
  });
});

describe('the knowledge test', () => {
  const [bank] = loadQuestionBanks('compliance/knowledge-tests');
  const right = Object.fromEntries(bank!.questions.map(({ id, answer }) => [id, answer]));
  const handIn = (id: string, body: object) =>
    ada.post(`/v1/investors/${id}/knowledge-test`, { bank: 'ecspr', version: 1, ...body });

  test('is put without its answers', async () => {
    const { status, body } = await ada.get('/v1/knowledge-test');
    expect(status).toBe(200);
    expect(body.questions).toHaveLength(12);
    expect(JSON.stringify(body)).not.toMatch(/"answer"|"explanation"/);
  });

  test('is asked for by no rulebook but the one that has it', async () => {
    const abroad = await world.actor(['investor'], { at: world.hudson });
    const reply = await abroad.get('/v1/knowledge-test');
    expect([reply.status, reply.body.code]).toEqual([404, 'investors.no-knowledge-test']);
  });

  test('passed holds for two years', async () => {
    const id = await opened();
    const reply = await handIn(id, { answers: right });
    expect(reply.body).toMatchObject({ outcome: 'passed', correct: 12, wrong: [] });
    expect(reply.body.warning).toBeUndefined();
    const { facts } = (await ada.get(`/v1/investors/${id}`)).body;
    expect(facts.knowledgeTest).toMatchObject({
      outcome: 'passed',
      expiresAt: '2027-03-09T23:00:00.000Z',
    });
    const none = await ada.post(`/v1/investors/${id}/warning-acknowledgement`);
    expect([none.status, none.body.code]).toEqual([409, 'investors.nothing-to-acknowledge']);
  });

  test('failed or refused leads to a warning that has to be acknowledged, each time', async () => {
    const id = await opened();
    for (const body of [{ answers: {} }, { refuses: true }]) {
      const reply = await handIn(id, body);
      expect(reply.status).toBe(201);
      expect(reply.body.warning.en).toContain('losing the entirety');
      expect(await acknowledgedAt(id)).toBeUndefined();
      expect((await ada.post(`/v1/investors/${id}/warning-acknowledgement`)).status).toBe(200);
      expect(await acknowledgedAt(id)).toBeDefined();
    }
  });

  test('failed three times may be taken again a day later', async () => {
    const id = await opened();
    for (let count = 0; count < 3; count += 1) {
      expect((await handIn(id, { answers: {} })).body.outcome).toBe('failed');
    }
    const locked = await handIn(id, { answers: right });
    expect([locked.status, locked.body.code]).toEqual([409, 'investors.knowledge-test-locked']);
    expect(locked.headers['retry-after']).toBe('86400');
    expect((await handIn(id, { refuses: true })).status).toBe(201);
  });

  test.each([
    {
      name: 'an older version',
      body: { version: 2, answers: {} },
      status: 409,
      code: 'investors.knowledge-test-outdated',
    },
    {
      name: 'another test',
      body: { bank: 'driving', answers: {} },
      status: 409,
      code: 'investors.knowledge-test-outdated',
    },
    {
      name: 'a question it does not have',
      body: { answers: { 'no-such': 'a' } },
      status: 400,
      code: 'investors.unknown-question',
    },
    { name: 'neither answers nor a refusal', body: {}, status: 400, code: 'request.invalid' },
    { name: 'both', body: { answers: {}, refuses: true }, status: 400, code: 'request.invalid' },
  ])('is not handed in with $name', async ({ body, status, code }) => {
    const id = await opened();
    const reply = await handIn(id, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  async function acknowledgedAt(id: string): Promise<string | undefined> {
    return (await ada.get(`/v1/investors/${id}`)).body.facts.warningAcknowledgedAt;
  }
});

describe('means and the simulation of losses', () => {
  test('are told to rulebooks, in a new version each time', async () => {
    const id = await opened();
    const means = { annualIncome: eur('40000.00'), netWorth: eur('90000.00') };
    const reply = await ada.put(`/v1/investors/${id}/means`, { ...means, isJoint: false });
    expect(reply.body).toMatchObject({ profileVersion: 2, facts: { means, isJoint: false } });
    await ada.post(`/v1/investors/${id}/loss-simulation`, { abilityToBearLoss: eur('4000.00') });
    const { body } = await ada.get(`/v1/investors/${id}`);
    expect(body.facts).toMatchObject({
      means,
      lossSimulation: { abilityToBearLoss: eur('4000.00'), expiresAt: '2026-03-09T23:00:00.000Z' },
    });
    const { body: history } = await ada.get(`/v1/investors/${id}/profile-versions?limit=2`);
    expect(history.items.map(({ reason }: { reason: string }) => reason)).toEqual([
      'loss-simulation.recorded',
      'means.declared',
    ]);
    const rest = await ada.get(`/v1/investors/${id}/profile-versions?after=${history.next}`);
    expect(rest.body.items[0]).toMatchObject({ version: 1, reason: 'file.opened' });
  });

  test('the figures behind a simulation cannot be handed over', async () => {
    const id = await opened();
    const reply = await ada.post(`/v1/investors/${id}/loss-simulation`, {
      abilityToBearLoss: eur('4000.00'),
      netAnnualIncome: eur('30000.00'),
    });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });

  test('in another currency are refused', async () => {
    const id = await opened();
    const usd = { amount: '1.00', currency: 'USD' };
    const reply = await ada.put(`/v1/investors/${id}/means`, { declaredElsewhere: usd });
    expect([reply.status, reply.body.code]).toEqual([400, 'investors.wrong-currency']);
  });
});

describe('suspension', () => {
  test('shuts out and lets in again, with a reason on record; closing is for good', async () => {
    const id = await opened();
    const step = (verb: string) =>
      officer.post(`/v1/investors/${id}/${verb}`, { reason: 'A case' });
    expect((await step('suspend')).body.status).toBe('suspended');
    const means = await ada.put(`/v1/investors/${id}/means`, {});
    expect([means.status, means.body.code]).toEqual([409, 'investors.not-active']);
    expect((await step('reinstate')).body.status).toBe('active');
    expect((await step('close')).body.status).toBe('closed');
    const back = await step('reinstate');
    expect([back.status, back.body.code]).toEqual([409, 'investors.status-not-allowed']);
    expect((await clerk.post(`/v1/investors/${id}/suspend`, { reason: 'x' })).status).toBe(403);
  });
});

describe('calculators', () => {
  const calculate = (name: string, body: object) =>
    request(world.app).post(`/v1/calculators/${name}`).send(body);

  test.each([
    { name: 'just enough', amount: '60000.00', tier: 'sophisticated' },
    { name: 'a cent less', amount: '59999.99', tier: 'non-sophisticated' },
  ])('say which tier $name reaches, and by which criteria', async ({ amount, tier }) => {
    const { status, body } = await calculate('investor-tier', {
      rulebookId: 'eu-ecspr',
      kind: 'natural',
      at: '2025-03-10T09:00:00Z',
      evidence: { grossIncome: eur(amount), financeRoleMonths: 12 },
    });
    expect([status, body.tier]).toEqual([200, tier]);
    expect(body.findings[0]).toMatchObject({
      citation: expect.any(String),
      isMet: expect.any(Boolean),
    });
  });

  test('know which rulebooks there are', async () => {
    const reply = await calculate('investor-tier', {
      rulebookId: 'no-law',
      kind: 'natural',
      evidence: {},
    });
    expect([reply.status, reply.body.code]).toEqual([404, 'rulebooks.unknown-rulebook']);
  });

  test('say what can be lost', async () => {
    const { body } = await calculate('loss-simulation', {
      netAnnualIncome: eur('30000.00'),
      liquidAssets: eur('20000.00'),
      annualCommitments: eur('10000.00'),
    });
    expect(body).toMatchObject({ netWorth: eur('40000.00'), abilityToBearLoss: eur('4000.00') });
  });
});

test('operations may keep a file for somebody without a log-in', async () => {
  const number = residentId(77);
  const reply = await clerk.post(
    '/v1/investors',
    file({ bornOn: undefined, identity: { kind: 'cn-resident-id', number } }),
  );
  expect(reply.status).toBe(201);
  expect(reply.body.bornOn).toBe('1990-03-07');
  expect((await clerk.get('/v1/me/investor')).status).toBe(403);
});

async function versionsOf(id: string): Promise<number> {
  const rows = await world.read((db) =>
    db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM investor_profiles WHERE investor_id = :id',
      { id },
    ),
  );
  return rows[0]?.n ?? 0;
}
