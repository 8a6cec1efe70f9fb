import { must } from '../../src/kernel/assert';
import { ManualClock } from '../../src/kernel/clock';
import { idMaker, type Id, type NewId } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { Audit } from '../../src/platform/audit';
import { Session, type Db, type Scope, type Tx } from '../../src/platform/db';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import { CapsService } from '../../src/modules/caps';
import { OperatorDirectory, type Operator } from '../../src/modules/identity';
import { RenewalCaps } from '../../src/modules/loans/renewal-caps.service';
import { HoldingsService, holdingChecks } from '../../src/modules/holdings';
import { InvestorsForOrders } from '../../src/modules/investors';
import {
  LedgerService,
  credit,
  custodianAccount,
  debit,
  investorCashAccount,
  type AccountSpec,
} from '../../src/modules/ledger';
import { ledgerChecks } from '../../src/modules/ledger/integrity';
import {
  LoanListing,
  offeringChecks,
  OfferingBooks,
  OfferingLifecycle,
  OfferingService,
  OfferingViewing,
  type LoanClearance,
  type OfferingDeps,
  type OfferingIssuer,
  type OfferingTerms,
  type OfferingVersion,
} from '../../src/modules/offerings';
import type { Rulebooks } from '../../src/modules/rulebooks';
import {
  ensureRulebook,
  MandatedOrders,
  OrderDesk,
  QuoteService,
  StoredParticipants,
  SubscriptionService,
  type Subscription,
} from '../../src/modules/subscriptions';
import { ClosingService, type Issuance } from '../../src/modules/subscriptions/closing.service';
import { subscriptionChecks } from '../../src/modules/subscriptions/integrity';
import { PreviewService } from '../../src/modules/subscriptions/preview.service';
import { ReleaseService } from '../../src/modules/subscriptions/release.service';
import { calendars, rulebooks as allRulebooks } from './compliance';
import { someTerms } from './builders/offering-terms';
import { testDatabase, type TestDatabase } from './database';
import { ACKNOWLEDGED, inCurrency, REGIMES } from './offering-regimes';
import { insertInvestor, insertOperator } from './offering-rows';

export { EU_OPERATOR, IN_OPERATOR, US_OPERATOR } from './offering-regimes';

/** Who acts for the issuer of every offering. */
export const ISSUER_USER: Id<'usr'> = `usr_01${'6'.padStart(24, '0')}`;

export interface OfferingWorld {
  readonly test: TestDatabase;
  readonly clock: ManualClock;
  readonly newId: NewId;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly holdings: HoldingsService;
  readonly offerings: OfferingService;
  readonly lifecycle: OfferingLifecycle;
  readonly viewing: OfferingViewing;
  readonly listing: LoanListing;
  /** What credit decisions allow; loans rest on them. */
  readonly clearances: Map<Id<'cdn'>, LoanClearance>;
  readonly renewalCaps: RenewalCaps;
  readonly operators: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly books: OfferingBooks;
  readonly participants: StoredParticipants;
  /** Who is linked with a borrower, by the borrower's party. */
  readonly links: Map<Id<'pty'>, Set<Id<'pty'>>>;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly subscriptions: SubscriptionService;
  readonly mandatedOrders: MandatedOrders;
  readonly quotes: QuoteService;
  readonly releases: ReleaseService;
  readonly closings: ClosingService;
  readonly previews: PreviewService;
  /** What was issued by settlements that were committed or not. */
  readonly issuances: Issuance[];
  /** Set to make the next issuance fail, after everything else was done. */
  failIssuance: boolean;
  /** The issuer of every offering; change it to see what the guards say. */
  readonly issuer: OfferingIssuer;
  changeIssuer(changes: Partial<OfferingIssuer>): void;
  write<T>(work: (tx: Tx) => Promise<T>, by?: string): Promise<T>;
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  investor(cash: string, tier?: string): Promise<Id<'inv'>>;
  /** An offering at the end of its drafting: with the document the law demands. */
  draft(changes?: Partial<OfferingTerms>): Promise<Id<'off'>>;
  /** Submitted, approved and published; live unless the terms open later. */
  published(changes?: Partial<OfferingTerms>): Promise<Id<'off'>>;
  /** Acknowledges the documents of the version in force, or of the one that is given. */
  subscribe(
    investorId: Id<'inv'>,
    offeringId: Id<'off'>,
    amount: string,
    version?: OfferingVersion,
  ): Promise<Subscription>;
  close(offeringId: Id<'off'>): Promise<void>;
  balance(spec: AccountSpec): Promise<string>;
  /** Available, held: of an investor's cash. */
  cash(investorId: Id<'inv'>): Promise<readonly [available: string, held: string]>;
  /** Checks that found something. */
  broken(): Promise<readonly CheckResult[]>;
  end(): Promise<void>;
}

