import { ManualClock } from '../../../src/kernel/clock';
import { createLog } from '../../../src/platform/log';
import {
  Outbox,
  OutboxRelay,
  listDead,
  reviveDead,
  type Listener,
  type OutboxEvent,
} from '../../../src/platform/outbox';
import { testDatabase, type TestDatabase } from '../../support/database';

const actor = { kind: 'system', id: 'test' } as const;
let test: TestDatabase;
let clock: ManualClock;
let outbox: Outbox;
let heard: string[];
let broken: Set<string>;

const note = (event: OutboxEvent): string =>
  `${event.operatorId ?? 'all'}:${event.subject}:${event.type}`;

const listener: Listener = {
  name: 'notes',
  types: 'all',
  handle: async (tx, event) => {
    expect(tx.scope.operatorId).toBe(event.operatorId);
    if (broken.has(event.subject)) throw new Error(`no ear for ${event.subject}`);
    heard.push(note(event));
  },
};

const relayOf = (listeners: readonly Listener[]): OutboxRelay =>
  new OutboxRelay({
    database: test.database,
    clock,
    log: createLog({ level: 'silent', clock }),
    listeners,
    operatorIds: async () => [1, 2],
  });

const publish = (operatorId: number | undefined, ...subjects: string[]) =>
  test.database.write({ operatorId, actor }, (tx) =>
    outbox.publishMany(
      tx,
      subjects.map((subject) => ({ type: 'offering.approved', subject, payload: { subject } })),
    ),
  );

beforeEach(async () => {
  test = await testDatabase({ poolSize: 6 });
  clock = new ManualClock('2026-03-02T09:00:00Z');
  outbox = new Outbox({ clock });
  heard = [];
  broken = new Set();
});
afterEach(() => test.close());

it('delivers once, in order, in the scope of each operator', async () => {
  await publish(1, 'a', 'b');
  await publish(undefined, 'z');
  await publish(2, 'c');
  expect(await relayOf([listener]).deliverDue()).toEqual({ delivered: 4, failed: 0 });
  expect(await relayOf([listener]).deliverDue()).toEqual({ delivered: 0, failed: 0 });
  expect(heard).toEqual(['all:z', '1:a', '1:b', '2:c'].map((text) => `${text}:offering.approved`));
});

it('delivers nothing of a transaction that failed', async () => {
  await expect(
    test.database.write({ operatorId: 1, actor }, async (tx) => {
      await outbox.publish(tx, { type: 'offering.approved', subject: 'a' });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await relayOf([listener]).deliverDue()).toEqual({ delivered: 0, failed: 0 });
});

it('only listeners that want a type are told of it', async () => {
  await publish(1, 'a');
  const told: string[] = [];
  const choosy: Listener = {
    name: 'choosy',
    types: ['offering.closed'],
    handle: async (_, event) => void told.push(event.type),
  };
  await relayOf([choosy, listener]).deliverDue();
  expect(told).toEqual([]);
  expect(heard).toHaveLength(1);
});

it('a failing event waits longer and longer, and holds back only its own subject', async () => {
  broken.add('a');
  await publish(1, 'a', 'b', 'a');
  const relay = relayOf([listener]);
  expect(await relay.deliverDue()).toEqual({ delivered: 1, failed: 1 });
  expect(await relay.deliverDue()).toEqual({ delivered: 0, failed: 0 });
  clock.advance(1000);
  expect(await relay.deliverDue()).toEqual({ delivered: 0, failed: 1 });
  clock.advance(1000);
  expect(await relay.deliverDue()).toEqual({ delivered: 0, failed: 0 });
  broken.clear();
  clock.advance(1000);
  expect(await relay.deliverDue()).toEqual({ delivered: 2, failed: 0 });
  expect(heard.map((text) => text.split(':')[1])).toEqual(['b', 'a', 'a']);
});

it('a listener that has been told is not told again because another failed', async () => {
  broken.add('a');
  const told: string[] = [];
  const first: Listener = {
    name: 'first',
    types: 'all',
    handle: async (_, event) => void told.push(event.subject),
  };
  await publish(1, 'a');
  const relay = relayOf([first, listener]);
  await relay.deliverDue();
  broken.clear();
  clock.advance(60_000);
  await relay.deliverDue();
  expect(told).toEqual(['a']);
  expect(heard).toHaveLength(1);
});

it('an event that never goes through is given up, shown, and can be revived', async () => {
  broken.add('a');
  await publish(1, 'a', 'a');
  const relay = relayOf([listener]);
  for (let round = 0; round < 12; round += 1) {
    await relay.deliverDue();
    clock.advance(3_600_000);
  }
  const dead = await test.database.read({ operatorId: 1, actor }, (db) => listDead(db));
  expect(dead).toMatchObject([{ subject: 'a', attempts: 12, lastError: 'notes: no ear for a' }]);
  broken.clear();
  expect(await relay.deliverDue()).toEqual({ delivered: 1, failed: 0 });
  const eventNo = dead[0]?.eventNo ?? 0n;
  await test.database.write({ operatorId: 1, actor }, async (tx) => {
    expect(await reviveDead(tx, eventNo)).toBe(true);
    expect(await reviveDead(tx, eventNo)).toBe(false);
  });
  expect(await relay.deliverDue()).toEqual({ delivered: 1, failed: 0 });
});

it('two relays at once deliver each event once and in order', async () => {
  await publish(1, ...Array.from({ length: 450 }, (_, i) => String(i)));
  await Promise.all([relayOf([listener]).deliverDue(), relayOf([listener]).deliverDue()]);
  await relayOf([listener]).deliverDue();
  expect(heard.map((text) => Number(text.split(':')[1]))).toEqual(
    Array.from({ length: 450 }, (_, i) => i),
  );
});
