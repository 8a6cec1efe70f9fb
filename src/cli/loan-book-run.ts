import { Problem } from '../kernel/problem';
import type { Tx } from '../platform/db';
import { fateOf, USUAL_FATE, type Fate, type TakenLoan } from '../modules/takeovers';
import type { By, Office } from '../../seeds/office';
import type { World } from '../../seeds/world';
import type { StopRequest } from './program';

/** What takes time while a book is lived through. */
export const PHASES = [
  'reading',
  'listing',
  'matching',
  'closing',
  'paying out',
  'debits',
  'evening closes',
  'early repayments',
  'losses',
  'jobs and events',
] as const;
export type Phase = (typeof PHASES)[number];

/** A loan that could not go on, and why. */
export interface Stopped {
  readonly key: string;
  readonly at: Phase;
  readonly reason: string;
}

/** What a run needs of whoever started it. */
export interface Around {
  /** @param done from 0 to 1. */
  readonly tell: (done: number, what: string) => void;
  readonly stop: StopRequest;
  readonly refresh: () => Promise<void>;
}

/** One life of a book: where it happens, and what is noted on the way. */
export class BookRun {
  readonly stopped: Stopped[] = [];
  readonly milliseconds = new Map<Phase, number>();

  constructor(
    readonly world: World,
    readonly office: Office,
    private readonly around: Around,
  ) {}

  tell(done: number, what: string): void {
    this.around.tell(done, what);
  }

  get isStopped(): boolean {
    return this.around.stop.isMade;
  }

  /** Has the database look at its tables again, of which it knew when they were empty. */
  async refresh(): Promise<void> {
    await this.timed('jobs and events', this.around.refresh);
  }

  get services() {
    return this.world.services;
  }

  /** How a borrower will pay. */
  fateOf(loan: TakenLoan): Fate {
    return fateOf(loan, USUAL_FATE);
  }

  async timed<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    const before = this.milliseconds.get(phase) ?? 0;
    this.milliseconds.set(phase, before + performance.now() - startedAt);
    return result;
  }

  /**
   * Does work on each item, many in a transaction. Where one is refused, its batch is done again one
   * by one, so that it keeps no other out.
   */
  async each<T>(
    items: readonly T[],
    order: Order<T>,
    work: (tx: Tx, item: T) => Promise<unknown>,
  ): Promise<void> {
    const { phase, size = 50 } = order;
    await this.timed(phase, async () => {
      for (let start = 0; start < items.length; start += size) {
        const batch = items.slice(start, start + size);
        try {
          await this.all(batch, order, work);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          for (const item of batch) await this.alone(item, order, work);
        }
      }
    });
  }

  private async all<T>(
    batch: readonly T[],
    { by }: Order<T>,
    work: (tx: Tx, item: T) => Promise<unknown>,
  ): Promise<void> {
    await this.office.write(by, async (tx) => {
      for (const item of batch) await work(tx, item);
    });
  }

  private async alone<T>(
    item: T,
    order: Order<T>,
    work: (tx: Tx, item: T) => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.all([item], order, work);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const reason = `${error.title}. ${error.detail ?? ''}`.trim();
      this.stopped.push({ key: order.keyOf(item), at: order.phase, reason });
    }
  }
}

interface Order<T> {
  readonly phase: Phase;
  readonly keyOf: (item: T) => string;
  readonly size?: number;
  /** The machine itself when absent. */
  readonly by?: By;
}

/** Items by what they have in common, in the order in which they came. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
