import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money, Rounding } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { WorkingDays } from '../../kernel/working-days';
import type { BusinessDayRule } from './business-day';
import type { DayCount } from './day-count';
import type { DatedAmount } from './flow';
import type { Frequency } from './month';

/** Where the odd period goes when the term is not a whole number of periods. */
export type Stub = 'short-first' | 'long-first' | 'short-last' | 'long-last';

/** When instalments fall due. Dates before any adjustment to business days. */
export interface Timing {
  /** The day from which interest runs: that of the first drawdown. */
  readonly startOn: CalendarDate;
  readonly frequency: Frequency;
  /** So many instalments, or as many as there are up to a maturity. */
  readonly until:
    { readonly instalments: number } | { readonly maturityOn: CalendarDate; readonly stub: Stub };
  /**
   * The first due date, when it is not one period after the start; later ones follow from it. On the
   * start itself the instalments are paid in advance.
   */
  readonly firstDueOn?: CalendarDate | undefined;
  /** The last due date, when it is not one period after the one before. */
  readonly lastDueOn?: CalendarDate | undefined;
  /** Once at a month's end, always at a month's end. */
  readonly endOfMonth?: boolean | undefined;
  /**
   * The day of the month of every due date, 1 to 31, the last of a shorter month; else that of the
   * date from which they are counted. Without a first due date the first lies in the month one
   * period after that of the start.
   */
  readonly dueDay?: number | undefined;
  /** What happens when a due date is not a working day. */
  readonly adjustment?: BusinessDayAdjustment | undefined;
}

export interface BusinessDayAdjustment {
  readonly rule: BusinessDayRule;
  readonly calendar: WorkingDays;
  /** Whether interest follows the moved date or runs as if it had not moved. */
  readonly interest: 'adjusted' | 'unadjusted';
}

/** How principal comes back. */
export type Repayment =
  /**
   * Equal instalments of interest and principal (等额本息), each of an agreed amount where one is
   * given: then they end when all is paid, and what is left at the end comes with the last.
   */
  | { readonly kind: 'annuity'; readonly instalment?: Money | undefined }
  /**
   * Equal parts of principal, each with the interest on the balance (等额本金); an agreed part as an
   * agreed instalment.
   */
  | { readonly kind: 'equal-principal'; readonly part?: Money | undefined }
  /** Interest on the original principal for the whole term, in equal instalments. */
  | { readonly kind: 'flat' }
  /** Interest each period, principal with the last instalment (先息后本). */
  | { readonly kind: 'interest-only' }
  /** One payment of principal and all interest at maturity (到期还本付息). */
  | { readonly kind: 'bullet'; readonly interest: 'simple' | 'compound' }
  /** Equal instalments, and a residual with the last. */
  | { readonly kind: 'balloon'; readonly residual: Money }
  /**
   * Instalments in fixed proportion, cycled through the term. Where the weight is zero nothing is
   * repaid: interest is paid, or joins the principal.
   */
  | {
      readonly kind: 'seasonal';
      readonly weights: readonly number[];
      readonly rest: 'interest-paid' | 'capitalised';
    }
  /** An annuity whose instalment is multiplied by a factor from each numbered instalment on. */
  | { readonly kind: 'step'; readonly steps: readonly InstalmentStep[] }
  /** Dates and amounts as agreed; the last instalment takes what is left. */
  | {
      readonly kind: 'irregular';
      readonly amounts: 'principal' | 'total';
      readonly instalments: readonly DatedAmount[];
    };

export interface InstalmentStep {
  readonly fromNo: number;
  /** Of the first instalment: `1.10` is ten percent more. */
  readonly factor: Rate;
}

/** Instalments at the start in which no principal, or nothing at all, is paid. */
export interface Grace {
  readonly instalments: number;
  readonly of:
    | 'principal'
    /** Interest joins the principal. */
    | 'all-capitalised'
    /** Interest is owed, bears none itself, and comes with the first instalment after. */
    | 'all-deferred'
    /** No interest is charged. */
    | 'all-waived';
}

/** A yearly rate from a day on. */
export interface RateChange {
  readonly from: CalendarDate;
  readonly rate: Rate;
}

/** Something charged beside interest. */
export interface Fee {
  readonly name: string;
  /** A fixed amount, or a share of the principal, or of the balance before an instalment. */
  readonly charge:
    { readonly amount: Money } | { readonly share: Rate; readonly of: 'principal' | 'balance' };
  readonly when:
    /** Added to the principal and paid back with interest. */
    | 'financed'
    /** Kept back from the first drawdown. */
    | 'withheld'
    /** Paid by the borrower on the day of the first drawdown. */
    | 'upfront'
    | 'each-instalment'
    | 'last-instalment';
}

/** How an exact instalment becomes one that is payable. */
export interface InstalmentRounding {
  /** Instalments are whole multiples of this: a cent, ten cents, a currency unit. */
  readonly unit: Money;
  readonly mode: Rounding;
}

/** The day count when none is agreed: every regular period is worth the same, however long. */
export const EQUAL_PERIODS: DayCount = 'act/act-icma';

/** Everything a schedule is computed from. */
export interface ScheduleTerms {
  /** What is lent, all drawdowns together, without financed fees. */
  readonly principal: Money;
  /** Nominal yearly rate as a fraction: `0.085`. */
  readonly rate: Rate;
  /** Later rates, in order; the instalment is computed afresh when one begins. */
  readonly rateChanges?: readonly RateChange[] | undefined;
  readonly timing: Timing;
  /** How days become a fraction of a year; ACT/ACT ICMA (equal periods) when absent. */
  readonly dayCount?: DayCount | undefined;
  readonly repayment: Repayment;
  readonly grace?: Grace | undefined;
  /** Drawdowns after the first; the first is the principal less these. */
  readonly tranches?: readonly DatedAmount[] | undefined;
  readonly fees?: readonly Fee[] | undefined;
  /** The currency's minor unit, half to even, when absent. The last instalment evens out. */
  readonly rounding?: InstalmentRounding | undefined;
  /** How the interest of a period, and a fee, becomes minor units; half to even when absent. */
  readonly interestRounding?: Rounding | undefined;
}
