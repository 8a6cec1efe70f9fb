import { assert } from '../../kernel/assert';

/** Units that one holder got, or gave. */
export interface LotMove {
  readonly isGain: boolean;
  readonly units: bigint;
  /** When the issuer issued them; of what was given it says nothing. */
  readonly issuedAt: Date;
  /** When the register changed. */
  readonly enteredAt: Date;
}

/** Units of one holder that were issued and got at the same time. */
export interface Lot {
  readonly units: bigint;
  readonly issuedAt: Date;
  readonly heldSince: Date;
}

/**
 * What a holder has, the oldest first. Units of a class are alike; whoever gives some gives the
 * oldest, so that a holding period that began first ends first.
 *
 * @param moves all of the holder's in one instrument, in order.
 * @throws AssertionError when more was given than was had.
 */
export function lotsOf(moves: readonly LotMove[]): readonly Lot[] {
  let lots: Lot[] = [];
  for (const { isGain, units, issuedAt, enteredAt } of moves) {
    lots = isGain
      ? [...lots, { units, issuedAt, heldSince: enteredAt }]
      : [...split(lots, units).left];
  }
  return lots;
}

/** The lots that so many units come out of, and those that stay. @throws as `lotsOf`. */
export function split(
  lots: readonly Lot[],
  units: bigint,
): { readonly taken: readonly Lot[]; readonly left: readonly Lot[] } {
  const taken: Lot[] = [];
  const left: Lot[] = [];
  let wanted = units;
  for (const lot of lots) {
    const given = wanted < lot.units ? wanted : lot.units;
    if (given > 0n) taken.push({ ...lot, units: given });
    if (given < lot.units) left.push({ ...lot, units: lot.units - given });
    wanted -= given;
  }
  assert(wanted === 0n, `the holder gives ${wanted} units more than it has`);
  return { taken, left };
}
