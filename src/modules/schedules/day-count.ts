import {
  addDays,
  addMonths,
  daysBetween,
  yearOf,
  type CalendarDate,
} from '../../kernel/calendar-date';
import { rate, type Rate } from '../../kernel/rate';
import {
  daysOf,
  isFebruaryEnd,
  isLeapYear,
  isMonthEnd,
  partsOf,
  periodsAYear,
  stepFrom,
  type Frequency,
} from './month';

/** The conventions by which two dates become a fraction of a year. */
export const DAY_COUNTS = [
  '30/360-us',
  '30/360-bond',
  '30e/360',
  '30e/360-isda',
  '30/365',
  'act/365f',
  'act/365l',
  'nl/365',
  'act/360',
  'act/act-isda',
  'act/act-icma',
  'act/act-afb',
] as const;

export type DayCount = (typeof DAY_COUNTS)[number];

/** From the first day, which counts, to the last, which does not. */
export interface DateSpan {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** What some conventions need beside the two dates. */
export interface DayCountContext {
  /** Of the regular periods, for ACT/ACT ICMA and ACT/365L; a year when absent. */
  readonly frequency?: Frequency | undefined;
  /** A date at which a regular period ends or begins, for ACT/ACT ICMA; else the first date. */
  readonly anchorOn?: CalendarDate | undefined;
  /**
   * Whether regular periods run from month end to month end when the anchor is one. For 30/360 US
   * whether the loan follows the end of the month, which its rule on February asks: only an express
   * `false` turns that rule off.
   */
  readonly endOfMonth?: boolean | undefined;
  /** The day of the month at which regular periods end, for ACT/ACT ICMA; else that of the anchor. */
  readonly dueDay?: number | undefined;
  /** The end of the period in which the dates lie, for ACT/365L; the second date when absent. */
  readonly periodEndOn?: CalendarDate | undefined;
  /** The last day of the loan, for 30E/360 ISDA: the end of February is not moved there. */
  readonly maturityOn?: CalendarDate | undefined;
}

/**
 * The fraction of a year between two dates, dimensionless, to 40 digits. With the dates the other
 * way round it is the same number with a minus.
 *
 * Sources: 2006 ISDA Definitions, section 4.16: (b) ACT/ACT ISDA, (d) ACT/365 Fixed, (e) ACT/360,
 * (f) 30/360 or bond basis, (g) 30E/360, (h) 30E/360 (ISDA); ICMA rule 251 for ACT/ACT ICMA and
 * ACT/365L; ISO 20022 day count A014 for NL/365, which knows no leap day; Fédération bancaire française, master agreement, and ISDA's memorandum "EMU and market
 * conventions" (1998) for ACT/ACT AFB; SIA "Standard securities calculation methods" for 30/360 US
 * with its rule on February; ISO 20022 day count A002 for 30/365.
 */
export function yearFraction(
  convention: DayCount,
  span: DateSpan,
  context: DayCountContext = {},
): Rate {
  if (span.to < span.from) {
    return yearFraction(convention, { from: span.to, to: span.from }, context).neg();
  }
  switch (convention) {
    case 'act/act-isda':
      return actActIsda(span);
    case 'act/act-icma':
      return actActIcma(span, context);
    case 'act/act-afb':
      return actActAfb(span);
    case 'act/365l':
      return ratio(daysBetween(span.from, span.to), isLongYear(span, context) ? 366 : 365);
    default:
      return ratio(countedDays(convention, span, context), denominator(convention));
  }
}

/**
 * The days that a convention counts between two dates: of the calendar for the ACT family, of
 * months of thirty days for the 30 family. Negative when the dates are the other way round.
 *
 * Sources: as for {@link yearFraction}.
 */
export function countedDays(
  convention: DayCount,
  span: DateSpan,
  context: DayCountContext = {},
): number {
  if (span.to < span.from) {
    return -countedDays(convention, { from: span.to, to: span.from }, context);
  }
  const adjust = DAYS_OF_THIRTY[convention];
  if (adjust === undefined) {
    const days = daysBetween(span.from, span.to);
    return convention === 'nl/365' ? days - leapDaysIn(span) : days;
  }
  const [first, last] = adjust(span, context);
  const from = partsOf(span.from);
  const to = partsOf(span.to);
  return 360 * (to.year - from.year) + 30 * (to.month - from.month) + (last - first);
}

type DayPair = readonly [first: number, last: number];

/** How each convention of thirty-day months moves the two days of the month. */
const DAYS_OF_THIRTY: Partial<
  Record<DayCount, (span: DateSpan, context: DayCountContext) => DayPair>
> = {
  '30/360-us': ({ from, to }, { endOfMonth = true }) => {
    if (!endOfMonth || !isFebruaryEnd(from)) return bondBasis(from, to);
    // The end of February is a 30th here, and then a 31st at the other end is one as well.
    const last = partsOf(to).day;
    return [30, isFebruaryEnd(to) || last === 31 ? 30 : last];
  },
  '30/360-bond': ({ from, to }) => bondBasis(from, to),
  '30e/360': ({ from, to }) => [atMostThirty(from), atMostThirty(to)],
  '30e/360-isda': ({ from, to }, { maturityOn }) => [
    isFebruaryEnd(from) ? 30 : atMostThirty(from),
    isFebruaryEnd(to) && to !== maturityOn ? 30 : atMostThirty(to),
  ],
  '30/365': ({ from, to }) => [atMostThirty(from), atMostThirty(to)],
};

function bondBasis(from: CalendarDate, to: CalendarDate): DayPair {
  const first = atMostThirty(from);
  const last = partsOf(to).day;
  return [first, last === 31 && first === 30 ? 30 : last];
}

function atMostThirty(date: CalendarDate): number {
  return Math.min(partsOf(date).day, 30);
}

function denominator(convention: DayCount): number {
  return convention.includes('/365') ? 365 : 360;
}

/** The 29ths of February after the first day, up to the last. */
function leapDaysIn({ from, to }: DateSpan): number {
  let days = 0;
  for (let year = yearOf(from); year <= yearOf(to); year += 1) {
    const leapDay = leapDayOf(year);
    if (isLeapYear(year) && from < leapDay && leapDay <= to) days += 1;
  }
  return days;
}

/**
 * Whether ACT/365L divides by 366: with yearly periods when a 29 February lies in the period, with
 * others when the period ends in a leap year.
 */
function isLongYear({ from, to }: DateSpan, context: DayCountContext): boolean {
  const { frequency = YEARLY, periodEndOn: end = to } = context;
  const isYearly = frequency.unit === 'month' && frequency.every === 12;
  return isYearly ? leapDaysIn({ from, to: end }) > 0 : isLeapYear(yearOf(end));
}

const YEARLY: Frequency = { unit: 'month', every: 12 };

function leapDayOf(year: number): string {
  return `${String(year).padStart(4, '0')}-02-29`;
}

/** Days in leap years by 366, other days by 365: the day itself decides, the last is not counted. */
function actActIsda({ from, to }: DateSpan): Rate {
  let leap = 0;
  let ordinary = 0;
  for (let start = from; start < to;) {
    const { year } = partsOf(start);
    const nextYear = addMonths(`${start.slice(0, 4)}-01-01` as CalendarDate, 12);
    const end = nextYear < to ? nextYear : to;
    if (isLeapYear(year)) leap += daysBetween(start, end);
    else ordinary += daysBetween(start, end);
    start = end;
  }
  return ratio(leap, 366).plus(ratio(ordinary, 365));
}

/**
 * Days by the days of the regular period in which they lie, times its share of a year. A stub is
 * measured against the regular periods it would have belonged to, rolled from the anchor.
 */
function actActIcma({ from, to }: DateSpan, context: DayCountContext): Rate {
  const { frequency = YEARLY } = context;
  const [perYear, every] = periodsAYear(frequency);
  const periods =
    frequency.unit === 'month'
      ? monthlyPeriods({ from, to }, frequency, context)
      : ratio(daysBetween(from, to), daysOf(frequency));
  return periods.times(every).div(perYear);
}

/** Regular periods of months in a span, and the parts of those at its ends. */
function monthlyPeriods(
  { from, to }: DateSpan,
  frequency: Frequency,
  { anchorOn = from, endOfMonth, dueDay }: DayCountContext,
): Rate {
  const boundary = (steps: number): CalendarDate =>
    stepFrom(anchorOn, steps, { frequency, endOfMonth, dueDay });
  let step = Math.trunc(daysBetween(anchorOn, from) / (DAYS_A_MONTH * frequency.every));
  while (boundary(step) > from) step -= 1;
  while (boundary(step + 1) <= from) step += 1;
  let whole = 0;
  let parts = rate('0');
  for (let start = from; start < to; step += 1) {
    const [begin, next] = [boundary(step), boundary(step + 1)];
    const end = next < to ? next : to;
    if (start === begin && end === next) whole += 1;
    else parts = parts.plus(ratio(daysBetween(start, end), daysBetween(begin, next)));
    start = end;
  }
  return parts.plus(whole);
}

/** On average: where to begin to look. */
const DAYS_A_MONTH = 30.4375;

/**
 * Whole years counted back from the end, then the days left by 366 when a 29 February is among
 * them, else by 365. A count back from the end of February arrives at the end of February.
 */
function actActAfb({ from, to }: DateSpan): Rate {
  let years = 0;
  let end = to;
  for (let back = yearsBack(to, 1); back >= from; back = yearsBack(to, years + 1)) {
    years += 1;
    end = back;
  }
  return ratio(daysBetween(from, end), hasLeapDay({ from, to: end }) ? 366 : 365).plus(years);
}

function yearsBack(date: CalendarDate, years: number): CalendarDate {
  const back = addMonths(date, -12 * years);
  return isFebruaryEnd(date) && !isMonthEnd(back) ? addDays(back, 1) : back;
}

function hasLeapDay({ from, to }: DateSpan): boolean {
  const years = [partsOf(from).year, partsOf(to).year];
  return years.some((year) => {
    const leapDay = leapDayOf(year);
    return isLeapYear(year) && from <= leapDay && leapDay < to;
  });
}

/** An exact quotient of two counts, to 40 digits. */
function ratio(numerator: number, by: number): Rate {
  return rate(String(numerator)).div(by);
}
