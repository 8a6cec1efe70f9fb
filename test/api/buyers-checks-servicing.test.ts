import { HOUR_MS } from '../../src/kernel/clock';
import { applyForLoan, openBorrower } from '../../seeds/lending';
import { ELBE } from '../../seeds/operators';
import { liveThroughDay, runLoan, sendTransfer, type Part } from '../../seeds/servicing';
import type { House } from '../../seeds/world';
import { logIn, type ApiClient } from '../support/api-client';
import { testWorld, type TestWorld } from '../support/world';

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

const eur = (amount: string): Amount => ({ amount, currency: 'EUR' });
const cents = ({ amount }: Amount): bigint => BigInt(amount.replace('.', ''));
const sum = (amounts: readonly Amount[]): bigint =>
  amounts.reduce((total, each) => total + cents(each), 0n);
const money = (minor: bigint): Amount =>
  eur(`${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`);

/** What a buyer checks before buying, on loans that run: over HTTP alone; time moves between. */
describe('the checks of a buyer: loans that run', () => {
  let test: TestWorld;
  let house: House;
  let operations: ApiClient;

  beforeAll(async () => {
    test = await testWorld('2026-03-06T09:00:00Z');
    house = await test.world.operator(ELBE);
    operations = await logIn(test.world.app.http, house, 'operations');
    const compliance = await logIn(test.world.app.http, house, 'compliance');
    const policy = { reviewedBy: 'credit-decision', note: 'Decisions are explained.' };
    await compliance.put('/v1/offering-review-policy', policy).expect(200);
  });

  afterAll(async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    await test.end();
    expect(broken).toEqual([]);
  });

  describe('14. every type of schedule, to the cent', () => {
    const twelve = { principal: eur('9999.99'), rate: '0.0875', startOn: '2026-01-31' };

    it.each([
      ['annuity', {}],
      ['equal principal', { repayment: { kind: 'equal-principal' } }],
      ['flat', { repayment: { kind: 'flat' } }],
      ['interest only', { repayment: { kind: 'interest-only' } }],
      ['bullet', { repayment: { kind: 'bullet', interest: 'compound' } }],
      ['balloon', { repayment: { kind: 'balloon', residual: eur('3000.00') } }],
      ['seasonal', { repayment: { kind: 'seasonal', weights: [0, 1, 1, 2] } }],
      ['step', { repayment: { kind: 'step', steps: [{ fromNo: 7, factor: '1.5' }] } }],
      ['grace', { grace: { instalments: 3, of: 'principal' } }],
      ['grace, capitalised', { grace: { instalments: 3, of: 'all-capitalised' } }],
      ['variable rate', { rateChanges: [{ from: '2026-07-31', rate: '0.0625' }] }],
      ['weekly, actual days', { frequency: { unit: 'week', every: 1 }, dayCount: 'act/365f' }],
      ['every ten days', { frequency: { unit: 'day', every: 10 }, dayCount: 'act/360' }],
    ])(
      '%s: all principal is repaid, the last balance is nothing, an APR is shown',
      async (_, of) => {
        const body = { ...twelve, instalments: 12, ...of };
        const reply = await operations.post('/v1/calculators/loan-schedule', body).expect(200);
        const { instalments, opening, totals, aprEu } = reply.body;
        expect(instalments.at(-1).balance).toEqual(eur('0.00'));
        const principal = sum(instalments.map((each: { principal: Amount }) => each.principal));
        expect(principal).toBe(cents(opening) + cents(totals.capitalised));
        expect(sum(instalments.map((each: { total: Amount }) => each.total))).toBe(
          cents(totals.total),
        );
        expect(Number(aprEu)).toBeGreaterThan(0);
      },
    );
  });

  describe('15. a loan of 137 lenders: the parts are the whole', () => {
    const LENDERS = 137;
    let path: string;
    let reference: string;
    let borrower: ApiClient;
    let name: string;

    beforeAll(async () => {
      const parts: Part[] = [];
      for (let joined = 0; joined < LENDERS; joined += 1) {
        const draft = { mailbox: `lender${joined}`, tier: 'sophisticated', cash: '200.00' };
        parts.push({
          lender: await house.investor(draft),
          amount: joined === 0 ? '71.00' : '33.00',
        });
      }
      const person = await openBorrower(house, { mailbox: 'odo' });
      const { offeringId } = await applyForLoan(house, person, {
        amount: '4559.00',
        months: 12,
        purpose: 'home-improvement',
        project: 'A roof of many.',
        monthlyIncome: '5200.00',
      });
      if (offeringId === undefined) throw new Error('the loan should be listed');
      const loan = await runLoan(house, offeringId, { borrower: person, parts });
      ({ name } = person);
      borrower = await logIn(test.world.app.http, house, 'odo');
      path = `/v1/loans/${loan.id}`;
      reference = loan.reference;
    }, 300_000);

    async function notes(): Promise<readonly { outstanding: Amount }[]> {
      const { body: first } = await operations.get(`${path}/notes?limit=100`).expect(200);
      const { body: rest } = await operations
        .get(`${path}/notes?limit=100&after=${first.next}`)
        .expect(200);
      return [...first.items, ...rest.items];
    }

    async function outstanding(): Promise<bigint> {
      const { body } = await operations.get(path).expect(200);
      return cents(body.outstanding);
    }

    async function pay(amount: Amount): Promise<void> {
      await sendTransfer(house, house.money(amount.amount), { reference, from: name });
      await test.world.tick();
    }

    const held = async (): Promise<bigint> => sum((await notes()).map((note) => note.outstanding));

    it('is held in 137 notes, which are the loan', async () => {
      expect(await notes()).toHaveLength(LENDERS);
      expect(await held()).toBe(await outstanding());
      expect(await outstanding()).toBe(455_900n);
    });

    it('divides an instalment of odd cents among all of them, and a part of one as well', async () => {
      const { body } = await borrower.get(path).expect(200);
      const { dueOn, amount } = body.nextDue;
      await pay(amount);
      await liveThroughDay(house, dueOn);
      expect(await held()).toBe(await outstanding());
      const { body: second } = await borrower.get(path).expect(200);
      await pay(money(cents(second.nextDue.amount) / 2n + 1n));
      await liveThroughDay(house, second.nextDue.dueOn);
      expect(await held()).toBe(await outstanding());
      const { body: payments } = await operations.get(`${path}/payments`).expect(200);
      expect(payments.items).toHaveLength(2);
      for (const payment of payments.items) {
        const { body: entry } = await operations
          .get(`/v1/ledger/entries/${payment.entryNo}`)
          .expect(200);
        const credited = entry.postings.filter((each: { path: string }) =>
          each.path.startsWith('liabilities:investor:'),
        );
        expect(credited).toHaveLength(LENDERS);
      }
    });

    it('takes a payment back to the cent', async () => {
      const before = await outstanding();
      const { body } = await operations.get(`${path}/payments?limit=1`).expect(200);
      const [last] = body.items;
      const reverse = `${path}/payments/${last.no}/reverse`;
      await operations.post(reverse, { reason: 'the bank took it back' }).expect(200);
      expect(await outstanding()).toBe(before + cents(last.principal));
      expect(await held()).toBe(await outstanding());
    });
  });

  describe('16. a waterfall with a preview', () => {
    it('shows where an amount would go, and that is where it goes', async () => {
      const lender = await house.investor({ tier: 'sophisticated', cash: '9000.00' });
      const person = await openBorrower(house, { mailbox: 'paul' });
      const { offeringId } = await applyForLoan(house, person, {
        amount: '3000.00',
        months: 12,
        purpose: 'car',
        project: 'A van.',
        monthlyIncome: '4800.00',
      });
      if (offeringId === undefined) throw new Error('the loan should be listed');
      const parts = [{ lender, amount: '3000.00' }];
      const { id, reference } = await runLoan(house, offeringId, { borrower: person, parts });
      const paul = await logIn(test.world.app.http, house, 'paul');
      const { body: loan } = await paul.get(`/v1/loans/${id}`).expect(200);
      // Late by ten days: a fee is owed beside the instalment.
      const due = new Date(`${loan.nextDue.dueOn}T12:00:00Z`).getTime();
      await liveThroughDay(house, loan.nextDue.dueOn);
      await test.world.moveTo(new Date(due + 240 * HOUR_MS));
      const on = test.world.now.toISOString().slice(0, 10);
      const amount = eur('100.00');
      const preview = await paul
        .post(`/v1/loans/${id}/payment-preview`, { amount, on })
        .expect(200);
      const { parts: shown } = preview.body;
      expect(shown.map(({ portion }: { portion: string }) => portion)).toEqual(
        expect.arrayContaining(['interest', 'principal']),
      );
      expect(sum(shown.map((each: { amount: Amount }) => each.amount))).toBe(10_000n);

      await sendTransfer(house, house.money('100.00'), { reference, from: person.name });
      await test.world.tick();
      const { body } = await operations.get(`/v1/loans/${id}/payments`).expect(200);
      const [payment] = body.items;
      const of = (portion: string): bigint =>
        sum(
          shown
            .filter((each: { portion: string }) => each.portion === portion)
            .map((each: { amount: Amount }) => each.amount),
        );
      expect(cents(payment.principal)).toBe(of('principal'));
      expect(cents(payment.interest)).toBe(of('interest'));
      expect(cents(payment.lateFees)).toBe(of('late-fees'));
    });
  });
});
