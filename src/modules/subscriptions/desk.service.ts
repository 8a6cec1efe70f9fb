import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../../kernel/assert';
import { Problem } from '../../kernel/problem';
import { isConnectionLoss, sqlState, type Scope, type Session } from '../../platform/db';
import { Lane, laneProblem, type Outcome, type Turn } from '../../platform/lanes';
import { Decider, considerOrders, type DeciderDeps } from './decider.service';
import { subscriptionProblem } from './errors';
import { openedOrders, type Opened } from './opened';
import type { Order } from './order';
import { groupOrders, type OrderBatch } from './order-batch';
import { BATCH_REFUSALS, openBatch, writeOpening, type Opening } from './order-batch.store';
import { Remembered } from './participants.service';
import { repeatedOutcome, sortRepeats } from './repeats';

export interface DeskDeps extends DeciderDeps {
  readonly openSession: () => Session;
}

export interface DeskOptions {
  readonly lanes: number;
  readonly batchSize: number;
  readonly waitingMax: number;
  /** How long a database that is away is waited for. */
  readonly patienceMs: number;
}

const DEFAULTS: DeskOptions = {
  lanes: 2,
  batchSize: 1024,
  waitingMax: 20_000,
  patienceMs: 10_000,
};

/** After a refusal the next ones are likely: so many batches are decided one by one. */
const CAREFUL_BATCHES = 8;

/** How long between two attempts to reach a database that is away. */
const PAUSE_MS = 250;

/** How often a batch is decided again that others keep crossing. */
const ATTEMPTS = 20;

/** Statement and lock timeouts: the server was too busy, and did nothing. */
const TOO_BUSY: ReadonlySet<string> = new Set(['57014', '55P03']);

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

  constructor(deps: DeskDeps, options: Partial<DeskOptions>) {
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
    return must(this.lanes[digest.readUInt32LE(0) % this.lanes.length], 'a lane of the desk');
  }
}

type Outcomes = readonly Outcome<Opened>[];

interface Prepared {
  readonly batch: OrderBatch;
  readonly opening: Opening;
  /** The instant for which the orders were found to be allowed. */
  readonly now: Date;
}

class DeskLane {
  private readonly session: Session;
  /** Reads what the next batch needs while the session is at work on the last. */
  private readonly lookout: Session;
  private learning = Promise.resolve();
  private readonly lane: Lane<Order, Opened>;
  private readonly remembered: Remembered;
  private readonly decider: Decider;
  private carefulBatches = 0;
  /** How many batches did not go through in hope; what was prepared before one is out of date. */
  private detours = 0;
  /** The database was away for as long as patience goes, and has not been seen since. */
  private isAway = false;

  constructor(
    private readonly deps: DeskDeps,
    private readonly options: DeskOptions,
  ) {
    this.session = deps.openSession();
    this.lookout = deps.openSession();
    this.remembered = new Remembered(deps.participants);
    this.decider = new Decider(deps, this.session, this.remembered);
    const { batchSize, waitingMax } = options;
    this.lane = new Lane({
      batchSize,
      waitingMax,
      work: (orders, turn) => this.work(orders, turn),
    });
  }

  submit(order: Order): Promise<Opened> {
    return this.lane.submit(order);
  }

  get depth(): number {
    return this.lane.depth;
  }

  async close(): Promise<void> {
    await this.lane.close();
    await Promise.all([this.session.close(), this.lookout.close()]);
  }

  private async work(
    orders: readonly Order[],
    turn: Turn,
  ): Promise<readonly (Outcome<Opened> | undefined)[]> {
    const { distinct, repeats } = sortRepeats(orders);
    const outcomes = (await this.hopedFor(distinct, turn)) ?? (await this.detour(distinct));
    const byOrder = new Map(distinct.map((order, position) => [order, outcomes[position]]));
    return orders.map((order) => {
      const first = repeats.get(order);
      return first ? repeatedOutcome(order, first, byOrder.get(first)) : byOrder.get(order);
    });
  }

