import type { Tx } from '../../../src/platform/db';
import { sqlState } from '../../../src/platform/db';
import { investorCashAccount, type AccountNo, type EntryNo } from '../../../src/modules/ledger';
import {
  OPERATOR,
  OTHER_OPERATOR,
  eur,
  ledgerWorld,
  scopeOf,
  type LedgerWorld,
} from '../../support/ledger-world';

/** Who knows the database's own language and wants the books to say something else. */

let world: LedgerWorld;
let alice: AccountNo;
let bob: AccountNo;
let theirs: AccountNo;
let entryNo: EntryNo;

beforeAll(async () => {
  world = await ledgerWorld();
  alice = (await world.cashAccount(await world.investor(eur('100.00')), 'EUR')).accountNo;
  bob = (await world.cashAccount(await world.investor(eur('100.00')), 'EUR')).accountNo;
  const other = await world.investor(eur('100.00'), OTHER_OPERATOR);
  theirs = await world.read(
    async (db) => (await world.ledger.getAccount(db, investorCashAccount(other, 'EUR'))).accountNo,
    OTHER_OPERATOR,
  );
  entryNo = await world.transfer({ from: alice, to: bob, amount: eur('1.00'), id: 'first' });
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const AT = new Date('2025-03-10T09:00:00Z');

/** ledger_post with two postings; what is not named is right. */
function post(
  tx: Tx,
  wrong: {
    readonly operatorId?: number;
    readonly positions?: readonly number[];
    readonly accounts?: readonly AccountNo[];
    readonly amounts?: readonly bigint[];
  },
): Promise<unknown> {
  return tx.query(
    `SELECT ledger_post(:operatorId, :at, ARRAY['attack'], ARRAY['attack'], ARRAY['attack'],
       ARRAY['attack'], ARRAY[:at]::timestamptz[], ARRAY[NULL]::bigint[],
       :positions, :accounts, :amounts)`,
    {
      at: AT,
      operatorId: wrong.operatorId ?? OPERATOR,
      positions: wrong.positions ?? [0, 0],
      accounts: wrong.accounts ?? [alice, bob],
      amounts: wrong.amounts ?? [100n, -100n],
    },
  );
}

const TABLES = [
  'ledger_entries',
  'ledger_postings',
  'ledger_postings_default',
  'ledger_holds',
  'ledger_hold_resolutions',
  'ledger_batches',
];

async function stateOf(attempt: Promise<unknown>): Promise<string | undefined> {
  return attempt.then(
    () => 'nothing stopped it',
    (error: unknown) => sqlState(error),
  );
}

describe('the application role', () => {
  test.each<{ name: string; state: string; attack: (tx: Tx) => Promise<unknown> }>([
    {
      name: 'posting an entry that does not balance',
      state: 'YC101',
      attack: (tx) => post(tx, { amounts: [100n, -99n] }),
    },
    {
      name: 'posting an entry whose postings belong to another',
      state: 'YC107',
      attack: (tx) => post(tx, { positions: [0, 1] }),
    },
    {
      name: 'posting an entry without postings',
      state: 'YC107',
      attack: (tx) => post(tx, { positions: [], accounts: [], amounts: [] }),
    },
    {
      name: 'posting nothing on an account',
      state: '23514',
      attack: (tx) => post(tx, { amounts: [0n, 0n] }),
    },
    {
      name: 'spending more than there is',
      state: '23514',
      attack: (tx) => post(tx, { amounts: [99_99_99n, -99_99_99n] }),
    },
    {
      name: 'posting more than a BIGINT holds',
      state: '22003',
      attack: (tx) =>
        post(tx, {
          positions: [0, 0, 0],
          accounts: [alice, alice, bob],
          amounts: [2n ** 62n, 2n ** 63n - 1n, -1n],
        }),
    },
    {
      name: 'posting in the name of another operator',
      state: '42501',
      attack: (tx) => post(tx, { operatorId: OTHER_OPERATOR, accounts: [theirs, theirs] }),
    },
    {
      name: "posting on another operator's account",
      state: 'YC104',
      attack: (tx) => post(tx, { accounts: [theirs, bob] }),
    },
    {
      name: 'slipping an entry into a sealed batch',
      state: 'YC103',
      attack: async (tx) => {
        await tx.query(`SELECT set_config('app.ledger_batch', :batch, true)`, {
          batch: (entryNo >> 20n).toString(),
        });
        await post(tx, {});
      },
    },
    {
      name: 'numbering beyond the end of a batch',
      state: 'YC103',
      attack: async (tx) => {
        await tx.query(
          `SELECT set_config('app.ledger_batch', '4000000', true),
                  set_config('app.ledger_taken', '1048576', true)`,
        );
        await post(tx, {});
      },
    },
    {
      name: 'taking numbers',
      state: '42501',
      attack: (tx) => tx.query('SELECT ledger_take_numbers(1)'),
    },
    {
      name: 'writing a posting past the function',
      state: '42501',
      attack: (tx) => tx.query('INSERT INTO ledger_postings SELECT * FROM ledger_postings LIMIT 1'),
    },
    {
      name: 'changing a balance',
      state: '42501',
      attack: (tx) => tx.query('UPDATE ledger_accounts SET balance_minor = 0'),
    },
    {
      name: 'opening an account in no class',
      state: '23514',
      attack: (tx) =>
        tx.query(`SELECT ledger_open_account(1, 'gold:bars', 'EUR', 1::smallint, true, 0, :at)`, {
          at: AT,
        }),
    },
    {
      name: 'opening an account with its side turned round',
      state: '23514',
      attack: (tx) =>
        tx.query(
          `SELECT ledger_open_account(1, 'liabilities:x:y', 'EUR', 1::smallint, true, 0, :at)`,
          { at: AT },
        ),
    },
    {
      name: 'letting a hold expire before its time',
      state: 'YC106',
      attack: async (tx) => {
        const holdNo = await world.ledger.placeHold(tx, {
          accountNo: alice,
          amount: eur('1.00'),
          purpose: 'withdrawal',
        });
        await tx.query(`SELECT ledger_resolve_holds(1, :at, :holds, 'expired', '{0}')`, {
          at: AT,
          holds: [holdNo],
        });
      },
    },
    {
      name: 'making partitions without end',
      state: '22023',
      attack: (tx) => tx.query(`SELECT ledger_ensure_partitions('2025-01-01', 121)`),
    },
    ...TABLES.flatMap((table) =>
      [`UPDATE ${table} SET operator_id = 2`, `DELETE FROM ${table}`, `TRUNCATE ${table}`].map(
        (sql) => ({ name: sql, state: '42501', attack: (tx: Tx) => tx.query(sql) }),
      ),
    ),
  ])('is stopped with $state at $name', async ({ attack, state }) => {
    expect(await stateOf(world.write(attack))).toBe(state);
  });

  test('sees nothing without an operator, and can post for none', async () => {
    const scope = scopeOf(undefined);
    for (const table of ['ledger_accounts', 'ledger_entries', 'ledger_postings']) {
      const rows = await world.test.database.read(scope, (db) => db.query(`SELECT FROM ${table}`));
      expect(rows).toEqual([]);
    }
    expect(await stateOf(world.test.database.write(scope, (tx) => post(tx, {})))).toBe('42501');
  });

  test('sees only its own operator', async () => {
    const seen = await world.read((db) =>
      db.query<{ operator_id: number }>('SELECT DISTINCT operator_id FROM ledger_accounts'),
    );
    expect(seen).toEqual([{ operator_id: OPERATOR }]);
  });
});

describe('the owner of the tables', () => {
  const asOwner = (sql: string) =>
    stateOf(world.test.owner.write(scopeOf(OPERATOR), (tx) => tx.query(sql)));

  test.each(
    TABLES.flatMap((table) => [
      `UPDATE ${table} SET operator_id = 2`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]),
  )('is stopped at %s', async (sql) => {
    expect(await asOwner(sql)).toBe('YC001');
  });

  const insert = (values: string, table = 'ledger_postings') =>
    `INSERT INTO ${table} (operator_id, account_no, account_seq, entry_no, amount_minor,
       balance_minor, currency, recorded_at)
     SELECT 1, a.account_no, ${values}, '2025-03-10T09:00:00Z' FROM ledger_accounts a
     WHERE a.path LIKE 'liabilities:%'`;

  test.each([
    {
      name: 'postings that do not balance',
      sql: insert('a.posting_count + 1, 7, -100, a.balance_minor, a.currency'),
      state: 'YC101',
    },
    {
      name: 'postings that do not balance, straight into a partition',
      sql: insert(
        'a.posting_count + 1, 7, -100, a.balance_minor, a.currency',
        'ledger_postings_default',
      ),
      state: 'YC101',
    },
    {
      name: 'postings with a wrong running balance',
      sql: insert(
        `a.posting_count + 1, 7, CASE WHEN a.account_no = (SELECT min(account_no) FROM ledger_accounts
           WHERE path LIKE 'liabilities:%') THEN 100 ELSE -100 END, a.balance_minor - 1, a.currency`,
      ),
      state: 'YC102',
    },
    {
      name: 'postings in a currency that is not the account’s',
      sql: insert(
        `a.posting_count + 1, 7, CASE WHEN a.account_no = (SELECT min(account_no) FROM ledger_accounts
           WHERE path LIKE 'liabilities:%') THEN 100 ELSE -100 END, a.balance_minor, 'USD'`,
      ),
      state: 'YC102',
    },
    {
      name: 'a balance below the floor',
      sql: 'UPDATE ledger_accounts SET balance_minor = 1',
      state: '23514',
    },
    {
      name: 'holding more than there is',
      sql: 'UPDATE ledger_accounts SET held_minor = 99999999',
      state: '23514',
    },
    {
      name: 'closing an account with money on it',
      sql: `UPDATE ledger_accounts SET status = 'closed'`,
      state: '23514',
    },
  ])('is stopped with $state at $name', async ({ sql, state }) => {
    expect(await asOwner(sql)).toBe(state);
  });
});

describe('months', () => {
  test('get partitions of their own, once, each guarded like the whole', async () => {
    const extend = (months: number) =>
      world.write((tx) => world.ledger.extendPartitions(tx, months));
    // March has postings already, in the default partition, and stays there.
    expect(await extend(3)).toBe(3);
    expect(await extend(3)).toBe(0);

    world.clock.moveTo('2025-04-01T00:00:00Z');
    await world.transfer({ from: alice, to: bob, amount: eur('1.00'), id: 'april' });
    const count = await world.test.owner.read(scopeOf(OPERATOR), (db) =>
      db.query<{ n: bigint }>('SELECT count(*) AS n FROM ledger_postings_2025_04'),
    );
    expect(count).toEqual([{ n: 2n }]);

    for (const sql of [
      'UPDATE ledger_postings_2025_04 SET amount_minor = 1',
      'DELETE FROM ledger_postings_2025_04',
      'TRUNCATE ledger_postings_2025_04',
    ]) {
      const asOwner = world.test.owner.write(scopeOf(OPERATOR), (tx) => tx.query(sql));
      expect(await stateOf(asOwner)).toBe('YC001');
      expect(await stateOf(world.write((tx) => tx.query(sql)))).toBe('42501');
    }
    const unbalanced = `INSERT INTO ledger_postings_2025_04
      SELECT operator_id, account_no, account_seq + 1, entry_no, amount_minor, balance_minor,
             currency, recorded_at + INTERVAL '1 second'
      FROM ledger_postings_2025_04 LIMIT 1`;
    expect(
      await stateOf(world.test.owner.write(scopeOf(OPERATOR), (tx) => tx.query(unbalanced))),
    ).toBe('YC101');
  });
});
