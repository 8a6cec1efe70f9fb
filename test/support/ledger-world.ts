import { must } from '../../src/kernel/assert';
import { ManualClock } from '../../src/kernel/clock';
import type { Currency } from '../../src/kernel/currency';
import { idMaker, type Id, type NewId } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import {
  LedgerService,
  credit,
  custodianAccount,
  debit,
  investorCashAccount,
  type Account,
  type AccountNo,
  type AccountSpec,
  type EntryDraft,
  type EntryNo,
} from '../../src/modules/ledger';
import { ledgerChecks } from '../../src/modules/ledger/integrity';
import { testDatabase, type TestDatabase } from './database';

export const OPERATOR = 1;
export const OTHER_OPERATOR = 2;

/** A ledger on a database of its own, with money to move. Deterministic: clock and ids count. */
export interface LedgerWorld {
  readonly test: TestDatabase;
  readonly clock: ManualClock;
  readonly newId: NewId;
  readonly ledger: LedgerService;
  read<T>(work: (db: Db) => Promise<T>, operatorId?: number): Promise<T>;
  write<T>(work: (tx: Tx) => Promise<T>, operatorId?: number): Promise<T>;
  /** A new investor with that much cash, paid in through the custodian. */
  investor(cash: Money, operatorId?: number): Promise<Id<'inv'>>;
  cashAccount(investorId: Id<'inv'>, currency: Currency): Promise<Account>;
  deposit(tx: Tx, investorId: Id<'inv'>, cash: Money): Promise<EntryNo>;
  transfer(request: TransferRequest): Promise<EntryNo>;
  account(spec: AccountSpec): Promise<Account>;
  /** Runs the ledger's checks; gives those that found something. */
  broken(operatorIds?: readonly number[]): Promise<readonly CheckResult[]>;
  close(): Promise<void>;
}

export interface TransferRequest {
  readonly from: AccountNo;
  readonly to: AccountNo;
  readonly amount: Money;
  readonly id: string;
}

export function scopeOf(operatorId: number | undefined): Scope {
  return { operatorId, actor: { kind: 'system', id: 'test' } };
}

export const eur = (amount: string): Money => Money.parse(amount, 'EUR');

/** Moves money from one client account to another: both are liabilities. */
export function transferDraft({ from, to, amount, id }: TransferRequest, at: Date): EntryDraft {
  return {
    kind: 'transfer',
    source: { type: 'transfer', id },
    description: `transfer ${id}`,
    occurredAt: at,
    postings: [debit(from, amount), credit(to, amount)],
  };
}

export async function ledgerWorld(options: { poolSize?: number } = {}): Promise<LedgerWorld> {
  const test = await testDatabase(options);
  const clock = new ManualClock('2025-03-10T09:00:00Z');
  let counter = 0;
  const newId = idMaker(clock, () => {
    counter += 1;
    return Buffer.from(counter.toString(16).padStart(20, '0'), 'hex');
  });
  const ledger = new LedgerService({ clock });
  const world: LedgerWorld = {
    test,
    clock,
    newId,
    ledger,
    read: (work, operatorId = OPERATOR) => test.database.read(scopeOf(operatorId), work),
    write: (work, operatorId = OPERATOR) => test.database.write(scopeOf(operatorId), work),
    investor: (cash, operatorId = OPERATOR) =>
      world.write(async (tx) => {
        const investorId = newId('inv');
        if (cash.isPositive) await world.deposit(tx, investorId, cash);
        else await ledger.ensureAccount(tx, investorCashAccount(investorId, cash.currency));
        return investorId;
      }, operatorId),
    cashAccount: (investorId, currency) => world.account(investorCashAccount(investorId, currency)),
    deposit: async (tx, investorId, cash) => {
      const custodian = await ledger.ensureAccount(tx, custodianAccount(cash.currency));
      const account = await ledger.ensureAccount(
        tx,
        investorCashAccount(investorId, cash.currency),
      );
      const depositId = newId('dep');
      const [entryNo] = await ledger.post(tx, [
        {
          kind: 'deposit',
          source: { type: 'deposit', id: depositId },
          description: `deposit ${depositId}`,
          occurredAt: clock.now(),
          postings: [debit(custodian, cash), credit(account, cash)],
        },
      ]);
      return must(entryNo, 'the deposit');
    },
    transfer: (request) =>
      world.write(async (tx) => {
        const [entryNo] = await ledger.post(tx, [transferDraft(request, clock.now())]);
        return must(entryNo, 'the transfer');
      }),
    account: (spec) => world.read((db) => ledger.getAccount(db, spec)),
    broken: async (operatorIds = [OPERATOR, OTHER_OPERATOR]) => {
      const results = await runChecks(test.database, ledgerChecks, operatorIds);
      return results.filter(({ count }) => count > 0n);
    },
    close: () => test.close(),
  };
  return world;
}
