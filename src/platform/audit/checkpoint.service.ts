import type { Clock } from '../../kernel/clock';
import type { DocumentSigner } from '../auth';
import type { Db, Tx } from '../db';
import type { JobOutcome } from '../jobs';
import { CHAIN_START, GENESIS, breakAt, type ChainEnd, type ChainedRecord } from './chain';
import { readCheckpoint, signCheckpoint, type Checkpoint, type VerifyingKey } from './checkpoint';
import {
  checkpointOfSize,
  insertCheckpoint,
  latestCheckpoint,
  type CheckpointRow,
} from './checkpoint.store';
import { auditProblem } from './errors';
import { consistencyRanges, inclusionRanges, type Frontier, type Node } from './merkle';
import { findRecord, listRecords, readHead, recordsUpTo } from './records';
import { KEPT_SPAN, insertNodes, isKept, leafOf, readFrontier, rootsOf } from './tree';

export interface CheckpointDeps {
  readonly clock: Clock;
  readonly signer: DocumentSigner;
  /** Where the chains of the operator's ledger stand, `chain:links:hash`, with commas between. */
  readonly ledgerHeads: (db: Db) => Promise<string>;
  /** Records taken into the tree in one transaction, rounded to what the tree keeps. */
  readonly recordsAtOnce?: bigint;
}

export interface ConsistencyProof {
  readonly from: CheckpointRow;
  readonly to: CheckpointRow;
  readonly proof: readonly Buffer[];
}

export interface RecordProof {
  readonly record: ChainedRecord;
  readonly leaf: Buffer;
  readonly proof: readonly Buffer[];
  readonly checkpoint: CheckpointRow;
}

/** Signs how far the audit chain of a scope goes, and proves that it only ever grew. */
export class AuditCheckpoints {
  constructor(private readonly deps: CheckpointDeps) {}

  /** By which checkpoints are verified, the present key first. */
  get keys(): readonly VerifyingKey[] {
    return this.deps.signer.keys;
  }

  /**
   * Takes the next checkpoint, at the cost of what was recorded since the last. Nothing is signed
   * that does not follow from what was signed before.
   *
   * @throws Problem `audit.chain-broken`.
   */
  async take(tx: Tx): Promise<JobOutcome> {
    const head = (await readHead(tx)) ?? CHAIN_START;
    const last = await latestCheckpoint(tx);
    const ledgerHeads = (await this.deps.ledgerHeads(tx)).split(',').filter((each) => each !== '');
    if (this.isOld(last, head, ledgerHeads)) return 'nothing new';

    const grown = await this.grow(tx, head, last);
    if (grown.size < head.seq) return { more: true, note: `${grown.size} records in the tree` };

    const checkpoint: Checkpoint = {
      operator: tx.scope.operatorId ?? 0,
      number: (last?.number ?? 0n) + 1n,
      size: head.seq,
      rootHash: grown.root().toString('hex'),
      headHash: head.hash,
      ledgerHeads,
      takenAt: this.deps.clock.now(),
      previous: last?.sha256 ?? GENESIS,
    };
    await insertCheckpoint(tx, signCheckpoint(checkpoint, this.deps.signer));
    return `checkpoint ${checkpoint.number} of ${checkpoint.size} records`;
  }

  /** @throws Problem `audit.checkpoint-not-found`. */
  async ofSize(db: Db, size: bigint): Promise<CheckpointRow> {
    const checkpoint = await checkpointOfSize(db, size);
    if (!checkpoint) throw auditProblem('checkpoint-not-found');
    return checkpoint;
  }

  /** @throws Problem `audit.checkpoint-not-found` while there is none. */
  async latest(db: Db): Promise<CheckpointRow> {
    const checkpoint = await latestCheckpoint(db);
    if (!checkpoint) throw auditProblem('checkpoint-not-found');
    return checkpoint;
  }

  /**
   * Proves that the records of a checkpoint are the first of those of a later one (RFC 6962, 2.1.2).
   *
   * @throws Problem `audit.checkpoint-not-found`, `audit.wrong-order`.
   */
  async proveConsistency(db: Db, from: bigint, to: bigint): Promise<ConsistencyProof> {
    if (from > to) throw auditProblem('wrong-order');
    const checkpoints = { from: await this.ofSize(db, from), to: await this.ofSize(db, to) };
    // The tree of nothing begins every tree; there is nothing to show.
    const ranges = from === 0n ? [] : consistencyRanges(from, to);
    return { ...checkpoints, proof: await rootsOf(db, ranges) };
  }

