import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { rate, rateText, type Rate } from '../../kernel/rate';

/** Shares that an equity offering issues. */
export interface OrdinaryShares {
  readonly kind: 'ordinary-shares';
  /** `Ordinary A`: the class of the issuer's register. */
  readonly className: string;
}

/** How the principal of a loan comes back; each kind is a schedule with monthly due dates. */
export const LOAN_REPAYMENTS = ['annuity', 'equal-principal', 'interest-only', 'bullet'] as const;

export type LoanRepayment = (typeof LOAN_REPAYMENTS)[number];

/** What stands behind a loan beside the borrower's promise. */
export const LOAN_SECURITIES = ['none', 'guarantee', 'collateral'] as const;

export type LoanSecurity = (typeof LOAN_SECURITIES)[number];

/** Whether the rate is what lenders get, or the most they may ask for in an auction. */
export const RATE_MODES = ['fixed', 'auction'] as const;

export type RateMode = (typeof RATE_MODES)[number];

/** The note of which every lender of one loan holds a part. */
export interface LoanNote {
  readonly kind: 'loan-note';
  /** Nominal interest a year on what is outstanding: `0.1075`. In an auction, the ceiling. */
  readonly rate: Rate;
  readonly rateMode: RateMode;
  readonly termMonths: number;
  readonly repayment: LoanRepayment;
  /** A month after the money was paid out when absent. */
  readonly firstDueOn?: CalendarDate | undefined;
  /** What the loan costs its borrower a year, fees included. */
  readonly apr: Rate;
  /** The borrower's grade as the credit decision has it: `C`. */
  readonly grade: string;
  /** The part of the outstanding principal that is expected to be lost in a year. */
  readonly expectedLossRate: Rate;
  /** A word for programs: `debt-consolidation`. */
  readonly purpose: string;
  readonly security: LoanSecurity;
  /** Which scorecard in which version gave the grade: `consumer/1`. */
  readonly scorecard: string;
  readonly decisionId: Id<'cdn'>;
  /** The loan of the same borrower that this one repays (续贷). */
  readonly renews?: Id<'lon'> | undefined;
}

/** What is issued to whoever subscribes. */
export type Instrument = OrdinaryShares | LoanNote;

/** A loan's note as it is stored and sent. */
export type LoanNoteJson = Omit<LoanNote, 'rate' | 'apr' | 'expectedLossRate' | 'firstDueOn'> & {
  readonly rate: string;
  readonly apr: string;
  readonly expectedLossRate: string;
  readonly firstDueOn?: string | undefined;
};

export type InstrumentJson = OrdinaryShares | LoanNoteJson;

/** The instrument as it was stored. @throws Problem of rates and dates. */
export function instrumentOf(json: InstrumentJson): Instrument {
  if (json.kind === 'ordinary-shares') return json;
  const { firstDueOn, ...rest } = json;
  return {
    ...rest,
    rate: rate(json.rate),
    apr: rate(json.apr),
    expectedLossRate: rate(json.expectedLossRate),
    ...(firstDueOn === undefined ? {} : { firstDueOn: calendarDate(firstDueOn) }),
  };
}

/** The instrument as it is stored, its members in one order; `instrumentOf` reads it back. */
export function instrumentJson(instrument: Instrument): InstrumentJson {
  if (instrument.kind === 'ordinary-shares') {
    return { kind: instrument.kind, className: instrument.className };
  }
  return {
    kind: instrument.kind,
    rate: rateText(instrument.rate),
    rateMode: instrument.rateMode,
    termMonths: instrument.termMonths,
    repayment: instrument.repayment,
    ...(instrument.firstDueOn === undefined ? {} : { firstDueOn: instrument.firstDueOn }),
    apr: rateText(instrument.apr),
    grade: instrument.grade,
    expectedLossRate: rateText(instrument.expectedLossRate),
    purpose: instrument.purpose,
    security: instrument.security,
    scorecard: instrument.scorecard,
    decisionId: instrument.decisionId,
    ...(instrument.renews === undefined ? {} : { renews: instrument.renews }),
  };
}

/** What the register calls it: the class of the shares, or the loan's own series of notes. */
export function instrumentName(instrument: Instrument, offeringId: Id<'off'>): string {
  return instrument.kind === 'ordinary-shares' ? instrument.className : `Loan ${offeringId}`;
}

/** `share` or `unit`: what people call one of it. */
export function unitWord({ kind }: Pick<Instrument, 'kind'>): 'share' | 'unit' {
  return kind === 'ordinary-shares' ? 'share' : 'unit';
}

/**
 * What a unit lent for a year is expected to come to beyond itself: interest on what is paid
 * back, less what is expected never to be. `(1 + rate) × (1 − expected loss) − 1`.
 *
 * Source: the one-period case of the net present value identity by which loans are priced, in
 * which the part that is lost brings neither principal nor interest.
 */
export function expectedReturn({
  rate: nominal,
  expectedLossRate,
}: Pick<LoanNote, 'rate' | 'expectedLossRate'>): Rate {
  return nominal.plus(1).times(expectedLossRate.negated().plus(1)).minus(1);
}
