import { problemCatalogue } from '../../kernel/problem';

export const laneProblem = problemCatalogue('lane', {
  overloaded: { kind: 'unavailable', title: 'More requests are waiting than can be answered soon' },
  'shutting-down': { kind: 'unavailable', title: 'The service is shutting down' },
});

/** What became of one item of a batch. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** When a batch may change things. Until its turn has come it can only make itself ready. */
export interface Turn {
  /** Resolves when the batches before this one have changed all they will. */
  readonly come: Promise<void>;
  /** Lets the next batch go on, while this one still writes out its answers. */
  readonly pass: () => void;
}

export interface LaneOptions<Item, Result> {
  /** The most items of one batch. */
  readonly batchSize: number;
  /** The most items that may wait; beyond, a caller is told to come back. */
  readonly waitingMax: number;
  /**
   * Does the work of a batch and says what became of each item, in order. Items for which it says
   * nothing (`undefined`) go first into a next batch. A throw fails the whole batch.
   */
  readonly work: (
    items: readonly Item[],
    turn: Turn,
  ) => Promise<readonly (Outcome<Result> | undefined)[]>;
}

/** So many waiting items are worth making ready while a batch is under way. */
const WORTH_PREPARING = 64;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what arrives while the last batch is under way and does it as the next one, in order of
 * arrival. There is no timer: a lone item is done at once, and batches grow only under load. When
 * they do, two are under way: one changes things while the next is made ready, so that neither the
 * database nor the process waits for the other.
 */
export class Lane<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;
  /** When the batch started last has changed all it will. */
  private lastPassed = Promise.resolve();
  private isStarting = false;
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
      this.startSoon();
    });
  }

  /** How many items wait, for the metrics page. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Takes no more items; resolves when those that wait are answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.isIdle) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private get isIdle(): boolean {
    return this.underWay === 0 && this.waiting.length === 0;
  }

  /** What arrives in this turn of the event loop still joins the next batch. */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      while (this.shouldStart()) void this.start(this.waiting.splice(0, this.nextSize()));
    });
  }

  private shouldStart(): boolean {
    if (this.underWay === 0) return this.waiting.length > 0;
    return this.underWay === 1 && this.waiting.length >= WORTH_PREPARING;
  }

  /** What has gathered while nothing was under way is halved, so that there is a next to prepare. */
  private nextSize(): number {
    const { batchSize } = this.options;
    const isWorthHalving = this.underWay === 0 && this.waiting.length >= 2 * WORTH_PREPARING;
    return isWorthHalving ? Math.min(batchSize, (this.waiting.length + 1) >> 1) : batchSize;
  }

  private async start(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.underWay += 1;
    const come = this.lastPassed;
    let pass = (): void => undefined;
    this.lastPassed = new Promise((resolve) => (pass = resolve));
    const unanswered = await this.answer(batch, { come, pass });
    // A batch that never waited for its turn must not let the next one overtake those before it.
    await come;
    pass();
    this.underWay -= 1;
    this.waiting.unshift(...unanswered);
    if (this.isIdle) for (const resolve of this.idle.splice(0)) resolve();
    else this.startSoon();
  }

  private async answer(
    batch: readonly Waiting<Item, Result>[],
    turn: Turn,
  ): Promise<readonly Waiting<Item, Result>[]> {
    try {
      const outcomes = await this.options.work(
        batch.map((entry) => entry.item),
        turn,
      );
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
