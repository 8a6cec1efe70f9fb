import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { LoanNo } from '../loans';
import { coverProblem } from './errors';
import { shareRate, WHOLE_PPM, type Basis } from './risk-sharing';

export const REVIEWS = ['automatic', 'staff'] as const;
export const FEE_PAYERS = ['borrower', 'operator'] as const;

/** What a guarantor undertakes for one loan. */
export interface ContractTerms {
  /** Of what lenders lose, in millionths. */
  readonly sharePpm: number;
  readonly basis: Basis;
  /** Days past due from which it may be claimed on. */
  readonly triggerDays: number;
  /** It answers for what fell due, and was missed, on one of these days. */
  readonly validFrom: CalendarDate;
  readonly validTo: CalendarDate;
  readonly documentSha256: string;
  /** What the guarantor is paid for it, outside of the engine, and by whom. */
  readonly fee: Money;
  readonly feePayer: (typeof FEE_PAYERS)[number];
  /** Whether a person looks at a claim before it is paid. */
  readonly review: (typeof REVIEWS)[number];
}

/**
 * `fulfilled`: it paid all that it owed, and holds a note for it. `ended`: the loan was repaid, or
 * people ended it.
 */
export type ContractStatus = 'active' | 'fulfilled' | 'ended';

/** A guarantee or an insurance of one loan. */
export interface Contract extends ContractTerms {
  readonly loanNo: LoanNo;
  /** 1, 2, 3... within the loan. */
  readonly no: number;
  readonly loanId: Id<'lon'>;
  readonly providerId: Id<'cov'>;
  readonly status: ContractStatus;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly endedAt?: Date | undefined;
}

/** Whether it answers for what has been overdue since a day. */
export function answersFor(
  { status, validFrom, validTo, triggerDays }: Contract,
  arrears: { readonly since: CalendarDate; readonly daysPastDue: number },
): boolean {
  const isValid = validFrom <= arrears.since && arrears.since <= validTo;
  return status === 'active' && isValid && arrears.daysPastDue >= triggerDays;
}

/**
 * The contracts of a loan share its risk with the lenders, who bear what is left.
 *
 * @throws Problem `cover.shares-exceed-whole`, `cover.already-covered`.
 */
export function requireRoom(
  contracts: readonly Contract[],
  wanted: Pick<Contract, 'providerId' | 'sharePpm'>,
): void {
  const standing = contracts.filter(({ status }) => status !== 'ended');
  if (standing.some(({ providerId }) => providerId === wanted.providerId)) {
    throw coverProblem('already-covered');
  }
  const used = standing.reduce((sum, { sharePpm }) => sum + sharePpm, 0);
  if (used + wanted.sharePpm > WHOLE_PPM) {
    throw coverProblem('shares-exceed-whole', {
      detail: `${rateText(shareRate(WHOLE_PPM - used))} of the loan is not covered yet.`,
    });
  }
}

/** What a contract answers for of an amount, rounded up: exposure must not be made small. */
export function exposureOf({ sharePpm }: Pick<Contract, 'sharePpm'>, outstanding: Money): Money {
  return outstanding.times(shareRate(sharePpm), 'ceil');
}

/** The contract ended. @throws Problem `cover.contract-ended`. */
export function ended(contract: Contract, status: 'fulfilled' | 'ended', endedAt: Date): Contract {
  if (contract.status === 'active') return { ...contract, status, endedAt };
  throw coverProblem('contract-ended', { detail: `It is ${contract.status}.` });
}
