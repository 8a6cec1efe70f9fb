import type { Id } from '../../kernel/id';
import { applicationProblem } from './errors';

export const APPEAL_STATUSES = ['open', 'upheld', 'dismissed'] as const;
export type AppealStatus = (typeof APPEAL_STATUSES)[number];

export type Recommendation = 'uphold' | 'dismiss';

/** An objection to an entry of a credit list. One person examines it, another decides. */
export interface Appeal {
  readonly id: Id<'apl'>;
  readonly entryId: Id<'lst'>;
  readonly grounds: string;
  readonly filedBy: string;
  readonly filedAt: Date;
  readonly status: AppealStatus;
  readonly recommended?: Recommendation | undefined;
  readonly examinedBy?: string | undefined;
  readonly examinedAt?: Date | undefined;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
  readonly note?: string | undefined;
}

/** Who was at work on the entry: they do not judge the objection to it. */
export type EntryHands = readonly (string | undefined)[];

/** @throws Problem `applications.appeal-not-open`, `applications.four-eyes`. */
export function examined(
  appeal: Appeal,
  step: { readonly recommended: Recommendation; readonly by: string; readonly at: Date },
  hands: EntryHands,
): Appeal {
  if (appeal.status !== 'open' || appeal.examinedBy !== undefined) {
    throw applicationProblem('appeal-not-open');
  }
  if (hands.includes(step.by) || step.by === appeal.filedBy) throw applicationProblem('four-eyes');
  return {
    ...appeal,
    recommended: step.recommended,
    examinedBy: step.by,
    examinedAt: step.at,
  };
}

/** @throws Problem `applications.appeal-not-open`, `applications.four-eyes`. */
export function decidedAppeal(
  appeal: Appeal,
  step: {
    readonly verdict: 'upheld' | 'dismissed';
    readonly note: string;
    readonly by: string;
    readonly at: Date;
  },
  hands: EntryHands,
): Appeal {
  if (appeal.status !== 'open' || appeal.examinedBy === undefined) {
    throw applicationProblem('appeal-not-open', {
      detail: 'It is decided by a second person, after the first has examined it.',
    });
  }
  const isSecond = step.by !== appeal.examinedBy && step.by !== appeal.filedBy;
  if (!isSecond || hands.includes(step.by)) throw applicationProblem('four-eyes');
  return {
    ...appeal,
    status: step.verdict,
    note: step.note,
    decidedBy: step.by,
    decidedAt: step.at,
  };
}
