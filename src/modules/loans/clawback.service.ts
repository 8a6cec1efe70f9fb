import type { Clock } from '../../kernel/clock';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import {
  credit,
  debit,
  listClawbacks,
  type AccountNo,
  type EntryDraft,
  type LedgerService,
} from '../ledger';

export interface ClawbackDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly ledger: LedgerService;
}

/**
 * What investors owe the operator after a distribution was taken back that they had spent: their
 * next cash repays it, whatever it comes from.
 */
export class ClawbackService {
  constructor(private readonly deps: ClawbackDeps) {}

  /** Takes what there is of what is owed. @returns from how many investors. */
  async collect(tx: Tx): Promise<number> {
    const { clock, audit, ledger } = this.deps;
    const debts = await listClawbacks(tx);
    const available = await ledger.lockAvailable(
      tx,
      debts.map(({ cash }) => cash),
    );
    const drafts = debts.flatMap((debt): readonly EntryDraft[] => {
      const amount = debt.owed.atMost(moneyOn(debt.cash, available, debt.owed));
      if (!amount.isPositive) return [];
      return [
        {
          kind: 'clawback-repaid',
          // Every movement of the debt is counted: the next repayment has another number.
          source: { type: 'clawback-repaid', id: `${debt.investorId}/${debt.postingCount}` },
          description: 'Repaid from the cash of an investor',
          occurredAt: clock.now(),
          postings: [debit(debt.cash, amount), credit(debt.clawback, amount)],
        },
      ];
    });
    await ledger.post(tx, drafts);
    for (const { source } of drafts) {
      await audit.record(tx, { action: 'loans.clawback-repaid', subject: source.id });
    }
    return drafts.length;
  }
}

function moneyOn(
  account: AccountNo,
  available: ReadonlyMap<AccountNo, bigint>,
  { currency }: Money,
): Money {
  return Money.ofMinor(available.get(account) ?? 0n, currency).atLeast(Money.zero(currency));
}
