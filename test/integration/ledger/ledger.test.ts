import {
  LedgerService,
  available,
  credit,
  custodianAccount,
  debit,
  investorCashAccount,
  feeAccount,
  type AccountNo,
  type EntryNo,
  type HoldNo,
} from '../../../src/modules/ledger';
import { cashOf } from '../../../src/modules/ledger/funds.queries';
import { findPostedEntry, listEntries } from '../../../src/modules/ledger/queries';
import { must } from '../../../src/kernel/assert';
import { Money } from '../../../src/kernel/money';
import { journalText } from '../../support/journal-text';
import { OTHER_OPERATOR, eur, ledgerWorld, type LedgerWorld } from '../../support/ledger-world';

let world: LedgerWorld;

beforeAll(async () => {
  world = await ledgerWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

describe('posting', () => {
  test('a deposit stands in the custodian account and in the cash account, and reads as a journal', async () => {
    const alice = await world.investor(eur('100.00'));

    const cash = await world.cashAccount(alice, 'EUR');
    expect(cash.balance).toEqual(eur('-100.00'));
    expect(available(cash)).toEqual(eur('100.00'));
    const text = await world.read((db) =>
      journalText(db, { under: `liabilities:investor:${alice}` }, { [alice]: 'alice' }),
    );
    expect(text.replaceAll(/dep_\w+/g, 'dep_1')).toBe(
      [
        '2025-03-10 deposit dep_1',
        '    assets:custodian:eur              100.00 EUR',
        '    liabilities:investor:alice:cash  -100.00 EUR',
        '',
      ].join('\n'),
    );
  });

  test('many entries go in with one call and are numbered one by one', async () => {
    const [alice, bob] = [await world.investor(eur('10.00')), await world.investor(eur('0.00'))];
    const from = (await world.cashAccount(alice, 'EUR')).accountNo;
    const to = (await world.cashAccount(bob, 'EUR')).accountNo;

    const numbers = await world.write((tx) =>
      world.ledger.post(
        tx,
        ['a', 'b', 'c'].map((name) => ({
          kind: 'transfer',
          source: { type: 'transfer', id: `many-${name}` },
          description: name,
          occurredAt: world.clock.now(),
          postings: [debit(from, eur('1.00')), credit(to, eur('1.00'))],
        })),
      ),
    );

    const first = numbers[0] ?? 0n;
    expect(numbers).toEqual([first, first + 1n, first + 2n]);
    expect(available(await world.cashAccount(bob, 'EUR'))).toEqual(eur('3.00'));
    expect((await world.cashAccount(bob, 'EUR')).postingCount).toBe(3n);
  });

  test('one entry may touch an account twice and several currencies at once', async () => {
    const alice = await world.investor(eur('50.00'));
    const usd = (amount: string): Money => Money.parse(amount, 'USD');
    await world.write(async (tx) => {
      await world.deposit(tx, alice, usd('70.00'));
      const [cashEur, cashUsd, feeEur, feeUsd] = [
        await world.ledger.ensureAccount(tx, investorCashAccount(alice, 'EUR')),
        await world.ledger.ensureAccount(tx, investorCashAccount(alice, 'USD')),
        await world.ledger.ensureAccount(tx, feeAccount('success', 'EUR')),
        await world.ledger.ensureAccount(tx, feeAccount('success', 'USD')),
      ];
      await world.ledger.post(tx, [
        {
          kind: 'fee',
          source: { type: 'fee', id: 'two-currencies' },
          description: 'fees in two currencies',
          occurredAt: world.clock.now(),
          postings: [
            debit(cashEur, eur('1.00')),
            debit(cashEur, eur('2.00')),
            credit(feeEur, eur('3.00')),
            debit(cashUsd, usd('4.00')),
            credit(feeUsd, usd('4.00')),
          ],
        },
      ]);
    });

    expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('47.00'));
    expect(available(await world.cashAccount(alice, 'USD'))).toEqual(usd('66.00'));
    expect(await world.read((db) => cashOf(db, alice, 'USD'))).toEqual({
      balance: usd('66.00'),
      reserved: usd('0.00'),
      available: usd('66.00'),
    });
  });

  test('nothing to post is nothing posted', async () => {
    await world.write(async (tx) => {
      expect(await world.ledger.post(tx, [])).toEqual([]);
      expect(await world.ledger.placeHolds(tx, [])).toEqual([]);
      expect(await world.ledger.captureHolds(tx, [])).toEqual([]);
      await world.ledger.releaseHolds(tx, []);
      expect(await world.ledger.lockAvailable(tx, [])).toEqual(new Map());
      expect(await world.ledger.listAvailable(tx, [])).toEqual(new Map());
    });
  });

  test('what the ledger has no word for is thrown as the database said it', async () => {
    const alice = await world.investor(eur('5.00'));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const bob = await world.cashAccount(await world.investor(eur('0.00')), 'EUR');
    // No text column holds a zero byte.
    const unwritable = { from: accountNo, to: bob.accountNo, amount: eur('1.00'), id: 'a\u0000b' };
    await expect(world.transfer(unwritable)).rejects.toMatchObject({ code: '22021' });
    expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('5.00'));
  });

  test('an investor without an account has no cash', async () => {
    const nobody = world.newId('inv');
    const cash = await world.read((db) => cashOf(db, nobody, 'EUR'));
    expect(cash).toEqual({
      balance: eur('0.00'),
      reserved: eur('0.00'),
      available: eur('0.00'),
    });
  });

  test.each<{ name: string; code: string; post: () => Promise<unknown> }>([
    {
      name: 'more than there is',
      code: 'ledger.insufficient-funds',
      post: async () => move(eur('100.01')),
    },
    {
      name: 'an amount in another currency than the account',
      code: 'ledger.account-not-open',
      post: async () => move(Money.parse('1.00', 'USD')),
    },
    {
      name: 'to an account that does not exist',
      code: 'ledger.account-not-open',
      post: async () => move(eur('1.00'), { to: 1n as AccountNo }),
    },
    {
      name: 'the same fact twice',
      code: 'ledger.already-posted',
      post: async () => {
        await move(eur('1.00'), { id: 'twice' });
        await move(eur('1.00'), { id: 'twice' });
      },
    },
  ])('$name is refused with $code, and nothing is left behind', async ({ code, post }) => {
    await expect(post()).rejects.toMatchObject({ code });
  });

  async function move(amount: Money, { to, id }: { to?: AccountNo; id?: string } = {}) {
    const [alice, bob] = [await world.investor(eur('100.00')), await world.investor(eur('0.00'))];
    return world.transfer({
      from: (await world.cashAccount(alice, 'EUR')).accountNo,
      to: to ?? (await world.cashAccount(bob, 'EUR')).accountNo,
      amount,
      id: id ?? `move-${alice}`,
    });
  }

  test('a frozen account does not move until it is opened again; only an empty one closes', async () => {
    const alice = await world.investor(eur('5.00'));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const setStatus = (status: 'open' | 'frozen' | 'closed', no = accountNo) =>
      world.write((tx) => world.ledger.setAccountStatus(tx, no, status));
    const deposit = () => world.write((tx) => world.deposit(tx, alice, eur('1.00')));

    await setStatus('frozen');
    await expect(deposit()).rejects.toMatchObject({ code: 'ledger.account-not-open' });
    await expect(
      world.write((tx) =>
        world.ledger.placeHold(tx, { accountNo, amount: eur('1.00'), purpose: 'withdrawal' }),
      ),
    ).rejects.toMatchObject({ code: 'ledger.insufficient-funds' });
    await setStatus('open');
    await deposit();
    await expect(setStatus('closed')).rejects.toMatchObject({ code: 'ledger.account-not-empty' });
    await expect(setStatus('frozen', 7n as AccountNo)).rejects.toMatchObject({
      code: 'ledger.account-not-found',
    });
  });

  test('accounts are known by path and currency, and asking for one that is missing is told', async () => {
    const spec = investorCashAccount(world.newId('inv'), 'EUR');
    expect(await world.read((db) => world.ledger.findAccount(db, spec))).toBeUndefined();
    await expect(world.account(spec)).rejects.toMatchObject({ code: 'ledger.account-not-found' });
    const first = await world.write((tx) => world.ledger.ensureAccount(tx, spec));
    expect(await world.write((tx) => world.ledger.ensureAccount(tx, spec))).toBe(first);
    const opened = await Promise.all(
      Array.from({ length: 8 }, () =>
        world.write((tx) => world.ledger.ensureAccount(tx, { ...spec, currency: 'GBP' })),
      ),
    );
    expect(new Set(opened).size).toBe(1);
  });

  test('accounts are found by their paths at once, and locked to see what they could spend', async () => {
    const [alice, bob] = [await world.investor(eur('5.00')), await world.investor(eur('7.00'))];
    const specs = [alice, bob, world.newId('inv')].map((id) => investorCashAccount(id, 'EUR'));
    const numbers = await world.read((db) => world.ledger.listAccountNumbers(db, specs));
    const [first, second] = specs.map((spec) => numbers.get(`${spec.path} EUR`));
    expect(numbers.size).toBe(2);
    await world.write(async (tx) => {
      const accounts = [first, second].map((accountNo) => must(accountNo, 'the account'));
      await world.ledger.placeHold(tx, {
        accountNo: must(first, 'the account'),
        amount: eur('1.00'),
        purpose: 'subscription',
      });
      const spendable = await world.ledger.lockAvailable(tx, [...accounts, 1n as AccountNo]);
      expect([...spendable.values()]).toEqual([400n, 700n]);
      expect(await world.ledger.lockAvailable(tx, [])).toEqual(new Map());
      expect(await world.ledger.listAccountNumbers(tx, [])).toEqual(new Map());
    });
  });

  test('an account is recorded forward in time, though a clock runs behind', async () => {
    const alice = await world.investor(eur('5.00'));
    const late = new LedgerService({ clock: { now: () => new Date('2025-03-09T00:00:00Z') } });
    const custodian = await world.account(custodianAccount('EUR'));
    const cash = await world.cashAccount(alice, 'EUR');
    await world.write((tx) =>
      late.post(tx, [
        {
          kind: 'deposit',
          source: { type: 'deposit', id: 'behind' },
          description: 'a clock behind',
          occurredAt: new Date('2025-03-08T00:00:00Z'),
          postings: [debit(custodian.accountNo, eur('1.00')), credit(cash.accountNo, eur('1.00'))],
        },
      ]),
    );
    // The check of running balances, after each test, would find a posting before its predecessor.
  });
});

