import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';

/** A line of a statement that no posting was found for yet. */
export interface OpenLine {
  readonly lineNo: bigint;
  readonly bookedOn: CalendarDate;
  readonly amountMinor: bigint;
  readonly refs: readonly string[];
}

/** A posting on the custodian's account that no line was found for yet. */
export interface OpenPosting {
  readonly accountSeq: bigint;
  /** The day on which it happened, as the books say. */
  readonly occurredOn: CalendarDate;
  /** The day on which it was written; from then on it is in the balance of the books. */
  readonly recordedOn: CalendarDate;
  readonly amountMinor: bigint;
  /** The custodian's number for it and ours; nothing where it is no movement of money. */
  readonly refs: readonly string[];
}

export const MATCH_RULES = [
  'opening',
  'reference',
  'amount-and-day',
  'by-hand',
  'write-off',
  'suspense',
] as const;
export type MatchRule = (typeof MATCH_RULES)[number];

/** Matches made of an entry that settled a break: undone, they would leave it to be settled again. */
export const SETTLING_RULES: readonly MatchRule[] = ['write-off', 'suspense'];

/** What belongs together: usually a line and a posting, sometimes a batch of either. */
export interface MatchDraft {
  readonly rule: MatchRule;
  readonly lines: readonly OpenLine[];
  readonly postings: readonly OpenPosting[];
}

/** How many working days bank and books may be apart on what is matched without a reference. */
export const DAYS_APART = 2;

/** Counts the working days between two days, in either order. */
export type DaysApart = (a: CalendarDate, b: CalendarDate) => number;

/**
 * Finds what belongs together, by a rule that knows no chance and no order of its input: first what
 * shares a reference, all of it at once, so that a batch meets its parts; of the rest those of one
 * amount and nearly one day, where each is the only one for the other. Two references that differ
 * are two movements, however alike their amounts: the second rule needs a side that has none.
 */
export function findMatches(
  lines: readonly OpenLine[],
  postings: readonly OpenPosting[],
  apart: DaysApart,
): readonly MatchDraft[] {
  const known = byReference(lines, postings);
  const taken = new Set(known.flatMap((match) => [...match.lines, ...match.postings]));
  const restLines = lines.filter((line) => !taken.has(line));
  const restPostings = postings.filter((posting) => !taken.has(posting));
  return [...known, ...byAmount(restLines, restPostings, apart)];
}

type Item = OpenLine | OpenPosting;

/** Groups of what shares references, also over a third; those with both sides are matches. */
function byReference(
  lines: readonly OpenLine[],
  postings: readonly OpenPosting[],
): readonly MatchDraft[] {
  const items: readonly Item[] = [...lines, ...postings];
  const leaders = items.map((_, index) => index);
  const leaderOf = (index: number): number => {
    let at = index;
    for (let up = leaders[at] ?? at; up !== at; up = leaders[at] ?? at) {
      leaders[at] = leaders[up] ?? up;
      at = leaders[at] ?? up;
    }
    return at;
  };
  const firstWith = new Map<string, number>();
  for (const [index, { refs }] of items.entries()) {
    for (const ref of refs) {
      const first = firstWith.get(ref);
      if (first === undefined) firstWith.set(ref, index);
      else leaders[leaderOf(index)] = leaderOf(first);
    }
  }
  const groups = grouped([...items.keys()], leaderOf);
  return [...groups.values()]
    .map((indexes): MatchDraft => ({
      rule: 'reference',
      lines: indexes.flatMap((index) => lines[index] ?? []),
      postings: indexes.flatMap((index) => postings[index - lines.length] ?? []),
    }))
    .filter((match) => match.lines.length > 0 && match.postings.length > 0);
}

function byAmount(
  lines: readonly OpenLine[],
  postings: readonly OpenPosting[],
  apart: DaysApart,
): readonly MatchDraft[] {
  const linesOf = grouped(lines, ({ amountMinor }) => amountMinor);
  const postingsOf = grouped(postings, ({ amountMinor }) => amountMinor);
  const fits = (line: OpenLine, posting: OpenPosting): boolean =>
    (line.refs.length === 0 || posting.refs.length === 0) &&
    // Longer than any row of days off: spares the calendar what is plainly too far.
    Math.abs(daysBetween(line.bookedOn, posting.occurredOn)) <= FAR_APART &&
    apart(line.bookedOn, posting.occurredOn) <= DAYS_APART;
  return [...linesOf].flatMap(([amountMinor, alike]) => {
    const candidates = postingsOf.get(amountMinor) ?? [];
    return alike.flatMap((line): readonly MatchDraft[] => {
      const [posting, ...others] = candidates.filter((each) => fits(line, each));
      if (!posting || others.length > 0) return [];
      const rivals = alike.filter((each) => fits(each, posting));
      return rivals.length > 1
        ? []
        : [{ rule: 'amount-and-day', lines: [line], postings: [posting] }];
    });
  });
}

/** In days: nothing further apart is taken for the same movement without a reference. */
export const FAR_APART = 20;

function grouped<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** What bank and books differ by within a match: lines less postings, in minor units. */
export function differenceOf({ lines, postings }: Pick<MatchDraft, 'lines' | 'postings'>): bigint {
  const sum = (items: readonly Item[]): bigint =>
    items.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  return sum(lines) - sum(postings);
}

/**
 * The first and the last day on which a part of the match enters a balance. On days between, what
 * entered already is a difference of time.
 */
export function spanOf({
  lines,
  postings,
}: Pick<MatchDraft, 'lines' | 'postings'>): readonly [CalendarDate, CalendarDate] {
  const days = [
    ...lines.map(({ bookedOn }) => bookedOn),
    ...postings.map(({ recordedOn }) => recordedOn),
  ].toSorted();
  return [days[0] as CalendarDate, days.at(-1) as CalendarDate];
}
