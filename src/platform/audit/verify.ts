import type { Db } from '../db';
import type { IntegrityCheck } from '../integrity';
import { GENESIS, chainHash, type ChainedFields } from './chain';

export interface ChainBreak {
  readonly seq: bigint;
  readonly reason: string;
}

export interface AuditVerdict {
  readonly checked: bigint;
  /** The end of the chain; published elsewhere, it shows a chain that was rewritten as a whole. */
  readonly head: { readonly seq: bigint; readonly hash: string };
  readonly firstBreak?: ChainBreak;
}

interface AuditRow {
  readonly operator_id: number;
  readonly seq: bigint;
  readonly occurred_at: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
  readonly prev_hash: string;
  readonly hash: string;
}

const SLICE = 1000;

/**
 * Follows the chain of the handle's operator (or of the installation) from its first record,
 * computing every hash anew, and stops at the first break: a record that was changed, removed, put
 * in or moved, or a tail that was cut off.
 */
export async function verifyAudit(db: Db, { slice = SLICE } = {}): Promise<AuditVerdict> {
  let seq = 0n;
  let hash = GENESIS;
  for (;;) {
    const rows = await readSlice(db, seq, slice);
    for (const row of rows) {
      const reason = breakAt(row, { seq, hash });
      if (reason !== undefined) {
        return { checked: seq, head: { seq, hash }, firstBreak: { seq: seq + 1n, reason } };
      }
      ({ seq, hash } = row);
    }
    if (rows.length < slice) break;
  }
  const firstBreak = await checkHead(db, { seq, hash });
  return { checked: seq, head: { seq, hash }, ...(firstBreak && { firstBreak }) };
}

function breakAt(
  row: AuditRow,
  previous: { readonly seq: bigint; readonly hash: string },
): string | undefined {
  if (row.seq !== previous.seq + 1n) return `the record is missing; the next is ${row.seq}`;
  if (row.prev_hash !== previous.hash) return 'it does not follow from the record before it';
  if (row.hash !== chainHash(fieldsOf(row))) return 'its content does not match its hash';
  return undefined;
}

async function checkHead(
  db: Db,
  reached: { readonly seq: bigint; readonly hash: string },
): Promise<ChainBreak | undefined> {
  const [head] = await db.query<{ seq: bigint; hash: string }>(
    'SELECT h.seq, h.hash FROM platform_audit_heads h',
  );
  const expected = head ?? { seq: 0n, hash: GENESIS };
  if (expected.seq === reached.seq && expected.hash === reached.hash) return undefined;
  return {
    seq: reached.seq + 1n,
    reason: `the chain ends at ${reached.seq}, but its head says ${expected.seq}`,
  };
}

async function readSlice(db: Db, after: bigint, slice: number): Promise<readonly AuditRow[]> {
  return db.query<AuditRow>(
    `SELECT r.operator_id, r.seq, r.actor_kind, r.actor_id, r.action, r.subject, r.details,
            r.prev_hash, r.hash,
            to_char(r.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
              AS occurred_at
       FROM platform_audit_records r
      WHERE r.seq > :after ORDER BY r.seq LIMIT :slice`,
    { after, slice },
  );
}

function fieldsOf(row: AuditRow): ChainedFields {
  return {
    operatorId: row.operator_id,
    seq: row.seq,
    occurredAt: row.occurred_at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    action: row.action,
    subject: row.subject,
    details: row.details,
    prevHash: row.prev_hash,
  };
}

const SLICES = `
  SELECT max(s.seq) AS up_to FROM (
    SELECT r.seq FROM platform_audit_records r WHERE r.seq > :after ORDER BY r.seq LIMIT 5000
  ) s`;

const BROKEN_LINKS = `
  SELECT r.seq, r.action
    FROM platform_audit_records r
    LEFT JOIN platform_audit_records p ON p.operator_id = r.operator_id AND p.seq = r.seq - 1
   WHERE r.seq > :after AND r.seq <= :upTo
     AND (r.hash <> platform_audit_hash(r) OR r.prev_hash <> coalesce(p.hash, repeat('0', 64))
          OR (p.seq IS NULL AND r.seq <> 1))
   ORDER BY r.seq`;

const CUT_TAILS = `
  SELECT h.seq AS head_seq, l.seq AS last_seq
    FROM platform_audit_heads h
    LEFT JOIN LATERAL (
      SELECT r.seq, r.hash FROM platform_audit_records r
       WHERE r.operator_id = h.operator_id ORDER BY r.seq DESC LIMIT 1
    ) l ON true
   WHERE h.seq <> coalesce(l.seq, 0) OR h.hash <> coalesce(l.hash, repeat('0', 64))`;

/** The same, for the integrity page: computed by the database, operators and installation apart. */
export const auditChecks: readonly IntegrityCheck[] = (
  ['operator', 'installation'] as const
).flatMap((scope) => {
  const whose = scope === 'operator' ? '' : '-of-installation';
  return [
    {
      id: `audit.chain-unbroken${whose}`,
      title: 'Each audit record matches its hash and follows from the record before it',
      scope,
      sql: BROKEN_LINKS,
      slices: SLICES,
    },
    {
      id: `audit.tail-complete${whose}`,
      title: 'The audit chain reaches as far as its head says',
      scope,
      sql: CUT_TAILS,
    },
  ];
});
