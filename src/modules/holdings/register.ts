import { assert } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';

/** How a register changes, in the words of the Open Cap Format. */
export const EVENT_KINDS = ['issuance', 'transfer', 'cancellation'] as const;
export type RegisterEventKind = (typeof EVENT_KINDS)[number];

export interface Holder {
  readonly investorId: Id<'inv'>;
  readonly partyId: Id<'pty'>;
}

/** One line of a register, never changed once it is entered. */
export interface RegisterEvent {
  /** 1, 2, 3...: without a gap within an instrument. */
  readonly position: bigint;
  readonly kind: RegisterEventKind;
  /** Absent for an issuance. */
  readonly from?: Holder | undefined;
  /** Absent for a cancellation. */
  readonly to?: Holder | undefined;
  readonly units: bigint;
  /** What one unit cost, in major units of the instrument's currency. */
  readonly price?: Rate | undefined;
  /** The issuance that a cancellation takes back. */
  readonly reversesPosition?: bigint | undefined;
  readonly source: RegisterSource;
  readonly reason?: string | undefined;
  /** When it was agreed. */
  readonly occurredAt: Date;
  /** When it was entered, and from when it counts: a holder is who stands in the register. */
  readonly enteredAt: Date;
  /** SHA-256 over this event and the hash of the one before, hexadecimal. */
  readonly hash: string;
}

/** The fact an event comes from: the same fact is entered once. */
export interface RegisterSource {
  readonly type: string;
  readonly id: string;
}

/** Who holds what, as it follows from the events alone. */
export interface RegisterState {
  /** Holders with at least one unit. */
  readonly units: ReadonlyMap<Id<'inv'>, bigint>;
  readonly issued: bigint;
  readonly cancelled: bigint;
  readonly lastPosition: bigint;
}

type Moves = Pick<RegisterEvent, 'position' | 'kind' | 'from' | 'to' | 'units'>;

/**
 * The register as the events make it, from nothing.
 *
 * @throws AssertionError when the events cannot be true: a gap, or somebody giving what they
 *   do not have.
 */
export function replay(events: Iterable<Moves>): RegisterState {
  const units = new Map<Id<'inv'>, bigint>();
  let issued = 0n;
  let cancelled = 0n;
  let lastPosition = 0n;
  for (const event of events) {
    assert(event.position === lastPosition + 1n, `event ${event.position} does not follow`);
    lastPosition = event.position;
    if (event.from) take(units, event.from, event.units);
    else issued += event.units;
    if (event.to) give(units, event.to, event.units);
    else cancelled += event.units;
  }
  return { units, issued, cancelled, lastPosition };
}

function give(units: Map<Id<'inv'>, bigint>, { investorId }: Holder, count: bigint): void {
  units.set(investorId, (units.get(investorId) ?? 0n) + count);
}

function take(units: Map<Id<'inv'>, bigint>, { investorId }: Holder, count: bigint): void {
  const left = (units.get(investorId) ?? 0n) - count;
  assert(left >= 0n, `${investorId} gives more units than it has`);
  if (left === 0n) units.delete(investorId);
  else units.set(investorId, left);
}
