import { must } from '../../../src/kernel/assert';
import type { Id } from '../../../src/kernel/id';
import { Problem } from '../../../src/kernel/problem';
import type { Opened, Order } from '../../../src/modules/subscriptions';
import { Arena, HUDSON, type Trader } from '../../support/arena';

/** A seeded generator (mulberry32), so that a failure can be played again. */
class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of<T>(items: readonly T[]): T {
    return must(items[this.below(items.length)], 'an item');
  }
}

interface ModelAccount {
  cash: bigint;
  used: bigint;
  readonly ceiling: bigint | undefined;
}

interface Book {
  room: bigint;
  orders: bigint;
}

/** What one who does one order after another would do, in plain numbers. */
class Model {
  readonly accounts = new Map<Id<'inv'>, ModelAccount>();
  readonly books = new Map<Id<'off'>, Book>();
  private readonly accepted = new Map<string, string>();

  decide(order: Order): string {
    const account = must(this.accounts.get(order.investorId), 'the account');
    const book = must(this.books.get(order.offeringId), 'the book');
    const { minor } = order.requested;
    const before = this.accepted.get(order.requestKey);
    if (before !== undefined) return before;
    if (minor < 500n) return 'subscriptions.below-minimum-ticket';
    if (account.ceiling !== undefined && account.used + minor > account.ceiling) {
      return 'subscriptions.cap-exceeded';
    }
    if (minor > book.room) return 'subscriptions.offering-full';
    if (minor > account.cash) return 'subscriptions.insufficient-funds';
    book.orders += 1n;
    const told = `no ${book.orders}, used ${account.ceiling === undefined ? '-' : account.used}`;
    book.room -= minor;
    account.cash -= minor;
    if (account.ceiling !== undefined) account.used += minor;
    this.accepted.set(order.requestKey, told);
    return told;
  }

  revoke(order: Order): void {
    const account = must(this.accounts.get(order.investorId), 'the account');
    const { minor } = order.requested;
    account.cash += minor;
    if (account.ceiling !== undefined) account.used -= minor;
    must(this.books.get(order.offeringId), 'the book').room += minor;
  }

  has(order: Order): boolean {
    return this.accepted.has(order.requestKey);
  }
}

function told({ subscription }: Opened): string {
  return `no ${subscription.orderNo}, used ${subscription.capsUsed[0] ?? '-'}`;
}

async function answerOf(order: Promise<Opened>): Promise<string> {
  try {
    return told(await order);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe('the order desk', () => {
  let arena: Arena;

  beforeAll(async () => {
    arena = await Arena.open('2025-06-02T15:00:00Z', { subscriptionLanes: 1 });
  });

  afterAll(async () => {
    await arena.end();
  });

  async function people(model: Model): Promise<readonly Trader[]> {
    const kinds = [
      { count: 18, cash: '40.00', tier: 'non-accredited', ceiling: 450_000n },
      { count: 30, cash: '6000.00', tier: 'non-accredited', ceiling: 450_000n },
      { count: 12, cash: '9000.00', tier: 'accredited', ceiling: undefined },
    ];
    const all: Trader[] = [];
    for (const { count, cash, tier, ceiling } of kinds) {
      for (const trader of await arena.crowd(HUDSON, count, { cash, tier })) {
        const minor = BigInt(cash.replace('.', ''));
        model.accounts.set(trader.id, { cash: minor, used: 0n, ceiling });
        all.push(trader);
      }
    }
    return all;
  }

  async function books(model: Model): Promise<readonly Id<'off'>[]> {
    const limits = ['2500.00', '9000.00', '20000.00', '60000.00', '900000.00'];
    return Promise.all(
      limits.map(async (limit) => {
        const id = await arena.book(HUDSON, { limit, minimumTicket: '5.00' });
        model.books.set(id, { room: BigInt(limit.replace('.', '')), orders: 0n });
        return id;
      }),
    );
  }

  it.each([{ seed: 1 }, { seed: 20_250_602 }, { seed: 77 }])(
    'decides as one who does one order after another, seed $seed',
    async ({ seed }) => {
      const dice = new Dice(seed);
      const model = new Model();
      const traders = await people(model);
      const offerings = await books(model);
      const done: Order[] = [];
      const mine = new Map<Order, Id<'sub'>>();
      for (let placed = 0; placed < 1500;) {
        const burst = Array.from({ length: 1 + dice.below(dice.of([3, 40, 250])) }, () => {
          if (done.length > 0 && dice.below(12) === 0) {
            return { ...dice.of(done), id: arena.app.platform.newId('sub') };
          }
          const minor = 100n * BigInt(1 + dice.below(dice.of([30, 300, 2500])));
          return arena.order(dice.of(traders), dice.of(offerings), minor);
        });
        placed += burst.length;
        const expected = burst.map((order) => model.decide(order));
        const answers = await Promise.all(
          burst.map((order) => answerOf(arena.app.services.desk.submit(order))),
        );
        expect(answers).toEqual(expected);
        done.push(...burst.filter((order) => model.has(order)));
        for (let again = dice.below(4); again > 0 && done.length > 0; again -= 1) {
          const order = dice.of(done);
          if (mine.has(order)) continue;
          const { subscription } = await arena.app.services.desk.submit(order);
          if ([...mine.values()].includes(subscription.id)) continue;
          mine.set(order, subscription.id);
          await arena.write(HUDSON, (tx) =>
            arena.app.services.subscriptions.revoke(tx, subscription.id),
          );
          model.revoke(order);
        }
      }
      expect(await arena.broken()).toEqual([]);
    },
  );

  it('loses no balance, room or order with several lanes and processes on the same books', async () => {
    const dice = new Dice(5);
    const model = new Model();
    const traders = await people(model);
    const offerings = await books(model);
    const others = await Promise.all([
      arena.another({ subscriptionLanes: 2 }),
      arena.another({ subscriptionLanes: 3 }),
    ]);
    const desks = [arena.app, ...others].map((app) => app.services.desk);
    const answers = await Promise.all(
      Array.from({ length: 3000 }, () => {
        const minor = 100n * BigInt(1 + dice.below(dice.of([30, 300, 2500])));
        const order = arena.order(dice.of(traders), dice.of(offerings), minor);
        return answerOf(dice.of(desks).submit(order));
      }),
    );
    const accepted = answers.filter((answer) => answer.startsWith('no '));
    expect(accepted.length).toBeGreaterThan(100);
    const [stored] = await arena.column(
      HUDSON,
      'SELECT count(*) FROM subscriptions WHERE offering_id = ANY ($1)',
      [offerings],
    );
    expect(Number(stored)).toBe(accepted.length);
    const over = await arena.column(
      HUDSON,
      `SELECT subject FROM cap_usages
       WHERE cap_key = 'us-reg-cf/investor-limit' AND reserved_minor + counted_minor > 450000`,
    );
    expect(over).toEqual([]);
    expect(await arena.broken()).toEqual([]);
  });
});