describe('holds', () => {
  async function held(cash: string, amount: string, expiresAt?: Date) {
    const alice = await world.investor(eur(cash));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const holdNo = await world.write((tx) =>
      world.ledger.placeHold(tx, {
        accountNo,
        amount: eur(amount),
        purpose: 'subscription',
        ...(expiresAt && { expiresAt }),
      }),
    );
    return { alice, accountNo, holdNo };
  }

  async function capture(holdNo: HoldNo, from: AccountNo, amount: string) {
    const fees = await world.write((tx) =>
      world.ledger.ensureAccount(tx, feeAccount('success', 'EUR')),
    );
    return world.write((tx) =>
      world.ledger.captureHolds(tx, [
        {
          holdNo,
          captured: eur(amount),
          entry: {
            kind: 'capture',
            source: { type: 'hold', id: holdNo.toString() },
            description: 'captured',
            occurredAt: world.clock.now(),
            postings: [debit(from, eur(amount)), credit(fees, eur(amount))],
          },
        },
      ]),
    );
  }

  test('held cash is still there, no longer available, and comes back when released', async () => {
    const { alice, holdNo } = await held('100.00', '60.00');
    expect(await world.read((db) => cashOf(db, alice, 'EUR'))).toEqual({
      balance: eur('100.00'),
      reserved: eur('60.00'),
      available: eur('40.00'),
    });
    await world.write((tx) => world.ledger.releaseHolds(tx, [holdNo]));
    expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('100.00'));
  });

  test('a hold may be captured in part; the rest is available again', async () => {
    const { alice, accountNo, holdNo } = await held('100.00', '60.00');
    await capture(holdNo, accountNo, '45.00');
    const cash = await world.cashAccount(alice, 'EUR');
    expect([cash.held, available(cash)]).toEqual([eur('0.00'), eur('55.00')]);
  });

  test('a hold beyond what is available is refused', async () => {
    await expect(held('100.00', '100.01')).rejects.toMatchObject({
      code: 'ledger.insufficient-funds',
    });
    await expect(held('100.00', '0.00')).rejects.toThrow('a hold is of a positive amount');
  });

  test('capturing more than is held is refused, and the hold stays open', async () => {
    const { alice, accountNo, holdNo } = await held('100.00', '60.00');
    await expect(capture(holdNo, accountNo, '60.01')).rejects.toMatchObject({
      code: 'ledger.hold-not-open',
    });
    expect((await world.cashAccount(alice, 'EUR')).held).toEqual(eur('60.00'));
  });

  test('a hold is resolved once', async () => {
    const { accountNo, holdNo } = await held('100.00', '60.00');
    await world.write((tx) => world.ledger.releaseHolds(tx, [holdNo]));
    const refusal = { code: 'ledger.hold-not-open' };
    await expect(
      world.write((tx) => world.ledger.releaseHolds(tx, [holdNo])),
    ).rejects.toMatchObject(refusal);
    await expect(capture(holdNo, accountNo, '1.00')).rejects.toMatchObject(refusal);
    await expect(
      world.write((tx) => world.ledger.releaseHolds(tx, [99n as HoldNo])),
    ).rejects.toMatchObject(refusal);
  });

  test('held cash cannot be spent', async () => {
    const { accountNo } = await held('100.00', '60.00');
    const custodian = await world.account(custodianAccount('EUR'));
    await expect(
      world.transfer({
        from: accountNo,
        to: custodian.accountNo,
        amount: eur('40.01'),
        id: 'spend',
      }),
    ).rejects.toMatchObject({ code: 'ledger.insufficient-funds' });
  });

  test('a hold lapses at the very instant of its expiry, not a millisecond before', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + 60_000);
    const lapsing = await held('100.00', '60.00', expiresAt);
    const captured = await held('100.00', '60.00', expiresAt);
    const late = await held('100.00', '60.00', expiresAt);
    const expire = () => world.write((tx) => world.ledger.expireDue(tx));

    world.clock.advance(59_999);
    expect(await expire()).toEqual([]);
    await capture(captured.holdNo, captured.accountNo, '60.00');

    world.clock.advance(1);
    await expect(capture(late.holdNo, late.accountNo, '60.00')).rejects.toMatchObject({
      code: 'ledger.hold-not-open',
    });
    expect(await expire()).toEqual([lapsing.holdNo, late.holdNo]);
    expect(await expire()).toEqual([]);
    expect(available(await world.cashAccount(lapsing.alice, 'EUR'))).toEqual(eur('100.00'));
  });

  test('expiry goes on in portions, and several at once do each hold once', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + 1000);
    const holds: HoldNo[] = [];
    for (let i = 0; i < 7; i += 1) holds.push((await held('10.00', '1.00', expiresAt)).holdNo);
    world.clock.advance(1000);
    const portions = await Promise.all(
      Array.from({ length: 4 }, () => world.write((tx) => world.ledger.expireDue(tx, 5))),
    );
    const rest = await world.write((tx) => world.ledger.expireDue(tx, 5));
    expect(new Set([...portions.flat(), ...rest])).toEqual(new Set(holds));
    expect(portions.flat().length + rest.length).toBe(holds.length);
  });
});

