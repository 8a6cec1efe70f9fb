import type { Db } from '../db';
import { CHAIN_START, GENESIS, breakAt, type ChainEnd, type ChainedRecord } from './chain';
import { readCheckpoint, type SignedCheckpoint, type VerifyingKey } from './checkpoint';
import { allCheckpoints, type CheckpointRow } from './checkpoint.store';
import { Frontier, type Node } from './merkle';
import { readHead, slicesOfRecords } from './records';
import { isKept, leafOf, nameOf, readNodes } from './tree';

export interface ChainBreak {
  /** The record, or the size of the checkpoint, with which the trouble begins. */
  readonly seq: bigint;
  readonly reason: string;
}

export interface AuditVerdict {
  /** Records that were found in order. */
  readonly checked: bigint;
  /** The end of the chain. */
  readonly head: ChainEnd;
  /** Kept checkpoints that agree with the records. */
  readonly checkpoints: bigint;
  /** How many records are surely those that were published; beyond, only the chain vouches. */
  readonly published: bigint;
  readonly firstBreak?: ChainBreak;
}

export interface VerifyOptions {
  /** Known from elsewhere than the database, which its owner can change. */
  readonly keys: readonly VerifyingKey[];
  /** Checkpoints of this scope that were kept elsewhere. */
  readonly published?: readonly SignedCheckpoint[];
  /** Which of the links of the ledger that a checkpoint cites, `chain:links:hash`, are not there. */
  readonly missingLinks?: (db: Db, heads: readonly string[]) => Promise<readonly string[]>;
  /** Records in memory at once. */
  readonly slice?: number;
}

/**
 * Follows the chain of the handle's operator (or of the installation) from its first record: every
 * hash and every node of the tree is computed anew, in this program, and held against what is kept,
 * against every checkpoint, and against those that were published. Stops at the first break: a
 * record that was changed, removed, put in or moved, a tail that was cut off, a past made anew.
 */
export async function verifyAudit(db: Db, options: VerifyOptions): Promise<AuditVerdict> {
  const verification = new Verification(db, options);
  const firstBreak = await verification.run();
  return { ...verification.verdict, ...(firstBreak && { firstBreak }) };
}

class Verification {
  private readonly frontier = new Frontier();
  private readonly rows: AsyncGenerator<CheckpointRow, undefined>;
  /** Not reached yet, the smallest first. */
  private readonly waiting: SignedCheckpoint[];
  /** Not found among the kept ones yet. */
  private readonly unmatched = new Map<bigint, SignedCheckpoint>();
  private end: ChainEnd = CHAIN_START;
  private nextRow: CheckpointRow | undefined;
  private kept: SignedCheckpoint | undefined;
  private published: SignedCheckpoint | undefined;

  constructor(
    private readonly db: Db,
    private readonly options: VerifyOptions,
  ) {
    this.rows = allCheckpoints(db);
    this.waiting = (options.published ?? []).toSorted((a, b) => Number(a.size - b.size));
  }

  get verdict(): Omit<AuditVerdict, 'firstBreak'> {
    return {
      checked: this.end.seq,
      head: this.end,
      checkpoints: this.kept?.number ?? 0n,
      published: this.published?.size ?? 0n,
    };
  }

  async run(): Promise<ChainBreak | undefined> {
    this.nextRow = (await this.rows.next()).value;
    const early = this.pairUp() ?? (await this.holdToCheckpoints());
    if (early) return early;
    for await (const records of slicesOfRecords(this.db, 0n, this.options.slice)) {
      const found = await this.follow(records);
      if (found) return found;
    }
    return this.holdToCheckpointsLeft() ?? (await this.holdToHead());
  }

  private pairUp(): ChainBreak | undefined {
    for (const checkpoint of this.waiting) {
      const { number, size, sha256 } = checkpoint;
      if ((this.unmatched.get(number) ?? checkpoint).sha256 !== sha256) {
        return { seq: size, reason: `two different checkpoints ${number} were published` };
      }
      this.unmatched.set(number, checkpoint);
    }
    return undefined;
  }

  private async follow(records: readonly ChainedRecord[]): Promise<ChainBreak | undefined> {
    const nodes: Node[] = [];
    for (const record of records) {
      const reason = breakAt(record, this.end);
      if (reason !== undefined) return { seq: this.end.seq + 1n, reason };
      nodes.push(...this.frontier.append(leafOf(record)).filter(isKept));
      this.end = { seq: record.seq, hash: record.hash };
      const found = this.isAtCheckpoint ? await this.holdToCheckpoints() : undefined;
      if (found) return found;
    }
    return this.holdToNodes(nodes);
  }

  private get isAtCheckpoint(): boolean {
    const { seq } = this.end;
    return (
      this.waiting[0]?.size === seq || (this.nextRow !== undefined && this.nextRow.size <= seq)
    );
  }

