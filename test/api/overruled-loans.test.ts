import { STEADY, applyForLoan, openBorrower } from '../../seeds/lending';
import { ELBE } from '../../seeds/operators';
import type { House } from '../../seeds/world';
import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import { logIn, type ApiClient } from '../support/api-client';
import { testWorld, type TestWorld } from '../support/world';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const ACKNOWLEDGED = {
  riskWarning: true,
  lossOfAll: true,
  understanding: true,
  consentAboveThreshold: true,
  limitsObserved: true,
};

/** A loan that lenders committed money to, when its credit decision is overruled. */
describe('a listed loan whose decision is overruled to decline', () => {
  let test: TestWorld;
  let house: House;
  let compliance: ApiClient;
  let lender: ApiClient;

  beforeAll(async () => {
    test = await testWorld('2026-03-02T10:00:00Z');
    house = await test.world.operator(ELBE);
    compliance = await logIn(test.world.app.http, house, 'compliance');
    const policy = { reviewedBy: 'credit-decision', note: 'Decisions are explained.' };
    await compliance.put('/v1/offering-review-policy', policy).expect(200);
    await house.investor({ mailbox: 'ada', cash: '4000.00' });
    lender = await logIn(test.world.app.http, house, 'ada');
  });

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  async function listed(mailbox: string) {
    const borrower = await openBorrower(house, { mailbox });
    const application = await applyForLoan(house, borrower, {
      amount: '3000.00',
      months: 24,
      purpose: 'home-improvement',
      project: `The roof of ${mailbox}`,
      monthlyIncome: '4200.00',
      facts: STEADY,
    });
    return { ...application, offeringId: must(application.offeringId, 'the loan') };
  }

  async function lent(offeringId: Id<'off'>, amount: string): Promise<void> {
    const { body } = await lender.get(`/v1/offerings/${offeringId}`).expect(200);
    const documents = body.documents.map((each: { sha256: string }) => each.sha256);
    const order = { offeringId, amount: eur(amount), documents, acknowledged: ACKNOWLEDGED };
    await lender.post('/v1/subscriptions', order).expect(201);
  }

  async function cash() {
    const { body } = await lender.get('/v1/cash').expect(200);
    const { available, reserved } = body.accounts[0];
    return { available, reserved };
  }

  async function overruled(decisionId: string): Promise<void> {
    const { credit } = test.world.services;
    const id = decisionId as Id<'cdn'>;
    const { compliance: first, secondCompliance } = house.staff;
    const proposal = { outcome: 'decline', reason: 'fraud-suspected', note: 'False slip' } as const;
    await house.write(first, (tx) => credit.proposeOverride(tx, id, proposal));
    const resolution = { step: 'confirmed', note: 'Seen.' } as const;
    await house.write(secondCompliance, (tx) => credit.resolveOverride(tx, id, resolution));
    // The override withdraws the loan, and what that announces releases the holds.
    await test.world.tick();
    await test.world.tick();
  }

  it('is withdrawn, and every hold on it released', async () => {
    const { id, offeringId, decisionId } = await listed('ingrid');
    await lent(offeringId, '500.00');
    expect(await cash()).toEqual({ available: eur('3500.00'), reserved: eur('500.00') });
    await overruled(must(decisionId, 'the decision'));

    const { offering } = await house.readOffering(offeringId);
    expect(offering.status).toBe('withdrawn');
    expect(await cash()).toEqual({ available: eur('4000.00'), reserved: eur('0.00') });
    const { application } = await house.read((db) => test.world.services.applications.get(db, id));
    expect(application.status).toBe('withdrawn');
    const trail = await house.read((db) =>
      db.query<{ action: string }>(
        `SELECT a.action FROM platform_audit_records a WHERE a.subject = :id AND a.action LIKE '%stopped'`,
        { id },
      ),
    );
    expect(trail.map(({ action }) => action)).toEqual(['application.loan-stopped']);
  });

  it('is paid out already: then nothing is called back', async () => {
    const { offeringId, decisionId } = await listed('jonas');
    await lent(offeringId, '3000.00');
    const { body } = await lender.get(`/v1/offerings/${offeringId}`).expect(200);
    await test.world.moveTo(new Date(new Date(body.terms.closesAt).getTime() + 3_600_000));
    const before = (await house.readOffering(offeringId)).offering.status;
    expect(before).toBe('settled');
    await overruled(must(decisionId, 'the decision'));
    expect((await house.readOffering(offeringId)).offering.status).toBe('settled');
    expect(await cash()).toEqual({ available: eur('1000.00'), reserved: eur('0.00') });
  });
});
