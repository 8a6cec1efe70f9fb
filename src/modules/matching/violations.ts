import {
  wants,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
  type MatchResult,
  type PositionColumns,
} from './instance';

export type ViolationRule =
  | 'not-wanted'
  | 'excluded'
  | 'repeated'
  | 'below-ticket'
  | 'not-whole-units'
  | 'over-loan-cap'
  | 'over-loan-ticket'
  | 'over-diversification'
  | 'over-borrower-cap'
  | 'over-grade-cap'
  | 'over-cash'
  | 'over-amount'
  | 'below-minimum-fill'
  | 'wrong-total';

/** A promise of the window that a result breaks. */
export interface Violation {
  readonly rule: ViolationRule;
  readonly mandate?: number;
  readonly listing?: number;
}

/**
 * Every promise that the result breaks: none, for a result of the engine.
 *
 * It reads the mandates as the lenders wrote them and shares nothing with the engine but the test
 * of what a mandate wants, so that a mistake made in compiling them shows here.
 */
export function violations(input: MatchInput, result: MatchResult): readonly Violation[] {
  const placed = placedBy(result.positions);
  const ofMandates = [...placed].flatMap(([position, own]) => {
    const mandate = input.mandates[position]!;
    const rules = [
      ...own.flatMap((one) => brokenByOne(input, mandate, one)),
      ...brokenByAll(input, mandate, own),
    ];
    return rules.map((rule) => ({ rule, mandate: position }));
  });
  return [...ofMandates, ...brokenByListings(input, result), ...wrongSums(result, placed)];
}

interface Placed {
  readonly listing: number;
  readonly amount: bigint;
}

function placedBy({ mandate, listing, amountMinor }: PositionColumns): Map<number, Placed[]> {
  const placed = new Map<number, Placed[]>();
  for (const [at, position] of mandate.entries()) {
    const own = placed.get(position) ?? [];
    placed.set(position, own);
    own.push({ listing: listing[at]!, amount: amountMinor[at]! });
  }
  return placed;
}

function brokenByOne(
  { listings, unitMinor = 1n }: MatchInput,
  mandate: MandateForMatch,
  { listing, amount }: Placed,
): readonly ViolationRule[] {
  const loan = listings[listing]!;
  const { diversification: spread, maxPerLoanMinor: most = amount } = mandate;
  const share = spread ? spread.portfolioMinor * BigInt(spread.shareBps) : amount * 10_000n;
  return brokenOf([
    ['not-wanted', !wants(mandate, loan)],
    ['excluded', mandate.excludedListings?.includes(listing) ?? false],
    ['below-ticket', amount < mandate.ticketMinor],
    ['not-whole-units', amount % (loan.stepMinor ?? unitMinor) !== 0n],
    ['over-loan-cap', amount > most],
    ['over-loan-ticket', amount > (loan.mostTicketMinor ?? amount)],
    ['over-diversification', amount * 10_000n > share],
  ]);
}

function brokenByAll(
  { listings }: MatchInput,
  mandate: MandateForMatch,
  own: readonly Placed[],
): readonly ViolationRule[] {
  const isOverGrades = (mandate.gradeCaps ?? []).some(({ gradeMask, maxMinor }) => {
    const counted = own.filter(({ listing }) => (gradeMask >>> listings[listing]!.grade) & 1);
    return sumOf(counted) > maxMinor;
  });
  return brokenOf([
    ['repeated', new Set(own.map(({ listing }) => listing)).size < own.length],
    ['over-cash', sumOf(own) > mandate.cashMinor],
    ['over-grade-cap', isOverGrades],
    ['over-borrower-cap', isOverBorrower(listings, mandate, own)],
  ]);
}

/** Whether a borrower of the window got so much that, with what it had, it has too much. */
function isOverBorrower(
  listings: readonly ListingForMatch[],
  { maxPerBorrowerMinor: most, exposures }: MandateForMatch,
  own: readonly Placed[],
): boolean {
  if (most === undefined) return false;
  const sums = new Map<number, bigint>();
  const add = (borrower: number, amount: bigint): bigint => {
    const sum = (sums.get(borrower) ?? 0n) + amount;
    sums.set(borrower, sum);
    return sum;
  };
  for (const { borrower, outstandingMinor } of exposures ?? []) add(borrower, outstandingMinor);
  return own.some(({ listing, amount }) => add(listings[listing]!.borrower, amount) > most);
}

function brokenByListings(
  { listings }: MatchInput,
  { positions, fundedMinor }: MatchResult,
): readonly Violation[] {
  const sums = new BigInt64Array(listings.length);
  for (const [at, listing] of positions.listing.entries()) {
    sums[listing] = sums[listing]! + positions.amountMinor[at]!;
  }
  return listings.flatMap(({ amountMinor, minimumFillMinor }, listing) => {
    const sum = sums[listing]!;
    const rules = brokenOf([
      ['over-amount', sum > amountMinor],
      ['below-minimum-fill', sum > 0n && sum < minimumFillMinor],
      ['wrong-total', sum !== fundedMinor[listing]],
    ]);
    return rules.map((rule) => ({ rule, listing }));
  });
}

function wrongSums(
  { investedMinor, totalMinor }: MatchResult,
  placed: ReadonlyMap<number, readonly Placed[]>,
): readonly Violation[] {
  const wrong: Violation[] = [];
  let total = 0n;
  for (const [mandate, invested] of investedMinor.entries()) {
    const sum = sumOf(placed.get(mandate) ?? []);
    total += sum;
    if (sum !== invested) wrong.push({ rule: 'wrong-total', mandate });
  }
  return total === totalMinor ? wrong : [...wrong, { rule: 'wrong-total' }];
}

function brokenOf(
  checks: readonly (readonly [rule: ViolationRule, isBroken: boolean])[],
): readonly ViolationRule[] {
  return checks.flatMap(([rule, isBroken]) => (isBroken ? [rule] : []));
}

function sumOf(placed: readonly Placed[]): bigint {
  return placed.reduce((sum, { amount }) => sum + amount, 0n);
}
