import pg from 'pg';
import { allChecks } from '../../src/app/checks';
import { Database } from '../../src/platform/db';
import { APPLICATION_ROLE } from '../../src/platform/db/migrate';
import { runChecks } from '../../src/platform/integrity';
import { requestKeyOf } from '../../src/modules/subscriptions';
import { OPERATOR_ID } from '../subscribe/world';
import type { Memory } from './clients';

export interface Verdict {
  /** Acknowledged, and not there or not as it was acknowledged. */
  readonly missing: readonly string[];
  readonly violations: readonly string[];
}

interface Stored {
  readonly id: string;
  readonly request_key: string;
  readonly offering_id: string;
  readonly amount_minor: bigint;
  readonly status: string;
}

/** Holds what the clients were told against what the database has. */
export async function judge(url: string, memory: Memory): Promise<Verdict> {
  const stored = await listStored(url);
  const missing: string[] = [];
  for (const { user, key, id, offeringId, dollars, isRevoked } of memory.acknowledged) {
    const requestKey = requestKeyOf(user, key);
    const row = stored.get(requestKey);
    stored.delete(requestKey);
    const isWhole =
      row?.id === id &&
      row.offering_id === offeringId &&
      row.amount_minor === BigInt(dollars) * 100n &&
      (row.status === 'revoked') === isRevoked;
    if (!isWhole) missing.push(`${id}: ${row ? `${row.id} ${row.status}` : 'not there'}`);
  }
  const refused = memory.refused.filter(({ user, key }) => stored.has(requestKeyOf(user, key)));
  return {
    missing,
    violations: [
      ...memory.faults,
      ...refused.map(({ key }) => `the order ${key} was refused and is there`),
      ...(stored.size > refused.length
        ? [`${stored.size - refused.length} subscriptions are there that nobody was told of`]
        : []),
      ...(await brokenChecks(url)),
    ],
  };
}

async function listStored(url: string): Promise<Map<string, Stored>> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`SELECT set_config('app.operator_id', '${OPERATOR_ID}', false)`);
    const { rows } = await client.query<Stored>(
      'SELECT id, request_key, offering_id, amount_minor, status FROM subscriptions',
    );
    return new Map(rows.map((row) => [row.request_key, row]));
  } finally {
    await client.end();
  }
}

/** Everything that must be true at every moment: balances, holds, caps, books, the chain. */
async function brokenChecks(url: string): Promise<readonly string[]> {
  const database = new Database({ url, poolSize: 2, role: APPLICATION_ROLE });
  try {
    const results = await runChecks(database, allChecks, [OPERATOR_ID]);
    return results
      .filter(({ count }) => count > 0n)
      .map(({ check, count }) => `${check.id}: ${count} rows (${check.title})`);
  } finally {
    await database.close();
  }
}
