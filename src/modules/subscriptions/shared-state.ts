import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { Problem } from '../../kernel/problem';
import { overrun, usageKey } from '../caps';
import type { AccountNo } from '../ledger';
import { holderFinding } from '../rulebooks';
import { subscriptionProblem } from './errors';
import type { Candidate } from './order';

/** A book as it stands under its lock. */
export interface LockedBook {
  readonly isOpen: boolean;
  readonly version: number;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly limitMinor: bigint;
  committedMinor: bigint;
  /** Parties that hold, or have subscribed for, shares of the issuer; only where that is capped. */
  readonly holders: Set<string>;
}

/**
 * What several orders want at once, locked and read: money, use of caps, room, holders. Orders
 * are decided against it one by one, in order of arrival, each seeing what those before it took.
 */
export interface SharedState {
  readonly now: Date;
  /** Used per row of `usageKey`, in minor units. */
  readonly used: Map<string, bigint>;
  /** Available per account; an account that is missing is not open. */
  readonly available: Map<AccountNo, bigint>;
  readonly books: ReadonlyMap<string, LockedBook>;
}

/** Takes what the order needs from the shared state, or says why it cannot be had. */
export function takeOrRefuse(candidate: Candidate, state: SharedState): Problem | undefined {
  const book = state.books.get(candidate.offering.id);
  if (!book || !takesOrders(book, state.now)) {
    return subscriptionProblem('offering-not-open', {
      detail: 'The offering takes no orders at this time.',
    });
  }
  const available = state.available.get(candidate.accountNo);
  const refusal =
    capRefusal(candidate, state.used, book) ??
    roomRefusal(candidate, book) ??
    fundsRefusal(candidate, available);
  if (refusal) return refusal;
  const { minor } = candidate.ticket.cost;
  for (const line of candidate.caps) {
    const key = usageKey(line.subject, line.capKey);
    state.used.set(key, (state.used.get(key) ?? 0n) + minor);
  }
  state.available.set(candidate.accountNo, must(available, 'the money of an account') - minor);
  book.committedMinor += minor;
  book.holders.add(candidate.investor.partyId);
  return undefined;
}

function takesOrders({ isOpen, opensAt, closesAt }: LockedBook, now: Date): boolean {
  return isOpen && opensAt <= now && now < closesAt;
}

function capRefusal(
  candidate: Candidate,
  used: ReadonlyMap<string, bigint>,
  { holders }: LockedBook,
): Problem | undefined {
  const findings = candidate.caps.flatMap((line) => overrun(line, used) ?? []);
  if (!holders.has(candidate.investor.partyId)) {
    for (const cap of candidate.holderCaps) {
      const finding = holderFinding(cap, holders.size, 1);
      if (finding) findings.push(finding);
    }
  }
  const [first] = findings;
  return first && subscriptionProblem('cap-exceeded', { detail: first.message, findings });
}

function roomRefusal(
  { ticket }: Candidate,
  { limitMinor, committedMinor }: LockedBook,
): Problem | undefined {
  const left = Money.ofMinor(limitMinor - committedMinor, ticket.cost.currency);
  if (!ticket.cost.isMoreThan(left)) return undefined;
  return subscriptionProblem('offering-full', {
    detail: `${left} is left; ${ticket.cost} was asked for.`,
  });
}

function fundsRefusal({ ticket }: Candidate, minor: bigint | undefined): Problem | undefined {
  if (minor === undefined) {
    return subscriptionProblem('investor-not-active', { detail: 'The cash account is not open.' });
  }
  if (ticket.cost.minor <= minor) return undefined;
  return subscriptionProblem('insufficient-funds', {
    detail: `${Money.ofMinor(minor, ticket.cost.currency)} is available; ${ticket.cost} is needed.`,
  });
}
