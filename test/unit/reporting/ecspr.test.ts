import type { Id } from '../../../src/kernel/id';
import type { Figure, ReportContent } from '../../../src/modules/reporting';
import { ecsprPack } from '../../../src/modules/reporting';
import { ECSPR_FIELDS, ecsprOwners } from '../../../src/modules/reporting/packs/ecspr';
import { checkEcsprFile, ecsprFile } from '../../../src/modules/reporting/packs/ecspr.service';

const LEI = '529900T8BM49AURSDO55';
const OTHER_LEI = '213800D1EI4B9WTWWD28';
const OWNER: Id<'pty'> = 'pty_01JTVST7XAES5BXHWZN4KR4VEZ';
const PERSON: Id<'pty'> = 'pty_01JTVST7XAES5BXHWZN4KR4VF0';
const numbers = new Map([
  [OWNER, OTHER_LEI],
  [PERSON, 'X1234567'],
]);

const COLUMNS = [
  'provider',
  'identifier',
  'sector',
  'raised_minor',
  'currency',
  'owner',
  'owner_scheme',
  'owner_country',
  'instrument',
  'investor_type',
  'investor_country',
  'investors',
  'invested_minor',
] as const;

const offer = (no: number): string => `${LEI}${String(no).padStart(8, '0')}`;
const of = (no: number, raised: string, sector: string): readonly string[] => [
  LEI,
  offer(no),
  sector,
  raised,
  'EUR',
  no === 2 ? PERSON : OWNER,
  no === 2 ? 'eu-national-id' : 'lei',
  no === 2 ? 'DE' : 'FR',
];

/** Two that succeeded, one of them in three groups of investors, and one that raised nothing. */
const ROWS = [
  [...of(1, '90000.00', 'C'), 'LOAN', 'RETL', 'DE', '12', '30000.00'],
  [...of(1, '90000.00', 'C'), 'LOAN', 'RETL', 'AT', '3', '10000.50'],
  [...of(1, '90000.00', 'C'), 'LOAN', 'SOPH', 'DE', '2', '49999.50'],
  [...of(2, '5000.00', 'A'), 'LOAN', 'RETL', 'DE', '1', '5000.00'],
  [...of(3, '0.00', 'J'), 'ICFP', '-', '-', '0', '0.00'],
] as const;

const sums = (id: string, values: Readonly<Record<string, string>>): Figure => ({
  id,
  formulaId: id,
  unit: 'count',
  cells: Object.entries(values).map(([group, value]) => {
    const [instrument = '', investor_type = '', investor_country = ''] = group.split(' ');
    return { by: { instrument, investor_type, investor_country, currency: 'EUR' }, value };
  }),
});

const CONTENT: ReportContent = {
  run: { from: '2025-01-01' },
  figures: [
    { id: 'offers', formulaId: 'offers', unit: 'count', cells: [{ by: {}, value: '3' }] },
    sums('investors', { 'LOAN RETL DE': '13', 'LOAN RETL AT': '3', 'LOAN SOPH DE': '2' }),
    sums('invested', {
      'LOAN RETL DE': '35000.00',
      'LOAN RETL AT': '10000.50',
      'LOAN SOPH DE': '49999.50',
    }),
  ],
  tables: [{ id: 'lines', columns: COLUMNS, rows: ROWS }],
};

const FILE = ecsprFile(CONTENT, numbers).toString();
const CELLS = FILE.trimEnd()
  .split('\r\n')
  .map((line) => line.split(','));

const totals = {
  year: '2025',
  offers: 3,
  investors: CONTENT.figures[1]!.cells,
  invested: CONTENT.figures[2]!.cells,
};
const rulesOf = (cells: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(
    checkEcsprFile(cells.map((line) => line.join(',')).join('\r\n') + '\r\n', totals).map(
      ({ rule }) => rule,
    ),
  ),
];

type Change = (cells: string[][]) => void;

function changed(change: Change): readonly (readonly string[])[] {
  const cells = CELLS.map((line) => [...line]);
  change(cells);
  return cells;
}

/** Sets a field, counted from 1, of a line of the file, the heading being line 0. */
const set =
  (line: number, field: number, value: string): Change =>
  (cells) => {
    cells[line]![field - 1] = value;
  };

it('is a file of the thirteen fields, with owners named by number', () => {
  expect(CELLS[0]).toEqual([...ECSPR_FIELDS]);
  expect(CELLS[1]).toEqual([
    ...[LEI, '2025', offer(1), 'C', '90000.00', 'EUR', OTHER_LEI],
    ...['LOAN', 'RETL', 'DE', '12', '30000.00', 'EUR'],
  ]);
  expect(CELLS[4]![6]).toBe('DEX1234567');
  expect(CELLS[5]!.slice(7)).toEqual(['', '', '', '', '', '']);
  expect(ecsprOwners(CONTENT)).toEqual([OWNER, PERSON]);
  expect(ecsprPack.validate(CONTENT, numbers)).toEqual([]);
});

