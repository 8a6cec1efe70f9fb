import request from 'supertest';
import { readSigned } from '../../src/platform/auth';
import { IntakeWorld, PAYSLIP, signed, type Caller } from '../support/intake-world';

let world: IntakeWorld;
let compliance: Caller;
let second: Caller;
let third: Caller;
let fourth: Caller;

beforeAll(async () => {
  world = await IntakeWorld.open();
  compliance = await world.caller(['compliance']);
  second = await world.caller(['compliance']);
  third = await world.caller(['compliance']);
  fourth = await world.caller(['compliance']);
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

describe('an application', () => {
  test('is begun with nothing, saved piece by piece, and tells what it lacks', async () => {
    const ada = await world.borrower();
    const opened = await ada.post('/v1/applications', { issuerId: ada.issuerId });
    expect([opened.status, opened.body.status]).toEqual([201, 'draft']);
    const path = `/v1/applications/${opened.body.id}`;
    const empty = await ada.get(`${path}/gaps`);
    expect(empty.body.gaps.map(({ code }: { code: string }) => code)).toContain('amount-missing');

    const { form, contact } = world.filled(ada);
    const first = await ada.patch(path, { basedOn: 1, form: { amount: form.amount } });
    expect(first.body).toMatchObject({ version: 2, form: { amount: { amount: '6000.00' } } });
    const stale = await ada.patch(path, { basedOn: 1, form });
    expect([stale.status, stale.body.code]).toEqual([409, 'applications.stale-version']);
    const { amount: _, ...rest } = form;
    const resumed = await ada.patch(path, { basedOn: 2, form: rest, contact });
    expect(resumed.body).toMatchObject({ version: 3, form: { amount: { amount: '6000.00' } } });

    const early = await ada.post(`${path}/submit`, signed(3));
    expect([early.status, early.body.code]).toEqual([422, 'applications.incomplete']);
    expect(early.body.findings).toMatchObject([{ rule: 'document-missing' }]);
    await ada.post(`${path}/documents`, PAYSLIP);
    expect((await ada.get(`${path}/gaps`)).body).toEqual({ isComplete: true, gaps: [] });
    const history = await ada.get(`${path}/history`);
    expect(history.body.versions[1].changed).toEqual(['amount']);
  });

  test('is quoted softly, offered by term with total cost and APR, accepted and listed', async () => {
    const ada = await world.borrower();
    const id = await world.handedIn(ada);
    const path = `/v1/applications/${id}`;
    const quotes = await ada.get(`${path}/quotes`);
    expect(quotes.status).toBe(200);
    expect(quotes.body.items[0]).toMatchObject({ termMonths: 24, isAffordable: true });

    expect(await world.judged(id)).toBe('offered');
    const offers = await ada.get(`${path}/offers`);
    expect(offers.status).toBe(200);
    const terms = offers.body.items.map(({ termMonths }: { termMonths: number }) => termMonths);
    expect(terms).toEqual([24, 12, 36]);
    const [offer] = offers.body.items;
    const paid = Number(offer.totalPayable.amount) - Number(offer.amount.amount);
    expect(Number(offer.totalCost.amount)).toBeCloseTo(paid, 2);
    expect(Number(offer.apr)).toBeGreaterThan(Number(offer.rate));

    const stranger = await world.borrower();
    const theft = await stranger.post(`${path}/offers/${offer.id}/accept`);
    expect([theft.status, theft.body.code]).toEqual([404, 'applications.not-found']);
    const accepted = await ada.post(`${path}/offers/${offer.id}/accept`);
    expect([accepted.status, accepted.body.detail]).toEqual([200, undefined]);
    expect(accepted.body).toMatchObject({ status: 'listed' });
    const offering = await world.read((db) =>
      world.app.services.offerings.get(db, accepted.body.offeringId),
    );
    expect(offering.offering.kind).toBe('loan');
    expect(offering.version.terms.instrument).toMatchObject({
      kind: 'loan-note',
      termMonths: 24,
      grade: offer.grade,
    });
    const again = await ada.post(`${path}/offers/${offers.body.items[1].id}/accept`);
    expect([again.status, again.body.code]).toEqual([409, 'applications.wrong-status']);
  });

  test('is refused while another of the same borrower is open, also for the same project', async () => {
    const ada = await world.borrower();
    await world.handedIn(ada);
    const twin = await ada.post('/v1/applications', { issuerId: ada.issuerId });
    expect([twin.status, twin.body.code]).toEqual([409, 'applications.already-open']);

    const project = { projectReference: 'Plot 17/4' };
    const one = await world.borrower();
    const other = await world.borrower(world.oder);
    await world.handedIn(one, project);
    const opened = await other.post('/v1/applications', world.filled(other, project));
    await other.post(`/v1/applications/${opened.body.id}/documents`, PAYSLIP);
    const taken = await other.post(`/v1/applications/${opened.body.id}/submit`, signed(1));
    expect([taken.status, taken.body.code]).toEqual([409, 'applications.project-taken']);
  });

  test.each([
    { name: 'money to lend on', change: { isForOnLending: true }, code: 'declaration-refused' },
    {
      name: 'an unlawful purpose',
      change: { isLawfulPurpose: false },
      code: 'declaration-refused',
    },
  ])('for $name is refused: $code', async ({ change, code }) => {
    const ada = await world.borrower();
    const opened = await ada.post('/v1/applications', world.filled(ada));
    await ada.post(`/v1/applications/${opened.body.id}/documents`, PAYSLIP);
    const reply = await ada.post(`/v1/applications/${opened.body.id}/submit`, signed(1, change));
    expect([reply.status, reply.body.code]).toEqual([422, `applications.${code}`]);
  });

  test('is declined when it cannot be carried, and says so without the operator’s traps', async () => {
    const poor = await world.borrower();
    const id = await world.handedIn(poor, {
      income: { monthly: { amount: '700.00', currency: 'EUR' }, source: 'employment' },
    });
    expect(await world.judged(id)).toBe('declined');
    const reasons = await poor.get(`/v1/applications/${id}/reasons`);
    expect(reasons.body.reasons).toContain('debt-to-income');
    const staff = await compliance.get(`/v1/applications/${id}/assessments`);
    expect(staff.body.items[0]).toMatchObject({ verdict: 'decline' });
    expect((await poor.get(`/v1/applications/${id}/assessments`)).status).toBe(403);
  });

  test('is referred when the income was overstated; a second person decides', async () => {
    const ada = await world.borrower();
    const commitments = {
      housing: { amount: '300.00', currency: 'EUR' },
      loans: { amount: '0.00', currency: 'EUR' },
      other: { amount: '0.00', currency: 'EUR' },
      dependants: 0,
    };
    const id = await world.handedIn(ada, { commitments }, { employer: 'HALF Works' });
    expect(await world.judged(id)).toBe('referred');
    const body = { outcome: 'approve', note: 'A letter of the employer explains it.' };
    const resolved = await compliance.post(`/v1/applications/${id}/resolve`, body);
    expect([resolved.status, resolved.body.status]).toEqual([200, 'offered']);
    expect((await ada.get(`/v1/applications/${id}/offers`)).body.items.length).toBeGreaterThan(0);
  });

  test('shows nothing to another borrower or operator', async () => {
    const ada = await world.borrower();
    const id = await world.handedIn(ada);
    const stranger = await world.borrower();
    const abroad = await world.caller(['compliance'], world.oder);
    for (const caller of [stranger, abroad]) {
      const reply = await caller.get(`/v1/applications/${id}`);
      expect([reply.status, reply.body.code]).toEqual([404, 'applications.not-found']);
    }
    expect((await ada.get(`/v1/applications/${id}`)).body.linkedBorrowers).toBeUndefined();
    expect((await compliance.get(`/v1/applications/${id}`)).body.linkedBorrowers).toBe(0);
  });

  test('lapses when no offer is accepted in time', async () => {
    const ada = await world.borrower();
    const id = await world.handedIn(ada);
    expect(await world.judged(id)).toBe('offered');
    const [offer] = (await ada.get(`/v1/applications/${id}/offers`)).body.items;
    world.clock.moveTo(offer.validUntil as string);
    const late = await ada.post(`/v1/applications/${id}/offers/${offer.id}/accept`);
    expect([late.status, late.body.code]).toEqual([409, 'applications.offer-lapsed']);
    const now = world.clock.now();
    await world.write((tx) => world.app.services.acceptances.lapseDue(tx, now));
    expect((await ada.get(`/v1/applications/${id}`)).body.status).toBe('expired');
  });
});

describe('credit lists', () => {
  const entry = (number: string, changes: object = {}) => ({
    colour: 'black',
    subject: { kind: 'natural', identity: { kind: 'cn-resident-id', number } },
    issuingBody: 'Intermediate Court',
    basis: '(2025) 云01 执 1 号',
    effects: ['block-borrowing'],
    startsOn: '2025-01-01',
    endsOn: '2026-01-01',
    ...changes,
  });

  async function listed(issuerId: string, changes: object = {}): Promise<string> {
    const number = await world.write(async (tx) => {
      const { partyId } = await world.app.services.issuers.get(tx, issuerId as `iss_${string}`);
      return world.app.services.parties.revealNumber(tx, partyId, 'test');
    });
    const proposed = await compliance.post('/v1/credit-lists', entry(number, changes));
    expect([proposed.status, proposed.body.status]).toEqual([201, 'proposed']);
    const path = `/v1/credit-lists/${proposed.body.id}/decide`;
    const own = await compliance.post(path, { verdict: 'in-force' });
    expect([own.status, own.body.code]).toEqual([403, 'applications.four-eyes']);
    const decided = await second.post(path, { verdict: 'in-force' });
    expect(decided.body.status).toBe('in-force');
    return proposed.body.id;
  }

  test('black keep from borrowing until an appeal is upheld by two who did not make it', async () => {
    const ada = await world.borrower();
    const entryId = await listed(ada.issuerId);
    const id = await world.handedIn(ada);
    expect(await world.judged(id)).toBe('declined');
    expect((await ada.get(`/v1/applications/${id}/reasons`)).body.reasons).toEqual(['credit-list']);

    const mine = await ada.get('/v1/me/credit-lists');
    expect(mine.body.items).toMatchObject([{ id: entryId, status: 'in-force', appeals: [] }]);
    const stranger = await world.borrower();
    const foreign = await stranger.post(`/v1/credit-lists/${entryId}/appeals`, { grounds: 'x' });
    expect(foreign.status).toBe(404);
    const filed = await ada.post(`/v1/credit-lists/${entryId}/appeals`, { grounds: 'Paid.' });
    expect(filed.status).toBe(201);
    const appeal = `/v1/credit-list-appeals/${filed.body.id}`;
    const biased = await second.post(`${appeal}/examine`, { recommended: 'uphold' });
    expect([biased.status, biased.body.code]).toEqual([403, 'applications.four-eyes']);
    await third.post(`${appeal}/examine`, { recommended: 'uphold' });
    const alone = await third.post(`${appeal}/judge`, { verdict: 'upheld', note: 'Paid.' });
    expect([alone.status, alone.body.code]).toEqual([403, 'applications.four-eyes']);
    const judged = await fourth.post(`${appeal}/judge`, { verdict: 'upheld', note: 'Paid.' });
    expect(judged.body.status).toBe('upheld');
    expect((await ada.get('/v1/me/credit-lists')).body.items[0].status).toBe('lifted');

    const next = await world.handedIn(ada);
    expect(await world.judged(next)).toBe('offered');
  });

  test('lift by themselves when their term is over', async () => {
    const ada = await world.borrower();
    const entryId = await listed(ada.issuerId, { endsOn: '2025-06-01' });
    world.clock.moveTo('2025-06-01T06:00:00Z');
    const id = await world.handedIn(ada);
    expect(await world.judged(id)).toBe('offered');
    const now = world.clock.now();
    await world.write((tx) => world.app.services.creditLists.endDue(tx, now));
    const { body } = await compliance.get(`/v1/credit-lists/${entryId}`);
    expect(body).toMatchObject({ status: 'ended', endedBecause: 'The term is over.' });
  });

  test('red open the green channel: fewer documents, first in the queue, a smaller fee', async () => {
    const plain = await world.borrower();
    const ada = await world.borrower();
    await listed(ada.issuerId, { colour: 'red', effects: ['green-channel'] });
    const plainId = await world.handedIn(plain);
    const opened = await ada.post('/v1/applications', world.filled(ada));
    const path = `/v1/applications/${opened.body.id}`;
    // No pay slip: the red list waives it.
    expect((await ada.post(`${path}/submit`, signed(1))).status).toBe(202);
    expect(await world.judged(opened.body.id)).toBe('offered');
    expect((await ada.get(path)).body.priority).toBe('green');
    const assessed = await compliance.get(`${path}/assessments`);
    expect(assessed.body.items[0].effects).toHaveLength(3);
    const feeOf = async (of: string, who: Caller): Promise<number> =>
      Number((await who.get(`/v1/applications/${of}/offers`)).body.items[0].fee.amount);
    const [green, full] = [await feeOf(opened.body.id, ada), await feeOf(plainId, plain)];
    expect(green).toBeCloseTo(full * 0.75, 1);
  });
});

describe('a credit report', () => {
  test('goes to whom its subject allows, signed, and to nobody after that', async () => {
    const ada = await world.borrower();
    const id = await world.handedIn(ada);
    await world.judged(id);
    const stranger = await world.borrower();
    const draft = {
      issuerId: ada.issuerId,
      recipient: 'Landlord & Sons',
      purpose: 'A flat',
      parts: ['applications', 'decisions'],
      expiresAt: new Date(world.clock.now().getTime() + 86_400_000).toISOString(),
    };
    expect((await stranger.post('/v1/credit-reports/grants', draft)).status).toBe(404);
    const granted = await ada.post('/v1/credit-reports/grants', draft);
    expect(granted.status).toBe(201);
    const { token } = granted.body;

    const path = '/v1/operators/elbe/credit-reports';
    const anybody = (body: object, to = path) => request(world.app.http).post(to).send(body);
    const report = await anybody({ token });
    expect(report.status).toBe(200);
    expect(report.body.content).toMatchObject({
      recipient: 'Landlord & Sons',
      subject: { isVerified: true, identityMasked: expect.stringContaining('*') },
      parts: { applications: [{ id }], decisions: [{ applicationId: id }] },
    });
    // What was not granted is not in it.
    expect(report.body.content.parts.lists).toBeUndefined();
    const { keys } = (await request(world.app.http).get('/v1/keys')).body;
    expect(readSigned(report.body.jws, keys)).toEqual(report.body.content);
    const check = '/v1/calculators/credit-report';
    expect((await anybody({ jws: report.body.jws }, check)).body.isValid).toBe(true);
    const forged = await anybody({ jws: `${report.body.jws}A` }, check);
    expect([forged.status, forged.body.code]).toEqual([400, 'applications.report-invalid']);
    const pdf = await anybody({ token }, `${path}/pdf`);
    expect([pdf.status, pdf.headers['content-type']]).toEqual([200, 'application/pdf']);

    const grant = `/v1/credit-reports/grants/${granted.body.id}`;
    expect((await ada.get(`${grant}/reports`)).body.items).toHaveLength(2);
    await ada.post(`${grant}/revoke`);
    const late = await anybody({ token });
    expect([late.status, late.body.code]).toEqual([403, 'applications.grant-ended']);
    const wrong = await anybody({ token: 'x'.repeat(43) });
    expect([wrong.status, wrong.body.code]).toEqual([404, 'applications.grant-not-found']);
  });
});

describe('the affordability calculator', () => {
  const eur = (amount: string) => ({ amount, currency: 'EUR' });
  const asked = (changes: object = {}) =>
    request(world.app.http)
      .post('/v1/calculators/affordability')
      .send({
        income: eur('3000.00'),
        confirmedIncome: eur('3000.00'),
        housing: eur('600.00'),
        loans: eur('0.00'),
        other: eur('0.00'),
        dependants: 2,
        instalment: eur('250.00'),
        ...changes,
      });

  test('says to anybody what the engine would say', async () => {
    expect((await asked()).body).toMatchObject({
      policy: 'consumer/1',
      verdict: 'pass',
      disposable: eur('1100.00'),
      debtToIncome: '0.2834',
    });
    expect((await asked({ instalment: eur('950.00') })).body.verdict).toBe('decline');
    const unknown = await asked({ policy: 'none' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'applications.policy-not-found']);
    const mixed = await asked({ housing: { amount: '1.00', currency: 'USD' } });
    expect([mixed.status, mixed.body.code]).toEqual([400, 'money.mixed-currencies']);
  });
});
