import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { walletOf, type Wallet as LedgerWallet } from '../ledger';
import { sumPendingDeposits } from './deposit.store';
import { sumPendingWithdrawals } from './withdrawal.store';

/** An investor's cash in one currency, and what is on its way. */
export interface Wallet extends LedgerWallet {
  readonly pendingDeposits: Money;
  /** Part of what is reserved. */
  readonly pendingWithdrawals: Money;
}

export interface WalletDeps {
  readonly operators: Pick<OperatorDirectory, 'get'>;
}

export class WalletService {
  constructor(private readonly deps: WalletDeps) {}

  /** The investor's wallets: one, in the operator's currency. */
  async list(db: Db, investorId: Id<'inv'>): Promise<readonly Wallet[]> {
    const { homeCurrency } = this.deps.operators.get(operatorIdOf(db));
    const wallet = await walletOf(db, investorId, homeCurrency);
    const deposits = await sumPendingDeposits(db, investorId);
    const withdrawals = await sumPendingWithdrawals(db, investorId);
    return [
      {
        ...wallet,
        pendingDeposits: Money.ofMinor(deposits.get(homeCurrency) ?? 0n, homeCurrency),
        pendingWithdrawals: Money.ofMinor(withdrawals.get(homeCurrency) ?? 0n, homeCurrency),
      },
    ];
  }
}
