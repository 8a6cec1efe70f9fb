import { Money } from '../../kernel/money';
import type { Fee } from './terms';

/** The amounts a fee without a fixed one is a share of. */
export interface FeeBase {
  readonly principal: Money;
  /** Owed before the instalment; the principal where there is none yet. */
  readonly balance: Money;
}

/** All fees of one time, each rounded half to even to the minor unit. */
export function feesAt(fees: readonly Fee[], when: Fee['when'], base: FeeBase): Money {
  return Money.sum(
    fees.filter((fee) => fee.when === when).map((fee) => feeOn(fee, base)),
    base.principal.currency,
  );
}

function feeOn({ charge }: Fee, base: FeeBase): Money {
  if ('amount' in charge) return charge.amount;
  const on = charge.of === 'principal' ? base.principal : base.balance;
  return on.times(charge.share, 'half-even');
}
