import type { Id } from '../../kernel/id';
import { applicationProblem } from './errors';

export const APPLICATION_STATUSES = [
  'draft',
  'submitted',
  'referred',
  'offered',
  'accepted',
  'listed',
  'funded',
  'expired',
  'declined',
  'withdrawn',
] as const;
export type ApplicationStatus = (typeof APPLICATION_STATUSES)[number];

export const APPLICATION_SOURCES = ['borrower', 'operations', 'import'] as const;
export type ApplicationSource = (typeof APPLICATION_SOURCES)[number];

/** Which of two queues for review: the green one is served first. */
export type Priority = 'normal' | 'green';

/** A borrower's request for one loan, from the first saved line to its end. */
export interface Application {
  readonly id: Id<'app'>;
  readonly issuerId: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly externalId?: string | undefined;
  readonly source: ApplicationSource;
  readonly status: ApplicationStatus;
  /** Of the form in force; each save makes the next. */
  readonly version: number;
  readonly priority: Priority;
  /** How many other borrowers of the installation were linked with this one when it was judged. */
  readonly linkedCount: number;
  readonly decisionId?: Id<'cdn'> | undefined;
  readonly offeringId?: Id<'off'> | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly submittedAt?: Date | undefined;
}

/** One step an application took. */
export interface Transition {
  readonly from?: ApplicationStatus | undefined;
  readonly to: ApplicationStatus;
  readonly reason: string;
  readonly happenedAt: Date;
}

/** Where an application may go from each status. The last four are final. */
export const NEXT: Readonly<Record<ApplicationStatus, readonly ApplicationStatus[]>> = {
  draft: ['submitted', 'withdrawn'],
  submitted: ['referred', 'offered', 'declined', 'withdrawn'],
  referred: ['offered', 'declined', 'withdrawn'],
  // An offer ends in a decline when people overrule the decision it rests on.
  offered: ['accepted', 'declined', 'expired', 'withdrawn'],
  // An acceptance whose loan cannot be listed in time lapses like an offer.
  accepted: ['listed', 'expired', 'withdrawn'],
  listed: ['funded', 'expired', 'withdrawn'],
  funded: [],
  expired: [],
  declined: [],
  withdrawn: [],
};

/** Statuses in which an application keeps its project and its borrower from asking again. */
export const OPEN_STATUSES = ['draft', 'submitted', 'referred', 'offered', 'accepted'] as const;

export function isFinal(status: ApplicationStatus): boolean {
  return NEXT[status].length === 0;
}

/**
 * The application after a step.
 *
 * @throws Problem `applications.wrong-status`.
 */
export function moved(application: Application, to: ApplicationStatus, at: Date): Application {
  if (!NEXT[application.status].includes(to)) {
    throw applicationProblem('wrong-status', {
      detail: `An application that is ${application.status} cannot become ${to}.`,
    });
  }
  return { ...application, status: to, updatedAt: at };
}

/** @throws Problem `applications.wrong-status`. */
export function requireStatus(
  application: Application,
  statuses: readonly ApplicationStatus[],
  step: string,
): void {
  if (statuses.includes(application.status)) return;
  throw applicationProblem('wrong-status', {
    detail: `It is ${application.status}; ${step} needs ${statuses.join(' or ')}.`,
  });
}
