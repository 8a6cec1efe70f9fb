import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';

/** A loan as everybody may see it, but for its id. */
export interface BookRow {
  readonly loanNo: bigint;
  readonly loanId: string;
  readonly currency: string;
  readonly principalMinor: bigint;
  readonly termMonths: number;
  readonly rate: string;
  readonly grade: string;
  readonly purpose: string;
  readonly region: string;
  readonly status: string;
  readonly outstandingMinor: bigint;
  readonly daysPastDue: number;
}

/** Purposes and regions that enough borrowers share to be named. */
export interface Shared {
  readonly purposes: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
}

export const BOOK_COLUMNS = [
  'loan_key',
  'amount',
  'currency',
  'term_months',
  'rate',
  'grade',
  'purpose',
  'region',
  'status',
  'outstanding',
  'days_past_due',
] as const;

/** What too few borrowers share is not named. */
const RARE = '*';

/**
 * A loan as a line of the published book, in the order of its columns.
 *
 * @param keyOf names the loan for this publication alone, so that no two can be laid side by side.
 */
export function bookCells(
  row: BookRow,
  shared: Shared,
  keyOf: (loanId: string) => string,
): readonly string[] {
  const money = (minor: bigint): string =>
    Money.ofMinor(minor, asCurrency(row.currency)).toDecimalString();
  return [
    keyOf(row.loanId),
    money(row.principalMinor),
    row.currency,
    String(row.termMonths),
    row.rate,
    row.grade,
    shared.purposes.has(row.purpose) ? row.purpose : RARE,
    shared.regions.has(row.region) ? row.region : RARE,
    row.status,
    money(row.outstandingMinor),
    String(row.daysPastDue),
  ];
}
