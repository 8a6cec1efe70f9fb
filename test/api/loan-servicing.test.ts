import { createHash } from 'node:crypto';
import request from 'supertest';
import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { loanRoutes, type Loan } from '../../src/modules/loans';
import { IN_OPERATOR, ISSUER_USER } from '../support/offering-world';
import { servicingWorld, type ServicedLoan, type ServicingWorld } from '../support/servicing-world';
import { smallApp } from '../support/small-app';

let world: ServicingWorld;
let small: ReturnType<typeof smallApp>;
let serviced: ServicedLoan;
let loan: Loan;

const LENDER: Id<'usr'> = `usr_01${'1'.padStart(24, '0')}`;
const STRANGER: Id<'usr'> = `usr_01${'2'.padStart(24, '0')}`;
const STAFF: Id<'usr'> = `usr_01${'3'.padStart(24, '0')}`;

beforeAll(async () => {
  world = await servicingWorld();
  serviced = await world.agreed({ parts: ['50000.00', '30000.00'] });
  ({ loan } = serviced);
  world.services.lendersByUser.set(LENDER, must(serviced.lenders[1], 'a lender'));
  world.services.lendersByUser.set(STRANGER, await world.investor('1.00', 'uncertified'));
  const routes = loanRoutes(world.services);
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function call(method: 'get' | 'post', path: string, who: readonly [Id<'usr'>, Role]) {
  const [id, role] = who;
  const user: AuthenticatedUser = { id, operatorId: IN_OPERATOR, roles: [role] };
  return request(small.app)
    [method](path)
    .set('Authorization', small.bearer(user))
    .set('Idempotency-Key', `${method}:${path}:${id}`);
}

const borrower = [ISSUER_USER, 'issuer'] as const;
const lender = [LENDER, 'investor'] as const;
const stranger = [STRANGER, 'investor'] as const;
const operations = [STAFF, 'operations'] as const;
const inr = (amount: string) => ({ amount, currency: 'INR' });
const at = (rest = '') => `/v1/loans/${loan.id}${rest}`;

describe('a loan that waits for its signature', () => {
  it('is shown to its borrower, its lenders and staff, and is not there for others', async () => {
    const { body } = await call('get', at(), borrower).expect(200);
    expect(body).toMatchObject({
      status: 'agreed',
      principal: inr('80000.00'),
      outstanding: inr('0.00'),
      originationFee: inr('1600.00'),
      howToPay: { reference: loan.reference },
      policy: 'in-p2p/1',
    });
    expect((await call('get', at(), lender).expect(200)).body.howToPay).toBeUndefined();
    await call('get', at(), operations).expect(200);
    for (const rest of ['', '/agreement', '/schedule', '/payments', '/notes', '/distributions']) {
      const { body: problem } = await call('get', at(rest), stranger).expect(404);
      expect(problem.code).toBe('loans.loan-not-found');
    }
  });

  it('is signed by the hash of the agreement that was shown', async () => {
    const { body: agreement } = await call('get', at('/agreement'), borrower).expect(200);
    const textSha256 = createHash('sha256').update(agreement.text.zh).digest('hex');
    expect(agreement.textSha256.zh).toBe(textSha256);
    expect(agreement.signatures).toEqual([]);
    await call('post', at('/sign'), lender).send({ textSha256 }).expect(403);
    const other = await call('post', at('/sign'), operations).send({ textSha256: '0'.repeat(64) });
    expect(other.body.code).toBe('loans.agreement-changed');
    await call('post', at('/sign'), borrower).send({ textSha256 }).expect(200);
    const { body } = await call('get', at('/agreement'), lender).expect(200);
    expect(body.signatures).toMatchObject([{ side: 'borrower', textSha256 }]);
  });
});

describe('a loan that is paid out', () => {
  it('is told to the custodian by operations, once', async () => {
    const order = { bankAccountId: await world.bankAccount() };
    await call('post', at('/disburse'), borrower).send(order).expect(403);
    const { body } = await call('post', at('/disburse'), operations).send(order).expect(200);
    expect(body.status).toBe('disbursing');
    expect((await call('post', at('/disburse'), operations).send(order)).body).toEqual(body);
    const { body: problem } = await call('post', at('/cancel'), borrower)
      .send({ reason: 'I changed my mind' })
      .expect(409);
    expect(problem.code).toBe('loans.loan-status');
  });

  it('shows its schedule, what is due next, and its notes', async () => {
    const { body: before } = await call('get', at(), operations).expect(200);
    await world.bankPays(before.disbursals[0].withdrawalId);
    const { body } = await call('get', at(), borrower).expect(200);
    expect(body).toMatchObject({
      status: 'active',
      disbursedOn: '2025-03-03',
      nextDueOn: '2025-04-03',
      disbursals: [{ attempt: 1, status: 'confirmed', amount: inr('78400.00') }],
    });
    const { body: schedule } = await call('get', at('/schedule'), lender).expect(200);
    expect(schedule.versions).toMatchObject([{ version: 1, reason: 'disbursal' }]);
    expect(schedule.instalments).toHaveLength(24);
    expect(body.nextDue).toEqual({ dueOn: '2025-04-03', amount: schedule.instalments[0].unpaid });
    const { body: paid } = await call('get', at('/payments'), borrower).expect(200);
    expect(paid).toEqual({ items: [] });
  });

  it('tells its borrower how many hold it, a lender its own part, staff everything', async () => {
    const [big, small2] = serviced.lenders;
    const seen = async (who: typeof borrower | typeof lender | typeof operations) =>
      (await call('get', at('/notes'), who).expect(200)).body.items;
    expect(await seen(borrower)).toMatchObject([{ units: '500' }, { units: '300' }]);
    expect((await seen(borrower))[0].holder).toMatch(/^inv_….{4}$/);
    expect(await seen(lender)).toMatchObject([{ no: 2, holder: small2, cost: inr('30000.00') }]);
    expect(await seen(operations)).toMatchObject([{ holder: big }, { holder: small2 }]);
    const { body: first } = await call('get', at('/notes?limit=1'), operations).expect(200);
    const { body: next } = await call('get', at(`/notes?limit=1&after=${first.next}`), operations);
    expect(next.items).toMatchObject([{ no: 2 }]);
  });

  it('is in the list of a lender’s own notes', async () => {
    const { body } = await call('get', '/v1/notes?open=true', lender).expect(200);
    expect(body.items).toMatchObject([
      {
        loanId: loan.id,
        no: 2,
        outstanding: inr('30000.00'),
        interestReceived: inr('0.00'),
        loanStatus: 'active',
      },
    ]);
    expect((await call('get', '/v1/notes', stranger).expect(200)).body.items).toEqual([]);
    const path = `/v1/notes?after=${loan.id}/2`;
    expect((await call('get', path, lender).expect(200)).body.items).toEqual([]);
    await call('get', '/v1/notes?after=elsewhere', lender).expect(400);
  });

  it('is in the list of its borrower', async () => {
    const { body } = await call('get', '/v1/loans?status=active', borrower).expect(200);
    expect(body.items).toMatchObject([{ id: loan.id, termMonths: 24, rate: '0.145' }]);
    await call('get', '/v1/loans', lender).expect(403);
    const { body: none } = await call('get', '/v1/loans?status=repaid', operations).expect(200);
    expect(none.items).toEqual([]);
  });
});

describe('a loan that is taken back', () => {
  it('is cancelled by its borrower, and by no other', async () => {
    const { loan: other } = await world.agreed({ parts: ['10000.00'] });
    const path = `/v1/loans/${other.id}/cancel`;
    const reason = { reason: 'I found the money elsewhere' };
    await call('post', path, lender).send(reason).expect(403);
    const { body } = await call('post', path, borrower).send(reason).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', outstanding: inr('0.00') });
  });
});
