import { must } from '../../kernel/assert';
import type { Db, Tx } from '../db';
import type { ChainedRecord } from './chain';
import {
  Frontier,
  leafHash,
  perfectSubtrees,
  rootOf,
  type Node,
  type Range,
  type Subtree,
} from './merkle';

/**
 * The tree whose leaves are the hashes of an operator's records: record n is leaf n - 1. Nodes over
 * 256 records and more are kept, one row for 128 records; what lies below is hashed from the records
 * when it is asked for, at most twice 256 of them for a proof.
 */
const KEPT_LEVEL = 8;

/** Records under the smallest node that is kept. */
export const KEPT_SPAN = 1n << BigInt(KEPT_LEVEL);

export function leafOf({ hash }: Pick<ChainedRecord, 'hash'>): Buffer {
  return leafHash(Buffer.from(hash, 'hex'));
}

export function isKept({ level }: Subtree): boolean {
  return level >= KEPT_LEVEL;
}

/** The tree as far as its nodes are kept: to go on from. */
export async function readFrontier(db: Db): Promise<Frontier> {
  const [row] = await db.query<{ blocks: bigint }>(
    `SELECT coalesce(max(n.position) + 1, 0) AS blocks FROM platform_audit_nodes n
      WHERE n.level = :level`,
    { level: KEPT_LEVEL },
  );
  const size = must(row, 'the size of the tree').blocks * KEPT_SPAN;
  const peaks = perfectSubtrees({ start: 0n, end: size });
  const hashes = await readNodes(db, peaks);
  return new Frontier(peaks.map((peak) => ({ ...peak, hash: hashOf(hashes, peak) })));
}

export async function insertNodes(tx: Tx, nodes: readonly Node[]): Promise<void> {
  await tx.execute(
    `INSERT INTO platform_audit_nodes (operator_id, level, position, hash)
     SELECT app_scope_number(), n.* FROM unnest(
       :levels::smallint[], :positions::bigint[], :hashes::bytea[]) AS n`,
    {
      levels: nodes.map(({ level }) => level),
      positions: nodes.map(({ position }) => position),
      hashes: nodes.map(({ hash }) => hash),
    },
  );
}

/** Kept nodes among `subtrees`, by `nameOf`. */
export async function readNodes(
  db: Db,
  subtrees: readonly Subtree[],
): Promise<ReadonlyMap<string, Buffer>> {
  const nodes = await db.query<Node>(
    `SELECT n.level, n.position, n.hash
       FROM unnest(:levels::smallint[], :positions::bigint[]) AS s (level, position)
       JOIN platform_audit_nodes n ON n.level = s.level AND n.position = s.position`,
    {
      levels: subtrees.map(({ level }) => level),
      positions: subtrees.map(({ position }) => position),
    },
  );
  return new Map(nodes.map((node) => [nameOf(node), node.hash]));
}

/** The root over each of the ranges, which must lie within the tree of a checkpoint. */
export async function rootsOf(db: Db, ranges: readonly Range[]): Promise<readonly Buffer[]> {
  const parts = ranges.map(perfectSubtrees);
  const all = parts.flat();
  const kept = await readNodes(db, all.filter(isKept));
  const small = await hashSmall(
    db,
    all.filter((subtree) => !isKept(subtree)),
  );
  const hashes = new Map([...kept, ...small]);
  return parts.map((subtrees) => rootOf(subtrees.map((subtree) => hashOf(hashes, subtree))));
}

async function hashSmall(
  db: Db,
  subtrees: readonly Subtree[],
): Promise<ReadonlyMap<string, Buffer>> {
  const spans = subtrees.map(({ level, position }) => position << BigInt(level));
  // The limit makes the planner go by the key, whatever it believes of the table.
  const rows = await db.query<{ place: number; hash: string }>(
    `SELECT s.place::integer AS place, r.hash
       FROM unnest(:starts::bigint[], :levels::int[]) WITH ORDINALITY AS s (start, level, place)
      CROSS JOIN LATERAL (
        SELECT q.seq, q.hash FROM platform_audit_records q
         WHERE q.seq > s.start ORDER BY q.seq LIMIT 1 << s.level) r
      ORDER BY s.place, r.seq`,
    { starts: spans, levels: subtrees.map(({ level }) => level) },
  );
  const frontiers = subtrees.map(() => new Frontier());
  for (const row of rows) frontiers[row.place - 1]?.append(leafOf(row));
  return new Map(
    subtrees.map((subtree, place) => [nameOf(subtree), must(frontiers[place], 'a part').root()]),
  );
}

export function nameOf({ level, position }: Subtree): string {
  return `${level}/${position}`;
}

function hashOf(hashes: ReadonlyMap<string, Buffer>, subtree: Subtree): Buffer {
  return must(hashes.get(nameOf(subtree)), `node ${nameOf(subtree)} of the audit tree`);
}