  /**
   * Proves that a record is in a checkpoint's tree (RFC 6962, 2.1.1): of that size, or the latest.
   *
   * @throws Problem `audit.record-not-found`, `audit.checkpoint-not-found`, `audit.not-covered`.
   */
  async proveRecord(db: Db, seq: bigint, size?: bigint): Promise<RecordProof> {
    const record = await findRecord(db, seq);
    if (!record) throw auditProblem('record-not-found');
    const checkpoint = size === undefined ? await this.latest(db) : await this.ofSize(db, size);
    if (seq > checkpoint.size) {
      throw auditProblem('not-covered', { detail: `It covers ${checkpoint.size} records.` });
    }
    const proof = await rootsOf(db, inclusionRanges(seq - 1n, checkpoint.size));
    return { record, leaf: leafOf(record), proof, checkpoint };
  }

  /**
   * Proves every record of a subject that the latest checkpoint covers, the first of them at most so
   * many; none while there is no checkpoint.
   */
  async proveSubject(
    db: Db,
    of: { readonly subject: string; readonly limit: number },
  ): Promise<readonly RecordProof[]> {
    const latest = await latestCheckpoint(db);
    if (!latest) return [];
    const proofs: RecordProof[] = [];
    for (const { seq } of await listRecords(db, of)) {
      if (seq <= latest.size) proofs.push(await this.proveRecord(db, seq, latest.size));
    }
    return proofs;
  }

  /** Whether a checkpoint would only say again what the last one says. */
  private isOld(
    last: CheckpointRow | undefined,
    head: ChainEnd,
    ledgerHeads: readonly string[],
  ): boolean {
    if (last === undefined) return head.seq === 0n && ledgerHeads.length === 0;
    if (last.size !== head.seq || last.headHash !== head.hash) return false;
    const signed = readCheckpoint(last.jws, this.keys);
    return signed?.ledgerHeads.join() === ledgerHeads.join();
  }

  /** Takes new records into the tree, as many as are taken at once, each held to its chain. */
  private async grow(tx: Tx, head: ChainEnd, last: CheckpointRow | undefined): Promise<Frontier> {
    const frontier = await readFrontier(tx);
    const stop = this.stopAfter(frontier.size, head.seq);
    let end = await endAt(tx, frontier.size);
    holdToLast(frontier, end, last);
    const nodes: Node[] = [];
    for await (const record of recordsUpTo(tx, end.seq, stop)) {
      const reason = breakAt(record, end);
      if (reason !== undefined) throw broken(end.seq + 1n, reason);
      nodes.push(...frontier.append(leafOf(record)).filter(isKept));
      end = record;
      holdToLast(frontier, end, last);
    }
    if (frontier.size < stop || frontier.size < (last?.size ?? 0n)) {
      throw broken(frontier.size + 1n, 'the records that followed are gone');
    }
    if (stop === head.seq && end.hash !== head.hash) {
      throw broken(head.seq, 'the head of the chain is not the last record');
    }
    await insertNodes(tx, nodes);
    return frontier;
  }

  private stopAfter(size: bigint, headSeq: bigint): bigint {
    const { recordsAtOnce = 51_200n } = this.deps;
    const whole = size + (recordsAtOnce / KEPT_SPAN) * KEPT_SPAN;
    return whole < headSeq ? whole : headSeq;
  }
}

/** The record that the tree ends with. */
async function endAt(db: Db, size: bigint): Promise<ChainEnd> {
  if (size === 0n) return CHAIN_START;
  const record = await findRecord(db, size);
  if (!record) throw broken(size, 'the record is missing');
  return record;
}

/** Where the tree reaches the last checkpoint, it must be what was signed then. */
function holdToLast(frontier: Frontier, end: ChainEnd, last: CheckpointRow | undefined): void {
  if (last === undefined || frontier.size !== last.size || last.size === 0n) return;
  if (frontier.root().toString('hex') === last.rootHash && end.hash === last.headHash) return;
  throw broken(last.size, `the records up to here are not those of checkpoint ${last.number}`);
}

function broken(seq: bigint, reason: string): Error {
  return auditProblem('chain-broken', { detail: `Record ${seq}: ${reason}.` });
}
