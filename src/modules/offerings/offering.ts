import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import { offeringProblem } from './errors';

export const OFFERING_KINDS = ['equity', 'loan', 'reward', 'donation'] as const;

export type OfferingKind = (typeof OFFERING_KINDS)[number];

export const OFFERING_STATUSES = [
  'draft',
  'in-review',
  'scheduled',
  'live',
  'closing',
  'settled',
  'failed',
  'withdrawn',
] as const;

export type OfferingStatus = (typeof OFFERING_STATUSES)[number];

/** One raise. Its terms stand in versions; what changes with every order, in its book. */
export interface Offering {
  readonly id: Id<'off'>;
  readonly issuerId: Id<'iss'>;
  readonly kind: OfferingKind;
  readonly status: OfferingStatus;
  /** The version of the terms in force. Versions are counted from 1 without a gap. */
  readonly version: number;
  readonly title: string;
  /** What the outside calls it: the accession number of a filing. */
  readonly externalId?: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it was first open to orders. */
  readonly publishedAt?: Date | undefined;
  /** When the last order could be placed. */
  readonly closedAt?: Date | undefined;
}

export type OfferingAction =
  'submit' | 'reject' | 'schedule' | 'open' | 'close' | 'settle' | 'fail' | 'withdraw';

interface Transition {
  readonly from: readonly OfferingStatus[];
  readonly to: OfferingStatus;
}

/** The whole lifecycle. Settled, failed and withdrawn are final. */
export const TRANSITIONS: Readonly<Record<OfferingAction, Transition>> = {
  submit: { from: ['draft'], to: 'in-review' },
  reject: { from: ['in-review'], to: 'draft' },
  schedule: { from: ['in-review'], to: 'scheduled' },
  open: { from: ['scheduled'], to: 'live' },
  close: { from: ['live'], to: 'closing' },
  settle: { from: ['closing'], to: 'settled' },
  fail: { from: ['closing'], to: 'failed' },
  withdraw: { from: ['draft', 'in-review', 'scheduled', 'live', 'closing'], to: 'withdrawn' },
};

/** The status changes of an offering that a step made, in order. */
export interface OfferingTransition {
  readonly from: OfferingStatus | undefined;
  readonly to: OfferingStatus;
  readonly reason: string;
  readonly actor: string;
  readonly happenedAt: Date;
}

/**
 * The offering after the action.
 *
 * @throws Problem `offerings.wrong-status`.
 */
export function transition(offering: Offering, action: OfferingAction, now: Date): Offering {
  const { from, to } = TRANSITIONS[action];
  requireStatus(offering, from, action);
  return {
    ...offering,
    status: to,
    updatedAt: now,
    ...(action === 'open' ? { publishedAt: offering.publishedAt ?? now } : {}),
    ...(offering.status === 'live' ? { closedAt: now } : {}),
  };
}

/** @throws Problem `offerings.wrong-status` unless the offering is in one of the statuses. */
export function requireStatus(
  offering: Offering,
  statuses: readonly OfferingStatus[],
  what: string,
): void {
  if (statuses.includes(offering.status)) return;
  throw offeringProblem('wrong-status', {
    detail: `It is ${offering.status}; ${what} needs ${statuses.join(' or ')}.`,
  });
}

/** Whether nothing about the offering will change any more. */
export function isFinal(status: OfferingStatus): boolean {
  return status === 'settled' || status === 'failed' || status === 'withdrawn';
}

/** Whether anybody outside the operator and the issuer may know of the offering. */
export function isPublic(status: OfferingStatus): boolean {
  return status === 'live' || status === 'closing' || status === 'settled' || status === 'failed';
}

/** The book as the orders see it: open or shut, its limits and what was committed. */
export interface OfferingBook {
  readonly offeringId: Id<'off'>;
  readonly isOpen: boolean;
  readonly version: number;
  readonly opensAt: Date;
  readonly closesAt: Date;
  /** The most to take orders for. */
  readonly limit: Money;
  /** What open subscriptions commit to together. */
  readonly committed: Money;
  readonly orderCount: bigint;
  readonly holderLimit?: number | undefined;
}
