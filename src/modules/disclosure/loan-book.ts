import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { FEWEST } from './statistics';

/** What somebody may know of a loan without being told by the book. */
export interface LoanTraits {
  readonly currency: string;
  /** In minor units, rounded to two digits that count. */
  readonly principalMinor: bigint;
  readonly termMonths: number;
  readonly grade: string;
  /** Rounded to whole percents. */
  readonly rate: string;
  readonly purpose: string;
  readonly region: string;
}

/** Loans that are alike in all their traits. */
export interface LoanClass extends LoanTraits {
  /** Who borrowed them; of many, as many as are enough. */
  readonly borrowers: readonly string[];
}

/** A loan as everybody may see it, but for its id. */
export interface BookRow extends LoanTraits {
  readonly loanNo: bigint;
  readonly loanId: string;
  readonly status: string;
  readonly outstandingMinor: bigint;
  readonly daysPastDue: number;
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

/** In place of what is not told. */
const HIDDEN = '*';

/** What is told of a loan, from what is kept back first to what is kept back last. */
const TOLD = [
  ({ region }: LoanTraits) => region,
  ({ purpose }: LoanTraits) => purpose,
  ({ grade, rate }: LoanTraits) => `${grade} ${rate}`,
  ({ termMonths }: LoanTraits) => termMonths,
  ({ principalMinor }: LoanTraits) => String(principalMinor),
] as const;

/** How many of these a class keeps back; undefined for one that is not in the book at all. */
export type KeptBack = (traits: LoanTraits) => number | undefined;

/**
 * Finds for each class the least that must be kept back so that at least five borrowers are alike in
 * what is told. Those who are few are counted among themselves alone: who is alike but for what they keep
 * back tells it, and so is none of them.
 */
export function keptBack(classes: readonly LoanClass[], fewest = FEWEST): KeptBack {
  const found = new Map<string, number>();
  let rest = classes;
  for (let back = 0; back <= TOLD.length; back += 1) {
    const alike = new Map<string, LoanClass[]>();
    for (const each of rest) {
      const told = toldOf(each, back);
      const group = alike.get(told);
      if (group === undefined) alike.set(told, [each]);
      else group.push(each);
    }
    const few: LoanClass[] = [];
    for (const group of alike.values()) {
      const borrowers = new Set(group.flatMap((each) => each.borrowers));
      if (borrowers.size < fewest) few.push(...group);
      else for (const each of group) found.set(toldOf(each, 0), back);
    }
    rest = few;
  }
  return (traits) => found.get(toldOf(traits, 0));
}

/**
 * A loan as a line of the published book, in the order of its columns.
 *
 * @param back how much of its traits is kept back.
 * @param key names the loan for this publication alone, so that no two can be laid side by side.
 */
export function bookCells(row: BookRow, back: number, key: string): readonly string[] {
  const told = (place: number, text: string): string => (place < back ? HIDDEN : text);
  const money = (minor: bigint): string =>
    Money.ofMinor(minor, asCurrency(row.currency)).toDecimalString();
  return [
    key,
    told(4, money(row.principalMinor)),
    row.currency,
    told(3, String(row.termMonths)),
    told(2, row.rate),
    told(2, row.grade),
    told(1, row.purpose),
    told(0, row.region),
    row.status,
    told(4, money(row.outstandingMinor)),
    String(row.daysPastDue),
  ];
}

function toldOf(traits: LoanTraits, back: number): string {
  return JSON.stringify([traits.currency, ...TOLD.slice(back).map((trait) => trait(traits))]);
}
