import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Rate } from '../../kernel/rate';
import { quotient } from './quotient';

/** A loan, as far as the default rate asks. */
export interface ObservedLoan {
  /** Its risk category. */
  readonly category: string;
  readonly originatedOn: CalendarDate;
  /** The day nothing of it was left. */
  readonly endedOn?: CalendarDate | undefined;
  /** The days on which something was to be paid. */
  readonly paymentsDueOn: readonly CalendarDate[];
  readonly defaults: readonly DefaultSpan[];
}

/** A time in default: from the day of the event to the first day on which it is over. */
export interface DefaultSpan {
  readonly from: CalendarDate;
  readonly until?: CalendarDate | undefined;
}

/** Twelve months: the first day is in, the last is not. */
export interface Window {
  readonly from: CalendarDate;
  readonly until: CalendarDate;
}

export interface WindowRate extends Window {
  /** Loans with a default event in the window, of those of the denominator. */
  readonly numerator: number;
  /** Loans not in default when it began, with a payment scheduled in it. */
  readonly denominator: number;
  /** Absent where the denominator is zero. */
  readonly rate?: Rate | undefined;
}

export interface DefaultRate {
  /** The simple average of the windows that have a rate; absent where none has. */
  readonly rate?: Rate | undefined;
  /** The latest first. */
  readonly windows: readonly WindowRate[];
}

const WINDOW_MONTHS = 12;

/**
 * The windows of twelve months that end one at another before `until`, the latest first, back to the
 * first origination: a window that begins before it is left out.
 */
export function windowsBefore(
  until: CalendarDate,
  loans: readonly Pick<ObservedLoan, 'originatedOn'>[],
): readonly Window[] {
  const first = loans.reduce<CalendarDate | undefined>(
    (least, { originatedOn: on }) => (least === undefined || on < least ? on : least),
    undefined,
  );
  const windows: Window[] = [];
  for (let count = 1; first !== undefined; count += 1) {
    const from = addMonths(until, -WINDOW_MONTHS * count);
    if (from < first) break;
    windows.push({ from, until: addMonths(until, -WINDOW_MONTHS * (count - 1)) });
  }
  return windows;
}

/**
 * The default rate of loans over windows: the simple average of the rates of each, by number of
 * loans and never by amount. The denominator of a window are the loans that existed and were not in
 * default when it began and have at least one payment scheduled in it; the numerator those of them
 * with at least one default event in it.
 *
 * Source: Delegated Regulation (EU) 2022/2115, article 2.
 */
export function defaultRate(
  loans: readonly ObservedLoan[],
  windows: readonly Window[],
): DefaultRate {
  const rates = windows.map((window) => windowRate(loans, window));
  const counted = rates.filter(({ denominator }) => denominator > 0);
  if (counted.length === 0) return { windows: rates };
  // One exact fraction, so that it is rounded once.
  const [numerator, denominator] = counted.reduce<readonly [bigint, bigint]>(
    ([n, d], each) => {
      const count = BigInt(each.denominator);
      return [n * count + BigInt(each.numerator) * d, d * count];
    },
    [0n, 1n],
  );
  return {
    rate: quotient(numerator, denominator * BigInt(counted.length)),
    windows: rates,
  };
}

function windowRate(loans: readonly ObservedLoan[], window: Window): WindowRate {
  const observed = loans.filter((loan) => isObserved(loan, window));
  const denominator = observed.length;
  const numerator = observed.filter(({ defaults }) =>
    defaults.some(({ from }) => isIn(from, window)),
  ).length;
  const counts = { ...window, numerator, denominator };
  if (denominator === 0) return counts;
  return { ...counts, rate: quotient(BigInt(numerator), BigInt(denominator)) };
}

function isObserved(
  { originatedOn, endedOn, paymentsDueOn, defaults }: ObservedLoan,
  window: Window,
): boolean {
  const { from } = window;
  const exists = originatedOn < from && (endedOn === undefined || endedOn >= from);
  const isInDefault = defaults.some(
    (span) => span.from < from && (span.until === undefined || span.until > from),
  );
  return exists && !isInDefault && paymentsDueOn.some((on) => isIn(on, window));
}

function isIn(on: CalendarDate, { from, until }: Window): boolean {
  return on >= from && on < until;
}
