import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import { interestOn, periodRate } from './accrual';
import { scheduleProblem } from './errors';
import { drawsIn, type Loan, type Repaid } from './loan';
import { ofMinorUnit, roundedTo } from './rounding';

const ZERO = rate('0');

/**
 * Interest on the original principal for the whole term, spread evenly: `L r t / n` beside `L / n`.
 * The last instalment takes the remainders of both.
 *
 * @throws Problem `schedules.terms-contradict` when the instalments are rounded so far up that the
 *   last would have less than no principal.
 */
export function flatRows(loan: Loan): readonly Repaid[] {
  const { opening, periods, path, rounding, currency } = loan;
  const minor = ofMinorUnit(currency);
  const years = periods.reduce((sum, period) => sum.plus(periodRate(period, path)), ZERO);
  const earned = roundedTo(opening.toDecimal().times(years), minor, loan.interestRounding);
  const interest = earned.plus(loan.accrued);
  const each = (amount: Money): Rate => amount.toDecimal().div(periods.length);
  const instalment = roundedTo(each(opening.plus(interest)), rounding.unit, rounding.mode);
  const part = roundedTo(each(opening), minor, 'half-even').atMost(instalment);
  let principalLeft = opening;
  let interestLeft = interest;
  return periods.map((period, place) => {
    const isLast = place === periods.length - 1;
    const share = instalment.minus(part).atMost(interestLeft);
    const row = isLast
      ? { principal: principalLeft, interest: interestLeft }
      : { principal: instalment.minus(share), interest: share };
    principalLeft = principalLeft.minus(row.principal);
    interestLeft = interestLeft.minus(row.interest);
    if (principalLeft.isNegative) throw tooCoarse(rounding.unit);
    const nothing = Money.zero(currency);
    const [drawn, capitalised, deferred] = [nothing, nothing, nothing];
    return { period, drawn, ...row, capitalised, balance: principalLeft, deferred };
  });
}

function tooCoarse(unit: Money): Error {
  return scheduleProblem('terms-contradict', {
    detail: `Rounded to ${unit}, the instalments before the last pay more than is owed.`,
  });
}

/**
 * One payment at maturity. Simple interest is the sum of `L r t` over the periods; compound
 * interest bears interest itself from the end of each period. It is rounded once.
 */
export function bulletRows(loan: Loan): readonly Repaid[] {
  const { periods, tranches, currency } = loan;
  const last = must(periods.at(-1), 'a period');
  const { from } = must(periods[0], 'a period');
  const nothing = Money.zero(currency);
  const drawn = Money.sum(
    tranches.filter(({ on }) => on >= from).map(({ amount }) => amount),
    currency,
  );
  return [
    {
      period: { ...last, no: 1, from },
      drawn,
      principal: loan.opening.plus(drawn),
      interest: bulletInterest(loan, last.to),
      capitalised: nothing,
      balance: nothing,
      deferred: nothing,
    },
  ];
}

/** What a loan of one payment has earned up to a day, rounded. */
export function bulletInterest(loan: Loan, until: CalendarDate): Money {
  const { path, repayment, currency } = loan;
  const isCompound = repayment.kind === 'bullet' && repayment.interest === 'compound';
  let principal = loan.opening.toDecimal();
  let accrued = ZERO;
  for (const period of loan.periods.filter(({ from }) => from < until)) {
    const draws = drawsIn(loan, period);
    const to = until < period.to ? until : period.to;
    const balance = isCompound ? principal.plus(accrued) : principal;
    accrued = accrued.plus(interestOn(period, path, { balance, draws, to }));
    principal = draws.reduce((sum, { amount }) => sum.plus(amount.toDecimal()), principal);
  }
  return roundedTo(accrued, ofMinorUnit(currency), loan.interestRounding).plus(loan.accrued);
}
