import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { holdingProblem } from './errors';
import type { Instrument, InstrumentDraft } from './instrument';
import {
  requirePositive,
  requireSame,
  requireWithinLimit,
  type HolderLimit,
  type IssuanceOrder,
  type Movement,
} from './issuance';
import { lotsOf, type Lot } from './lots';
import type { RegisterParties } from './parties';
import * as queries from './queries';
import type { RegisterEvent, RegisterSource } from './register';
import type { TransferRestriction } from './restriction';
import * as store from './store';

export interface HoldingsDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly parties: RegisterParties<Db>;
  /** Every transfer is put to each of them. */
  readonly restrictions?: readonly TransferRestriction<Db>[] | undefined;
}

/** Where events were entered. */
export interface Entered {
  readonly firstPosition: bigint;
  readonly count: number;
  /** Whether the same source had been entered before, so that nothing was done now. */
  readonly wasEntered: boolean;
}

/** Shares or notes of one offering, as its closing hands them over. */
export interface AllottedShares {
  readonly offeringId: Id<'off'>;
  readonly issuerId: Id<'iss'>;
  readonly kind: Instrument['kind'];
  /** The class of shares, or the series of notes. */
  readonly name: string;
  /** Of one unit in major units; shares need not have one. */
  readonly parValue?: Rate | undefined;
  readonly price: Rate;
  readonly currency: Instrument['currency'];
  readonly holderLimit: number | undefined;
  /** Where the limit is written; the offering's own terms when absent. */
  readonly limitCitation?: string | undefined;
  readonly issuedAt: Date;
  readonly items: readonly { readonly investorId: Id<'inv'>; readonly units: bigint }[];
}

export interface TransferOrder {
  readonly instrumentId: Id<'ins'>;
  readonly fromInvestorId: Id<'inv'>;
  readonly toInvestorId: Id<'inv'>;
  readonly units: bigint;
  readonly price?: Rate | undefined;
  readonly occurredAt: Date;
  readonly source: RegisterSource;
  readonly limit?: HolderLimit | undefined;
}

export interface CancellationOrder {
  readonly instrumentId: Id<'ins'>;
  readonly investorId: Id<'inv'>;
  readonly units: bigint;
  /** The issuance it takes back, where it does. */
  readonly reversesPosition?: bigint | undefined;
  readonly reason: string;
  readonly occurredAt: Date;
  readonly source: RegisterSource;
}

/** Units of many that leave the register together. */
export interface SeriesCancellation extends Omit<
  CancellationOrder,
  'investorId' | 'units' | 'reversesPosition'
> {
  readonly items: readonly { readonly investorId: Id<'inv'>; readonly units: bigint }[];
}

/** The register of who owns what. Each change is lock, look for the same source, decide, enter. */
export class HoldingsService {
  constructor(private readonly deps: HoldingsDeps) {}

  /** @throws Problem `holdings.instrument-exists`. */
  async openInstrument(tx: Tx, draft: InstrumentDraft): Promise<Instrument> {
    const { clock, newId, audit } = this.deps;
    const instrument: Instrument = { ...draft, id: newId('ins'), createdAt: clock.now() };
    await store.insertInstrument(tx, instrument);
    await audit.record(tx, {
      action: 'instrument.opened',
      subject: instrument.id,
      details: { issuerId: instrument.issuerId, name: instrument.name },
    });
    return instrument;
  }

  /** The issuer's instrument of that name, opened when it does not exist. */
  async ensureInstrument(tx: Tx, draft: InstrumentDraft): Promise<Instrument> {
    const found = await store.findInstrumentByName(tx, draft.issuerId, draft.name);
    return found ?? this.openInstrument(tx, draft);
  }

  /** The issuer's class or series of that name. */
  async findInstrument(db: Db, issuerId: Id<'iss'>, name: string): Promise<Instrument | undefined> {
    return store.findInstrumentByName(db, issuerId, name);
  }

  /** @throws Problem `holdings.instrument-not-found`. */
  async getInstrument(db: Db, id: Id<'ins'>): Promise<Instrument> {
    const instrument = await store.findInstrument(db, id);
    if (!instrument) throw holdingProblem('instrument-not-found');
    return instrument;
  }

  async listInstruments(db: Db, filter: store.InstrumentFilter): Promise<readonly Instrument[]> {
    return store.listInstruments(db, filter);
  }

