import { Money } from '../../kernel/money';
import { FEE_KINDS, type FeeKind } from '../ledger';

/** What is sent of one kind of fee. */
export interface Sweep {
  readonly feeKind: FeeKind;
  readonly amount: Money;
}

/**
 * How much of each kind of fee is sent to the operator's own bank: what was earned and not sent
 * before, in the order of the chart of accounts, and never more in all than is the operator's own
 * with the custodian. That is less than the sum when fees were given back after they had been sent,
 * or the operator stands in for what an investor had spent.
 *
 * @param unswept by kind, earned less sent; negative where more was sent than is earned now.
 */
export function sweepsOf(unswept: ReadonlyMap<FeeKind, Money>, ownFunds: Money): readonly Sweep[] {
  const sweeps: Sweep[] = [];
  let left = ownFunds;
  for (const feeKind of FEE_KINDS) {
    const amount = (unswept.get(feeKind) ?? Money.zero(ownFunds.currency)).atMost(left);
    if (!amount.isPositive) continue;
    sweeps.push({ feeKind, amount });
    left = left.minus(amount);
  }
  return sweeps;
}
