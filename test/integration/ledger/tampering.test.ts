import type { Tx } from '../../../src/platform/db';
import { debit, credit, feeAccount } from '../../../src/modules/ledger';
import { verifyChain } from '../../support/ledger-chain';
import {
  OPERATOR,
  OTHER_OPERATOR,
  eur,
  ledgerWorld,
  scopeOf,
  type LedgerWorld,
} from '../../support/ledger-world';

/** What an owner with a grudge may do, triggers switched off, and which check says so. */

const TABLES = [
  'ledger_entries',
  'ledger_postings',
  'ledger_postings_default',
  'ledger_holds',
  'ledger_hold_resolutions',
  'ledger_batches',
];

/** A small world: deposits, a transfer, a reversal, holds open and resolved, two operators. */
async function aSmallWorld(): Promise<LedgerWorld> {
  const world = await ledgerWorld({ poolSize: 2 });
  const { ledger, clock } = world;
  const [alice, bob] = [await world.investor(eur('100.00')), await world.investor(eur('50.00'))];
  await world.investor(eur('70.00'), OTHER_OPERATOR);
  const [from, to] = [
    (await world.cashAccount(alice, 'EUR')).accountNo,
    (await world.cashAccount(bob, 'EUR')).accountNo,
  ];
  const entryNo = await world.transfer({ from, to, amount: eur('10.00'), id: 't1' });
  await world.write((tx) => ledger.reverse(tx, entryNo, 'meant for carol'));
  await world.write(async (tx) => {
    const hold = (amount: string, lapses = true) =>
      ledger.placeHold(tx, {
        accountNo: from,
        amount: eur(amount),
        purpose: 'subscription',
        ...(lapses && { expiresAt: new Date('2025-03-11T09:00:00.500Z') }),
      });
    await hold('5.00');
    const captured = await hold('6.00', false);
    const fees = await ledger.ensureAccount(tx, feeAccount('success', 'EUR'));
    await ledger.releaseHolds(tx, [await hold('7.00')]);
    await ledger.captureHolds(tx, [
      {
        holdNo: captured,
        captured: eur('4.00'),
        entry: {
          kind: 'capture',
          source: { type: 'hold', id: captured.toString() },
          description: 'Ein Entgelt; 费用',
          occurredAt: clock.now(),
          postings: [debit(from, eur('4.00')), credit(fees, eur('4.00'))],
        },
      },
    ]);
  });
  return world;
}

async function tamper(world: LedgerWorld, sql: readonly string[]): Promise<void> {
  await world.test.owner.write(scopeOf(OPERATOR), async (tx: Tx) => {
    for (const table of TABLES) await tx.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    for (const statement of sql) await tx.query(statement);
    for (const table of TABLES) await tx.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });
}

const LAST_ENTRY = '(SELECT max(entry_no) FROM ledger_entries)';
const FIRST_ENTRY = '(SELECT min(entry_no) FROM ledger_entries)';
/** A chain that has two links at least: every write here may have had another connection. */
const LONG_CHAIN =
  '(SELECT chain_no FROM ledger_batches GROUP BY chain_no ORDER BY count(*) DESC LIMIT 1)';

test('an untouched world has nothing to report, to the database or to an independent reader', async () => {
  const world = await aSmallWorld();
  expect(await world.broken()).toEqual([]);
  for (const operatorId of [OPERATOR, OTHER_OPERATOR]) {
    const { batches, firstBreak } = await world.read(verifyChain, operatorId);
    expect(firstBreak).toBeUndefined();
    expect(batches).toBe(operatorId === OPERATOR ? 5 : 1);
  }
  await world.close();
});

