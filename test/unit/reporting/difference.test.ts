import { changesBetween } from '../../../src/modules/reporting';
import type { ReportContent } from '../../../src/modules/reporting/figure';

function saying(value: string, by: Readonly<Record<string, string>>): ReportContent {
  const cells = [{ by, value }];
  const figures = [{ id: 'received', formulaId: 'received/1', unit: 'money', cells }] as const;
  return { run: {}, figures, tables: [] };
}

describe('what a restatement changes', () => {
  it('is told by field', () => {
    const by = { currency: 'EUR' };
    expect(changesBetween(saying('1.00', by), saying('2.00', by))).toEqual([
      { field: 'figures/received/{"currency":"EUR"}/value', before: '1.00', after: '2.00' },
    ]);
  });

  it('is nothing where the columns of a cell only stand in another order', () => {
    const [made, read] = [
      saying('1.00', { grade: 'C', currency: 'EUR' }),
      saying('1.00', { currency: 'EUR', grade: 'C' }),
    ];
    expect(changesBetween(made, read)).toEqual([]);
  });
});
