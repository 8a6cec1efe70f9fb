import { createHash } from 'node:crypto';

/** Under what a request is kept: its caller's id and Idempotency-Key, as one UUID. */
export function requestKeyOf(userId: string, idempotencyKey: string): string {
  return uuidOf(userId, idempotencyKey);
}

/** A UUID that stands for the two texts: the same for the same, different for others. */
export function uuidOf(first: string, second: string): string {
  return asUuid(createHash('sha256').update(`${first}\n${second}`).digest('hex'));
}

/** The first 128 bits of a hexadecimal hash, in the form of a UUID. */
export function asUuid(hash: string): string {
  return [8, 12, 16, 20, 32].map((end, i) => hash.slice([0, 8, 12, 16, 20][i], end)).join('-');
}
