import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { OperatorDirectory } from '../identity';
import {
  investorFacts,
  type InvestorRow,
  type InvestorsForOrders,
  type ProfileRef,
} from '../investors';
import type { IssuerForOrders } from '../issuers';
import { investorCashAccount, type AccountNo, type LedgerService } from '../ledger';
import type { OfferingBooks, OfferingForOrders, OfferingVersionRef } from '../offerings';
import type { Rulebook, Rulebooks } from '../rulebooks';
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
  readonly rulebookNo: number;
}

/** Who an order was from and what it was for, as they were when it was decided. */
export interface AsDecided {
  readonly investor: InvestorAtHand;
  readonly offering: OfferingAtHand;
}

/** Where the desk gets its facts from. An id that is missing does not exist for the operator. */
export interface Participants {
  /** Everything as it is now, in one set-based read of each table. */
  load(
    db: Db,
    investorIds: readonly Id<'inv'>[],
    offeringIds: readonly Id<'off'>[],
  ): Promise<AtHand>;
  /** The same as it was when decisions were taken, in their order. */
  loadDecidedOn(db: Db, decidedOn: readonly DecidedOn[]): Promise<readonly AsDecided[]>;
  /** Parties that hold, or have subscribed for, shares of the offering's issuer. */
  listHolders(db: Db, offering: OfferingAtHand): Promise<ReadonlySet<Id<'pty'>>>;
}

/**
 * Who is linked with whom: by device, account, telephone or address. Links are found above the
 * desk, so the app fills this.
 */
export interface LinkedParties {
  /** Of each of the parties the others it is linked with; nothing of one that stands alone. */
  of(
    db: Db,
    parties: readonly Id<'pty'>[],
  ): Promise<ReadonlyMap<Id<'pty'>, ReadonlySet<Id<'pty'>>>>;
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

