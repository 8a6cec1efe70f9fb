import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock';
import { Problem } from '../../kernel/problem';
import { sqlState, type Scope, type Session, type Tx } from '../../platform/db';
import { Lane, type Outcome } from '../../platform/lanes';
import { byLockOrder, usageKey, type CapLine, type CapsService } from '../caps';
import type { LedgerService } from '../ledger';
import type { OfferingBooks } from '../offerings';
import { subscriptionProblem } from './errors';
import { openedOrders, replayed, type Opened } from './opened';
import { considerOrder, type Candidate, type Order } from './order';
import { CAPS_PER_ORDER, groupOrders } from './order-batch';
import { BATCH_REFUSALS, openBatch } from './order-batch.store';
import { Remembered, type AtHand, type Participants } from './participants.service';
import { takeOrRefuse, type LockedBook, type SharedState } from './shared-state';
import * as store from './store';

export interface DeskDeps {
  readonly clock: Clock;
  readonly openSession: () => Session;
  readonly participants: Participants;
  readonly caps: CapsService;
  readonly ledger: LedgerService;
  readonly offerings: Pick<OfferingBooks, 'lockBooks'>;
}

export interface DeskOptions {
  readonly lanes: number;
  readonly batchSize: number;
  readonly waitingMax: number;
}

const DEFAULTS: DeskOptions = { lanes: 2, batchSize: 1024, waitingMax: 20_000 };

/** After a refusal the next ones are likely: so many batches are decided one by one. */
const CAREFUL_BATCHES = 8;

/** How often a batch whose outcome is unknown is asked for again, and how long between. */
const ATTEMPTS = 40;
const ATTEMPT_PAUSE_MS = 250;

/**
 * Takes orders in, thousands a second on one offering, and answers each.
 *
 * Orders of an offering always go through the same lane, in order of arrival. A lane does what has
 * arrived as one batch: first in the hope that everything fits, with one statement; when the
 * database turns that down, it locks the same rows and decides one by one. Either way the same
 * rules are applied by the same code, whether one order comes or ten thousand.
 */
export class OrderDesk {
  private readonly lanes: readonly DeskLane[];

  constructor(deps: DeskDeps, options: Partial<DeskOptions> = {}) {
    const settings = { ...DEFAULTS, ...options };
    this.lanes = Array.from({ length: settings.lanes }, () => new DeskLane(deps, settings));
  }

  /**
   * @throws Problem of `subscriptions` saying why not, `lane.overloaded`, or
   *   `subscriptions.outcome-unknown` when the database went away in the middle.
   */
  submit(order: Order): Promise<Opened> {
    return this.laneOf(order).submit(order);
  }

  /** How many orders wait to be looked at. */
  get depth(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.depth, 0);
  }

  /** Answers what waits and takes no more. */
  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }

  private laneOf({ offeringId }: Order): DeskLane {
    const digest = createHash('md5').update(offeringId).digest();
    const lane = this.lanes[digest.readUInt32LE(0) % this.lanes.length];
    if (!lane) throw new Error('the desk has no lanes');
    return lane;
  }
}

type Outcomes = (Outcome<Opened> | undefined)[];

class DeskLane {
  private readonly session: Session;
  private readonly lane: Lane<Order, Opened>;
  private readonly remembered: Remembered;
  private carefulBatches = 0;

  constructor(
    private readonly deps: DeskDeps,
    { batchSize, waitingMax }: DeskOptions,
  ) {
    this.session = deps.openSession();
    this.remembered = new Remembered(deps.participants);
    this.lane = new Lane({ batchSize, waitingMax, work: (orders) => this.work(orders) });
  }

  submit(order: Order): Promise<Opened> {
    return this.lane.submit(order);
  }

  get depth(): number {
    return this.lane.depth;
  }

  async close(): Promise<void> {
    await this.lane.close();
    await this.session.close();
  }

  private async work(orders: readonly Order[]): Promise<Outcomes> {
    const batch = distinctRequests(orders);
    const outcomes =
      this.carefulBatches > 0 ? await this.decided(batch) : await this.hopedFor(batch);
    const byOrder = new Map(batch.map((order, position) => [order, outcomes[position]]));
    return orders.map((order) => byOrder.get(order));
  }

