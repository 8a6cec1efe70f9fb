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

describe('the database itself', () => {
  const at = '2026-03-01T00:00:00Z';
  const asOwner = (sql: string) =>
    test.owner
      .write(scope, (tx) => tx.execute(sql))
      .then(
        () => 'allowed',
        (error: unknown) => sqlState(error),
      );
  const opening = (id: string, nonce: string) => `
    INSERT INTO supervision_inspections
    VALUES (1, 'isp_${id}', 'aut_1', 'usr_1', '${at}',
      encode(sha256('${nonce}'), 'hex'), '{"template": "t"}')`;
  const drawing = (id: string, nonce: string) => `
    INSERT INTO supervision_draws
    VALUES (1, 'isp_${id}', 'rpt_1', '${at}',
      '{"nonce": "${nonce}", "population": [], "sampleSize": 0, "reportSha256": "no such report"}')`;
  const step = (no: number, kind: string, actor: string, text = "'x'", due = "'2026-04-01'") => `
    INSERT INTO supervision_points (operator_id, inspection_id, point_no, step_no, step, text, due_on,
      actor, happened_at)
    VALUES (1, 'isp_1', 1, ${no}, '${kind}', ${text}, ${due}, '${actor}', '${at}')`;
  const answer = (kind: string, rest: string) => `
    INSERT INTO supervision_answers (operator_id, run_id, authority_id, user_id, kind, reason, due_on,
      answered_at)
    VALUES (1, 'rpt_1', 'aut_1', 'usr_1', '${kind}', ${rest}, '${at}')`;
  const due = `'Why', '2026-04-01'`;
  const publish = `UPDATE report_runs SET state = 'published', next_attempt_at = NULL WHERE id = 'rpt_1'`;
  const withdrawal = `
    INSERT INTO supervision_withdrawals VALUES (1, 'isp_1', 'usr_1', '${at}', 'Lost', NULL)`;

  // Each stands on those before it; 23514 is what a rule is refused with.
  it.each([
    { says: 'opens one inspection', sql: opening('1', 'a'), is: 'allowed' },
    { says: 'and no second beside it', sql: opening('2', 'b'), is: '23514' },
    { says: 'draws with the committed nonce alone', sql: drawing('1', 'x'), is: '23514' },
    { says: 'and from a later report alone', sql: drawing('1', 'a'), is: '23514' },
    { says: 'begins a point', sql: step(1, 'asked', 'usr_1'), is: 'allowed' },
    {
      says: 'settles nothing unanswered',
      sql: step(2, 'settled', 'usr_1', 'NULL', 'NULL'),
      is: '23514',
    },
    { says: 'takes a draft', sql: step(2, 'drafted', 'usr_2', "'x'", 'NULL'), is: 'allowed' },
    {
      says: 'released by nobody who drafted it',
      sql: step(3, 'released', 'usr_2', 'NULL', 'NULL'),
      is: '23514',
    },
    { says: 'leaves no step out', sql: step(4, 'drafted', 'usr_2', "'x'", 'NULL'), is: '23514' },
    {
      says: 'but by another',
      sql: step(3, 'released', 'usr_3', 'NULL', 'NULL'),
      is: 'allowed',
    },
    { says: 'answers no report before it is published', sql: answer('queried', due), is: '23514' },
    { says: 'publishes', sql: publish, is: 'allowed' },
    { says: 'takes a rejection', sql: answer('rejected', due), is: 'allowed' },
    { says: 'and nothing after it', sql: answer('acknowledged', 'NULL, NULL'), is: '23514' },
    { says: 'takes a withdrawal', sql: withdrawal, is: 'allowed' },
    { says: 'and then no draw', sql: drawing('1', 'a'), is: '23514' },
    { says: 'but the next inspection', sql: opening('2', 'b'), is: 'allowed' },
    { says: 'and keeps it', sql: 'DELETE FROM supervision_withdrawals', is: 'YC001' },
  ])('$says', async ({ sql, is }) => {
    expect(await asOwner(sql)).toBe(is);
  });
});
