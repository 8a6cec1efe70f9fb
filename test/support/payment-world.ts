import type { CalendarDate } from '../../src/kernel/calendar-date';
import { ManualClock } from '../../src/kernel/clock';
import { idMaker, type Id, type NewId } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { Problem } from '../../src/kernel/problem';
import { Audit } from '../../src/platform/audit';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { BlindIndex, FieldCipher } from '../../src/platform/field-cipher';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import type { Operator } from '../../src/modules/identity';
import { ledgerChecks, LedgerService } from '../../src/modules/ledger';
import {
  BankAccountService,
  BankAccountStore,
  CollectionService,
  DebitRunner,
  DepositService,
  OperatorFunds,
  PaymentDispatcher,
  paymentChecks,
  ReferenceService,
  ReturnService,
  SandboxCustodian,
  TransferService,
  TransferStore,
  CashService,
  WithdrawalService,
  type Custodian,
  type Deposit,
  type PartyFile,
  type PartyFiles,
  type ReturnedCollection,
  type ReturnHandler,
  type Transfer,
} from '../../src/modules/payments';
import { testDatabase, type TestDatabase } from './database';

export const OPERATOR = 1;

export const eur = (amount: string): Money => Money.parse(amount, 'EUR');

export const GOOD_IBAN = 'DE89370400440532013000';

/** Files of parties, as the modules that keep them would answer. */
export class KnownParties implements PartyFiles<Db> {
  private readonly investors = new Map<Id<'inv'>, PartyFile>();
  private readonly issuers = new Map<Id<'iss'>, PartyFile>();
  /** Which file a log-in acts for. */
  readonly investorsByUser = new Map<Id<'usr'>, Id<'inv'>>();
  readonly issuersByUser = new Map<Id<'usr'>, Id<'iss'>>();

  constructor(private readonly newId: NewId) {}

  addInvestor(file: Partial<PartyFile> = {}): Id<'inv'> {
    const id = this.newId('inv');
    this.investors.set(id, this.file(file));
    return id;
  }

  addIssuer(file: Partial<PartyFile> = {}): Id<'iss'> {
    const id = this.newId('iss');
    this.issuers.set(id, this.file(file));
    return id;
  }

  partyOf(id: Id<'inv'>): Id<'pty'> {
    return this.found(this.investors, id).partyId;
  }

  async getInvestor(_db: Db, id: Id<'inv'>): Promise<PartyFile> {
    return this.found(this.investors, id);
  }

  async getIssuer(_db: Db, id: Id<'iss'>): Promise<PartyFile> {
    return this.found(this.issuers, id);
  }

  async findInvestorOf(_db: Db, userId: Id<'usr'>): Promise<Id<'inv'> | undefined> {
    return this.investorsByUser.get(userId);
  }

  async findIssuerOf(_db: Db, userId: Id<'usr'>): Promise<Id<'iss'> | undefined> {
    return this.issuersByUser.get(userId);
  }

  private file(file: Partial<PartyFile>): PartyFile {
    return {
      partyId: this.newId('pty'),
      name: 'Ada Example',
      isActive: true,
      isVerified: true,
      ...file,
    };
  }

  private found<K>(files: ReadonlyMap<K, PartyFile>, id: K): PartyFile {
    const file = files.get(id);
    if (!file)
      throw new Problem('investors.not-found', {
        kind: 'not-found',
        title: 'There is no such file',
      });
    return file;
  }
}

export type PaymentWorld = Awaited<ReturnType<typeof paymentWorld>>;

/** Payments on a database of their own, with a bank that follows its printed rules. */
export async function paymentWorld(start = '2025-03-10T09:00:00Z') {
  const test: TestDatabase = await testDatabase({ poolSize: 12 });
  const clock = new ManualClock(start);
  let counter = 0;
  const newId = idMaker(clock, () => {
    counter += 1;
    return Buffer.from((counter * 65_536).toString(16).padStart(20, '0'), 'hex');
  });
  const files = new KnownParties(newId);
  const services = buildServices({ test, clock, newId, files });
  const { deposits, withdrawals, bankAccounts, sandbox } = services;

  const world = {
    ...services,
    test,
    clock,
    newId,
    files,
    read: <T>(work: (db: Db) => Promise<T>) => test.database.read(scopeOf('test'), work),
    write: <T>(work: (tx: Tx) => Promise<T>, by = 'test') => test.database.write(scopeOf(by), work),
    dispatcher: (custodian: Custodian = sandbox) =>
      new PaymentDispatcher({
        ...services,
        transactions: test.database,
        custodian,
        debits: new DebitRunner({ ...services, transactions: test.database, custodian }),
      }),
    /** Lets that much time pass, then runs the job. */
    later: async (milliseconds: number) => {
      clock.advance(milliseconds);
      await world.dispatcher().run(OPERATOR);
    },
    investor: async (cash?: Money): Promise<Id<'inv'>> => {
      const investorId = files.addInvestor();
      if (cash) await world.fund(investorId, cash);
      return investorId;
    },
    fund: async (investorId: Id<'inv'>, amount: Money): Promise<Deposit> => {
      const { id } = await world.write((tx) =>
        deposits.request(tx, { investorId, amount, method: 'direct-debit' }),
      );
      await world.later(0);
      await world.later(2 * 3_600_000);
      return world.read((db) => deposits.get(db, id));
    },
    bankAccount: async (investorId: Id<'inv'>, account = GOOD_IBAN): Promise<Id<'bac'>> => {
      const { partyId, name } = await world.read((db) => files.getInvestor(db, investorId));
      const order = { partyId, holder: name, scheme: 'iban', account } as const;
      const { id } = await world.write((tx) => bankAccounts.register(tx, order));
      await world.later(0);
      return id;
    },
    cashOf: async (investorId: Id<'inv'>) => {
      const [cash] = await world.read((db) => services.cash.list(db, investorId));
      if (!cash) throw new Error('an operator without a currency');
      return cash;
    },
    withdraw: (investorId: Id<'inv'>, amount: Money, bankAccountId: Id<'bac'>) =>
      world.write((tx) => withdrawals.request(tx, { investorId, amount, bankAccountId })),
    broken: async (): Promise<readonly CheckResult[]> => {
      const checks = [...ledgerChecks, ...paymentChecks];
      const results = await runChecks(test.database, checks, [OPERATOR]);
      return results.filter(({ count }) => count > 0n);
    },
    close: () => test.close(),
  };
  return world;
}

