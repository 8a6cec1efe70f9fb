import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import { growth, interestOnDraws, knownBefore, type RatePath } from './accrual';
import { scheduleProblem } from './errors';
import type { Loan, PrincipalPlan, Standing } from './loan';
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
 * then in force, since nobody knows the later ones yet.
 */
export function levelPlan(loan: Loan): PrincipalPlan {
  let base: Rate | undefined;
  let changes = 0;
  return (standing) => {
    const weight = weightOf(loan.repayment, standing.place);
    if (weight.isZero() || isInterestOnly(loan, standing.place)) return Money.zero(loan.currency);
    const known = knownBefore(loan.path, standing.period.to);
    if (base === undefined || known.changes.length !== changes || standing.draws.length > 0) {
      base = levelBase(loan, standing, known);
      changes = known.changes.length;
    }
    const { unit, mode } = loan.rounding;
    const instalment = roundedTo(base.times(weight), unit, mode);
    requireInterestPaid(instalment, standing);
    return instalment.minus(standing.interest).atMost(standing.outstanding);
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
  let fixed = standing.before.toDecimal();
  let perBase = ZERO;
  for (const [offset, period] of loan.periods.slice(standing.place).entries()) {
    const place = standing.place + offset;
    const isFirst = offset === 0;
    const drawn = isFirst ? standing.outstanding.minus(standing.before).toDecimal() : ZERO;
    const weight = isInterestOnly(loan, place) ? ZERO : weightOf(loan.repayment, place);
    const grows = loan.treatments[place] === 'capitalised' || !weight.isZero();
    const factor = grows ? growth(period, path) : ONE;
    const onDraws = isFirst && grows ? interestOnDraws(period, path, standing.draws) : ZERO;
    fixed = fixed.times(factor).plus(drawn).plus(onDraws);
    perBase = perBase.times(factor).minus(weight);
  }
  const residual = loan.repayment.kind === 'balloon' ? loan.repayment.residual.toDecimal() : ZERO;
  return residual.minus(fixed).div(perBase);
}

function isInterestOnly(loan: Loan, place: number): boolean {
  return place < loan.graceInstalments || loan.treatments[place] !== 'paid';
}

function weightOf(repayment: Repayment, place: number): Rate {
  if (repayment.kind === 'seasonal') {
    const { weights } = repayment;
    return rate(String(must(weights[place % weights.length], 'a weight')));
  }
  if (repayment.kind !== 'step') return ONE;
  return repayment.steps.findLast(({ fromNo }) => fromNo <= place + 1)?.factor ?? ONE;
}
