import { rate, rateText } from '../../src/kernel/rate';
import { Money } from '../../src/kernel/money';
import { OutboxRelay } from '../../src/platform/outbox';
import { composeListeners } from '../../src/app/jobs';
import { ApplicationRunner, offlineBureau, offlineIncome } from '../../src/modules/applications';
import { quoteLoan } from '../../src/modules/applications/quote.service';
import type { Id } from '../../src/kernel/id';
import { GOOD_FACTS, IntakeWorld, type Caller, type TestBorrower } from '../support/intake-world';

let world: IntakeWorld;
let compliance: Caller;
let second: Caller;
let operations: Caller;
let relay: OutboxRelay;

beforeAll(async () => {
  world = await IntakeWorld.open();
  compliance = await world.caller(['compliance']);
  second = await world.caller(['compliance']);
  operations = await world.caller(['operations']);
  const { platform, services } = world.app;
  relay = new OutboxRelay({
    ...platform,
    listeners: composeListeners(platform, services),
    operatorIds: async () => [world.elbe.id],
  });
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

/** Of somebody who claims to have always paid. */
const CLEAN = { ...GOOD_FACTS, cardCreditLeft: 40_000, totalCreditLimit: 400_000, mortgages: 4 };
const CONSENT = 'b'.repeat(64);

interface Judged {
  readonly who: TestBorrower;
  readonly id: Id<'app'>;
  readonly status: string;
}

async function judged(changes: object = {}, contact: object = {}): Promise<Judged> {
  const who = await world.borrower();
  const id = await world.handedIn(who, { creditFacts: CLEAN, ...changes }, contact);
  return { who, id, status: await world.judged(id) };
}

async function decisionOf(id: Id<'app'>) {
  const { body } = await compliance.get(`/v1/applications/${id}`);
  return (await compliance.get(`/v1/credit/decisions/${body.decisionId}`)).body;
}

async function offersOf({ who, id }: Pick<Judged, 'who' | 'id'>) {
  return (await who.get(`/v1/applications/${id}/offers`)).body.items;
}

describe('a credit bureau', () => {
  test('is asked once about what was handed in; its answer is kept with the consent to it', async () => {
    const { who, id, status } = await judged();
    expect(status).toBe('offered');
    const { body } = await who.get(`/v1/applications/${id}/enquiries`);
    expect(body.items).toMatchObject([
      {
        kind: 'hard',
        provider: 'offline',
        outcome: 'found',
        facts: CLEAN,
        consentSha256: 'a'.repeat(64),
        answerSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    const [enquiry] = body.items;
    const assessed = await compliance.get(`/v1/applications/${id}/assessments`);
    expect(assessed.body.items[0].facts.bureau).toEqual({
      id: enquiry.id,
      kind: 'hard',
      provider: 'offline',
      outcome: 'found',
      sha256: enquiry.answerSha256,
    });
    const stranger = await world.borrower();
    const foreign = await stranger.get(`/v1/applications/${id}/enquiries`);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'applications.not-found']);
  });

  test('that has no file leaves what was claimed unscored, and the borrower to a person', async () => {
    const { who, id, status } = await judged({}, { address: 'NOFILE Lane 1' });
    expect(status).toBe('referred');
    expect((await who.get(`/v1/applications/${id}/reasons`)).body.reasons).toContain('thin-file');
    const { inputs, bins } = await decisionOf(id);
    expect(Object.keys(inputs.applicant).toSorted()).toEqual([
      'annualIncome',
      'purpose',
      'requestedAmount',
      'termMonths',
    ]);
    expect(bins).toMatchObject({ cardCreditLeft: '(missing)', mortgages: '(missing)' });
  });

  test('that corrects a claim is believed, in scoring and in what can be carried', async () => {
    const honest = await decisionOf((await judged()).id);
    const { id } = await judged({}, { address: 'STRAINED Lane 1' });
    const corrected = await decisionOf(id);
    expect(corrected.points).toBeLessThan(honest.points);
    expect(corrected.inputs.applicant).toMatchObject({
      cardCreditLeft: 0,
      // 100.00 instead of the stated 50.00, of 4,200.00 a month.
      debtToIncome: 100 / 42,
    });
    const assessed = await compliance.get(`/v1/applications/${id}/assessments`);
    expect(assessed.body.items[0].findings).toContainEqual({
      rule: 'facts-corrected',
      outcome: 'note',
      message: expect.stringContaining('cardCreditLeft'),
    });
  });

  test('is not asked again when judging failed after its answer', async () => {
    const who = await world.borrower();
    const id = await world.handedIn(who);
    const { platform, services } = world.app;
    let asked = 0;
    let isIncomeDown = true;
    const runner = new ApplicationRunner({
      ...platform,
      ...services,
      borrowers: services.issuers,
      creditBureau: {
        name: 'counting',
        enquire: (caseId, enquiry) => {
          asked += 1;
          return offlineBureau.enquire(caseId, enquiry);
        },
      },
      incomeProvider: {
        name: 'sometimes down',
        check: async (caseId, subject) => {
          if (isIncomeDown) throw new Error('down');
          return offlineIncome.check(caseId, subject);
        },
      },
    });
    await expect(runner.run(world.scope(world.elbe), id)).rejects.toThrow('down');
    isIncomeDown = false;
    expect((await runner.run(world.scope(world.elbe), id)).status).toBe('offered');
    expect(asked).toBe(1);
  });

  test('is asked softly for a quote, by consent, while nobody is bound', async () => {
    const who = await world.borrower();
    const opened = await who.post('/v1/applications', {
      ...world.filled(who, { creditFacts: CLEAN }),
    });
    const path = `/v1/applications/${opened.body.id}`;
    const cheapest = async () => Number((await who.get(`${path}/quotes`)).body.items[0].rate);
    const claimed = await cheapest();
    const stranger = await world.borrower();
    const consent = { consentSha256: CONSENT };
    const theft = await stranger.post(`${path}/enquiries`, consent);
    expect([theft.status, theft.body.code]).toEqual([404, 'applications.not-found']);
    expect((await operations.post(`${path}/enquiries`, consent)).status).toBe(403);
    expect((await who.post(`${path}/enquiries`, {})).status).toBe(400);
    const asked = await who.post(`${path}/enquiries`, consent);
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({ kind: 'soft', outcome: 'found', ...consent });
    expect(await cheapest()).toBeLessThan(claimed);

    const id = await world.handedIn(await world.borrower());
    const mine = await world.read((db) => world.app.services.applications.get(db, id));
    const scope = world.scope(world.elbe);
    await expect(
      world.app.services.applicationRunner.askSoftly(scope, mine.application.id, CONSENT),
    ).rejects.toMatchObject({ code: 'applications.wrong-status' });
  });
});

describe('an offer', () => {
  const cases = [
    { name: 'in a term of the policy', changes: {}, contact: {}, from: 'offered' },
    { name: 'in another term', changes: { termMonths: 30 }, contact: {}, from: 'offered' },
    { name: 'with a bullet', changes: { repayment: 'bullet' }, contact: {}, from: 'offered' },
    {
      name: 'after the income was overstated and a person looked at it',
      changes: {},
      contact: { employer: 'HALF Works' },
      from: 'referred',
    },
    {
      name: 'after the bureau had no file and a person looked at it',
      changes: { termMonths: 18 },
      contact: { address: 'NOFILE Lane 2' },
      from: 'referred',
    },
  ];

  test.each(cases)(
    '$name comes out of its own decision again: rate, APR and grade',
    async ({ changes, contact, from }) => {
      const found = await judged(
        { amount: { amount: '2000.00', currency: 'EUR' }, ...changes },
        contact,
      );
      expect(found.status).toBe(from);
      if (from === 'referred') {
        world.clock.moveTo(new Date(world.clock.now().getTime() + 86_400_000).toISOString());
        const note = { outcome: 'approve', note: 'Explained by letters.' };
        const resolved = await compliance.post(`/v1/applications/${found.id}/resolve`, note);
        expect([resolved.status, resolved.body.detail]).toEqual([200, undefined]);
      }
      const offers = await offersOf(found);
      expect(offers.length).toBeGreaterThan(1);
      expect(new Set(offers.map((each: { decisionId: string }) => each.decisionId)).size).toBe(
        offers.length,
      );
      for (const offer of offers) {
        const path = `/v1/credit/decisions/${offer.decisionId}`;
        const { inputs, principal, termMonths } = (await compliance.get(path)).body;
        const { isEqual, replayed } = (await compliance.get(`${path}/replay`)).body;
        expect({ isEqual, rate: replayed.rate, grade: replayed.grade }).toEqual({
          isEqual: true,
          rate: offer.rate,
          grade: offer.grade,
        });
        const again = quoteLoan({
          amount: Money.fromWire(principal),
          termMonths,
          repayment: inputs.repayment,
          rate: rate(replayed.rate),
          feeRate: rate(offer.details.feeRate),
          aprMethod: inputs.aprMethod,
          mayDeduct: true,
          startOn: offer.madeAt.slice(0, 10),
        });
        expect({
          termMonths: again.termMonths,
          apr: rateText(again.apr),
          total: again.totalPayable.toWire(),
        }).toEqual({ termMonths: offer.termMonths, apr: offer.apr, total: offer.totalPayable });
      }
    },
  );

  test('that is accepted tells its lenders which scorecard in which version graded it', async () => {
    const found = await judged();
    const other = (await offersOf(found)).at(-1);
    const path = `/v1/applications/${found.id}/offers/${other.id}/accept`;
    const { body } = await found.who.post(path);
    const { version } = await world.read((db) =>
      world.app.services.offerings.get(db, body.offeringId),
    );
    expect(version.terms.instrument).toMatchObject({
      scorecard: 'consumer-instalment/1',
      decisionId: other.decisionId,
      termMonths: other.termMonths,
    });
  });
});

describe('a decision that two people overrule to decline', () => {
  async function overruled(decisionId: string): Promise<void> {
    const path = `/v1/credit/decisions/${decisionId}/override`;
    const override = { outcome: 'decline', reason: 'fraud-suspected', note: 'False pay slip.' };
    expect((await compliance.post(path, override)).status).toBe(200);
    const confirmed = await second.post(`${path}/resolve`, { step: 'confirmed', note: 'Seen.' });
    expect(confirmed.status).toBe(200);
    // What the withdrawal announces is heard the next time.
    await relay.deliverDue();
    await relay.deliverDue();
  }

  test('ends the offers that rest on it, and the application', async () => {
    const found = await judged();
    const { decisionId } = (await found.who.get(`/v1/applications/${found.id}`)).body;
    await overruled(decisionId);
    expect((await found.who.get(`/v1/applications/${found.id}`)).body.status).toBe('declined');
    for (const { status } of await offersOf(found)) expect(status).toBe('superseded');
  });

  test('stops a loan in another term than was asked for, but not for a term nobody took', async () => {
    const found = await judged();
    const offers = await offersOf(found);
    const [asked, untaken, taken] = offers;
    const accept = `/v1/applications/${found.id}/offers/${taken.id}/accept`;
    expect((await found.who.post(accept)).body.status).toBe('listed');
    await overruled(untaken.decisionId);
    const path = `/v1/applications/${found.id}`;
    expect((await found.who.get(path)).body.status).toBe('listed');
    await overruled(asked.decisionId);
    expect((await found.who.get(path)).body.status).toBe('withdrawn');
  });
});

describe('a credit report', () => {
  const draft = (issuerId: Id<'iss'>) => ({
    issuerId,
    recipient: 'Landlord & Sons',
    purpose: 'A flat',
    parts: ['applications', 'decisions'],
    expiresAt: new Date(world.clock.now().getTime() + 86_400_000).toISOString(),
  });

  test.each(['operations', 'compliance', 'admin', 'regulator'] as const)(
    'is granted to nobody by %s, only by its subject',
    async (role) => {
      const ada = await world.borrower();
      const staff = await world.caller([role]);
      const refused = await staff.post('/v1/credit-reports/grants', draft(ada.issuerId));
      expect(refused.status).toBe(403);
    },
  );

  test('is shown to no other borrower; to end a grant, operations may help its subject', async () => {
    const ada = await world.borrower();
    const stranger = await world.borrower();
    const theft = await stranger.post('/v1/credit-reports/grants', draft(ada.issuerId));
    expect([theft.status, theft.body.code]).toEqual([404, 'applications.not-found']);
    const granted = await ada.post('/v1/credit-reports/grants', draft(ada.issuerId));
    const path = `/v1/credit-reports/grants/${granted.body.id}`;
    for (const reply of [
      await stranger.get(`${path}/reports`),
      await stranger.post(`${path}/revoke`),
    ]) {
      expect([reply.status, reply.body.code]).toEqual([404, 'applications.grant-not-found']);
    }
    expect((await operations.get(`${path}/reports`)).status).toBe(403);
    const ended = await operations.post(`${path}/revoke`);
    expect([ended.status, typeof ended.body.revokedAt]).toEqual([200, 'string']);
  });
});
