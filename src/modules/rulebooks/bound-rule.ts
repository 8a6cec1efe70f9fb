import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { Cap } from './cap';
import type { Context } from './context';
import type { Action, InvestorKind } from './facts';
import type { Judge, RuleBase } from './rule';

/** The working days of a place. `kernel/working-days` has one per calendar in `compliance/`. */
export interface WorkingDays {
  isWorkingDay(date: CalendarDate): boolean;
  /** The `count`-th working day after `date`. */
  addWorkingDays(date: CalendarDate, count: number): CalendarDate;
}

/** What a timer is for: the question that its end answers. */
export const TIMER_PURPOSES = [
  'revocation',
  'settlement',
  'early-close',
  'reconfirmation',
  'resale',
  'cooling-off',
  'raising',
] as const;

export type TimerPurpose = (typeof TIMER_PURPOSES)[number];

/** What can happen that obliges somebody to do something by some day. */
export const EVENTS = [
  'offering-published',
  'half-target-reached',
  'target-reached',
  'offering-closed',
  'offering-failed',
  'material-change',
  'major-event',
  'fiscal-year-end',
  'record-made',
  'month-end',
  'quarter-end',
  'funds-received',
  'loan-matured',
] as const;

export type ObligationEvent = (typeof EVENTS)[number];

/** One criterion of a tier: met or not, by what, and where it stands. */
export interface CriterionFinding extends Finding {
  readonly isMet: boolean;
}

export interface TierVerdict {
  readonly isMet: boolean;
  readonly criteria: readonly CriterionFinding[];
}

/** An amount above which something more is asked of the investor. It forbids nothing. */
export interface Threshold {
  readonly above: Money;
  readonly message: string;
}

export interface BoundTimer {
  readonly purpose: TimerPurpose;
  /** Undefined when the timer does not run in these circumstances. */
  readonly endsAt: (context: Context, workingDays?: WorkingDays) => Date | undefined;
}

export interface BoundTier {
  readonly id: string;
  readonly investorKind: InvestorKind;
  readonly judge: (context: Context) => TierVerdict;
  /** Undefined when the classification holds until something changes. */
  readonly expiresAt: (context: Context) => Date | undefined;
}

export interface BoundObligation {
  readonly event: ObligationEvent;
  /** Undefined when nothing falls due by a date. */
  readonly dueOn: (
    context: Context,
    happenedOn: CalendarDate,
    workingDays?: WorkingDays,
  ) => CalendarDate | undefined;
}

/**
 * A rule bound to code. What it can be asked depends on its kind: a cap has a ceiling, a timer an
 * end, a tier its criteria. The engine asks, and knows no kind by name.
 */
export interface BoundRule {
  readonly rule: RuleBase & { readonly kind: string };
  /** The actions it speaks on; none when it is only asked for something else. */
  readonly actions: readonly Action[];
  readonly judge?: Judge;
  /** The amount above which it speaks, where it speaks on large amounts only. */
  readonly threshold?: (context: Context) => Threshold | undefined;
  readonly cap?: (context: Context) => Cap | undefined;
  readonly timer?: BoundTimer;
  readonly tier?: BoundTier;
  readonly obligation?: BoundObligation;
}
