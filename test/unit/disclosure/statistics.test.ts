import fc from 'fast-check';
import {
  FEWEST,
  openTable,
  TOTAL,
  type OpenCell,
  type StatisticsCell,
} from '../../../src/modules/disclosure/statistics';

const cell = (region: string, industry: string, subjects: number): StatisticsCell => ({
  region,
  industry,
  subjects,
  deals: subjects * 2,
  amountMinor: BigInt(subjects) * 1000n,
});

const withheld = (table: readonly OpenCell[]): readonly string[] =>
  table
    .filter(({ isSuppressed }) => isSuppressed)
    .map(({ region, industry }) => `${region} ${industry}`)
    .toSorted();

/**
 * Which withheld cells follow exactly from what is published: those that are zero in every solution
 * of the homogeneous equations "parts less total" in the withheld cells. Reckoned modulo a prime, and
 * without anything of the program's own graph.
 */
function determined(table: readonly OpenCell[]): readonly string[] {
  const unknowns = table.filter(({ isSuppressed }) => isSuppressed);
  const regions = [...new Set(table.map(({ region }) => region))];
  const industries = [...new Set(table.map(({ industry }) => industry))];
  const sign = (part: string): bigint => (part === TOTAL ? -1n : 1n);
  const equations = [
    ...regions.map((region) =>
      unknowns.map((each) => (each.region === region ? sign(each.industry) : 0n)),
    ),
    ...industries.map((industry) =>
      unknowns.map((each) => (each.industry === industry ? sign(each.region) : 0n)),
    ),
  ];
  const [rows, pivots] = reduced(equations);
  const free = unknowns.map((_, at) => at).filter((at) => !pivots.includes(at));
  return unknowns
    .filter((_, at) => {
      const row = pivots.indexOf(at);
      return row >= 0 && free.every((column) => rows[row]?.[column] === 0n);
    })
    .map(({ region, industry }) => `${region} ${industry}`);
}

const PRIME = 2_147_483_647n;
const mod = (value: bigint): bigint => ((value % PRIME) + PRIME) % PRIME;

function inverse(value: bigint): bigint {
  let [result, base] = [1n, mod(value)];
  for (let rest = PRIME - 2n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * base);
    base = mod(base * base);
  }
  return result;
}

/** Gauss and Jordan: the reduced rows, and the column of the pivot of each. */
function reduced(matrix: readonly (readonly bigint[])[]): [bigint[][], number[]] {
  const rows = matrix.map((row) => row.map(mod));
  const pivots: number[] = [];
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const at = pivots.length;
    const found = rows.findIndex((row, index) => index >= at && row[column] !== 0n);
    if (found < 0) continue;
    [rows[at], rows[found]] = [rows[found]!, rows[at]!];
    const scale = inverse(rows[at]![column]!);
    rows[at] = rows[at]!.map((value) => mod(value * scale));
    for (const [index, row] of rows.entries()) {
      const factor = row[column]!;
      if (index === at || factor === 0n) continue;
      rows[index] = row.map((value, place) => mod(value - factor * rows[at]![place]!));
    }
    pivots.push(column);
  }
  return [rows, pivots];
}

const tables = fc
  .uniqueArray(
    fc.record({
      region: fc.constantFrom('A', 'B', 'C', 'D'),
      industry: fc.constantFrom('x', 'y', 'z', 'w'),
      subjects: fc.integer({ min: 1, max: 12 }),
      deals: fc.integer({ min: 1, max: 40 }),
    }),
    { selector: ({ region, industry }) => `${region} ${industry}`, maxLength: 16 },
  )
  .map((cells) =>
    cells.map((each): StatisticsCell => ({ ...each, amountMinor: BigInt(each.deals) * 100n })),
  );

describe('open statistics', () => {
  test('what fewer than five stand behind is never published', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const hidden = new Set(withheld(openTable(cells)));
        const few = cells.filter(({ subjects }) => subjects < FEWEST);
        return few.every(({ region, industry }) => hidden.has(`${region} ${industry}`));
      }),
      { numRuns: 200 },
    );
  });

  test('nothing that is withheld follows from what is published', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        expect(determined(openTable(cells))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('what is published is true, and its totals are those of all cells', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const table = openTable(cells);
        const parts = (region: string, industry: string) =>
          cells.filter(
            (each) =>
              (region === TOTAL || each.region === region) &&
              (industry === TOTAL || each.industry === industry),
          );
        for (const each of table) {
          if (each.isSuppressed) continue;
          const deals = parts(each.region, each.industry).map((part) => part.deals);
          expect(each.deals).toBe(deals.reduce((sum, count) => sum + count, 0));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('the attack finds a cell that stands alone in its row', () => {
    const naive: OpenCell[] = [
      { region: 'A', industry: 'x', isSuppressed: true },
      { region: 'A', industry: 'y', isSuppressed: false, deals: 5, amountMinor: 1n },
      { region: 'A', industry: TOTAL, isSuppressed: false, deals: 6, amountMinor: 2n },
    ];
    expect(determined(naive)).toEqual(['A x']);
  });

  test('a single small cell takes with it the fewest deals that hide it', () => {
    const table = openTable([
      cell('A', 'x', 2),
      cell('A', 'y', 9),
      cell('A', 'z', 30),
      cell('B', 'x', 8),
      cell('B', 'y', 7),
      cell('B', 'z', 40),
    ]);
    expect(withheld(table)).toEqual(['A x', 'A y', 'B x', 'B y']);
  });

  test('where nobody is alone everything is published', () => {
    expect(withheld(openTable([cell('A', 'x', 5), cell('B', 'y', 6)]))).toEqual([]);
  });

  test('a table of one small cell is withheld whole', () => {
    expect(openTable([cell('A', 'x', 3)]).every(({ isSuppressed }) => isSuppressed)).toBe(true);
  });

  test('an empty table has nothing to say', () => {
    expect(openTable([])).toEqual([]);
  });
});
