import { assert } from '../../kernel/assert';
import { chiSquareQuantile } from './distributions';
import { psi } from './metrics';

/* How far those who apply now have moved from those a card was made for. */

/** A band, bin or level, and how many fell in it at development and now. */
export interface BandCounts {
  readonly label: string;
  readonly before: number;
  readonly now: number;
}

/** `stable` under 0.10; `amber` from there; `red` from 0.25 (Siddiqi, Credit Risk Scorecards). */
export type DriftLevel = 'stable' | 'amber' | 'red';

export interface Drift {
  /** The score, or a variable. */
  readonly name: string;
  readonly psi: number;
  /**
   * What samples of such sizes show one time in twenty though nothing moved: an index under it says
   * nothing (Yurdakul, Statistical Properties of the Population Stability Index, 2018).
   */
  readonly chance: number;
  readonly level: DriftLevel;
  readonly bands: readonly DriftBand[];
}

export interface DriftBand {
  readonly label: string;
  readonly before: number;
  readonly now: number;
  /** Its share of the index. */
  readonly part: number;
}

const AMBER = 0.1;
const RED = 0.25;

export function driftLevel(index: number): DriftLevel {
  if (index >= RED) return 'red';
  return index >= AMBER ? 'amber' : 'stable';
}

/**
 * The population stability index of a score or a variable, band by band; a variable's is also
 * called its characteristic stability index.
 */
export function driftOf(name: string, counts: readonly BandCounts[]): Drift {
  const before = counts.reduce((sum, band) => sum + band.before, 0);
  const now = counts.reduce((sum, band) => sum + band.now, 0);
  assert(before > 0, `nobody was seen at the development of ${name}`);
  const bands = counts.map(({ label, ...band }) => {
    const shares = { before: band.before / before, now: now === 0 ? 0 : band.now / now };
    return { label, ...shares, part: now === 0 ? 0 : psi([shares.before], [shares.now]) };
  });
  const index = bands.reduce((sum, { part }) => sum + part, 0);
  const chance = now === 0 ? Infinity : chanceOf(counts.length, { before, now });
  // Ten applicants always look unlike ten thousand.
  return { name, psi: index, chance, level: index > chance ? driftLevel(index) : 'stable', bands };
}

function chanceOf(
  bands: number,
  { before, now }: { readonly before: number; readonly now: number },
): number {
  if (bands < 2) return 0;
  return chiSquareQuantile(0.05, bands - 1) * (1 / before + 1 / now);
}
