import { assert } from '../../kernel/assert';
import { gradeCapsOf, gradeClassesOf, type GradeCaps } from './grade-caps';
import {
  GRADE_LIMIT,
  loanCapMinor,
  roundedUp,
  type BorrowerExposure,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
} from './instance';
import { spansOf, type Spans } from './spans';
import { TieBreak } from './tie-break';

/**
 * A window's input made ready for the engine: columns of numbers, in an order that depends on the
 * seed and the ids alone. Amounts are whole units, as safe integers.
 *
 * Only mandates that can pay for one ticket are lenders here. Lenders that want the same grades
 * and terms stand together, sorted by minimum rate, so that those a loan may go to are a few
 * spans and no list of pairs is ever made: 100,000 mandates and 5,000 listings have 200 million.
 */
export interface Batch {
  readonly lenders: number;
  readonly loans: number;
  /** Minor units in one unit. */
  readonly unit: bigint;
  /** By lender: its position among the mandates. */
  readonly mandateOf: Uint32Array;
  /** By loan: its position among the listings. */
  readonly listingOf: Uint32Array;
  readonly lenderLot: Uint32Array;
  readonly loanLot: Uint32Array;
  readonly cash: Float64Array;
  readonly ticket: Float64Array;
  /** By lender: the most in any one loan. */
  readonly loanCap: Float64Array;
  readonly borrowerCap: Float64Array;
  readonly gradeCaps: GradeCaps;
  /** By loan: what each of its parts is a multiple of, as amount and minimum fill are. */
  readonly step: Float64Array;
  readonly mostTicket: Float64Array;
  readonly amount: Float64Array;
  readonly minimumFill: Float64Array;
  /** By loan: its grade's class; grades that every cap treats alike are one class. */
  readonly gradeClass: Uint8Array;
  readonly classes: number;
  readonly spans: Spans;
  /** By loan: what the general rules say too much of. */
  readonly special: readonly (SpecialTerms | undefined)[];
}

/** What sets some lenders apart for one loan. */
export interface SpecialTerms {
  /** The borrower's other loans in this batch, which count toward the cap per borrower. */
  readonly siblings: readonly number[];
  /** Lenders with money out to the borrower, and how much. */
  readonly exposed: readonly (readonly [lender: number, used: number])[];
  /** Lenders for whom the loan is out of the question. */
  readonly excluded: readonly number[];
}

/** @throws AssertionError when the input contradicts what `instance.ts` says of it. */
export function compileBatch(input: MatchInput): Batch {
  const unit = input.unitMinor ?? 1n;
  assertConsistent(input);
  const lots = new TieBreak(input.seed);
  const listings = lots.order(input.listings.map(({ id }) => id));
  const able = input.mandates.flatMap((mandate, position) =>
    isAble(mandate, unit) ? [position] : [],
  );
  const drawn = lots.order(able.map((position) => input.mandates[position]!.id));
  const { order, spans } = spansOf(
    Array.from(drawn.order, (place) => input.mandates[able[place]!]!),
    Array.from(listings.order, (position) => input.listings[position]!),
  );
  const places = order.map((place) => drawn.order[place]!);
  const mandateOf = places.map((place) => able[place]!);
  const mandates = Array.from(mandateOf, (position) => input.mandates[position]!);
  const loans = Array.from(listings.order, (position) => input.listings[position]!);
  const down = (minor: bigint | undefined): number => unitsOf(minor, unit);
  const classOf = gradeClassesOf(mandates);
  return {
    lenders: mandates.length,
    loans: loans.length,
    unit,
    mandateOf,
    listingOf: listings.order,
    lenderLot: places.map((place) => drawn.lots[place]!),
    loanLot: listings.order.map((position) => listings.lots[position]!),
    cash: Float64Array.from(mandates, ({ cashMinor }) => down(cashMinor)),
    ticket: Float64Array.from(mandates, ({ ticketMinor }) => down(ticketMinor + unit - 1n)),
    loanCap: Float64Array.from(mandates, (mandate) => down(loanCapMinor(mandate))),
    borrowerCap: Float64Array.from(mandates, (mandate) => down(mandate.maxPerBorrowerMinor)),
    gradeCaps: gradeCapsOf(mandates, { classOf, down }),
    ...loanAmountsOf(loans, unit),
    gradeClass: Uint8Array.from(loans, ({ grade }) => classOf[grade]!),
    classes: Math.max(...classOf) + 1,
    spans,
    special: specialTermsOf(input, { mandateOf, listingOf: listings.order, unit, down }),
  };
}

