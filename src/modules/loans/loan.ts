import { assert } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { CapRow } from '../caps';
import type { HoldNo } from '../ledger';
import type { AgreedTerms } from './agreed-terms';
import { loanProblem } from './errors';

/** The number of a loan in the installation: what its rows hang on. People see its id. */
export type LoanNo = bigint & { readonly __loanNo: true };

export const LOAN_STATUSES = [
  'agreed',
  'signed',
  'disbursing',
  'active',
  'repaid',
  'written-off',
  'cancelled',
] as const;

/**
 * `agreed`: its lenders paid, and the money waits for the borrower's signature. `disbursing`: the
 * custodian was told to pay it out. `active`: it was paid out, and is owed. What was written off
 * is still owed, and its lenders still hold their notes.
 */
export type LoanStatus = (typeof LOAN_STATUSES)[number];

/** Which servicing policy holds for a loan. */
export interface PolicyRef {
  readonly id: string;
  readonly version: number;
}

export interface Loan {
  readonly id: Id<'lon'>;
  readonly loanNo: LoanNo;
  readonly offeringId: Id<'off'>;
  readonly issuerId: Id<'iss'>;
  /** The series of notes in the register. */
  readonly instrumentId: Id<'ins'>;
  /** What lenders lent; a fee that was kept back from it is part of it. */
  readonly principal: Money;
  readonly terms: AgreedTerms;
  readonly policy: PolicyRef;
  /** What the borrower writes on a transfer, so that it finds its way: `YC-4KR4-VEZ0-1234`. */
  readonly reference: string;
  readonly status: LoanStatus;
  readonly agreedAt: Date;
  /** Without a signature by then it is cancelled. */
  readonly signBy: Date;
  /** The hold on what is paid out to the borrower, until it was. */
  readonly proceedsHoldNo?: HoldNo | undefined;
  /** The hold on a fee that is kept back, which the operator earns when the loan is paid out. */
  readonly feeHoldNo?: HoldNo | undefined;
  /** The borrower's caps it counts against, with its offering as their source. */
  readonly caps: readonly CapRow[];
  /** The bank's day: interest runs from it. */
  readonly disbursedOn?: CalendarDate | undefined;
  readonly maturesOn?: CalendarDate | undefined;
  /** The schedule in force; 0 before the money was paid out. */
  readonly scheduleVersion: number;
  /** The last payment, counted from 1. */
  readonly lastPaymentNo: number;
  readonly outstanding: Money;
  /** The earliest day on which something fell or falls due that is not paid. */
  readonly nextDueOn?: CalendarDate | undefined;
  readonly defaultedOn?: CalendarDate | undefined;
  readonly writtenOffOn?: CalendarDate | undefined;
  readonly forborneFrom?: CalendarDate | undefined;
  readonly endedAt?: Date | undefined;
  readonly renewsLoanNo?: LoanNo | undefined;
}

/** Where a loan may go from each status. The last is reached by repayment after a write-off too. */
const NEXT: Readonly<Record<LoanStatus, readonly LoanStatus[]>> = {
  agreed: ['signed', 'cancelled'],
  signed: ['disbursing', 'cancelled'],
  disbursing: ['active', 'signed'],
  active: ['repaid', 'written-off'],
  'written-off': ['active', 'repaid'],
  // A payment that was taken back is owed again.
  repaid: ['active', 'written-off'],
  cancelled: [],
};

/** Whether money was lent and may still come back. */
export function isLive({ status }: Pick<Loan, 'status'>): boolean {
  return status === 'active' || status === 'written-off';
}

/** The loan in its next status. @throws Problem `loans.loan-status`. */
export function moved(loan: Loan, status: LoanStatus): Loan {
  if (NEXT[loan.status].includes(status)) return { ...loan, status };
  throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
}

/** @throws Problem `loans.loan-status` when the loan is in none of the statuses. */
export function requireStatus(loan: Loan, ...statuses: readonly LoanStatus[]): void {
  if (statuses.includes(loan.status)) return;
  throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
}

export function currencyOf({ principal }: Pick<Loan, 'principal'>): Currency {
  return principal.currency;
}

/** What is paid out to the borrower: the principal, less a fee that is kept back. */
export function amountPaidOut({ principal, terms }: Pick<Loan, 'principal' | 'terms'>): Money {
  const amount = terms.isFeeWithheld ? principal.minus(terms.originationFee) : principal;
  assert(amount.isPositive, 'a loan pays something out');
  return amount;
}
