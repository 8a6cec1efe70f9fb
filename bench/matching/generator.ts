import type { ListingForMatch, MandateForMatch, MatchInput } from '../../src/modules/matching';
import { SeededNumbers } from './random';

export interface InstanceSize {
  readonly mandates: number;
  readonly listings: number;
  /** Cash of all lenders over what all loans want. */
  readonly ratio: number;
  readonly seed: number;
}

const GRADES = 7;
/** E, F and G: what a lender may cap together. */
const RISKY_GRADES = 0b1110000;

const TICKETS = [
  [41, 1000],
  [35, 2500],
  [18, 5000],
  [6, 10_000],
] as const;

/** Most in one loan, in tickets; the others leave it to the share of their cash. */
const OWN_MAXIMA = [
  [40, Infinity],
  [10, 1],
  [12, 2],
  [20, 5],
  [18, 10],
] as const;

const TERMS = [6, 12, 18, 24, 36, 48, 60] as const;

/**
 * A synthetic window: log-normal cash of which one percent of the lenders, institutions, hold a
 * large part; seven grades asked for in 35 combinations; 30, 50 and 20 percent of the loans with a
 * minimum fill of .6, 1 and .8; six percent of the loans by borrowers who have another one. About
 * 40 percent of all pairs are eligible.
 */
export function generateInstance({ mandates, listings, ratio, seed }: InstanceSize): MatchInput {
  const numbers = new SeededNumbers(seed);
  const loans = generateListings(listings, numbers);
  const demand = loans.reduce((sum, loan) => sum + Number(loan.amountMinor), 0);
  return {
    listings: loans,
    mandates: generateMandates(mandates, { cash: demand * ratio, numbers }),
    seed: BigInt(seed),
  };
}

function generateListings(count: number, numbers: SeededNumbers): readonly ListingForMatch[] {
  const loans: ListingForMatch[] = [];
  for (let at = 0; at < count; at += 1) {
    const euros = Math.exp(Math.log(6900) + 0.85 * numbers.normal());
    const amount = 5000 * Math.min(1600, Math.max(20, Math.round(euros / 50)));
    const share = numbers.pick([
      [30, 0.6],
      [50, 1],
      [20, 0.8],
    ]);
    const grade = gradeOfLoan(numbers);
    const earlier = numbers.next() < 0.06 ? loans[numbers.below(Math.max(1, at))] : undefined;
    loans.push({
      id: `listing-${at}`,
      amountMinor: BigInt(amount),
      minimumFillMinor: BigInt(Math.round(amount * share)),
      // A borrower has one grade, whatever the loan.
      grade: earlier?.grade ?? grade,
      ratePpm: ratePpm(earlier?.grade ?? grade, numbers),
      termMonths: TERMS[numbers.below(TERMS.length)] ?? 12,
      borrower: earlier?.borrower ?? at,
    });
  }
  return loans;
}

function gradeOfLoan(numbers: SeededNumbers): number {
  return numbers.pick([
    [14, 0],
    [22, 1],
    [24, 2],
    [20, 3],
    [11, 4],
    [6, 5],
    [3, 6],
  ]);
}

/** From 5 to 23 percent with the grade, two percentage points about that. */
function ratePpm(grade: number, numbers: SeededNumbers): number {
  return Math.round(50_000 + 30_000 * grade + 20_000 * (2 * numbers.next() - 1));
}

function generateMandates(
  count: number,
  { cash, numbers }: { readonly cash: number; readonly numbers: SeededNumbers },
): readonly MandateForMatch[] {
  const masks = gradeMasks();
  const weights = Float64Array.from({ length: count }, () => {
    const isInstitution = numbers.next() < 0.01;
    return Math.exp(1.2 * numbers.normal()) * (isInstitution ? 100 : 1);
  });
  const scale = cash / weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from(weights, (weight, at) => {
    const cashMinor = Math.max(1000, Math.round(weight * scale));
    const mask = masks[numbers.below(masks.length)] ?? 1;
    return mandate(at, { cashMinor, mask, numbers });
  });
}

interface MandateTraits {
  readonly cashMinor: number;
  readonly mask: number;
  readonly numbers: SeededNumbers;
}

function mandate(at: number, { cashMinor, mask, numbers }: MandateTraits): MandateForMatch {
  const ticket = numbers.pick(TICKETS);
  const ownMaximum = ticket * numbers.pick(OWN_MAXIMA);
  const shareBps = Math.round(numbers.between(200, 2000));
  const share = Math.trunc((cashMinor * shareBps) / 10_000);
  const cap = Math.min(ownMaximum, Math.max(share, ticket));
  const riskyShare = numbers.pick([
    [32, 1],
    [15, 0.5],
    [20, 0.35],
    [20, 0.2],
    [13, 0.1],
  ]);
  const [leastTermMonths, mostTermMonths] = numbers.pick(TERM_RANGES);
  const lowest = 31 - Math.clz32(mask & -mask);
  return {
    id: `mandate-${at}`,
    cashMinor: BigInt(cashMinor),
    ticketMinor: BigInt(ticket),
    maxPerLoanMinor: BigInt(cap),
    maxPerBorrowerMinor: BigInt(numbers.next() < 0.5 ? cap : 2 * cap),
    diversification: share >= ticket ? { portfolioMinor: BigInt(cashMinor), shareBps } : undefined,
    gradeMask: mask,
    gradeCaps:
      riskyShare < 1
        ? [{ gradeMask: RISKY_GRADES, maxMinor: BigInt(Math.trunc(cashMinor * riskyShare)) }]
        : undefined,
    leastTermMonths,
    mostTermMonths,
    minimumRatePpm: Math.round(20_000 + 30_000 * (lowest + numbers.next())),
  };
}

const TERM_RANGES: readonly (readonly [number, readonly [number, number]])[] = [
  [55, [1, 60]],
  [20, [1, 36]],
  [15, [12, 60]],
  [10, [6, 24]],
];

/** The 28 runs of grades, and 7 with a gap. */
function gradeMasks(): readonly number[] {
  const runs: number[] = [];
  for (let from = 0; from < GRADES; from += 1) {
    for (let to = from; to < GRADES; to += 1) runs.push((1 << (to + 1)) - (1 << from));
  }
  const all = (1 << GRADES) - 1;
  const gaps = [1, 2, 3, 4, 5].map((gap) => all & ~(1 << gap));
  return [...runs, ...gaps, 0b1010101, 0b0101010];
}
