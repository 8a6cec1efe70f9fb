import type { Bindings, Database, Db, Scope } from './db';

/**
 * Something that must be true of the stored data at every moment, as SQL that returns no rows. A
 * module contributes its own in `integrity.ts`; they run nightly, on the integrity page, by
 * `npm run check:data` and after the integration tests.
 */
export interface IntegrityCheck {
  /** `module.slug`, such as `ledger.entries-balance`. */
  readonly id: string;
  /** The rule as a sentence: what is true while no row is found. */
  readonly title: string;
  /** Whether it is asked once for every operator, or once for the installation. */
  readonly scope: 'operator' | 'installation';
  /** Finds violations, the first break first; every column helps to find the culprit. */
  readonly sql: string;
  /**
   * For what is too much for one statement: a query that, given `:after` (a number, 0 at first),
   * gives the end of the next slice as `up_to`, NULL when there is none. `sql` is then run slice
   * by slice with `:after` (exclusive) and `:upTo` (inclusive).
   */
  readonly slices?: string;
}

/** One row that a check found, column by column, as text for people; empty columns left out. */
export type Violation = Readonly<Record<string, string>>;

export interface CheckResult {
  readonly check: IntegrityCheck;
  /** Whose rows were checked; undefined for those of the installation. */
  readonly operatorId: number | undefined;
  /** How many violations there are. */
  readonly count: bigint;
  /** The first of them, at most `SHOWN`. */
  readonly violations: readonly Violation[];
  readonly durationMs: number;
}

/** How many violations of a check are kept. */
export const SHOWN = 10;

/** Runs every check, for each operator where it is one of operators, one after the other. */
export async function runChecks(
  database: Database,
  checks: readonly IntegrityCheck[],
  operatorIds: readonly number[],
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const owners = check.scope === 'operator' ? operatorIds : [undefined];
    for (const operatorId of owners) {
      const scope: Scope = { operatorId, actor: { kind: 'system', id: 'integrity' } };
      // Each in a transaction of its own, so that none holds the others' rows in mind.
      results.push(await database.read(scope, (db) => runCheck(db, check)));
    }
  }
  return results;
}

/**
 * Runs those checks that concern the scope of `db`: an operator's, or the installation's. For a
 * caller that has a transaction already.
 */
export async function runChecksIn(
  db: Db,
  checks: readonly IntegrityCheck[],
): Promise<readonly CheckResult[]> {
  const scope = db.scope.operatorId === undefined ? 'installation' : 'operator';
  const results: CheckResult[] = [];
  for (const check of checks) {
    if (check.scope === scope) results.push(await runCheck(db, check));
  }
  return results;
}

async function runCheck(db: Db, check: IntegrityCheck): Promise<CheckResult> {
  const startedAt = performance.now();
  // A check reads everything there is; the time a request may take is not its measure.
  await db.query(`SELECT set_config('statement_timeout', '0', true)`);
  const found =
    check.slices === undefined
      ? await findViolations(db, check.sql, {})
      : await findInSlices(db, check.sql, check.slices);
  const durationMs = Math.trunc(performance.now() - startedAt);
  return { check, operatorId: db.scope.operatorId, ...found, durationMs };
}

interface Found {
  readonly count: bigint;
  readonly violations: readonly Violation[];
}

async function findViolations(db: Db, sql: string, bindings: Bindings): Promise<Found> {
  const rows = await db.query<{ violation_count: bigint }>(
    `SELECT count(*) OVER () AS violation_count, v.* FROM (${sql}) v LIMIT ${SHOWN}`,
    bindings,
  );
  return {
    count: rows[0]?.violation_count ?? 0n,
    violations: rows.map(({ violation_count: _, ...columns }) => asTexts(columns)),
  };
}

async function findInSlices(db: Db, sql: string, slices: string): Promise<Found> {
  const violations: Violation[] = [];
  let count = 0n;
  for (let after = 0n; ;) {
    const [slice] = await db.query<{ up_to: bigint | null }>(slices, { after });
    if (!slice || slice.up_to === null) return { count, violations };
    const found = await findViolations(db, sql, { after, upTo: slice.up_to });
    count += found.count;
    violations.push(...found.violations.slice(0, SHOWN - violations.length));
    after = slice.up_to;
  }
}

function asTexts(columns: Readonly<Record<string, unknown>>): Violation {
  return Object.fromEntries(
    Object.entries(columns)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)]),
  );
}
