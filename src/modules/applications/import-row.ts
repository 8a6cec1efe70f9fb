import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate } from '../../kernel/rate';
import type { Applicant } from '../credit';
import type { ApplicationForm, CreditFacts, LoanPurpose } from './form';

/** One row of a file, its cells already read by the mapping. */
export interface ImportRow {
  readonly line: number;
  /** What tells it from the others: the external id, or the hash of its cells. */
  readonly key: string;
  /** SHA-256 of its cells. */
  readonly sha256: string;
  readonly applicant: Applicant;
  /** When the loan began, where the file knows. */
  readonly startedOn?: CalendarDate | undefined;
  /** What became of the loan, where the file knows. */
  readonly turnedBad?: boolean | undefined;
}

/** Why a row was not taken. */
export interface RefusedRow {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

const PURPOSES: Readonly<Record<string, LoanPurpose>> = {
  debt_consolidation: 'debt-consolidation',
  credit_card: 'credit-card',
  home_improvement: 'home-improvement',
  major_purchase: 'major-purchase',
  small_business: 'small-business',
  renewable_energy: 'renewable-energy',
  vacation: 'holiday',
  educational: 'education',
  car: 'car',
  medical: 'medical',
  moving: 'moving',
  house: 'house',
  wedding: 'wedding',
};

const MONTHS = 12;
const MOST_MONTHS = 480;

/**
 * The form a row comes to. Amounts are taken as units of the operator's currency: a file has none.
 *
 * @returns the form, or why the row says too little for one.
 */
export function importedForm(
  { line, applicant }: Pick<ImportRow, 'line' | 'applicant'>,
  currency: Currency,
): ApplicationForm | RefusedRow {
  const refused = (code: string, reason: string): RefusedRow => ({ line, code, reason });
  const { requestedAmount, termMonths, annualIncome, debtToIncome, purpose } = applicant;
  if (!isWhole(requestedAmount, LARGEST)) {
    return refused('amount-unusable', 'It asks for no whole amount above zero.');
  }
  if (!isWhole(termMonths, MOST_MONTHS)) {
    return refused('term-unusable', 'It names no whole number of months.');
  }
  if (!isAmount(annualIncome)) return refused('income-missing', 'It states no income.');
  const monthly = moneyOf(annualIncome, currency).times(rate('1').dividedBy(MONTHS), 'floor');
  const share = isAmount(debtToIncome) ? rate(plain(debtToIncome)).dividedBy(100) : rate('0');
  const zero = Money.zero(currency);
  return {
    amount: moneyOf(requestedAmount, currency),
    termMonths,
    purpose: PURPOSES[String(purpose)] ?? 'other',
    repayment: 'annuity',
    project: `Taken over from a loan book: ${String(purpose ?? 'purpose not stated')}`,
    income: { monthly, source: 'other' },
    commitments: { housing: zero, loans: monthly.times(share, 'ceil'), other: zero, dependants: 0 },
    creditFacts: factsOf(applicant),
  };
}

export function isRefused(found: ApplicationForm | RefusedRow): found is RefusedRow {
  return 'line' in found;
}

/** Larger than any loan: a slip, or a number in another unit. */
const LARGEST = 1e12;

function isAmount(value: string | number | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value < LARGEST;
}

function isWhole(value: string | number | undefined, most: number): value is number {
  return isAmount(value) && Number.isInteger(value) && value >= 1 && value <= most;
}

function moneyOf(value: number, currency: Currency): Money {
  return Money.parse('1', currency).times(rate(plain(value)), 'half-even');
}

/** A number without an exponent, with as many digits as a rate takes. */
function plain(value: number): string {
  const text = String(value);
  return /^\d{1,18}(\.\d{1,18})?$/.test(text) ? text : String(Math.trunc(value));
}

function factsOf(applicant: Applicant): CreditFacts {
  const known = Object.entries(applicant).filter(
    (fact): fact is [string, string | number] => fact[1] !== undefined,
  );
  return Object.fromEntries(known);
}
