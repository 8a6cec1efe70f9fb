import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { STEADY, contactOf, openBorrower } from '../../seeds/lending';
import { ELBE } from '../../seeds/operators';
import type { Company } from '../../seeds/issuing';
import type { House } from '../../seeds/world';
import { logIn, type ApiClient } from '../support/api-client';
import { testWorld, type TestWorld } from '../support/world';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const CONFIRMED = [
  'riskWarning',
  'lossOfAll',
  'understanding',
  'consentAboveThreshold',
  'limitsObserved',
];

/** What a buyer checks before buying, on the lending half: over HTTP alone; time moves between. */
describe('the checks of a buyer: lending', () => {
  let test: TestWorld;
  let house: House;
  let compliance: ApiClient;
  const lenders = new Map<string, ApiClient>();
  const mandates = new Map<string, Id<'mnd'>>();

  const app = () => test.world.app.http;
  const lender = (name: string): ApiClient => lenders.get(name) ?? compliance;

  beforeAll(async () => {
    test = await testWorld('2026-03-02T10:00:00Z');
    house = await test.world.operator(ELBE);
    compliance = await logIn(app(), house, 'compliance');
    const policy = { reviewedBy: 'credit-decision', note: 'Decisions are explained.' };
    await compliance.put('/v1/offering-review-policy', policy).expect(200);
    for (const name of ['ada', 'ben', 'cleo', 'dora', 'emil']) {
      await house.investor({ mailbox: name, cash: '4000.00' });
      lenders.set(name, await logIn(app(), house, name));
    }
  });

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  /** Somebody who asks for a loan and is judged. */
  async function judged(mailbox: string, changes: object = {}) {
    const borrower: Company = await openBorrower(house, { mailbox });
    const client = await logIn(app(), house, mailbox);
    const form = { ...FORM, project: `The roof of ${mailbox}`, ...changes };
    const contact = contactOf(house, borrower);
    const body = { issuerId: borrower.id, form, contact };
    const opened = await client.post('/v1/applications', body).expect(201);
    const path = `/v1/applications/${opened.body.id}`;
    const payslip = { kind: 'payslip', title: 'Pay slip', contentType: 'text/plain' };
    const content = Buffer.from(`Pay slip of ${mailbox}`).toString('base64');
    await client.post(`${path}/documents`, { ...payslip, content }).expect(201);
    await client.post(`${path}/submit`, SIGNED).expect(202);
    await test.world.tick();
    const { body: application } = await client.get(path).expect(200);
    return { client, path, application };
  }

  /** A loan before its lenders, at a fixed rate or up for auction. */
  async function listed(mailbox: string, how: 'accept' | 'auction', months = 24) {
    const { client, path } = await judged(mailbox);
    const { body } = await client.get(`${path}/offers`).expect(200);
    const offer = body.items.find((each: { termMonths: number }) => each.termMonths === months);
    const reply = await client.post(`${path}/offers/${offer.id}/${how}`).expect(200);
    return { offeringId: reply.body.offeringId as Id<'off'>, offer, path, client };
  }

  async function documentsOf(offeringId: Id<'off'>): Promise<readonly string[]> {
    const { body } = await lender('ada').get(`/v1/offerings/${offeringId}`).expect(200);
    return body.documents.map((each: { sha256: string }) => each.sha256);
  }

  describe('12. scoring with reason codes, and a price by grade', () => {
    it('scores with reasons in two languages, a grade, and a price whose parts sum up', async () => {
      const { application } = await judged('ingrid');
      expect(application.status).toBe('offered');
      const path = `/v1/credit/decisions/${application.decisionId}`;
      const { body } = await compliance.get(path).expect(200);
      expect(body.points).toEqual(expect.any(Number));
      expect(body.grade).toMatch(/^[A-J]$/);
      expect(body.reasons.length).toBeGreaterThan(0);
      for (const { code, text } of body.reasons) {
        expect(code).toMatch(/^R\d\d$/);
        expect(text).toEqual({
          en: expect.any(String),
          zh: expect.stringMatching(/[\u4e00-\u9fff]/),
        });
      }
      const millionths = (part: string): number => Math.round(Number(part) * 1e8);
      const parts = Object.values(body.parts as Record<string, string>);
      expect(parts.map(millionths).reduce((sum, part) => sum + part, 0)).toBe(
        millionths(body.rate),
      );
    });

    it('gives the same answer to the same facts, another to others', async () => {
      const [one, twin, riskier] = [
        await judged('jonas'),
        await judged('klara'),
        await judged('lars', {
          creditFacts: { ...STEADY, cardUtilisation: 97, cardCreditLeft: 0 },
        }),
      ];
      const decisions = [];
      for (const { application } of [one, twin, riskier]) {
        const path = `/v1/credit/decisions/${application.decisionId}`;
        decisions.push((await compliance.get(path).expect(200)).body);
      }
      const [first, second, third] = decisions;
      expect(second.outputHash).toBe(first.outputHash);
      expect(third.points).toBeLessThan(first.points);
      expect(Number(third.gradePd)).toBeGreaterThanOrEqual(Number(first.gradePd));
    });

    it('keeps the version of every model with the decision, and comes to it again', async () => {
      const { application } = await judged('mats');
      const path = `/v1/credit/decisions/${application.decisionId}`;
      const { body: decision } = await compliance.get(path).expect(200);
      const { body: card } = await compliance
        .get(`/v1/credit/models/${decision.scorecardNo}`)
        .expect(200);
      expect(card).toMatchObject({ kind: 'scorecard', version: expect.any(Number) });
      expect(card.contentHash).toMatch(/^[0-9a-f]{64}$/);
      const { body: replay } = await compliance.get(`${path}/replay`).expect(200);
      expect(replay).toMatchObject({ isEqual: true, storedHash: replay.replayedHash });
      expect(replay.models.map(({ kind }: { kind: string }) => kind)).toEqual([
        'scorecard',
        'master-scale',
        'pricing-policy',
      ]);
    });

    it('tells its borrower the total cost and the APR of each term before anybody is bound', async () => {
      const { client, path } = await judged('nora');
      const { body } = await client.get(`${path}/offers`).expect(200);
      expect(body.items.map(({ termMonths }: { termMonths: number }) => termMonths)).toEqual(
        expect.arrayContaining([12, 24, 36]),
      );
      for (const { rate, apr, totalCost, validUntil } of body.items) {
        expect(Number(apr)).toBeGreaterThan(Number(rate));
        expect(Number(totalCost.amount)).toBeGreaterThan(0);
        expect(new Date(validUntil).getTime()).toBeGreaterThan(test.world.now.getTime());
      }
    });
  });

  describe('13. matching: by hand, by auction, by mandate', () => {
    let byMandate: Id<'off'>;
    let windowId: Id<'win'>;

    it('lets a lender lend by hand, holding the money and moving none', async () => {
      const { offeringId } = await listed('oskar', 'accept');
      const order = {
        offeringId,
        amount: eur('500.00'),
        documents: await documentsOf(offeringId),
        acknowledged: Object.fromEntries(CONFIRMED.map((name) => [name, true])),
      };
      const { body } = await lender('ada').post('/v1/subscriptions', order).expect(201);
      expect(body).toMatchObject({ amount: eur('500.00') });
      const { body: cash } = await lender('ada').get('/v1/cash').expect(200);
      expect(cash.accounts[0]).toMatchObject({
        available: eur('3500.00'),
        reserved: eur('500.00'),
      });
    });

    it('clears a sealed auction at one rate for all who win', async () => {
      const { offeringId, offer } = await listed('paula', 'auction');
      const path = `/v1/auctions/${offeringId}`;
      const documents = await documentsOf(offeringId);
      const bid = (amount: string, below: number) => ({
        amount: eur(amount),
        minimumRate: String(Math.floor((Number(offer.rate) - below) * 10_000) / 10_000),
        documents,
        acknowledged: CONFIRMED,
      });
      for (const [name, below] of [
        ['ben', 0.03],
        ['cleo', 0.02],
        ['dora', 0.01],
      ] as const) {
        await lender(name).post(`${path}/bids`, bid('1500.00', below)).expect(201);
      }
      await compliance.get(`${path}/bids`).expect(409);
      const { body: open } = await lender('ben').get(path).expect(200);
      await test.world.moveTo(new Date(new Date(open.bidsCloseAt).getTime() + HOUR_MS));
      const { body: cleared } = await lender('ben').get(path).expect(200);
      expect(cleared).toMatchObject({ status: 'published', outcome: 'funded' });
      expect(Number(cleared.clearingRate)).toBeLessThan(Number(offer.rate));
      const { body: replay } = await compliance.get(`${path}/replay`).expect(200);
      expect(replay).toMatchObject({ isSame: true, isInputIntact: true });
    });

    it('matches signed mandates in a window whose rule and log are public', async () => {
      byMandate = (await listed('quentin', 'accept', 36)).offeringId;
      for (const name of ['dora', 'emil']) {
        const { body } = await lender(name).post('/v1/mandates', MANDATE).expect(201);
        const signature = { textSha256: sha256(body.text.en), acknowledged: CONFIRMED };
        await lender(name).post(`/v1/mandates/${body.id}/sign`, signature).expect(200);
        mandates.set(name, body.id);
      }
      await test.world.moveBy(6 * HOUR_MS);
      const { body } = await compliance.get('/v1/matching/windows?limit=1').expect(200);
      const [window] = body.items;
      windowId = window.id;
      expect(window).toMatchObject({ status: 'published', seed: expect.stringMatching(/^\d+$/) });
      const loans = await lender('emil').get(`/v1/matching/windows/${windowId}/loans`).expect(200);
      expect(loans.body.items).toContainEqual(expect.objectContaining({ offeringId: byMandate }));
    });

    it('treats equal lenders equally, whoever came first', async () => {
      const path = `/v1/matching/windows/${windowId}/mandates`;
      const { body } = await compliance.get(path).expect(200);
      const matched = body.items.map((line: { matched: { amount: string } }) =>
        Number(line.matched.amount),
      );
      expect(matched).toHaveLength(2);
      expect(Math.abs(matched[0] - matched[1])).toBeLessThanOrEqual(25);
      expect(matched[0]).toBeGreaterThan(0);
    });

    it('says why and why not, shows a lender their own lines alone, and comes to it again', async () => {
      const why = `/v1/matching/windows/${windowId}/why/${mandates.get('emil')}/${byMandate}`;
      const { body } = await lender('emil').get(why).expect(200);
      expect(body).toMatchObject({
        reason: expect.any(String),
        text: { en: expect.any(String), zh: expect.any(String) },
      });
      const own = await lender('emil').get(`/v1/matching/windows/${windowId}/mandates`).expect(200);
      expect(own.body.items).toHaveLength(1);
      const replay = await compliance.get(`/v1/matching/windows/${windowId}/replay`).expect(200);
      expect(replay.body).toMatchObject({ isInputIntact: true, isSame: true });
    });

    it('lets a mandate be revoked at any time, and then lends nothing more under it', async () => {
      const path = `/v1/mandates/${mandates.get('emil')}/revoke`;
      await lender('emil').post(path, {}).expect(200);
      await test.world.moveBy(DAY_MS);
      const { body } = await compliance.get('/v1/matching/windows?limit=1').expect(200);
      const lines = await compliance
        .get(`/v1/matching/windows/${body.items[0].id}/mandates`)
        .expect(200);
      const ids = lines.body.items.map(({ mandateId }: { mandateId: string }) => mandateId);
      expect(ids).not.toContain(mandates.get('emil'));
    });
  });
});

const FORM = {
  amount: eur('3000.00'),
  termMonths: 24,
  purpose: 'home-improvement',
  repayment: 'annuity',
  income: { monthly: eur('4200.00'), source: 'employment' },
  commitments: {
    housing: eur('900.00'),
    loans: eur('50.00'),
    other: eur('0.00'),
    dependants: 0,
  },
  creditFacts: STEADY,
};

const SIGNED = {
  basedOn: 1,
  consents: ['credit-check', 'data-processing', 'terms'].map((kind) => ({
    kind,
    textSha256: sha256(kind),
  })),
  declarations: {
    unpaidElsewhere: eur('0.00'),
    isForOnLending: false,
    isLawfulPurpose: true,
    isTrueAndComplete: true,
    keepsLegalLimits: true,
    isRelatedToOperator: false,
  },
};

const MANDATE = {
  budget: eur('2000.00'),
  ticket: eur('25.00'),
  grades: ['A', 'B', 'C', 'D', 'E', 'F', 'G'],
  mostTermMonths: 60,
  minimumRate: '0.05',
};
