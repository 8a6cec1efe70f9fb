import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { OperatorDirectory } from '../identity';
import { investorFacts, type InvestorRow, type InvestorsForOrders } from '../investors';
import { investorCashAccount, type AccountNo, type LedgerService } from '../ledger';
import type { OfferingBooks, OfferingForOrders } from '../offerings';
import type { Rulebooks } from '../rulebooks';
import type { InvestorAtHand, OfferingAtHand, Order } from './order';
import * as store from './store';

/** Who an order is from and what it is for, as the database knows them now. */
export interface AtHand {
  readonly investors: ReadonlyMap<Id<'inv'>, InvestorAtHand>;
  readonly offerings: ReadonlyMap<Id<'off'>, OfferingAtHand>;
}

/** The versions a stored decision was taken on. */
export interface DecidedOn {
  readonly investorId: Id<'inv'>;
  readonly profileVersion: number;
  readonly offeringId: Id<'off'>;
  readonly offeringVersion: number;
}

/** Where the desk gets its facts from. An id that is missing does not exist for the operator. */
export interface Participants {
  /** Everything as it is now, in one set-based read of each table. */
  load(
    db: Db,
    investorIds: readonly Id<'inv'>[],
    offeringIds: readonly Id<'off'>[],
  ): Promise<AtHand>;
  /** The same as it was when a decision was taken. */
  loadDecidedOn(
    db: Db,
    decidedOn: DecidedOn,
  ): Promise<{ readonly investor: InvestorAtHand; readonly offering: OfferingAtHand }>;
  /** Parties that hold, or have subscribed for, shares of the offering's issuer. */
  listHolders(db: Db, offering: OfferingAtHand): Promise<ReadonlySet<Id<'pty'>>>;
}

const REMEMBERED = 50_000;

/**
 * What earlier batches read, kept for the next ones. It may be out of date: an order that it
 * allows is checked again by the database against the versions it was allowed on, and one that it
 * refuses is decided again on what is true now.
 */
export class Remembered {
  private readonly investors = new Map<Id<'inv'>, InvestorAtHand>();
  private readonly offerings = new Map<Id<'off'>, OfferingAtHand>();
  readonly atHand: AtHand = { investors: this.investors, offerings: this.offerings };

  constructor(private readonly participants: Participants) {}

  knows(order: Order): boolean {
    return this.investors.has(order.investorId) && this.offerings.has(order.offeringId);
  }

  /** Reads everything about these orders anew. */
  async refresh(db: Db, orders: readonly Order[]): Promise<AtHand> {
    const fresh = await this.participants.load(
      db,
      [...new Set(orders.map((order) => order.investorId))],
      [...new Set(orders.map((order) => order.offeringId))],
    );
    remember(this.investors, fresh.investors);
    remember(this.offerings, fresh.offerings);
    return fresh;
  }
}

/** Adds what was read; of too many, those read longest ago go first. */
function remember<Key, Value>(memory: Map<Key, Value>, fresh: ReadonlyMap<Key, Value>): void {
  for (const [key, value] of fresh) {
    memory.delete(key);
    memory.set(key, value);
  }
  for (const key of memory.keys()) {
    if (memory.size <= REMEMBERED) break;
    memory.delete(key);
  }
}

export interface ParticipantsDeps {
  readonly investors: InvestorsForOrders;
  readonly offerings: OfferingBooks;
  readonly issuers: {
    getPartyIds(db: Db, ids: readonly Id<'iss'>[]): Promise<ReadonlyMap<Id<'iss'>, Id<'pty'>>>;
  };
  readonly holdings: {
    listHolderParties(db: Db, issuerId: Id<'iss'>): Promise<ReadonlySet<Id<'pty'>>>;
  };
  readonly ledger: LedgerService;
  readonly operators: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  /** Under which number each rulebook's content is kept, by content hash. */
  readonly rulebookNumbers: ReadonlyMap<string, number>;
}

