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
 * How much is given away of what too few stand behind: how many independent sums of weak cells alone
 * (with whatever signs) follow from the published numbers, less those that hold for every table. A sum
 * follows if a combination of the equations "parts less total" has no strong withheld cell in it.
 * Reckoned modulo a prime, without anything of the program's own graph.
 */
function givenAway(table: readonly OpenCell[], isWeak: (cell: OpenCell) => boolean): number {
  const sign = (part: string): bigint => (part === TOTAL ? -1n : 1n);
  const names = (of: 'region' | 'industry') => [...new Set(table.map((each) => each[of]))];
  /** One row for each equation: what its cells count in it. */
  const equations = (cells: readonly OpenCell[]): bigint[][] => [
    ...names('region').map((region) =>
      cells.map((each) => (each.region === region ? sign(each.industry) : 0n)),
    ),
    ...names('industry').map((industry) =>
      cells.map((each) => (each.industry === industry ? sign(each.region) : 0n)),
    ),
  ];
  const weak = table.filter((each) => each.isSuppressed && isWeak(each));
  const strong = table.filter((each) => each.isSuppressed && !isWeak(each));
  const open = table.filter(({ isSuppressed }) => !isSuppressed);
  /** The dimension of the sums of weak cells that combinations without `gone` cells reach. */
  const reach = (gone: readonly OpenCell[]): number => {
    const both = equations([...gone, ...weak]);
    return reduced(both)[1].length - reduced(equations(gone))[1].length;
  };
  return reach(strong) - reach([...strong, ...open]);
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

/** Totals count as the program counts them: by their largest part. */
const weakIn = (cells: readonly StatisticsCell[]) => (of: OpenCell) =>
  Math.max(
    ...cells
      .filter(({ region }) => of.region === TOTAL || of.region === region)
      .filter(({ industry }) => of.industry === TOTAL || of.industry === industry)
      .map(({ subjects }) => subjects),
  ) < FEWEST;

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

  test('no number that fewer than five stand behind follows from what is published', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        expect(givenAway(openTable(cells), weakIn(cells))).toBe(0);
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

  test.each([
    { of: 'a cell that stands alone in its row', withholds: ['A x'], givesAway: 1 },
    { of: 'what hides in one direction alone', withholds: ['A x', 'A z'], givesAway: 1 },
    {
      of: 'four small cells that hide one another, two by two',
      withholds: ['A x', 'A y', 'B x', 'B y'],
      givesAway: 3,
    },
  ])('the attack finds $of', ({ withholds, givesAway }) => {
    const cells = ['A', 'B', 'C'].flatMap((region) =>
      ['x', 'y', 'z'].map((industry) =>
        cell(region, industry, region === 'C' || industry === 'z' ? 9 : 2),
      ),
    );
    const table = openTable(cells, 1).map(({ region, industry, ...rest }): OpenCell =>
      withholds.includes(`${region} ${industry}`)
        ? { region, industry, isSuppressed: true }
        : ({ region, industry, ...rest } as OpenCell),
    );
    expect(givenAway(table, weakIn(cells))).toBe(givesAway);
    expect(givenAway(openTable(cells), weakIn(cells))).toBe(0);
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
