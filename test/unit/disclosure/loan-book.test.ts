import fc from 'fast-check';
import {
  BOOK_COLUMNS,
  bookCells,
  keptBack,
  type BookRow,
  type LoanClass,
} from '../../../src/modules/disclosure/loan-book';
import { Shuffle } from '../../../src/modules/disclosure/shuffle';
import { FEWEST } from '../../../src/modules/disclosure/statistics';

const loanClass = (its: Partial<LoanClass>): LoanClass => ({
  currency: 'EUR',
  principalMinor: 120_000n,
  termMonths: 12,
  grade: 'B',
  rate: '0.08',
  purpose: 'machines',
  region: 'DE',
  borrowers: [],
  ...its,
});
const people = (count: number, name = 'iss'): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${name}_${n}`);
const asRow = (its: LoanClass): BookRow => ({
  ...its,
  loanNo: 1n,
  loanId: 'lon_1',
  status: 'performing',
  outstandingMinor: 60_000n,
  daysPastDue: 0,
});

describe('the loan book', () => {
  it.each([
    { back: 0, hidden: '' },
    { back: 1, hidden: 'region' },
    { back: 2, hidden: 'purpose region' },
    { back: 3, hidden: 'rate grade purpose region' },
    { back: 4, hidden: 'term_months rate grade purpose region' },
    { back: 5, hidden: 'amount term_months rate grade purpose region outstanding' },
  ])('keeps back $hidden at step $back', ({ back, hidden }) => {
    const cells = bookCells(asRow(loanClass({})), back, 'key');
    const stars = BOOK_COLUMNS.filter((_, at) => cells[at] === '*');
    expect(stars.join(' ')).toBe(hidden);
  });

  it('counts those who are few among themselves alone', () => {
    const many = loanClass({ borrowers: people(9) });
    const one = loanClass({ region: 'FR', borrowers: ['iss_x'] });
    // With its region kept back it would be the only one of its kind without.
    expect(keptBack([many, one])(one)).toBeUndefined();
    const four = loanClass({ region: 'IT', borrowers: people(4, 'it') });
    const back = keptBack([many, one, four]);
    expect([many, one, four].map(back)).toEqual([0, 1, 1]);
  });

  it('takes one borrower of many loans for one', () => {
    const loans = people(9).map((region) => loanClass({ region, borrowers: ['iss_1'] }));
    expect(loans.map(keptBack(loans))).toEqual(loans.map(() => undefined));
  });

  const classes = fc.uniqueArray(
    fc.record({
      principalMinor: fc.constantFrom(100_000n, 200_000n),
      termMonths: fc.constantFrom(12, 24),
      grade: fc.constantFrom('A', 'B'),
      purpose: fc.constantFrom('p', 'q'),
      region: fc.constantFrom('DE', 'FR', 'IT'),
      borrowers: fc.uniqueArray(fc.constantFrom(...people(30)), { minLength: 1, maxLength: 5 }),
    }),
    { selector: ({ borrowers: _, ...traits }) => Object.values(traits).join(), maxLength: 20 },
  );

  it('never shows a line that fewer than five borrowers may be behind', () => {
    fc.assert(
      fc.property(classes, (parts) => {
        const all = parts.map(loanClass);
        const back = keptBack(all);
        const lines = new Map<string, Set<string>>();
        for (const each of all) {
          const kept = back(each);
          if (kept === undefined) continue;
          const line = bookCells(asRow(each), kept, '').join();
          lines.set(line, new Set([...(lines.get(line) ?? []), ...each.borrowers]));
        }
        expect([...lines.values()].every(({ size }) => size >= FEWEST)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('stands in the order of its keys, whole', () => {
    const order = new Shuffle();
    const keys = ['ffffffff0', '000000001', '8000000000', '7fffffffff'];
    for (const [at, key] of keys.entries()) order.add(BigInt(at + 1) * 10_000_000_000n, key);
    expect(
      [...order.slices(3)].map((slice) => slice.map((no) => Number(no / 10_000_000_000n))),
    ).toEqual([[2, 4, 3], [1]]);
  });
});
