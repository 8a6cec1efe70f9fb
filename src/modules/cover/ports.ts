import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { AccountNo, EntryNo } from '../ledger';
import type { GradeScope, LoanNo, OverdueLoan } from '../loans';
import type { GradeExposure, GradeLoss } from './fund';
import type { Owed } from './risk-sharing';

/** A loan as far as what stands behind it goes. */
export interface CoveredLoan {
  readonly id: Id<'lon'>;
  readonly loanNo: LoanNo;
  readonly currency: Currency;
  readonly grade: string;
  readonly outstanding: Money;
  /** Outstanding, or what is going to be: the principal, before it is paid out. */
  readonly exposure: Money;
  readonly isEnded: boolean;
  readonly disbursedOn?: CalendarDate | undefined;
  /** The earliest day on which something fell or falls due that is not paid. */
  readonly nextDueOn?: CalendarDate | undefined;
}

/** What a provider pays lenders, and what of it goes to which part of the debt. */
export interface TakeOver {
  readonly loanId: Id<'lon'>;
  readonly provider: { readonly id: Id<'cov'>; readonly accountNo: AccountNo };
  readonly principal: Money;
  readonly interest: Money;
  readonly source: { readonly type: 'claim'; readonly id: string };
  readonly paidOn: CalendarDate;
}

/** What an enforcement brought, on the loan's collections already. */
export interface Recovered {
  readonly loanId: Id<'lon'>;
  readonly proceeds: Money;
  readonly costs: Money;
  readonly source: { readonly collateralId: Id<'clt'>; readonly no: number };
  readonly on: CalendarDate;
}

/** What cover asks of whoever services the loans. */
export interface CoveredLoans {
  /** @throws Problem not-found. */
  get(db: Db, id: Id<'lon'>): Promise<CoveredLoan>;
  /** Who borrowed it. */
  borrowerOf(db: Db, id: Id<'lon'>): Promise<Id<'pty'>>;
  /** The loan, locked until commit. @throws Problem not-found. */
  lock(tx: Tx, id: Id<'lon'>): Promise<CoveredLoan>;
  /** The last evening whose close is finished. */
  lastClosedOn(db: Db): Promise<CalendarDate | undefined>;
  /** Live loans on which something fell due before a day and is unpaid, by number. */
  listOverdue(
    db: Db,
    page: { readonly dueBefore: CalendarDate; readonly after: LoanNo; readonly limit: number },
  ): Promise<readonly OverdueLoan[]>;
  /** What lenders, without guarantors, are owed of each loan as of an evening. */
  owedToLenders(
    db: Db,
    loanNos: readonly LoanNo[],
    on: CalendarDate,
  ): Promise<ReadonlyMap<LoanNo, Owed>>;
  /**
   * Pays lenders out of the provider's account and gives the provider a note for the principal. The
   * borrower owes what it owed. The loan is locked.
   */
  compensate(
    tx: Tx,
    order: TakeOver,
  ): Promise<{
    readonly paymentNo: number;
    readonly noteNo: number;
    readonly entryNo: EntryNo;
  }>;
  /** Takes the costs out, for whoever bore them, and applies the rest as a recovery. */
  recover(tx: Tx, recovered: Recovered): Promise<void>;
  /** What lenders have outstanding in loans that a fund looks to. */
  exposureByGrade(db: Db, scope: GradeScope): Promise<readonly GradeExposure[]>;
}

/** How a guarantor's or a fund's money finds its way here. */
export interface CoverReferences {
  /** Opens the account and the reference that names it. */
  open(
    tx: Tx,
    draft: {
      readonly owner: CoverOwner;
      readonly partyId: Id<'pty'>;
      readonly currency: Currency;
    },
  ): Promise<{ readonly reference: string; readonly accountNo: AccountNo }>;
  /** What still comes waits in suspense. */
  close(tx: Tx, owner: CoverOwner): Promise<void>;
}

export interface CoverOwner {
  readonly kind: 'guarantor' | 'fund';
  readonly id: Id<'cov'>;
}

/** What is reckoned to be lost of loans of a grade. */
export type LossOfGrade = (grade: string, on: CalendarDate) => GradeLoss;
