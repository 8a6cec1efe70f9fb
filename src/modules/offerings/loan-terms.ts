import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { LoanFacts } from '../rulebooks';
import { offeringProblem } from './errors';
import type { LoanNote } from './instrument';
import type { OfferingKind } from './offering';
import type { Reason } from './reason';
import type { OfferingTerms } from './terms';
import { costOf, sharePrice, unitsFor } from './ticket';

/** The terms of an offering that is a loan. */
export type LoanTerms = OfferingTerms & { readonly instrument: LoanNote };

/** What a loan is offered on, before it has the shape that every offering's terms have. */
export interface LoanRequest {
  readonly borrowerId: Id<'iss'>;
  readonly title: string;
  readonly summary: string;
  readonly note: LoanNote;
  /** The most that is lent: what the borrower asked for and the decision allows. */
  readonly amount: Money;
  /** The least for the loan to come about; the whole amount when absent. */
  readonly minimumFill?: Money | undefined;
  /** The smallest step of an order; one unit of the currency when absent. */
  readonly step?: Money | undefined;
  readonly minimumTicket: Money;
  readonly maximumTicket?: Money | undefined;
  readonly opensAt?: Date | undefined;
  readonly closesAt: Date;
  /** The operator's share of what is paid out: `0.03` is three percent. */
  readonly feeRate: Rate;
  readonly externalId?: string | undefined;
}

export function isLoan(terms: OfferingTerms): terms is LoanTerms {
  return terms.instrument.kind === 'loan-note';
}

/**
 * A loan as an offering: its amount is the maximum, its minimum fill the target, and one unit
 * costs the step, so that a lender's part is a whole number of steps.
 */
export function loanTerms(request: LoanRequest): LoanTerms {
  const { amount, minimumTicket, maximumTicket, opensAt } = request;
  const step = request.step?.toDecimal() ?? rate('1');
  return {
    title: request.title,
    summary: request.summary,
    instrument: request.note,
    currency: amount.currency,
    price: step,
    target: request.minimumFill ?? amount,
    maximum: amount,
    orderLimit: amount,
    minimumTicket,
    ...(maximumTicket === undefined ? {} : { maximumTicket }),
    allocation: { method: 'first-come' },
    ...(opensAt === undefined ? {} : { opensAt }),
    closesAt: request.closesAt,
    feeRate: request.feeRate,
    isAllOrNothing: true,
  };
}

/**
 * The terms of a loan with the rate its auction found.
 *
 * @throws Problem `offerings.wrong-status` when no auction is held for it,
 *   `offerings.frozen-term` for a rate or a cost above what was announced.
 */
export function atRate(
  terms: OfferingTerms,
  found: { readonly rate: Rate; readonly apr: Rate },
): LoanTerms {
  if (!isLoan(terms) || terms.instrument.rateMode !== 'auction') {
    throw offeringProblem('wrong-status', { detail: 'Its rate is not up for auction.' });
  }
  const { instrument } = terms;
  if (found.rate.greaterThan(instrument.rate) || found.apr.greaterThan(instrument.apr)) {
    throw offeringProblem('frozen-term', {
      detail: `At most ${rateText(instrument.rate)} was announced, at a cost of ${rateText(instrument.apr)}.`,
    });
  }
  const { rate: nominal, apr } = found;
  return { ...terms, instrument: { ...instrument, rate: nominal, apr, rateMode: 'fixed' } };
}

/** What rulebooks are told of a loan; undefined for other offerings. */
export function loanFacts(terms: OfferingTerms): LoanFacts | undefined {
  if (!isLoan(terms)) return undefined;
  const { termMonths, apr, purpose, security, grade } = terms.instrument;
  return { termMonths, apr, purpose, security, grade };
}

/** What each kind of offering issues; kinds that issue nothing yet are missing. */
const INSTRUMENT_OF: Partial<Record<OfferingKind, OfferingTerms['instrument']['kind']>> = {
  equity: 'ordinary-shares',
  loan: 'loan-note',
};

/** Whether the terms are those of an offering of this kind. */
export function fitsKind(kind: OfferingKind, { instrument }: OfferingTerms): boolean {
  return (INSTRUMENT_OF[kind] ?? 'ordinary-shares') === instrument.kind;
}

/** Rates are stated to a millionth of a percent at most. */
const RATE_DIGITS = 8;
const LONGEST_MONTHS = 480;
/** Ten times the principal a year: whatever is above is a slip. */
const HIGHEST_RATE = 10;

/** Every way in which the terms of a loan contradict themselves beside those of any offering. */
export function loanFaults(terms: OfferingTerms): readonly Reason[] {
  if (!isLoan(terms)) return [];
  return [
    ...noteFaults(terms),
    ...amountFaults(terms),
    ...dateFaults(terms),
    ...equityFaults(terms),
  ];
}

function noteFaults({ instrument }: LoanTerms): readonly Reason[] {
  const { rate: nominal, apr, expectedLossRate, termMonths } = instrument;
  const faults: Reason[] = [];
  for (const [name, value] of Object.entries({ rate: nominal, apr, expectedLossRate })) {
    if (value.isNegative() || value.greaterThan(HIGHEST_RATE)) {
      const message = `${name} is a fraction a year, at least 0; it is ${rateText(value)}.`;
      faults.push({ code: 'rate-out-of-range', message });
    } else if (value.decimalPlaces() > RATE_DIGITS) {
      const message = `${name} has more than ${RATE_DIGITS} digits after the point.`;
      faults.push({ code: 'rate-too-fine', message });
    }
  }
  if (expectedLossRate.greaterThan(1)) {
    const message = 'No more than everything can be lost.';
    faults.push({ code: 'rate-out-of-range', message });
  }
  if (!Number.isInteger(termMonths) || termMonths < 1 || termMonths > LONGEST_MONTHS) {
    const message = `A loan runs for 1 to ${LONGEST_MONTHS} months.`;
    faults.push({ code: 'term-out-of-range', message });
  }
  return faults;
}

/** A full book must be the loan, to the unit: nobody is asked for more, and no step is left over. */
function amountFaults(terms: LoanTerms): readonly Reason[] {
  const { price, currency, maximum, target, orderLimit, minimumTicket } = terms;
  // What is wrong with the price itself is said of every offering.
  if (price.lessThan(Money.ofMinor(1n, currency).toDecimal())) return [];
  const faults: Reason[] = [];
  const share = sharePrice(terms);
  for (const [name, amount] of Object.entries({ maximum, target, minimumTicket })) {
    if (costOf(share, unitsFor(share, amount)).equals(amount)) continue;
    const message = `${name} is no whole number of steps of ${rateText(price)}.`;
    faults.push({ code: 'amount-not-in-steps', message });
  }
  if (!orderLimit.equals(maximum)) {
    const message = 'A loan takes no orders above its amount.';
    faults.push({ code: 'waiting-list-not-allowed', message });
  }
  return faults;
}

function dateFaults({ instrument, closesAt }: LoanTerms): readonly Reason[] {
  const { firstDueOn } = instrument;
  if (firstDueOn === undefined || firstDueOn > dateIn('UTC', closesAt)) return [];
  const message = 'The first instalment is due before the money is paid out.';
  return [{ code: 'first-due-before-closing', message }];
}

/** Terms that speak of holders of shares, whom a loan has not. */
function equityFaults({ legalFormHolderLimit }: LoanTerms): readonly Reason[] {
  if (legalFormHolderLimit === undefined) return [];
  const message = 'How many may hold shares of a company does not limit who may lend to it.';
  return [{ code: 'holder-limit-not-for-loans', message }];
}
