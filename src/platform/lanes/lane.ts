import { problemCatalogue } from '../../kernel/problem';

export const laneProblem = problemCatalogue('lane', {
  overloaded: { kind: 'unavailable', title: 'More requests are waiting than can be answered soon' },
  'shutting-down': { kind: 'unavailable', title: 'The service is shutting down' },
});

/** What became of one item of a batch. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export interface LaneOptions<Item, Result> {
  /** The most items of one batch. */
  readonly batchSize: number;
  /** The most items that may wait; beyond, a caller is told to come back. */
  readonly waitingMax: number;
  /**
   * Does the work of a batch and says what became of each item, in order. Items for which it says
   * nothing (`undefined`) go first into the next batch. A throw fails the whole batch.
   */
  readonly work: (items: readonly Item[]) => Promise<readonly (Outcome<Result> | undefined)[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what arrives while the last batch is under way and does it as the next one, in order of
 * arrival. There is no timer: a lone item is done at once, and batches grow only under load.
 */
export class Lane<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private isBusy = false;
  private isClosed = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: LaneOptions<Item, Result>) {}

  /**
   * Rejects with Problem `lane.overloaded`, `lane.shutting-down` (nothing was done), or whatever
   * became of the item. It never throws at once, so that whoever submits a list of items hears of
   * those before it.
   */
  submit(item: Item): Promise<Result> {
    if (this.isClosed) {
      return Promise.reject(laneProblem('shutting-down', { retryAfterSeconds: 5 }));
    }
    if (this.waiting.length >= this.options.waitingMax) {
      return Promise.reject(laneProblem('overloaded', { retryAfterSeconds: 1 }));
    }
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isBusy) {
        this.isBusy = true;
        // What arrives in this turn of the event loop still joins the first batch.
        setImmediate(() => void this.drain());
      }
    });
  }

  /** How many items wait, for the metrics page. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Takes no more items; resolves when those that wait are answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (!this.isBusy) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.batchSize);
      const unanswered = await this.answer(batch);
      this.waiting.unshift(...unanswered);
    }
    this.isBusy = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async answer(
    batch: readonly Waiting<Item, Result>[],
  ): Promise<readonly Waiting<Item, Result>[]> {
    try {
      const outcomes = await this.options.work(batch.map((entry) => entry.item));
      return batch.filter((entry, position) => {
        const outcome = outcomes[position];
        if (outcome?.ok) entry.resolve(outcome.value);
        else if (outcome) entry.reject(outcome.error);
        return outcome === undefined;
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
      return [];
    }
  }
}