  /** One statement for all, from what is remembered; what is refused is decided with care. */
  private async hopedFor(orders: readonly Order[]): Promise<Outcomes> {
    const unknown = orders.filter((order) => !this.remembered.knows(order));
    if (unknown.length > 0) {
      const scope = scopeOf(unknown);
      await this.patiently(() =>
        this.session.read(scope, (db) => this.remembered.refresh(db, unknown)),
      );
    }
    const now = this.deps.clock.now();
    const considered = consider(orders, this.remembered.atHand, now);
    const candidates = considered.filter(isCandidate);
    const isPlain = (candidate: Candidate): boolean =>
      candidate.caps.length <= CAPS_PER_ORDER && candidate.holderCaps.length === 0;
    if (candidates.length < orders.length || !candidates.every(isPlain)) {
      return this.decided(orders);
    }
    const batch = groupOrders(candidates);
    try {
      const opened = await openBatch(this.session, batch, { operatorId: operatorOf(orders), now });
      return openedOrders(batch, opened, now).map((value) => ({ ok: true, value }));
    } catch (error) {
      if (!BATCH_REFUSALS.has(sqlState(error) ?? '') && !isConnectionLoss(error)) throw error;
      return this.decided(orders);
    }
  }

  /** Locks what the orders want and decides them one by one, in order of arrival. */
  private async decided(orders: readonly Order[]): Promise<Outcomes> {
    const { outcomes, wasContested } = await this.patiently(() =>
      this.session.write(scopeOf(orders), (tx) => this.decide(tx, orders)),
    );
    this.carefulBatches = wasContested ? CAREFUL_BATCHES : Math.max(0, this.carefulBatches - 1);
    return outcomes;
  }

  private async decide(
    tx: Tx,
    orders: readonly Order[],
  ): Promise<{ outcomes: Outcomes; wasContested: boolean }> {
    const earlier = await store.findByRequestKeys(
      tx,
      orders.map((order) => order.requestKey),
    );
    const fresh = orders.filter((order) => !earlier.has(order.requestKey));
    const atHand = await this.remembered.refresh(tx, fresh);
    const now = this.deps.clock.now();
    const considered = consider(fresh, atHand, now);
    const candidates = considered.filter(isCandidate);
    const state = await this.lockSharedState(tx, candidates, now);
    const { outcomes, accepted, wasContested } = oneByOne(fresh, considered, state);
    await store.insertRefusals(tx, lawfulRefusals(outcomes, atHand), now);
    for (const opened of await this.open(tx, accepted, now)) {
      outcomes.set(opened.order, { ok: true, value: opened.value });
    }
    for (const order of orders) {
      const subscription = earlier.get(order.requestKey);
      if (subscription) outcomes.set(order, await this.replay(tx, order, subscription));
    }
    return { outcomes: orders.map((order) => outcomes.get(order)), wasContested };
  }

  private async open(
    tx: Tx,
    accepted: readonly Candidate[],
    now: Date,
  ): Promise<readonly { order: Order; value: Opened }[]> {
    if (accepted.length === 0) return [];
    const batch = groupOrders(accepted);
    const opened = await openBatch(this.session, batch, { operatorId: operatorIn(tx), now });
    return openedOrders(batch, opened, now).map((value, position) => {
      const item = batch.items[position];
      if (!item) throw new Error('an answer without its order');
      return { order: item.candidate.order, value };
    });
  }

  /** The locks in the one order that holds everywhere: caps, accounts, books. */
  private async lockSharedState(
    tx: Tx,
    candidates: readonly Candidate[],
    now: Date,
  ): Promise<SharedState> {
    const { caps, ledger, offerings, participants } = this.deps;
    const lines = new Map<string, CapLine>();
    for (const line of candidates.flatMap((candidate) => candidate.caps)) {
      lines.set(usageKey(line.subject, line.capKey), line);
    }
    const used = await caps.lockUsage(tx, [...lines.values()].toSorted(byLockOrder), now);
    const accounts = [...new Set(candidates.map((candidate) => candidate.accountNo))];
    const available = await ledger.lockAvailable(tx, accounts);
    const offeringIds = [...new Set(candidates.map((candidate) => candidate.offering.id))];
    const capped = candidates
      .filter((candidate) => candidate.holderCaps.length > 0)
      .map((candidate) => candidate.offering);
    const locked = await offerings.lockBooks(tx, offeringIds.toSorted());
    const books = new Map<string, LockedBook>();
    for (const book of locked) {
      const offering = capped.find(({ id }) => id === book.offeringId);
      const holders = offering && (await participants.listHolders(tx, offering));
      books.set(book.offeringId, { ...book, holders: new Set(holders) });
    }
    return { now, used: new Map(used), available: new Map(available), books };
  }

