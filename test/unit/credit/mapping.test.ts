import {
  applicantOf,
  dayOf,
  missingColumns,
  outcomeOf,
  type ApplicantMapping,
  type CellReading,
} from '../../../src/modules/credit/mapping';

const text = { en: 'A text', zh: '文字' };

const mapping = (more: Partial<ApplicantMapping> = {}): ApplicantMapping => ({
  ...{ id: 'a', title: text, source: 'made up', csv: {}, leftOut: {}, variables: {} },
  ...more,
});

function read(as: CellReading, cell: string | undefined, more = {}) {
  const { applicant, faults } = applicantOf(
    mapping({ variables: { it: { column: 'it', as, ...more } } }),
    () => cell,
  );
  return faults.length > 0 ? 'fault' : applicant['it'];
}

describe('a cell', () => {
  it.each([
    { as: 'number' as const, cell: '12.5', value: 12.5 },
    { as: 'number' as const, cell: ' -3 ', value: -3 },
    { as: 'number' as const, cell: '1e6', value: 'fault' },
    { as: 'number' as const, cell: '0x10', value: 'fault' },
    { as: 'number' as const, cell: '1,200', value: 'fault' },
    { as: 'number' as const, cell: '', value: undefined },
    { as: 'number' as const, cell: undefined, value: undefined },
    { as: 'percent' as const, cell: '83.70%', value: 83.7 },
    { as: 'percent' as const, cell: '9', value: 9 },
    { as: 'months' as const, cell: '36 months', value: 36 },
    { as: 'months' as const, cell: '36 weeks', value: 'fault' },
    { as: 'years' as const, cell: '< 1 year', value: 0 },
    { as: 'years' as const, cell: '1 year', value: 1 },
    { as: 'years' as const, cell: '10+ years', value: 10 },
    { as: 'text' as const, cell: ' RENT ', value: 'RENT' },
  ])('$cell read as $as is $value', ({ as, cell, value }) => {
    expect(read(as, cell)).toBe(value);
  });

  it('may say in its own words that nothing is known', () => {
    expect(read('years', 'n/a', { missing: ['n/a'] })).toBeUndefined();
  });

  it('may stand for another value, but not for what every object has', () => {
    expect(read('months', 'term_36', { values: { term_36: 36 } })).toBe(36);
    expect(read('text', 'constructor', { values: {} })).toBe('constructor');
  });
});

describe('a row', () => {
  const cells: Record<string, string> = { status: 'Charged Off', day: '2018/5/1' };
  const cellOf = (column: string) => cells[column];

  it('says whether the loan went bad, if it is known', () => {
    const outcome = { column: 'status', good: ['Fully Paid'], bad: ['Charged Off'] };
    expect(outcomeOf(mapping({ outcome }), cellOf)).toBe(true);
    expect(outcomeOf(mapping({ outcome }), () => 'Fully Paid')).toBe(false);
    expect(outcomeOf(mapping({ outcome }), () => 'Current')).toBeUndefined();
    expect(outcomeOf(mapping(), cellOf)).toBeUndefined();
  });

  it('says its day as ISO 8601 does', () => {
    const date = { column: 'day', form: 'YYYY/M/D' } as const;
    expect(dayOf(mapping({ date }), cellOf)).toBe('2018-05-01');
    expect(dayOf(mapping({ date }), () => 'May-2018')).toBeUndefined();
  });

  it('belongs to a file that may lack a column', () => {
    const variables = { it: { column: 'b', as: 'text' as const } };
    expect(missingColumns(mapping({ variables }), ['a'])).toEqual(['b']);
  });
});
