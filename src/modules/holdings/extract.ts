import type { Id } from '../../kernel/id';
import type { Instrument } from './instrument';
import type { NameView } from './name-policy';
import { sharesOfTotal } from './share-of-total';

/** One holder in a register as of a moment. */
export interface ExtractLine {
  readonly investorId: Id<'inv'>;
  readonly name: string;
  readonly units: bigint;
  /** Percent of all units, four decimals; the lines of a register sum to 100.0000. */
  readonly share: string;
}

/** A register as it stood at one moment. */
export interface RegisterExtract {
  readonly instrument: Instrument;
  readonly issuerName: string;
  readonly asOf: Date;
  /** How many events the register had then, and the hash of the last: the whole of its past. */
  readonly position: bigint;
  readonly headHash: string | undefined;
  readonly issued: bigint;
  readonly cancelled: bigint;
  readonly outstanding: bigint;
  /** Different holders, also where only some of them are shown. */
  readonly holderCount: number;
  readonly names: NameView;
  readonly lines: readonly ExtractLine[];
  readonly madeAt: Date;
}

/** Adds to each holder its part of the whole. */
export function withShares<Line extends { readonly units: bigint }>(
  lines: readonly Line[],
): readonly (Line & { readonly share: string })[] {
  const shares = sharesOfTotal(lines.map(({ units }) => units));
  return lines.map((line, index) => ({ ...line, share: shares[index] ?? '0.0000' }));
}
