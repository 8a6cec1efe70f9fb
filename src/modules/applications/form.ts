import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import { Money, type MoneyWire } from '../../kernel/money';

export const LOAN_PURPOSES = [
  'debt-consolidation',
  'credit-card',
  'home-improvement',
  'major-purchase',
  'car',
  'education',
  'medical',
  'moving',
  'small-business',
  'working-capital',
  'house',
  'wedding',
  'holiday',
  'renewable-energy',
  'other',
] as const;
export type LoanPurpose = (typeof LOAN_PURPOSES)[number];

export const REPAYMENTS = ['annuity', 'equal-principal', 'interest-only', 'bullet'] as const;
export type Repayment = (typeof REPAYMENTS)[number];

export const INCOME_SOURCES = [
  'employment',
  'self-employment',
  'pension',
  'benefits',
  'business',
  'other',
] as const;
export type IncomeSource = (typeof INCOME_SOURCES)[number];

/** What comes in each month, as the borrower states it, before it was checked. */
export interface StatedIncome {
  readonly monthly: Money;
  readonly source: IncomeSource;
  readonly since?: CalendarDate | undefined;
}

/** What goes out each month already. */
export interface Commitments {
  readonly housing: Money;
  /** Instalments of other loans. */
  readonly loans: Money;
  readonly other: Money;
  readonly dependants: number;
}

/** One fact a scorecard may use: `homeOwnership: 'MORTGAGE'`, `inquiries: 2`. */
export type CreditFacts = Readonly<Record<string, string | number>>;

/** What a borrower has filled in so far. Everything may be missing until it is handed in. */
export interface ApplicationForm {
  readonly amount?: Money | undefined;
  readonly termMonths?: number | undefined;
  readonly purpose?: LoanPurpose | undefined;
  readonly repayment?: Repayment | undefined;
  /** What the money is for, in the borrower's words. */
  readonly project?: string | undefined;
  /** Number of a contract, plot or invoice that tells this project from any other. */
  readonly projectReference?: string | undefined;
  readonly income?: StatedIncome | undefined;
  readonly commitments?: Commitments | undefined;
  readonly creditFacts?: CreditFacts | undefined;
}

/** How the borrower is reached and paid, and from where the form came: personal, kept sealed. */
export interface Contact {
  readonly phone?: string | undefined;
  readonly bankAccount?: string | undefined;
  readonly address?: string | undefined;
  readonly employer?: string | undefined;
  /** What the browser or telephone calls itself. */
  readonly device?: string | undefined;
}

export const FORM_FIELDS = [
  'amount',
  'termMonths',
  'purpose',
  'repayment',
  'project',
  'projectReference',
  'income',
  'commitments',
  'creditFacts',
] as const satisfies readonly (keyof ApplicationForm)[];

export const CONTACT_FIELDS = [
  'phone',
  'bankAccount',
  'address',
  'employer',
  'device',
] as const satisfies readonly (keyof Contact)[];

/** The fields in which two forms differ, in the order of the form. */
export function changedFields(before: ApplicationForm, after: ApplicationForm): readonly string[] {
  const old = formJson(before);
  const now = formJson(after);
  return FORM_FIELDS.filter((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]));
}

/** A form with what was saved now laid over what was saved before. */
export function merged<T extends object>(before: T, saved: T): T {
  const given = Object.entries(saved).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}

/** The form as it is stored, its members in one order. */
export function formJson(form: ApplicationForm): Readonly<Record<string, Json | undefined>> {
  const { income, commitments } = form;
  return {
    amount: form.amount && wire(form.amount),
    termMonths: form.termMonths,
    purpose: form.purpose,
    repayment: form.repayment,
    project: form.project,
    projectReference: form.projectReference,
    income: income && {
      monthly: wire(income.monthly),
      source: income.source,
      since: income.since,
    },
    commitments: commitments && {
      housing: wire(commitments.housing),
      loans: wire(commitments.loans),
      other: wire(commitments.other),
      dependants: commitments.dependants,
    },
    creditFacts: form.creditFacts,
  };
}

interface StoredForm extends Omit<ApplicationForm, 'amount' | 'income' | 'commitments'> {
  readonly amount?: MoneyWire;
  readonly income?: { monthly: MoneyWire; source: IncomeSource; since?: string };
  readonly commitments?: {
    readonly housing: MoneyWire;
    readonly loans: MoneyWire;
    readonly other: MoneyWire;
    readonly dependants: number;
  };
}

/** The form as it was stored. @throws Problem of money and dates. */
export function formOf(json: unknown): ApplicationForm {
  const { amount, income, commitments, ...rest } = json as StoredForm;
  return {
    ...rest,
    ...(amount === undefined ? {} : { amount: Money.fromWire(amount) }),
    ...(income === undefined
      ? {}
      : {
          income: {
            monthly: Money.fromWire(income.monthly),
            source: income.source,
            ...(income.since === undefined ? {} : { since: calendarDate(income.since) }),
          },
        }),
    ...(commitments === undefined
      ? {}
      : {
          commitments: {
            housing: Money.fromWire(commitments.housing),
            loans: Money.fromWire(commitments.loans),
            other: Money.fromWire(commitments.other),
            dependants: commitments.dependants,
          },
        }),
  };
}

function wire(money: Money): Json {
  return { ...money.toWire() };
}
