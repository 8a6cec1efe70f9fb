import fc from 'fast-check';
import { addDays, type CalendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { reckon, type Difference } from '../../../src/modules/reconciliation/day';
import {
  differenceOf,
  findMatches,
  spanOf,
  type OpenLine,
  type OpenPosting,
} from '../../../src/modules/reconciliation/match';

const MONDAY = '2025-03-10' as CalendarDate;
const on = (day: number): CalendarDate => addDays(MONDAY, day);
const apart = (a: CalendarDate, b: CalendarDate): number =>
  Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000;

let serial = 0n;
const line = (amountMinor: bigint, refs: readonly string[] = [], day = 0): OpenLine => ({
  lineNo: (serial += 1n),
  bookedOn: on(day),
  amountMinor,
  refs,
});
const posting = (amountMinor: bigint, refs: readonly string[] = [], day = 0): OpenPosting => ({
  accountSeq: (serial += 1n),
  occurredOn: on(day),
  recordedOn: on(day),
  amountMinor,
  refs,
});

describe('lines and postings', () => {
  test('belong together by a reference, whatever their days', () => {
    const a = line(100n, ['B1', 'dep_1']);
    const b = posting(100n, ['B1'], 9);
    expect(findMatches([a], [b], apart)).toEqual([
      { rule: 'reference', lines: [a], postings: [b] },
    ]);
  });

  test('meet as a batch where a line names several', () => {
    const batch = line(300n, ['BATCH', 'wdr_1', 'wdr_2']);
    const parts = [posting(100n, ['wdr_1']), posting(200n, ['wdr_2'])];
    expect(findMatches([batch], parts, apart)).toEqual([
      { rule: 'reference', lines: [batch], postings: parts },
    ]);
  });

  test('that share a reference and differ in their amount are matched, and differ', () => {
    const [match] = findMatches([line(99n, ['B1'])], [posting(100n, ['B1'])], apart);
    expect(match && differenceOf(match)).toBe(-1n);
  });

  test.each([
    ['within two days', 2, 1],
    ['and no further', 3, 0],
  ])('belong together by amount where one has no reference, %s', (_, days, matches) => {
    expect(findMatches([line(100n)], [posting(100n, ['B1'], days)], apart)).toHaveLength(matches);
  });

  test.each([
    ['two postings', [line(100n)], [posting(100n), posting(100n)]],
    ['two lines', [line(100n), line(100n)], [posting(100n)]],
    ['two references that differ', [line(100n, ['B1'])], [posting(100n, ['B2'])]],
  ])('are left to a person where there are %s of the amount', (_, lines, postings) => {
    expect(findMatches(lines, postings, apart)).toEqual([]);
  });

  test('enter the balances from the first of their days to the last', () => {
    const lines = [line(1n, [], 3), line(1n, [], 1)];
    expect(spanOf({ lines, postings: [posting(2n, [], 2)] })).toEqual([on(1), on(3)]);
  });
});

const items = fc.array(
  fc.record({
    minor: fc.bigInt({ min: -5n, max: 5n }).filter((minor) => minor !== 0n),
    refs: fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 2 }),
    day: fc.nat({ max: 6 }),
  }),
  { maxLength: 12 },
);

test('matches do not depend on the order in which lines and postings come, and use each once', () => {
  fc.assert(
    fc.property(items, items, (forLines, forPostings) => {
      const lines = forLines.map(({ minor, refs, day }) => line(minor, refs, day));
      const postings = forPostings.map(({ minor, refs, day }) => posting(minor, refs, day));
      const found = findMatches(lines, postings, apart);
      const used = found.flatMap((match) => [...match.lines, ...match.postings]);
      expect(new Set(used).size).toBe(used.length);
      const again = findMatches(lines.toReversed(), postings.toReversed(), apart);
      expect(names(again)).toEqual(names(found));
    }),
    { numRuns: 100 },
  );
});

test('what stands alone, what differs and what is a matter of days come to all that bank and books differ by', () => {
  fc.assert(
    fc.property(items, items, fc.nat({ max: 6 }), (forLines, forPostings, day) => {
      const lines = forLines.map((each) => line(each.minor, each.refs, each.day));
      const postings = forPostings.map((each) => posting(each.minor, each.refs, each.day));
      const until = on(day);
      const cut = {
        lines: lines.filter(({ bookedOn }) => bookedOn <= until),
        postings: postings.filter(({ recordedOn }) => recordedOn <= until),
      };
      const matches = findMatches(lines, postings, apart);
      const matched = new Set(matches.flatMap((match) => [...match.lines, ...match.postings]));
      const alone = {
        lines: cut.lines.filter((each) => !matched.has(each)),
        postings: cut.postings.filter((each) => !matched.has(each)),
      };
      const within = matches.map((match) => ({
        lines: match.lines.filter((each) => cut.lines.includes(each)),
        postings: match.postings.filter((each) => cut.postings.includes(each)),
      }));
      const differences = [alone, ...within].map(differenceOf).map(asDifference);
      const bank = total(cut.lines);
      const ledger = total(cut.postings);
      const { explained } = reckon({ bank, ledger, owed: ledger }, differences);
      expect(explained).toEqual(bank.minus(ledger));
    }),
    { numRuns: 100 },
  );
});

test('a difference that no reason comes to is a fault and stops the day', () => {
  const zero = Money.zero('EUR');
  const bank = Money.ofMinor(1n, 'EUR');
  expect(() => reckon({ bank, ledger: zero, owed: zero }, [])).toThrow('unexplained');
});

function asDifference(minor: bigint): Difference {
  const age = { days: 0, workingDays: 0, bucket: '0-1' } as const;
  const kind = 'line-without-posting';
  return { kind, amount: Money.ofMinor(minor, 'EUR'), sinceOn: MONDAY, age };
}

function total(of: readonly { readonly amountMinor: bigint }[]): Money {
  return Money.ofMinor(
    of.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    'EUR',
  );
}

function names(matches: ReturnType<typeof findMatches>): readonly string[] {
  return matches
    .map(({ lines, postings }) =>
      [...lines.map(({ lineNo }) => lineNo), ...postings.map(({ accountSeq }) => accountSeq)]
        .map(String)
        .toSorted()
        .join(' '),
    )
    .toSorted();
}
