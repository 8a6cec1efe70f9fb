import { Money } from '../src/kernel/money';
import type { Actor, Db, Scope, Tx } from '../src/platform/db';
import type { Id } from '../src/kernel/id';
import type { Operator } from '../src/modules/identity';
import type { Means } from '../src/modules/rulebooks';
import { sandboxEmail } from '../src/app/personas';
import type { Land } from './cast';
import { SYSTEM, type Stage } from './stage';
import { iban } from './synthetic-numbers';

/** Who does something: a log-in, or nobody where the machine does it. */
export type By = { readonly userId: Id<'usr'> } | undefined;

/** One operator, and how to act within it. */
export class Office {
  private accounts = 0;

  constructor(
    readonly stage: Stage,
    readonly operator: Operator,
  ) {}

  get land(): Land {
    return LAND_OF[this.operator.homeCurrency] ?? 'EU';
  }

  scope(by?: By): Scope {
    const actor: Actor = by ? { kind: 'user', id: by.userId } : SYSTEM;
    return { operatorId: this.operator.id, actor };
  }

  read<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.stage.read(this.scope(), work);
  }

  write<T>(by: By, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.stage.write(this.scope(by), work);
  }

  /** `1250.00` in the operator's currency. */
  money(amount: string): Money {
    return Money.parse(amount, this.operator.homeCurrency);
  }

  address(mailbox: string): string {
    return sandboxEmail({ operator: this.operator.code, mailbox });
  }

  /** The next account number; none of them exists at any bank. */
  accountNumber(): string {
    this.accounts += 1;
    const serial = this.operator.id * 100_000 + this.accounts * 100;
    return this.land === 'EU' ? iban(serial) : `ACCT${serial}`;
  }

  /** Means of somebody who can afford a few tickets a year. */
  usualMeans(): Means {
    const { cast } = this.stage;
    const thousands = (least: number, most: number): Money =>
      this.money(`${cast.between(least, most)}000.00`);
    return {
      annualIncome: thousands(38, 140),
      netWorth: thousands(25, 420),
      liquidAssets: thousands(15, 90),
      annualCommitments: thousands(8, 30),
    };
  }
}

const LAND_OF: Readonly<Record<string, Land>> = { USD: 'US', EUR: 'EU', CNY: 'CN', INR: 'IN' };
