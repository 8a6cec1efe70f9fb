import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Rate } from '../../kernel/rate';

/** Where a loan stands for its impairment: as good as it was, clearly worse, or impaired. */
export type Stage = 1 | 2 | 3;

export type StageReason =
  | 'pd-risen'
  | 'past-due-over-30'
  | 'watch-list'
  | 'forborne'
  | 'past-due-90'
  | 'unlikely-to-pay'
  | 'cure-period';

/** When a loan moves; data of `compliance/impairment`. */
export interface StageThresholds {
  /** How many times its probability at the grant, and how much above it: both must be reached. */
  readonly pdRatio: Rate;
  readonly pdIncrease: Rate;
  /** Stage 2 when more days past due; IFRS 9 5.5.11 presumes it at 30. */
  readonly stage2DaysPastDue: number;
  /** Stage 3 when so many days past due; IFRS 9 B5.5.37 presumes it at 90. */
  readonly stage3DaysPastDue: number;
  /** How long nothing may speak for the worse stage before it is left. */
  readonly cureMonths: { readonly stage2: number; readonly stage3: number };
}

export interface StageFacts {
  readonly on: CalendarDate;
  /** Probabilities of default of the same horizon: at the grant, and now. */
  readonly pdAtGrant: Rate;
  readonly pdNow: Rate;
  readonly daysPastDue: number;
  readonly isOnWatchList: boolean;
  readonly isForborne: boolean;
  readonly isUnlikelyToPay: boolean;
  /** What was found the last time. */
  readonly before?: Pick<StageVerdict, 'stage' | 'quietSince'> | undefined;
}

export interface StageVerdict {
  readonly stage: Stage;
  readonly reasons: readonly StageReason[];
  /** Since when nothing speaks for the stage it is still in. */
  readonly quietSince?: CalendarDate | undefined;
}

/**
 * The stage of a loan under IFRS 9 5.5.
 *
 * Worse comes at once; better only when nothing has spoken for the worse stage throughout its cure
 * period, and then one stage at a time, so that a loan does not jump from impaired to sound.
 */
export function stageOf(facts: StageFacts, thresholds: StageThresholds): StageVerdict {
  const { stage, reasons } = spokenFor(facts, thresholds);
  const { before, on } = facts;
  if (before === undefined || stage >= before.stage) return { stage, reasons };
  const cure = thresholds.cureMonths[before.stage === 3 ? 'stage3' : 'stage2'];
  const quietSince = before.quietSince ?? on;
  if (on < addMonths(quietSince, cure)) {
    return { stage: before.stage, reasons: [...reasons, 'cure-period'], quietSince };
  }
  const next = before.stage === 3 ? 2 : 1;
  // Nothing speaks for stage 2 either, but its own cure begins only now.
  return next > stage
    ? { stage: next, reasons: [...reasons, 'cure-period'], quietSince: on }
    : { stage, reasons };
}

function spokenFor(facts: StageFacts, thresholds: StageThresholds): StageVerdict {
  const impaired: readonly (readonly [boolean, StageReason])[] = [
    [facts.daysPastDue >= thresholds.stage3DaysPastDue, 'past-due-90'],
    [facts.isUnlikelyToPay, 'unlikely-to-pay'],
  ];
  const worse: readonly (readonly [boolean, StageReason])[] = [
    [hasRisen(facts, thresholds), 'pd-risen'],
    [facts.daysPastDue > thresholds.stage2DaysPastDue, 'past-due-over-30'],
    [facts.isOnWatchList, 'watch-list'],
    [facts.isForborne, 'forborne'],
  ];
  const reasonsOf = (signs: typeof worse): StageReason[] =>
    signs.flatMap(([isSo, reason]) => (isSo ? [reason] : []));
  if (reasonsOf(impaired).length > 0) {
    return { stage: 3, reasons: reasonsOf([...impaired, ...worse]) };
  }
  const reasons = reasonsOf(worse);
  return { stage: reasons.length > 0 ? 2 : 1, reasons };
}

/**
 * Both at once: a ratio alone would move the best borrowers on a trifle, a difference alone would
 * never move them.
 */
function hasRisen({ pdAtGrant, pdNow }: StageFacts, thresholds: StageThresholds): boolean {
  return (
    pdNow.gte(pdAtGrant.times(thresholds.pdRatio)) &&
    pdNow.minus(pdAtGrant).gte(thresholds.pdIncrease)
  );
}
