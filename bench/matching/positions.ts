import type { MatchInput, MatchResult } from '../../src/modules/matching';

/** Who lends how much to which loan, in columns. Amounts in minor units. */
export interface Positions {
  readonly mandate: Uint32Array;
  readonly listing: Uint32Array;
  readonly amountMinor: Float64Array;
}

export function columnsOf({ positions }: MatchResult): Positions {
  return {
    mandate: positions.mandate.slice(),
    listing: positions.listing.slice(),
    amountMinor: Float64Array.from(positions.amountMinor, Number),
  };
}

/** Reads what `engine-child` wrote: amounts of 8 bytes, then mandates and listings of 4. */
export function columnsIn(bytes: Uint8Array): Positions {
  const count = bytes.length / 16;
  const part = (from: number, size: number): ArrayBuffer =>
    Uint8Array.from(bytes.subarray(from * count, (from + size) * count)).buffer;
  return {
    amountMinor: new Float64Array(part(0, 8)),
    mandate: new Uint32Array(part(8, 4)),
    listing: new Uint32Array(part(12, 4)),
  };
}

/** Money in loans that reach their minimum fill: what is placed in others does not count. */
export function fundedMinor(
  { listings }: MatchInput,
  { listing, amountMinor }: Positions,
): { readonly money: number; readonly loans: number } {
  const sums = new Float64Array(listings.length);
  listing.forEach((loan, at) => {
    sums[loan] = (sums[loan] as number) + (amountMinor[at] as number);
  });
  const funded = sums.filter(
    (sum, loan) => sum > 0 && sum >= Number(listings[loan]?.minimumFillMinor),
  );
  return { money: funded.reduce((all, sum) => all + sum, 0), loans: funded.length };
}
