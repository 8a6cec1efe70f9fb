import fc from 'fast-check';
import { runChecks } from '../../../src/platform/integrity';
import {
  auditChecks,
  readCheckpoint,
  verifyAudit,
  type SignedCheckpoint,
} from '../../../src/platform/audit';
import { GENESIS, chainHash, type ChainedRecord } from '../../../src/platform/audit/chain';
import { signCheckpoint } from '../../../src/platform/audit/checkpoint';
import { Frontier } from '../../../src/platform/audit/merkle';
import { slicesOfRecords } from '../../../src/platform/audit/records';
import { leafOf } from '../../../src/platform/audit/tree';
import { DocumentSigner } from '../../../src/platform/auth';
import type { Db, Tx } from '../../../src/platform/db';
import { AUDIT_OPERATOR, auditWorld, type AuditWorld } from '../../support/audit-world';

/** What whoever owns the database may do, and, in the worst case, who has the signing key too. */

let world: AuditWorld;
/** Taken at 100, 200, 300 and 320 records; twenty more follow. */
let published: readonly SignedCheckpoint[];
const SIZE = 340;
const COVERED = 320;

beforeAll(async () => {
  world = await auditWorld();
  for (const count of [100, 100, 100, 20]) {
    await world.record(count);
    await world.checkpoint();
  }
  await world.record(20);
  published = await world.published();
});
afterAll(() => world.close());

const RECORDS = 'platform_audit_records';
const ROW =
  'operator_id, seq, occurred_at, actor_kind, actor_id, action, subject, details, prev_hash, hash';

async function allRecords(db: Db): Promise<ChainedRecord[]> {
  const all: ChainedRecord[] = [];
  for await (const records of slicesOfRecords(db, 0n)) all.push(...records);
  return all;
}

/** Writes the whole trail anew with hashes that fit, and its head. */
async function rewrite(
  tx: Tx,
  change: (records: readonly ChainedRecord[]) => readonly ChainedRecord[],
): Promise<void> {
  const changed = change(await allRecords(tx));
  let prevHash = GENESIS;
  const records = changed.map((record, index) => {
    const next = { ...record, seq: BigInt(index + 1), prevHash };
    prevHash = chainHash(next);
    return { ...next, hash: prevHash };
  });
  await tx.execute(`DELETE FROM ${RECORDS}`);
  await tx.execute(
    `INSERT INTO ${RECORDS} (${ROW})
     SELECT r.* FROM unnest(:operators::int[], :seqs::bigint[], :times::timestamptz[],
       :kinds::text[], :ids::text[], :actions::text[], :subjects::text[], :details::text[],
       :prevHashes::text[], :hashes::text[]) AS r`,
    {
      operators: records.map((record) => record.operatorId),
      seqs: records.map((record) => record.seq),
      times: records.map((record) => record.occurredAt),
      kinds: records.map((record) => record.actorKind),
      ids: records.map((record) => record.actorId),
      actions: records.map((record) => record.action),
      subjects: records.map((record) => record.subject),
      details: records.map((record) => record.details),
      prevHashes: records.map((record) => record.prevHash),
      hashes: records.map((record) => record.hash),
    },
  );
  await tx.execute('UPDATE platform_audit_heads SET seq = :seq, hash = :hash', {
    seq: records.length,
    hash: prevHash,
  });
}

async function cutTo(tx: Tx, size: number): Promise<void> {
  await tx.execute(`DELETE FROM ${RECORDS} WHERE seq > :size`, { size });
  await tx.execute(
    `UPDATE platform_audit_heads SET seq = :size,
       hash = coalesce((SELECT r.hash FROM ${RECORDS} r WHERE r.seq = :size), repeat('0', 64))`,
    { size },
  );
}

async function forgetCheckpoints(tx: Tx, beyond: number): Promise<void> {
  await tx.execute('DELETE FROM platform_audit_checkpoints WHERE size > :beyond', { beyond });
  await tx.execute('DELETE FROM platform_audit_nodes WHERE (position + 1) << level > :beyond', {
    beyond,
  });
}

/** Signs the checkpoints of what now stands there, as only the holder of the key can. */
async function signAgain(tx: Tx): Promise<void> {
  await forgetCheckpoints(tx, 0);
  const records = await allRecords(tx);
  const frontier = new Frontier();
  let previous = GENESIS;
  for (const record of records) {
    frontier.append(leafOf(record));
    const old = published.find(({ size }) => size === record.seq);
    if (!old) continue;
    const rootHash = frontier.root().toString('hex');
    const statement = {
      operator: old.operator,
      number: old.number,
      size: old.size,
      rootHash,
      headHash: record.hash,
      ledgerHeads: old.ledgerHeads,
      takenAt: old.takenAt,
      previous,
    };
    const signed = signCheckpoint(statement, world.signer);
    previous = signed.sha256;
    await tx.execute(
      `INSERT INTO platform_audit_checkpoints VALUES (:operator, :number, :size, :rootHash,
         :headHash, :takenAt, :previous, :sha256, :jws)`,
      { ...signed, ledgerHeads: undefined },
    );
  }
}

