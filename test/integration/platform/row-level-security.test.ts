import { testDatabase, type TestDatabase } from '../../support/database';

interface TableFacts {
  readonly name: string;
  readonly isOfAnOperator: boolean;
  readonly isForced: boolean;
  readonly policies: string;
  readonly grants: string;
}

/** Rows of the installation itself, which every operator's work reads; nothing of a client in them. */
const OF_THE_INSTALLATION = [
  // Scorecards and policies, as the law, are the same for everybody.
  'credit_models',
  // What is published of all operators together.
  'disclosure_months',
  // Who there is, and which log-ins have ended: asked before an operator is known.
  'identity_operators',
  'identity_session_endings',
  'platform_clock',
  // The scheduler plans the runs of all operators at once.
  'platform_job_runs',
  'platform_job_schedules',
  // Whether the sandbox was sown.
  'platform_seeds',
  // The law is the same for everybody.
  'subscription_rulebooks',
  // Who supervises whom is no secret, and asked before an operator is known.
  'supervision_authorities',
  'supervision_supervisors',
];

let world: TestDatabase;
let tables: readonly TableFacts[];

beforeAll(async () => {
  world = await testDatabase({ poolSize: 2 });
  const scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } } as const;
  tables = await world.owner.read(scope, (db) => db.query<TableFacts>(FACTS));
});
afterAll(() => world?.close());

test('there are tables to look at', () => {
  expect(tables.length).toBeGreaterThan(40);
});

test('every table the application may touch shows one operator alone, or is the installation’s', () => {
  const open = tables
    .filter(({ grants }) => grants !== '')
    .filter(({ isOfAnOperator, isForced, policies }) => {
      return !isOfAnOperator || !isForced || policies === '';
    });
  // Give the table an operator_id and call app_enable_rls('<table>') in the migration that makes it.
  expect(open.map(({ name }) => name)).toEqual(OF_THE_INSTALLATION);
});

test('the application may empty no table', () => {
  expect(tables.filter(({ grants }) => grants.includes('TRUNCATE'))).toEqual([]);
});

const FACTS = `
  SELECT c.relname AS name,
         EXISTS (SELECT 1 FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attname = 'operator_id' AND NOT a.attisdropped)
           AS "isOfAnOperator",
         c.relrowsecurity AND c.relforcerowsecurity AS "isForced",
         coalesce((SELECT string_agg(p.polname, ' ') FROM pg_policy p WHERE p.polrelid = c.oid), '')
           AS policies,
         coalesce((SELECT string_agg(g.privilege_type, ' ' ORDER BY g.privilege_type)
                   FROM aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee
                   WHERE r.rolname = 'yunchou_app'), '') AS grants
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  ORDER BY c.relname`;
