import { isProven } from '../../../src/platform/audit';
import { leafHash, verifyConsistency, verifyInclusion } from '../../../src/platform/audit/merkle';
import type { Tx } from '../../../src/platform/db';
import { AUDIT_OPERATOR, auditWorld, type AuditWorld } from '../../support/audit-world';

let world: AuditWorld;

beforeEach(async () => {
  world = await auditWorld();
});
afterEach(() => world.close());

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

it('each checkpoint follows the one before, in parts where much was recorded', async () => {
  expect(await world.checkpoint()).toBe('nothing new');
  for (const count of [1, 1300, 255, 1]) {
    await world.record(count);
    await world.checkpoint();
  }
  expect(await world.checkpoint()).toBe('nothing new');
  const published = await world.published();
  expect(published.map(({ number, size }) => [number, size])).toEqual([
    [1n, 1n],
    [2n, 1301n],
    [3n, 1556n],
    [4n, 1557n],
  ]);
  expect(published.map(({ previous }) => previous)).toEqual([
    '0'.repeat(64),
    ...published.slice(0, 3).map(({ sha256 }) => sha256),
  ]);
  expect(await world.verify(published)).toMatchObject({
    checked: 1557n,
    checkpoints: 4n,
    published: 1557n,
  });
  expect((await world.verify(published)).firstBreak).toBeUndefined();
});

it('a checkpoint is taken when the books moved and nobody recorded anything', async () => {
  await world.record(2);
  await world.checkpoint();
  world.ledgerHeads = `3:1:${'a'.repeat(64)},5:9:${'b'.repeat(64)}`;
  expect(await world.checkpoint()).toBe('checkpoint 2 of 2 records');
  expect(await world.checkpoint()).toBe('nothing new');
  const [, second] = await world.published();
  expect(second?.ledgerHeads).toEqual([`3:1:${'a'.repeat(64)}`, `5:9:${'b'.repeat(64)}`]);
  expect((await world.verify()).firstBreak).toBeUndefined();
});

it('chains of other operators and of the installation have checkpoints of their own', async () => {
  for (const operatorId of [1, 2, 0]) {
    await world.record(operatorId + 3, operatorId);
    await world.checkpoint(operatorId);
  }
  const sizes = [];
  for (const operatorId of [1, 2, 0]) {
    const [only] = await world.published(operatorId);
    sizes.push([only?.operator, only?.size]);
  }
  expect(sizes).toEqual([
    [1, 4n],
    [2, 5n],
    [0, 3n],
  ]);
});

it('a checkpoint reads what is new, and not the past', async () => {
  await world.record(2000);
  await world.checkpoint();
  await world.record(10);
  let rows = 0;
  await world.test.database.write({ operatorId: AUDIT_OPERATOR, actor }, async (tx) => {
    const counting: Tx = Object.create(tx, {
      query: {
        value: async (...call: Parameters<Tx['query']>) => {
          const found = await tx.query(...call);
          rows += found.length;
          return found;
        },
      },
    });
    await world.checkpoints.take(counting);
  });
  // The ten, what of the past is not a whole block of 256, and a handful of peaks and heads.
  expect(rows).toBeLessThan(10 + 255 + 20);
});

it('every record can be proved against every checkpoint that covers it', async () => {
  for (const count of [5, 300, 220]) {
    await world.record(count);
    await world.checkpoint();
  }
  const sizes = [5n, 305n, 525n];
  for (const size of sizes) {
    for (const seq of [1n, 2n, 5n, 255n, 256n, 257n, 305n, 306n, 512n, 513n, 525n]) {
      if (seq > size) continue;
      const proved = await world.read((db) => world.checkpoints.proveRecord(db, seq, size));
      const claim = {
        index: seq - 1n,
        size,
        leaf: leafHash(bytes(proved.record.hash)),
        proof: proved.proof,
        root: bytes(proved.checkpoint.rootHash),
      };
      expect([seq, size, verifyInclusion(claim)]).toEqual([seq, size, true]);
      const touched = { ...proved, record: { ...proved.record, actorId: 'usr_somebody_else' } };
      expect([isProven(proved), isProven(touched)]).toEqual([true, false]);
    }
  }
  for (const from of sizes) {
    for (const to of sizes.filter((size) => size >= from)) {
      const proved = await world.read((db) => world.checkpoints.proveConsistency(db, from, to));
      const claim = {
        from,
        to,
        fromRoot: bytes(proved.from.rootHash),
        toRoot: bytes(proved.to.rootHash),
        proof: proved.proof,
      };
      expect([from, to, verifyConsistency(claim)]).toEqual([from, to, true]);
    }
  }
});

it.each([
  { what: 'was changed', sql: [`UPDATE T SET action = 'x' WHERE seq = 298`], at: 298 },
  { what: 'was taken out', sql: ['DELETE FROM T WHERE seq = 270'], at: 270 },
  {
    what: 'was cut off with its head',
    sql: [
      'DELETE FROM T WHERE seq > 290',
      `UPDATE platform_audit_heads SET seq = 290,
         hash = (SELECT hash FROM platform_audit_records WHERE seq = 290)`,
    ],
    at: 291,
  },
])('nothing is signed on top of a record that $what', async ({ sql, at }) => {
  await world.record(300);
  await world.checkpoint();
  await world.record(3);
  await world.test.owner.write({ operatorId: AUDIT_OPERATOR, actor }, async (tx) => {
    await tx.execute('ALTER TABLE platform_audit_records DISABLE TRIGGER USER');
    for (const each of sql) await tx.execute(each.replaceAll(/\bT\b/g, 'platform_audit_records'));
    await tx.execute('ALTER TABLE platform_audit_records ENABLE TRIGGER USER');
  });
  await expect(world.checkpoint()).rejects.toMatchObject({
    code: 'audit.chain-broken',
    detail: expect.stringContaining(`Record ${at}:`),
  });
});

it.each(['platform_audit_checkpoints', 'platform_audit_nodes'])(
  'the application may not change a row of %s',
  async (table) => {
    for (const statement of [`DELETE FROM ${table}`, `UPDATE ${table} SET operator_id = 9`]) {
      const refused = world.test.database.write({ operatorId: AUDIT_OPERATOR, actor }, (tx) =>
        tx.execute(statement),
      );
      await expect(refused).rejects.toThrow(/permission denied/);
    }
  },
);

const actor = { kind: 'system', id: 'test' } as const;