  /** Of a loan never: links of its borrower have no version against which they are checked. */
  knows({ investorId, offeringId }: Order): boolean {
    const offering = this.offerings.get(offeringId);
    return offering !== undefined && offering.kind !== 'loan' && this.investors.has(investorId);
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
    listForOrders(
      db: Db,
      ids: readonly Id<'iss'>[],
    ): Promise<ReadonlyMap<Id<'iss'>, IssuerForOrders>>;
  };
  readonly holdings: {
    listHolderParties(db: Db, issuerId: Id<'iss'>): Promise<ReadonlySet<Id<'pty'>>>;
  };
  readonly linked: LinkedParties;
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
    const found = await this.offerings(
      db,
      offeringIds.length === 0 ? [] : await this.deps.offerings.listForOrders(db, offeringIds),
    );
    const offerings = await this.withLinks(db, found);
    const rows =
      investorIds.length === 0 ? [] : await this.deps.investors.listForOrders(db, investorIds);
    const currencies = new Set(offerings.map(({ terms }) => terms.currency));
    const investors = await this.investors(db, rows, [...currencies]);
    return {
      investors: new Map(investors.map((investor) => [investor.id, investor])),
      offerings: new Map(offerings.map((offering) => [offering.id, offering])),
    };
  }

  async loadDecidedOn(db: Db, decidedOn: readonly DecidedOn[]): Promise<readonly AsDecided[]> {
    if (decidedOn.length === 0) return [];
    const { investors, offerings } = this.deps;
    const profiles = new Map<string, ProfileRef>();
    const versions = new Map<string, OfferingVersionRef>();
    const rulebooks = new Map<number, Rulebook>();
    for (const {
      investorId,
      profileVersion,
      offeringId,
      offeringVersion,
      rulebookNo,
    } of decidedOn) {
      const profile = { id: investorId, version: profileVersion };
      const version = { id: offeringId, version: offeringVersion };
      profiles.set(refKey(profile), profile);
      versions.set(refKey(version), version);
      if (!rulebooks.has(rulebookNo)) rulebooks.set(rulebookNo, await this.kept(db, rulebookNo));
    }
    const offeringRows = await offerings.listVersionsForOrders(db, [...versions.values()]);
    const investorRows = await investors.listProfilesForOrders(db, [...profiles.values()]);
    const currencies = new Set(offeringRows.map(({ terms }) => terms.currency));
    const asInvestor = await this.investors(db, investorRows, [...currencies]);
    const asOffering = await this.offerings(db, offeringRows);
    const investorOf = new Map(
      asInvestor.map((one) => [refKey({ id: one.id, version: one.profileVersion }), one]),
    );
    const offeringOf = new Map(asOffering.map((one) => [refKey(one), one]));
    return decidedOn.map(
      ({ investorId, profileVersion, offeringId, offeringVersion, rulebookNo }) => {
        const investor = investorOf.get(refKey({ id: investorId, version: profileVersion }));
        const offering = offeringOf.get(refKey({ id: offeringId, version: offeringVersion }));
        const rulebook = must(rulebooks.get(rulebookNo), 'the rulebook');
        return {
          investor: must(investor, 'the decided profile'),
          offering: { ...must(offering, 'the decided version'), rulebook, rulebookNo },
        };
      },
    );
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
  ): Promise<readonly InvestorAtHand[]> {
    const specs = rows.flatMap((row) =>
      currencies.map((currency) => investorCashAccount(row.id, currency)),
    );
    const numbers = await this.deps.ledger.listAccountNumbers(db, specs);
    return rows.map((row) => {
      const cashAccounts = new Map<Currency, AccountNo>();
      for (const currency of currencies) {
        const number = numbers.get(`${investorCashAccount(row.id, currency).path} ${currency}`);
        if (number !== undefined) cashAccounts.set(currency, number);
      }
      const { id, partyId, status, profileVersion } = row;
      return { id, partyId, status, profileVersion, facts: investorFacts(row.facts), cashAccounts };
    });
  }

  private async offerings(
    db: Db,
    rows: readonly OfferingForOrders[],
  ): Promise<readonly OfferingAtHand[]> {
    if (rows.length === 0) return [];
    const operatorId = must(db.scope.operatorId, 'the operator');
    const { operators, rulebooks, issuers } = this.deps;
    const rulebook = rulebooks.get(operators.get(operatorId).rulebookId);
    const rulebookNo = must(
      this.deps.rulebookNumbers.get(rulebook.contentHash),
      `the number of rulebook ${rulebook.id}`,
    );
    const found = await issuers.listForOrders(
      db,
      rows.map((row) => row.issuerId),
    );
    return rows.map((row) => {
      const { partyId, facts } = must(found.get(row.issuerId), `the issuer ${row.issuerId}`);
      const issuer = { issuerPartyId: partyId, issuerFacts: facts, linkedParties: NOBODY };
      return { ...row, ...issuer, operatorId, rulebook, rulebookNo };
    });
  }

  /** With what is known now of the borrowers: a decision that was taken is not undone by it. */
  private async withLinks(
    db: Db,
    offerings: readonly OfferingAtHand[],
  ): Promise<readonly OfferingAtHand[]> {
    const borrowers = offerings.flatMap(({ kind, issuerPartyId }) =>
      kind === 'loan' ? [issuerPartyId] : [],
    );
    if (borrowers.length === 0) return offerings;
    const links = await this.deps.linked.of(db, [...new Set(borrowers)]);
    return offerings.map((offering) => {
      const linkedParties = links.get(offering.issuerPartyId);
      return linkedParties && offering.kind === 'loan' ? { ...offering, linkedParties } : offering;
    });
  }

  /** The rulebook of that number: as it is now, or as it was kept when it was different. */
  private async kept(db: Db, rulebookNo: number): Promise<Rulebook> {
    const { rulebooks, rulebookNumbers } = this.deps;
    const inUse = rulebooks
      .list()
      .find(({ contentHash }) => rulebookNumbers.get(contentHash) === rulebookNo);
    return inUse ?? store.getRulebook(db, rulebookNo);
  }
}

const NOBODY: ReadonlySet<Id<'pty'>> = new Set();

function refKey({ id, version }: { readonly id: string; readonly version: number }): string {
  return `${id} ${version}`;
}
