/** Where a listing stands among those that compete with it. */
export interface QueuePlace {
  /** Of one grade and time to run, or one class of shares. */
  readonly class: string;
  /** Listings at a better price, or at the same and asked for earlier; and what they offer. */
  readonly listingsAhead: number;
  /** Minor units of principal, or shares. */
  readonly sizeAhead: bigint;
  readonly size: bigint;
  /** What was traded in the class in so many days up to now. */
  readonly tradedSize: bigint;
  readonly tradedDays: number;
  /**
   * Days until it is sold if as much goes on being bought, and nobody comes in at a better price; no
   * forecast. Undefined when nothing was traded.
   */
  readonly expectedDays: number | undefined;
}

/** How far back trades tell how fast the queue moves. */
export const TRADED_DAYS = 30;

/** The time it takes to sell what is ahead and the listing itself, at the pace of late, rounded up. */
export function expectedDays(ahead: bigint, own: bigint, traded: bigint): number | undefined {
  if (traded <= 0n) return undefined;
  const days = (ahead + own) * BigInt(TRADED_DAYS);
  return Number((days + traded - 1n) / traded);
}
