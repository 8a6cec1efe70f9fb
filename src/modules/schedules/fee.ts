import { Money } from '../../kernel/money';
import type { Fee, ScheduleTerms } from './terms';

/**
 * All fees of one time, each rounded as interest is.
 *
 * @param balance owed before the instalment; the principal where there is none yet.
 */
export function feesAt(
  { fees = [], principal, interestRounding = 'half-even' }: ScheduleTerms,
  when: Fee['when'],
  balance = principal,
): Money {
  const feeOn = ({ charge }: Fee): Money => {
    if ('amount' in charge) return charge.amount;
    const base = charge.of === 'principal' ? principal : balance;
    return base.times(charge.share, interestRounding);
  };
  const due = fees.filter((fee) => fee.when === when);
  return Money.sum(due.map(feeOn), principal.currency);
}
