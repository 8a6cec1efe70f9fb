import { performance } from 'node:perf_hooks';

export interface Measured {
  /** Operations that succeeded, and those that were refused, in the measured time. */
  readonly done: number;
  readonly refused: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly clients: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/**
 * A closed loop: each client starts its next operation when the last one was answered.
 *
 * @param operate does one operation; resolves false when it was refused, throws on a fault.
 */
export async function closedLoop(
  { clients, warmUpMs, measureMs }: LoadOptions,
  operate: (client: number) => Promise<boolean>,
): Promise<Measured> {
  const latencies: number[] = [];
  let done = 0;
  let refused = 0;
  const from = performance.now() + warmUpMs;
  const until = from + measureMs;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let started = performance.now(); started < until; started = performance.now()) {
        const isAccepted = await operate(client);
        const ended = performance.now();
        if (ended < from || ended >= until) continue;
        latencies.push(ended - started);
        if (isAccepted) done += 1;
        else refused += 1;
      }
    }),
  );
  const seconds = measureMs / 1000;
  latencies.sort((a, b) => a - b);
  return {
    done,
    refused,
    seconds,
    perSecond: done / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

/** The middle one of several rounds, by throughput. */
export function median(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.trunc((sorted.length - 1) / 2)];
  if (!middle) throw new Error('no rounds were measured');
  return middle;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.trunc(sorted.length * share))] ?? 0;
}

/** A small generator with a seed (xorshift32), so that a run can be repeated. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % bound;
  }
}
