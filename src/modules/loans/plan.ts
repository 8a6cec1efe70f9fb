import { addDays, addMonths, yearOf, type CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import type { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { WorkingDays } from '../../kernel/working-days';
import { loanTiming, REPAYMENT_PLANS } from '../offerings';
import { buildSchedule, type Instalment, type ScheduleTerms } from '../schedules';
import type { AgreedTerms } from './agreed-terms';

/** What a loan's schedule is computed from. */
export interface LoanPlan extends Pick<
  AgreedTerms,
  'rate' | 'termMonths' | 'repayment' | 'dayCount' | 'firstDueOn'
> {
  readonly principal: Money;
  readonly startOn: CalendarDate;
}

/**
 * The plan of a loan that is paid out on a day. A first due date that has passed by then moves on
 * by whole months, so that its day of the month stays.
 */
export function planFrom(terms: AgreedTerms, principal: Money, startOn: CalendarDate): LoanPlan {
  const { rate, termMonths, repayment, dayCount, firstDueOn } = terms;
  return {
    principal,
    startOn,
    rate,
    termMonths,
    repayment,
    dayCount,
    ...(firstDueOn === undefined ? {} : { firstDueOn: after(startOn, firstDueOn) }),
  };
}

function after(startOn: CalendarDate, firstDueOn: CalendarDate): CalendarDate {
  let months = 0;
  while (addMonths(firstDueOn, months) <= startOn) months += 1;
  return addMonths(firstDueOn, months);
}

/**
 * What falls due when. Interest runs as if every due date were worked; what falls due on another
 * day is paid on the next that is.
 */
export function instalmentsOf(
  plan: LoanPlan,
  calendar: WorkingDays | undefined,
): readonly Instalment[] {
  const { instalments } = buildSchedule(scheduleTermsOf(plan));
  return instalments.map((each) => ({ ...each, dueOn: payableOn(each.scheduledOn, calendar) }));
}

/** The plan as the loan mathematics reads it. */
export function scheduleTermsOf(plan: LoanPlan): ScheduleTerms {
  return {
    principal: plan.principal,
    rate: plan.rate,
    timing: loanTiming(plan, plan.startOn),
    repayment: REPAYMENT_PLANS[plan.repayment],
    dayCount: plan.dayCount,
  };
}

/** No run of days off is as long. */
const LONGEST_REST_DAYS = 31;

/**
 * The day itself when it is worked, else the next that is. Calendars are announced year by year,
 * and loans are longer: in a year that is not known yet a date stays as it was agreed.
 */
export function payableOn(day: CalendarDate, calendar: WorkingDays | undefined): CalendarDate {
  const isKnown = [day, addDays(day, LONGEST_REST_DAYS)].every((each) =>
    calendar?.covers(yearOf(each)),
  );
  return calendar && isKnown ? calendar.rollForward(day) : day;
}

/** The plan as it is kept with its schedule. */
export function planJson(plan: LoanPlan): Json {
  return {
    principal: { ...plan.principal.toWire() },
    rate: rateText(plan.rate),
    startOn: plan.startOn,
    termMonths: plan.termMonths,
    repayment: plan.repayment,
    dayCount: plan.dayCount,
    ...(plan.firstDueOn === undefined ? {} : { firstDueOn: plan.firstDueOn }),
  };
}
