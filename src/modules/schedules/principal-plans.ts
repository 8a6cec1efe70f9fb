import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { scheduleProblem } from './errors';
import { requireInterestPaid } from './level';
import type { Loan, PrincipalPlan } from './loan';
import { roundedTo } from './rounding';
import type { Repayment } from './terms';

/**
 * Equal parts of principal: what is owed by the instalments left, rounded as agreed, made anew when
 * more is paid out; or parts as agreed. Interest comes on top.
 */
export function equalPrincipalPlan(
  loan: Loan,
  { part: agreed }: Extract<Repayment, { readonly kind: 'equal-principal' }>,
): PrincipalPlan {
  let part = agreed;
  return ({ place, outstanding, draws }) => {
    if (part === undefined || (agreed === undefined && draws.length > 0)) {
      const { unit, mode } = loan.rounding;
      const left = loan.periods.length - place;
      part = roundedTo(outstanding.toDecimal().div(left), unit, mode);
    }
    return part.atMost(outstanding);
  };
}

/** Nothing until the last instalment, which takes all. */
export function interestOnlyPlan({ currency }: Loan): PrincipalPlan {
  return () => Money.zero(currency);
}

/**
 * Amounts as agreed, of principal or of whole instalments.
 *
 * @throws Problem `schedules.terms-contradict` when an instalment repays more than is owed,
 *   `schedules.instalment-below-interest`.
 */
export function irregularPlan(
  agreed: Extract<Repayment, { readonly kind: 'irregular' }>,
): PrincipalPlan {
  return (standing) => {
    const { amount } = must(agreed.instalments[standing.period.no - 1], 'an agreed instalment');
    if (agreed.amounts === 'total') requireInterestPaid(amount, standing);
    const principal = agreed.amounts === 'total' ? amount.minus(standing.interest) : amount;
    if (!principal.isMoreThan(standing.outstanding)) return principal;
    throw scheduleProblem('terms-contradict', {
      detail: `Instalment ${standing.period.no} repays ${principal} of ${standing.outstanding}.`,
    });
  };
}
