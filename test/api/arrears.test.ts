import request from 'supertest';
import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { arrearsRoutes, loanRoutes, restructuringRoutes, type Loan } from '../../src/modules/loans';
import { deskWorld, type DeskWorld } from '../support/desk-world';
import { IN_OPERATOR, ISSUER_USER } from '../support/offering-world';
import { smallApp } from '../support/small-app';

let world: DeskWorld;
let small: ReturnType<typeof smallApp>;
let loan: Loan;
let lenders: readonly Id<'inv'>[];
let calls = 0;

const user = (n: number): Id<'usr'> => `usr_01${String(n).padStart(24, '0')}`;
const borrower = [ISSUER_USER, 'issuer'] as const;
const clerk = [user(1), 'operations'] as const;
const head = [user(2), 'compliance'] as const;
const large = [user(3), 'investor'] as const;
const smaller = [user(4), 'investor'] as const;
const regulator = [user(5), 'regulator'] as const;
const inr = (amount: string) => ({ amount, currency: 'INR' });
const at = (rest = '') => `/v1/loans/${loan.id}${rest}`;

beforeAll(async () => {
  world = await deskWorld();
  ({ loan, lenders } = await world.active({ parts: ['50000.00', '30000.00'] }));
  world.services.lendersByUser.set(user(3), must(lenders[0], 'a lender'));
  world.services.lendersByUser.set(user(4), must(lenders[1], 'a lender'));
  const { files } = world.services;
  const desk = {
    loans: world.services.loans,
    arrearsDesk: world.desk,
    loanContacts: world.contacts,
    loanPromises: world.promises,
    loanWriteOffs: world.writeOffs,
    loanRestructurings: world.restructurings,
    files,
  };
  const routes = [
    ...arrearsRoutes(desk),
    ...restructuringRoutes(desk),
    ...loanRoutes(world.services),
  ];
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function call(method: 'get' | 'post', path: string, who: readonly [Id<'usr'>, Role]) {
  const [id, role] = who;
  const caller: AuthenticatedUser = { id, operatorId: IN_OPERATOR, roles: [role] };
  calls += 1;
  return request(small.app)
    [method](path)
    .set('Authorization', small.bearer(caller))
    .set('Idempotency-Key', `call-${calls}`);
}

/** Proposed by the clerk, carried out by the head. */
async function measure(body: object) {
  const reason = 'As the file says';
  const proposed = await call('post', at('/measures'), clerk)
    .send({ ...body, reason })
    .expect(201);
  const { no, status } = proposed.body;
  if (status === 'carried-out') return proposed.body;
  const own = await call('post', at(`/measures/${no}/approve`), clerk).expect(403);
  expect(own.body.code).toBe('loans.four-eyes');
  return (await call('post', at(`/measures/${no}/approve`), head).expect(200)).body;
}

const evenings = async (...days: readonly string[]): Promise<void> => {
  for (const day of days) {
    world.until(day);
    await world.evening(day);
  }
};

describe('buyer’s check 17', () => {
  it('one: arrears fall into buckets, late fees come once, and stop at default', async () => {
    await evenings('2025-04-03', '2025-04-04', '2025-04-07', '2025-04-08', '2025-05-04');
    expect(await world.bucket(loan, '2025-04-04')).toEqual(['1-30', 1]);
    expect(await world.bucket(loan, '2025-05-04')).toEqual(['31-60', 31]);
    const { body } = await call('get', at(), clerk).expect(200);
    const fees = body.charges.filter(({ kind }: { kind: string }) => kind === 'late-fee');
    expect(fees).toMatchObject([{ amount: inr('250.00') }]);
  });

  it('two: the borrower is contacted within the rules, and promises', async () => {
    world.until('2025-05-05');
    const phone = { channel: 'phone', outcome: 'no-answer', note: 'No answer' };
    await call('post', at('/contacts'), clerk).send(phone).expect(201);
    const late = { ...phone, timeZone: 'Pacific/Auckland' };
    const { body } = await call('post', at('/contacts'), clerk).send(late).expect(409);
    expect(body).toMatchObject({
      code: 'loans.contact-not-allowed',
      findings: [{ rule: 'contact-hours' }],
    });
    expect(body.findings[0].citation).toMatch(/RBI/);
    const promise = { amount: inr('1000.00'), byOn: '2025-05-07' };
    await call('post', at('/promises'), borrower).send(promise).expect(201);
    const check = await call('post', at('/contacts/check'), clerk).send({ channel: 'phone' });
    expect(check.body).toMatchObject({ isAllowed: false, findings: [{ rule: 'contact-promise' }] });
    await evenings('2025-05-07');
    const { items } = (await call('get', at('/promises'), borrower).expect(200)).body;
    expect(items).toMatchObject([{ status: 'broken', paid: inr('0.00') }]);
    await call('get', at('/contacts'), borrower).expect(403);
  });

  it('three: it is arranged anew by its holders, with the history kept', async () => {
    const terms = { arrears: 'spread', extraMonths: 6 };
    const { body: preview } = await call('post', at('/restructurings/preview'), clerk)
      .send(terms)
      .expect(200);
    expect(preview.oldRows).toHaveLength(24);
    expect(preview.before.principal).toEqual(preview.after.principal);
    expect(preview.notes).toHaveLength(2);
    const proposal = { terms, reason: 'Lost a customer' };
    const path = at('/restructurings');
    const { body } = await call('post', path, borrower).send(proposal).expect(201);
    const one = `${path}/${body.id}`;
    await call('post', `${one}/approve`, clerk).expect(200);
    await call('post', `${one}/vote`, smaller).send({ isInFavour: true }).expect(200);
    const seen = (await call('get', one, smaller).expect(200)).body;
    expect(seen).toMatchObject({
      status: 'voting',
      votes: { inFavour: inr('30000.00'), against: inr('0.00') },
    });
    expect(seen.preview.notes).toHaveLength(1);
    const done = await call('post', `${one}/vote`, large).send({ isInFavour: true }).expect(200);
    expect(done.body).toMatchObject({ status: 'in-force', inForce: { afterVersion: 2 } });
    const schedule = await call('get', `${at('/schedule')}?version=1`, large).expect(200);
    expect(schedule.body.instalments).toHaveLength(24);
    expect(await world.now(loan)).toMatchObject({
      scheduleVersion: 2,
      forborneFrom: '2025-05-07',
      nextDueOn: '2025-06-03',
    });
  });

  it('four: it defaults all the same, is written off, and what comes is divided', async () => {
    await evenings('2025-06-03', '2025-09-01');
    expect((await world.now(loan)).defaultedOn).toBeUndefined();
    await evenings('2025-09-02');
    expect((await world.now(loan)).defaultedOn).toBe('2025-09-02');
    const receiptSha256 = 'ef'.repeat(32);
    const costs = { kind: 'costs', amount: inr('500.00'), what: 'Court', receiptSha256 };
    expect(await measure(costs)).toMatchObject({
      status: 'carried-out',
      details: { what: 'Court' },
    });
    await measure({ kind: 'waiver', chargeNo: 1, amount: inr('250.00') });
    await measure({ kind: 'write-off' });
    const before = await world.cash(lenders);
    world.until('2025-10-01');
    await world.collect(loan, '8500.00');
    await world.write((tx) =>
      world.payments.receive(tx, {
        loanId: loan.id,
        amount: world.money('8500.00'),
        kind: 'recovery',
        source: { type: 'test', id: 'sale' },
        paidOn: '2025-10-01' as CalendarDate,
      }),
    );
    const gained = (await world.cash(lenders)).map((cash, n) => cash - must(before[n], 'cash'));
    const { body } = await call('get', at('/case'), regulator).expect(200);
    expect(body).toMatchObject({
      status: 'written-off',
      writtenOffOn: '2025-09-02',
      cash: {
        recovered: inr('8500.00'),
        recoveryCosts: inr('500.00'),
        costsRepaid: inr('500.00'),
      },
      promises: [{ status: 'broken' }],
    });
    expect(body.measures).toHaveLength(3);
    expect(body.expectedRecovery).toBeUndefined();
    expect(Number(gained[0]) / Number(gained[1])).toBeCloseTo(5 / 3, 3);
    await measure({ kind: 'give-up' });
    expect((await call('get', at('/case'), head).expect(200)).body.givenUpOn).toBe('2025-10-01');
  });

  it('five: who has no part in it sees nothing of it', async () => {
    await call('post', at('/measures'), borrower)
      .send({ kind: 'default', reason: 'x' })
      .expect(403);
    await call('get', at('/case'), large).expect(403);
    const stranger = [user(9), 'investor'] as const;
    await call('get', at('/restructurings'), stranger).expect(404);
    const bad = await call('post', at('/contacts/check'), clerk)
      .send({ channel: 'phone', timeZone: 'Mars/Olympus' })
      .expect(400);
    expect(bad.body.errors).toHaveLength(1);
  });
});
