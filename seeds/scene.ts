import { DAY_MS, HOUR_MS } from '../src/kernel/clock';
import { Problem } from '../src/kernel/problem';
import type { Id } from '../src/kernel/id';
import type { House } from './house';
import type { Investor } from './people';

/** Something that happens on a day of the sandbox's year, counted from 0. */
export interface Scene {
  readonly day: number;
  /** UTC; ten o'clock when absent. */
  readonly hour?: number;
  readonly what: string;
  readonly play: () => Promise<unknown>;
}

/** The days of the year that ends now. */
export class Year {
  static readonly DAYS = 365;
  private readonly firstMidnight: number;

  constructor(end: Date) {
    const begin = end.getTime() - Year.DAYS * DAY_MS;
    this.firstMidnight = begin - (begin % DAY_MS) + DAY_MS;
  }

  /** Day 364 is today, or yesterday as long as the hour is not over. */
  at(day: number, hour = 10): Date {
    return new Date(this.firstMidnight + day * DAY_MS + hour * HOUR_MS);
  }
}

/** What may well happen to an order that nobody planned: the investor learns it and moves on. */
const TAKEN_IN_STRIDE = ['subscriptions.cap-exceeded', 'subscriptions.insufficient-funds'];

/**
 * Everybody subscribes with an amount of their own, in whole steps.
 *
 * @returns the subscriptions that came of it, by investor.
 */
export async function everybodySubscribes(
  house: House,
  offeringId: Id<'off'>,
  orders: { readonly investors: readonly Investor[]; readonly steps: Steps },
): Promise<ReadonlyMap<Investor, Id<'sub'>>> {
  const made = new Map<Investor, Id<'sub'>>();
  const { step, least, most } = orders.steps;
  for (const investor of orders.investors) {
    const amount = `${house.stage.cast.between(least, most) * step}.00`;
    try {
      const { subscription } = await house.subscribe(investor, offeringId, amount);
      made.set(investor, subscription.id);
    } catch (error) {
      if (!(error instanceof Problem) || !TAKEN_IN_STRIDE.includes(error.code)) throw error;
    }
  }
  return made;
}

/** Amounts from `least` to `most` times `step`. */
export interface Steps {
  readonly step: number;
  readonly least: number;
  readonly most: number;
}
