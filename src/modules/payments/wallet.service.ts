import { Money } from '../../kernel/money';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { available, investorCashAccount, naturalBalance, type LedgerService } from '../ledger';
import { sumPendingDeposits } from './deposit.store';
import { sumPendingWithdrawals } from './withdrawal.store';

/** An investor's cash in one currency. */
export interface Wallet {
  readonly balance: Money;
  /** What may be subscribed or withdrawn: the balance less what is reserved. */
  readonly available: Money;
  readonly reserved: Money;
  readonly pendingDeposits: Money;
  /** Part of what is reserved. */
  readonly pendingWithdrawals: Money;
}

export interface WalletDeps {
  readonly ledger: LedgerService;
  readonly operators: Pick<OperatorDirectory, 'get'>;
}

export class WalletService {
  constructor(private readonly deps: WalletDeps) {}

  /** The investor's wallets: one, in the operator's currency. */
  async list(db: Db, investorId: Id<'inv'>): Promise<readonly Wallet[]> {
    const { ledger, operators } = this.deps;
    const { homeCurrency } = operators.get(operatorIdOf(db));
    const account = await ledger.findAccount(db, investorCashAccount(investorId, homeCurrency));
    const deposits = await sumPendingDeposits(db, investorId);
    const withdrawals = await sumPendingWithdrawals(db, investorId);
    const zero = Money.zero(homeCurrency);
    return [
      {
        balance: account ? naturalBalance(account) : zero,
        available: account ? available(account) : zero,
        reserved: account?.held ?? zero,
        pendingDeposits: Money.ofMinor(deposits.get(homeCurrency) ?? 0n, homeCurrency),
        pendingWithdrawals: Money.ofMinor(withdrawals.get(homeCurrency) ?? 0n, homeCurrency),
      },
    ];
  }
}
