import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { cashOf, type CashStanding } from '../ledger';
import { sumPendingDeposits } from './deposit.store';
import { sumPendingWithdrawals } from './withdrawal.store';

/** An investor's cash in one currency, and what is on its way. */
export interface InvestorCash extends CashStanding {
  readonly pendingDeposits: Money;
  /** Part of what is reserved. */
  readonly pendingWithdrawals: Money;
}

export interface CashDeps {
  readonly operators: Pick<OperatorDirectory, 'get'>;
}

export class CashService {
  constructor(private readonly deps: CashDeps) {}

  /** The investor's cash: in one currency, the operator's. */
  async list(db: Db, investorId: Id<'inv'>): Promise<readonly InvestorCash[]> {
    const { homeCurrency } = this.deps.operators.get(operatorIdOf(db));
    const standing = await cashOf(db, investorId, homeCurrency);
    const deposits = await sumPendingDeposits(db, investorId);
    const withdrawals = await sumPendingWithdrawals(db, investorId);
    return [
      {
        ...standing,
        pendingDeposits: Money.ofMinor(deposits.get(homeCurrency) ?? 0n, homeCurrency),
        pendingWithdrawals: Money.ofMinor(withdrawals.get(homeCurrency) ?? 0n, homeCurrency),
      },
    ];
  }
}
