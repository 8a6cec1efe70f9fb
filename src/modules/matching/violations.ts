import { wants, type MandateForMatch, type MatchInput, type MatchResult } from './instance';

export type ViolationRule =
  | 'not-wanted'
  | 'excluded'
  | 'repeated'
  | 'below-ticket'
  | 'not-whole-units'
  | 'over-loan-cap'
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
  const found: Violation[] = [];
  const { mandate, listing, amountMinor } = result.positions;
  const placed = new Map<number, Placed[]>();
  const funded = new Map<number, bigint>();
  for (let at = 0; at < mandate.length; at += 1) {
    const own = placed.get(mandate[at]!) ?? [];
    placed.set(mandate[at]!, own);
    own.push({ listing: listing[at]!, amount: amountMinor[at]! });
    funded.set(listing[at]!, (funded.get(listing[at]!) ?? 0n) + amountMinor[at]!);
  }
  for (const [position, own] of placed) {
    for (const rule of brokenBy(input, input.mandates[position]!, own)) {
      found.push({ rule, mandate: position });
    }
  }
  for (const [position, terms] of input.listings.entries()) {
    const sum = funded.get(position) ?? 0n;
    const rules: ViolationRule[] = [];
    if (sum > terms.amountMinor) rules.push('over-amount');
    if (sum > 0n && sum < terms.minimumFillMinor) rules.push('below-minimum-fill');
    if (sum !== result.fundedMinor[position]) rules.push('wrong-total');
    found.push(...rules.map((rule) => ({ rule, listing: position })));
  }
  return [...found, ...wrongSums(input, { result, placed })];
}

interface Placed {
  readonly listing: number;
  readonly amount: bigint;
}

function brokenBy(
  input: MatchInput,
  mandate: MandateForMatch,
  own: readonly Placed[],
): readonly ViolationRule[] {
  const rules = own.flatMap((position) => brokenByOne(input, mandate, position));
  if (new Set(own.map(({ listing }) => listing)).size < own.length) rules.push('repeated');
  if (sumOf(own) > mandate.cashMinor) rules.push('over-cash');
  for (const { gradeMask, maxMinor } of mandate.gradeCaps ?? []) {
    const inSet = own.filter(
      ({ listing }) => ((gradeMask >>> input.listings[listing]!.grade) & 1) === 1,
    );
    if (sumOf(inSet) > maxMinor) rules.push('over-grade-cap');
  }
  const { maxPerBorrowerMinor } = mandate;
  if (maxPerBorrowerMinor !== undefined) {
    const sums = new Map<number, bigint>();
    for (const { borrower, outstandingMinor } of mandate.exposures ?? []) {
      sums.set(borrower, (sums.get(borrower) ?? 0n) + outstandingMinor);
    }
    for (const { listing, amount } of own) {
      const { borrower } = input.listings[listing]!;
      const sum = (sums.get(borrower) ?? 0n) + amount;
      sums.set(borrower, sum);
      if (sum > maxPerBorrowerMinor) rules.push('over-borrower-cap');
    }
  }
  return rules;
}

function brokenByOne(
  input: MatchInput,
  mandate: MandateForMatch,
  { listing, amount }: Placed,
): ViolationRule[] {
  const { diversification, maxPerLoanMinor } = mandate;
  const rules: ViolationRule[] = [];
  if (!wants(mandate, input.listings[listing]!)) rules.push('not-wanted');
  if (mandate.excludedListings?.includes(listing)) rules.push('excluded');
  if (amount < mandate.ticketMinor) rules.push('below-ticket');
  if (amount % (input.unitMinor ?? 1n) !== 0n) rules.push('not-whole-units');
  if (maxPerLoanMinor !== undefined && amount > maxPerLoanMinor) rules.push('over-loan-cap');
  if (
    diversification &&
    amount * 10_000n > diversification.portfolioMinor * BigInt(diversification.shareBps)
  ) {
    rules.push('over-diversification');
  }
  return rules;
}

function wrongSums(
  input: MatchInput,
  {
    result,
    placed,
  }: { readonly result: MatchResult; readonly placed: ReadonlyMap<number, readonly Placed[]> },
): readonly Violation[] {
  const wrong = input.mandates.flatMap((_, position): Violation[] =>
    sumOf(placed.get(position) ?? []) === result.investedMinor[position]
      ? []
      : [{ rule: 'wrong-total', mandate: position }],
  );
  const total = sumOf([...placed.values()].flat());
  return total === result.totalMinor ? wrong : [...wrong, { rule: 'wrong-total' }];
}

function sumOf(placed: readonly Placed[]): bigint {
  return placed.reduce((sum, { amount }) => sum + amount, 0n);
}
