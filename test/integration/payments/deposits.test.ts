import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import { eur, paymentWorld, type PaymentWorld } from '../../support/payment-world';

let world: PaymentWorld;

beforeAll(async () => {
  world = await paymentWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

const deposit = async (amount: string, method: 'direct-debit' | 'bank-transfer') => {
  const investorId = await world.investor();
  const order = { investorId, amount: eur(amount), method };
  return world.write((tx) => world.deposits.request(tx, order));
};
const statusOf = async (id: `dep_${string}`) =>
  (await world.read((db) => world.deposits.get(db, id))).status;

describe('a direct debit', () => {
  test('is the investor’s only once the custodian has it', async () => {
    const { id, investorId } = await deposit('250.00', 'direct-debit');
    await world.later(0);

    const before = await world.cashOf(investorId);
    expect(before.available).toEqual(eur('0.00'));
    expect(before.pendingDeposits).toEqual(eur('250.00'));

    await world.later(HOUR_MS);
    const after = await world.cashOf(investorId);
    expect(await statusOf(id)).toBe('confirmed');
    expect(after.available).toEqual(eur('250.00'));
    expect(after.pendingDeposits).toEqual(eur('0.00'));
  });

  test.each([
    { amount: '40.13', waitMs: 2 * HOUR_MS, status: 'rejected' },
    { amount: '40.17', waitMs: 2 * HOUR_MS, status: 'instructed' },
    { amount: '41.17', waitMs: 3 * DAY_MS, status: 'confirmed' },
    { amount: '40.19', waitMs: 6 * DAY_MS, status: 'instructed' },
    { amount: '41.19', waitMs: 7 * DAY_MS, status: 'expired' },
  ])('of $amount is $status after $waitMs ms', async ({ amount, waitMs, status }) => {
    const { id } = await deposit(amount, 'direct-debit');
    await world.later(0);
    await world.later(waitMs);
    // Asked at least daily, so a day later at most everything that happened is known.
    if (status !== 'instructed') await world.later(DAY_MS);
    expect(await statusOf(id)).toBe(status);
    await world.later(8 * DAY_MS);
  });

  test('whose answers are lost is asked after again, and booked once', async () => {
    const { id, investorId } = await deposit('40.23', 'direct-debit');
    await world.later(0);
    const waiting = await world.read((db) => world.deposits.get(db, id));
    expect(waiting).toMatchObject({
      attempts: 1,
      lastFailure: 'payments.custodian-unavailable',
      status: 'instructed',
    });
    for (let run = 0; run < 4; run += 1) await world.later(HOUR_MS);
    expect(await statusOf(id)).toBe('confirmed');
    expect((await world.cashOf(investorId)).balance).toEqual(eur('40.23'));
  });

  test('is not booked twice when two jobs run at once', async () => {
    const { investorId } = await deposit('77.00', 'direct-debit');
    await world.later(0);
    world.clock.advance(HOUR_MS);
    const runs = [1, 2, 3].map(() => world.dispatcher().run(1));
    await Promise.all(runs);
    expect((await world.cashOf(investorId)).balance).toEqual(eur('77.00'));
  });
});

describe('a bank transfer', () => {
  const payer = { name: 'Ada Example', account: 'DE89370400440532013000' };
  const arrive = (amount: string, reference: string) =>
    world.sandbox.receiveTransfer({ operatorId: 1, amount: eur(amount), reference, payer });

  test('finds its deposit by what the payer wrote, and books what arrived', async () => {
    const { id, investorId, reference } = await deposit('100.00', 'bank-transfer');
    await arrive('90.00', `invoice ${reference.toLowerCase().replaceAll('-', ' ')} thanks`);
    await world.later(0);

    const confirmed = await world.read((db) => world.deposits.get(db, id));
    expect(confirmed).toMatchObject({ status: 'confirmed', received: eur('90.00') });
    expect((await world.cashOf(investorId)).available).toEqual(eur('90.00'));
  });

  test('that is booked but not acknowledged is not booked again', async () => {
    const { investorId, reference } = await deposit('60.00', 'bank-transfer');
    await arrive('60.00', reference);
    const forgetful = Object.assign(Object.create(world.sandbox) as typeof world.sandbox, {
      acknowledgeArrivals: () => Promise.reject(new Error('killed')),
    });
    await expect(world.dispatcher(forgetful).run(1)).rejects.toThrow('could not be handled');
    expect(await world.sandbox.listArrivals(1, 10)).toHaveLength(1);

    await world.later(0);
    expect(await world.sandbox.listArrivals(1, 10)).toHaveLength(0);
    expect((await world.cashOf(investorId)).balance).toEqual(eur('60.00'));
  });

  test('that never comes expires, and one that comes too late waits in suspense', async () => {
    const { id, investorId, reference } = await deposit('30.00', 'bank-transfer');
    await world.later(7 * DAY_MS);
    expect(await statusOf(id)).toBe('expired');

    await arrive('30.00', reference);
    await world.later(0);
    expect((await world.cashOf(investorId)).balance).toEqual(eur('0.00'));
    const [transfer] = await world.read((db) => world.transfers.list(db, { limit: 1 }));
    expect(transfer).toMatchObject({ status: 'suspense', suggestedDepositId: id, payer });
  });

  test('of nobody is assigned by two people, and only by two', async () => {
    const investorId = await world.investor();
    await arrive('15.00', 'happy birthday');
    await world.later(0);
    const [transfer] = await world.read((db) => world.transfers.list(db, { limit: 1 }));
    const id = transfer?.id ?? 'trf_none';
    const order = { investorId, note: 'Statement sent by the investor' };

    await world.write((tx) => world.transfers.propose(tx, id, order), 'usr_first');
    await expect(
      world.write((tx) => world.transfers.confirm(tx, id), 'usr_first'),
    ).rejects.toMatchObject({ code: 'payments.four-eyes' });
    await world.write((tx) => world.transfers.confirm(tx, id), 'usr_second');

    expect((await world.cashOf(investorId)).available).toEqual(eur('15.00'));
    await expect(
      world.write((tx) => world.transfers.confirm(tx, id), 'usr_second'),
    ).rejects.toMatchObject({ code: 'payments.transfer-not-open' });
  });
});

test('a deposit is refused for a party that is not verified', async () => {
  const investorId = world.files.addInvestor({ isVerified: false });
  const order = { investorId, amount: eur('10.00'), method: 'direct-debit' } as const;
  await expect(world.write((tx) => world.deposits.request(tx, order))).rejects.toMatchObject({
    code: 'payments.payer-not-ready',
  });
});

test('the bank’s statement adds up to the custodian account', async () => {
  await world.investor(eur('500.00'));
  const { clock } = world;
  const lines = await world.sandbox.listStatement({
    operatorId: 1,
    currency: 'EUR',
    from: new Date('2025-01-01T00:00:00Z'),
    to: new Date(clock.now().getTime() + 1),
  });
  const total = lines.reduce((sum, line) => sum.plus(line.amount), eur('0.00'));
  const custodian = await world.read((db) =>
    world.ledger.getAccount(db, {
      path: 'assets:custodian:eur',
      currency: 'EUR',
      isClientMoney: true,
      floorMinor: 0n,
    }),
  );
  expect(custodian.balance).toEqual(total);
});
