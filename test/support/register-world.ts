import { ManualClock } from '../../src/kernel/clock';
import { idMaker, type Id, type NewId } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import { Audit } from '../../src/platform/audit';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { runChecks } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import {
  holdingChecks,
  HoldingsService,
  RegisterService,
  type HolderLimit,
  type HoldingsDeps,
  type Instrument,
  type InstrumentDraft,
  type RegisterParties,
} from '../../src/modules/holdings';
import { testDatabase } from './database';

export const OPERATOR = 1;

const SCOPE: Scope = { operatorId: OPERATOR, actor: { kind: 'system', id: 'test' } };

/** Names and log-ins of holders, as the modules that keep their files would answer. */
export class KnownHolders implements RegisterParties<Db> {
  readonly names = new Map<Id<'inv'>, string>();
  readonly parties = new Map<Id<'inv'>, Id<'pty'>>();
  readonly investorsByUser = new Map<Id<'usr'>, Id<'inv'>>();
  readonly issuersByUser = new Map<Id<'usr'>, Id<'iss'>>();

  constructor(private readonly newId: NewId) {}

  add(name = 'Ada Lovelace', partyId: Id<'pty'> = this.newId('pty')): Id<'inv'> {
    const investorId = this.newId('inv');
    this.names.set(investorId, name);
    this.parties.set(investorId, partyId);
    return investorId;
  }

  async listPartyIds(_db: Db, ids: readonly Id<'inv'>[]) {
    return picked(this.parties, ids);
  }

  async listNames(_db: Db, ids: readonly Id<'inv'>[]) {
    return picked(this.names, ids);
  }

  async issuerName(): Promise<string> {
    return '云筹科技有限公司 (Yunchou Technology)';
  }

  async findInvestorOf(_db: Db, userId: Id<'usr'>) {
    return this.investorsByUser.get(userId);
  }

  async actsFor(_db: Db, userId: Id<'usr'>, issuerId: Id<'iss'>): Promise<boolean> {
    return this.issuersByUser.get(userId) === issuerId;
  }
}

function picked<K, V>(from: ReadonlyMap<K, V>, keys: readonly K[]): ReadonlyMap<K, V> {
  return new Map([...from].filter(([key]) => keys.includes(key)));
}

export type RegisterWorld = Awaited<ReturnType<typeof registerWorld>>;

/** Registers on a database of their own. Deterministic: clock and ids count. */
export async function registerWorld(more: Pick<HoldingsDeps, 'restrictions'> = {}) {
  const test = await testDatabase({ poolSize: 12 });
  const clock = new ManualClock('2025-03-10T09:00:00Z');
  let counter = 0;
  const newId = idMaker(clock, () => {
    counter += 1;
    return Buffer.from((counter * 65_536).toString(16).padStart(20, '0'), 'hex');
  });
  const parties = new KnownHolders(newId);
  const audit = new Audit({ clock });
  const outbox = new Outbox({ clock });
  const holdings = new HoldingsService({ clock, newId, audit, outbox, parties, ...more });

  const world = {
    test,
    clock,
    newId,
    parties,
    holdings,
    registers: new RegisterService({ clock, holdings, parties }),
    read: <T>(work: (db: Db) => Promise<T>) => test.database.read(SCOPE, work),
    write: <T>(work: (tx: Tx) => Promise<T>) => test.database.write(SCOPE, work),
    instrument: (draft: Partial<InstrumentDraft> = {}): Promise<Instrument> =>
      world.write((tx) =>
        holdings.openInstrument(tx, {
          issuerId: newId('iss'),
          kind: 'share-class',
          name: 'Ordinary A',
          currency: 'EUR',
          ...draft,
        }),
      ),
    issue: (
      instrument: Pick<Instrument, 'id'>,
      given: readonly (readonly [Id<'inv'>, bigint])[],
      options: { readonly source?: string; readonly limit?: HolderLimit } = {},
    ) =>
      world.write((tx) =>
        holdings.issue(tx, {
          instrumentId: instrument.id,
          source: { type: 'test', id: options.source ?? newId('off') },
          issuances: given.map(([investorId, units]) => ({
            investorId,
            partyId: parties.parties.get(investorId) ?? 'pty_none',
            units,
            price: rate('1.25'),
            occurredAt: clock.now(),
          })),
          limit: options.limit,
        }),
      ),
    broken: async (): Promise<readonly string[]> => {
      const results = await runChecks(test.database, holdingChecks, [OPERATOR]);
      return results.filter(({ count }) => count > 0n).map(({ check }) => check.id);
    },
    close: () => test.close(),
  };
  return world;
}