it('lacks an owner whose number is not known', () => {
  const rules = ecsprPack.validate(CONTENT, new Map()).map(({ rule }) => rule);
  expect(new Set(rules)).toEqual(new Set(['ecspr-7']));
});

describe('a rule is broken by', () => {
  it.each<[string, string, Change]>([
    ['ecspr-header', 'a field that is named otherwise', set(0, 5, 'Amount')],
    ['ecspr-line', 'a line with a cell too many', (cells) => void cells[2]!.push('x')],
    ['ecspr-1', 'two digits that changed places', set(1, 1, '259900T8BM49AURSDO55')],
    ['ecspr-2', 'another year', set(1, 2, '2024')],
    ['ecspr-3', 'seven digits', set(1, 3, offer(1).slice(0, 27))],
    ['ecspr-4', 'a division instead of a section', set(3, 4, '62')],
    ['ecspr-5', 'thousands that are set apart', set(4, 5, '5.000.00')],
    ['ecspr-6', 'a currency that is none', set(4, 6, 'EUX')],
    ['ecspr-7', 'a name instead of a number', set(5, 7, 'Muster GmbH')],
    ['ecspr-8', 'an instrument that is none', set(1, 8, 'BOND')],
    ['ecspr-9', 'a class that is none', set(1, 9, 'INST')],
    ['ecspr-10', 'a country that is none', set(1, 10, 'UK')],
    ['ecspr-11', 'a group of nobody', set(4, 11, '0')],
    ['ecspr-12', 'nothing invested', set(4, 12, '0.00')],
    ['ecspr-13', 'a currency that is none', set(4, 13, 'E')],
    ['ecspr-offer-of-provider', "another provider's offer", set(4, 3, `${OTHER_LEI}00000002`)],
    ['ecspr-raised-of-investors', 'money of nobody', set(5, 5, '1.00')],
    ['ecspr-currency', 'two currencies', set(4, 13, 'USD')],
    ['ecspr-one-provider', 'two providers', set(4, 1, OTHER_LEI)],
    ['ecspr-every-offer', 'an offer that is missing', (cells) => void cells.pop()],
    ['ecspr-one-project', 'two sectors of one project', set(2, 4, 'D')],
    ['ecspr-raised-is-invested', 'a cent too many', set(1, 12, '30000.01')],
    ['ecspr-no-group-twice', 'a line that stands twice', (c) => void c.push([...c[1]!])],
    ['ecspr-investors', 'an investor too many', set(1, 11, '13')],
    ['ecspr-invested', 'a group under another country', set(2, 10, 'IT')],
  ])('%s: %s', (rule, _, change) => {
    expect(rulesOf(changed(change))).toContain(rule);
  });
});

/** Ways to spoil a text, by a number that says where. */
const SPOILS: readonly ((text: string, n: number) => string)[] = [
  (text, n) => text.slice(0, n % (text.length + 1)) + 'q' + text.slice(n % (text.length + 1)),
  (text, n) => text.slice(0, n % text.length) + text.slice((n % text.length) + 1),
  (text, n) => {
    const at = n % text.length;
    const digit = text[at]!;
    const next = /\d/.test(digit) ? String((Number(digit) + 1) % 10) : 'q';
    return text.slice(0, at) + next + text.slice(at + 1);
  },
  () => '',
  (text) => `-${text}`,
  (text) => ` ${text}`,
];

test('of two thousand spoilt files at least 99 in a hundred are refused', () => {
  let seed = 20_250_131;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
  const kept: string[] = [];
  for (let count = 0; count < 2_000; count += 1) {
    const line = 1 + (next() % (CELLS.length - 1));
    const cells = changed((all) => {
      const own = all[line]!;
      const filled = own.flatMap((cell, at) => (cell === '' ? [] : [at]));
      const at = filled[next() % filled.length]!;
      own[at] = SPOILS[next() % SPOILS.length]!(own[at]!, next());
    });
    // 5000.0 is what 5000.00 is.
    const said = (row: readonly string[]) =>
      row.map((cell) => (/^\d+\.\d*$/.test(cell) ? Number(cell) : cell)).join();
    const isSame = said(cells[line]!) === said(CELLS[line]!);
    if (!isSame && rulesOf(cells).length === 0) kept.push(cells[line]!.join());
  }
  expect(kept.length).toBeLessThanOrEqual(20);
});
