import type { Id } from '../../kernel/id';
import { disputeProblem } from './errors';

/** The ways a dispute may take (云政发 M10): before the operator, or before somebody else. */
export const CHANNELS = [
  'online',
  'walk-in',
  'regulator',
  'mediation',
  'arbitration',
  'litigation',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const TOPICS = [
  'disclosure',
  'fees',
  'payment',
  'repayment',
  'debt-collection',
  'intellectual-property',
  'personal-data',
  'service',
  'other',
] as const;
export type Topic = (typeof TOPICS)[number];

export const OUTCOMES = ['upheld', 'partly-upheld', 'rejected', 'settled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OPEN_STATUSES = ['received', 'acknowledged', 'answered', 'escalated'] as const;
export const COMPLAINT_STATUSES = [...OPEN_STATUSES, ...OUTCOMES, 'withdrawn'] as const;
export type ComplaintStatus = (typeof COMPLAINT_STATUSES)[number];

/** Somebody with a file at the operator. A borrower is an issuer. */
export type DisputeParty =
  | { readonly kind: 'investor'; readonly id: Id<'inv'> }
  | { readonly kind: 'issuer'; readonly id: Id<'iss'> };

/** What a complaint is about. */
export type Subject =
  | { readonly kind: 'offering'; readonly id: Id<'off'> }
  | { readonly kind: 'subscription'; readonly id: Id<'sub'> }
  | { readonly kind: 'loan'; readonly id: Id<'lon'> }
  | { readonly kind: 'deposit'; readonly id: Id<'dep'> }
  | { readonly kind: 'withdrawal'; readonly id: Id<'wdr'> }
  | { readonly kind: 'other' };

/** A complaint of a party, and the dispute that may become of it. */
export interface Complaint {
  readonly id: Id<'cpl'>;
  readonly complainant: DisputeParty;
  /** Against whom, where that is a party and not the operator. */
  readonly respondent?: DisputeParty | undefined;
  readonly subject: Subject;
  readonly topic: Topic;
  readonly text: string;
  /** Where it is heard now. */
  readonly channel: Channel;
  readonly status: ComplaintStatus;
  readonly filedBy: string;
  readonly filedAt: Date;
  readonly endedAt?: Date | undefined;
}

/** Who speaks. */
export type Side = 'complainant' | 'respondent' | 'operator';

export const STEPS = ['acknowledge', 'answer', 'escalate', 'conclude', 'withdraw'] as const;
export type Step = (typeof STEPS)[number];

/** From where each step may be taken. Nothing is concluded that nobody has looked at. */
const FROM: Readonly<Record<Step, readonly ComplaintStatus[]>> = {
  acknowledge: ['received'],
  answer: ['received', 'acknowledged', 'escalated'],
  escalate: OPEN_STATUSES,
  conclude: ['acknowledged', 'answered', 'escalated'],
  withdraw: OPEN_STATUSES,
};

export function isOpen({ status }: Pick<Complaint, 'status'>): boolean {
  return OPEN_STATUSES.some((open) => open === status);
}

/** @throws Problem `disputes.complaint-status`. */
export function requireStep({ status }: Pick<Complaint, 'status'>, step: Step): void {
  if (FROM[step].includes(status)) return;
  throw disputeProblem('complaint-status', { detail: `It is ${status}.` });
}

/** @throws Problem `disputes.complaint-status`. */
export function requireOpen(complaint: Pick<Complaint, 'status'>): void {
  if (isOpen(complaint)) return;
  throw disputeProblem('complaint-status', { detail: `It is ${complaint.status}.` });
}

/**
 * The complaint before somebody else. Its complainant may take it there once it was answered, or not
 * answered in time; staff may at any moment.
 *
 * @throws Problem `disputes.complaint-status`, `disputes.same-channel`, `disputes.escalation-early`.
 */
export function escalated(
  complaint: Complaint,
  { channel, by, isLate }: { channel: Channel; by: Side; isLate: boolean },
): Complaint {
  requireStep(complaint, 'escalate');
  if (channel === complaint.channel) throw disputeProblem('same-channel');
  const isReady = complaint.status === 'answered' || complaint.status === 'escalated' || isLate;
  if (by !== 'operator' && !isReady) throw disputeProblem('escalation-early');
  return { ...complaint, channel, status: 'escalated' };
}

/** The other of the two sides whose money may be in dispute. */
export function otherSide(side: 'complainant' | 'respondent'): 'complainant' | 'respondent' {
  return side === 'complainant' ? 'respondent' : 'complainant';
}