/**
 * Offerings of one line of business under one rulebook on a database of their own, on a clock that
 * stands still.
 */
export async function offeringWorld(
  rulebookId: keyof typeof REGIMES = 'us-reg-cf',
  line: 'equity' | 'lending' = 'equity',
): Promise<OfferingWorld> {
  const regime = REGIMES[rulebookId];
  const { operatorId, currency } = regime;
  const test = await testDatabase({ poolSize: 12 });
  const clock = new ManualClock('2025-03-03T15:00:00Z');
  let serial = 0n;
  const newId = idMaker(clock, () =>
    Buffer.from((serial += 1n).toString(16).padStart(20, '0'), 'hex'),
  );
  const scopeFor = (by: string): Scope => ({ operatorId, actor: { kind: 'user', id: by } });
  const write: OfferingWorld['write'] = (work, by = 'usr_operations') =>
    test.database.write(scopeFor(by), work);
  const read: OfferingWorld['read'] = (work) => test.database.read(scopeFor('usr_reader'), work);

  const rulebooks = allRulebooks();
  const rulebook = rulebooks.get(rulebookId);
  const rulebookNo = await write((tx) => ensureRulebook(tx, rulebook, clock.now()));
  const operators = new OperatorDirectory();
  const operator = { id: operatorId, rulebookId, line, status: 'live' } as Operator;
  const place = { timeZone: 'UTC', homeCurrency: currency, legalName: 'Test' };
  operators.replaceAll([{ ...operator, ...place, code: rulebookId }]);
  await insertOperator(test, { id: operatorId, rulebookId, currency, at: clock.now() });

  const ledger = new LedgerService({ clock });
  const caps = new CapsService();
  const audit = new Audit({ clock });
  const outbox = new Outbox({ clock });
  const books = new OfferingBooks();
  let issuer: OfferingIssuer = {
    id: newId('iss'),
    partyId: newId('pty'),
    legalName: 'Lantern Robotics, Inc.',
    status: 'active',
    isVerified: true,
    openDueDiligence: [],
    facts: { legalForm: 'company', sizeClass: 'small', isFirstRaise: true },
    financialStatements: 'audited',
  };
  const clearances = new Map<Id<'cdn'>, LoanClearance>();
  const renewalCaps = new RenewalCaps({ clock, audit, caps });
  const deps: OfferingDeps = {
    clock,
    clearances: { find: async (_, id) => clearances.get(id) },
    renewals: renewalCaps,
    newId,
    audit,
    outbox,
    operators,
    rulebooks,
    calendars: calendars(),
    caps,
    issuers: { get: async () => issuer },
  };
  const offerings = new OfferingService(deps);
  const lifecycle = new OfferingLifecycle(deps, offerings);
  const links = new Map<Id<'pty'>, Set<Id<'pty'>>>();
  const participants = new StoredParticipants({
    investors: new InvestorsForOrders(),
    offerings: books,
    issuers: { listForOrders: async (_, ids) => new Map(ids.map((id) => [id, issuer])) },
    holdings: { listHolderParties: (db, issuerId) => holdings.listHolderParties(db, issuerId) },
    linked: { of: async () => links },
    ledger,
    operators,
    rulebooks,
    rulebookNumbers: new Map([[rulebook.contentHash, rulebookNo]]),
  });
  const holdings = new HoldingsService({
    clock,
    newId,
    audit,
    outbox,
    parties: {
      listPartyIds: async (db, ids) => {
        const rows = await db.query<{ id: Id<'inv'>; party_id: Id<'pty'> }>(
          'SELECT i.id, i.party_id FROM investors i WHERE i.id = ANY (:ids)',
          { ids },
        );
        return new Map(rows.map((row) => [row.id, row.party_id]));
      },
      listNames: async () => new Map(),
      issuerName: async () => issuer.legalName,
      findInvestorOf: async () => undefined,
      actsFor: async () => false,
    },
  });
  const openSession = (): Session => new Session(test.database.options);
  const desk = new OrderDesk(
    { clock, openSession, participants, caps, ledger, offerings: books },
    { lanes: 1 },
  );
  const subscriptions = new SubscriptionService({
    clock,
    desk,
    caps,
    ledger,
    offerings: books,
    outbox,
    audit,
  });
  const releases = new ReleaseService({
    clock,
    ledger,
    caps,
    offerings,
    lifecycle,
    books,
    audit,
    outbox,
  });
  const issuances: Issuance[] = [];
  const world: OfferingWorld = {
    test,
    clock,
    newId,
    ledger,
    caps,
    holdings,
    offerings,
    lifecycle,
    listing: new LoanListing(deps, { offerings, lifecycle }),
    clearances,
    renewalCaps,
    viewing: new OfferingViewing({
      offerings,
      issuersOf: async (_, userId) => (userId === ISSUER_USER ? [issuer.id] : []),
    }),
    operators,
    rulebooks,
    books,
    participants,
    links,
    audit,
    outbox,
    subscriptions,
    mandatedOrders: new MandatedOrders({ desk, newId }),
    quotes: new QuoteService({ clock, participants, caps, ledger, books }),
    releases,
    closings: new ClosingService({
      clock,
      ledger,
      caps,
      offerings,
      lifecycle,
      books,
      audit,
      outbox,
      releases,
      issueShares: async (tx, issuance) => {
        await holdings.issueShares(tx, issuance);
        if (world.failIssuance) throw new Error('the register cannot be written');
        issuances.push(issuance);
      },
    }),
    previews: new PreviewService({ offerings }),
    issuances,
    failIssuance: false,
    get issuer() {
      return issuer;
    },
    changeIssuer: (changes) => {
      issuer = { ...issuer, ...changes };
    },
    write,
    read,
    investor: async (cash, tier = 'non-accredited') => {
      const id = newId('inv');
      const amount = Money.parse(cash, currency);
      await insertInvestor(test, {
        id,
        partyId: newId('pty'),
        tier,
        operatorId,
        currency,
        at: clock.now(),
      });
      await write(async (tx) => {
        const custodian = await ledger.ensureAccount(tx, custodianAccount(currency));
        const owner = await ledger.ensureAccount(tx, investorCashAccount(id, currency));
        await ledger.post(tx, [
          {
            kind: 'deposit',
            source: { type: 'opening-cash', id },
            description: 'Opening cash',
            occurredAt: clock.now(),
            postings: [debit(custodian, amount), credit(owner, amount)],
          },
        ]);
      });
      return id;
    },
    draft: (changes = {}) =>
      write(async (tx) => {
        const terms = inCurrency(someTerms(changes), currency);
        const { offering } = await offerings.create(tx, {
          issuerId: issuer.id,
          kind: 'equity',
          terms,
        });
        await offerings.addDocument(tx, offering.id, {
          kind: regime.document,
          title: 'The disclosure',
          mustAcknowledge: true,
          contentType: 'text/plain',
          content: Buffer.from(`Disclosure of ${offering.id}`),
        });
        return offering.id;
      }, 'usr_issuer'),
    published: async (changes) => {
      const id = await world.draft(changes);
      await write((tx) => offerings.submit(tx, id), 'usr_issuer');
      await write((tx) => offerings.approve(tx, id, 'Read and checked'), 'usr_compliance');
      await write((tx) => lifecycle.publish(tx, id));
      return id;
    },
    subscribe: async (investorId, offeringId, amount, known) => {
      const version = known ?? (await read((db) => offerings.get(db, offeringId))).version;
      serial += 1n;
      const key = `00000000-0000-4000-8000-${serial.toString().padStart(12, '0')}`;
      const { subscription } = await subscriptions.subscribe({
        operatorId,
        id: newId('sub'),
        investorId,
        offeringId,
        requested: Money.parse(amount, currency),
        documents: version.documents.map((document) => document.sha256),
        acknowledged: ACKNOWLEDGED,
        requestKey: key,
        requestHash: key,
        actorId: 'usr_investor',
      });
      return subscription;
    },
    close: async (offeringId) => {
      const book = must(await read((db) => offerings.findBook(db, offeringId)), 'the book');
      clock.moveTo(book.closesAt);
      await write((tx) => lifecycle.close(tx, offeringId));
    },
    balance: async (spec) => {
      const account = await read((db) => ledger.getAccount(db, spec));
      return account.balance.negated().toDecimalString();
    },
    cash: async (investorId) => {
      const account = await read((db) =>
        ledger.getAccount(db, investorCashAccount(investorId, currency)),
      );
      const natural = account.balance.negated();
      return [natural.minus(account.held).toDecimalString(), account.held.toDecimalString()];
    },
    broken: async () => {
      const checks = [...ledgerChecks, ...offeringChecks, ...subscriptionChecks, ...holdingChecks];
      const results = await runChecks(test.database, checks, [operatorId]);
      return results.filter((result) => result.count > 0n);
    },
    end: async () => {
      await desk.close();
      await test.close();
    },
  };
  return world;
}
