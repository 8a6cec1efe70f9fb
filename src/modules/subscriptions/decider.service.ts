import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import { Problem } from '../../kernel/problem';
import type { Session, Tx } from '../../platform/db';
import type { Outcome } from '../../platform/lanes';
import { byLockOrder, usageKey, type CapLine, type CapsService } from '../caps';
import type { LedgerService } from '../ledger';
import type { OfferingBooks } from '../offerings';
import { subscriptionProblem } from './errors';
import { openedOrders, replayed, type Opened } from './opened';
import { considerOrder, type Candidate, type OfferingAtHand, type Order } from './order';
import { groupOrders } from './order-batch';
import { openBatch, writeOpening } from './order-batch.store';
import type { AtHand, Participants, Remembered } from './participants.service';
import { takeOrRefuse, type LockedBook, type SharedState } from './shared-state';
import * as store from './store';
import type { Subscription } from './subscription';

export interface DeciderDeps {
  readonly clock: Clock;
  readonly participants: Participants;
  readonly caps: CapsService;
  readonly ledger: LedgerService;
  readonly offerings: Pick<OfferingBooks, 'lockBooks' | 'listWithBookOfIssuer'>;
}

export interface Decided {
  /** One for each order, in their order. */
  readonly outcomes: readonly Outcome<Opened>[];
  /** Whether any was refused what others had taken: then the next are likely to be refused too. */
  readonly wasContested: boolean;
}

/** An order that may go on, or why it may not. */
export type Considered = { readonly candidate: Candidate } | { readonly refusal: unknown };

/**
 * Decides orders one by one, in order of arrival, under locks on everything they want: exact where
 * the desk's fast path only hopes. All of it is one transaction.
 */
export class Decider {
  constructor(
    private readonly deps: DeciderDeps,
    private readonly session: Session,
    private readonly remembered: Remembered,
  ) {}

  async decide(tx: Tx, orders: readonly Order[]): Promise<Decided> {
    const keys = orders.map((order) => order.requestKey);
    const earlier = await store.findByRequestKeys(tx, keys);
    const replays = await this.replay(tx, orders, earlier);
    const fresh = orders.filter((order) => !earlier.has(order.requestKey));
    const { outcomes, wasContested } = await this.decideFresh(tx, fresh);
    return {
      outcomes: orders.map((order) =>
        must(replays.get(order) ?? outcomes.get(order), 'an outcome of each order'),
      ),
      wasContested,
    };
  }

  private async decideFresh(
    tx: Tx,
    orders: readonly Order[],
  ): Promise<{ outcomes: ReadonlyMap<Order, Outcome<Opened>>; wasContested: boolean }> {
    const atHand = await this.remembered.refresh(tx, orders);
    const now = this.deps.clock.now();
    const considered = considerOrders(orders, atHand, now);
    const candidates = considered.flatMap((one) => ('candidate' in one ? [one.candidate] : []));
    const state = await this.lockSharedState(tx, candidates, now);
    const outcomes = new Map<Order, Outcome<Opened>>();
    const accepted: Candidate[] = [];
    let wasContested = false;
    for (const [position, order] of orders.entries()) {
      const one = must(considered[position], 'what was considered');
      const taken = 'candidate' in one ? take(one.candidate, state) : one;
      if ('candidate' in taken) accepted.push(taken.candidate);
      else outcomes.set(order, { ok: false, error: taken.refusal });
      wasContested ||= 'candidate' in one && !('candidate' in taken);
    }
    await store.insertRefusals(tx, lawfulRefusals(outcomes, atHand), now);
    for (const [order, value] of await this.open(tx, accepted, now)) {
      outcomes.set(order, { ok: true, value });
    }
    return { outcomes, wasContested };
  }

  private async open(
    tx: Tx,
    accepted: readonly Candidate[],
    now: Date,
  ): Promise<ReadonlyMap<Order, Opened>> {
    if (accepted.length === 0) return new Map();
    const batch = groupOrders(accepted, true);
    const operatorId = must(tx.scope.operatorId, 'the operator of orders');
    const opened = await openBatch(this.session, writeOpening(batch, { operatorId, now }));
    const answers = openedOrders(batch, opened, now);
    return new Map(
      batch.items.map(({ candidate }, position) => [
        candidate.order,
        must(answers[position], 'the answer to an order'),
      ]),
    );
  }

  /** The locks in the one order that holds everywhere: caps, accounts, books. */
  private async lockSharedState(
    tx: Tx,
    candidates: readonly Candidate[],
    now: Date,
  ): Promise<SharedState> {
    const { caps, ledger } = this.deps;
    const lines = new Map<string, CapLine>();
    for (const line of candidates.flatMap((candidate) => candidate.caps)) {
      lines.set(usageKey(line.subject, line.capKey), line);
    }
    const used = await caps.lockUsage(tx, [...lines.values()].toSorted(byLockOrder), now);
    const accounts = [...new Set(candidates.map((candidate) => candidate.accountNo))];
    const available = await ledger.lockAvailable(tx, accounts);
    const books = await this.lockBooks(tx, candidates);
    return { now, used: new Map(used), available: new Map(available), books };
  }

