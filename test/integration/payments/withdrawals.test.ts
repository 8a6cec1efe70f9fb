import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import {
  credit,
  custodianAccount,
  debit,
  investorCashAccount,
  issuerProceedsAccount,
  feeAccount,
} from '../../../src/modules/ledger';
import type { Custodian } from '../../../src/modules/payments';
import { eur, paymentWorld, type PaymentWorld } from '../../support/payment-world';

let world: PaymentWorld;

beforeAll(async () => {
  world = await paymentWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

const funded = async (cash: string) => {
  const investorId = await world.investor(eur(cash));
  return { investorId, bankAccountId: await world.bankAccount(investorId) };
};
const statusOf = async (id: `wdr_${string}`) =>
  (await world.read((db) => world.withdrawals.get(db, id))).status;

describe('a withdrawal', () => {
  test('is reserved at once, and leaves the books when the custodian has paid it', async () => {
    const { investorId, bankAccountId } = await funded('100.00');
    const { id } = await world.withdraw(investorId, eur('40.00'), bankAccountId);

    expect(await world.cashOf(investorId)).toMatchObject({
      balance: eur('100.00'),
      available: eur('60.00'),
      reserved: eur('40.00'),
      pendingWithdrawals: eur('40.00'),
    });
    await world.later(0);
    expect(await statusOf(id)).toBe('instructed');
    await world.later(2 * HOUR_MS);
    expect(await statusOf(id)).toBe('confirmed');
    expect(await world.cashOf(investorId)).toMatchObject({
      balance: eur('60.00'),
      available: eur('60.00'),
      reserved: eur('0.00'),
      pendingWithdrawals: eur('0.00'),
    });
  });

  test.each([
    { amount: '50.13', waitMs: 2 * HOUR_MS, reasonCode: 'account-closed' },
    { amount: '50.19', waitMs: 8 * DAY_MS, reasonCode: 'lapsed' },
  ])('of $amount is rejected, and the cash is free again', async ({ waitMs, ...expected }) => {
    const { investorId, bankAccountId } = await funded('100.00');
    const amount = eur(expected.amount);
    const { id } = await world.withdraw(investorId, amount, bankAccountId);
    await world.later(0);
    await world.later(waitMs);
    const withdrawal = await world.read((db) => world.withdrawals.get(db, id));
    expect(withdrawal).toMatchObject({ status: 'rejected', reasonCode: expected.reasonCode });
    expect((await world.cashOf(investorId)).available).toEqual(eur('100.00'));
  });

  test('is taken back while it is here, and not once it is gone', async () => {
    const { investorId, bankAccountId } = await funded('100.00');
    const kept = await world.withdraw(investorId, eur('30.00'), bankAccountId);
    await world.write((tx) => world.withdrawals.cancel(tx, kept.id));
    expect((await world.cashOf(investorId)).available).toEqual(eur('100.00'));

    const gone = await world.withdraw(investorId, eur('30.00'), bankAccountId);
    await world.later(0);
    await expect(world.write((tx) => world.withdrawals.cancel(tx, gone.id))).rejects.toMatchObject({
      code: 'payments.not-cancellable',
    });
    await world.later(DAY_MS);
  });

  test('of the last cash succeeds once, however many ask at once', async () => {
    const { investorId, bankAccountId } = await funded('100.00');
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () => world.withdraw(investorId, eur('60.00'), bankAccountId)),
    );
    const refused = attempts.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(9);
    for (const attempt of refused) {
      expect(attempt).toMatchObject({ reason: { code: 'payments.above-available' } });
    }
    expect((await world.cashOf(investorId)).available).toEqual(eur('40.00'));
  });

  test.each([
    { why: 'above what is available', amount: '100.01', code: 'payments.above-available' },
    { why: 'of nothing', amount: '0.00', code: 'payments.amount-not-positive' },
  ])('$why is refused', async ({ amount, code }) => {
    const { investorId, bankAccountId } = await funded('100.00');
    await expect(world.withdraw(investorId, eur(amount), bankAccountId)).rejects.toMatchObject({
      code,
    });
  });

  test('goes to no account but a verified one of the same party', async () => {
    const { investorId } = await funded('100.00');
    const stranger = await world.investor();
    const foreign = await world.bankAccount(stranger);
    await expect(world.withdraw(investorId, eur('1.00'), foreign)).rejects.toMatchObject({
      code: 'payments.bank-account-not-found',
    });

    // The sandbox bank knows accounts that end in 13 under another name.
    const refused = await world.bankAccount(stranger, 'DE29370400440532013013');
    await expect(world.withdraw(stranger, eur('1.00'), refused)).rejects.toMatchObject({
      code: 'payments.bank-account-not-verified',
    });
  });
});

