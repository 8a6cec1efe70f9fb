import { rate } from '../../../src/kernel/rate';
import type { ReportContent } from '../../../src/modules/reporting';
import { must } from '../../../src/kernel/assert';
import { indicated, INDICATORS, levelOf } from '../../../src/modules/supervision/indicator';
import { readFileSync } from 'node:fs';

const contentOf = (figure: string, values: readonly (string | null)[]): ReportContent => ({
  run: {},
  tables: [],
  figures: [
    {
      id: figure,
      formulaId: '',
      unit: 'rate',
      cells: values.map((value) => ({ by: {}, value })),
    },
  ],
});

describe('an indicator', () => {
  it.each([
    { id: 'par30', values: ['0.01', '0.2', '0.03'], is: '0.2' },
    { id: 'par30', values: [null], is: undefined },
    { id: 'par30', values: [], is: undefined },
    { id: 'client-money-shortfall', values: ['12.00', '-3.50'], is: '3.5' },
    { id: 'client-money-shortfall', values: ['12.00'], is: '0' },
    { id: 'trial-balance', values: ['0.00', '-0.01'], is: '0.01' },
    { id: 'cap-refusals', values: ['2', '3'], is: '5' },
    { id: 'cap-refusals', values: [], is: '0' },
  ])('$id of $values is $is', ({ id, values, is }) => {
    const indicator = must(
      INDICATORS.find((each) => each.id === id),
      id,
    );
    const value = indicated(contentOf(indicator.figure, values), indicator);
    expect(value?.toString()).toBe(is);
  });

  it('is read from a figure that the risk report has', () => {
    const template = JSON.parse(
      readFileSync('compliance/reports/platform-risk-daily/1.json', 'utf8'),
    ) as { figures: { id: string }[] };
    const figures = template.figures.map(({ id }) => id);
    expect(INDICATORS.filter(({ figure }) => !figures.includes(figure))).toEqual([]);
  });

  it.each([
    { value: undefined, amber: '0', red: '0', is: 'green' },
    { value: '0.09', amber: '0.1', red: '0.2', is: 'green' },
    { value: '0.1', amber: '0.1', red: '0.2', is: 'amber' },
    { value: '0.2', amber: '0.1', red: '0.2', is: 'red' },
    { value: '0.2', amber: undefined, red: '0.2', is: 'red' },
    { value: '9', amber: undefined, red: undefined, is: 'green' },
    { value: '0.09', before: 'amber', amber: '0.1', red: '0.2', is: 'amber' },
    { value: '0.08', before: 'amber', amber: '0.1', red: '0.2', is: 'amber' },
    { value: '0.079', before: 'amber', amber: '0.1', red: '0.2', is: 'green' },
    { value: '0.19', before: 'amber', amber: '0.1', red: '0.2', is: 'amber' },
    { value: '0.19', before: 'red', amber: '0.1', red: '0.2', is: 'red' },
    { value: '0.179', before: 'red', amber: '0.1', red: '0.2', is: 'amber' },
    { value: undefined, before: 'red', amber: '0.1', red: '0.2', is: 'green' },
  ] as const)(
    'of $value against $amber and $red, $before before, is $is',
    ({ value, amber, red, is, ...until }) => {
      const asRate = (text: string | undefined) => (text === undefined ? undefined : rate(text));
      const threshold = { amber: asRate(amber), red: asRate(red), margin: rate('0.02') };
      const before = 'before' in until ? until.before : 'green';
      expect(levelOf(asRate(value), threshold, before)).toBe(is);
    },
  );
});
