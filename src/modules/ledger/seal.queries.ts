import { hash } from 'node:crypto';
import type { Db } from '../../platform/db';

/** What is wrong with the first batch that is not as it was sealed. */
export interface SealBreak {
  readonly batchNo: bigint;
  readonly reason: string;
}

export interface SealVerdict {
  /** Batches that were found in order. */
  readonly checked: bigint;
  readonly firstBreak?: SealBreak;
}

interface Batch {
  readonly batchNo: bigint;
  readonly chainNo: number;
  readonly chainSeq: bigint;
  readonly itemCount: bigint;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
  /** Seconds since 1970 with six digits. */
  readonly sealedAt: string;
}

interface Contents {
  readonly batchNo: bigint;
  readonly items: bigint;
  readonly text: string;
}

interface Slice {
  readonly batches: readonly Batch[];
  /** Numbers of items: from the first up to, and without, the last. */
  readonly range: { readonly from: bigint; readonly upTo: bigint };
}

interface ItemKind {
  readonly table: string;
  readonly number: string;
  readonly order: string;
  readonly fields: string;
  /** Postings are part of their entries, which are counted. */
  readonly isCounted: boolean;
}

/**
 * What is hashed of each kind of item, in the order of the kinds. Written out here a second time:
 * whoever owns the database may have changed its functions, but not this program.
 */
const KINDS: readonly ItemKind[] = [
  {
    ...plain('ledger_accounts', 'account_no'),
    fields: `i.account_no, octet_length(i.path), i.path, i.currency, i.normal_side,
      i.is_client_money, coalesce(i.floor_minor::text, 'none'), extract(epoch FROM i.opened_at)`,
  },
  {
    ...plain('ledger_entries', 'entry_no'),
    fields: `i.entry_no, octet_length(i.kind), i.kind, octet_length(i.source_type), i.source_type,
      octet_length(i.source_id), i.source_id, octet_length(i.description), i.description,
      coalesce(i.reverses_entry_no, 0), extract(epoch FROM i.occurred_at),
      extract(epoch FROM i.recorded_at)`,
  },
  {
    table: 'ledger_postings',
    number: 'entry_no',
    order: 'i.entry_no, i.account_no, i.account_seq',
    fields: 'i.entry_no, i.account_no, i.account_seq, i.amount_minor, i.balance_minor, i.currency',
    isCounted: false,
  },
  {
    ...plain('ledger_holds', 'hold_no'),
    fields: `i.hold_no, i.account_no, i.amount_minor, octet_length(i.purpose), i.purpose,
      extract(epoch FROM i.placed_at),
      coalesce(extract(epoch FROM i.expires_at)::text, 'none')`,
  },
  {
    ...plain('ledger_hold_resolutions', 'resolution_no'),
    fields: `i.resolution_no, i.hold_no, i.outcome, i.captured_minor,
      extract(epoch FROM i.resolved_at)`,
  },
];

/** The digits of an item's number below those of its batch. */
const BATCH_BITS = 20n;
const BATCHES_AT_ONCE = 1000;
const ITEMS_AT_ONCE = 20_000n;
const BEYOND_ALL = 2n ** 63n - 1n;

/**
 * Follows every chain of the operator's ledger and hashes the contents of every batch anew, here
 * and not in the database; slice by slice, so that memory does not grow with the books.
 */
export async function verifySeals(db: Db): Promise<SealVerdict> {
  const links = await followLinks(db);
  if (links.firstBreak) return links;
  for await (const { batches, range } of slicesOfBatches(db)) {
    const firstBreak = await compare(db, batches, range);
    if (firstBreak) return { checked: links.checked, firstBreak };
  }
  return links;
}

/** Which of the links, `chain:links:hash` as `chainHeads` writes them, are not in the chains. */
export async function missingLinks(db: Db, heads: readonly string[]): Promise<readonly string[]> {
  const rows = await db.query<{ head: string }>(
    `SELECT h.head FROM unnest(:heads::text[]) WITH ORDINALITY AS h (head, place)
      WHERE NOT EXISTS (
        SELECT 1 FROM ledger_batches b
         WHERE b.chain_no = split_part(h.head, ':', 1)::smallint
           AND b.chain_seq = split_part(h.head, ':', 2)::bigint
           AND encode(b.hash, 'hex') = split_part(h.head, ':', 3))
      ORDER BY h.place`,
    { heads },
  );
  return rows.map(({ head }) => head);
}

const BATCH = `
  SELECT b.batch_no AS "batchNo", b.chain_no AS "chainNo", b.chain_seq AS "chainSeq",
         b.item_count AS "itemCount", b.prev_hash AS "prevHash", b.hash,
         extract(epoch FROM b.sealed_at)::text AS "sealedAt"
    FROM ledger_batches b`;

async function followLinks(db: Db): Promise<SealVerdict> {
  const ends = new Map<number, Pick<Batch, 'batchNo' | 'chainSeq' | 'hash'>>();
  let checked = 0n;
  for (let at = { chainNo: -1, chainSeq: 0n }; ;) {
    const batches = await db.query<Batch>(
      `${BATCH} WHERE (b.chain_no, b.chain_seq) > (:chainNo, :chainSeq)
        ORDER BY b.chain_no, b.chain_seq LIMIT :limit`,
      { ...at, limit: BATCHES_AT_ONCE },
    );
    for (const batch of batches) {
      const { batchNo, chainNo, chainSeq, prevHash } = batch;
      const end = ends.get(chainNo) ?? { chainSeq: 0n, hash: Buffer.alloc(32) };
      if (chainSeq !== end.chainSeq + 1n || !prevHash.equals(end.hash)) {
        const reason = `it does not follow link ${end.chainSeq} of chain ${chainNo}`;
        return { checked, firstBreak: { batchNo, reason } };
      }
      ends.set(chainNo, batch);
      checked += 1n;
    }
    at = batches.at(-1) ?? at;
    if (batches.length < BATCHES_AT_ONCE) break;
  }
  const firstBreak = await compareHeads(db, ends);
  return { checked, ...(firstBreak && { firstBreak }) };
}

