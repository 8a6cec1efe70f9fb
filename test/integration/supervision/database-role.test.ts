import { Database, sqlState } from '../../../src/platform/db';
import { REGULATOR_ROLE } from '../../../src/platform/db/migrate';
import { testDatabase, type TestDatabase } from '../../support/database';

let test: TestDatabase;
let supervised: Database;

const scope = { operatorId: 1, actor: { kind: 'system', id: 'test' } } as const;

beforeAll(async () => {
  test = await testDatabase({ poolSize: 2 });
  supervised = new Database({ ...test.database.options, role: REGULATOR_ROLE });
});
afterAll(async () => {
  await supervised.close();
  await test.close();
});

const refusal = (sql: string) =>
  supervised
    .write(scope, (tx) => tx.execute(sql))
    .then(
      () => 'allowed',
      (error: unknown) => sqlState(error),
    );

describe('the database role of supervisors', () => {
  it.each([
    'SELECT password_hash FROM identity_users',
    'SELECT number_encrypted FROM identity_parties',
    `SELECT identity_reveal_party('pty_1')`,
    'SELECT name_encrypted FROM investors',
    'SELECT people_encrypted FROM issuers',
    'SELECT * FROM payment_bank_accounts',
    'SELECT * FROM platform_audit_records',
    'SELECT user_id FROM investors',
    'RESET ROLE; SELECT password_hash FROM identity_users',
  ])('is refused what it has no business with: %s', async (sql) => {
    expect(await refusal(sql)).toBe('42501');
  });

  it('may write nothing at all', async () => {
    const writable = await test.owner.read(scope, (db) =>
      db.query(
        `SELECT c.relname, p.privilege FROM pg_class c
         CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
           AND (has_table_privilege('${REGULATOR_ROLE}', c.oid, p.privilege)
             OR p.privilege IN ('INSERT', 'UPDATE')
               AND has_any_column_privilege('${REGULATOR_ROLE}', c.oid, p.privilege))`,
      ),
    );
    expect(writable).toEqual([]);
    expect(await refusal('CREATE TABLE mine (id int)')).toBe('42501');
    expect(await refusal('DELETE FROM supervision_reads')).toBe('42501');
  });

  it('may call no function but the one its policies ask', async () => {
    const callable = await test.owner.read(scope, (db) =>
      db.query<{ name: string }>(
        `SELECT p.proname AS name FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace
           AND has_function_privilege('${REGULATOR_ROLE}', p.oid, 'EXECUTE')`,
      ),
    );
    expect(callable.map(({ name }) => name)).toEqual(['app_scope_number']);
  });

  it('may read no column that is sealed, or proves who somebody is', async () => {
    const open = await test.owner.read(scope, (db) =>
      db.query<{ table: string; column: string }>(
        `SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
           AND a.attname ~ 'encrypted|sealed|password|token|identity_hash|email'
           AND has_column_privilege('${REGULATOR_ROLE}', c.oid, a.attnum, 'SELECT')`,
      ),
    );
    expect(open).toEqual([]);
  });

  // A new view calls app_open_report_views() at the end of the migration that makes it.
  it('reads every view that reports are made of', async () => {
    const views = await test.owner.read(scope, (db) =>
      db.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c
         WHERE c.relkind = 'v' AND c.relname LIKE 'report\\_%\\_view' ORDER BY c.relname`,
      ),
    );
    expect(views.length).toBeGreaterThan(10);
    const closed: string[] = [];
    for (const { name } of [...views, { name: 'supervision_subjects_view' }]) {
      const outcome = await refusal(`SELECT * FROM ${name}`);
      if (outcome !== 'allowed') closed.push(`${name}: ${outcome}`);
    }
    expect(closed).toEqual([]);
  });

  it('sees the rows of the operator of its transaction alone', async () => {
    const at = new Date('2026-03-01T00:00:00Z');
    for (const operatorId of [1, 2]) {
      await test.database.write({ ...scope, operatorId }, (tx) =>
        tx.execute(
          `INSERT INTO report_runs (operator_id, id, template_id, template_version, period_from,
             period_to, due_on, state, next_attempt_at, created_at, created_by)
           VALUES (:operatorId, :id, 't', 1, '2026-01-01', '2026-01-01', '2026-01-02', 'scheduled',
             :at, :at, 'test')`,
          { operatorId, id: `rpt_${operatorId}`, at },
        ),
      );
    }
    const seen = await supervised.read(scope, (db) => db.query('SELECT id FROM report_runs'));
    expect(seen).toEqual([{ id: 'rpt_1' }]);
  });
});
