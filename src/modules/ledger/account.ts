import { assert } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';

/** The number of a ledger account: unique in the installation, never handled by people. */
export type AccountNo = bigint & { readonly __accountNo: true };

export type AccountClass = 'assets' | 'liabilities' | 'equity' | 'income' | 'expenses';

/** What an account is, as its path says. */
export interface AccountSpec {
  /** A path in the operator's books, such as `liabilities:investor:inv_01…:cash`. */
  readonly path: string;
  readonly currency: Currency;
  /** Money that belongs to clients and lies with the custodian, apart from the operator's own. */
  readonly isClientMoney: boolean;
  /** The least that must stay available, in minor units; undefined where it may go below zero. */
  readonly floorMinor: bigint | undefined;
}

export interface Account extends AccountSpec {
  readonly accountNo: AccountNo;
  /** Signed: debit positive, credit negative. */
  readonly balance: Money;
  readonly held: Money;
  readonly postingCount: bigint;
  readonly status: 'open' | 'frozen' | 'closed';
  readonly openedAt: Date;
}

const NORMAL_SIDES: Record<AccountClass, 1 | -1> = {
  assets: 1,
  expenses: 1,
  liabilities: -1,
  equity: -1,
  income: -1,
};

/** 1 where a debit increases the account, -1 where a credit does. */
export function normalSide(path: string): 1 | -1 {
  const accountClass = /^([a-z]+):/.exec(path)?.[1] ?? '';
  assert(Object.hasOwn(NORMAL_SIDES, accountClass), `${path} is in no class of accounts`);
  return NORMAL_SIDES[accountClass as AccountClass];
}

/** What the account holds in its own sense: positive for a client's cash, though it is a credit. */
export function naturalBalance(account: Account): Money {
  return normalSide(account.path) === 1 ? account.balance : account.balance.negated();
}

/** What may still be spent or held: the balance less holds. */
export function available(account: Account): Money {
  return naturalBalance(account).minus(account.held);
}
