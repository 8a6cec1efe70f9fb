import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { LoanNote, LoanRepayment, LoanSecurity } from '../offerings';
import type { DayCount } from '../schedules';

/** What borrower and lenders agreed on. Never changed: what is changed later is a new schedule. */
export interface AgreedTerms {
  readonly title: string;
  /** Nominal interest a year on what is outstanding: `0.1075`. */
  readonly rate: Rate;
  readonly termMonths: number;
  readonly repayment: LoanRepayment;
  /** How days become a fraction of a year. */
  readonly dayCount: DayCount;
  /** A month after the money was paid out when absent. */
  readonly firstDueOn?: CalendarDate | undefined;
  /** What the loan costs its borrower a year, fees included. */
  readonly apr: Rate;
  readonly grade: string;
  /** The part of the outstanding principal that was expected to be lost in a year. */
  readonly expectedLossRate: Rate;
  readonly purpose: string;
  readonly security: LoanSecurity;
  /** Which scorecard in which version gave the grade: `consumer/1`. */
  readonly scorecard: string;
  readonly decisionId: LoanNote['decisionId'];
  /** What the borrower pays the operator for the loan. */
  readonly originationFee: Money;
  /** Whether the fee is kept back from what is paid out; otherwise it falls due with the first instalment. */
  readonly isFeeWithheld: boolean;
}

type Plain = 'rate' | 'apr' | 'expectedLossRate';

/** Agreed terms as they are stored and sent. */
export type AgreedTermsJson = Omit<AgreedTerms, Plain | 'originationFee' | 'firstDueOn'> & {
  readonly [Name in Plain]: string;
} & { readonly originationFee: MoneyWire; readonly firstDueOn?: string | undefined };

/** The terms as they were stored. */
export function agreedTermsOf(json: AgreedTermsJson): AgreedTerms {
  const { firstDueOn, ...rest } = json;
  return {
    ...rest,
    rate: rate(json.rate),
    apr: rate(json.apr),
    expectedLossRate: rate(json.expectedLossRate),
    originationFee: Money.fromWire(json.originationFee),
    ...(firstDueOn === undefined ? {} : { firstDueOn: calendarDate(firstDueOn) }),
  };
}

/** The terms as they are stored; `agreedTermsOf` reads them back. */
export function agreedTermsJson(terms: AgreedTerms): AgreedTermsJson {
  const { firstDueOn, ...rest } = terms;
  return {
    ...rest,
    rate: rateText(terms.rate),
    apr: rateText(terms.apr),
    expectedLossRate: rateText(terms.expectedLossRate),
    originationFee: terms.originationFee.toWire(),
    ...(firstDueOn === undefined ? {} : { firstDueOn }),
  };
}
