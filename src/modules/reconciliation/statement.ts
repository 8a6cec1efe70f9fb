import { yearOf, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { Problem, type FieldError } from '../../kernel/problem';
import { reconciliationProblem } from './errors';

/** What a bank says moved on an account between two days, both included. */
export interface StatementHead {
  /** As the bank writes it: an IBAN, or a number of its own. */
  readonly account: string;
  readonly currency: Currency;
  /** The bank's name for the statement. */
  readonly statementRef: string;
  /** Counted up by one with every statement, in some banks anew each year. */
  readonly sequenceNo?: number | undefined;
  readonly fromOn: CalendarDate;
  readonly toOn: CalendarDate;
  readonly opening: Money;
  readonly closing: Money;
}

export interface BankLine {
  /** Where it stands in the file: the number of the entry, or of the line of a CSV. */
  readonly no: number;
  readonly bookedOn: CalendarDate;
  /** Positive when the account grew. */
  readonly amount: Money;
  /** The bank's own number for the movement. */
  readonly bankRef?: string | undefined;
  /** Every number it can be known by, the bank’s and ours: several where one line is a batch. */
  readonly refs: readonly string[];
  /** What the payer wrote. */
  readonly text: string;
  readonly counterparty?: Counterparty | undefined;
}

export interface Counterparty {
  readonly name: string;
  readonly account: string;
}

export interface BankStatement extends StatementHead {
  readonly lines: readonly BankLine[];
}

/** A statement that was taken in. */
export interface KeptStatement extends StatementHead {
  readonly id: Id<'bst'>;
  readonly format: StatementFormat;
  readonly contentSha256: string;
  readonly lineCount: number;
  readonly takenBy: string;
  readonly takenAt: Date;
}

export const STATEMENT_FORMATS = ['camt.053', 'csv'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

/** Gathers what is wrong with lines, so that a file is refused once with everything named. */
export class LineFaults {
  private readonly faults: FieldError[] = [];

  /** What `read` gives; a Problem it throws is kept as the line's, and there is nothing then. */
  at<T>(line: number, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.add(line, error.detail ?? error.title);
      return undefined;
    }
  }

  add(line: number, detail: string): void {
    this.faults.push({ pointer: `/lines/${line}`, detail });
  }

  /** @throws Problem `reconciliation.statement-lines` where there is any. */
  refuseAny(): void {
    if (this.faults.length === 0) return;
    throw reconciliationProblem('statement-lines', { errors: this.faults.slice(0, NAMED_FAULTS) });
  }
}

/** Enough to see what is wrong with a file; the rest would bury it. */
const NAMED_FAULTS = 100;

/**
 * Holds a statement against itself.
 *
 * @throws Problem `reconciliation.statement-lines` for lines out of its days, of nothing or twice
 *   there; `reconciliation.statement-unbalanced`; `reconciliation.statement-unreadable`.
 */
export function requireWhole(statement: BankStatement): void {
  const { fromOn, toOn, opening, closing, currency, lines } = statement;
  if (fromOn > toOn) {
    throw reconciliationProblem('statement-unreadable', { detail: `${fromOn} is after ${toOn}.` });
  }
  const faults = new LineFaults();
  const seen = new Map<string, number>();
  for (const line of lines) {
    if (line.amount.isZero) faults.add(line.no, 'It is of nothing.');
    if (line.bookedOn < fromOn || line.bookedOn > toOn) {
      faults.add(line.no, `${line.bookedOn} is not between ${fromOn} and ${toOn}.`);
    }
    const key = duplicateKey(line);
    const first = key === undefined ? undefined : seen.get(key);
    if (first !== undefined) faults.add(line.no, `It is line ${first} once more.`);
    if (key !== undefined) seen.set(key, line.no);
  }
  faults.refuseAny();
  const moved = Money.sum(
    lines.map(({ amount }) => amount),
    currency,
  );
  const reached = opening.plus(moved);
  if (!reached.equals(closing)) {
    throw reconciliationProblem('statement-unbalanced', {
      detail: `${opening.toString()} and lines of ${moved.toString()} come to ${reached.toString()}, not ${closing.toString()}.`,
    });
  }
}

/** What makes two lines the same: the bank's number with the amount. Without one nothing does. */
export function duplicateKey({
  bankRef,
  amount,
}: Pick<BankLine, 'bankRef' | 'amount'>): string | undefined {
  return bankRef === undefined ? undefined : `${bankRef} ${amount.toString()}`;
}

/**
 * Holds a statement against the one before it.
 *
 * @throws Problem `reconciliation.statement-gap`, `reconciliation.statement-account`.
 */
export function requireContinuity(statement: StatementHead, before: StatementHead): void {
  if (plainAccount(statement.account) !== plainAccount(before.account)) {
    throw reconciliationProblem('statement-account', {
      detail: `The statements before are of ${before.account}.`,
    });
  }
  const gap = gapOf(statement, before);
  if (gap !== undefined) throw reconciliationProblem('statement-gap', { detail: gap });
}

function gapOf(statement: StatementHead, before: StatementHead): string | undefined {
  if (statement.fromOn <= before.toOn) {
    return `It begins on ${statement.fromOn}; the one before ends on ${before.toOn}.`;
  }
  if (!statement.opening.equals(before.closing)) {
    return `It opens with ${statement.opening.toString()}; the one before closes with ${before.closing.toString()}.`;
  }
  const { sequenceNo } = statement;
  if (sequenceNo === undefined || before.sequenceNo === undefined) return undefined;
  const isNewYear = sequenceNo === 1 && yearOf(statement.toOn) > yearOf(before.toOn);
  return sequenceNo === before.sequenceNo + 1 || isNewYear
    ? undefined
    : `It is number ${sequenceNo}; the one before is number ${before.sequenceNo}.`;
}

/** An account number without the blanks that people put in it. */
export function plainAccount(account: string): string {
  return account.replace(/\s+/g, '').toUpperCase();
}
