import { hash } from 'node:crypto';

/**
 * Merkle trees as in Certificate Transparency: RFC 6962, section 2.1; its proofs are verified as
 * RFC 9162, sections 2.1.3.2 and 2.1.4.2, says. Leaves are numbered from 0.
 */

/** Leaves from `start` up to, and without, `end`. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** The tree over 2^level leaves that begin at position * 2^level. */
export interface Subtree {
  readonly level: number;
  readonly position: bigint;
}

export interface Node extends Subtree {
  readonly hash: Buffer;
}

// Other first bytes for leaves and for nodes, so that no node can be shown as a leaf.
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function leafHash(content: Buffer): Buffer {
  return hash('sha256', Buffer.concat([LEAF, content]), 'buffer');
}

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** The root over nothing. */
export const EMPTY_ROOT = hash('sha256', '', 'buffer');

/**
 * The right edge of a growing tree: its perfect subtrees, the largest first. All that is needed to
 * go on, and no more than one hash for each binary digit of the size.
 */
export class Frontier {
  private readonly peaks: Node[];

  /** @param peaks those of `perfectSubtrees` of the leaves so far. */
  constructor(peaks: readonly Node[] = []) {
    this.peaks = [...peaks];
  }

  get size(): bigint {
    const last = this.peaks.at(-1);
    return last === undefined ? 0n : (last.position + 1n) << BigInt(last.level);
  }

  /** Adds the hash of the next leaf. @returns the nodes that it completes, the smallest first. */
  append(leaf: Buffer): readonly Node[] {
    const completed: Node[] = [];
    let node: Node = { level: 0, position: this.size, hash: leaf };
    for (let left = this.peaks.at(-1); left?.level === node.level; left = this.peaks.at(-1)) {
      this.peaks.pop();
      node = {
        level: node.level + 1,
        position: node.position >> 1n,
        hash: nodeHash(left.hash, node.hash),
      };
      completed.push(node);
    }
    this.peaks.push(node);
    return completed;
  }

  root(): Buffer {
    return rootOf(this.peaks.map((peak) => peak.hash));
  }
}

/** The root over perfect subtrees that stand side by side, the largest first. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0
    ? EMPTY_ROOT
    : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** A range that begins where its largest subtree may begin, cut into perfect subtrees. */
export function perfectSubtrees({ start, end }: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let from = start; from < end;) {
    const level = binaryDigits(end - from) - 1;
    subtrees.push({ level, position: from >> BigInt(level) });
    from += 1n << BigInt(level);
  }
  return subtrees;
}

/** Ranges whose roots, in this order, prove that leaf `index` is in the tree of `size` leaves. */
export function inclusionRanges(index: bigint, size: bigint): readonly Range[] {
  const siblings: Range[] = [];
  for (let range: Range = { start: 0n, end: size }; range.end - range.start > 1n;) {
    const [left, right] = halves(range);
    const isLeft = index < left.end;
    siblings.push(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  return siblings.toReversed();
}

/** Ranges whose roots, in this order, prove that the tree of `from` leaves begins that of `to`. */
export function consistencyRanges(from: bigint, to: bigint): readonly Range[] {
  const ranges: Range[] = [];
  let range: Range = { start: 0n, end: to };
  while (range.end !== from) {
    const [left, right] = halves(range);
    const isLeft = from <= left.end;
    ranges.push(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  // Whoever checks has the older root, so a whole older tree need not be sent.
  if (range.start !== 0n) ranges.push(range);
  return ranges.toReversed();
}

export interface InclusionClaim {
  readonly index: bigint;
  readonly size: bigint;
  readonly leaf: Buffer;
  readonly proof: readonly Buffer[];
  readonly root: Buffer;
}

/** Whether the proof shows that the leaf stands at `index` of the tree with that root. */
export function verifyInclusion({ index, size, leaf, proof, root }: InclusionClaim): boolean {
  if (index < 0n || index >= size) return false;
  const place = new Place(index, size - 1n);
  let reached = leaf;
  for (const sibling of proof) {
    if (place.isTop) return false;
    reached = place.climb() === 'right' ? nodeHash(sibling, reached) : nodeHash(reached, sibling);
  }
  return place.isTop && reached.equals(root);
}

export interface ConsistencyClaim {
  readonly from: bigint;
  readonly to: bigint;
  readonly fromRoot: Buffer;
  readonly toRoot: Buffer;
  readonly proof: readonly Buffer[];
}

/** Whether the proof shows that the first `from` leaves of the newer tree are the older tree. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (from < 1n || from > to) return false;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  // Where the older tree is a whole subtree of the newer one, its root is where both climb from.
  const [first, ...siblings] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  const reached = first && climbBoth(first, siblings, new Place(from - 1n, to - 1n).belowOdd());
  return reached !== undefined && reached.older.equals(fromRoot) && reached.newer.equals(toRoot);
}

/** The roots that the proof leads to; undefined when it is too long or too short. */
function climbBoth(
  first: Buffer,
  siblings: readonly Buffer[],
  place: Place,
): { readonly older: Buffer; readonly newer: Buffer } | undefined {
  let [older, newer] = [first, first];
  for (const sibling of siblings) {
    if (place.isTop) return undefined;
    if (place.climb() === 'right') {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
    } else {
      newer = nodeHash(newer, sibling);
    }
  }
  return place.isTop ? { older, newer } : undefined;
}

/** Where a verification stands: a node's number, and the last of its level (`fn`, `sn` in the RFC). */
class Place {
  constructor(
    private node: bigint,
    private last: bigint,
  ) {}

  get isTop(): boolean {
    return this.last === 0n;
  }

  /** Above the perfect subtree that the node ends. */
  belowOdd(): this {
    while (isOdd(this.node)) this.rise();
    return this;
  }

  /** One node up. @returns on which side of its sibling the node stood. */
  climb(): 'left' | 'right' {
    const isRight = isOdd(this.node) || this.node === this.last;
    if (isRight) {
      // The last of a level may have no sibling there, and rises as it is.
      while (!isOdd(this.node) && this.node !== 0n) this.rise();
    }
    this.rise();
    return isRight ? 'right' : 'left';
  }

  private rise(): void {
    this.node >>= 1n;
    this.last >>= 1n;
  }
}

/** At the largest power of two that is smaller than the length. */
function halves({ start, end }: Range): readonly [Range, Range] {
  const middle = start + (1n << BigInt(binaryDigits(end - start - 1n) - 1));
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}

function binaryDigits(number: bigint): number {
  return number.toString(2).length;
}

function isPowerOfTwo(number: bigint): boolean {
  return (number & (number - 1n)) === 0n;
}

function isOdd(number: bigint): boolean {
  return (number & 1n) === 1n;
}