  private async replay(
    tx: Tx,
    order: Order,
    subscription: NonNullable<Awaited<ReturnType<typeof store.find>>>,
  ): Promise<Outcome<Opened>> {
    if (subscription.requestHash !== order.requestHash) {
      return { ok: false, error: subscriptionProblem('key-reused') };
    }
    const { investor, offering } = await this.deps.participants.loadDecidedOn(tx, subscription);
    const candidate = considerOrder(order, { investor, offering }, subscription.openedAt);
    if (candidate instanceof Problem) throw candidate;
    return { ok: true, value: replayed(candidate, subscription) };
  }

  /**
   * Does the work again when the connection was lost or the database asks for it. Work that may
   * have been committed is found by its request keys, so doing it again does it once.
   */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const state = sqlState(error) ?? '';
        const isWorthwhile = isConnectionLoss(error) || BATCH_REFUSALS.has(state);
        if (!isWorthwhile) throw error;
        if (attempt >= ATTEMPTS) {
          throw subscriptionProblem('outcome-unknown', { cause: error, retryAfterSeconds: 2 });
        }
        if (isConnectionLoss(error)) {
          await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS));
        }
      }
    }
  }
}

/** The orders of the first one's operator, each request once; the others wait for the next batch. */
function distinctRequests(orders: readonly Order[]): readonly Order[] {
  const operatorId = orders[0]?.operatorId;
  const keys = new Set<string>();
  return orders.filter((order) => {
    if (order.operatorId !== operatorId || keys.has(order.requestKey)) return false;
    keys.add(order.requestKey);
    return true;
  });
}

/** Takes what each order needs, in order of arrival, or notes why it cannot be had. */
function oneByOne(
  orders: readonly Order[],
  considered: readonly (Candidate | Problem)[],
  state: SharedState,
) {
  const outcomes = new Map<Order, Outcome<Opened>>();
  const accepted: Candidate[] = [];
  let wasContested = false;
  for (const [position, order] of orders.entries()) {
    const result = considered[position];
    if (result === undefined) continue;
    const refusal = isCandidate(result) ? takeOrRefuse(result, state) : result;
    if (refusal) outcomes.set(order, { ok: false, error: refusal });
    else if (isCandidate(result)) accepted.push(result);
    wasContested ||= refusal !== undefined && isCandidate(result);
  }
  return { outcomes, accepted, wasContested };
}

function consider(
  orders: readonly Order[],
  { investors, offerings }: AtHand,
  now: Date,
): readonly (Candidate | Problem)[] {
  return orders.map((order) => {
    const investor = investors.get(order.investorId);
    const offering = offerings.get(order.offeringId);
    if (!offering) return subscriptionProblem('offering-not-found');
    if (!investor) return subscriptionProblem('investor-not-found');
    return considerOrder(order, { investor, offering }, now);
  });
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

function isCandidate(result: Candidate | Problem): result is Candidate {
  return !(result instanceof Problem);
}

function operatorOf(orders: readonly Order[]): number {
  const [first] = orders;
  if (!first) throw new Error('a batch without orders');
  return first.operatorId;
}

function operatorIn(tx: Tx): number {
  if (tx.scope.operatorId === undefined) throw new Error('orders belong to an operator');
  return tx.scope.operatorId;
}

function scopeOf(orders: readonly Order[]): Scope {
  return { operatorId: operatorOf(orders), actor: { kind: 'system', id: 'order-desk' } };
}

/** Class 08 and 57P0x: the connection is gone; without a code, the socket broke. */
function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P0');
  return (
    error instanceof Error &&
    /terminated|ECONN|EPIPE|socket|not queryable|timeout/i.test(error.message)
  );
}