describe('a kill between the custodian’s act and our record of it', () => {
  /** Does what it is told, and takes the process down before anybody hears of it. */
  const deadly = (): Custodian =>
    Object.assign(Object.create(world.sandbox) as Custodian, {
      instruct: async (...told: Parameters<Custodian['instruct']>) => {
        await world.sandbox.instruct(...told);
        throw new Error('killed');
      },
    });

  test('leaves one payment: the next process sends the same instruction and books it once', async () => {
    const { investorId, bankAccountId } = await funded('100.00');
    const { id } = await world.withdraw(investorId, eur('70.00'), bankAccountId);
    // Exactly what the job does up to the answer, and nothing after it.
    const handed = await world.write((tx) => world.withdrawals.instruct(tx, id));
    await world.sandbox.instruct({
      id,
      operatorId: 1,
      kind: 'pay',
      amount: eur('70.00'),
      reference: id,
    });
    world.clock.advance(3 * HOUR_MS);
    expect(handed?.status).toBe('instructed');
    expect(await statusOf(id)).toBe('instructed');

    await world.later(0);
    expect(await statusOf(id)).toBe('confirmed');
    expect((await world.cashOf(investorId)).balance).toEqual(eur('30.00'));
    await world.later(DAY_MS);
    expect((await world.cashOf(investorId)).balance).toEqual(eur('30.00'));
  });

  test('is no different when the custodian only seems to fail', async () => {
    const { investorId, bankAccountId } = await funded('100.00');
    const { id } = await world.withdraw(investorId, eur('20.00'), bankAccountId);
    await world.dispatcher(deadly()).run(1);
    world.clock.advance(3 * HOUR_MS);
    await world.dispatcher(deadly()).run(1);
    expect(await statusOf(id)).toBe('instructed');

    await world.later(DAY_MS);
    expect(await statusOf(id)).toBe('confirmed');
    expect((await world.cashOf(investorId)).balance).toEqual(eur('80.00'));
  });
});

