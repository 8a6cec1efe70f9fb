import fc from 'fast-check';
import { chartsOf } from '../../../src/modules/reporting/charts';
import { printedCut, printedInstant, printedValue } from '../../../src/modules/reporting/print';

const title = { en: 'By grade', zh: '按等级' };
const template = {
  charts: ['by-grade'],
  figures: [
    {
      kind: 'sum',
      id: 'by-grade',
      title,
      unit: 'money',
      rows: 'loans',
      by: ['grade', 'currency'],
      formula: 'their sum',
      citation: 'none',
    },
  ],
} as const;

const chartOf = (cells: readonly (readonly [string, string, string | null])[]) =>
  chartsOf(
    template,
    {
      figures: [
        {
          id: 'by-grade',
          formulaId: 'test/1#by-grade',
          unit: 'money',
          cells: cells.map(([grade, currency, value]) => ({ by: { grade, currency }, value })),
        },
      ],
    },
    'zh',
  );

it('holds amounts against the largest of their currency', () => {
  expect(
    chartOf([
      ['A', 'EUR', '50.00'],
      ['B', 'EUR', '100.00'],
      ['A', 'JPY', '9000'],
      ['C', 'EUR', '-5.00'],
      ['D', 'EUR', null],
    ]),
  ).toEqual([
    {
      title: '按等级',
      bars: [
        { label: 'A · EUR', length: 0.5, value: '50.00' },
        { label: 'B · EUR', length: 1, value: '100.00' },
        { label: 'A · JPY', length: 1, value: '9,000' },
        { label: 'C · EUR', length: 0, value: '-5.00' },
      ],
    },
  ]);
});

it('draws nothing where there is nothing, and never a bar longer than the longest', () => {
  expect(chartOf([])).toEqual([]);
  const amounts = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(amounts, (values) => {
      const [chart] = chartOf(values.map((value, i) => [`${i}`, 'EUR', `${value}.00`]));
      const lengths = chart?.bars.map(({ length }) => length) ?? [];
      expect(lengths.length).toBeLessThanOrEqual(24);
      expect(lengths.every((length) => length >= 0 && length <= 1)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('prints numbers with their thousands apart, and words in the reader’s language', () => {
  expect(
    (
      [
        ['1234567.891', 'money'],
        ['-1000.00', 'money'],
        ['999', 'count'],
        ['1234.567891', 'rate'],
        [null, 'rate'],
      ] as const
    ).map(([value, unit]) => printedValue(value, unit)),
  ).toEqual(['1,234,567.891', '-1,000.00', '999', '1234.567891', '–']);
  const cell = { by: { arrears: 'over-180', sector: '-', currency: 'EUR' } };
  expect([printedCut(cell, 'zh'), printedCut(cell, 'en')]).toEqual([
    '逾期180天以上 · 未注明 · EUR',
    'over-180 · not said · EUR',
  ]);
  expect(printedInstant('2025-08-08T12:00:00.000Z')).toBe('2025-08-08 12:00:00 UTC');
});
