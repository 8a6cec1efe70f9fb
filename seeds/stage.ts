import { createHash } from 'node:crypto';
import { ManualClock } from '../src/kernel/clock';
import { openApplication, type Application } from '../src/app/application';
import type { Services } from '../src/app/services';
import type { Config } from '../src/config';
import type { Actor, Db, Scope, Tx } from '../src/platform/db';
import type { Log } from '../src/platform/log';
import { Cast } from './cast';

export interface StageOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  /** The virtual time at which it begins. */
  readonly startsAt: Date | string;
  readonly log?: Log;
  /** Fails replies of the application with undeclared fields. For tests. */
  readonly strictReplies?: boolean;
  /** Whether everything is checked every night that goes by; off unless stated. */
  readonly withChecks?: boolean;
  /** Commits do not wait for the disk; for a world that is made again when it was cut short. */
  readonly isHasty?: boolean;
  /** Listeners left out by name, whose work the stage's owner does in bulk. */
  readonly deafTo?: readonly string[];
  /** Of everything that is made up. */
  readonly seed?: number;
}

/** Who does what no person does: the machine by itself, and the first log-ins. */
export const SYSTEM: Actor = { kind: 'system', id: 'sandbox' };
export const INSTALLATION: Scope = { operatorId: undefined, actor: SYSTEM };

/** The application on a migrated database, with a clock that only `moveTo` moves. */
export async function openStage(options: StageOptions): Promise<StageProps> {
  const { startsAt, seed, ...rest } = options;
  const clock = new ManualClock(startsAt);
  const open = (withChecks = false): Promise<Application> =>
    openApplication({ ...rest, withChecks, clock, passwordProfile: 'cheap' });
  const app = await open(rest.withChecks);
  const { database } = app.platform;
  await database.write(INSTALLATION, (tx) => app.services.ledger.extendPartitions(tx, 3));
  return { app, open, clock, cast: new Cast(seed) };
}

/** What a stage is made of. */
export interface StageProps {
  readonly app: Application;
  readonly clock: ManualClock;
  readonly cast: Cast;
  /** The application on the same database and clock. */
  readonly open: (withChecks: boolean) => Promise<Application>;
}

/** What everything in a made-up world stands on: the services, the time, and the cast. */
export class Stage {
  private readonly appointments = new Set<number>();
  private serial = 0;

  readonly clock: ManualClock;
  readonly cast: Cast;
  private readonly open: StageProps['open'];
  private running: Application;

  constructor({ app, clock, cast, open }: StageProps) {
    this.running = app;
    this.clock = clock;
    this.cast = cast;
    this.open = open;
  }

  get app(): Application {
    return this.running;
  }

  get services(): Services {
    return this.app.services;
  }

  get now(): Date {
    return this.clock.now();
  }

  read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return this.app.platform.database.read(scope, work);
  }

  write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.app.platform.database.write(scope, work);
  }

  /** The next of a row of UUIDs, each different, and the same in every run. */
  key(): string {
    this.serial += 1;
    const hash = createHash('sha256').update(`sandbox ${this.serial}`).digest('hex');
    return [8, 12, 16, 20, 32].map((end, i) => hash.slice([0, 8, 12, 16, 20][i], end)).join('-');
  }

  /** Has the clock halt at that instant when it passes it: something is due then. */
  expect(at: Date): void {
    this.appointments.add(at.getTime());
  }

  /**
   * Moves the clock to `instant`. On the way it halts wherever something is known to be due, and
   * does there what the scheduler would: jobs, payments, verifications, events.
   */
  async moveTo(instant: Date | string): Promise<void> {
    const target = new Date(instant).getTime();
    for (;;) {
      const next = Math.min(target, ...this.appointments);
      this.appointments.delete(next);
      if (next > this.now.getTime()) await this.stride(new Date(next));
      if (next >= target) return;
    }
  }

  async moveBy(milliseconds: number): Promise<void> {
    await this.moveTo(new Date(this.now.getTime() + milliseconds));
  }

  /**
   * Starts the application anew on the same clock, from now on with what looks back every night:
   * checks, reports, and the audit trail sealed every hour.
   */
  async beginNights(): Promise<void> {
    await this.running.close();
    this.running = await this.open(true);
  }

  /** Does what is due without moving the clock: events are heard, payments sent. */
  async tick(): Promise<void> {
    await this.stride(this.now);
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  private async stride(target: Date): Promise<void> {
    // Straight to the target: whatever is due often runs once, for all that came due meanwhile.
    const { failed } = await this.app.scheduler.advanceTo(target, async () => {
      this.clock.moveTo(target);
    });
    const [first] = failed;
    if (first) throw new Error(`${first.job} failed at ${target.toISOString()}: ${first.error}`);
  }
}