describe('money that is not an investor’s', () => {
  /** A settled offering, as far as the books go: proceeds for the issuer, a fee for the operator. */
  const settle = async (proceeds: string, fee: string) => {
    const investorId = await world.investor(eur('1000.00'));
    const issuerId = world.files.addIssuer();
    await world.write(async (tx) => {
      const { ledger } = world;
      const cash = await ledger.ensureAccount(tx, investorCashAccount(investorId, 'EUR'));
      const owed = await ledger.ensureAccount(tx, issuerProceedsAccount(issuerId, 'EUR'));
      const earned = await ledger.ensureAccount(tx, feeAccount('success', 'EUR'));
      await ledger.post(tx, [
        {
          kind: 'settlement',
          source: { type: 'offering', id: issuerId },
          description: 'A settled round',
          occurredAt: world.clock.now(),
          postings: [
            debit(cash, eur(proceeds).plus(eur(fee))),
            credit(owed, eur(proceeds)),
            credit(earned, eur(fee)),
          ],
        },
      ]);
    });
    return issuerId;
  };

  test('an issuer’s proceeds are paid out once per source', async () => {
    const issuerId = await settle('900.00', '45.00');
    const { partyId } = await world.read((db) => world.files.getIssuer(db, issuerId));
    const account = { partyId, holder: 'Ada', scheme: 'iban', account: 'NL91ABNA0417164300' };
    const registered = await world.write((tx) =>
      world.bankAccounts.register(tx, { ...account, scheme: 'iban' }),
    );
    await world.write((tx) =>
      world.bankAccounts.recordAnswer(tx, registered.id, { answer: 'match' }),
    );
    const order = {
      issuerId,
      amount: eur('900.00'),
      bankAccountId: registered.id,
      source: `settlement:${issuerId}`,
    };
    const first = await world.write((tx) => world.withdrawals.payProceeds(tx, order));
    const second = await world.write((tx) => world.withdrawals.payProceeds(tx, order));
    expect(second.id).toBe(first.id);
    await world.later(0);
    await world.later(3 * HOUR_MS);
    expect(await statusOf(first.id)).toBe('confirmed');
    const owed = await world.read((db) =>
      world.ledger.getAccount(db, issuerProceedsAccount(issuerId, 'EUR')),
    );
    expect(owed.balance).toEqual(eur('0.00'));
  });

  test('fees are swept once, also when two sweep at the same moment', async () => {
    await settle('500.00', '25.50');
    const sweeps = await Promise.allSettled(
      [1, 2, 3].map(() => world.write((tx) => world.withdrawals.sweepFees(tx))),
    );
    expect(sweeps.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await world.later(0);
    await world.later(3 * HOUR_MS);
    const bank = await world.read((db) =>
      world.ledger.getAccount(db, { ...custodianAccount('EUR'), path: 'assets:operator-bank:eur' }),
    );
    const earned = await world.read((db) =>
      world.ledger.getAccount(db, feeAccount('success', 'EUR')),
    );
    expect(bank.balance).toEqual(earned.balance.negated());
    await expect(world.write((tx) => world.withdrawals.sweepFees(tx))).rejects.toMatchObject({
      code: 'payments.nothing-to-sweep',
    });
  });
});

describe('a bank account', () => {
  test('is known by its number once per party, and shown masked', async () => {
    const investorId = await world.investor();
    await world.bankAccount(investorId);
    await expect(
      world.bankAccount(investorId, 'DE89 3704 0044 0532 0130 00'),
    ).rejects.toMatchObject({ code: 'payments.bank-account-known' });
    const [account] = await world.read((db) =>
      world.bankAccounts.listOfParty(db, world.files.partyOf(investorId)),
    );
    expect(account).toMatchObject({ masked: 'DE••••••••••••••••3000', status: 'verified' });
  });

  test('with a wrong check digit is refused', async () => {
    const investorId = await world.investor();
    await expect(world.bankAccount(investorId, 'DE88370400440532013000')).rejects.toMatchObject({
      code: 'payments.malformed-account',
    });
  });
});

describe('the checks find', () => {
  test.each([
    {
      what: 'a deposit confirmed without its entry',
      sql: `UPDATE payment_deposits SET entry_no = entry_no + 1000000 WHERE id = :id`,
      undo: `UPDATE payment_deposits SET entry_no = entry_no - 1000000 WHERE id = :id`,
      finding: 'payments.confirmed-deposits-booked',
    },
    {
      what: 'a bank that has more than the books',
      sql: `UPDATE payment_sandbox_instructions SET amount_minor = amount_minor + 1
            WHERE instruction_id = :id`,
      undo: `UPDATE payment_sandbox_instructions SET amount_minor = amount_minor - 1
             WHERE instruction_id = :id`,
      finding: 'payments.sandbox-bank-agrees',
    },
  ])('$what', async ({ sql, undo, finding }) => {
    const investorId = await world.investor();
    const { id } = await world.fund(investorId, eur('12.00'));
    const owner = { operatorId: 1, actor: { kind: 'system', id: 'tamper' } } as const;
    await world.test.owner.write(owner, (tx) => tx.execute(sql, { id }));
    expect((await world.broken()).map(({ check }) => check.id)).toEqual([finding]);
    await world.test.owner.write(owner, (tx) => tx.execute(undo, { id }));
  });
});
