import { must } from '../../kernel/assert';
import { byLockOrder, usageKey, type CapLine } from '../caps';
import type { AccountNo } from '../ledger';
import type { Candidate } from './order';

/** A row that several orders of a batch add to, with what they add in all. */
interface Total<Key> {
  readonly key: Key;
  amountMinor: bigint;
  count: number;
}

export interface CapTotal {
  readonly line: CapLine;
  amountMinor: bigint;
  ceilingMinor: bigint;
}

/** Where an order stands in a row shared with others: which, and what later orders add to it. */
interface Place {
  readonly row: number;
  readonly laterMinor: bigint;
}

export interface BatchItem {
  readonly candidate: Candidate;
  readonly book: number;
  /** How many later orders of the batch are for the same offering. */
  readonly laterInBook: number;
  readonly caps: readonly (Place & { readonly ceilingMinor: bigint })[];
}

/**
 * A batch grouped by the rows it changes: distinct rows sorted as they are locked, with their
 * totals, and for each order how much later ones add to the same row. The database then needs no
 * grouping, no window and no sort, and still gives each order its own place.
 */
export interface OrderBatch {
  readonly investors: readonly { readonly id: string; readonly profileVersion: number }[];
  readonly caps: readonly CapTotal[];
  readonly accounts: readonly Total<AccountNo>[];
  readonly books: readonly (Total<string> & { readonly version: number })[];
  readonly items: readonly BatchItem[];
}

/** What the database answered for a batch it took. */
export interface OpenedBatch {
  readonly firstHoldNo: bigint;
  /** Orders in each book once the batch is in it. */
  readonly orderCounts: readonly bigint[];
  /** Used of each cap once the batch is in it, in minor units. */
  readonly capsUsed: readonly bigint[];
}

/**
 * Groups accepted candidates, in order of arrival. A pure function of its input.
 *
 * @param isDecided whether each order was found to fit one by one. Then a total need only fit the
 *   highest of its orders' ceilings: an order with a lower one may stand before one with a higher.
 */
export function groupOrders(candidates: readonly Candidate[], isDecided = false): OrderBatch {
  const caps = capTotals(candidates, isDecided);
  const capRow = new Map(
    caps.map((cap, row) => [usageKey(cap.line.subject, cap.line.capKey), row]),
  );
  const books = bookTotals(candidates);
  const bookRow = new Map(books.map((book, row) => [book.key, row]));
  const laterInCap = caps.map(() => ({ minor: 0n }));
  const laterInBook = books.map(() => ({ orders: 0 }));
  const items: BatchItem[] = [];
  for (const candidate of candidates.toReversed()) {
    const book = must(bookRow.get(candidate.offering.id), 'the row of a book');
    const places = candidate.caps.map((line) => {
      const row = must(capRow.get(usageKey(line.subject, line.capKey)), 'the row of a cap');
      const later = must(laterInCap[row], 'what is later in a cap');
      const place = { row, laterMinor: later.minor, ceilingMinor: line.ceilingMinor };
      later.minor += line.amount.minor;
      return place;
    });
    const later = must(laterInBook[book], 'what is later in a book');
    items.push({ candidate, book, laterInBook: later.orders, caps: places });
    later.orders += 1;
  }
  const investors = new Map(
    candidates.map(({ investor }) => [investor.id, investor.profileVersion] as const),
  );
  return {
    investors: [...investors].map(([id, profileVersion]) => ({ id, profileVersion })),
    caps,
    accounts: totals(candidates, (candidate) => candidate.accountNo),
    books,
    items: items.toReversed(),
  };
}

function capTotals(candidates: readonly Candidate[], isDecided: boolean): readonly CapTotal[] {
  const rows = new Map<string, CapTotal>();
  for (const line of candidates.flatMap((candidate) => candidate.caps)) {
    const key = usageKey(line.subject, line.capKey);
    const row = rows.get(key);
    if (!row) {
      rows.set(key, { line, amountMinor: line.amount.minor, ceilingMinor: line.ceilingMinor });
      continue;
    }
    row.amountMinor += line.amount.minor;
    const isHigher = line.ceilingMinor > row.ceilingMinor;
    if (isHigher === isDecided) row.ceilingMinor = line.ceilingMinor;
  }
  return [...rows.values()].toSorted((a, b) => byLockOrder(a.line, b.line));
}

function bookTotals(candidates: readonly Candidate[]): OrderBatch['books'] {
  const versions = new Map(
    candidates.map(({ offering }) => [offering.id as string, offering.version] as const),
  );
  return totals(candidates, (candidate): string => candidate.offering.id).map((total) => ({
    ...total,
    version: must(versions.get(total.key), 'the version of a book'),
  }));
}

function totals<Key extends string | bigint>(
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => Key,
): readonly Total<Key>[] {
  const rows = new Map<Key, Total<Key>>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const { minor } = candidate.ticket.cost;
    const row = rows.get(key);
    if (row) {
      row.amountMinor += minor;
      row.count += 1;
    } else {
      rows.set(key, { key, amountMinor: minor, count: 1 });
    }
  }
  return [...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
