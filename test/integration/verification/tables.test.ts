import { testDatabase, type TestDatabase } from '../../support/database';

const TABLES = ['investor_verifications', 'issuer_verifications'] as const;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
});

/** What the database says of one table, with its own name and that of its files taken out. */
async function shapeOf(table: (typeof TABLES)[number]): Promise<readonly string[]> {
  const rows = await database.owner.read(
    { operatorId: 1, actor: { kind: 'system', id: 'test' } },
    (db) =>
      db.query<{ line: string }>(
        `SELECT c.column_name || ' ' || c.data_type || ' ' || c.is_nullable AS line
         FROM information_schema.columns c WHERE c.table_name = :table
         UNION ALL
         SELECT i.indexdef FROM pg_indexes i WHERE i.tablename = :table
         UNION ALL
         SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
         WHERE k.conrelid = :table::regclass AND k.contype IN ('p', 'f')
         UNION ALL
         SELECT p.cmd || ' ' || p.qual FROM pg_policies p WHERE p.tablename = :table
         ORDER BY line`,
        { table },
      ),
  );
  return rows.map(({ line }) => line.replaceAll(/investor|issuer/g, 'file'));
}

test('the tables of cases are alike, and each refers to its files', async () => {
  const [investors, issuers] = await Promise.all(TABLES.map(shapeOf));
  expect(investors).toEqual(issuers);
  expect(investors).toContain(
    'FOREIGN KEY (operator_id, subject_id) REFERENCES files(operator_id, id)',
  );
  expect(investors?.length).toBeGreaterThan(15);
});
