import { z } from 'zod';
import type { Clock, OffsetClock } from '../kernel/clock';
import { addDuration } from '../kernel/duration';
import { problemCatalogue } from '../kernel/problem';
import type { Database, Scope } from './db';
import { instantInput, instantView, route, type Route } from './http';
import type { Advance, Scheduler } from './jobs';

export const sandboxProblem = problemCatalogue('sandbox', {
  'not-a-sandbox': { kind: 'forbidden', title: 'Only a sandbox lets its clock be moved' },
  backwards: { kind: 'unprocessable', title: 'The clock cannot be moved backwards' },
  'too-far': { kind: 'unprocessable', title: 'The clock cannot be moved that far ahead' },
  'job-failed': { kind: 'conflict', title: 'A job failed on the way, and the clock stopped there' },
});

/** Loans end sooner; beyond, time zones and calendars are guesswork. */
const FURTHEST = new Date('2199-01-01T00:00:00Z');
const SCOPE: Scope = { operatorId: undefined, actor: { kind: 'system', id: 'sandbox-clock' } };

export interface SandboxClockDeps {
  readonly database: Database;
  /** The clock that everything goes by. */
  readonly clock: OffsetClock;
  /** The clock beneath it. */
  readonly machineClock: Clock;
  readonly scheduler: Pick<Scheduler, 'advanceTo'>;
}

/** The sandbox's virtual time: moved forward only, and kept over restarts. */
export class SandboxClock {
  constructor(private readonly deps: SandboxClockDeps) {}

  /** Takes up the time that was reached before; also what another instance has moved since. */
  async load(): Promise<void> {
    const { clock, database, machineClock } = this.deps;
    const [row] = await database.read(SCOPE, (db) =>
      db.query<{ offset_ms: bigint }>('SELECT c.offset_ms FROM platform_clock c'),
    );
    const offset = Number(row?.offset_ms ?? 0n);
    if (offset > clock.offset) clock.moveTo(new Date(machineClock.now().getTime() + offset));
  }

  /**
   * Moves the time to `target`, running every job that falls due on the way.
   * @throws Problem `sandbox.backwards`, `sandbox.too-far`, `sandbox.job-failed`.
   */
  async advanceTo(target: Date): Promise<Advance> {
    const now = this.deps.clock.now();
    if (target < now) {
      throw sandboxProblem('backwards', { detail: `It is ${now.toISOString()} there.` });
    }
    if (!(target <= FURTHEST)) {
      throw sandboxProblem('too-far', { detail: `It ends at ${FURTHEST.toISOString()}.` });
    }
    const advance = await this.deps.scheduler.advanceTo(target, (at) => this.moveTo(at));
    const [failed] = advance.failed;
    if (failed) {
      throw sandboxProblem('job-failed', {
        detail: `${failed.job}, due ${failed.dueAt.toISOString()}: ${failed.error}`,
      });
    }
    return advance;
  }

  private async moveTo(instant: Date): Promise<void> {
    const { clock, database } = this.deps;
    // Time goes on meanwhile: a halt a moment away may have passed by itself.
    if (instant <= clock.now()) return;
    clock.moveTo(instant);
    await database.write(SCOPE, (tx) =>
      tx.execute(
        `INSERT INTO platform_clock AS c (offset_ms) VALUES (:offset)
         ON CONFLICT (is_only) DO UPDATE SET offset_ms = greatest(c.offset_ms, excluded.offset_ms)`,
        { offset: Math.max(0, clock.offset) },
      ),
    );
  }
}

const clockView = z.strictObject({
  now: instantView,
  mode: z.enum(['sandbox', 'live']),
  jobsRun: z.number().int().optional(),
});

const moveBody = z.union([
  z.strictObject({ to: instantInput }),
  z.strictObject({
    advance: z
      .string()
      .max(40)
      .meta({ examples: ['P30D', 'PT12H', 'P1Y'] }),
  }),
]);

export interface SandboxRoutesDeps {
  readonly mode: 'sandbox' | 'live';
  readonly clock: Clock;
  /** Absent in live mode. */
  readonly sandbox: SandboxClock | undefined;
}

export function sandboxRoutes(deps: SandboxRoutesDeps): readonly Route[] {
  const { clock, mode, sandbox } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/sandbox/clock',
      tag: 'Sandbox',
      summary: 'Tell the time',
      access: 'public',
      replies: { 200: clockView },
      run: async () => ({ status: 200, body: { now: clock.now(), mode } }),
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/clock',
      tag: 'Sandbox',
      summary: 'Move the virtual clock forward',
      description:
        'Runs every job that falls due on the way, in order, and answers when they are done. ' +
        'Send either the instant to reach or an ISO 8601 duration. Never with live money.',
      access: { roles: ['admin', 'operations', 'platform'] },
      body: moveBody,
      replies: { 200: clockView },
      run: async ({ body }) => {
        if (mode !== 'sandbox' || !sandbox) throw sandboxProblem('not-a-sandbox');
        const target = 'to' in body ? body.to : addDuration(clock.now(), body.advance);
        const { succeeded } = await sandbox.advanceTo(target);
        return { status: 200, body: { now: clock.now(), mode, jobsRun: succeeded } };
      },
    }),
  ];
}
