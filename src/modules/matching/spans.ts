import type { ListingForMatch, MandateForMatch } from './instance';

/** By loan, the runs of lenders it may go to: `start` to `end`, the end not included. */
export interface Spans {
  /** By loan: its first span; one more entry for the end of the last loan's. */
  readonly first: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** By loan: how many lenders its spans hold. */
  readonly pairs: Uint32Array;
}

/** Lenders who want the same grades and terms: neighbours, by ascending minimum rate. */
interface Wish {
  readonly gradeMask: number;
  readonly leastTerm: number;
  readonly mostTerm: number;
  start: number;
  end: number;
}

interface Arranged {
  /** By lender: its position in the mandates given. */
  readonly order: Uint32Array;
  readonly spans: Spans;
}

/**
 * Puts lenders of one wish together and finds each loan's spans by bisection:
 * O(wishes x loans x log lenders) time, and no memory per pair.
 */
export function spansOf(
  mandates: readonly MandateForMatch[],
  loans: readonly ListingForMatch[],
): Arranged {
  const { order, wishes } = arrange(mandates);
  const minimumRate = Float64Array.from(order, (place) => mandates[place]!.minimumRatePpm);
  const first = new Uint32Array(loans.length + 1);
  const pairs = new Uint32Array(loans.length);
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [loan, { grade, ratePpm, termMonths }] of loans.entries()) {
    const base = starts.length;
    for (const wish of wishes) {
      const isWanted = ((wish.gradeMask >>> grade) & 1) === 1;
      if (!isWanted || termMonths < wish.leastTerm || termMonths > wish.mostTerm) continue;
      const end = firstAbove(minimumRate, wish, ratePpm);
      if (end === wish.start) continue;
      const touchesLast = starts.length > base && ends.at(-1) === wish.start;
      if (touchesLast) ends.pop();
      else starts.push(wish.start);
      ends.push(end);
      pairs[loan]! += end - wish.start;
    }
    first[loan + 1] = starts.length;
  }
  const spans = { first, start: Uint32Array.from(starts), end: Uint32Array.from(ends), pairs };
  return { order, spans };
}

function arrange(mandates: readonly MandateForMatch[]): { order: Uint32Array; wishes: Wish[] } {
  const members = new Map<string, number[]>();
  for (const [place, mandate] of mandates.entries()) {
    const { gradeMask, leastTermMonths = 0, mostTermMonths = Infinity } = mandate;
    const key = `${gradeMask} ${leastTermMonths} ${mostTermMonths}`;
    const list = members.get(key);
    if (list) list.push(place);
    else members.set(key, [place]);
  }
  const order = new Uint32Array(mandates.length);
  const wishes: Wish[] = [];
  let start = 0;
  // Wishes in the order of their keys, since a map's order is that of arrival.
  for (const key of [...members.keys()].toSorted()) {
    const [gradeMask, leastTerm, mostTerm] = key.split(' ').map(Number);
    const list = members.get(key)!;
    // The sort is stable: lenders of one minimum rate stay in the order of their lots.
    list.sort((a, b) => mandates[a]!.minimumRatePpm - mandates[b]!.minimumRatePpm);
    order.set(list, start);
    const end = start + list.length;
    wishes.push({ gradeMask: gradeMask!, leastTerm: leastTerm!, mostTerm: mostTerm!, start, end });
    start = end;
  }
  return { order, wishes };
}

/** The first lender of the wish whose minimum rate is above the loan's. */
function firstAbove(minimumRate: Float64Array, { start, end }: Wish, ratePpm: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (minimumRate[middle]! <= ratePpm) low = middle + 1;
    else high = middle;
  }
  return low;
}
