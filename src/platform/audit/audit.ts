import type { Clock } from '../../kernel/clock';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { must } from '../../kernel/assert';
import type { Tx } from '../db';
import { GENESIS, chainHash, type ChainedFields } from './chain';

export interface AuditEntry {
  /** What was done, in the past tense: `offering.approved`. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  /** Circumstances that a reader will need. Never personal data: this is kept for ever. */
  readonly details?: { readonly [key: string]: Json | undefined };
}

interface Collected extends AuditEntry {
  readonly occurredAt: Date;
}

/** Installation-wide acts are chained apart, under this number. */
const INSTALLATION = 0;

/**
 * The record of who did what, each entry sealed by the hash of the one before.
 *
 * Entries are collected and appended once, as the last thing before COMMIT: the head of the chain
 * is locked by every writer of an operator, and a lock taken last is held shortest.
 */
export class Audit {
  private readonly collected = new WeakMap<Tx, Collected[]>();

  constructor(private readonly deps: { readonly clock: Clock }) {}

  /** Records an act in the name of the transaction's actor. It stands if the transaction does. */
  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const entries = this.collected.get(tx) ?? [];
    entries.push({ ...entry, occurredAt: this.deps.clock.now() });
    this.collected.set(tx, entries);
    tx.beforeCommit('audit.append', (closing) => this.append(closing, entries), { last: true });
  }

  private async append(tx: Tx, entries: Collected[]): Promise<void> {
    const operatorId = tx.scope.operatorId ?? INSTALLATION;
    const head = await lockHead(tx, operatorId);
    const rows: ChainedFields[] = [];
    let { seq, hash } = head;
    for (const entry of entries.splice(0)) {
      seq += 1n;
      const row = {
        operatorId,
        seq,
        occurredAt: microseconds(entry.occurredAt),
        actorKind: tx.scope.actor.kind,
        actorId: tx.scope.actor.id,
        action: entry.action,
        subject: entry.subject,
        details: canonicalJson(entry.details ?? {}),
        prevHash: hash,
      };
      hash = chainHash(row);
      rows.push(row);
    }
    await insert(tx, rows, hash);
  }
}

async function lockHead(
  tx: Tx,
  operatorId: number,
): Promise<{ readonly seq: bigint; readonly hash: string }> {
  // The update that changes nothing takes the lock and reads what the last holder committed.
  const [head] = await tx.query<{ seq: bigint; hash: string }>(
    `INSERT INTO platform_audit_heads AS h (operator_id, seq, hash)
     VALUES (:operatorId, 0, :genesis)
     ON CONFLICT (operator_id) DO UPDATE SET seq = h.seq
     RETURNING h.seq, h.hash`,
    { operatorId, genesis: GENESIS },
  );
  return must(head, 'the head of the audit chain');
}

async function insert(tx: Tx, rows: readonly ChainedFields[], headHash: string): Promise<void> {
  const last = must(rows.at(-1), 'an audit entry to append');
  await tx.execute(
    `WITH head AS (
       UPDATE platform_audit_heads SET seq = :headSeq, hash = :headHash
        WHERE operator_id = :operatorId
     )
     INSERT INTO platform_audit_records (operator_id, seq, occurred_at, actor_kind, actor_id,
                                         action, subject, details, prev_hash, hash)
     SELECT :operatorId, r.* FROM unnest(
       :seqs::bigint[], :times::timestamptz[], :actorKinds::text[], :actorIds::text[],
       :actions::text[], :subjects::text[], :details::text[], :prevHashes::text[], :hashes::text[]
     ) AS r`,
    {
      operatorId: last.operatorId,
      headSeq: last.seq,
      headHash,
      seqs: rows.map((row) => row.seq),
      times: rows.map((row) => row.occurredAt),
      actorKinds: rows.map((row) => row.actorKind),
      actorIds: rows.map((row) => row.actorId),
      actions: rows.map((row) => row.action),
      subjects: rows.map((row) => row.subject),
      details: rows.map((row) => row.details),
      prevHashes: rows.map((row) => row.prevHash),
      hashes: rows.map(chainHash),
    },
  );
}

/** As the database can hold it, so that a change of the last digit would show. */
function microseconds(instant: Date): string {
  return instant.toISOString().replace('Z', '000Z');
}