const edited = (record: ChainedRecord): ChainedRecord => ({ ...record, subject: 'off_forged' });

type Attack = (tx: Tx, at: number) => Promise<unknown>;

/** Each at many places; `with` says whether it takes checkpoints kept elsewhere to find it. */
const ATTACKS: readonly {
  readonly name: string;
  readonly attack: Attack;
  readonly with: 'nothing else' | 'what was published';
  /** The first break, where it can be told exactly. */
  readonly breaksAt?: (at: number) => number;
  /** The last place that is covered by what finds it. */
  readonly upTo?: number;
}[] = [
  {
    name: 'edits a record',
    attack: (tx, at) =>
      tx.execute(`UPDATE ${RECORDS} SET actor_id = 'usr_9' WHERE seq = :at`, { at }),
    with: 'nothing else',
    breaksAt: (at) => at,
  },
  {
    name: 'deletes a record',
    attack: (tx, at) => tx.execute(`DELETE FROM ${RECORDS} WHERE seq = :at`, { at }),
    with: 'nothing else',
    breaksAt: (at) => at,
  },
  {
    name: 'inserts a record',
    attack: async (tx, at) => {
      await tx.execute(`UPDATE ${RECORDS} SET seq = seq + 1000000 WHERE seq >= :at`, { at });
      await tx.execute(`UPDATE ${RECORDS} SET seq = seq - 999999 WHERE seq > 1000000`);
      await tx.execute(
        `INSERT INTO ${RECORDS} (${ROW}) SELECT operator_id, :at::bigint, occurred_at, actor_kind, actor_id,
           action, 'off_forged', details, prev_hash, hash FROM ${RECORDS} WHERE seq = :at::bigint + 1`,
        { at },
      );
    },
    with: 'nothing else',
    breaksAt: (at) => at,
  },
  {
    name: 'reorders two records',
    attack: async (tx, at) => {
      const other = at === SIZE ? at - 1 : at + 1;
      const move = (from: number, to: number) =>
        tx.execute(`UPDATE ${RECORDS} SET seq = :to WHERE seq = :from`, { from, to });
      await move(at, 1_000_000);
      await move(other, at);
      await move(1_000_000, other);
    },
    with: 'nothing else',
    breaksAt: (at) => Math.min(at, SIZE - 1),
  },
  {
    name: 'cuts off the end and its head',
    attack: (tx, at) => cutTo(tx, at - 1),
    with: 'nothing else',
    breaksAt: (at) => at,
    upTo: COVERED,
  },
  {
    name: 'writes everything anew, one record edited',
    attack: (tx, at) =>
      rewrite(tx, (all) => all.with(at - 1, edited(all[at - 1] as ChainedRecord))),
    with: 'nothing else',
    upTo: COVERED,
  },
  {
    name: 'writes everything anew, one record left out',
    attack: (tx, at) => rewrite(tx, (all) => all.toSpliced(at - 1, 1)),
    with: 'nothing else',
    upTo: COVERED,
  },
  {
    name: 'cuts off the end with its head and every checkpoint of it',
    attack: async (tx, at) => {
      await cutTo(tx, at - 1);
      await forgetCheckpoints(tx, at - 1);
    },
    with: 'what was published',
    upTo: COVERED,
  },
  {
    name: 'writes everything anew and has the key to sign it',
    attack: async (tx, at) => {
      await rewrite(tx, (all) => all.with(at - 1, edited(all[at - 1] as ChainedRecord)));
      await signAgain(tx);
    },
    with: 'what was published',
    upTo: COVERED,
  },
];

describe('whoever owns the database is found out who', () => {
  test.each(ATTACKS)(
    '$name',
    async ({ attack, breaksAt, upTo = SIZE, ...found }) => {
      const needsPublished = found.with === 'what was published';
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: upTo }), async (at) => {
          const elsewhere = needsPublished ? published : [];
          const verdict = await world.verdictAfter((tx) => attack(tx, at), elsewhere);
          expect(verdict.firstBreak).toBeDefined();
          // A rewrite shows between the last checkpoint that agrees and the first that does not.
          const seq = Number(verdict.firstBreak?.seq);
          expect(seq).toBeLessThanOrEqual(at);
          if (breaksAt) expect(seq).toBe(breaksAt(at));
          if (!needsPublished) return;
          // The honest limit: here alone, nothing is wrong.
          const alone = await world.verdictAfter((tx) => attack(tx, at));
          expect(alone.firstBreak).toBeUndefined();
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );

  test('cuts off what no checkpoint covers yet, once a later one was published', async () => {
    const cut = async (tx: Tx): Promise<void> => {
      await cutTo(tx, 330);
      await forgetCheckpoints(tx, COVERED);
    };
    expect((await world.verdictAfter(cut, published)).firstBreak).toBeUndefined();
    const later = await world.test.database
      .write({ operatorId: AUDIT_OPERATOR, actor }, async (tx) => {
        await world.checkpoints.take(tx);
        const [row] = await tx.query<{ jws: string }>(
          'SELECT jws FROM platform_audit_checkpoints ORDER BY checkpoint_no DESC LIMIT 1',
        );
        throw new Taken(row?.jws ?? '');
      })
      .catch((error: unknown) => {
        if (error instanceof Taken) return readCheckpoint(error.message, [world.signer.publicKey]);
        throw error;
      });
    const verdict = await world.verdictAfter(cut, later ? [...published, later] : []);
    expect(verdict.firstBreak).toEqual({
      seq: 331n,
      reason: expect.stringContaining('covers 340'),
    });
  });
});

