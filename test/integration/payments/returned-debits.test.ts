import { calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { Problem } from '../../../src/kernel/problem';
import type { Tx } from '../../../src/platform/db';
import {
  clawbackAccount,
  credit,
  custodianAccount,
  debit,
  feeAccount,
  investorCashAccount,
  loanCollectionsAccount,
  type AccountSpec,
} from '../../../src/modules/ledger';
import type { ReturnedCollection } from '../../../src/modules/payments';
import {
  collectionEvents,
  eur,
  payerOfLoan,
  paymentWorld,
  requestInstalments,
  type PaymentWorld,
} from '../../support/payment-world';

let world: PaymentWorld;

beforeAll(async () => {
  world = await paymentWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
  world.unwinding.bringBackBy = async () => Promise.resolve();
  world.unwinding.told.splice(0);
});
afterAll(() => world.close());

/** A loan whose payer's bank takes every debit back, with one debit drawn. */
async function drawn(amount: string) {
  const payer = await payerOfLoan(world, { mandate: 'BANK29' });
  const dueOn = calendarDate(world.clock.now().toISOString().slice(0, 10));
  await requestInstalments(world, [{ loanId: payer.loanId, dueOn, amount: eur(amount) }]);
  await world.later(0);
  await world.later(2 * HOUR_MS);
  expect(await balanceOf(loanCollectionsAccount(payer.loanId, 'EUR'))).toEqual(eur(amount));
  return payer;
}

const balanceOf = async (spec: AccountSpec) =>
  (await world.read((db) => world.ledger.findAccount(db, spec)))?.balance.negated() ?? eur('0.00');

/** Moves money between accounts: positive is taken from one, negative given to one. */
async function move(tx: Tx, kind: string, parts: readonly (readonly [AccountSpec, string])[]) {
  const { ledger, clock, newId } = world;
  const postings = [];
  for (const [spec, amount] of parts) {
    const accountNo = await ledger.ensureAccount(tx, spec);
    const money = eur(amount);
    postings.push(money.isNegative ? credit(accountNo, money.negated()) : debit(accountNo, money));
  }
  const source = { type: kind, id: newId('qte') };
  await ledger.post(tx, [{ kind, source, description: kind, occurredAt: clock.now(), postings }]);
}

const listOf = (status?: 'open' | 'booked') =>
  world.read((db) => world.returns.list(db, { status, limit: 10 }));

const distribute = (loanId: Id<'lon'>, investorId: Id<'inv'>) =>
  world.write((tx) =>
    move(tx, 'distribution', [
      [loanCollectionsAccount(loanId, 'EUR'), '100.00'],
      [investorCashAccount(investorId, 'EUR'), '-98.00'],
      [feeAccount('servicing', 'EUR'), '-2.00'],
    ]),
  );

test('each kind of fee is swept apart', async () => {
  const investorId = await world.investor(eur('100.00'));
  await world.write((tx) =>
    move(tx, 'fees', [
      [investorCashAccount(investorId, 'EUR'), '10.00'],
      [feeAccount('late', 'EUR'), '-3.00'],
      [feeAccount('market', 'EUR'), '-7.00'],
    ]),
  );
  const sweeps = await world.write((tx) => world.withdrawals.sweepFees(tx));
  const sent = new Map(sweeps.map(({ feeKind, amount }) => [feeKind, amount]));
  expect(sent.get('late')).toEqual(eur('3.00'));
  expect(sent.get('market')).toEqual(eur('7.00'));
  await world.later(0);
  await world.later(3 * HOUR_MS);
});

describe('a debit that came back', () => {
  test('leaves the books once, and is announced to whoever it was for', async () => {
    const { loanId, owner } = await drawn('100.00');
    await world.later(3 * DAY_MS);
    expect(await balanceOf(loanCollectionsAccount(loanId, 'EUR'))).toEqual(eur('0.00'));
    expect(world.unwinding.told).toMatchObject([{ owner, amount: eur('100.00') }]);
    expect((await collectionEvents(world, loanId)).map(({ type }) => type)).toEqual([
      'collection.received',
      'collection.returned',
    ]);
    await Promise.all([1, 2].map(() => world.dispatcher().run(1)));
    expect(world.unwinding.told).toHaveLength(1);
  });

  test('is recorded once when it is told of twice, and two book it at once', async () => {
    const { loanId } = await drawn('100.00');
    world.clock.advance(3 * DAY_MS);
    const [told] = await world.sandbox.listReturns(1, 10);
    if (!told) throw new Error('nothing came back');
    await Promise.all([1, 2, 3].map(() => world.write((tx) => world.returns.record(tx, told))));
    const [open] = await listOf('open');
    const id = open?.id ?? 'rtn_none';
    await Promise.all([1, 2, 3].map(() => world.write((tx) => world.returns.book(tx, id))));
    await world.later(0);
    expect(await balanceOf(loanCollectionsAccount(loanId, 'EUR'))).toEqual(eur('0.00'));
    expect(await collectionEvents(world, loanId)).toHaveLength(2);
  });

  test('waits, and is seen, while what it paid cannot be brought back', async () => {
    const { loanId } = await drawn('100.00');
    const investorId = await world.investor();
    await distribute(loanId, investorId);
    const refusal = new Problem('loans.cannot', { kind: 'conflict', title: 'It cannot' });
    world.unwinding.bringBackBy = async () => Promise.reject(refusal);
    await world.later(3 * DAY_MS);
    expect(await listOf('open')).toMatchObject([
      { attempts: 1, lastFailure: 'loans.cannot', owner: { id: loanId } },
    ]);

    world.unwinding.bringBackBy = unwindDistribution(investorId, '98.00');
    await world.later(HOUR_MS);
    expect(await listOf('open')).toEqual([]);
    expect(await balanceOf(loanCollectionsAccount(loanId, 'EUR'))).toEqual(eur('0.00'));
    expect(await balanceOf(investorCashAccount(investorId, 'EUR'))).toEqual(eur('0.00'));
  });

  test('waits when nobody brought the money back, and nothing is half done', async () => {
    const { loanId } = await drawn('100.00');
    const investorId = await world.investor();
    await distribute(loanId, investorId);
    await world.later(3 * DAY_MS);
    expect(await listOf('open')).toMatchObject([{ lastFailure: 'ledger.insufficient-funds' }]);
    expect(await balanceOf(investorCashAccount(investorId, 'EUR'))).toEqual(eur('98.00'));
    world.unwinding.bringBackBy = unwindDistribution(investorId, '98.00');
    await world.later(HOUR_MS);
    expect(await listOf('open')).toEqual([]);
  });

  test('waits until the operator’s own money covers what an investor has spent', async () => {
    // Others' money, out of which it must not be paid.
    await world.investor(eur('500.00'));
    const { loanId } = await drawn('100.00');
    const investorId = await world.investor();
    await distribute(loanId, investorId);
    const bankAccountId = await world.bankAccount(investorId);
    await world.withdraw(investorId, eur('90.00'), bankAccountId);
    await world.later(0);
    await world.later(3 * HOUR_MS);
    // Eight of the 98 are left; the operator would have to stand in for ninety.
    world.unwinding.bringBackBy = unwindDistribution(investorId, '8.00', '90.00');
    await world.later(3 * DAY_MS);
    expect(await listOf('open')).toMatchObject([{ lastFailure: 'payments.own-funds-short' }]);

    const payer = await world.investor(eur('200.00'));
    await world.write((tx) =>
      move(tx, 'fee', [
        [investorCashAccount(payer, 'EUR'), '120.00'],
        [feeAccount('success', 'EUR'), '-120.00'],
      ]),
    );
    await world.later(HOUR_MS);
    expect(await listOf('open')).toEqual([]);
    expect(await balanceOf(clawbackAccount(investorId, 'EUR'))).toEqual(eur('-90.00'));

    // What stands in for the investor is not swept: 120 earned, 90 of it needed.
    const sweeps = await world.write((tx) => world.withdrawals.sweepFees(tx));
    expect(sweeps).toMatchObject([{ feeKind: 'success', amount: eur('30.00') }]);
    await world.later(0);
    await world.later(3 * HOUR_MS);
  });

  function unwindDistribution(investorId: Id<'inv'>, fromCash: string, fromOperator = '0.00') {
    return async (tx: Tx, { owner }: ReturnedCollection): Promise<void> => {
      if (owner.kind !== 'loan') throw new Error('not a loan');
      await move(tx, 'unwinding', [
        [investorCashAccount(investorId, 'EUR'), fromCash],
        [clawbackAccount(investorId, 'EUR'), fromOperator],
        [feeAccount('servicing', 'EUR'), '2.00'],
        [loanCollectionsAccount(owner.id, 'EUR'), '-100.00'],
      ]);
    };
  }
});

test('the bank’s statement shows the return, and adds up to the custodian account', async () => {
  await drawn('64.00');
  await world.later(3 * DAY_MS);
  const lines = await world.sandbox.listStatement({
    operatorId: 1,
    currency: 'EUR',
    from: new Date('2025-01-01T00:00:00Z'),
    to: new Date(world.clock.now().getTime() + 1),
  });
  expect(lines.filter(({ returns }) => returns !== undefined).at(-1)).toMatchObject({
    amount: eur('-64.00'),
    instructionId: undefined,
  });
  const total = lines.reduce((sum, line) => sum.plus(line.amount), eur('0.00'));
  expect(await balanceOf(custodianAccount('EUR'))).toEqual(total.negated());
});

describe('money of an owner that goes out', () => {
  test('an overpayment goes back to the borrower once, and to no one else', async () => {
    const { loanId, owner, reference, bankAccountId } = await payerOfLoan(world);
    const payer = { name: 'A borrower', account: 'DE89370400440532013000' };
    await world.sandbox.receiveTransfer({ operatorId: 1, amount: eur('30.00'), reference, payer });
    await world.later(0);
    const order = { owner, amount: eur('30.00'), bankAccountId, source: `surplus:${loanId}` };
    const [first, second] = await Promise.all(
      [1, 2].map(() => world.write((tx) => world.withdrawals.payOut(tx, order))),
    );
    expect(second?.id).toBe(first?.id);
    expect(first).toMatchObject({ kind: 'loan-refund', owner });
    await world.later(0);
    await world.later(3 * HOUR_MS);
    expect(await balanceOf(loanCollectionsAccount(loanId, 'EUR'))).toEqual(eur('0.00'));

    const stranger = await payerOfLoan(world);
    const foreign = { ...order, bankAccountId: stranger.bankAccountId, source: 'another' };
    await expect(world.write((tx) => world.withdrawals.payOut(tx, foreign))).rejects.toMatchObject({
      code: 'payments.bank-account-not-found',
    });
    const tooMuch = { ...order, source: 'a third' };
    await expect(world.write((tx) => world.withdrawals.payOut(tx, tooMuch))).rejects.toMatchObject({
      code: 'payments.above-available',
    });
  });

  test('a guarantor pays in by its reference and is paid out', async () => {
    const owner = { kind: 'guarantor', id: world.newId('cov') } as const;
    const partyId = world.newId('pty');
    const account = { partyId, holder: 'Guarantor', scheme: 'account-reference' } as const;
    const { reference } = await world.write((tx) =>
      world.references.open(tx, { owner, partyId, currency: 'EUR' }),
    );
    const { id: bankAccountId } = await world.write((tx) =>
      world.bankAccounts.register(tx, { ...account, account: 'GUARANTOR00' }),
    );
    const payer = { name: 'Guarantor', account: 'DE89370400440532013000' };
    await world.sandbox.receiveTransfer({ operatorId: 1, amount: eur('80.00'), reference, payer });
    await world.later(0);
    const order = { owner, amount: eur('50.00'), bankAccountId, source: 'release:1' };
    const { id } = await world.write((tx) => world.withdrawals.payOut(tx, order));
    await world.later(0);
    await world.later(3 * HOUR_MS);
    const paid = await world.read((db) => world.withdrawals.get(db, id));
    expect(paid).toMatchObject({ kind: 'guarantor-cash', status: 'confirmed', owner });
    const [told] = await world.test.owner.read(
      { operatorId: 1, actor: { kind: 'system', id: 'test' } },
      (db) =>
        db.query<{ payload: Record<string, unknown> }>(
          `SELECT payload FROM platform_outbox_events
           WHERE subject = :id AND type = 'withdrawal.confirmed'`,
          { id },
        ),
    );
    expect(told?.payload).toMatchObject({
      source: 'release:1',
      owner,
      executedAt: paid.executedAt?.toISOString(),
    });
  });
});