describe('reversal', () => {
  test('an entry is taken back by its mirror image, once', async () => {
    const alice = await world.investor(eur('100.00'));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const entryNo = await world.write((tx) => world.deposit(tx, alice, eur('11.00')));

    await world.write((tx) => world.ledger.reverse(tx, entryNo, 'entered twice'));

    const cash = await world.cashAccount(alice, 'EUR');
    expect([available(cash), cash.postingCount]).toEqual([eur('100.00'), 3n]);
    expect(cash.accountNo).toBe(accountNo);
    await expect(
      world.write((tx) => world.ledger.reverse(tx, entryNo, 'again')),
    ).rejects.toMatchObject({ code: 'ledger.already-reversed' });
  });

  test('a reversal is an entry like others: taken back itself, what was first stands again', async () => {
    const alice = await world.investor(eur('0.00'));
    const first = await world.write((tx) => world.deposit(tx, alice, eur('11.00')));
    const back = await world.write((tx) => world.ledger.reverse(tx, first, 'entered twice'));
    const again = await world.write((tx) => world.ledger.reverse(tx, back, 'it was not'));
    expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('11.00'));
    const chain = await world.read((db) =>
      Promise.all([first, back, again].map((entryNo) => findPostedEntry(db, entryNo))),
    );
    expect(chain.map((entry) => [entry?.reverses, entry?.reversedBy])).toEqual([
      [undefined, back],
      [first, again],
      [back, undefined],
    ]);
    // The first was reversed once, and stays so.
    await expect(
      world.write((tx) => world.ledger.reverse(tx, first, 'after all')),
    ).rejects.toMatchObject({ code: 'ledger.already-reversed' });
  });

  test('what was spent cannot be taken back, and an unknown entry is told', async () => {
    const [alice, bob] = [await world.investor(eur('0.00')), await world.investor(eur('0.00'))];
    const entryNo = await world.write((tx) => world.deposit(tx, alice, eur('9.00')));
    await world.transfer({
      from: (await world.cashAccount(alice, 'EUR')).accountNo,
      to: (await world.cashAccount(bob, 'EUR')).accountNo,
      amount: eur('9.00'),
      id: 'spent',
    });
    await expect(
      world.write((tx) => world.ledger.reverse(tx, entryNo, 'bounced')),
    ).rejects.toMatchObject({ code: 'ledger.insufficient-funds' });
    await expect(
      world.write((tx) => world.ledger.reverse(tx, 3n as EntryNo, 'unknown')),
    ).rejects.toMatchObject({ code: 'ledger.entry-not-found' });
  });
});