async function compareHeads(
  db: Db,
  ends: ReadonlyMap<number, Pick<Batch, 'batchNo' | 'chainSeq' | 'hash'>>,
): Promise<SealBreak | undefined> {
  const heads = await db.query<Pick<Batch, 'chainNo' | 'chainSeq' | 'hash'>>(
    `SELECT h.chain_no AS "chainNo", h.chain_seq AS "chainSeq", h.hash FROM ledger_chain_heads h
      WHERE h.chain_seq > 0 ORDER BY h.chain_no`,
  );
  for (const { chainNo, chainSeq, hash: head } of heads) {
    const end = ends.get(chainNo);
    if (end?.chainSeq === chainSeq && end.hash.equals(head)) continue;
    const reason = `chain ${chainNo} ends at ${end?.chainSeq ?? 0n}, its head says ${chainSeq}`;
    return { batchNo: end?.batchNo ?? 0n, reason };
  }
  const headless = [...ends].find(([chainNo]) => !heads.some((head) => head.chainNo === chainNo));
  return headless && { batchNo: headless[1].batchNo, reason: `chain ${headless[0]} has no head` };
}

/** Batches in order of their numbers, each slice with all numbers up to the next. */
async function* slicesOfBatches(db: Db): AsyncGenerator<Slice> {
  let from = 0n;
  for (let after = -1n; ;) {
    const found = await readBatches(db, after);
    const batches = withinItems(found);
    const last = batches.at(-1);
    if (last === undefined || (batches === found && found.length < BATCHES_AT_ONCE)) {
      yield { batches, range: { from, upTo: BEYOND_ALL } };
      return;
    }
    const upTo = (last.batchNo + 1n) << BATCH_BITS;
    yield { batches, range: { from, upTo } };
    from = upTo;
    after = last.batchNo;
  }
}

async function readBatches(db: Db, after: bigint): Promise<readonly Batch[]> {
  return db.query<Batch>(`${BATCH} WHERE b.batch_no > :after ORDER BY b.batch_no LIMIT :limit`, {
    after,
    limit: BATCHES_AT_ONCE,
  });
}

/** As many as have few enough items to be read together; one in any case. */
function withinItems(batches: readonly Batch[]): readonly Batch[] {
  let items = 0n;
  const tooMany = batches.findIndex(({ itemCount }, place) => {
    items += itemCount;
    return place > 0 && items > ITEMS_AT_ONCE;
  });
  return tooMany === -1 ? batches : batches.slice(0, tooMany);
}

/** Holds the batches of a range of numbers to all that has such numbers. */
async function compare(
  db: Db,
  batches: readonly Batch[],
  range: Slice['range'],
): Promise<SealBreak | undefined> {
  const contents: ReadonlyMap<bigint, Contents>[] = [];
  for (const kind of KINDS) contents.push(await readContents(db, kind, range));
  const known = new Set(batches.map(({ batchNo }) => batchNo));
  const stray = contents.flatMap((kind) => [...kind.keys()]).find((batchNo) => !known.has(batchNo));
  if (stray !== undefined) return { batchNo: stray, reason: 'it has items, but was never sealed' };
  const broken = batches.find((batch) => {
    const parts = contents.map((kind) => kind.get(batch.batchNo));
    return !linkOf(db, batch, parts).equals(batch.hash);
  });
  return broken && { batchNo: broken.batchNo, reason: 'its contents are not what was sealed' };
}

async function readContents(
  db: Db,
  { table, number, order, fields, isCounted }: ItemKind,
  range: Slice['range'],
): Promise<ReadonlyMap<bigint, Contents>> {
  const rows = await db.query<Contents>(
    `SELECT i.${number} >> ${BATCH_BITS} AS "batchNo", ${isCounted ? 'count(*)' : '0::bigint'} AS items,
            string_agg(concat_ws(',', ${fields}), ';' ORDER BY ${order}) AS text
       FROM ${table} i WHERE i.${number} >= :from AND i.${number} < :upTo
      GROUP BY i.${number} >> ${BATCH_BITS}`,
    range,
  );
  return new Map(rows.map((row) => [row.batchNo, row]));
}

function linkOf(db: Db, batch: Batch, parts: readonly (Contents | undefined)[]): Buffer {
  const items = parts.reduce((sum, part) => sum + (part?.items ?? 0n), 0n);
  const digest = hash('sha256', parts.map((part) => part?.text ?? '').join('|'), 'buffer');
  const { chainNo, chainSeq, batchNo, sealedAt, prevHash } = batch;
  const place = [db.scope.operatorId, chainNo, chainSeq, batchNo, items, sealedAt].join(',');
  return hash('sha256', Buffer.concat([prevHash, Buffer.from(place), digest]), 'buffer');
}

function plain(table: string, number: string): Omit<ItemKind, 'fields'> {
  return { table, number, order: `i.${number}`, isCounted: true };
}
