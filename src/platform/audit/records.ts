import type { Db } from '../db';
import type { ChainEnd, ChainedRecord } from './chain';

const RECORD = `
  SELECT r.operator_id AS "operatorId", r.seq, r.actor_kind AS "actorKind", r.actor_id AS "actorId",
         r.action, r.subject, r.details, r.prev_hash AS "prevHash", r.hash,
         to_char(r.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "occurredAt"
    FROM platform_audit_records r`;

const SLICE = 1000;

/** Records after `after`, in order and slice by slice: however long the chain, few are in memory. */
export async function* slicesOfRecords(
  db: Db,
  after: bigint,
  slice = SLICE,
): AsyncGenerator<readonly ChainedRecord[]> {
  for (let last = after; ;) {
    const records = await db.query<ChainedRecord>(
      `${RECORD} WHERE r.seq > :last ORDER BY r.seq LIMIT :slice`,
      { last, slice },
    );
    if (records.length > 0) yield records;
    if (records.length < slice) return;
    last = records.at(-1)?.seq ?? last;
  }
}

/** Records after `after`, one by one, the last of them `upTo`. */
export async function* recordsUpTo(
  db: Db,
  after: bigint,
  upTo: bigint,
): AsyncGenerator<ChainedRecord> {
  for await (const records of slicesOfRecords(db, after)) {
    for (const record of records) {
      if (record.seq > upTo) return;
      yield record;
    }
    if (records.at(-1)?.seq === upTo) return;
  }
}

export async function findRecord(db: Db, seq: bigint): Promise<ChainedRecord | undefined> {
  const [record] = await db.query<ChainedRecord>(`${RECORD} WHERE r.seq = :seq`, { seq });
  return record;
}

/** Records in their order, all or those about something. */
export async function listRecords(
  db: Db,
  of: {
    readonly subject?: string | undefined;
    readonly after?: bigint | undefined;
    readonly limit: number;
  },
): Promise<readonly ChainedRecord[]> {
  const { subject, after = 0n, limit } = of;
  return db.query<ChainedRecord>(
    `${RECORD} WHERE (:subject::text IS NULL OR r.subject = :subject) AND r.seq > :after
      ORDER BY r.seq LIMIT :limit`,
    { subject, after, limit },
  );
}

/** Where the chain says that it ends; undefined while nothing was recorded. */
export async function readHead(db: Db): Promise<ChainEnd | undefined> {
  const [head] = await db.query<ChainEnd>('SELECT h.seq, h.hash FROM platform_audit_heads h');
  return head;
}