  /**
   * One statement for all, made ready before it is their turn from what is remembered; undefined
   * when care is needed after all.
   */
  private async hopedFor(orders: readonly Order[], turn: Turn): Promise<Outcomes | undefined> {
    const { detours } = this;
    const prepared = this.carefulBatches > 0 ? undefined : await this.prepare(orders);
    await turn.come;
    if (!prepared || this.detours > detours) return undefined;
    const { batch, opening, now } = prepared;
    try {
      const opened = await openBatch(this.session, opening);
      turn.pass();
      return openedOrders(batch, opened, now).map((value) => ({ ok: true, value }));
    } catch (error) {
      // Whatever it was: either nothing was kept, or it is found again by the request keys.
      return TOO_BUSY.has(sqlState(error) ?? '') ? refuseAll(orders, error) : undefined;
    }
  }

  /** The orders as one statement; undefined when one of them needs to be decided on its own. */
  private async prepare(orders: readonly Order[]): Promise<Prepared | undefined> {
    try {
      await this.learnOf(orders);
      const now = this.deps.clock.now();
      const considered = considerOrders(orders, this.remembered.atHand, now);
      const candidates = considered.flatMap((one) => ('candidate' in one ? [one.candidate] : []));
      const isPlain = candidates.every(({ holderCaps }) => holderCaps.length === 0);
      if (candidates.length < orders.length || !isPlain) return undefined;
      const batch = groupOrders(candidates);
      return { batch, opening: writeOpening(batch, { operatorId: operatorOf(orders), now }), now };
    } catch {
      // Nothing was done yet: whatever it was, it is met again where orders are decided.
      return undefined;
    }
  }

  /** Reads what is not remembered; one batch after the other, since the lookout is one connection. */
  private learnOf(orders: readonly Order[]): Promise<void> {
    const learnt = this.learning.then(async () => {
      const unknown = orders.filter((order) => !this.remembered.knows(order));
      if (unknown.length === 0) return;
      await this.lookout.read(scopeOf(unknown), (db) => this.remembered.refresh(db, unknown));
    });
    this.learning = learnt.catch(() => undefined);
    return learnt;
  }

  private detour(orders: readonly Order[]): Promise<Outcomes> {
    this.detours += 1;
    return this.decided(orders);
  }

  /**
   * Locks what the orders want and decides them one by one, in order of arrival. Should one of
   * them break the work in a way nobody foresaw, the others are decided without it.
   */
  private async decided(orders: readonly Order[]): Promise<Outcomes> {
    try {
      const { outcomes, wasContested } = await this.patiently(() =>
        this.session.write(scopeOf(orders), (tx) => this.decider.decide(tx, orders)),
      );
      this.carefulBatches = wasContested ? CAREFUL_BATCHES : Math.max(0, this.carefulBatches - 1);
      return outcomes;
    } catch (error) {
      const isForAll = error instanceof Problem || TOO_BUSY.has(sqlState(error) ?? '');
      if (isForAll || orders.length === 1) return refuseAll(orders, error);
      const half = orders.length >> 1;
      const first = await this.decided(orders.slice(0, half));
      return [...first, ...(await this.decided(orders.slice(half)))];
    }
  }

  /**
   * Does the work again when the connection was lost or the database asks for it. Work that may
   * have been committed is found by its request keys, so doing it again does it once.
   *
   * @throws Problem `subscriptions.outcome-unknown` when the database stays away.
   */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.options.patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await work();
        this.isAway = false;
        return result;
      } catch (error) {
        if (isConnectionLoss(error)) {
          // Those who wait behind this batch need not wait as long again to hear the same.
          this.isAway ||= performance.now() > deadline;
          if (this.isAway) {
            throw subscriptionProblem('outcome-unknown', { cause: error, retryAfterSeconds: 2 });
          }
          await pause(PAUSE_MS);
        } else if (!BATCH_REFUSALS.has(sqlState(error) ?? '') || attempt >= ATTEMPTS) {
          throw error;
        }
      }
    }
  }
}

/** One error for all of them; that the server was too busy is told as what it is. */
function refuseAll(orders: readonly Order[], cause: unknown): Outcomes {
  const isBusy = TOO_BUSY.has(sqlState(cause) ?? '');
  const error = isBusy ? laneProblem('overloaded', { cause, retryAfterSeconds: 2 }) : cause;
  return orders.map(() => ({ ok: false, error }));
}

function operatorOf(orders: readonly Order[]): number {
  return must(orders[0], 'the first order of a batch').operatorId;
}

function scopeOf(orders: readonly Order[]): Scope {
  return { operatorId: operatorOf(orders), actor: { kind: 'system', id: 'order-desk' } };
}