/** The columns of the loans' amounts, in units, in whole steps of each loan. */
function loanAmountsOf(
  loans: readonly ListingForMatch[],
  unit: bigint,
): Pick<Batch, 'step' | 'mostTicket' | 'amount' | 'minimumFill'> {
  const column = (read: (loan: ListingForMatch, step: bigint) => bigint | undefined) =>
    Float64Array.from(loans, (loan) => unitsOf(read(loan, loan.stepMinor ?? unit), unit));
  return {
    step: column((_, step) => step),
    mostTicket: column(({ mostTicketMinor }) => mostTicketMinor),
    amount: column(({ amountMinor }, step) => (amountMinor / step) * step),
    minimumFill: column(({ minimumFillMinor }, step) => roundedUp(minimumFillMinor, step)),
  };
}

/** The most that the lender's caps over grades allow in one class of them, all in all. */
export function mostInClass({ gradeCaps }: Batch, lender: number, gradeClass: number): number {
  let most = Infinity;
  for (let cap = gradeCaps.first[lender]!; cap < gradeCaps.first[lender + 1]!; cap += 1) {
    if ((gradeCaps.classMask[cap]! >>> gradeClass) & 1) most = Math.min(most, gradeCaps.most[cap]!);
  }
  return most;
}

function assertConsistent({ mandates, listings, seed, unitMinor = 1n }: MatchInput): void {
  assert(seed >= 0n, 'a seed is not negative');
  const isUnique = (all: readonly { readonly id: string }[]): boolean =>
    new Set(all.map(({ id }) => id)).size === all.length;
  assert(isUnique(mandates) && isUnique(listings), 'every mandate and every listing comes once');
  for (const { id, grade, amountMinor, minimumFillMinor: least, stepMinor } of listings) {
    const isStepped = stepMinor === undefined || (stepMinor > 0n && stepMinor % unitMinor === 0n);
    assert(isStepped, `listing ${id} has a step of whole units`);
    assert(grade >= 0 && grade < GRADE_LIMIT, `listing ${id} has a grade`);
    assert(amountMinor > 0n && least >= 0n && least <= amountMinor, `listing ${id} has amounts`);
  }
}

function isAble(mandate: MandateForMatch, unit: bigint): boolean {
  const { ticketMinor } = mandate;
  assert(ticketMinor > 0n && mandate.cashMinor >= 0n, `mandate ${mandate.id} has no valid amounts`);
  return loanCapMinor(mandate) >= roundedUp(ticketMinor, unit);
}

/** Whole units in an amount, rounded down; no amount means no end to it. */
function unitsOf(minor: bigint | undefined, unit: bigint): number {
  if (minor === undefined) return Number.MAX_SAFE_INTEGER;
  const units = Number(minor / unit);
  assert(Number.isSafeInteger(units), 'an amount is a safe integer of units');
  return units;
}

interface Places {
  readonly mandateOf: Uint32Array;
  readonly listingOf: Uint32Array;
  readonly unit: bigint;
  readonly down: (minor: bigint | undefined) => number;
}

function specialTermsOf(
  input: MatchInput,
  { mandateOf, listingOf, unit, down }: Places,
): readonly (SpecialTerms | undefined)[] {
  const loanOf = new Uint32Array(listingOf.length);
  listingOf.forEach((listing, loan) => (loanOf[listing] = loan));
  const loansOf = new Map<number, number[]>();
  for (const [loan, listing] of listingOf.entries()) {
    listIn(loansOf, input.listings[listing]!.borrower).push(loan);
  }
  const exposedTo = new Map<number, [number, number][]>();
  const excludedFrom = new Map<number, number[]>();
  for (const [lender, position] of mandateOf.entries()) {
    const { exposures, excludedListings } = input.mandates[position]!;
    for (const [borrower, used] of usedByBorrower(exposures)) {
      // Rounded up: what was lent before may not be whole units.
      listIn(exposedTo, borrower).push([lender, down(used + unit - 1n)]);
    }
    for (const listing of new Set(excludedListings)) {
      listIn(excludedFrom, loanOf[listing]!).push(lender);
    }
  }
  return Array.from(listingOf, (listing, loan) => {
    const { borrower } = input.listings[listing]!;
    const siblings = loansOf.get(borrower)!.filter((other) => other !== loan);
    const exposed = exposedTo.get(borrower) ?? [];
    const excluded = excludedFrom.get(loan) ?? [];
    const isPlain = siblings.length + exposed.length + excluded.length === 0;
    return isPlain ? undefined : { siblings, exposed, excluded };
  });
}

function usedByBorrower(exposures: readonly BorrowerExposure[] = []): Map<number, bigint> {
  const used = new Map<number, bigint>();
  for (const { borrower, outstandingMinor } of exposures) {
    used.set(borrower, (used.get(borrower) ?? 0n) + outstandingMinor);
  }
  return used;
}

function listIn<V>(lists: Map<number, V[]>, key: number): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
