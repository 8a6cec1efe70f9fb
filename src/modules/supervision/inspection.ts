import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { BothLanguages } from '../reporting';
import type { DrawTerms } from './draw';
import { supervisionProblem } from './errors';

/** What is inspected: the rows behind a figure of the next report of a kind. */
export interface InspectionTerms extends DrawTerms {
  readonly template: string;
  readonly figure: string;
  /** The column of those rows by which they are divided; absent, they are not. */
  readonly stratumBy: string | undefined;
}

export interface Inspection {
  readonly id: Id<'isp'>;
  readonly authorityId: Id<'aut'>;
  readonly openedBy: string;
  readonly openedAt: Date;
  /** SHA-256 of the supervisor's nonce. */
  readonly commitment: string;
  readonly terms: InspectionTerms;
  /** Absent until the nonce is shown. */
  readonly drawn:
    | {
        readonly runId: Id<'rpt'>;
        readonly reportSha256: string;
        readonly drawnAt: Date;
        readonly population: number;
        readonly sampleSize: number;
      }
    | undefined;
  /** Of a commitment that is not drawn. */
  readonly withdrawn: Withdrawal | undefined;
}

/** A commitment that its authority gave up; it stays for everybody to see. */
export interface Withdrawal {
  readonly withdrawnAt: Date;
  readonly reason: string;
  /** The report it would have been drawn from: from then on, its draw could have been known. */
  readonly runId: Id<'rpt'> | undefined;
}

/** What an authority lets everybody know came of an inspection. */
export interface Result {
  readonly text: string;
  readonly publishedAt: Date;
}

/** An inspection as everybody may see it. */
export interface RegisteredInspection {
  readonly inspection: Inspection;
  /** Who inspects, by name. */
  readonly authority: string;
  /** What is drawn from, as it is called. */
  readonly title: { readonly report: BothLanguages; readonly figure: BothLanguages };
  /** What was found; how much of it was settled. */
  readonly findings: number;
  readonly rectified: number;
  /** What the authority says came of it, the earliest first. */
  readonly results: readonly Result[];
}

/** `asked` and `found` open a point; who drafts an answer cannot release it. */
export const STEPS = ['asked', 'found', 'drafted', 'released', 'reopened', 'settled'] as const;
export type StepKind = (typeof STEPS)[number];

export interface Step {
  readonly pointNo: number;
  readonly stepNo: number;
  readonly step: StepKind;
  readonly caseKey: string | undefined;
  readonly text: string | undefined;
  readonly dueOn: CalendarDate | undefined;
  readonly actor: string;
  readonly happenedAt: Date;
}

const MAY_FOLLOW: Readonly<Record<StepKind, readonly StepKind[]>> = {
  asked: ['drafted'],
  found: ['drafted'],
  drafted: ['drafted', 'released'],
  released: ['reopened', 'settled'],
  reopened: ['drafted'],
  settled: [],
};

/**
 * Checks that a step may follow the last of its point.
 *
 * @throws Problem `supervision.point-step`; `supervision.four-eyes` for an answer that who drafted it
 *   would release.
 */
export function requireStep(
  last: Pick<Step, 'step' | 'actor'>,
  next: Pick<Step, 'step' | 'actor'>,
): void {
  if (!MAY_FOLLOW[last.step].includes(next.step)) {
    throw supervisionProblem('point-step', {
      detail: `What was ${last.step} cannot be ${next.step}.`,
    });
  }
  if (next.step === 'released' && next.actor === last.actor) throw supervisionProblem('four-eyes');
}

/** What a supervisor sees of an answer: nothing of a draft that was not released. */
export function releasedSteps(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step, place) => {
    if (step.step !== 'drafted') return true;
    const next = steps.slice(place + 1).find(({ pointNo }) => pointNo === step.pointNo);
    return next?.step === 'released';
  });
}
