import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import { growth, interestOn, knownBefore, settled, type RatePath } from './accrual';
import { scheduleProblem } from './errors';
import type { Loan, PrincipalPlan, Standing } from './loan';
import type { Period } from './period';
import { roundedTo } from './rounding';
import type { Repayment } from './terms';

const ZERO = rate('0');
const ONE = rate('1');

/**
 * Instalments that are one base amount times a weight: all alike (annuity, balloon), in seasons, or
 * in steps. The base is such that the balance ends at zero, or at the residual: with periods of
 * equal rate i and weights 1 it is the annuity formula `L i / (1 - (1 + i)^-n)`, and for a residual
 * R the loan less `R (1 + i)^-n`; with other weights and rates it follows from the same recursion,
 * balance times growth less weight times base, which is linear in the base.
 *
 * A change of rate or a drawdown makes the base anew, from the balance as it then stands and the rate
 * then in force, since nobody knows the later ones yet. An agreed instalment stays as it is.
 */
export function levelPlan(loan: Loan): PrincipalPlan {
  const { repayment } = loan;
  const agreed = repayment.kind === 'annuity' ? repayment.instalment : undefined;
  const planned = levelInstalments(loan);
  return (standing) => {
    const instalment = agreed ?? planned(standing);
    requireInterestPaid(instalment, standing);
    return instalment.minus(standing.interest).atMost(standing.outstanding);
  };
}

function levelInstalments(loan: Loan): (standing: Standing) => Money {
  const { unit, mode } = loan.rounding;
  let base: Rate | undefined;
  let changes = 0;
  return (standing) => {
    const known = knownBefore(loan.path, standing.period.to);
    if (base === undefined || known.changes.length !== changes || standing.draws.length > 0) {
      base = levelBase(loan, standing, known);
      changes = known.changes.length;
    }
    return roundedTo(base.times(weightOf(loan.repayment, standing.period)), unit, mode);
  };
}

/** An instalment that does not even pay its interest would let the debt grow behind its back. */
export function requireInterestPaid(instalment: Money, { interest, period }: Standing): void {
  if (!instalment.isLessThan(interest)) return;
  throw scheduleProblem('instalment-below-interest', {
    detail: `Instalment ${period.no} of ${instalment} is less than its interest of ${interest}.`,
  });
}

/** Balance after each period as `fixed + perBase * base`, to the end. */
function levelBase(loan: Loan, standing: Standing, path: RatePath): Rate {
  const { place, period, before, outstanding, draws } = standing;
  const own = interestOn(period, path, { balance: before.toDecimal(), draws });
  const carried = place === 0 ? loan.accrued.toDecimal() : ZERO;
  let fixed = outstanding.toDecimal().plus(own).plus(carried);
  let perBase = weightOf(loan.repayment, period).negated();
  const later = settled(path);
  for (let next = place + 1; next < loan.periods.length; next += 1) {
    const ahead = must(loan.periods[next], 'a period');
    const treatment = loan.treatments[next];
    if (treatment !== 'paid' && treatment !== 'capitalised') continue;
    const factor = growth(ahead, later);
    const weight = treatment === 'paid' ? weightOf(loan.repayment, ahead) : ZERO;
    fixed = fixed.times(factor);
    perBase = perBase.times(factor).minus(weight);
  }
  const residual = loan.repayment.kind === 'balloon' ? loan.repayment.residual.toDecimal() : ZERO;
  return residual.minus(fixed).div(perBase);
}

/** Weights belong to the numbers that instalments were agreed under, not to what is left of them. */
function weightOf(repayment: Repayment, { no }: Period): Rate {
  if (repayment.kind === 'seasonal') {
    const { weights } = repayment;
    return rate(String(must(weights[(no - 1) % weights.length], 'a weight')));
  }
  if (repayment.kind !== 'step') return ONE;
  return repayment.steps.findLast(({ fromNo }) => fromNo <= no)?.factor ?? ONE;
}
