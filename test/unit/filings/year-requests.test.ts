import { Money } from '../../../src/kernel/money';
import { readYear } from '../../../src/modules/filings/schema';
import { isSameYear, yearRequests } from '../../../src/modules/filings/year-requests';
import { changed, statementOf } from '../../support/filings';

const endsOf = (source: string): readonly string[] =>
  yearRequests(statementOf(source)).years.map(({ fiscalYearEndsOn }) => fiscalYearEndsOn);

describe('the figures of a filing as requests', () => {
  it('are two years, the newest first, without assurance', () => {
    const { years } = yearRequests(statementOf('c-equity.xml'));
    expect(years[0]?.request).toEqual({
      currency: 'USD',
      assurance: 'none',
      employees: 7,
      figures: {
        totalAssets: { amount: '420000.00', currency: 'USD' },
        cash: { amount: '95000.50', currency: 'USD' },
        receivables: { amount: '12000.00', currency: 'USD' },
        shortTermDebt: { amount: '30000.00', currency: 'USD' },
        longTermDebt: { amount: '150000.00', currency: 'USD' },
        revenue: { amount: '610000.00', currency: 'USD' },
        costOfGoods: { amount: '280000.00', currency: 'USD' },
        taxesPaid: { amount: '4200.00', currency: 'USD' },
        netIncome: { amount: '-38000.75', currency: 'USD' },
      },
    });
    expect(years[1]?.request.employees).toBeUndefined();
  });

  it('are of the last calendar year before a Form C was signed, and it is said so', () => {
    expect(endsOf('c-equity.xml')).toEqual(['2023-12-31', '2022-12-31']);
    expect(yearRequests(statementOf('c-equity.xml')).assumed).toEqual([
      'The latest financial year is taken to have ended on 2023-12-31: a Form C does not say.',
    ]);
  });

  it.each([
    { period: '06-30-2023', ends: ['2023-06-30', '2022-06-30'] },
    { period: '02-29-2024', ends: ['2024-02-29', '2023-02-28'] },
    { period: '02-28-2025', ends: ['2025-02-28', '2024-02-29'] },
    { period: '03-15-2024', ends: ['2024-03-15', '2023-03-15'] },
  ])('are of the year that an annual report names: to $period', ({ period, ends }) => {
    const filed = /<period>([^<]*)/.exec(changed('c-annual-report.xml', []))?.[0] ?? '';
    const xml = changed('c-annual-report.xml', [
      [filed, `<period>${period}`],
      [
        /<dateIncorporation>[^<]*/.exec(changed('c-annual-report.xml', []))?.[0] ?? '',
        '<dateIncorporation>01-01-2001',
      ],
    ]);
    expect(endsOf(xml)).toEqual(ends);
    expect(yearRequests(statementOf(xml)).assumed).toEqual([]);
  });

  it('leave out a year that was over before the issuer was there', () => {
    const { refused } = yearRequests(statementOf('c-mini.xml'));
    expect(endsOf('c-mini.xml')).toEqual(['2024-12-31']);
    expect(refused).toEqual([
      {
        what: 'figures',
        code: 'filings.year-before-incorporation',
        reason: 'The year to 2023-12-31 was over before the issuer was incorporated.',
      },
    ]);
  });

  it('are none where there are none, and of no year where nothing tells which', () => {
    expect(yearRequests(statementOf('c-termination.xml'))).toMatchObject({
      years: [],
      refused: [],
    });
    expect(yearRequests(statementOf('c-update.xml'))).toMatchObject({ years: [], refused: [] });
    const { signedOn: _, ...undated } = statementOf('c-equity.xml');
    expect(yearRequests(undated).refused).toMatchObject([{ code: 'filings.year-unknown' }]);
  });

  it.each([
    { filed: '42.00', employees: 42 },
    { filed: '0.00', employees: 0 },
    { filed: '1.5', employees: undefined },
  ])('count $filed employees as $employees', ({ filed, employees }) => {
    const xml = changed('c-mini.xml', [['<currentEmployees>7', `<currentEmployees>${filed}`]]);
    expect(yearRequests(statementOf(xml)).years[0]?.request.employees).toBe(employees);
  });

  it('are the same as what is on record where every figure is', () => {
    const [year] = yearRequests(statementOf('c-mini.xml')).years;
    const draft = readYear(year?.request ?? { currency: 'USD', assurance: 'none', figures: {} });
    if (draft instanceof Error) throw draft;
    expect(isSameYear(draft, { ...draft })).toBe(true);
    const other = { ...draft.figures, cash: Money.parse('1.00', 'USD') };
    expect(isSameYear(draft, { ...draft, figures: other })).toBe(false);
  });
});
