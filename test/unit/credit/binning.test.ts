import fc from 'fast-check';
import { binColumn, binIndex, woeColumn, type Binning } from '../../../src/modules/credit/binning';

const OPTIONS = { startingBins: 12, minimumShare: 0.05, priorCases: 2, leastChiSquare: 0 };

const rows = fc
  .array(
    fc.record({
      value: fc.option(fc.integer({ min: -20, max: 20 }), { nil: undefined }),
      isBad: fc.boolean(),
    }),
    { minLength: 30, maxLength: 200 },
  )
  .filter((all) => all.some(({ isBad }) => isBad) && all.some(({ isBad }) => !isBad));

type Rows = readonly { readonly value: number | undefined; readonly isBad: boolean }[];

const numbers = (all: Rows) => ({
  kind: 'numeric' as const,
  values: Float64Array.from(all, ({ value }) => value ?? NaN),
});
const badOf = (all: Rows) => Uint8Array.from(all, ({ isBad }) => Number(isBad));
const everyBin = ({ ranges, levels, other, missing }: Binning) => [
  ...ranges,
  ...levels,
  ...(other ? [other] : []),
  missing,
];

describe('the bins of a number', () => {
  it.each([{ monotone: 'rising' as const }, { monotone: 'falling' as const }])(
    'are monotone where $monotone is asked for',
    ({ monotone }) => {
      fc.assert(
        fc.property(rows, (all) => {
          const woes = binColumn(numbers(all), badOf(all), { ...OPTIONS, monotone }).ranges.map(
            ({ woe }) => woe,
          );
          const sorted = woes.toSorted((a, b) => (monotone === 'rising' ? b - a : a - b));
          expect(woes).toEqual(sorted);
        }),
      );
    },
  );

  it('take the direction that tells more where either will do', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const information = (monotone: 'rising' | 'falling' | 'either') =>
          binColumn(numbers(all), badOf(all), { ...OPTIONS, monotone }).informationValue;
        expect(information('either')).toBe(Math.max(information('rising'), information('falling')));
      }),
    );
  });

  it('hold everybody once, and leave no gap', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const binning = binColumn(numbers(all), badOf(all), OPTIONS);
        expect(everyBin(binning).reduce((sum, bin) => sum + bin.rows, 0)).toBe(all.length);
        const bad = all.filter(({ isBad }) => isBad).length;
        expect(everyBin(binning).reduce((sum, bin) => sum + bin.bad, 0)).toBe(bad);
        binning.ranges.forEach((bin, at) => expect(bin.from).toBe(binning.ranges[at - 1]?.below));
        expect(binning.ranges.at(-1)?.below).toBeUndefined();
      }),
    );
  });

  it('hold at least the smallest share each, if there are two', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { ranges } = binColumn(numbers(all), badOf(all), { ...OPTIONS, minimumShare: 0.1 });
        if (ranges.length < 2) return;
        for (const bin of ranges) expect(bin.rows).toBeGreaterThanOrEqual(0.1 * all.length);
      }),
    );
  });

  it('give each row the evidence of the bin it lies in', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const column = numbers(all);
        const binning = binColumn(column, badOf(all), OPTIONS);
        woeColumn(column, binning).forEach((woe, row) => {
          const value = all[row]?.value;
          const bin = binning.ranges.find(
            ({ from = -Infinity, below = Infinity }) =>
              value !== undefined && value >= from && value < below,
          );
          expect(woe).toBe((bin ?? binning.missing).woe);
        });
      }),
    );
  });

  it('are drawn towards no evidence by cases of the average kind', () => {
    const all: Rows = Array.from({ length: 100 }, (_, row) => ({
      value: row < 10 ? 0 : 1,
      isBad: row < 8 || row % 5 === 0,
    }));
    const woeOf = (priorCases: number) =>
      Math.abs(binColumn(numbers(all), badOf(all), { ...OPTIONS, priorCases }).ranges[0]!.woe);
    expect(woeOf(1)).toBeGreaterThan(woeOf(10));
    expect(woeOf(10)).toBeGreaterThan(woeOf(100));
  });
});

describe('weight of evidence', () => {
  it('is the logarithm of the share of the good by the share of the bad', () => {
    // 60 good and 20 bad in A, 40 good and 80 bad in B; half a case of the average is added.
    const counts = [
      { code: 0, bad: 0, count: 60 },
      { code: 0, bad: 1, count: 20 },
      { code: 1, bad: 0, count: 40 },
      { code: 1, bad: 1, count: 80 },
    ];
    const all = counts.flatMap(({ count, ...row }) => Array.from({ length: count }, () => row));
    const column = {
      kind: 'categorical' as const,
      codes: Int32Array.from(all, ({ code }) => code),
      levels: ['A', 'B'],
    };
    const bad = Uint8Array.from(all, (row) => row.bad);
    const binning = binColumn(column, bad, { ...OPTIONS, priorCases: 0 });
    expect(binning.levels[0]?.woe).toBeCloseTo(Math.log(60.25 / 20.25), 12);
    expect(binning.levels[1]?.woe).toBeCloseTo(Math.log(40.25 / 80.25), 12);
    const information = 0.4 * Math.log(60.25 / 20.25) - 0.4 * Math.log(40.25 / 80.25);
    expect(binning.informationValue).toBeCloseTo(information, 12);
  });
});

describe('the bins of a category', () => {
  it('put rare levels together, and know a level they never saw', () => {
    const levels = ['common', 'rare', 'seldom'];
    const codes = Int32Array.from({ length: 100 }, (_, row) => (row < 95 ? 0 : row < 98 ? 1 : 2));
    const bad = Uint8Array.from({ length: 100 }, (_, row) => Number(row % 3 === 0));
    const binning = binColumn({ kind: 'categorical', codes, levels }, bad, OPTIONS);
    expect(binning.levels.map((bin) => bin.levels)).toEqual([['common']]);
    expect(binning.other).toMatchObject({ rows: 5, bad: 2 });
    const unseen = { kind: 'categorical' as const, codes: Int32Array.of(0, -1), levels: ['new'] };
    expect([...woeColumn(unseen, binning)]).toEqual([binning.other?.woe, binning.missing.woe]);
  });
});

describe('the position among bounds', () => {
  it.each([
    { value: -1, position: 0 },
    { value: 0, position: 1 },
    { value: 9.99, position: 1 },
    { value: 10, position: 2 },
    { value: 1e9, position: 2 },
  ])('of $value is $position', ({ value, position }) => {
    expect(binIndex(Float64Array.of(0, 10), value)).toBe(position);
  });
});
