import { assert } from '../../kernel/assert';
import { rate, type Rate } from '../../kernel/rate';
import type { Applicant, BilingualText } from './applicant';
import { binIndex } from './binning';

/*
 * A scorecard as it is read from `compliance/scorecards/<id>/<version>.json`, and what it says of
 * an applicant: whole points, added up, so that anybody can do the sum again by hand.
 */

/** Points of the scale: so many at such odds of good to bad, so many more for twice the odds. */
export interface Scaling {
  readonly points: number;
  readonly odds: number;
  readonly pointsToDoubleOdds: number;
}

/** What a bin is beside a range or a list of levels. */
export type OpenBin = 'missing' | 'other';

export interface CardBin {
  /** A number from here; open below without it. */
  readonly from?: number | undefined;
  /** A number under this; open above without it. */
  readonly below?: number | undefined;
  readonly levels?: readonly string[] | undefined;
  readonly is?: OpenBin | undefined;
  /** Of the development sample. */
  readonly rows: number;
  readonly bad: number;
  readonly woe: number;
  readonly points: number;
}

export interface CardCharacteristic {
  readonly variable: string;
  readonly kind: 'numeric' | 'categorical';
  readonly title: BilingualText;
  /** What an applicant is told who lost points here. The code is stable over versions. */
  readonly reason: { readonly code: string; readonly text: BilingualText };
  readonly informationValue: number;
  /** Weight in the log odds of being good, and how surely it is known. */
  readonly coefficient: number;
  readonly standardError: number;
  readonly bins: readonly CardBin[];
}

/** The part of a card that scores. */
export interface CardRules {
  readonly id: string;
  readonly version: number;
  readonly scaling: Scaling;
  /** Points of whoever is in the worst bin of everything. */
  readonly baseScore: number;
  readonly characteristics: readonly CardCharacteristic[];
}

/** Why an applicant did not get more points. */
export interface Reason {
  readonly code: string;
  readonly variable: string;
  /** Fewer than in the best bin of the characteristic. */
  readonly lostPoints: number;
  readonly text: BilingualText;
}

export interface ScoredApplicant {
  readonly points: number;
  /** The probability of going bad, to a millionth. */
  readonly pd: Rate;
  /** The bin each characteristic fell in, in words: `[20000, 35000)`, `RENT`, `(missing)`. */
  readonly bins: Readonly<Record<string, string>>;
  /** The characteristics that cost most points, at most four, the costliest first. */
  readonly reasons: readonly Reason[];
}

/** More than four reasons are "not likely to be helpful": Regulation B, comment 9(b)(2)-1. */
const MOST_REASONS = 4;

/** The usual way to ask once; whoever asks often makes a `Scorecard` and keeps it. */
export function scoreApplicant(card: CardRules, applicant: Applicant): ScoredApplicant {
  return new Scorecard(card).score(applicant);
}

/** A card laid out for scoring many. */
export class Scorecard {
  readonly id: string;
  readonly version: number;
  private readonly characteristics: readonly CompiledCharacteristic[];
  private readonly pds = new Map<number, Rate>();
  private readonly lost: Int32Array;

  constructor(readonly rules: CardRules) {
    this.id = rules.id;
    this.version = rules.version;
    this.characteristics = rules.characteristics.map(compiled);
    this.lost = new Int32Array(this.characteristics.length);
  }

  /**
   * Scores an applicant. A level that the card does not know falls into "other"; what is not
   * known, or is a text where a number is meant, falls into "missing".
   */
  score(applicant: Applicant): ScoredApplicant {
    const bins: Record<string, string> = {};
    let points = this.rules.baseScore;
    for (let at = 0; at < this.characteristics.length; at += 1) {
      const characteristic = this.characteristics[at]!;
      const bin = binOf(characteristic, applicant[characteristic.variable]);
      const given = characteristic.points[bin]!;
      points += given;
      this.lost[at] = characteristic.best - given;
      bins[characteristic.variable] = characteristic.labels[bin]!;
    }
    return { points, pd: this.pdAt(points), bins, reasons: this.reasons() };
  }

  /** The points alone. */
  points(applicant: Applicant): number {
    let points = this.rules.baseScore;
    for (const characteristic of this.characteristics) {
      points += characteristic.points[binOf(characteristic, applicant[characteristic.variable])]!;
    }
    return points;
  }

  /** The probability of going bad of whoever has so many points. */
  pdAt(points: number): Rate {
    const known = this.pds.get(points);
    if (known) return known;
    const pd = millionths(probabilityAt(this.rules.scaling, points));
    this.pds.set(points, pd);
    return pd;
  }

  /** The costliest losses of the last applicant; of equal ones the card's first comes first. */
  private reasons(): readonly Reason[] {
    const reasons: Reason[] = [];
    const taken = new Set<number>();
    while (reasons.length < MOST_REASONS) {
      let worst = -1;
      for (let at = 0; at < this.lost.length; at += 1) {
        const isWorse = worst < 0 || this.lost[at]! > this.lost[worst]!;
        if (this.lost[at]! > 0 && isWorse && !taken.has(at)) worst = at;
      }
      if (worst < 0) break;
      taken.add(worst);
      reasons.push(this.characteristics[worst]!.reasonOf(this.lost[worst]!));
    }
    return reasons;
  }
}

