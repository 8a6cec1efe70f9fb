import { ManualClock } from '../../../src/kernel/clock';
import { Audit, GENESIS, auditChecks, verifyAudit } from '../../../src/platform/audit';
import { sqlState, type Tx } from '../../../src/platform/db';
import { runChecks } from '../../../src/platform/integrity';
import { testDatabase, type TestDatabase } from '../../support/database';

const actor = { kind: 'user', id: 'usr_1' } as const;
const clock = new ManualClock('2026-03-02T09:00:00.123Z');
const audit = new Audit({ clock });
let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const write = <T>(operatorId: number | undefined, work: (tx: Tx) => Promise<T>) =>
  test.database.write({ operatorId, actor }, work);

const verify = (operatorId: number | undefined, slice = 3) =>
  test.database.read({ operatorId, actor }, (db) => verifyAudit(db, { keys: [], slice }));

async function recordMany(operatorId: number | undefined, count: number): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    await write(operatorId, (tx) =>
      audit.record(tx, {
        action: 'offering.approved',
        subject: `off_${i}`,
        details: { i, ä: '募' },
      }),
    );
  }
}

async function violations(operatorId: number): Promise<string[]> {
  const results = await runChecks(test.database, auditChecks, [operatorId]);
  return results.filter((result) => result.count > 0n).map((result) => result.check.id);
}

it('an operator without records has an unbroken chain', async () => {
  expect(await verify(99)).toEqual({
    checked: 0n,
    head: { seq: 0n, hash: GENESIS },
    checkpoints: 0n,
    published: 0n,
  });
});

it('records of one transaction are chained in order, those of a failed one leave nothing', async () => {
  await write(1, async (tx) => {
    await audit.record(tx, { action: 'offering.submitted', subject: 'off_1' });
    await audit.record(tx, { action: 'offering.approved', subject: 'off_1', details: { by: 'x' } });
  });
  await expect(
    write(1, async (tx) => {
      await audit.record(tx, { action: 'offering.withdrawn', subject: 'off_1' });
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await recordMany(1, 5);
  expect(await verify(1)).toMatchObject({ checked: 7n });
  expect(await violations(1)).toEqual([]);
});

it('chains are numbered without gaps under concurrency, each operator apart', async () => {
  const operators = [2, 3, undefined];
  await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      write(operators[i % 3], (tx) =>
        audit.record(tx, { action: 'user.suspended', subject: `usr_${i}` }),
      ),
    ),
  );
  for (const operatorId of operators) {
    const verdict = await verify(operatorId);
    expect(verdict).toMatchObject({ checked: 20n });
    expect(verdict.firstBreak).toBeUndefined();
  }
});

it.each([
  { attempt: 'changing a record', sql: `UPDATE platform_audit_records SET action = 'x'` },
  { attempt: 'deleting a record', sql: 'DELETE FROM platform_audit_records' },
])('the application is refused $attempt', async ({ sql }) => {
  const refused = write(1, (tx) => tx.execute(sql)).catch(sqlState);
  expect(['42501', 'YC001']).toContain(await refused);
});

describe('an owner who tampers is found out', () => {
  let operatorId = 100;
  const row = `operator_id, seq, occurred_at, actor_kind, actor_id, action, subject, details,
               prev_hash, hash`;

  beforeEach(async () => {
    operatorId += 1;
    await recordMany(operatorId, 8);
  });

  it.each([
    { attack: 'editing details', sql: [`UPDATE T SET details = '{"i":9}' WHERE seq = 4`], seq: 4n },
    {
      attack: 'shifting the time',
      sql: [`UPDATE T SET occurred_at = occurred_at + interval '1 microsecond' WHERE seq = 4`],
      seq: 4n,
    },
    {
      attack: 'moving text between fields',
      sql: [`UPDATE T SET actor_id = 'usr_', action = 'o' WHERE seq = 4`],
      seq: 4n,
    },
    { attack: 'blaming another', sql: [`UPDATE T SET actor_id = 'usr_2' WHERE seq = 1`], seq: 1n },
    { attack: 'deleting from the middle', sql: ['DELETE FROM T WHERE seq = 4'], seq: 4n },
    { attack: 'deleting the first', sql: ['DELETE FROM T WHERE seq = 1'], seq: 1n },
    { attack: 'cutting the tail', sql: ['DELETE FROM T WHERE seq > 6'], seq: 7n },
    {
      attack: 'deleting and closing the gap',
      sql: ['DELETE FROM T WHERE seq = 4', 'UPDATE T SET seq = seq - 1 WHERE seq > 4'],
      seq: 4n,
    },
    {
      attack: 'putting one in',
      sql: [
        'UPDATE T SET seq = seq + 100 WHERE seq > 4',
        'UPDATE T SET seq = seq - 99 WHERE seq > 100',
        `INSERT INTO T (${row}) SELECT operator_id, 5, occurred_at, actor_kind, actor_id, action, 'off_9', details, hash, hash FROM T WHERE seq = 4`,
      ],
      seq: 5n,
    },
    {
      attack: 'swapping two',
      sql: [
        'UPDATE T SET seq = 100 WHERE seq = 4',
        'UPDATE T SET seq = 4 WHERE seq = 5',
        'UPDATE T SET seq = 5 WHERE seq = 100',
      ],
      seq: 4n,
    },
    {
      attack: 'appending by hand',
      sql: [
        `INSERT INTO T (${row}) SELECT operator_id, 9, occurred_at, actor_kind, actor_id, action, 'off_9', details, hash, hash FROM T WHERE seq = 8`,
      ],
      seq: 9n,
    },
  ])('$attack', async ({ sql, seq }) => {
    await test.owner.write({ operatorId, actor }, async (tx) => {
      await tx.execute('ALTER TABLE platform_audit_records DISABLE TRIGGER append_only');
      for (const statement of sql) {
        await tx.execute(statement.replaceAll(/\bT\b/g, 'platform_audit_records'));
      }
      await tx.execute('ALTER TABLE platform_audit_records ENABLE TRIGGER append_only');
    });
    const verdict = await verify(operatorId);
    expect(verdict.firstBreak).toMatchObject({ seq });
    expect(await violations(operatorId)).not.toEqual([]);
  });
});
