import type { Id } from '../../kernel/id';

/** What others may learn of an offering, once the step it tells of is committed. */
export type OfferingEvent =
  | 'offering.created'
  | 'offering.submitted'
  | 'offering.approved'
  | 'offering.rejected'
  | 'offering.scheduled'
  | 'offering.opened'
  | 'offering.changed'
  | 'offering.early-close-announced'
  | 'offering.closed'
  | 'offering.settled'
  | 'offering.failed'
  | 'offering.withdrawn';

/** Payload of `offering.changed`: whoever subscribed before must reconfirm in time. */
export interface OfferingChanged {
  readonly offeringId: Id<'off'>;
  readonly version: number;
  readonly fields: readonly string[];
  /** Absent when the rulebook asks for no reconfirmation. */
  readonly reconfirmBy?: string | undefined;
}
