import { assert } from '../../kernel/assert';
import type { GradeCap, MandateForMatch, MatchInput, MatchResult } from './instance';

/** A window as it was stored: what went in, and when it closed. */
export interface PastWindow {
  readonly input: MatchInput;
  readonly closedAt: Date;
}

export interface BackTestOptions {
  /** How a window is matched; the engine, wherever it may run. */
  readonly match: (input: MatchInput) => MatchResult;
  /** Expected yearly loss of a grade, in parts per million of what is lent. */
  readonly lossPpm: (grade: number) => number;
}

export interface GradeShare {
  readonly grade: number;
  readonly amountMinor: bigint;
  readonly loans: number;
  /** Basis points of all that was lent, rounded down. */
  readonly shareBps: number;
}

/** What a draft mandate would have got, had it been there: an estimate, never a promise. */
export interface BackTest {
  readonly windows: number;
  /** What it would have lent in each window, the earliest first. */
  readonly lentMinor: readonly bigint[];
  readonly totalMinor: bigint;
  readonly leftMinor: bigint;
  readonly loans: number;
  /** Windows until what is left is less than a ticket; undefined when the draft got nothing. */
  readonly windowsToDeploy: number | undefined;
  /** The same in days at the windows' pace, rounded up; undefined also for a single window. */
  readonly daysToDeploy: number | undefined;
  readonly grades: readonly GradeShare[];
  /** Weighted by amount, parts per million a year, rounded down. */
  readonly averageRatePpm: number | undefined;
  /** The average rate less the expected loss of the grades, rounded down. */
  readonly expectedReturnPpm: number | undefined;
}

const DAY_MS = 86_400_000n;
const BPS = 10_000n;

/**
 * Replays stored windows as if the draft had taken part, each with the cash, the room under its caps
 * and the loans the windows before have left it. The other mandates are as they were, so a draft
 * that is large against them would change more than this shows.
 *
 * Borrowers have other numbers in every window: the cap on a borrower holds within each only.
 *
 * @param windows in order of time.
 */
export function backTest(
  draft: MandateForMatch,
  windows: readonly PastWindow[],
  options: BackTestOptions,
): BackTest {
  const parts: Part[] = [];
  const lentMinor = windows.map(({ input }) => {
    const got = partsIn(input, remainderOf(draft, parts), { parts, match: options.match });
    parts.push(...got);
    return sumOf(got);
  });
  const totalMinor = sumOf(parts);
  const windowsToDeploy = deployedAfter(draft, lentMinor);
  return {
    windows: windows.length,
    lentMinor,
    totalMinor,
    leftMinor: draft.cashMinor - totalMinor,
    loans: new Set(parts.map(({ listingId }) => listingId)).size,
    windowsToDeploy,
    daysToDeploy: windowsToDeploy === undefined ? undefined : daysOf(windowsToDeploy, windows),
    grades: gradesOf(parts),
    averageRatePpm: weighted(parts, ({ ratePpm }) => ratePpm),
    expectedReturnPpm: weighted(parts, ({ ratePpm, grade }) => ratePpm - options.lossPpm(grade)),
  };
}

interface Part {
  readonly listingId: string;
  readonly grade: number;
  readonly ratePpm: number;
  readonly amountMinor: bigint;
}

function partsIn(
  input: MatchInput,
  draft: MandateForMatch,
  {
    parts,
    match,
  }: { readonly parts: readonly Part[]; readonly match: (input: MatchInput) => MatchResult },
): readonly Part[] {
  if (draft.cashMinor < draft.ticketMinor) return [];
  const own = input.mandates.length;
  const held = new Set(parts.map(({ listingId }) => listingId));
  const heldListings = input.listings.flatMap(({ id }, at) => (held.has(id) ? [at] : []));
  const excludedListings = [...(draft.excludedListings ?? []), ...heldListings];
  const { positions } = match({
    ...input,
    mandates: [...input.mandates, { ...draft, excludedListings }],
  });
  const got: Part[] = [];
  for (const [at, mandate] of positions.mandate.entries()) {
    if (mandate !== own) continue;
    const listing = input.listings[positions.listing[at] ?? -1];
    assert(listing !== undefined, 'a position is in a listing of its window');
    const { id: listingId, grade, ratePpm } = listing;
    got.push({ listingId, grade, ratePpm, amountMinor: positions.amountMinor[at] ?? 0n });
  }
  return got;
}

/** The draft with what the windows so far have left of its cash and of its caps on grades. */
function remainderOf(draft: MandateForMatch, parts: readonly Part[]): MandateForMatch {
  const leftOf = ({ gradeMask, maxMinor }: GradeCap): GradeCap => {
    const inSet = parts.filter(({ grade }) => ((gradeMask >>> grade) & 1) === 1);
    return { gradeMask, maxMinor: maxMinor - sumOf(inSet) };
  };
  return {
    ...draft,
    cashMinor: draft.cashMinor - sumOf(parts),
    gradeCaps: draft.gradeCaps?.map(leftOf),
  };
}

/** Windows until less than a ticket is left: counted, or at the pace so far rounded up. */
function deployedAfter(
  { cashMinor, ticketMinor }: MandateForMatch,
  lentMinor: readonly bigint[],
): number | undefined {
  let lent = 0n;
  for (const [at, inWindow] of lentMinor.entries()) {
    lent += inWindow;
    if (cashMinor - lent < ticketMinor) return at + 1;
  }
  if (lent === 0n) return undefined;
  const windows = BigInt(lentMinor.length);
  const lacking = cashMinor - lent;
  return Number(windows + (lacking * windows + lent - 1n) / lent);
}

function daysOf(count: number, windows: readonly PastWindow[]): number | undefined {
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last || windows.length < 2) return undefined;
  const span = BigInt(last.closedAt.getTime() - first.closedAt.getTime());
  const intervals = BigInt(windows.length - 1) * DAY_MS;
  return Number((BigInt(count) * span + intervals - 1n) / intervals);
}

function gradesOf(parts: readonly Part[]): readonly GradeShare[] {
  const total = sumOf(parts);
  const grades = [...new Set(parts.map(({ grade }) => grade))].sort((a, b) => a - b);
  return grades.map((grade) => {
    const own = parts.filter((part) => part.grade === grade);
    const amountMinor = sumOf(own);
    const shareBps = Number((amountMinor * BPS) / total);
    return { grade, amountMinor, loans: own.length, shareBps };
  });
}

function weighted(parts: readonly Part[], ppmOf: (part: Part) => number): number | undefined {
  const total = sumOf(parts);
  if (total === 0n) return undefined;
  const sum = parts.reduce((all, part) => all + part.amountMinor * BigInt(ppmOf(part)), 0n);
  // Bigints divide towards zero: a loss is rounded down as well, not up.
  const whole = sum / total;
  return Number(sum < 0n && sum % total !== 0n ? whole - 1n : whole);
}

function sumOf(parts: readonly Part[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
