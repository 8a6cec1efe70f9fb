import { z } from 'zod';
import { instantView, page, pageQueryWith } from '../http';
import type { ConsistencyProof, RecordProof } from './checkpoint.service';
import type { ChainedRecord } from './chain';
import type { CheckpointRow } from './checkpoint.store';

const count = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})$/, { error: 'This is not a whole number.' })
  .meta({ examples: ['1204'] });
const countInput = count.transform(BigInt);
const hashView = z.string().meta({ description: 'SHA-256, hexadecimal.' });

const operator = z
  .string()
  .min(1)
  .max(40)
  .optional()
  .meta({ description: "An operator's code; without it, the installation's own audit trail." });

export const checkpointsQuery = pageQueryWith({ operator, after: countInput.optional() });
export const operatorQuery = z.strictObject({ operator });
export const sizeParams = z.strictObject({ size: countInput });
export const consistencyQuery = z.strictObject({ operator, from: countInput });
export const recordsQuery = pageQueryWith({
  subject: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The id of something: whatever was done to it.' }),
  after: countInput.optional(),
});
export const recordParams = z.strictObject({ seq: countInput });
export const proofQuery = z.strictObject({ size: countInput.optional() });

export const checkpointView = z.object({
  number: count,
  size: count.meta({ description: 'Records in the audit trail.' }),
  rootHash: hashView,
  headHash: hashView,
  takenAt: instantView,
  sha256: hashView,
  previous: hashView,
  jws: z.string().meta({ description: 'The signed checkpoint; it says all of this, and more.' }),
});
export const checkpointsPage = page(checkpointView);

const proofView = z
  .array(hashView)
  .meta({ description: 'From the leaf upwards, as RFC 9162 reads it.' });

export const consistencyView = z.object({
  from: checkpointView,
  to: checkpointView,
  proof: proofView,
});

const recordView = z.object({
  operatorId: z.int(),
  seq: count,
  occurredAt: z.string(),
  actorKind: z.string(),
  actorId: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.string().meta({ description: 'The very text that was hashed: canonical JSON.' }),
  prevHash: hashView,
  hash: hashView,
});
export const recordsPage = page(recordView);
export const recordProofView = z.object({
  record: recordView,
  leafIndex: count,
  leafHash: hashView,
  proof: proofView,
  checkpoint: checkpointView,
});

export function asCheckpoint(row: CheckpointRow) {
  return { ...row, number: row.number.toString(), size: row.size.toString() };
}

export function asConsistency({ from, to, proof }: ConsistencyProof) {
  return { from: asCheckpoint(from), to: asCheckpoint(to), proof: proof.map(inHex) };
}

export function asRecord(record: ChainedRecord) {
  return { ...record, seq: record.seq.toString() };
}

export function asRecordProof({ record, leaf, proof, checkpoint }: RecordProof) {
  return {
    record: asRecord(record),
    leafIndex: (record.seq - 1n).toString(),
    leafHash: inHex(leaf),
    proof: proof.map(inHex),
    checkpoint: asCheckpoint(checkpoint),
  };
}

function inHex(hash: Buffer): string {
  return hash.toString('hex');
}