  /**
   * Gives units to many at once, all or none. The same source is entered once, however often it
   * is brought.
   *
   * @throws Problem `holdings.holder-limit`, `holdings.above-authorised`,
   *   `holdings.source-reused`, `holdings.units-not-positive`, `holdings.instrument-not-found`.
   */
  async issue(tx: Tx, order: IssuanceOrder): Promise<Entered> {
    const { instrumentId, source, limit } = order;
    const movements = order.issuances.map(({ units, price, occurredAt, ...to }) => ({
      to,
      units,
      price,
      occurredAt,
    }));
    return this.enter(tx, { instrumentId, kind: 'issuance', source, movements, limit });
  }

  /** Issues the shares or notes of a settled offering, as its terms name them. @throws as `issue`. */
  async issueShares(tx: Tx, shares: AllottedShares): Promise<Entered> {
    const { offeringId, issuerId, kind, name, currency, price, issuedAt, items } = shares;
    const { parValue } = shares;
    const draft = { issuerId, kind, name, currency, parValue };
    const instrument = await this.ensureInstrument(tx, draft);
    const ids = items.map(({ investorId }) => investorId);
    const partyIds = await this.deps.parties.listPartyIds(tx, ids);
    return this.issue(tx, {
      instrumentId: instrument.id,
      source: { type: 'offering', id: offeringId },
      issuances: items.map(({ investorId, units }) => ({
        investorId,
        partyId: must(partyIds.get(investorId), `the party of ${investorId}`),
        units,
        price,
        occurredAt: issuedAt,
      })),
      limit:
        shares.holderLimit === undefined
          ? undefined
          : {
              holders: shares.holderLimit,
              citation: shares.limitCitation ?? `terms of ${offeringId}`,
            },
    });
  }

  /**
   * Moves units from one holder to another.
   *
   * @throws Problem `holdings.transfer-restricted` with findings, `holdings.not-enough-units`,
   *   `holdings.holder-limit`, `holdings.self-transfer`, `holdings.unknown-holder`.
   */
  async transfer(tx: Tx, order: TransferOrder): Promise<Entered> {
    const { instrumentId, fromInvestorId, toInvestorId, units, price, occurredAt } = order;
    const { source, limit } = order;
    if (fromInvestorId === toInvestorId) throw holdingProblem('self-transfer');
    const instrument = await this.getInstrument(tx, instrumentId);
    const proposed = { instrument, fromInvestorId, toInvestorId, units, occurredAt };
    const movement = {
      from: await this.holder(tx, fromInvestorId),
      to: await this.holder(tx, toInvestorId),
      units,
      price,
      occurredAt,
    };
    return this.enter(tx, {
      instrumentId,
      kind: 'transfer',
      source,
      limit,
      movements: [movement],
      check: async () => {
        const judged = (this.deps.restrictions ?? []).map((judge) => judge(tx, proposed));
        const findings = (await Promise.all(judged)).flat();
        if (findings.length > 0) throw holdingProblem('transfer-restricted', { findings });
      },
    });
  }

  /**
   * Takes units out of the register: a reversal of an issuance, or a withdrawal of shares.
   *
   * @throws Problem `holdings.not-enough-units`, `holdings.not-reversible`.
   */
  async cancel(tx: Tx, order: CancellationOrder): Promise<Entered> {
    const { instrumentId, investorId, units, reversesPosition, occurredAt } = order;
    const { source, reason } = order;
    const from = await this.holder(tx, investorId);
    return this.enter(tx, {
      instrumentId,
      kind: 'cancellation',
      source,
      reason,
      reversesPosition,
      movements: [{ from, units, occurredAt }],
      check: async () => {
        if (reversesPosition === undefined) return;
        const original = await store.findEvent(tx, instrumentId, reversesPosition);
        const reversed = await store.sumReversed(tx, instrumentId, reversesPosition);
        const isReversible =
          original?.kind === 'issuance' &&
          original.to?.investorId === investorId &&
          reversed + units <= original.units;
        if (!isReversible) throw holdingProblem('not-reversible');
      },
    });
  }

  /**
   * Takes units of many out of the register, all or none: what they were issued for did not come
   * about.
   *
   * @throws Problem `holdings.not-enough-units`, `holdings.unknown-holder`.
   */
  async cancelAll(tx: Tx, order: SeriesCancellation): Promise<Entered> {
    const { items, occurredAt, ...rest } = order;
    const ids = items.map(({ investorId }) => investorId);
    const partyIds = await this.deps.parties.listPartyIds(tx, ids);
    const movements = items.map(({ investorId, units }) => {
      const partyId = partyIds.get(investorId);
      if (!partyId) throw holdingProblem('unknown-holder', { detail: investorId });
      return { from: { investorId, partyId }, units, occurredAt };
    });
    return this.enter(tx, { ...rest, kind: 'cancellation', movements });
  }

