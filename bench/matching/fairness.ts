import type { MandateForMatch, MatchInput } from '../../src/modules/matching';
import { capacityInto } from './cut';
import { pairCapOf } from './network';
import type { Positions } from './positions';

export interface Fairness {
  /** (Σu)² / nΣu², 1 when all are alike. Jain, Chiu and Hawe 1984. */
  readonly jain: number;
  /** 0 when all are alike. */
  readonly gini: number;
  /** Share of the lenders who get nothing. */
  readonly zero: number;
  readonly lenders: number;
}

/**
 * How alike lenders are served: utilisation is what a lender invested of its cash, over all lenders
 * able to bid, that is, with a ticket in cash and under their caps, and a loan they want.
 */
export function fairnessOf(input: MatchInput, { mandate, amountMinor }: Positions): Fairness {
  const invested = new Float64Array(input.mandates.length);
  mandate.forEach((lender, at) => {
    invested[lender] = (invested[lender] as number) + (amountMinor[at] as number);
  });
  const able = ableToBid(input);
  return measureFairness(
    invested
      .map((money, lender) => money / Number(input.mandates[lender]?.cashMinor))
      .filter((_, lender) => able[lender] === 1),
  );
}

/**
 * What fairness would be were the same money at one level of utilisation, as near to it as each
 * lender's tickets and caps allow: k loans take no less than k tickets of a lender and no more than
 * k times its cap per loan, and where the level falls between two such spans the nearer end counts.
 * It asks of no loan whether it could be shared so: a yardstick for the engine's own figure, not a
 * bound.
 */
export function levelFairness(input: MatchInput, { amountMinor }: Positions): Fairness {
  const able = ableToBid(input);
  const capacity = capacityInto([...input.listings.keys()], input.listings);
  const lenders = input.mandates
    .filter((_, lender) => able[lender] === 1)
    .map((mandate) => ({
      cash: Number(mandate.cashMinor),
      ticket: Number(mandate.ticketMinor),
      mostInOne: pairCapOf(mandate),
      most: capacity(mandate),
    }));
  const money = amountMinor.reduce((sum, amount) => sum + amount, 0);
  let [low, high] = [0, 1];
  for (let turn = 0; turn < 50; turn += 1) {
    const level = (low + high) / 2;
    const sum = lenders.reduce((all, lender) => all + nearestTo(level, lender), 0);
    if (sum < money) low = level;
    else high = level;
  }
  return measureFairness(
    Float64Array.from(lenders, (lender) => nearestTo(high, lender) / lender.cash),
  );
}

interface Means {
  readonly cash: number;
  readonly ticket: number;
  readonly mostInOne: number;
  /** In all loans that it wants. */
  readonly most: number;
}

/** What the lender could place that is nearest to the level, and not nothing. */
function nearestTo(level: number, { cash, ticket, mostInOne, most }: Means): number {
  const due = Math.min(most, Math.max(ticket, level * cash));
  const loans = Math.trunc(due / ticket);
  const below = loans * mostInOne;
  if (due <= below) return due;
  const above = (loans + 1) * ticket;
  return above <= most && above - due < due - below ? above : below;
}

/** By lender, 1 where it could place a ticket in at least one loan. */
function ableToBid({ mandates, listings }: MatchInput): Uint8Array {
  return Uint8Array.from(mandates, (mandate) => {
    if (pairCapOf(mandate) === 0) return 0;
    const excluded = new Set(mandate.excludedListings);
    const shortest = mandate.leastTermMonths ?? 0;
    const longest = mandate.mostTermMonths ?? Infinity;
    const grades = gradesWithRoom(mandate);
    const isWanted = listings.some(
      ({ grade, ratePpm, termMonths }, at) =>
        (grades & (1 << grade)) !== 0 &&
        ratePpm >= mandate.minimumRatePpm &&
        termMonths >= shortest &&
        termMonths <= longest &&
        !excluded.has(at),
    );
    return isWanted ? 1 : 0;
  });
}

/** The grades wanted whose caps hold a ticket. */
function gradesWithRoom({ gradeMask, gradeCaps, ticketMinor }: MandateForMatch): number {
  return (gradeCaps ?? [])
    .filter(({ maxMinor }) => maxMinor < ticketMinor)
    .reduce((grades, set) => grades & ~set.gradeMask, gradeMask);
}

export function measureFairness(utilisation: Float64Array): Fairness {
  const lenders = utilisation.length;
  const sorted = utilisation.toSorted();
  let sum = 0;
  let squares = 0;
  let ranked = 0;
  let zeros = 0;
  sorted.forEach((used, at) => {
    sum += used;
    squares += used * used;
    ranked += used * (2 * (at + 1) - lenders - 1);
    if (used === 0) zeros += 1;
  });
  if (sum === 0) return { jain: 1, gini: 0, zero: lenders === 0 ? 0 : 1, lenders };
  return {
    jain: (sum * sum) / (lenders * squares),
    gini: ranked / (lenders * sum),
    zero: zeros / lenders,
    lenders,
  };
}
