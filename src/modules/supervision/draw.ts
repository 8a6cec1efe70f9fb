import { createHash } from 'node:crypto';
import { rateText, type Rate } from '../../kernel/rate';

/** Something that may be drawn, and the stratum it lies in. */
export interface Case {
  readonly key: string;
  readonly stratum: string;
}

/** What neither side could choose after it had seen what the other brought. */
export interface DrawSources {
  /** The supervisor's, of which it gave the hash before the report was made. */
  readonly nonce: string;
  /** SHA-256 of the report the cases come from: the operator's, made before it knew the nonce. */
  readonly reportSha256: string;
  /** How far the ledger reached in that report: each chain, its length and its hash. */
  readonly ledgerHead: string;
}

/** What an inspection sets out to find, and who may carry it out. */
export interface DrawTerms {
  /** The part of the cases that is wrong, above which it should be noticed: `0.05`. */
  readonly detectionRate: Rate;
  /** How sure it should be to meet at least one of those: `0.95`. */
  readonly confidence: Rate;
  readonly roster: readonly string[];
  readonly inspectors: number;
}

export interface DrawnCase extends Case {
  readonly inspector: string;
}

/** A draw as it is published: everything that it follows from, and what came out. */
export interface Draw {
  readonly format: 'yunchou-draw-1';
  readonly commitment: string;
  readonly nonce: string;
  readonly reportSha256: string;
  readonly ledgerHead: string;
  readonly detectionRate: string;
  readonly confidence: string;
  readonly roster: readonly string[];
  readonly seed: string;
  readonly population: readonly Case[];
  readonly sampleSize: number;
  readonly inspectors: readonly string[];
  readonly drawn: readonly DrawnCase[];
}

/** What a supervisor gives before the report is made: the SHA-256 of its nonce, in hexadecimal. */
export function commitmentTo(nonce: string): string {
  return sha256(nonce);
}

/** SHA-256 of the format and the three sources, a line each. */
export function seedOf({ nonce, reportSha256, ledgerHead }: DrawSources): string {
  return sha256(`yunchou-draw-1\n${nonce}\n${reportSha256}\n${ledgerHead}\n`);
}

/** Where a key comes among those of its label. */
export function rankOf(seed: string, label: string, key: string): string {
  return sha256(`${seed}/${label}/${key}`);
}

/** What cases of a stratum are ranked under. */
export function labelOf(stratum: string): string {
  return `case/${stratum}`;
}

/** The keys of each stratum, in the order of their names. */
export function strataOf(population: readonly Case[]): ReadonlyMap<string, readonly string[]> {
  const strata = new Map<string, string[]>();
  for (const { key, stratum } of population) {
    const keys = strata.get(stratum);
    if (keys === undefined) strata.set(stratum, [key]);
    else keys.push(key);
  }
  return new Map([...strata].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * So many of the keys, without replacement: those whose SHA-256 of `seed/label/key` comes first. The
 * order in which keys are given does not matter, and each key is as likely as any other.
 */
export function pick(
  seed: string,
  of: { readonly label: string; readonly keys: readonly string[]; readonly count: number },
): readonly string[] {
  return of.keys
    .map((key) => ({ key, rank: rankOf(seed, of.label, key) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, of.count)
    .map(({ key }) => key);
}

/**
 * The smallest sample that meets a wrong case with the stated confidence, when as many are wrong as
 * the detection rate says (rounded up, at least one): the least n for which the hypergeometric
 * probability of meeting none, C(N-D, n) / C(N, n), is at most 1 - confidence. Computed exactly.
 */
export function sampleSize(
  population: number,
  { detectionRate, confidence }: Pick<DrawTerms, 'detectionRate' | 'confidence'>,
): number {
  if (population === 0) return 0;
  const wrong = Math.max(
    1,
    Math.min(population, detectionRate.times(population).ceil().toNumber()),
  );
  const digits = confidence.decimalPlaces();
  const whole = 10n ** BigInt(digits);
  const miss = whole - BigInt(rateText(confidence.times(10 ** digits), 0));
  let [low, high] = [1, population - wrong + 1];
  while (low < high) {
    const middle = Math.trunc((low + high) / 2);
    if (missesAtMost({ population, wrong, sample: middle }, { miss, whole })) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Shares a sample among strata by their sizes; what is left over goes to the largest remainders. */
export function apportion(
  sample: number,
  strata: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const total = [...strata.values()].reduce((sum, size) => sum + size, 0);
  const shares = [...strata]
    .map(([name, size]) => ({
      name,
      whole: Math.trunc((sample * size) / total),
      rest: (sample * size) % total,
    }))
    .toSorted((a, b) => b.rest - a.rest || (a.name < b.name ? -1 : 1));
  const left = sample - shares.reduce((sum, { whole }) => sum + whole, 0);
  return new Map(shares.map(({ name, whole }, place) => [name, whole + (place < left ? 1 : 0)]));
}

/** Draws cases from each stratum, and from the roster the inspectors who take them by turns. */
export function draw(population: readonly Case[], sources: DrawSources, terms: DrawTerms): Draw {
  const seed = seedOf(sources);
  const size = sampleSize(population.length, terms);
  const inspectors = pick(seed, {
    label: 'inspector',
    keys: terms.roster,
    count: terms.inspectors,
  });
  const strata = strataOf(population);
  const shares = apportion(size, new Map([...strata].map(([name, keys]) => [name, keys.length])));
  const drawn = [...strata].flatMap(([stratum, keys]) => {
    const of = { label: labelOf(stratum), keys, count: shares.get(stratum) ?? 0 };
    return pick(seed, of).map((key) => ({ key, stratum }));
  });
  return {
    format: 'yunchou-draw-1',
    commitment: commitmentTo(sources.nonce),
    ...sources,
    detectionRate: rateText(terms.detectionRate),
    confidence: rateText(terms.confidence),
    roster: terms.roster,
    seed,
    population,
    sampleSize: size,
    inspectors,
    drawn: drawn.map((each, turn) => ({
      ...each,
      inspector: inspectors[turn % inspectors.length] ?? '',
    })),
  };
}

function missesAtMost(
  of: { readonly population: number; readonly wrong: number; readonly sample: number },
  { miss, whole }: { readonly miss: bigint; readonly whole: bigint },
): boolean {
  // C(N-D, n) / C(N, n) = C(N-n, D) / C(N, D): of the two products, the one with fewer factors.
  const [taken, factors] = of.sample < of.wrong ? [of.wrong, of.sample] : [of.sample, of.wrong];
  let [numerator, denominator] = [1n, 1n];
  for (let i = 0; i < factors; i += 1) {
    numerator *= BigInt(Math.max(0, of.population - taken - i));
    denominator *= BigInt(of.population - i);
  }
  return numerator * whole <= miss * denominator;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
