import type { CalendarDate } from '../../kernel/calendar-date';
import { daysBetween } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import { reconciliationProblem } from './errors';

export const BREAK_KINDS = [
  'line-without-posting',
  'posting-without-line',
  'amount-differs',
] as const;
export type BreakKind = (typeof BREAK_KINDS)[number];

export const BREAK_STATUSES = ['open', 'proposed', 'resolved'] as const;
export type BreakStatus = (typeof BREAK_STATUSES)[number];

/** Where a difference goes that cannot be matched: at the operator's cost, or to suspense. */
export const SETTLEMENTS = ['own-funds', 'suspense'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** What stands alone on one side, or differs: until it is matched or settled. */
export interface Break {
  readonly id: Id<'brk'>;
  readonly kind: BreakKind;
  readonly lineNo?: bigint | undefined;
  readonly accountSeq?: bigint | undefined;
  readonly matchId?: Id<'rcm'> | undefined;
  /** What the bank has more than the books by it; negative where it has less. */
  readonly amount: Money;
  readonly sinceOn: CalendarDate;
  readonly status: BreakStatus;
  /** Who sees to it, and what is known of it. */
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
  readonly proposal?: Proposal | undefined;
  readonly resolution?: 'matched' | Settlement | undefined;
  readonly resolvedBy?: string | undefined;
  readonly resolvedAt?: Date | undefined;
  readonly openedAt: Date;
}

export interface Proposal {
  readonly to: Settlement;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/**
 * What the bank has less of may become the operator's cost. What it has more of is never the
 * operator's gain: it belongs to whoever paid it in, or was to be paid, and waits for them in suspense.
 *
 * @throws Problem `reconciliation.break-status`, `reconciliation.not-for-suspense`,
 *   `reconciliation.not-for-own-funds`.
 */
export function propose(found: Break, proposal: Proposal): Break {
  requireStatus(found, 'open');
  if (proposal.to === 'suspense' && !found.amount.isPositive) {
    throw reconciliationProblem('not-for-suspense');
  }
  if (proposal.to === 'own-funds' && !found.amount.isNegative) {
    throw reconciliationProblem('not-for-own-funds');
  }
  return { ...found, status: 'proposed', proposal };
}

/** Takes a proposal back. @throws Problem `reconciliation.break-status`. */
export function decline(found: Break): Break {
  requireStatus(found, 'proposed');
  return { ...found, status: 'open', proposal: undefined };
}

/** @throws Problem `reconciliation.break-status`, `reconciliation.four-eyes`. */
export function requireSecondPerson(found: Break, by: string): Proposal {
  requireStatus(found, 'proposed');
  const { proposal } = found;
  if (!proposal || proposal.by === by) throw reconciliationProblem('four-eyes');
  return proposal;
}

function requireStatus(found: Break, status: BreakStatus): void {
  if (found.status !== status) {
    throw reconciliationProblem('break-status', { detail: `It is ${found.status}.` });
  }
}

export const AGE_BUCKETS = ['0-1', '2-7', '8-30', '31+'] as const;
export type AgeBucket = (typeof AGE_BUCKETS)[number];

export interface Age {
  readonly days: number;
  readonly workingDays: number;
  readonly bucket: AgeBucket;
}

/** How old a break is on a day: in days, and in days that are worked. */
export function ageOn(sinceOn: CalendarDate, day: CalendarDate, workingDays: WorkingDays): Age {
  const days = Math.max(0, daysBetween(sinceOn, day));
  const worked = days === 0 ? 0 : workingDays.workingDaysBetween(sinceOn, day);
  return { days, workingDays: worked, bucket: bucketOf(days) };
}

function bucketOf(days: number): AgeBucket {
  if (days <= 1) return '0-1';
  if (days <= 7) return '2-7';
  return days <= 30 ? '8-30' : '31+';
}