  /**
   * Where the holders of an issuer are limited, all of its books are locked: an order for another
   * offering of the same issuer, on another lane, may bring in a holder too.
   */
  private async lockBooks(
    tx: Tx,
    candidates: readonly Candidate[],
  ): Promise<ReadonlyMap<string, LockedBook>> {
    const { offerings, participants } = this.deps;
    const offeringOf = new Map(candidates.map(({ offering }) => [offering.id, offering]));
    const capped = new Map<string, OfferingAtHand>();
    for (const { offering, holderCaps } of candidates) {
      if (holderCaps.length > 0) capped.set(offering.issuerId, offering);
    }
    const ids = new Set(offeringOf.keys());
    for (const { issuerId } of capped.values()) {
      for (const id of await offerings.listWithBookOfIssuer(tx, issuerId)) ids.add(id);
    }
    const locked = await offerings.lockBooks(tx, [...ids].toSorted());
    const holdersOf = new Map<string, Set<string>>();
    for (const offering of capped.values()) {
      holdersOf.set(offering.issuerId, new Set(await participants.listHolders(tx, offering)));
    }
    return new Map(
      locked.map((book) => {
        const issuerId = offeringOf.get(book.offeringId)?.issuerId ?? '';
        return [book.offeringId, { ...book, holders: holdersOf.get(issuerId) ?? new Set() }];
      }),
    );
  }

  /** The answers to requests that were accepted before, before anything is locked. */
  private async replay(
    tx: Tx,
    orders: readonly Order[],
    earlier: ReadonlyMap<string, Subscription>,
  ): Promise<ReadonlyMap<Order, Outcome<Opened>>> {
    const outcomes = new Map<Order, Outcome<Opened>>();
    const repeated: (readonly [Order, Subscription])[] = [];
    for (const order of orders) {
      const subscription = earlier.get(order.requestKey);
      if (!subscription) continue;
      if (subscription.requestHash === order.requestHash) repeated.push([order, subscription]);
      else outcomes.set(order, { ok: false, error: subscriptionProblem('key-reused') });
    }
    const decidedOn = repeated.map(([, subscription]) => subscription);
    const loaded = await this.deps.participants.loadDecidedOn(tx, decidedOn);
    for (const [position, [order, subscription]] of repeated.entries()) {
      const parties = must(loaded[position], 'what a decision was taken on');
      const one = attempt(() => asConsidered(considerOrder(order, parties, subscription.openedAt)));
      outcomes.set(
        order,
        'candidate' in one
          ? { ok: true, value: replayed(one.candidate, subscription) }
          : {
              ok: false,
              error: new Error(`${subscription.id} cannot be replayed`, { cause: one.refusal }),
            },
      );
    }
    return outcomes;
  }
}

/** Considers each order for itself: one that cannot even be thought through refuses only itself. */
export function considerOrders(
  orders: readonly Order[],
  { investors, offerings }: AtHand,
  now: Date,
): readonly Considered[] {
  return orders.map((order) => {
    const investor = investors.get(order.investorId);
    const offering = offerings.get(order.offeringId);
    if (!offering) return { refusal: subscriptionProblem('offering-not-found') };
    if (!investor) return { refusal: subscriptionProblem('investor-not-found') };
    return attempt(() => asConsidered(considerOrder(order, { investor, offering }, now)));
  });
}

function take(candidate: Candidate, state: SharedState): Considered {
  return attempt(() => asConsidered(takeOrRefuse(candidate, state) ?? candidate));
}

function asConsidered(result: Candidate | Problem): Considered {
  return result instanceof Problem ? { refusal: result } : { candidate: result };
}

/** A sum that no column holds, a currency in the wrong place: whatever is thrown is the refusal. */
function attempt(work: () => Considered): Considered {
  try {
    return work();
  } catch (error) {
    return { refusal: error };
  }
}

/** What a rule refused, for the record; running out of room or money is nobody's rule. */
function lawfulRefusals(
  outcomes: ReadonlyMap<Order, Outcome<Opened>>,
  { investors, offerings }: AtHand,
): readonly store.Refusal[] {
  return [...outcomes].flatMap(([order, outcome]) => {
    const investor = investors.get(order.investorId);
    const offering = offerings.get(order.offeringId);
    if (outcome.ok || !investor || !offering) return [];
    const { error: problem } = outcome;
    return problem instanceof Problem && problem.findings
      ? [{ order, investor, offering, problem }]
      : [];
  });
}