describe('reading entries', () => {
  test('goes on after an entry, either way, and nowhere after one of another operator', async () => {
    const alice = await world.investor(eur('0.00'));
    const made: EntryNo[] = [];
    for (const amount of ['1.00', '2.00', '3.00']) {
      made.push(await world.write((tx) => world.deposit(tx, alice, eur(amount))));
      world.clock.advance(1);
    }
    const under = `liabilities:investor:${alice}`;
    const page = async (order: 'oldest first' | 'latest first', after?: EntryNo) =>
      (await world.read((db) => listEntries(db, { under, order, after, limit: 2 }))).map(
        ({ entryNo }) => entryNo,
      );
    expect(await page('oldest first')).toEqual(made.slice(0, 2));
    expect(await page('oldest first', made[1])).toEqual(made.slice(2));
    expect(await page('latest first', made[2])).toEqual(made.slice(0, 2).toReversed());
    const stranger = world.newId('inv');
    const theirs = await world.write(
      (tx) => world.deposit(tx, stranger, eur('1.00')),
      OTHER_OPERATOR,
    );
    expect(await page('oldest first', theirs)).toEqual([]);
  });
});

describe('operators', () => {
  test('an operator sees and moves nothing of another', async () => {
    const theirs = await world.investor(eur('100.00'), OTHER_OPERATOR);
    const ours = await world.investor(eur('100.00'));
    const spec = investorCashAccount(theirs, 'EUR');
    expect(await world.read((db) => world.ledger.findAccount(db, spec))).toBeUndefined();
    const account = await world.read((db) => world.ledger.getAccount(db, spec), OTHER_OPERATOR);
    await expect(
      world.transfer({
        from: account.accountNo,
        to: (await world.cashAccount(ours, 'EUR')).accountNo,
        amount: eur('1.00'),
        id: 'theft',
      }),
    ).rejects.toMatchObject({ code: 'ledger.account-not-open' });
  });
});