  /** Those of the size that was reached; the published first, since nobody here wrote them. */
  private async holdToCheckpoints(): Promise<ChainBreak | undefined> {
    while (this.waiting[0]?.size === this.end.seq) {
      const [checkpoint] = this.waiting.splice(0, 1) as [SignedCheckpoint];
      const reason = await this.disagreement(checkpoint);
      if (reason !== undefined) return this.since(this.published, `${reason}, which was published`);
      this.published = checkpoint;
    }
    while (this.nextRow !== undefined && this.nextRow.size <= this.end.seq) {
      const row = this.nextRow;
      const checkpoint = this.authentic(row);
      if (typeof checkpoint === 'string') return { seq: row.size, reason: checkpoint };
      const reason = await this.disagreement(checkpoint);
      if (reason !== undefined) return this.since(this.kept, reason);
      this.unmatched.delete(checkpoint.number);
      this.kept = checkpoint;
      this.nextRow = (await this.rows.next()).value;
    }
    return undefined;
  }

  /** What is signed in the row, or why it cannot be the next checkpoint. */
  private authentic(row: CheckpointRow): SignedCheckpoint | string {
    const name = `checkpoint ${row.number}`;
    const signed = readCheckpoint(row.jws, this.options.keys);
    if (!signed) return `${name} is signed by none of the known keys`;
    if (signed.operator !== (this.db.scope.operatorId ?? 0)) return `${name} is another operator's`;
    if (!repeats(row, signed)) return `${name} is not what was signed`;
    return this.misplaced(signed) ?? signed;
  }

  private misplaced({ number, previous, sha256 }: SignedCheckpoint): string | undefined {
    const expected = (this.kept?.number ?? 0n) + 1n;
    if (number !== expected) return `checkpoint ${expected} is missing`;
    if (previous !== (this.kept?.sha256 ?? GENESIS)) {
      return `checkpoint ${number} does not follow from the one before it`;
    }
    const published = this.unmatched.get(number);
    if (published === undefined || published.sha256 === sha256) return undefined;
    return `checkpoint ${number} is not the one that was published`;
  }

  /** In what the records so far, or the ledger, are not what was signed. */
  private async disagreement(checkpoint: SignedCheckpoint): Promise<string | undefined> {
    const { number, size, rootHash, headHash, ledgerHeads, takenAt } = checkpoint;
    const name = `checkpoint ${number} of ${takenAt.toISOString()}`;
    const isSame =
      size === this.end.seq &&
      headHash === this.end.hash &&
      rootHash === this.frontier.root().toString('hex');
    if (!isSame) return `the records are not those of ${name}`;
    const [missing] = (await this.options.missingLinks?.(this.db, ledgerHeads)) ?? [];
    return missing === undefined ? undefined : `the ledger lacks the link ${missing} of ${name}`;
  }

  /** Somewhere after what agreed, up to here. */
  private since(agreed: SignedCheckpoint | undefined, reason: string): ChainBreak {
    const first = (agreed?.size ?? 0n) + 1n;
    const { seq } = this.end;
    return first < seq ? { seq: first, reason: `from here to ${seq} ${reason}` } : { seq, reason };
  }

  private async holdToNodes(nodes: readonly Node[]): Promise<ChainBreak | undefined> {
    const kept = await readNodes(this.db, nodes);
    const wrong = nodes.find((node) => !(kept.get(nameOf(node)) ?? node.hash).equals(node.hash));
    if (!wrong) return undefined;
    const seq = (wrong.position << BigInt(wrong.level)) + 1n;
    return { seq, reason: `the tree over the 2^${wrong.level} records from here is not theirs` };
  }

  private holdToCheckpointsLeft(): ChainBreak | undefined {
    const seq = this.end.seq + 1n;
    const [cut] = [...this.waiting, ...(this.nextRow ? [this.nextRow] : [])];
    if (cut) {
      const what = `checkpoint ${cut.number} of ${cut.takenAt.toISOString()} covers ${cut.size}`;
      return { seq, reason: `the records from here on are missing; ${what}` };
    }
    const [lost] = this.unmatched.values();
    return (
      lost && { seq: lost.size, reason: `checkpoint ${lost.number} was published and is gone` }
    );
  }

  private async holdToHead(): Promise<ChainBreak | undefined> {
    const expected = (await readHead(this.db)) ?? CHAIN_START;
    if (expected.seq === this.end.seq && expected.hash === this.end.hash) return undefined;
    return {
      seq: this.end.seq + 1n,
      reason: `the chain ends at ${this.end.seq}, but its head says ${expected.seq}`,
    };
  }
}

/** Whether the columns say what was signed. */
function repeats(row: CheckpointRow, signed: SignedCheckpoint): boolean {
  const columns = Object.keys(row) as (keyof CheckpointRow)[];
  return columns.every((column) => textOf(row[column]) === textOf(signed[column]));
}

function textOf(value: string | bigint | Date): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