describe('tampering is found', () => {
  test.each<{
    name: string;
    sql: readonly string[];
    found: readonly string[];
    /** Whether an independent reader of the chain sees it too. */
    chain?: boolean;
  }>([
    {
      name: 'an entry is edited',
      sql: [`UPDATE ledger_entries SET description = 'x' WHERE entry_no = ${LAST_ENTRY}`],
      found: ['ledger.batches-untouched'],
    },
    {
      name: 'the day of an entry is moved',
      sql: [
        `UPDATE ledger_entries SET occurred_at = occurred_at - INTERVAL '1 ms'
         WHERE entry_no = ${FIRST_ENTRY}`,
      ],
      found: ['ledger.batches-untouched'],
    },
    {
      name: 'an amount is edited',
      sql: [
        `UPDATE ledger_postings SET amount_minor = amount_minor + 1
         WHERE entry_no = ${LAST_ENTRY} AND amount_minor > 0`,
      ],
      found: [
        'ledger.entries-balance',
        'ledger.balances-equal-postings',
        'ledger.running-balances',
        'ledger.batches-untouched',
      ],
    },
    {
      name: 'an entry is made smaller throughout, balances and all',
      sql: [
        `UPDATE ledger_postings SET amount_minor = amount_minor - sign(amount_minor)::bigint,
           balance_minor = balance_minor - sign(amount_minor)::bigint
         WHERE entry_no = ${LAST_ENTRY}`,
        `UPDATE ledger_accounts a SET balance_minor = a.balance_minor - sign(p.amount_minor)::bigint
         FROM ledger_postings p WHERE p.entry_no = ${LAST_ENTRY} AND p.account_no = a.account_no`,
      ],
      found: ['ledger.batches-untouched'],
    },
    {
      name: 'a posting is deleted',
      sql: [`DELETE FROM ledger_postings WHERE entry_no = ${LAST_ENTRY} AND amount_minor > 0`],
      found: [
        'ledger.entries-balance',
        'ledger.entries-complete',
        'ledger.balances-equal-postings',
        'ledger.batches-untouched',
      ],
    },
    {
      name: 'an entry is deleted with its postings',
      sql: [
        `DELETE FROM ledger_postings WHERE entry_no = ${FIRST_ENTRY}`,
        `DELETE FROM ledger_entries WHERE entry_no = ${FIRST_ENTRY}`,
      ],
      found: [
        'ledger.balances-equal-postings',
        'ledger.running-balances',
        'ledger.batches-untouched',
      ],
    },
    {
      name: 'an entry is put into a sealed batch',
      sql: [
        `INSERT INTO ledger_entries SELECT operator_id, entry_no + 100, kind, source_type, 'new',
           description, NULL, occurred_at, recorded_at
         FROM ledger_entries WHERE entry_no = ${FIRST_ENTRY}`,
      ],
      found: ['ledger.entries-complete', 'ledger.batches-untouched'],
    },
    {
      name: 'an entry is put outside every batch',
      sql: [
        `INSERT INTO ledger_entries SELECT operator_id, entry_no + (1000 << 20), kind, source_type,
           'new', description, NULL, occurred_at, recorded_at
         FROM ledger_entries WHERE entry_no = ${FIRST_ENTRY}`,
      ],
      found: ['ledger.entries-complete', 'ledger.everything-sealed'],
      chain: false,
    },
    {
      name: 'a posting is recorded at another time than its entry',
      sql: [
        `UPDATE ledger_postings SET recorded_at = recorded_at + INTERVAL '1 ms'
         WHERE entry_no = ${FIRST_ENTRY} AND amount_minor < 0`,
      ],
      found: [
        'ledger.entries-complete',
        'ledger.balances-equal-postings',
        'ledger.running-balances',
      ],
      chain: false,
    },
    {
      name: 'a reversal is pointed at another entry',
      sql: [
        `UPDATE ledger_entries SET reverses_entry_no = ${FIRST_ENTRY}
         WHERE reverses_entry_no IS NOT NULL`,
      ],
      found: ['ledger.reversals-mirror', 'ledger.batches-untouched'],
    },
    {
      name: 'an account is given to somebody else',
      sql: [
        `UPDATE ledger_accounts SET path = 'liabilities:investor:mallory:cash' WHERE account_no = (
           SELECT max(account_no) FROM ledger_accounts WHERE path LIKE '%:cash')`,
      ],
      found: ['ledger.batches-untouched'],
    },
    {
      name: 'a balance is edited',
      sql: [
        `UPDATE ledger_accounts SET balance_minor = balance_minor - 500
         WHERE path LIKE 'assets:custodian:%'`,
      ],
      found: ['ledger.balances-equal-postings', 'ledger.custodian-covers-clients'],
      chain: false,
    },
    {
      name: 'a floor is taken away and client money overdrawn',
      sql: [
        'ALTER TABLE ledger_accounts DROP CONSTRAINT ledger_accounts_never_below_floor',
        `UPDATE ledger_accounts SET balance_minor = 1 WHERE path LIKE '%:cash'`,
      ],
      found: ['ledger.balances-equal-postings', 'ledger.never-below-floor'],
      chain: false,
    },
    {
      name: 'a hold is made smaller',
      sql: [
        `UPDATE ledger_holds SET amount_minor = amount_minor - 1
         WHERE hold_no = (SELECT min(hold_no) FROM ledger_holds)`,
      ],
      found: ['ledger.held-equals-holds', 'ledger.batches-untouched'],
    },
    {
      name: 'more is captured than was held',
      sql: [`UPDATE ledger_hold_resolutions SET captured_minor = 601 WHERE captured_minor > 0`],
      found: ['ledger.holds-resolved-within', 'ledger.batches-untouched'],
    },
    {
      name: 'a resolution is deleted',
      sql: [`DELETE FROM ledger_hold_resolutions WHERE outcome = 'captured'`],
      found: ['ledger.held-equals-holds', 'ledger.batches-untouched'],
    },
    {
      name: 'a hold is taken out of the queue of those that lapse',
      sql: ['DELETE FROM ledger_expiring_holds'],
      found: ['ledger.holds-resolved-within'],
      chain: false,
    },
    {
      name: 'two links change places',
      sql: [
        `UPDATE ledger_batches SET chain_seq = -chain_seq
         WHERE chain_no = ${LONG_CHAIN} AND chain_seq <= 2`,
        `UPDATE ledger_batches SET chain_seq = 3 + chain_seq WHERE chain_seq < 0`,
      ],
      found: ['ledger.chain-unbroken', 'ledger.batches-untouched'],
    },
    {
      name: 'a link is taken out',
      sql: [`DELETE FROM ledger_batches WHERE chain_no = ${LONG_CHAIN} AND chain_seq = 1`],
      found: ['ledger.everything-sealed', 'ledger.chain-unbroken'],
    },
    {
      name: 'the last link is cut off',
      sql: [
        `DELETE FROM ledger_batches b USING ledger_chain_heads h
         WHERE h.chain_no = b.chain_no AND h.chain_seq = b.chain_seq
           AND b.chain_no = ${LONG_CHAIN}`,
      ],
      found: ['ledger.everything-sealed', 'ledger.chain-unbroken'],
    },
    {
      name: 'a head is turned back',
      sql: [
        `UPDATE ledger_chain_heads SET chain_seq = 0, hash = decode(repeat('00', 32), 'hex')
         WHERE chain_no = ${LONG_CHAIN}`,
      ],
      found: ['ledger.chain-unbroken'],
    },
    {
      name: 'a batch claims another number of items',
      sql: [
        `UPDATE ledger_batches SET item_count = item_count + 1
         WHERE batch_no = (SELECT min(batch_no) FROM ledger_batches)`,
      ],
      found: ['ledger.batches-untouched'],
      chain: false,
    },
    {
      name: 'the time of sealing is moved',
      sql: [`UPDATE ledger_batches SET sealed_at = sealed_at + INTERVAL '1 day'`],
      found: ['ledger.batches-untouched'],
    },
  ])('when $name', async ({ sql, found, chain = true }) => {
    const world = await aSmallWorld();
    try {
      await tamper(world, sql);
      const broken = await world.broken();
      expect(broken.map(({ check }) => check.id)).toEqual(found);
      expect(broken.every(({ operatorId }) => operatorId === OPERATOR)).toBe(true);
      const { firstBreak } = await world.read(verifyChain);
      expect(firstBreak !== undefined).toBe(chain);
    } finally {
      await world.close();
    }
  });

  test('and the first break is named, the first ten shown, all counted', async () => {
    const world = await aSmallWorld();
    const alice = await world.investor(eur('30.00'));
    for (let i = 0; i < 12; i += 1) {
      await world.write((tx) => world.deposit(tx, alice, eur('1.00')));
    }
    await tamper(world, [
      `UPDATE ledger_entries SET description = 'x' WHERE description LIKE 'deposit %'`,
    ]);
    const [result] = await world.broken();
    const [first] = await world.test.owner.read(scopeOf(OPERATOR), (db) =>
      db.query<{ batch_no: bigint }>(
        `SELECT min(entry_no) >> 20 AS batch_no FROM ledger_entries WHERE description = 'x'`,
      ),
    );
    expect(result?.check.id).toBe('ledger.batches-untouched');
    expect(result?.count).toBe(15n);
    expect(result?.violations).toHaveLength(10);
    expect(result?.violations[0]).toMatchObject({ batch_no: first?.batch_no.toString() });
    await world.close();
  });
});
