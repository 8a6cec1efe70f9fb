import { chainHash } from './chain';
import type { RecordProof } from './checkpoint.service';
import { verifyInclusion } from './merkle';
import { leafOf } from './tree';

/**
 * Whether a record is what its hash says, and stands in the tree of the checkpoint. Needs nothing but
 * the proof; that the checkpoint is the one that was signed is another question.
 */
export function isProven({ record, proof, checkpoint }: RecordProof): boolean {
  if (record.hash !== chainHash(record)) return false;
  return verifyInclusion({
    index: record.seq - 1n,
    size: checkpoint.size,
    leaf: leafOf(record),
    proof,
    root: Buffer.from(checkpoint.rootHash, 'hex'),
  });
}
