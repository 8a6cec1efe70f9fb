import { ipKeyGenerator } from 'express-rate-limit';
import type { Clock } from '../../kernel/clock';
import { requestProblem } from './errors';
import type { RateLimit } from './route';

interface Window {
  hits: number;
  readonly endsAt: number;
}

const MOST_WINDOWS = 50_000;

/** Counts what each caller does, per action, in fixed windows kept in this process. */
export class RateLimiter {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly clock: Clock) {}

  /**
   * Counts one more.
   *
   * @param caller a user id, or the address the request came from.
   * @throws Problem `request.too-many` with the seconds until the window ends.
   */
  count(limit: RateLimit, caller: string): void {
    const now = this.clock.now().getTime();
    const key = `${limit.action} ${caller}`;
    let window = this.windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      this.makeRoom(now);
      window = { hits: 0, endsAt: now + limit.windowSeconds * 1000 };
      this.windows.delete(key);
      this.windows.set(key, window);
    }
    window.hits += 1;
    if (window.hits > limit.limit) {
      throw requestProblem('too-many', {
        retryAfterSeconds: Math.max(1, Math.trunc((window.endsAt - now + 999) / 1000)),
      });
    }
  }

  /** Takes the latest count back. */
  forgive(limit: RateLimit, caller: string): void {
    const window = this.windows.get(`${limit.action} ${caller}`);
    if (window !== undefined && window.hits > 0) window.hits -= 1;
  }

  /** Forgets ended windows, and the oldest when an attacker fills the table with addresses. */
  private makeRoom(now: number): void {
    if (this.windows.size < MOST_WINDOWS) return;
    for (const [key, window] of this.windows) {
      if (window.endsAt <= now) this.windows.delete(key);
    }
    for (const key of this.windows.keys()) {
      if (this.windows.size < MOST_WINDOWS) return;
      this.windows.delete(key);
    }
  }
}

/** One subscriber line holds a whole IPv6 /56, so that is what counts as one caller. */
export function callerAddress(ip: string): string {
  return ipKeyGenerator(ip);
}
