import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import { paymentRoutes } from '../../src/modules/payments';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import {
  GOOD_IBAN,
  OPERATOR,
  eur,
  paymentWorld,
  type PaymentWorld,
} from '../support/payment-world';
import { smallApp } from '../support/small-app';

let world: PaymentWorld;
let api: ReturnType<typeof smallApp>;
let live: ReturnType<typeof smallApp>;
let serial = 0;

beforeAll(async () => {
  world = await paymentWorld();
  const { database } = world.test;
  api = smallApp(paymentRoutes(world), { database });
  live = smallApp(paymentRoutes({ ...world, sandbox: undefined }), { database });
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

function a(role: Role, id: Id<'usr'> = world.newId('usr'), operatorId = OPERATOR) {
  return { id, operatorId, roles: [role] } satisfies AuthenticatedUser;
}

/** An investor with a log-in, cash and a verified bank account. */
async function someone(cash = '100.00') {
  const user = a('investor');
  const investorId = await world.investor(eur(cash));
  world.files.investorsByUser.set(user.id, investorId);
  return { user, investorId, bankAccountId: await world.bankAccount(investorId) };
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

const wire = (amount: string, currency = 'EUR') => ({ amount, currency });

describe('paying in', () => {
  test('answers with a reference, and shows in the wallet as pending', async () => {
    const { user } = await someone();
    const body = { amount: wire('250.00'), method: 'bank-transfer' };
    const created = await post('/v1/deposits', user, body).expect(201);
    expect(created.body).toMatchObject({
      status: 'instructed',
      amount: wire('250.00'),
      reference: expect.stringMatching(/^YC(-[0-9A-Z]{4}){3}$/),
    });
    expect(created.headers.location).toBe(`/v1/deposits/${created.body.id}`);
    await get(`/v1/deposits/${created.body.id}`, user).expect(200);
    const cash = await get('/v1/cash', user).expect(200);
    expect(cash.body.accounts).toEqual([
      {
        currency: 'EUR',
        balance: wire('100.00'),
        available: wire('100.00'),
        reserved: wire('0.00'),
        pendingDeposits: wire('250.00'),
        pendingWithdrawals: wire('0.00'),
      },
    ]);
  });

  test('a transfer at the sandbox bank arrives by its reference', async () => {
    const { user } = await someone();
    const body = { amount: wire('20.00'), method: 'bank-transfer' };
    const { reference, id } = (await post('/v1/deposits', user, body)).body;
    const payer = { name: 'Ada', account: GOOD_IBAN };
    await post('/v1/sandbox/bank/transfers', user, {
      amount: wire('20.00'),
      reference,
      payer,
    }).expect(202);
    await world.later(0);
    const deposit = await get(`/v1/deposits/${id}`, user).expect(200);
    expect(deposit.body).toMatchObject({ status: 'confirmed', received: wire('20.00') });
  });

  test.each([
    { why: 'nothing', amount: wire('0.00'), status: 400, code: 'request.invalid' },
    { why: 'less than nothing', amount: wire('-1.00'), status: 400, code: 'request.invalid' },
    { why: 'tenths of a cent', amount: wire('1.001'), status: 400, code: 'request.invalid' },
    { why: 'a number', amount: 10, status: 400, code: 'request.invalid' },
    {
      why: 'a currency nobody has',
      amount: wire('1.00', 'XXX'),
      status: 400,
      code: 'request.invalid',
    },
    {
      why: 'a currency the operator does not keep',
      amount: wire('1.00', 'USD'),
      status: 422,
      code: 'payments.currency-not-kept',
    },
  ])('of $why is refused', async ({ amount, status, code }) => {
    const { user } = await someone();
    const { body } = await post('/v1/deposits', user, { amount }).expect(status);
    expect(body.code).toBe(code);
  });

  test('is refused to the unverified, to those without a file, and for somebody else', async () => {
    const unverified = a('investor');
    world.files.investorsByUser.set(unverified.id, world.files.addInvestor({ isVerified: false }));
    const amount = wire('1.00');
    const first = await post('/v1/deposits', unverified, { amount }).expect(409);
    expect(first.body.code).toBe('payments.payer-not-ready');

    const second = await post('/v1/deposits', a('investor'), { amount }).expect(403);
    expect(second.body.code).toBe('payments.not-your-file');

    const { user } = await someone();
    const { investorId } = await someone();
    const third = await post('/v1/deposits', user, { amount, investorId }).expect(403);
    expect(third.body.code).toBe('payments.not-your-file');
  });

  test('operations may do it for an investor, and compliance may only look', async () => {
    const { investorId } = await someone();
    const body = { amount: wire('5.00'), investorId };
    await post('/v1/deposits', a('operations'), body).expect(201);
    const refused = await post('/v1/deposits', a('compliance'), body).expect(403);
    expect(refused.body.code).toBe('auth.role-required');
    const path = `/v1/deposits?investorId=${investorId}&status=instructed`;
    expect((await get(path, a('compliance')).expect(200)).body.items).toHaveLength(1);
  });

  test('a retry with one key has one effect; the key is needed, and kept for one body', async () => {
    const { user, investorId } = await someone();
    const send = (key: string | undefined, amount: string) => {
      const call = request(api.app).post('/v1/deposits').set('Authorization', api.bearer(user));
      return (key ? call.set('Idempotency-Key', key) : call).send({ amount: wire(amount) });
    };
    const [one, two] = [await send('same', '9.00'), await send('same', '9.00')];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    expect((await send('same', '8.00')).status).toBe(422);
    expect((await send(undefined, '9.00')).status).toBe(400);
    const found = await world.read((db) => world.deposits.list(db, { investorId, limit: 10 }));
    expect(found).toHaveLength(2);
  });
});

describe('paying out', () => {
  test('is reserved, listed, and taken back', async () => {
    const { user, bankAccountId } = await someone();
    const body = { amount: wire('30.00'), bankAccountId };
    const { id } = (await post('/v1/withdrawals', user, body).expect(201)).body;
    expect((await get('/v1/cash', user)).body.accounts[0]).toMatchObject({
      available: wire('70.00'),
      pendingWithdrawals: wire('30.00'),
    });
    expect((await get('/v1/withdrawals', user).expect(200)).body.items).toHaveLength(1);
    const cancelled = await post(`/v1/withdrawals/${id}/cancel`, user).expect(200);
    expect(cancelled.body.status).toBe('cancelled');
    const again = await post(`/v1/withdrawals/${id}/cancel`, user).expect(409);
    expect(again.body.code).toBe('payments.not-cancellable');
  });

  test.each([
    {
      why: 'above what is there',
      amount: wire('100.01'),
      status: 409,
      code: 'payments.above-available',
    },
    { why: 'nothing', amount: wire('0.00'), status: 400, code: 'request.invalid' },
    { why: 'tenths of a cent', amount: wire('0.001'), status: 400, code: 'request.invalid' },
    {
      why: 'another currency',
      amount: wire('1.00', 'GBP'),
      status: 422,
      code: 'payments.currency-not-kept',
    },
  ])('of $why is refused', async ({ amount, status, code }) => {
    const { user, bankAccountId } = await someone();
    const { body } = await post('/v1/withdrawals', user, { amount, bankAccountId }).expect(status);
    expect(body.code).toBe(code);
    if (code === 'payments.above-available') expect(body.detail).toContain('100.00 EUR');
  });

  test('goes to no stranger’s account, and nobody sees another’s', async () => {
    const [mine, theirs] = [await someone(), await someone()];
    const body = { amount: wire('1.00'), bankAccountId: theirs.bankAccountId };
    const refused = await post('/v1/withdrawals', mine.user, body).expect(404);
    expect(refused.body.code).toBe('payments.bank-account-not-found');

    const own = { ...body, bankAccountId: mine.bankAccountId };
    const { id } = (await post('/v1/withdrawals', mine.user, own).expect(201)).body;
    const hidden = await get(`/v1/withdrawals/${id}`, theirs.user).expect(404);
    expect(hidden.body.code).toBe('payments.withdrawal-not-found');
    const kept = await post(`/v1/withdrawals/${id}/cancel`, theirs.user).expect(404);
    expect(kept.body.code).toBe('payments.withdrawal-not-found');
    await get(`/v1/withdrawals/${id}`, a('regulator')).expect(200);
    const elsewhere = a('regulator', world.newId('usr'), 2);
    expect((await get(`/v1/withdrawals/${id}`, elsewhere).expect(404)).body.code).toBe(
      'payments.withdrawal-not-found',
    );
    await world.later(86_400_000);
  });
});

test('an issuer asks for its proceeds, and finds none before an offering settles', async () => {
  const user = a('issuer');
  world.files.issuersByUser.set(user.id, world.files.addIssuer());
  const account = { scheme: 'iban', account: GOOD_IBAN };
  const { id } = (await post('/v1/bank-accounts', user, account).expect(201)).body;
  await world.later(0);
  const body = { amount: wire('1.00'), bankAccountId: id, kind: 'issuer-proceeds' };
  const early = await post('/v1/withdrawals', user, body).expect(409);
  expect(early.body.code).toBe('payments.above-available');
  const none = await post('/v1/withdrawals', user, { ...body, kind: 'investor-cash' }).expect(403);
  expect(none.body.code).toBe('payments.not-your-file');
});

test('fees that nobody earned cannot be swept', async () => {
  const { body } = await post('/v1/fee-sweeps', a('operations')).expect(409);
  expect(body.code).toBe('payments.nothing-to-sweep');
});

describe('a bank account', () => {
  test('is shown masked, verified by its bank, and used no more once closed', async () => {
    const user = a('investor');
    world.files.investorsByUser.set(user.id, await world.investor(eur('10.00')));
    const body = { scheme: 'iban', account: 'de89 3704 0044 0532 0130 00' };
    const { id, masked, status } = (await post('/v1/bank-accounts', user, body).expect(201)).body;
    expect({ masked, status }).toEqual({ masked: 'DE••••••••••••••••3000', status: 'pending' });
    const order = { amount: wire('1.00'), bankAccountId: id };
    const early = await post('/v1/withdrawals', user, order).expect(409);
    expect(early.body.code).toBe('payments.bank-account-not-verified');

    await world.later(0);
    const list = await get('/v1/bank-accounts', user).expect(200);
    expect(list.body.items).toMatchObject([{ id, status: 'verified' }]);
    await post(`/v1/bank-accounts/${id}/close`, user).expect(200);
    const late = await post('/v1/withdrawals', user, order).expect(409);
    expect(late.body.code).toBe('payments.bank-account-not-verified');
  });

  test.each([
    { account: 'DE88370400440532013000', status: 400, code: 'payments.malformed-account' },
    { account: 'DE8937040044', status: 400, code: 'payments.malformed-account' },
    { account: '', status: 400, code: 'request.invalid' },
  ])('"$account" is refused', async ({ account, status, code }) => {
    const { user } = await someone();
    const { body } = await post('/v1/bank-accounts', user, { scheme: 'iban', account });
    expect({ code: body.code, status: body.status }).toEqual({ code, status });
  });

  test('of another party is not there to be closed; two people may not decide twice', async () => {
    const [mine, theirs] = [await someone(), await someone()];
    const refused = await post(`/v1/bank-accounts/${theirs.bankAccountId}/close`, mine.user);
    expect(refused.body.code).toBe('payments.bank-account-not-found');
    const decided = await post(
      `/v1/bank-accounts/${theirs.bankAccountId}/decide`,
      a('compliance'),
      { verdict: 'rejected', reason: 'A statement in another name' },
    ).expect(409);
    expect(decided.body.code).toBe('payments.bank-account-decided');
  });
});

describe('money of nobody', () => {
  test('is assigned by two people over HTTP', async () => {
    const { user, investorId } = await someone('10.00');
    const payer = { name: 'Grace Example', account: GOOD_IBAN };
    await post('/v1/sandbox/bank/transfers', user, { amount: wire('7.00'), payer }).expect(202);
    await world.later(0);
    const [first, second] = [a('operations'), a('operations')];
    const { items } = (await get('/v1/bank-transfers?status=suspense', first).expect(200)).body;
    expect(items[0]).toMatchObject({ amount: wire('7.00'), payer });

    const path = `/v1/bank-transfers/${items[0].id}`;
    const proposal = { investorId, note: 'Named in the statement' };
    const early = await post(`${path}/confirm`, second).expect(409);
    expect(early.body.code).toBe('payments.transfer-not-open');
    await post(`${path}/propose`, first, proposal).expect(200);
    const alone = await post(`${path}/confirm`, first).expect(403);
    expect(alone.body.code).toBe('payments.four-eyes');
    await post(`${path}/confirm`, second).expect(200);
    expect((await get('/v1/cash', user)).body.accounts[0].available).toEqual(wire('17.00'));
    expect((await get('/v1/bank-transfers', user)).body.code).toBe('auth.role-required');
  });
});

test('where live money is, the sandbox bank does not exist', async () => {
  const user = a('operations');
  await request(live.app)
    .post('/v1/sandbox/bank/transfers')
    .set('Authorization', live.bearer(user))
    .send({ amount: wire('1.00'), payer: { name: 'A', account: 'B' } })
    .expect(404);
});
