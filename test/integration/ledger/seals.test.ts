import type { Tx } from '../../../src/platform/db';
import { missingLinks, verifySeals } from '../../../src/modules/ledger';
import { OPERATOR, eur, ledgerWorld, scopeOf, type LedgerWorld } from '../../support/ledger-world';

const TABLES = [
  'ledger_entries',
  'ledger_postings',
  'ledger_postings_default',
  'ledger_holds',
  'ledger_hold_resolutions',
  'ledger_batches',
];

let world: LedgerWorld;

beforeEach(async () => {
  world = await ledgerWorld({ poolSize: 2 });
  for (const amount of ['100.00', '50.00', '7.00']) await world.investor(eur(amount));
  const cash = await world.cashAccount(await world.investor(eur('9.00')), 'EUR');
  await world.write(async (tx) => {
    const hold = { accountNo: cash.accountNo, purpose: 'subscription' as const };
    await world.ledger.placeHold(tx, { ...hold, amount: eur('5.00') });
    const released = await world.ledger.placeHold(tx, { ...hold, amount: eur('2.00') });
    await world.ledger.releaseHolds(tx, [released]);
  });
});
afterEach(() => world.close());

async function tamper(statements: readonly string[]): Promise<void> {
  await world.test.owner.write(scopeOf(OPERATOR), async (tx: Tx) => {
    for (const table of TABLES) await tx.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    for (const statement of statements) await tx.query(statement);
    for (const table of TABLES) await tx.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });
}

test('books that nobody touched are as they were sealed, those of each operator', async () => {
  const verdict = await world.read(verifySeals);
  expect(verdict.firstBreak).toBeUndefined();
  expect(verdict.checked).toBeGreaterThan(4n);
  expect(await world.read(verifySeals, 77)).toEqual({ checked: 0n });
});

test('a link is found where it was cited, and missed where another stands', async () => {
  const heads = (await world.read((db) => world.ledger.chainHeads(db))).split(',');
  expect(await world.read((db) => missingLinks(db, heads))).toEqual([]);
  const [head = ''] = heads;
  const forged = head.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  const beyond = head.replace(/:\d+:/, ':999:');
  expect(await world.read((db) => missingLinks(db, [...heads, forged, beyond]))).toEqual([
    forged,
    beyond,
  ]);
});

test.each([
  { attack: 'an amount', sql: ['UPDATE ledger_postings SET amount_minor = amount_minor * 2'] },
  {
    attack: 'a time by a microsecond',
    sql: [`UPDATE ledger_entries SET occurred_at = occurred_at + INTERVAL '1 microsecond'`],
  },
  { attack: 'a purpose', sql: [`UPDATE ledger_holds SET purpose = 'withdrawal'`] },
  { attack: 'a resolution away', sql: ['DELETE FROM ledger_hold_resolutions'] },
  {
    attack: 'an entry in',
    sql: [
      `INSERT INTO ledger_entries SELECT (e).* FROM (SELECT jsonb_populate_record(f,
         jsonb_build_object('entry_no', f.entry_no + (1000 << 20), 'source_id', 'forged')) AS e
         FROM ledger_entries f LIMIT 1) g`,
    ],
  },
  {
    attack: 'the last link away, and its head',
    sql: [
      `DELETE FROM ledger_batches b USING ledger_chain_heads h
        WHERE b.chain_no = h.chain_no AND b.chain_seq = h.chain_seq AND h.chain_no =
              (SELECT min(chain_no) FROM ledger_chain_heads)`,
      `UPDATE ledger_chain_heads h SET chain_seq = h.chain_seq - 1, hash = coalesce(
         (SELECT b.hash FROM ledger_batches b WHERE b.chain_no = h.chain_no
            AND b.chain_seq = h.chain_seq - 1), decode(repeat('00', 32), 'hex'))
        WHERE h.chain_no = (SELECT min(chain_no) FROM ledger_chain_heads)`,
    ],
  },
  {
    attack: 'an amount, and the function that hashes it',
    sql: [
      'UPDATE ledger_postings SET amount_minor = amount_minor * 2',
      `CREATE OR REPLACE FUNCTION ledger_link(
         p_prev BYTEA, p_operator INTEGER, p_chain SMALLINT, p_seq BIGINT, p_batch BIGINT,
         p_items BIGINT, p_at TIMESTAMPTZ, p_digest BYTEA) RETURNS BYTEA LANGUAGE sql STABLE AS
         $$ SELECT b.hash FROM ledger_batches b WHERE b.batch_no = p_batch $$`,
    ],
  },
])('whoever changes $attack is found out', async ({ sql }) => {
  await tamper(sql);
  expect((await world.read(verifySeals)).firstBreak).toBeDefined();
});
