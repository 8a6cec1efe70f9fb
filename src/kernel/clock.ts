import { assert } from './assert';

/** The only source of time. Everything that asks "now?" is given one. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved; never backwards. For tests, seeds and the demo. */
export class ManualClock implements Clock {
  private at: number;

  constructor(start: Date | string) {
    this.at = millisecondsOf(start);
  }

  now(): Date {
    return new Date(this.at);
  }

  moveTo(instant: Date | string): void {
    this.at = Math.max(this.at, millisecondsOf(instant));
  }

  advance(milliseconds: number): void {
    assert(Number.isFinite(milliseconds), 'a clock advances by a number of milliseconds');
    this.at += Math.max(0, milliseconds);
  }
}

/** A clock ahead of another by an offset that may grow: the sandbox's virtual time. */
export class OffsetClock implements Clock {
  constructor(
    private readonly base: Clock,
    private offsetMs = 0,
  ) {}

  now(): Date {
    return new Date(this.base.now().getTime() + this.offsetMs);
  }

  get offset(): number {
    return this.offsetMs;
  }

  /** Moves now() to `instant`. The caller has checked that this is not backwards. */
  moveTo(instant: Date): void {
    this.offsetMs = instant.getTime() - this.base.now().getTime();
  }
}

function millisecondsOf(instant: Date | string): number {
  const milliseconds = new Date(instant).getTime();
  assert(!Number.isNaN(milliseconds), `${String(instant)} is not an instant`);
  return milliseconds;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
