import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { ImportRow, RefusedRow } from '../applications';
import { rateOfInstalment } from './annuity-rate';

/** A loan as the book of another platform has it. */
export interface BookLoan {
  /** What tells it from the others of its book. */
  readonly key: string;
  /** SHA-256 of the cells of its row. */
  readonly sha256: string;
  /** As the book has it: the month, where it knows no day. */
  readonly startedOn: CalendarDate;
  readonly amount: Money;
  readonly termMonths: number;
  /** Nominal, a year. */
  readonly rate: Rate;
  readonly grade: string;
  readonly purpose: string;
  /** Whether it was charged off in the end; it was repaid otherwise. */
  readonly turnedBad: boolean;
}

/** Variables that a mapping of a loan book reads; of the last two it needs one. */
export const BOOK_VARIABLES = ['amount', 'termMonths', 'grade', 'purpose', 'rate', 'instalment'];

const LONGEST_MONTHS = 480;
const LARGEST = 1e12;

/**
 * The loan a row comes to, amounts in units of the operator's currency, since a file has none.
 *
 * @returns the loan, or why the row says too little for one.
 */
export function bookLoan(row: ImportRow, currency: Currency): BookLoan | RefusedRow {
  const { line, key, sha256, startedOn, turnedBad, applicant } = row;
  const refused = (code: string, reason: string): RefusedRow => ({ line, code, reason });
  const { amount: lent, termMonths, grade } = applicant;
  if (!isWhole(lent, LARGEST)) return refused('amount-unusable', 'It lent no whole amount.');
  if (!isWhole(termMonths, LONGEST_MONTHS)) {
    return refused('term-unusable', 'It names no whole number of months.');
  }
  if (typeof grade !== 'string') return refused('grade-missing', 'It names no grade.');
  if (startedOn === undefined) return refused('start-missing', 'It does not say when it began.');
  if (turnedBad === undefined) return refused('end-unknown', 'It does not say how it ended.');
  const amount = moneyOf(lent, currency);
  const nominal = rateOf(applicant, { amount, termMonths });
  if (nominal === undefined) return refused('rate-unusable', 'It comes to no rate.');
  const purpose = String(applicant['purpose'] ?? 'other').replaceAll('_', '-');
  return { key, sha256, startedOn, amount, termMonths, rate: nominal, grade, purpose, turnedBad };
}

export function isRefused(found: BookLoan | RefusedRow): found is RefusedRow {
  return 'line' in found;
}

/** The rate in percent that the row states, or the one that its instalment comes to. */
function rateOf(
  { rate: percent, instalment }: ImportRow['applicant'],
  { amount, termMonths }: Pick<BookLoan, 'amount' | 'termMonths'>,
): Rate | undefined {
  if (typeof percent === 'number') {
    return percent >= 0 && percent <= 100 ? rate(String(percent)).dividedBy(100) : undefined;
  }
  if (typeof instalment !== 'number' || instalment <= 0 || instalment > LARGEST) return undefined;
  return rateOfInstalment(amount, moneyOf(instalment, amount.currency), termMonths);
}

function isWhole(value: string | number | undefined, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}

function moneyOf(value: number, currency: Currency): Money {
  return Money.parse('1', currency).times(rate(String(value)), 'half-even');
}
