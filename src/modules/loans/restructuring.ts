import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { Grace } from '../schedules';
import { loanProblem } from './errors';
import type { ScheduleReason } from './instalment';
import type { LoanNo } from './loan';

export const ARREARS_RULES = ['kept', 'spread', 'capitalised'] as const;

export const HOLIDAY_KINDS = [
  'principal',
  'all-capitalised',
  'all-deferred',
  'all-waived',
] as const satisfies readonly Grace['of'][];

/** What is to become of the rest of a loan. At least one thing changes. */
export interface RestructuringTerms {
  /** So many months longer than it is now. */
  readonly extraMonths?: number | undefined;
  /** The most an instalment is to be: the term becomes as long as that takes. */
  readonly instalment?: Money | undefined;
  /** The nominal yearly rate from now on. */
  readonly rate?: Rate | undefined;
  /** The next so many instalments are not paid, or without principal. */
  readonly holiday?: Grace | undefined;
  /**
   * What was not paid: it stays overdue; or is no longer, and its interest comes in equal parts with
   * the instalments (`spread`), or bears interest itself and is paid before principal
   * (`capitalised`). Overdue principal joins the rest of it.
   */
  readonly arrears: (typeof ARREARS_RULES)[number];
}

export const RESTRUCTURING_STATUSES = ['proposed', 'voting', 'in-force', 'declined'] as const;

/** An arrangement, from its proposal to the schedule it became. */
export interface Restructuring {
  readonly id: Id<'rst'>;
  readonly loanNo: LoanNo;
  readonly terms: RestructuringTerms;
  readonly reason: string;
  readonly status: (typeof RESTRUCTURING_STATUSES)[number];
  readonly proposedAt: Date;
  readonly proposedBy: string;
  readonly decidedAt?: Date | undefined;
  readonly decidedBy?: string | undefined;
  /** Holders may vote up to the end of this day. */
  readonly voteUntil?: CalendarDate | undefined;
  readonly inForce?:
    | {
        readonly on: CalendarDate;
        readonly beforeVersion: number;
        readonly afterVersion: number;
        /** What it took from the lenders together, in present value. */
        readonly loss: Money;
      }
    | undefined;
}

/** Why the schedule changes, in the word of its history. */
export function reasonOf(terms: RestructuringTerms): ScheduleReason {
  const { extraMonths, instalment, rate: changed, holiday, arrears } = terms;
  const isLonger = extraMonths !== undefined || instalment !== undefined;
  const changes = [isLonger, changed !== undefined, holiday !== undefined];
  const count = changes.filter(Boolean).length;
  if (count === 0 && arrears !== 'kept') return 're-ageing';
  if (count !== 1 || isLonger) return 'restructuring';
  return holiday === undefined ? 'rate-change' : 'holiday';
}

/** @throws Problem `loans.restructuring-terms` when nothing would change, or two things the same. */
export function requireChange(terms: RestructuringTerms): void {
  const { extraMonths, instalment, rate: changed, holiday, arrears } = terms;
  const isSame = [extraMonths, instalment, changed, holiday].every((each) => each === undefined);
  if (isSame && arrears === 'kept') {
    throw loanProblem('restructuring-terms', { detail: 'Nothing would change.' });
  }
  if (extraMonths !== undefined && instalment !== undefined) {
    const detail = 'The term follows from the instalment: only one of them is said.';
    throw loanProblem('restructuring-terms', { detail });
  }
}

/**
 * A second person decides on what the first proposed.
 *
 * @throws Problem `loans.restructuring-status`, `loans.four-eyes`.
 */
export function requireDecidable(restructuring: Restructuring, by: string): void {
  if (restructuring.status !== 'proposed') {
    const detail = `It is ${restructuring.status}.`;
    throw loanProblem('restructuring-status', { detail });
  }
  if (restructuring.proposedBy === by) throw loanProblem('four-eyes');
}

/** Terms as they are stored. */
export interface RestructuringTermsJson extends Omit<RestructuringTerms, 'instalment' | 'rate'> {
  readonly instalment?: MoneyWire | undefined;
  readonly rate?: string | undefined;
}

export function restructuringJson(terms: RestructuringTerms): RestructuringTermsJson {
  const { instalment, rate: changed, ...rest } = terms;
  return {
    ...rest,
    ...(instalment && { instalment: instalment.toWire() }),
    ...(changed && { rate: rateText(changed) }),
  };
}

export function restructuringOf(json: RestructuringTermsJson): RestructuringTerms {
  const { instalment, rate: changed, ...rest } = json;
  return {
    ...rest,
    ...(instalment && { instalment: Money.fromWire(instalment) }),
    ...(changed !== undefined && { rate: rate(changed) }),
  };
}
