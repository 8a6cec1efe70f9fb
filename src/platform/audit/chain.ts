import { createHash } from 'node:crypto';

/** What stands before the first record. */
export const GENESIS = '0'.repeat(64);

/** Everything of a record that its hash covers. */
export interface ChainedFields {
  readonly operatorId: number;
  readonly seq: bigint;
  /** ISO 8601 in UTC with six digits of the second. */
  readonly occurredAt: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly action: string;
  readonly subject: string;
  /** Canonical JSON (RFC 8785). */
  readonly details: string;
  readonly prevHash: string;
}

/**
 * SHA-256, in hexadecimal, over the fields one after the other, each with its length in bytes
 * before it (`7:audit-1`), so that nothing can be moved from one field into the next. The database
 * computes the same in `platform_audit_hash`.
 */
export function chainHash(fields: ChainedFields): string {
  const { operatorId, seq, occurredAt, actorKind, actorId } = fields;
  const { action, subject, details, prevHash } = fields;
  const texts = [
    ...['audit-1', String(operatorId), String(seq), occurredAt, actorKind, actorId],
    ...[action, subject, details, prevHash],
  ];
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:${text}`);
  return hash.digest('hex');
}
