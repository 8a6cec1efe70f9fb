import { must } from '../../src/kernel/assert';
import { addDays, type CalendarDate } from '../../src/kernel/calendar-date';
import { logIn, type ApiClient } from '../support/api-client';
import { collectingWorld, type CollectingWorld, type DrawnLoan } from '../support/collecting-world';

let world: CollectingWorld;
let loan: DrawnLoan;
let due: CalendarDate;
let borrower: ApiClient;
let operations: ApiClient;

beforeAll(async () => {
  world = await collectingWorld();
  loan = await world.loan('ACCT131');
  due = must((await world.read(loan.id)).nextDueOn, 'the due day');
  const { http } = world.world.app;
  borrower = await logIn(http, world.house, 'acct131');
  operations = await logIn(http, world.house, 'operations');
}, 120_000);

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const path = () => `/v1/loans/${loan.id}/account`;

describe('the account of a loan', () => {
  it('says how to pay in, to its borrower and to staff alone', async () => {
    const { reference } = await world.read(loan.id);
    const expected = {
      reference,
      debitMandate: { bankAccountId: loan.bankAccountId },
      available: { amount: '0.00', currency: 'INR' },
      debits: [],
    };
    for (const client of [borrower, operations]) {
      expect((await client.get(path()).expect(200)).body).toMatchObject(expected);
    }
    const { http } = world.world.app;
    const other = await world.loan('ACCT200');
    const neighbour = await logIn(http, world.house, 'acct200');
    const { body } = await neighbour.get(path()).expect(404);
    expect(body.code).toBe('loans.loan-not-found');
    await neighbour.get(`/v1/loans/${other.id}/account`).expect(200);
    const lender = await logIn(http, world.house, 'lender-0');
    await lender.get(path()).expect(403);
  });

  it('shows what will be drawn, and why it was refused and when it is drawn again', async () => {
    await world.until(addDays(due, -2), 9);
    const [first] = await world.instalments(loan.id);
    const amount = must(first, 'an instalment').principal.plus(must(first, 'it').interest);
    const instalment = { version: 1, no: 1 };
    const asked = { instalment, dueOn: due, amount: { ...amount.toWire() } };
    const { body: before } = await borrower.get(path()).expect(200);
    expect(before.debits).toMatchObject([{ ...asked, status: 'requested' }]);
    await world.until(due, 12);
    const { body } = await operations.get(`${path()}?limit=1`).expect(200);
    const refused = { status: 'rejected', reasonCode: 'payer-has-no-funds' };
    expect(body.debits).toMatchObject([{ ...asked, ...refused, retryOn: addDays(due, 3) }]);
  });
});

describe('a loan that is repaid', () => {
  it('says no more how to pay', async () => {
    const on = due;
    const { body: quote } = await borrower
      .post(`/v1/loans/${loan.id}/payoff-quotes`, { on })
      .expect(201);
    const total = world.house.money(quote.total.amount as string);
    await world.transfer(loan, total);
    await borrower.post(`/v1/loans/${loan.id}/early-repayments`, { quoteId: quote.id }).expect(200);
    await world.world.tick();
    const { body } = await borrower.get(path()).expect(200);
    expect(body.reference).toBeUndefined();
    expect(body.debitMandate).toBeUndefined();
    const { body: file } = await borrower.get(`/v1/loans/${loan.id}`).expect(200);
    expect([file.status, file.howToPay]).toEqual(['repaid', undefined]);
  });
});