  /** How many different parties hold anything of the issuer. */
  async countHolders(db: Db, issuerId: Id<'iss'>): Promise<number> {
    return (await store.countHolders(db, issuerId)).count;
  }

  async listHolderParties(db: Db, issuerId: Id<'iss'>): Promise<ReadonlySet<Id<'pty'>>> {
    return store.listHolderParties(db, issuerId);
  }

  async listEvents(
    db: Db,
    instrumentId: Id<'ins'>,
    page: { readonly after: bigint; readonly limit: number },
  ): Promise<readonly RegisterEvent[]> {
    return store.listEvents(db, instrumentId, page);
  }

  /** What one holder has of an instrument, the oldest units first: see `lotsOf`. */
  async listLots(db: Db, instrumentId: Id<'ins'>, investorId: Id<'inv'>): Promise<readonly Lot[]> {
    return lotsOf(await queries.listMovesOf(db, instrumentId, investorId));
  }

  /** Undefined before anything was issued. */
  async findLastIssuance(
    db: Db,
    instrumentId: Id<'ins'>,
  ): Promise<queries.LastIssuance | undefined> {
    return queries.lastIssuance(db, instrumentId);
  }

  private async enter(
    tx: Tx,
    entry: Omit<store.EventsToAppend, 'at'> & { readonly check?: () => Promise<void> },
  ): Promise<Entered> {
    const { check, ...events } = entry;
    const { instrumentId, movements, source, kind } = events;
    requirePositive(movements);
    const count = movements.length;
    const issuerId = await store.lockRegister(tx, instrumentId);
    const before = await store.listEventsOfSource(tx, instrumentId, source);
    if (before[0]) {
      requireSame(before, movements);
      return { firstPosition: before[0].position, count, wasEntered: true };
    }
    if (count === 0) return { firstPosition: 0n, count, wasEntered: false };
    await check?.();
    await this.requireRoom(tx, issuerId, { instrumentId, movements, limit: events.limit });

    const at = this.deps.clock.now();
    const firstPosition = await store.appendEvents(tx, { ...events, at });
    await this.announce(tx, { instrumentId, issuerId, kind, source, firstPosition, movements });
    return { firstPosition, count, wasEntered: false };
  }

  /** The database refuses too; here is why, with the figures. */
  private async requireRoom(
    tx: Tx,
    issuerId: Id<'iss'>,
    change: {
      readonly instrumentId: Id<'ins'>;
      readonly movements: readonly Movement[];
      readonly limit: HolderLimit | undefined;
    },
  ): Promise<void> {
    const kept = await store.countHolders(tx, issuerId);
    const limit = change.limit ?? kept.limit;
    if (!limit) return;
    const holders = await store.listHolderParties(tx, issuerId);
    const receiving = change.movements.flatMap(({ to }) => to?.partyId ?? []);
    const newcomers = new Set(receiving.filter((partyId) => !holders.has(partyId)));
    // Whoever gives everything away makes room: what counts is how it stands afterwards.
    const leaving = await store.countLeaving(tx, change.instrumentId, change.movements);
    requireWithinLimit(limit, { standing: kept.count - leaving, newcomers: newcomers.size });
  }

  private async holder(db: Db, investorId: Id<'inv'>) {
    const partyIds = await this.deps.parties.listPartyIds(db, [investorId]);
    const partyId = partyIds.get(investorId);
    if (!partyId) throw holdingProblem('unknown-holder', { detail: investorId });
    return { investorId, partyId };
  }

  private async announce(
    tx: Tx,
    entered: {
      readonly instrumentId: Id<'ins'>;
      readonly issuerId: Id<'iss'>;
      readonly kind: RegisterEvent['kind'];
      readonly source: RegisterSource;
      readonly firstPosition: bigint;
      readonly movements: readonly Movement[];
    },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    const { instrumentId, issuerId, kind, source, firstPosition, movements } = entered;
    const units = movements.reduce((sum, movement) => sum + movement.units, 0n);
    const summary = {
      issuerId,
      source: { ...source },
      firstPosition: firstPosition.toString(),
      count: movements.length,
      units: units.toString(),
    };
    const type = `register.${kind}`;
    await audit.record(tx, { action: type, subject: instrumentId, details: summary });
    await outbox.publish(tx, { type, subject: instrumentId, payload: summary });
  }
}
