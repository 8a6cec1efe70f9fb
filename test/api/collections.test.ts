import request from 'supertest';
import { calendarDate } from '../../src/kernel/calendar-date';
import { paymentRoutes } from '../../src/modules/payments';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import {
  OPERATOR,
  eur,
  payerOfLoan,
  paymentWorld,
  requestInstalments,
  type PaymentWorld,
} from '../support/payment-world';
import { smallApp } from '../support/small-app';

let world: PaymentWorld;
let api: ReturnType<typeof smallApp>;
let serial = 0;

beforeAll(async () => {
  world = await paymentWorld();
  api = smallApp(paymentRoutes(world), { database: world.test.database });
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

function a(role: Role, operatorId = OPERATOR): AuthenticatedUser {
  return { id: world.newId('usr'), operatorId, roles: [role] };
}

/** A borrower with a log-in and a loan. */
async function borrower(options: Parameters<typeof payerOfLoan>[1] = {}) {
  const user = a('issuer');
  const payer = await payerOfLoan(world, options);
  world.files.issuersByUser.set(user.id, payer.issuerId);
  return { user, ...payer };
}

const get = (path: string, user: AuthenticatedUser) =>
  request(api.app).get(path).set('Authorization', api.bearer(user));

function post(path: string, user: AuthenticatedUser, body?: object) {
  serial += 1;
  return request(api.app)
    .post(path)
    .set('Authorization', api.bearer(user))
    .set('Idempotency-Key', `key-${serial}`)
    .send(body);
}

describe('a standing reference', () => {
  test('is seen by whoever pays under it, and by staff', async () => {
    const { user, loanId, reference } = await borrower();
    const other = await borrower();
    const own = await get('/v1/payment-references', user).expect(200);
    expect(own.body.items).toMatchObject([{ reference, owner: { kind: 'loan', id: loanId } }]);
    const all = await get('/v1/payment-references', a('operations')).expect(200);
    const seen = all.body.items.map((item: { reference: string }) => item.reference);
    expect(seen).toEqual(expect.arrayContaining([reference, other.reference]));
    const elsewhere = await get('/v1/payment-references', a('regulator', 2)).expect(200);
    expect(elsewhere.body.items).toEqual([]);
    await get('/v1/payment-references', a('investor')).expect(403);
  });

  test('takes a debit mandate from its payer alone, on an account of its own', async () => {
    const mine = await borrower();
    const theirs = await borrower();
    const path = `/v1/payment-references/${mine.reference}/debit-mandate`;
    const given = await post(path, mine.user, { bankAccountId: mine.bankAccountId }).expect(201);
    expect(given.body).toMatchObject({ reference: mine.reference });

    const stranger = await post(path, theirs.user, { bankAccountId: theirs.bankAccountId });
    expect(stranger.body).toMatchObject({ status: 404, code: 'payments.reference-not-found' });
    const foreign = await post(path, mine.user, { bankAccountId: theirs.bankAccountId });
    expect(foreign.body).toMatchObject({ status: 404, code: 'payments.bank-account-not-found' });
    await post(path, a('operations'), { bankAccountId: mine.bankAccountId }).expect(403);

    const end = `/v1/payment-references/${mine.reference}/end-debit-mandate`;
    expect((await post(end, theirs.user)).body.code).toBe('payments.reference-not-found');
    await post(end, mine.user).expect(200);
    expect((await post(end, mine.user)).body.code).toBe('payments.no-debit-mandate');
  });

  test('that is closed takes no debit mandate', async () => {
    const { user, owner, reference, bankAccountId } = await borrower();
    await world.write((tx) => world.references.close(tx, owner));
    const path = `/v1/payment-references/${reference}/debit-mandate`;
    const { body } = await post(path, user, { bankAccountId }).expect(409);
    expect(body.code).toBe('payments.reference-closed');
  });

  test.each(['YC-1', 'yc-xhwz-n4kr-4vez', "YC-XHWZ-N4KR-4VE'"])('is not %s', async (reference) => {
    const { user, bankAccountId } = await borrower();
    const path = `/v1/payment-references/${encodeURIComponent(reference)}/debit-mandate`;
    const { body } = await post(path, user, { bankAccountId }).expect(400);
    expect(body.code).toBe('request.invalid');
  });
});

describe('staff', () => {
  test('see what is drawn and what came back, and nobody else does', async () => {
    const { loanId, user } = await borrower({ mandate: 'BANK29' });
    const dueOn = calendarDate(world.clock.now().toISOString().slice(0, 10));
    await requestInstalments(world, [{ loanId, dueOn, amount: eur('55.00') }]);
    await world.later(0);
    await world.later(2 * 3_600_000);
    await world.later(3 * 86_400_000);

    const list = await get(`/v1/collections?ownerId=${loanId}`, a('operations')).expect(200);
    expect(list.body.items).toMatchObject([
      { status: 'confirmed', dueOn, amount: { amount: '55.00', currency: 'EUR' } },
    ]);
    const returns = await get('/v1/returned-debits?status=booked', a('compliance')).expect(200);
    expect(returns.body.items).toMatchObject([
      { owner: { id: loanId }, reasonCode: 'refused-by-payer', status: 'booked' },
    ]);
    for (const path of ['/v1/collections', '/v1/returned-debits']) {
      await get(path, user).expect(403);
      await get(path, a('investor')).expect(403);
      expect((await get(path, a('regulator', 2)).expect(200)).body.items).toEqual([]);
    }
  });

  test('assign unmatched money to a loan, two of them', async () => {
    const { reference } = await borrower();
    const payer = { name: 'A borrower', account: 'X1' };
    await world.sandbox.receiveTransfer({
      operatorId: OPERATOR,
      amount: eur('20.00'),
      reference: 'my loan',
      payer,
    });
    await world.later(0);
    const open = await get('/v1/bank-transfers?status=suspense', a('operations')).expect(200);
    const path = `/v1/bank-transfers/${open.body.items[0].id}`;
    const [first, second] = [a('operations'), a('operations')];
    const proposal = { reference, note: 'The payer called' };
    await post(`${path}/propose`, first, proposal).expect(200);
    expect((await post(`${path}/confirm`, first)).body.code).toBe('payments.four-eyes');
    const { body } = await post(`${path}/confirm`, second).expect(200);
    expect(body).toMatchObject({ status: 'assigned', proposal: { reference } });
    const both = { ...proposal, investorId: world.newId('inv') };
    expect((await post(`${path}/propose`, first, both)).body.code).toBe('request.invalid');
  });
});
