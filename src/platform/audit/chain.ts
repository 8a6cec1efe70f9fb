import { hash } from 'node:crypto';

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

/** A record as it is kept. */
export interface ChainedRecord extends ChainedFields {
  readonly hash: string;
}

/** How far a chain was followed: its last record, or what stands before the first. */
export interface ChainEnd {
  readonly seq: bigint;
  readonly hash: string;
}

export const CHAIN_START: ChainEnd = { seq: 0n, hash: GENESIS };

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
  return hash('sha256', texts.map((text) => `${Buffer.byteLength(text)}:${text}`).join(''));
}

/** Why the record cannot be the next after `end`; undefined when it is. */
export function breakAt(record: ChainedRecord, end: ChainEnd): string | undefined {
  if (record.seq !== end.seq + 1n) return `the record is missing; the next is ${record.seq}`;
  if (record.prevHash !== end.hash) return 'it does not follow from the record before it';
  if (record.hash !== chainHash(record)) return 'its content does not match its hash';
  return undefined;
}
