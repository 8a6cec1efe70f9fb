import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { scheduleProblem } from './errors';
import { periodsFrom, type Period } from './period';
import { loanOf, plannedFor, treatmentIn, type Instalment, type Schedule } from './schedule';
import type { Grace, Repayment, ScheduleTerms } from './terms';

/** What changes in a loan that is being repaid. */
export interface RecastRequest {
  /** The terms that were agreed at first; dates, rates and day count stay as they are there. */
  readonly terms: ScheduleTerms;
  /** The schedule now in force: the first one, or what an earlier recast made of it. */
  readonly schedule: Pick<Schedule, 'instalments'>;
  /** The day from which interest runs on the balance; instalments due later are made anew. */
  readonly on: CalendarDate;
  /** Principal owed from that day: after a partial prepayment, with arrears that joined it. */
  readonly balance: Money;
  /** Interest earned before that day and still owed: due with the next, and bearing none itself. */
  readonly accrued?: Money | undefined;
  /**
   * The last due date, with instalments made to fit; the instalment, with as many as it takes, the
   * last of them smaller; or so many instalments from now.
   */
  readonly keep: 'term' | 'instalment' | { readonly instalments: number };
  /** The next so many instalments are not paid, or without principal. */
  readonly holiday?: Grace | undefined;
}

/** The instalments that take the place of those due after a day. */
export interface Recast extends Pick<Schedule, 'opening' | 'instalments' | 'totals'> {
  readonly accrued: Money;
}

/**
 * The rest of a loan anew, from a day on: for a partial prepayment, a payment holiday, re-ageing, a
 * longer term. Instalments keep their numbers and their due dates; where there are more than were
 * agreed, they go on regularly after the last. Seasons and steps go on as they were agreed by
 * number, and drawdowns still to come are made.
 *
 * Source: the formulas of `buildSchedule`, with the balance for the principal.
 *
 * @throws Problem `schedules.terms-contradict`, `schedules.instalment-below-interest`,
 *   `money.mixed-currencies`, `calendar.uncovered-year`.
 */
export function recast(request: RecastRequest): Recast {
  const { terms, balance, on, keep } = request;
  const { kind } = terms.repayment;
  if (!balance.isPositive) throw contradiction('There is a balance to be repaid.');
  if (kind === 'irregular') throw contradiction('Instalments agreed one by one stay as they are.');
  if (request.holiday !== undefined && (kind === 'flat' || kind === 'bullet')) {
    throw contradiction(`A loan of kind ${kind} knows no holiday.`);
  }
  if (keep === 'instalment') return withInstalmentKept(request);
  const repayment = withoutAgreed(terms.repayment);
  if (keep !== 'term') {
    return planned(request, repayment, firstPeriods(request, keep.instalments));
  }
  const last = must(request.schedule.instalments.at(-1), 'an instalment').no;
  return planned(request, repayment, periodsFrom(terms, on, kind === 'bullet' ? undefined : last));
}

/** As many instalments as it takes: looked for among those left, then twice as many, and so on. */
function withInstalmentKept(request: RecastRequest): Recast {
  const repayment = keptInstalment(request);
  const left = request.schedule.instalments.filter(({ dueOn }) => dueOn > request.on).length;
  const rest = request.holiday?.instalments ?? 0;
  for (let count = left + rest + 1; ; count *= 2) {
    const { instalments } = planned(request, repayment, firstPeriods(request, count));
    if (instalments.length < count) {
      return planned(request, repayment, firstPeriods(request, instalments.length));
    }
  }
}

/** The next so many periods, beyond the agreed ones where those are not enough. */
function firstPeriods({ terms, schedule, on }: RecastRequest, count: number): readonly Period[] {
  if (terms.repayment.kind === 'bullet') {
    throw contradiction('A loan of one payment has no number of instalments.');
  }
  const [next] = periodsFrom(terms, on);
  let last = count + (next?.no ?? must(schedule.instalments.at(-1), 'an instalment').no + 1) - 1;
  let periods = periodsFrom(terms, on, last);
  for (; periods.length < count; periods = periodsFrom(terms, on, last)) {
    last += count - periods.length;
  }
  return periods;
}

function planned(
  { terms, on, balance, holiday, accrued = Money.zero(balance.currency) }: RecastRequest,
  repayment: Repayment,
  periods: readonly Period[],
): Recast {
  const { instalments: off } = holiday ?? { instalments: 0 };
  if (!Number.isInteger(off) || off < 0 || off >= periods.length) {
    throw contradiction(
      `Of ${periods.length} instalments after ${on}, one is paid in full after any rest.`,
    );
  }
  if (repayment.kind === 'balloon' && repayment.residual.isMoreThan(balance)) {
    throw contradiction(`The residual of ${repayment.residual} is more than is left.`);
  }
  const loan = loanOf(terms, periods);
  const treatments = loan.treatments.map((agreed, place) =>
    holiday !== undefined && place < off ? treatmentIn(holiday) : agreed,
  );
  const changed = { ...loan, repayment, treatments, opening: balance, accrued };
  return { ...plannedFor(terms, changed), accrued };
}

function withoutAgreed(repayment: Repayment): Repayment {
  const { kind } = repayment;
  return kind === 'annuity' || kind === 'equal-principal' ? { kind } : repayment;
}

/**
 * The instalment as it was to be paid next; the smaller of the next two, since the first after a
 * time of grace holds what was put off as well.
 */
function keptInstalment({ terms, schedule, on }: RecastRequest): Repayment {
  const { kind } = terms.repayment;
  if (kind !== 'annuity' && kind !== 'equal-principal') {
    throw contradiction(`A loan of kind ${kind} has no one instalment to keep.`);
  }
  const regular = schedule.instalments.slice(0, -1).filter((row) => row.principal.isPositive);
  const next = regular.filter(({ dueOn }) => dueOn > on).slice(0, 2);
  const rows = next.length > 0 ? next : regular.slice(-1);
  const amounts = rows.map((row) => amountOf(row, kind));
  const [first, second = first] = amounts;
  if (first === undefined || second === undefined) {
    throw contradiction('No instalment but the last repays principal: there is none to keep.');
  }
  const amount = first.atMost(second);
  return kind === 'annuity' ? { kind, instalment: amount } : { kind, part: amount };
}

function amountOf({ principal, interest }: Instalment, kind: 'annuity' | 'equal-principal'): Money {
  return kind === 'annuity' ? principal.plus(interest) : principal;
}

function contradiction(detail: string): Error {
  return scheduleProblem('terms-contradict', { detail });
}
