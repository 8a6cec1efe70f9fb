import { Database, sqlState } from '../../../src/platform/db';
import {
  migrateToLatest,
  pendingMigrations,
  rollbackMigrations,
} from '../../../src/platform/db/migrate';
import { emptyDatabase, testDatabase, type TestDatabase } from '../../support/database';
import { MIGRATIONS } from '../../support/server';

describe('migrations', () => {
  it('go up, all the way down, and up again', async () => {
    const empty = await emptyDatabase();
    try {
      const options = { url: empty.url, directory: MIGRATIONS };
      const first = await migrateToLatest(options);
      expect(first[0]).toBe('20260101000100_create_foundations');
      expect(await pendingMigrations(options)).toEqual([]);
      expect(await migrateToLatest(options)).toEqual([]);
      expect([...(await rollbackMigrations(options, { all: true }))].reverse()).toEqual(first);
      expect(await migrateToLatest(options)).toEqual(first);
    } finally {
      await empty.close();
    }
  }, 120_000);

  it('run once when two processes start together', async () => {
    const empty = await emptyDatabase();
    try {
      const options = { url: empty.url, directory: MIGRATIONS };
      const runs = await Promise.all([migrateToLatest(options), migrateToLatest(options)]);
      expect(runs.map((names) => names.length === 0).sort()).toEqual([false, true]);
    } finally {
      await empty.close();
    }
  }, 120_000);
});

describe('the foundations', () => {
  let test: TestDatabase;
  const actor = { kind: 'system', id: 'test' } as const;
  const operator = (operatorId?: number) => ({ operatorId, actor });

  beforeAll(async () => {
    test = await testDatabase();
    await test.owner.write(operator(), async (tx) => {
      await tx.execute('create table sample_rows (operator_id int not null, name text)');
      await tx.query(`select app_enable_rls('sample_rows')`);
      await tx.execute('create table sample_events (operator_id int not null, name text)');
      await tx.query(`select app_enable_rls('sample_events', 'SELECT, INSERT, UPDATE, DELETE')`);
      await tx.query(`select app_make_append_only('sample_events')`);
    });
    for (const id of [1, 2]) {
      await test.database.write(operator(id), async (tx) => {
        await tx.execute('insert into sample_rows values (:id, :name)', { id, name: `of ${id}` });
        await tx.execute('insert into sample_events values (:id, :name)', { id, name: 'x' });
      });
    }
  });
  afterAll(() => test.close());

  const names = async (role: 'database' | 'owner', operatorId?: number) =>
    test[role].read(operator(operatorId), async (db) =>
      (await db.query<{ name: string }>('select name from sample_rows')).map((row) => row.name),
    );

  it.each([
    { role: 'database', operatorId: 1, seen: ['of 1'] },
    { role: 'database', operatorId: 2, seen: ['of 2'] },
    { role: 'database', operatorId: 3, seen: [] },
    { role: 'database', operatorId: undefined, seen: [] },
    { role: 'owner', operatorId: undefined, seen: [] },
    { role: 'owner', operatorId: 1, seen: ['of 1'] },
  ] as const)('$role working for operator $operatorId sees $seen', async (row) => {
    expect(await names(row.role, row.operatorId)).toEqual(row.seen);
  });

  it('one connection that serves one operator after another never mixes them', async () => {
    const single = new Database({ ...test.database.options, poolSize: 1 });
    try {
      const seen: string[][] = [];
      for (const id of [1, 2, undefined, 1]) {
        seen.push(
          await single.read(operator(id), async (db) =>
            (await db.query<{ name: string }>('select name from sample_rows')).map((r) => r.name),
          ),
        );
      }
      expect(seen).toEqual([['of 1'], ['of 2'], [], ['of 1']]);
    } finally {
      await single.close();
    }
  });

  it.each([
    {
      attack: 'inserting a row of another operator',
      sql: `insert into sample_rows values (2, 'x')`,
    },
    { attack: 'moving a row to another operator', sql: 'update sample_rows set operator_id = 2' },
    { attack: 'deleting without the grant', sql: 'delete from sample_rows' },
    {
      attack: 'switching the policy off',
      sql: 'alter table sample_rows disable row level security',
    },
    { attack: 'creating a table', sql: 'create table stolen (id int)' },
  ])('$attack is refused', async ({ sql }) => {
    const attempt = test.database.write(operator(1), (tx) => tx.execute(sql));
    await expect(attempt.catch((error: unknown) => sqlState(error))).resolves.toBe('42501');
  });

  it.each([
    { sql: `update sample_events set name = 'y'` },
    { sql: 'delete from sample_events' },
    { sql: 'truncate sample_events', as: 'owner' },
  ] as const)('an append-only table refuses: $sql', async (row) => {
    const role = 'as' in row ? row.as : 'database';
    const attempt = test[role].write(operator(1), (tx) => tx.execute(row.sql));
    await expect(attempt.catch((error: unknown) => sqlState(error))).resolves.toBe('YC001');
  });
});
