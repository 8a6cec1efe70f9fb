import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importApplications, type ImportReport } from '../../../src/cli/application-import';
import { applicationReport } from '../../../src/cli/application-report';
import { IntakeWorld } from '../../support/intake-world';
import { referenceData } from '../../support/reference-data';

let world: IntakeWorld;

beforeAll(async () => {
  world = await IntakeWorld.open();
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const MAPPING = 'compliance/mappings/lendingclub-2018.json';

function take(
  file: string,
  options: { limit?: number; list?: number } = {},
): Promise<ImportReport> {
  const { platform, services } = world.app;
  return importApplications(
    { ...platform, services },
    {
      file,
      mapping: MAPPING,
      operator: world.elbe,
      limit: options.limit,
      list: options.list ?? 0,
      tell: () => undefined,
    },
  );
}

/** A file with the columns of the mapping, and these cells; others empty. */
function fileOf(rows: readonly Readonly<Record<string, string>>[], broken = ''): string {
  const columns = new Set(Object.keys(GOOD));
  const mapping = JSON.parse(readFileSync(MAPPING, 'utf8')) as {
    readonly variables: Readonly<Record<string, { readonly column: string }>>;
  };
  for (const { column } of Object.values(mapping.variables)) columns.add(column);
  const lines = rows.map((row) => [...columns].map((column) => row[column] ?? '').join(','));
  const path = join(mkdtempSync(join(tmpdir(), 'yunchou-import-')), 'applications.csv');
  writeFileSync(path, [[...columns].join(','), ...lines, broken].join('\n'));
  return path;
}

const GOOD = {
  id: '1',
  issue_d: '2018/5/1',
  loan_status: '0',
  funded_amnt_inv: '5000',
  term: '36 months',
  purpose: 'credit_card',
  annual_inc: '90000',
  dti: '5.5',
  emp_length: '10+ years',
};

describe('a file of applications', () => {
  test('is taken row by row: what is broken is refused with its line and reason', async () => {
    const file = fileOf(
      [
        GOOD,
        { ...GOOD, id: '2', funded_amnt_inv: 'lots' },
        { ...GOOD, id: '3', annual_inc: '' },
        { ...GOOD, id: '4', loan_status: '1' },
        { ...GOOD, id: '', purpose: 'car' },
        { ...GOOD, id: '4', annual_inc: '1' },
      ],
      'only,three,cells',
    );
    const report = await take(file);
    expect(report).toMatchObject({ rows: 7, taken: 2, repeated: 0 });
    expect(report.refused.map(({ line, code }) => [line, code])).toEqual([
      [3, 'cell-unreadable'],
      [4, 'income-missing'],
      [6, 'external-id-missing'],
      [7, 'changed-since'],
      [8, 'row-broken'],
    ]);
    const again = await take(file);
    expect(again).toMatchObject({ taken: 0, repeated: 2 });
    expect(again.refused).toHaveLength(5);
    expect(again.grades).toEqual(report.grades);
    expect(applicationReport(report)).toContain('line 4 refused: It states no income.');
  });

  test('comes to loans before lenders where everything speaks for it', async () => {
    const report = await take(fileOf([{ ...GOOD, id: '77' }]), { list: 10 });
    expect(report.notListed).toEqual([]);
    expect(report.listed).toBeGreaterThan(0);
    expect(report.window).toMatchObject({ status: 'published', mandates: 0 });
    // Lenders see them already: once more changes nothing.
    expect((await take(fileOf([{ ...GOOD, id: '77' }]), { list: report.listed })).listed).toBe(0);
  });
});

const real = referenceData('lc_creditmodel.csv');
(real === undefined ? describe.skip : describe)('two thousand real applications', () => {
  test('are scored, graded, priced and listed; worse grades turned out worse', async () => {
    const report = await take(real ?? '', { limit: 2000, list: 20 });
    expect(report.taken).toBeGreaterThan(1900);
    expect(applicationReport(report)).toContain('2000 rows: 2000 taken');
    const [best, ...others] = report.grades.filter(({ count }) => count >= 100);
    const worst = others.at(-1);
    expect((worst?.bad ?? 0) / (worst?.decided ?? 1)).toBeGreaterThan(
      (best?.bad ?? 0) / (best?.decided ?? 1),
    );
  }, 120_000);
});
