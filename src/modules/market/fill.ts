import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import type { Listing } from './listing';

/** So many units of one listing. */
export interface Fill {
  readonly listing: Listing;
  readonly units: bigint;
}

export interface Wanted {
  readonly buyerId: Id<'inv'>;
  readonly units: bigint;
  /** The most that a unit may cost, as listings state it. */
  readonly highestPrice: Rate;
}

/**
 * Which listings a buyer gets: the best price first, and of one price whoever asked for it first. A
 * buyer is never given what they offer themselves.
 *
 * @returns undefined when fewer units than wanted are offered at that price.
 */
export function fillsFor(
  listings: readonly Listing[],
  wanted: Wanted,
): readonly Fill[] | undefined {
  const fills: Fill[] = [];
  let left = wanted.units;
  for (const listing of listings.toSorted(byPriority)) {
    if (left === 0n || listing.price.greaterThan(wanted.highestPrice)) break;
    if (listing.sellerId === wanted.buyerId) continue;
    const units = left < listing.unitsLeft ? left : listing.unitsLeft;
    fills.push({ listing, units });
    left -= units;
  }
  return left === 0n ? fills : undefined;
}

/** Price, then time, then id. */
export function byPriority(
  a: Pick<Listing, 'price' | 'pricedAt' | 'id'>,
  b: Pick<Listing, 'price' | 'pricedAt' | 'id'>,
): number {
  const byTime = a.pricedAt.getTime() - b.pricedAt.getTime();
  return a.price.comparedTo(b.price) || byTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