/** Carries a checkpoint out of a transaction that is then undone. */
class Taken extends Error {}

describe('whoever tampers with the checkpoints themselves is found out', () => {
  const stranger = new DocumentSigner(Buffer.alloc(32, 9));
  const CHECKPOINTS = 'platform_audit_checkpoints';

  test.each([
    {
      attack: 'a root in the column',
      sql: `UPDATE ${CHECKPOINTS} SET root_hash = repeat('a', 64) WHERE checkpoint_no = 2`,
      reason: 'checkpoint 2 is not what was signed',
    },
    {
      attack: 'a time by a millisecond',
      sql: `UPDATE ${CHECKPOINTS} SET taken_at = taken_at + INTERVAL '1 ms' WHERE checkpoint_no = 2`,
      reason: 'checkpoint 2 is not what was signed',
    },
    {
      attack: 'one taken out',
      sql: `DELETE FROM ${CHECKPOINTS} WHERE checkpoint_no = 2`,
      reason: 'checkpoint 2 is missing',
    },
    {
      attack: 'the documents of two exchanged',
      sql: `UPDATE ${CHECKPOINTS} c SET jws = o.jws FROM ${CHECKPOINTS} o
             WHERE c.checkpoint_no IN (2, 3) AND o.checkpoint_no = 5 - c.checkpoint_no`,
      reason: 'checkpoint 2 is not what was signed',
    },
    {
      attack: 'a node of the tree',
      sql: `UPDATE platform_audit_nodes SET hash = sha256('x')`,
      reason: 'the tree over the 2^8 records from here is not theirs',
    },
  ])('$attack', async ({ sql, reason }) => {
    const verdict = await world.verdictAfter((tx) => tx.execute(sql));
    expect(verdict.firstBreak).toMatchObject({ reason });
  });

  test('a checkpoint that another key signed', async () => {
    const { jws } = signCheckpoint(must(published[1]), stranger);
    const verdict = await world.verdictAfter((tx) =>
      tx.execute(`UPDATE ${CHECKPOINTS} SET jws = :jws WHERE checkpoint_no = 2`, { jws }),
    );
    expect(verdict.firstBreak).toEqual({
      seq: 200n,
      reason: 'checkpoint 2 is signed by none of the known keys',
    });
  });

  test('two of one number that were published, and one that is kept no more', async () => {
    const second = must(published[1]);
    const other = signCheckpoint({ ...second, takenAt: new Date(0) }, world.signer);
    expect((await world.verify([second, other])).firstBreak?.reason).toMatch(/two different/);
    const verdict = await world.verdictAfter(
      (tx) => tx.execute(`DELETE FROM ${CHECKPOINTS} WHERE checkpoint_no = 4`),
      published,
    );
    expect(verdict.firstBreak?.reason).toMatch(/checkpoint 4 was published and is gone/);
  });

  test('a link of the ledger that a checkpoint cites and that is not there', async () => {
    const missingLinks = async (): Promise<string[]> => ['3:1:abc'];
    const verdict = await world.read((db) =>
      verifyAudit(db, { keys: [world.signer.publicKey], missingLinks }),
    );
    expect(verdict.firstBreak?.reason).toMatch(/the ledger lacks the link 3:1:abc of checkpoint 1/);
  });

  test('by the nightly checks too, where the database can tell', async () => {
    const broken = async (): Promise<string[]> =>
      (await runChecks(world.test.database, auditChecks, [AUDIT_OPERATOR]))
        .filter(({ count }) => count > 0n)
        .map(({ check }) => check.id);
    expect(await broken()).toEqual([]);
    await world.test.owner.write({ operatorId: AUDIT_OPERATOR, actor }, async (tx) => {
      await tx.execute(`ALTER TABLE ${CHECKPOINTS} DISABLE TRIGGER USER`);
      await tx.execute(`DELETE FROM ${CHECKPOINTS} WHERE checkpoint_no = 2`);
    });
    expect(await broken()).toEqual(['audit.checkpoints-follow']);
  });
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is missing');
  return value;
}

const actor = { kind: 'system', id: 'test' } as const;