/**
 * The probability of going bad at a score: the odds of good to bad are `odds` at `points`, and
 * double with every `pointsToDoubleOdds`.
 */
export function probabilityAt(
  { points, odds, pointsToDoubleOdds }: Scaling,
  score: number,
): number {
  return 1 / (1 + odds * 2 ** ((score - points) / pointsToDoubleOdds));
}

/** What is wrong with a card beyond its form: bins that leave a gap, or a bin that is missing. */
export function flawsOfCard({ characteristics }: CardRules): readonly string[] {
  const variables = characteristics.map(({ variable }) => variable);
  const twice = variables.filter((name, index) => variables.indexOf(name) !== index);
  return [
    ...twice.map((name) => `${name} is scored twice`),
    ...characteristics.flatMap(flawsOfCharacteristic),
  ];
}

function flawsOfCharacteristic({ variable, kind, bins }: CardCharacteristic): readonly string[] {
  const flaws: string[] = [];
  const isOnce = (is: OpenBin): boolean => bins.filter((bin) => bin.is === is).length === 1;
  if (!isOnce('missing')) flaws.push(`${variable} needs one bin for what is missing`);
  const named = bins.filter((bin) => bin.is === undefined);
  if (kind === 'categorical') {
    if (!isOnce('other')) flaws.push(`${variable} needs one bin for other levels`);
    const levels = named.flatMap((bin) => bin.levels ?? []);
    if (new Set(levels).size !== levels.length) flaws.push(`${variable} has a level twice`);
    return flaws;
  }
  named.forEach((bin, index) => {
    if (bin.from !== named[index - 1]?.below) flaws.push(`the bins of ${variable} leave a gap`);
    if (bin.from !== undefined && bin.below !== undefined && bin.below <= bin.from) {
      flaws.push(`the bins of ${variable} do not rise`);
    }
  });
  if (named.length === 0 || named.at(-1)?.below !== undefined) {
    flaws.push(`the bins of ${variable} end before the numbers do`);
  }
  return flaws;
}

/** The words for a bin; the same in every language, so that a decision's record has one spelling. */
export function binLabel({ from, below, levels, is }: CardBin): string {
  // In brackets, since a file may have a level of that name.
  if (is !== undefined) return `(${is})`;
  if (levels !== undefined) return levels.join(', ');
  return bandLabel({ from, below });
}

/** The words for a stretch of numbers. */
export function bandLabel({ from, below }: Pick<CardBin, 'from' | 'below'>): string {
  if (from === undefined) return below === undefined ? 'any' : `< ${below}`;
  return below === undefined ? `>= ${from}` : `[${from}, ${below})`;
}

interface CompiledCharacteristic {
  readonly variable: string;
  readonly bounds: Float64Array;
  /** Positions of levels; undefined where the characteristic is a number. */
  readonly levels: ReadonlyMap<string, number> | undefined;
  readonly missing: number;
  readonly other: number;
  readonly points: Int32Array;
  readonly labels: readonly string[];
  readonly best: number;
  /** Reasons are made once for each loss: the same applicant is told the same object. */
  readonly reasonOf: (lostPoints: number) => Reason;
}

function compiled(characteristic: CardCharacteristic): CompiledCharacteristic {
  const { variable, kind, bins, reason } = characteristic;
  const points = Int32Array.from(bins.map((bin) => bin.points));
  const ranges = bins.filter((bin) => bin.is === undefined);
  assert(
    bins.slice(0, ranges.length).every((bin) => bin.is === undefined),
    `the open bins of ${variable} come last`,
  );
  const reasons = new Map<number, Reason>();
  return {
    variable,
    bounds:
      kind === 'numeric'
        ? Float64Array.from(ranges.slice(1).map(({ from }) => from!))
        : new Float64Array(0),
    levels:
      kind === 'categorical'
        ? new Map(ranges.flatMap((bin, at) => (bin.levels ?? []).map((level) => [level, at])))
        : undefined,
    missing: bins.findIndex((bin) => bin.is === 'missing'),
    other: bins.findIndex((bin) => bin.is === 'other'),
    points,
    labels: bins.map(binLabel),
    best: Math.max(...points),
    reasonOf: (lostPoints) => {
      const known = reasons.get(lostPoints);
      if (known) return known;
      const made = { code: reason.code, variable, lostPoints, text: reason.text };
      reasons.set(lostPoints, made);
      return made;
    },
  };
}

function binOf(
  { levels, bounds, missing, other }: CompiledCharacteristic,
  value: string | number | undefined,
): number {
  if (value === undefined || value === '') return missing;
  if (levels) return levels.get(String(value)) ?? other;
  return typeof value === 'number' && !Number.isNaN(value) ? binIndex(bounds, value) : missing;
}

/** Half up, and never quite certain of either outcome. */
function millionths(probability: number): Rate {
  const count = Math.min(Math.max(Math.trunc(probability * 1e6 + 0.5), 1), 999_999);
  return rate(`0.${String(count).padStart(6, '0')}`);
}
