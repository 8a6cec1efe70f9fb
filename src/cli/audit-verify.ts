import { verifyAudit, type SignedCheckpoint, type VerifyingKey } from '../platform/audit';
import type { Database } from '../platform/db';
import type { Operator } from '../modules/identity';
import { missingLinks, verifySeals } from '../modules/ledger';
import type { ScopeVerdict } from './audit-report';

export interface VerificationRequest {
  readonly database: Database;
  readonly operators: readonly Pick<Operator, 'id' | 'code'>[];
  readonly keys: readonly VerifyingKey[];
  readonly published: readonly SignedCheckpoint[];
}

/**
 * Verifies the audit chain and the ledger's of the installation and of every operator: those that
 * are listed, and those of whom a checkpoint was published, should one have been made to vanish.
 */
export async function verifyEverything(
  request: VerificationRequest,
): Promise<readonly ScopeVerdict[]> {
  const { operators, published } = request;
  const listed = [...operators.map(({ id }) => id), ...published.map(({ operator }) => operator)];
  const operatorIds = [...new Set(listed)].filter((id) => id !== 0).sort((a, b) => a - b);
  const verdicts: ScopeVerdict[] = [];
  for (const operatorId of [undefined, ...operatorIds]) {
    verdicts.push(await verifyScope(request, operatorId));
  }
  return verdicts;
}

async function verifyScope(
  { database, operators, keys, published }: VerificationRequest,
  operatorId: number | undefined,
): Promise<ScopeVerdict> {
  const ofScope = published.filter(({ operator }) => operator === (operatorId ?? 0));
  const scope = { operatorId, actor: { kind: 'system', id: 'cli' } } as const;
  return database.read(scope, async (db) => {
    // Functions of the same names as the system's own, in another schema, are not to be called.
    await db.query(`SELECT set_config('search_path', 'pg_catalog, public', true),
                           set_config('statement_timeout', '0', true)`);
    return {
      operatorId,
      code: operators.find(({ id }) => id === operatorId)?.code,
      audit: await verifyAudit(db, { keys, published: ofScope, missingLinks }),
      seals: await verifySeals(db),
      lastPublished: ofScope.toSorted((a, b) => Number(a.number - b.number)).at(-1),
    };
  });
}
