import { ManualClock } from '../../src/kernel/clock';
import {
  Audit,
  AuditCheckpoints,
  readCheckpoint,
  type SignedCheckpoint,
} from '../../src/platform/audit';
import { allCheckpoints, verifyAudit, type AuditVerdict } from '../../src/platform/audit';
import { DocumentSigner } from '../../src/platform/auth';
import type { Db, Tx } from '../../src/platform/db';
import { testDatabase, type TestDatabase } from './database';

export const AUDIT_OPERATOR = 1;

/** Audit trails on a database of their own, with the key that signs their checkpoints. */
export interface AuditWorld {
  readonly test: TestDatabase;
  readonly clock: ManualClock;
  readonly signer: DocumentSigner;
  readonly checkpoints: AuditCheckpoints;
  /** What the ledger's chains are said to have come to. */
  ledgerHeads: string;
  read<T>(work: (db: Db) => Promise<T>, operatorId?: number): Promise<T>;
  /** Adds records, and takes a checkpoint of them. */
  record(count: number, operatorId?: number): Promise<void>;
  checkpoint(operatorId?: number): Promise<string>;
  /** Every checkpoint so far, as somebody elsewhere may have kept them. */
  published(operatorId?: number): Promise<readonly SignedCheckpoint[]>;
  verify(published?: readonly SignedCheckpoint[]): Promise<AuditVerdict>;
  /** What a verification says of the trail after its owner's statements, which are then undone. */
  verdictAfter(
    attack: (tx: Tx) => Promise<unknown>,
    published?: readonly SignedCheckpoint[],
  ): Promise<AuditVerdict>;
  close(): Promise<void>;
}

const actor = { kind: 'system', id: 'test' } as const;
const TABLES = [
  'platform_audit_records',
  'platform_audit_checkpoints',
  'platform_audit_nodes',
] as const;

class Undone extends Error {}

export async function auditWorld(): Promise<AuditWorld> {
  const test = await testDatabase({ poolSize: 3 });
  const clock = new ManualClock('2026-03-02T09:00:00.123Z');
  const audit = new Audit({ clock });
  const signer = new DocumentSigner(Buffer.alloc(32, 7));
  const keys = [signer.publicKey];
  const { database, owner } = test;
  const scopeOf = (operatorId: number) => ({ operatorId: operatorId || undefined, actor });
  const checkpoints = new AuditCheckpoints({
    clock,
    signer,
    ledgerHeads: async () => world.ledgerHeads,
    recordsAtOnce: 512n,
  });

  const world: AuditWorld = {
    test,
    clock,
    signer,
    checkpoints,
    ledgerHeads: '',
    read: (work, operatorId = AUDIT_OPERATOR) => database.read(scopeOf(operatorId), work),
    record: async (count, operatorId = AUDIT_OPERATOR) => {
      clock.advance(60_000);
      await database.write(scopeOf(operatorId), async (tx) => {
        for (let i = 1; i <= count; i += 1) {
          const details = { i, 项: 'ä' };
          await audit.record(tx, { action: 'offering.approved', subject: `off_${i}`, details });
        }
      });
    },
    checkpoint: async (operatorId = AUDIT_OPERATOR) => {
      for (;;) {
        const outcome = await database.write(scopeOf(operatorId), (tx) => checkpoints.take(tx));
        if (typeof outcome === 'string') return outcome;
      }
    },
    published: async (operatorId = AUDIT_OPERATOR) =>
      database.read(scopeOf(operatorId), async (db) => {
        const kept: SignedCheckpoint[] = [];
        for await (const { jws } of allCheckpoints(db)) {
          const checkpoint = readCheckpoint(jws, keys);
          if (checkpoint) kept.push(checkpoint);
        }
        return kept;
      }),
    verify: (published = []) =>
      database.read(scopeOf(AUDIT_OPERATOR), (db) =>
        verifyAudit(db, { keys, published, slice: 64 }),
      ),
    verdictAfter: async (attack, published = []) => {
      let verdict: AuditVerdict | undefined;
      await owner
        .write(scopeOf(AUDIT_OPERATOR), async (tx) => {
          for (const table of TABLES) await tx.execute(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
          await attack(tx);
          verdict = await verifyAudit(tx, { keys, published, slice: 64 });
          throw new Undone();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undone)) throw error;
        });
      if (!verdict) throw new Error('the attack did not come to its end');
      return verdict;
    },
    close: () => test.close(),
  };
  return world;
}
