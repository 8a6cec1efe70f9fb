import { must } from '../../src/kernel/assert';
import { calendarDate, dateIn } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { LoanArrivals } from '../../src/modules/loans';
import { arrivalRoutes } from '../../src/modules/loans/arrival.routes';
import { withdrawalRoutes } from '../../src/modules/payments/withdrawal.routes';
import { ISSUER_USER } from '../support/offering-world';
import { payingWorld, type PayingWorld } from '../support/paying-world';
import type { ServicedLoan } from '../support/servicing-world';
import { smallApp } from '../support/small-app';
import request from 'supertest';

const BORROWER = [ISSUER_USER, 'issuer'] as const;
const STRANGER = [`usr_01${'3'.padStart(24, '0')}`, 'issuer'] as const;
const OPERATIONS = [`usr_01${'4'.padStart(24, '0')}`, 'operations'] as const;

let world: PayingWorld;
let serviced: ServicedLoan;
let arrivals: LoanArrivals;
let call: ReturnType<typeof callerIn>;

beforeAll(async () => {
  world = await payingWorld();
  serviced = await world.active({ parts: ['30000.00'] });
  const { bankAccounts, references, withdrawals } = world.services;
  arrivals = new LoanArrivals({ ...world, bankAccounts, references, withdrawals });
  call = callerIn(world);
}, 60_000);

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function callerIn({ services, test, operators }: PayingWorld) {
  const routes = [
    ...arrivalRoutes({
      files: services.files,
      loanArrivals: arrivals,
      loanDebits: undefined as never,
    }),
    ...withdrawalRoutes(services),
  ];
  const small = smallApp(routes, { database: test.database, strictReplies: true });
  const operatorId = must(operators.all()[0], 'the operator').id;
  let keys = 0;
  return (method: 'get' | 'post', path: string, [id, role]: readonly [string, Role]) => {
    const user: AuthenticatedUser = { id: id as Id<'usr'>, operatorId, roles: [role] };
    return request(small.app)
      [method](path)
      .set('Authorization', small.bearer(user))
      .set('Idempotency-Key', `surplus-${(keys += 1)}`);
  };
}

const sendBack = (caller: readonly [string, Role], body: object = {}) =>
  call('post', `/v1/loans/${serviced.loan.id}/return-surplus`, caller).send(body);

/** Repaid, with so much too much: it is on its way back. */
async function repayWith(tooMuch: string): Promise<void> {
  const { id } = serviced.loan;
  const on = calendarDate(dateIn('UTC', world.clock.now()));
  const quote = await world.write((tx) => world.early.quote(tx, { loanId: id, on }));
  await world.collect(serviced.loan, quote.total.toDecimalString());
  await world.collect(serviced.loan, tooMuch);
  await world.write((tx) => world.early.settle(tx, { loanId: id, quoteId: quote.id }));
  await world.write((tx) => arrivals.settle(tx, id, 'repaid'));
}

async function refuse(id: Id<'wdr'>): Promise<void> {
  const { withdrawals } = world.services;
  await world.write((tx) => withdrawals.instruct(tx, id));
  const answer = { state: 'rejected', reasonCode: 'AC04' } as const;
  await world.write((tx) => withdrawals.recordAnswer(tx, id, answer));
}

test('while a loan is owed, nothing goes back', async () => {
  await world.collect(serviced.loan, '10.00');
  const { body } = await sendBack(BORROWER).expect(409);
  expect(body.code).toBe('loans.loan-status');
});

test('what a bank refused is sent again, to another account, and its borrower sees both', async () => {
  await repayWith('77.00');
  const { body: before } = await call('get', '/v1/withdrawals', BORROWER).expect(200);
  expect(before.items).toMatchObject([
    { kind: 'loan-refund', amount: { amount: '87.00' }, status: 'requested' },
    { kind: 'issuer-proceeds' },
  ]);
  expect((await sendBack(OPERATIONS).expect(409)).body.code).toBe('loans.nothing-to-return');
  await refuse(before.items[0].id);

  const { bankAccounts } = world.services;
  const { partyId, legalName: holder } = world.issuer;
  const closed = await world.bankAccount();
  await world.write((tx) => bankAccounts.close(tx, closed, partyId));
  expect((await sendBack(BORROWER).expect(409)).body.code).toBe('loans.no-bank-account');
  const draft = {
    partyId,
    holder,
    scheme: 'iban',
    account: 'FR1420041010050500013M02606',
  } as const;
  const { id } = await world.write((tx) => bankAccounts.register(tx, draft));
  await sendBack(BORROWER, { bankAccountId: id }).expect(409);
  await world.write((tx) => bankAccounts.recordAnswer(tx, id, { answer: 'match' }));
  const { body: sent } = await sendBack(BORROWER).expect(201);
  expect(sent).toMatchObject({ amount: { amount: '87.00' }, bankAccountId: id });

  await call('get', `/v1/withdrawals/${sent.id}`, BORROWER).expect(200);
  await call('get', `/v1/withdrawals/${sent.id}`, STRANGER).expect(404);
  await sendBack(STRANGER).expect(404);
  const { body: after } = await call('get', '/v1/withdrawals', BORROWER).expect(200);
  expect(after.items.map(({ status }: { status: string }) => status)).toEqual([
    'requested',
    'rejected',
    'confirmed',
  ]);
});
