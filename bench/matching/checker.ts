import type { ListingForMatch, MandateForMatch, MatchInput } from '../../src/modules/matching';
import type { Positions } from './positions';

/** Which promises to hold the positions to; a flow, for instance, knows neither of these two. */
export interface Strictness {
  readonly tickets: boolean;
  readonly minimumFills: boolean;
}

/**
 * How often the positions break a rule, by the name of the rule; empty when they break none.
 *
 * Written from the meaning of the fields alone: it shares no code with the engine or its own check.
 */
export function brokenRules(
  input: MatchInput,
  positions: Positions,
  strictness: Strictness = { tickets: true, minimumFills: true },
): ReadonlyMap<string, number> {
  const broken = new Map<string, number>();
  const note: Note = (rule) => broken.set(rule, (broken.get(rule) ?? 0) + 1);
  checkListings(input, positions, { strictness, note });
  const { start, at } = byMandate(positions, input.mandates.length);
  input.mandates.forEach((mandate, number) => {
    const own = at.subarray(start[number], start[number + 1]);
    checkMandate(mandate, { input, positions, own, strictness, note });
  });
  return broken;
}

export function brokenCount(broken: ReadonlyMap<string, number>): number {
  return [...broken.values()].reduce((sum, count) => sum + count, 0);
}

type Note = (rule: string) => void;

interface Duty {
  readonly strictness: Strictness;
  readonly note: Note;
}

function checkListings(
  { listings, mandates }: MatchInput,
  { mandate, listing, amountMinor }: Positions,
  { strictness, note }: Duty,
): void {
  const funded = new Float64Array(listings.length);
  for (let at = 0; at < listing.length; at += 1) {
    const loan = listing[at] as number;
    if (loan >= listings.length || (mandate[at] as number) >= mandates.length) note('nobody');
    else funded[loan] = (funded[loan] as number) + (amountMinor[at] as number);
  }
  listings.forEach(({ amountMinor: most, minimumFillMinor: least }, loan) => {
    const sum = funded[loan] as number;
    if (sum > Number(most)) note('over the amount of the loan');
    if (strictness.minimumFills && sum > 0 && sum < Number(least)) note('below the minimum fill');
  });
}

interface Own extends Duty {
  readonly input: MatchInput;
  readonly positions: Positions;
  /** Where the mandate's positions stand in the columns. */
  readonly own: Uint32Array;
}

function checkMandate(mandate: MandateForMatch, context: Own): void {
  const { input, positions, own, note } = context;
  const seen = new Set<number>();
  const byBorrower = new Map<number, number>();
  const bySet = (mandate.gradeCaps ?? []).map((set) => ({ ...set, sum: 0 }));
  let total = 0;
  for (const at of own) {
    const number = positions.listing[at] as number;
    const amount = positions.amountMinor[at] as number;
    const loan = input.listings[number];
    if (!loan) continue;
    if (seen.has(number)) note('twice in one loan');
    seen.add(number);
    checkPosition(mandate, { loan, amount, ...context });
    if (mandate.excludedListings?.includes(number)) note('in an excluded loan');
    byBorrower.set(loan.borrower, (byBorrower.get(loan.borrower) ?? 0) + amount);
    for (const set of bySet) if (set.gradeMask & (1 << loan.grade)) set.sum += amount;
    total += amount;
  }
  if (total > Number(mandate.cashMinor)) note('over the cash');
  if (bySet.some((set) => set.sum > Number(set.maxMinor))) note('over a cap on grades');
  checkBorrowers(mandate, byBorrower, note);
}

function checkBorrowers(
  { maxPerBorrowerMinor, exposures }: MandateForMatch,
  byBorrower: ReadonlyMap<number, number>,
  note: Note,
): void {
  if (maxPerBorrowerMinor === undefined) return;
  for (const [borrower, sum] of byBorrower) {
    const before = (exposures ?? []).filter((each) => each.borrower === borrower);
    const owed = before.reduce((all, each) => all + Number(each.outstandingMinor), 0);
    if (owed + sum > Number(maxPerBorrowerMinor)) note('over the cap on a borrower');
  }
}

function checkPosition(
  mandate: MandateForMatch,
  {
    loan,
    amount,
    input,
    strictness,
    note,
  }: Own & { readonly loan: ListingForMatch; readonly amount: number },
): void {
  if (!(amount > 0) || amount % Number(input.unitMinor ?? 1n) !== 0) note('not whole units');
  if (strictness.tickets && amount < Number(mandate.ticketMinor)) note('below the ticket');
  if (amount > Number(mandate.maxPerLoanMinor ?? mandate.cashMinor)) note('over the loan cap');
  const spread = mandate.diversification;
  if (spread && BigInt(amount) * 10_000n > spread.portfolioMinor * BigInt(spread.shareBps)) {
    note('over the share of the portfolio');
  }
  checkWish(mandate, loan, note);
}

function checkWish(mandate: MandateForMatch, loan: ListingForMatch, note: Note): void {
  if ((mandate.gradeMask & (1 << loan.grade)) === 0) note('grade not wanted');
  if (loan.ratePpm < mandate.minimumRatePpm) note('rate too low');
  if (loan.termMonths < (mandate.leastTermMonths ?? 0)) note('term too short');
  if (loan.termMonths > (mandate.mostTermMonths ?? Infinity)) note('term too long');
}

/** Where each mandate's positions stand, by counting. */
function byMandate(
  { mandate }: Positions,
  mandates: number,
): { readonly start: Uint32Array; readonly at: Uint32Array } {
  const start = new Uint32Array(mandates + 1);
  for (const number of mandate) {
    if (number < mandates) start[number + 1] = (start[number + 1] as number) + 1;
  }
  for (let number = 0; number < mandates; number += 1) {
    start[number + 1] = (start[number + 1] as number) + (start[number] as number);
  }
  const free = start.slice();
  const at = new Uint32Array(start[mandates] as number);
  mandate.forEach((number, position) => {
    if (number >= mandates) return;
    const place = free[number] as number;
    at[place] = position;
    free[number] = place + 1;
  });
  return { start, at };
}
