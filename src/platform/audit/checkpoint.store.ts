import { must } from '../../kernel/assert';
import type { Db, Tx } from '../db';
import type { SignedCheckpoint } from './checkpoint';

/** A checkpoint as it is kept: what the signature covers, and columns that repeat some of it. */
export type CheckpointRow = Omit<SignedCheckpoint, 'operator' | 'ledgerHeads'>;

const CHECKPOINT = `
  SELECT c.checkpoint_no AS number, c.size, c.root_hash AS "rootHash", c.head_hash AS "headHash",
         c.taken_at AS "takenAt", c.previous_sha256 AS previous, c.sha256, c.jws
    FROM platform_audit_checkpoints c`;

export async function insertCheckpoint(tx: Tx, checkpoint: SignedCheckpoint): Promise<void> {
  const { operator, number, size, rootHash, headHash, takenAt, previous, sha256, jws } = checkpoint;
  await tx.execute(
    `INSERT INTO platform_audit_checkpoints (operator_id, checkpoint_no, size, root_hash,
       head_hash, taken_at, previous_sha256, sha256, jws)
     VALUES (:operator, :number, :size, :rootHash, :headHash, :takenAt, :previous, :sha256, :jws)`,
    { operator, number, size, rootHash, headHash, takenAt, previous, sha256, jws },
  );
}

export async function latestCheckpoint(db: Db): Promise<CheckpointRow | undefined> {
  const [latest] = await listCheckpoints(db, { limit: 1 });
  return latest;
}

/** The latest first. */
export async function listCheckpoints(
  db: Db,
  { before, limit }: { readonly before?: bigint | undefined; readonly limit: number },
): Promise<readonly CheckpointRow[]> {
  return db.query<CheckpointRow>(
    `${CHECKPOINT} WHERE (:before::bigint IS NULL OR c.checkpoint_no < :before)
      ORDER BY c.checkpoint_no DESC LIMIT :limit`,
    { before, limit },
  );
}

/** The latest of that size: the books may move while no record is made. */
export async function checkpointOfSize(db: Db, size: bigint): Promise<CheckpointRow | undefined> {
  const [found] = await db.query<CheckpointRow>(
    `${CHECKPOINT} WHERE c.size = :size ORDER BY c.checkpoint_no DESC LIMIT 1`,
    { size },
  );
  return found;
}

const SLICE = 200;

/** Every checkpoint in its order; few are in memory at once. */
export async function* allCheckpoints(db: Db): AsyncGenerator<CheckpointRow, undefined> {
  for (let after = 0n; ;) {
    const rows = await db.query<CheckpointRow>(
      `${CHECKPOINT} WHERE c.checkpoint_no > :after ORDER BY c.checkpoint_no LIMIT ${SLICE}`,
      { after },
    );
    yield* rows;
    if (rows.length < SLICE) return undefined;
    after = must(rows.at(-1), 'the last of a slice').number;
  }
}
