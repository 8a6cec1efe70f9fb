import { assert } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Database, Scope } from '../db';
import type { Log } from '../log';
import type { Listener, OutboxEvent } from './event';
import {
  claimWaiting,
  insertDelivery,
  markDelivered,
  markFailed,
  tryToDeliverAlone,
  type FailedDelivery,
  type WaitingEvent,
} from './store';

export interface RelayDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly listeners: readonly Listener[];
  /** The operators there are now. */
  readonly operatorIds: () => Promise<readonly number[]>;
}

export interface Delivered {
  readonly delivered: number;
  readonly failed: number;
}

const BATCH = 200;
const MOST_ATTEMPTS = 12;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Carries events to their listeners, in order, at least once: with what a listener writes, the
 * note of its delivery is written, so the effect stands once even if the relay dies in between.
 */
export class OutboxRelay {
  constructor(private readonly deps: RelayDeps) {
    const names = deps.listeners.map((listener) => listener.name);
    assert(new Set(names).size === names.length, 'two listeners share a name');
  }

  /** Delivers everything that waits, for the installation and for every operator. */
  async deliverDue(): Promise<Delivered> {
    const total = { delivered: 0, failed: 0 };
    for (const operatorId of [undefined, ...(await this.deps.operatorIds())]) {
      for (;;) {
        const batch = await this.deliverBatch(operatorId);
        total.delivered += batch.delivered;
        total.failed += batch.failed;
        // A batch that was not full leaves nothing behind but what failed and has to wait.
        if (batch.delivered + batch.failed < BATCH) break;
      }
    }
    return total;
  }

  private deliverBatch(operatorId: number | undefined): Promise<Delivered> {
    const { clock, database } = this.deps;
    return database.write(scopeOf(operatorId, 'outbox'), async (tx) => {
      if (!(await tryToDeliverAlone(tx))) return { delivered: 0, failed: 0 };
      const events = await claimWaiting(tx, { now: clock.now(), limit: BATCH });
      const delivered: bigint[] = [];
      const failedSubjects = new Set<string>();
      let failed = 0;
      for (const event of events) {
        // Later events of the subject wait until the earlier one is through.
        if (failedSubjects.has(event.subject)) continue;
        const failure = await this.deliver(event);
        if (failure === undefined) {
          delivered.push(event.eventNo);
        } else {
          failed += 1;
          failedSubjects.add(event.subject);
          await markFailed(tx, failure, clock.now());
        }
      }
      if (delivered.length > 0) await markDelivered(tx, delivered, clock.now());
      return { delivered: delivered.length, failed };
    });
  }

  private async deliver(event: WaitingEvent): Promise<FailedDelivery | undefined> {
    for (const listener of this.deps.listeners) {
      if (!wants(listener, event)) continue;
      try {
        await this.tell(listener, event);
      } catch (error) {
        return this.failureOf(event, listener, error);
      }
    }
    return undefined;
  }

  private tell(listener: Listener, event: OutboxEvent): Promise<void> {
    const { clock, database } = this.deps;
    return database.write(scopeOf(event.operatorId, `listener:${listener.name}`), async (tx) => {
      const note = { listener: listener.name, now: clock.now() };
      if (await insertDelivery(tx, event, note)) await listener.handle(tx, event);
    });
  }

  private failureOf(event: WaitingEvent, listener: Listener, error: unknown): FailedDelivery {
    const { clock, log } = this.deps;
    const attempts = event.attempts + 1;
    const isDead = attempts >= MOST_ATTEMPTS;
    const reason = error instanceof Error ? error.message : String(error);
    const about = { event: event.eventNo.toString(), type: event.type, listener: listener.name };
    if (isDead) log.error('An event was given up', { ...about, attempts, reason });
    else log.warn('An event was not taken', { ...about, attempts, reason });
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
    return {
      eventNo: event.eventNo,
      error: `${listener.name}: ${reason}`.slice(0, 2000),
      nextAttemptAt: isDead ? undefined : new Date(clock.now().getTime() + waitMs),
    };
  }
}

function wants(listener: Listener, event: OutboxEvent): boolean {
  return listener.types === 'all' || listener.types.includes(event.type);
}

function scopeOf(operatorId: number | undefined, id: string): Scope {
  return { operatorId, actor: { kind: 'system', id } };
}