/** The participants as the other modules have them, read set-based. */
export class StoredParticipants implements Participants {
  constructor(private readonly deps: ParticipantsDeps) {}

  async load(
    db: Db,
    investorIds: readonly Id<'inv'>[],
    offeringIds: readonly Id<'off'>[],
  ): Promise<AtHand> {
    const offerings = await this.offerings(
      db,
      offeringIds.length === 0 ? [] : await this.deps.offerings.listForOrders(db, offeringIds),
    );
    const rows =
      investorIds.length === 0 ? [] : await this.deps.investors.listForOrders(db, investorIds);
    const currencies = new Set([...offerings.values()].map(({ terms }) => terms.currency));
    const investors = await this.investors(db, rows, [...currencies]);
    return { investors, offerings };
  }

  async loadDecidedOn(
    db: Db,
    decidedOn: DecidedOn,
  ): Promise<{ readonly investor: InvestorAtHand; readonly offering: OfferingAtHand }> {
    const { investorId, profileVersion, offeringId, offeringVersion } = decidedOn;
    const row = await this.deps.investors.findForOrder(db, investorId, profileVersion);
    const version = await this.deps.offerings.findForOrder(db, offeringId, offeringVersion);
    const offerings = await this.offerings(db, [must(version, 'the decided version')]);
    const offering = must(offerings.get(offeringId), 'the offering');
    const { currency } = offering.terms;
    const investors = await this.investors(db, [must(row, 'the decided profile')], [currency]);
    return { investor: must(investors.get(investorId), 'the investor'), offering };
  }

  async listHolders(db: Db, offering: OfferingAtHand): Promise<ReadonlySet<Id<'pty'>>> {
    const { holdings, offerings, investors } = this.deps;
    const holders = await holdings.listHolderParties(db, offering.issuerId);
    const open = await offerings.listWithBookOfIssuer(db, offering.issuerId);
    const subscribers = await store.listOpenSubscribers(db, open);
    const rows = await investors.listForOrders(db, [...subscribers]);
    return new Set([...holders, ...rows.map((row) => row.partyId)]);
  }

  private async investors(
    db: Db,
    rows: readonly InvestorRow[],
    currencies: readonly Currency[],
  ): Promise<ReadonlyMap<Id<'inv'>, InvestorAtHand>> {
    const specs = rows.flatMap((row) =>
      currencies.map((currency) => investorCashAccount(row.id, currency)),
    );
    const numbers = await this.deps.ledger.listAccountNumbers(db, specs);
    return new Map(
      rows.map((row) => {
        const cashAccounts = new Map<Currency, AccountNo>();
        for (const currency of currencies) {
          const number = numbers.get(`${investorCashAccount(row.id, currency).path} ${currency}`);
          if (number !== undefined) cashAccounts.set(currency, number);
        }
        const { id, partyId, status, profileVersion } = row;
        const facts = investorFacts(row.facts);
        return [id, { id, partyId, status, profileVersion, facts, cashAccounts }];
      }),
    );
  }

  private async offerings(
    db: Db,
    rows: readonly OfferingForOrders[],
  ): Promise<ReadonlyMap<Id<'off'>, OfferingAtHand>> {
    if (rows.length === 0) return new Map();
    const operatorId = must(db.scope.operatorId, 'the operator');
    const { operators, rulebooks } = this.deps;
    const rulebook = rulebooks.get(operators.get(operatorId).rulebookId);
    const rulebookNo = must(
      this.deps.rulebookNumbers.get(rulebook.contentHash),
      `the number of rulebook ${rulebook.id}`,
    );
    const parties = await this.deps.issuers.getPartyIds(
      db,
      rows.map((row) => row.issuerId),
    );
    return new Map(
      rows.map((row) => {
        const issuerPartyId = must(parties.get(row.issuerId), `the party of ${row.issuerId}`);
        return [row.id, { ...row, operatorId, issuerPartyId, rulebook, rulebookNo }];
      }),
    );
  }
}
