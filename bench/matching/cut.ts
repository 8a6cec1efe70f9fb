import type { MandateForMatch, MatchInput } from '../../src/modules/matching';

/**
 * The value of a cut, which no matching can exceed, whatever the set of loans: what the chosen loans
 * want, and what each lender could at most put into the others under its caps.
 *
 * It is computed from the window itself, pair by pair, and knows nothing of how the set was found;
 * equal to the value of a flow it proves that neither can be bettered (Ford and Fulkerson 1956).
 *
 * @param isReached by position in the listings.
 */
export function cutValue({ mandates, listings }: MatchInput, isReached: Uint8Array): number {
  let value = 0;
  const others: number[] = [];
  listings.forEach((listing, at) => {
    if (isReached[at] === 1) value += Number(listing.amountMinor);
    else others.push(at);
  });
  if (others.length === 0) return value;
  const capacity = capacityInto(others, listings);
  for (const mandate of mandates) value += capacity(mandate);
  return value;
}

/** How much a lender could put into those loans, were they without end. */
export function capacityInto(
  others: readonly number[],
  listings: MatchInput['listings'],
): (mandate: MandateForMatch) => number {
  const pick = (of: (listing: MatchInput['listings'][number]) => number): Float64Array =>
    Float64Array.from(others, (at) => of(listings[at] as MatchInput['listings'][number]));
  const grade = pick((listing) => listing.grade);
  const rate = pick((listing) => listing.ratePpm);
  const term = pick((listing) => listing.termMonths);
  const { group, groups, gradeOf } = groupsOf(others, listings);
  const count = new Int32Array(groups);
  const touched = new Int32Array(groups);
  return (mandate) => {
    const most = mostPerLoan(mandate);
    if (most < Number(mandate.ticketMinor)) return 0;
    const { gradeMask, minimumRatePpm } = mandate;
    const shortest = mandate.leastTermMonths ?? 0;
    const longest = mandate.mostTermMonths ?? Infinity;
    const excluded = new Set(mandate.excludedListings);
    let used = 0;
    for (let at = 0; at < grade.length; at += 1) {
      if ((gradeMask & (1 << (grade[at] as number))) === 0) continue;
      if ((rate[at] as number) < minimumRatePpm) continue;
      if ((term[at] as number) < shortest || (term[at] as number) > longest) continue;
      if (excluded.size > 0 && excluded.has(others[at] as number)) continue;
      const number = group[at] as number;
      if (count[number] === 0) touched[used++] = number;
      count[number] = (count[number] as number) + 1;
    }
    const perBorrower = Number(mandate.maxPerBorrowerMinor ?? mandate.cashMinor);
    const byGrade = new Float64Array(32);
    for (const number of touched.subarray(0, used)) {
      const inGroup = Math.min(perBorrower, most * (count[number] as number));
      const ofGrade = gradeOf[number] as number;
      byGrade[ofGrade] = (byGrade[ofGrade] as number) + inGroup;
      count[number] = 0;
    }
    return underCaps(mandate, byGrade);
  };
}

/** Loans of one borrower and grade share a cap: each gets the number of its group. */
function groupsOf(
  others: readonly number[],
  listings: MatchInput['listings'],
): { readonly group: Int32Array; readonly groups: number; readonly gradeOf: readonly number[] } {
  const numbers = new Map<string, number>();
  const gradeOf: number[] = [];
  const group = Int32Array.from(others, (at) => {
    const { borrower, grade } = listings[at] as MatchInput['listings'][number];
    const key = `${borrower} ${grade}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, gradeOf.length);
    return gradeOf.push(grade) - 1;
  });
  return { group, groups: gradeOf.length, gradeOf };
}

function mostPerLoan(mandate: MandateForMatch): number {
  const { cashMinor, maxPerLoanMinor, maxPerBorrowerMinor, diversification } = mandate;
  const caps = [cashMinor];
  if (maxPerLoanMinor !== undefined) caps.push(maxPerLoanMinor);
  if (maxPerBorrowerMinor !== undefined) caps.push(maxPerBorrowerMinor);
  if (diversification) {
    caps.push((diversification.portfolioMinor * BigInt(diversification.shareBps)) / 10_000n);
  }
  return Math.min(...caps.map(Number));
}

/** The caps over sets of grades from the smallest set up, each on what its grades have together. */
function underCaps(mandate: MandateForMatch, byGrade: Float64Array): number {
  const sets = (mandate.gradeCaps ?? []).toSorted((a, b) => size(a.gradeMask) - size(b.gradeMask));
  for (const { gradeMask, maxMinor } of sets) {
    let sum = 0;
    for (let grade = 0; grade < 32; grade += 1) {
      if ((gradeMask & (1 << grade)) === 0) continue;
      sum += byGrade[grade] as number;
      byGrade[grade] = 0;
    }
    byGrade[31 - Math.clz32(gradeMask)] = Math.min(sum, Number(maxMinor));
  }
  return Math.min(
    Number(mandate.cashMinor),
    byGrade.reduce((sum, each) => sum + each, 0),
  );
}

function size(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