function buildServices(base: {
  readonly test: TestDatabase;
  readonly clock: ManualClock;
  readonly newId: NewId;
  readonly files: KnownParties;
}) {
  const { test, clock, newId, files } = base;
  const audit = new Audit({ clock });
  const outbox = new Outbox({ clock });
  const ledger = new LedgerService({ clock });
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const accountStore = new BankAccountStore(cipher, new BlindIndex(Buffer.alloc(32, 9)));
  const operators = {
    get: () => ({ id: OPERATOR, homeCurrency: 'EUR', timeZone: 'Europe/Berlin' }) as Operator,
  };
  const shared = { clock, newId, audit, outbox, ledger, operators, files };
  const deposits = new DepositService(shared);
  const references = new ReferenceService({ ...shared, bankAccounts: accountStore });
  const funds = new OperatorFunds({ ledger });
  const unwinding = new Unwinding();
  return {
    ledger,
    deposits,
    references,
    funds,
    unwinding,
    collections: new CollectionService(shared),
    returns: new ReturnService({ ...shared, funds, handler: unwinding }),
    withdrawals: new WithdrawalService({
      ...shared,
      bankAccounts: accountStore,
      references,
      funds,
    }),
    transfers: new TransferService({
      ...shared,
      deposits,
      references,
      store: new TransferStore(cipher),
    }),
    bankAccounts: new BankAccountService({ ...shared, store: accountStore }),
    cash: new CashService({ operators }),
    sandbox: new SandboxCustodian({ transactions: test.database, clock, newId }),
  };
}

/** Whoever passed money on, as a module above payments would: brings it back as a test says. */
export class Unwinding implements ReturnHandler<Tx> {
  readonly told: ReturnedCollection[] = [];
  bringBackBy: (tx: Tx, returned: ReturnedCollection) => Promise<void> = async () =>
    Promise.resolve();

  async bringBack(tx: Tx, returned: ReturnedCollection): Promise<void> {
    this.told.push(returned);
    await this.bringBackBy(tx, returned);
  }
}

export function scopeOf(by: string): Scope {
  return { operatorId: OPERATOR, actor: { kind: by === 'test' ? 'system' : 'user', id: by } };
}

/** A loan with its standing reference, and a debit mandate on an account of that number when named. */
export async function payerOfLoan(
  world: PaymentWorld,
  options: { readonly mandate?: string } = {},
) {
  const issuerId = world.files.addIssuer();
  const { partyId, name: holder } = await world.read((db) => world.files.getIssuer(db, issuerId));
  const loanId = world.newId('lon');
  const owner = { kind: 'loan', id: loanId } as const;
  const { reference } = await world.write((tx) =>
    world.references.open(tx, { owner, partyId, currency: 'EUR' }),
  );
  const account = { partyId, holder, scheme: 'account-reference' } as const;
  const { id: bankAccountId } = await world.write((tx) =>
    world.bankAccounts.register(tx, { ...account, account: options.mandate ?? 'BANK00' }),
  );
  await world.later(0);
  if (options.mandate !== undefined) {
    await world.write((tx) => world.references.giveDebitMandate(tx, { reference, bankAccountId }));
  }
  return { loanId, owner, reference, issuerId, partyId, bankAccountId };
}

export interface InstalmentToCollect {
  readonly loanId: Id<'lon'>;
  readonly dueOn: CalendarDate;
  readonly amount: Money;
  readonly no?: number;
}

export async function requestInstalments(
  world: PaymentWorld,
  instalments: readonly InstalmentToCollect[],
) {
  const orders = instalments.map(({ loanId, dueOn, amount, no }) => ({
    owner: { kind: 'loan', id: loanId } as const,
    amount,
    dueOn,
    source: `instalment:${loanId}:${dueOn}${no === undefined ? '' : `/${no}`}`,
  }));
  return world.write((tx) => world.collections.request(tx, orders));
}

export async function collectionsOf(world: PaymentWorld, loanId: Id<'lon'>) {
  const newest = await world.read((db) =>
    world.collections.list(db, { ownerId: loanId, limit: 100 }),
  );
  return newest.toReversed();
}

/** What was announced of a loan's money, in order. */
export async function collectionEvents(world: PaymentWorld, loanId: Id<'lon'>) {
  return world.test.owner.read(scopeOf('test'), (db) =>
    db.query<{ type: string; payload: Record<string, unknown> }>(
      `SELECT type, payload FROM platform_outbox_events WHERE subject = :loanId ORDER BY event_no`,
      { loanId },
    ),
  );
}

export async function lastTransfer(world: PaymentWorld): Promise<Transfer> {
  const [transfer] = await world.read((db) => world.transfers.list(db, { limit: 1 }));
  if (!transfer) throw new Error('no transfer has arrived');
  return transfer;
}