describe('concurrency', () => {
  test('captures and deposits at once take their locks in one order', async () => {
    const deadlocks = async () => {
      const [row] = await world.read((db) =>
        db.query<{ deadlocks: bigint }>(
          'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
        ),
      );
      return row?.deadlocks;
    };
    const before = await deadlocks();
    const alice = await world.investor(eur('1000.00'));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const custodian = await world.account(custodianAccount('EUR'));
    const holds: HoldNo[] = [];
    for (let i = 0; i < 40; i += 1) {
      holds.push(
        await world.write((tx) =>
          world.ledger.placeHold(tx, { accountNo, amount: eur('1.00'), purpose: 'withdrawal' }),
        ),
      );
    }
    await Promise.all(
      holds.flatMap((holdNo) => [
        world.write((tx) => world.deposit(tx, alice, eur('1.00'))),
        world.write((tx) =>
          world.ledger.captureHolds(tx, [
            {
              holdNo,
              captured: eur('1.00'),
              entry: {
                kind: 'withdrawal',
                source: { type: 'withdrawal', id: `parallel-${holdNo}` },
                description: 'withdrawal',
                occurredAt: world.clock.now(),
                postings: [debit(accountNo, eur('1.00')), credit(custodian.accountNo, eur('1.00'))],
              },
            },
          ]),
        ),
      ]),
    );
    expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('1000.00'));
    expect(await deadlocks()).toBe(before);
  });

  test('500 transfers each way at once leave both as they were', async () => {
    const [alice, bob] = [
      (await world.cashAccount(await world.investor(eur('500.00')), 'EUR')).accountNo,
      (await world.cashAccount(await world.investor(eur('500.00')), 'EUR')).accountNo,
    ];
    const transfers = Array.from({ length: 500 }, (_, index) => [
      world.transfer({ from: alice, to: bob, amount: eur('1.00'), id: `there-${index}` }),
      world.transfer({ from: bob, to: alice, amount: eur('1.00'), id: `back-${index}` }),
    ]).flat();
    await Promise.all(transfers);

    const rows = await world.read((db) =>
      db.query<{ balance_minor: bigint; posting_count: bigint }>(
        'SELECT balance_minor, posting_count FROM ledger_accounts WHERE account_no = ANY (:both)',
        { both: [alice, bob] },
      ),
    );
    expect(rows).toEqual([
      { balance_minor: -50000n, posting_count: 1001n },
      { balance_minor: -50000n, posting_count: 1001n },
    ]);
  }, 60_000);

  test('of 200 holds at once for the last amount one is placed', async () => {
    const alice = await world.investor(eur('100.00'));
    const { accountNo } = await world.cashAccount(alice, 'EUR');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, () =>
        world.write((tx) =>
          world.ledger.placeHold(tx, {
            accountNo,
            amount: eur('100.00'),
            purpose: 'subscription',
          }),
        ),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(199);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'ledger.insufficient-funds' });
    }
    expect((await world.cashAccount(alice, 'EUR')).held).toEqual(eur('100.00'));
  });
});
