import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Acknowledgements } from '../rulebooks';
import type { CapRow } from '../caps';
import type { HoldNo } from '../ledger';
import { subscriptionProblem } from './errors';

/** Legal state only: where the money is, the hold says; what a page shows, a view computes. */
export type SubscriptionStatus = 'reflecting' | 'binding' | 'settled' | 'revoked' | 'released';

/** Where a subscription may go from each status. The last three are final. */
export const NEXT: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  reflecting: ['binding', 'revoked', 'released', 'settled'],
  binding: ['settled', 'released'],
  settled: [],
  revoked: [],
  released: [],
};

/** An accepted commitment to an offering. Its amount is whole shares at the offering's price. */
export interface Subscription {
  readonly id: Id<'sub'>;
  readonly offeringId: Id<'off'>;
  readonly investorId: Id<'inv'>;
  /** Place in the offering's order of arrival, from 1. */
  readonly orderNo: bigint;
  readonly holdNo: HoldNo;
  readonly amount: Money;
  readonly units: bigint;
  readonly status: SubscriptionStatus;
  readonly openedAt: Date;
  /** The instant from which it can no longer be revoked. */
  readonly revocableUntil: Date;
  readonly requestHash: string;
  /** The versions the decision was taken on; with the usage seen, they replay it. */
  readonly offeringVersion: number;
  readonly profileVersion: number;
  readonly rulebookNo: number;
  readonly acknowledged: Acknowledgements;
  /** The rows of usage it reserved on, and what each showed before, in minor units. */
  readonly capRows: readonly CapRow[];
  readonly capsUsed: readonly bigint[];
  readonly capsCeiling: readonly bigint[];
  /** Set while a material change waits for the investor's word. */
  readonly reconfirmBy: Date | undefined;
  readonly allocatedUnits: bigint | undefined;
  readonly resolvedAt: Date | undefined;
}

export function isOpen(subscription: Subscription): boolean {
  return NEXT[subscription.status].length > 0;
}

/**
 * Takes the commitment back: no reason asked, nothing charged. After a material change it may be
 * taken back until the change is confirmed, however old it is.
 *
 * @throws Problem `subscriptions.not-open`, `subscriptions.reflection-over`.
 */
export function revokeSubscription(subscription: Subscription, now: Date): Subscription {
  if (!isOpen(subscription)) {
    throw subscriptionProblem('not-open', { detail: `It is ${subscription.status}.` });
  }
  const { revocableUntil, reconfirmBy } = subscription;
  if (now >= revocableUntil && reconfirmBy === undefined) {
    throw subscriptionProblem('reflection-over', {
      detail: `It could be revoked until ${revocableUntil.toISOString()}.`,
    });
  }
  return { ...subscription, status: 'revoked', resolvedAt: now, reconfirmBy: undefined };
}

/**
 * Confirms the commitment after a material change.
 *
 * @throws Problem `subscriptions.nothing-to-reconfirm`, also when the time for it has passed.
 */
export function reconfirmSubscription(subscription: Subscription, now: Date): Subscription {
  const { reconfirmBy } = subscription;
  if (!isOpen(subscription) || reconfirmBy === undefined || now >= reconfirmBy) {
    throw subscriptionProblem('nothing-to-reconfirm');
  }
  return { ...subscription, reconfirmBy: undefined };
}

/** The acknowledgements in the order of their bits; new ones are added at the end. */
const ACKNOWLEDGEMENTS = [
  'documents',
  'riskWarning',
  'educationalMaterials',
  'cancellationLimits',
  'resaleDifficulty',
  'lossOfAll',
  'consentAboveThreshold',
  'understanding',
  'lossOfProtection',
  'borrowerApproved',
  'limitsObserved',
  'byMandate',
] as const satisfies readonly (keyof Acknowledgements)[];

/** What was acknowledged, as the bits of a small number: one column instead of a document. */
export function acknowledgementBits(acknowledged: Acknowledgements): number {
  let bits = 0;
  for (const [position, name] of ACKNOWLEDGEMENTS.entries()) {
    if (acknowledged[name] === true) bits |= 1 << position;
  }
  return bits;
}

export function acknowledgementsOf(bits: number): Acknowledgements {
  return Object.fromEntries(
    ACKNOWLEDGEMENTS.map((name, position) => [name, (bits & (1 << position)) !== 0]),
  );
}
