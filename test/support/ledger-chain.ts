import { createHash } from 'node:crypto';
import type { Db } from '../../src/platform/db';

/** What is wrong with the first link that is; nothing when the chains are whole. */
export interface ChainVerdict {
  readonly batches: number;
  readonly firstBreak: string | undefined;
}

interface Batch {
  batch_no: bigint;
  operator_id: number;
  chain_no: number;
  chain_seq: bigint;
  item_count: bigint;
  prev_hash: Buffer;
  hash: Buffer;
  sealed_at: Date;
}

type Row = Record<string, unknown>;

/**
 * Verifies the chain of batches in TypeScript, from the description of the format alone and
 * without a function of the database: what the ledger seals must be provable by someone else.
 */
export async function verifyChain(db: Db): Promise<ChainVerdict> {
  const batches = await db.query<Batch>(
    'SELECT * FROM ledger_batches ORDER BY chain_no, chain_seq',
  );
  const heads = new Map<number, { seq: bigint; hash: Buffer }>();
  for (const batch of batches) {
    const head = heads.get(batch.chain_no) ?? { seq: 0n, hash: Buffer.alloc(32) };
    const place = `batch ${batch.batch_no}`;
    const found = (fault: string): ChainVerdict => ({
      batches: batches.length,
      firstBreak: `${place} ${fault}`,
    });
    if (batch.chain_seq !== head.seq + 1n) return found('is not the next of its chain');
    if (!batch.prev_hash.equals(head.hash)) return found('does not name its predecessor');
    if (!(await linkOf(db, batch)).equals(batch.hash)) return found('is not what was sealed');
    heads.set(batch.chain_no, { seq: batch.chain_seq, hash: batch.hash });
  }
  const stored = await db.query<{ chain_no: number; chain_seq: bigint; hash: Buffer }>(
    'SELECT chain_no, chain_seq, hash FROM ledger_chain_heads',
  );
  const isWhole =
    stored.length === heads.size &&
    stored.every(({ chain_no, chain_seq, hash }) => {
      const head = heads.get(chain_no);
      return head?.seq === chain_seq && head.hash.equals(hash);
    });
  return { batches: batches.length, firstBreak: isWhole ? undefined : 'a head is not the last' };
}

async function linkOf(db: Db, batch: Batch): Promise<Buffer> {
  const kinds = [
    await accountTexts(db, batch),
    await entryTexts(db, batch),
    await postingTexts(db, batch),
    await holdTexts(db, batch),
    await resolutionTexts(db, batch),
  ];
  const items = kinds.reduce((sum, texts, index) => sum + (index === 2 ? 0 : texts.length), 0);
  const digest = sha256(kinds.map((texts) => texts.join(';')).join('|'));
  const { operator_id, chain_no, chain_seq, batch_no, sealed_at, prev_hash } = batch;
  const place = [operator_id, chain_no, chain_seq, batch_no, items, epoch(sealed_at)].join(',');
  return sha256(Buffer.concat([prev_hash, Buffer.from(place), digest]));
}

async function accountTexts(db: Db, { batch_no }: Batch): Promise<string[]> {
  const rows = await rowsOf(db, batch_no, ['ledger_accounts', 'account_no']);
  return rows.map((row) =>
    joined([
      row['account_no'],
      ...prefixed(row['path']),
      row['currency'],
      row['normal_side'],
      row['is_client_money'] === true ? 't' : 'f',
      row['floor_minor'] ?? 'none',
      epoch(row['opened_at']),
    ]),
  );
}

async function entryTexts(db: Db, { batch_no }: Batch): Promise<string[]> {
  const rows = await rowsOf(db, batch_no, ['ledger_entries', 'entry_no']);
  return rows.map((row) =>
    joined([
      row['entry_no'],
      ...['kind', 'source_type', 'source_id', 'description'].flatMap((name) => prefixed(row[name])),
      row['reverses_entry_no'] ?? 0,
      epoch(row['occurred_at']),
      epoch(row['recorded_at']),
    ]),
  );
}

async function postingTexts(db: Db, { batch_no }: Batch): Promise<string[]> {
  const order = ['entry_no', 'account_no', 'account_seq'];
  const rows = await rowsOf(db, batch_no, ['ledger_postings', ...order]);
  const fields = [...order, 'amount_minor', 'balance_minor', 'currency'];
  return rows.map((row) => joined(fields.map((name) => row[name])));
}

async function holdTexts(db: Db, { batch_no }: Batch): Promise<string[]> {
  const rows = await rowsOf(db, batch_no, ['ledger_holds', 'hold_no']);
  return rows.map((row) =>
    joined([
      row['hold_no'],
      row['account_no'],
      row['amount_minor'],
      ...prefixed(row['purpose']),
      epoch(row['placed_at']),
      row['expires_at'] === null ? 'none' : epoch(row['expires_at']),
    ]),
  );
}

async function resolutionTexts(db: Db, { batch_no }: Batch): Promise<string[]> {
  const rows = await rowsOf(db, batch_no, ['ledger_hold_resolutions', 'resolution_no']);
  return rows.map((row) =>
    joined([
      row['resolution_no'],
      row['hold_no'],
      row['outcome'],
      row['captured_minor'],
      epoch(row['resolved_at']),
    ]),
  );
}

/** A batch is a range of each table's numbers: 2^20 of them. */
async function rowsOf(
  db: Db,
  batchNo: bigint,
  [table = '', ...order]: readonly string[],
): Promise<readonly Row[]> {
  return db.query<Row>(
    `SELECT * FROM ${table} WHERE ${order[0]} >= :first AND ${order[0]} < :end
     ORDER BY ${order.join(', ')}`,
    { first: batchNo * 2n ** 20n, end: (batchNo + 1n) * 2n ** 20n },
  );
}

function prefixed(text: unknown): [number, string] {
  return [Buffer.byteLength(String(text)), String(text)];
}

function joined(fields: readonly unknown[]): string {
  return fields.map(String).join(',');
}

/** Seconds since 1970 with six digits, as the ledger writes an instant. */
function epoch(instant: unknown): string {
  const time = (instant as Date).getTime();
  return `${BigInt(time) / 1000n}.${(time % 1000).toString().padStart(3, '0')}000`;
}

function sha256(content: string | Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
