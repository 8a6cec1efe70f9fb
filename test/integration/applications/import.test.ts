import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../src/kernel/assert';
import { importApplications, type ImportReport } from '../../../src/cli/application-import';
import { applicationReport } from '../../../src/cli/application-report';
import type { MonitoringReport } from '../../../src/modules/credit';
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

describe('what became of the loans of a file', () => {
  const outcomes = () =>
    world.read((db) =>
      db.query<{ event: string; happened_on: string }>(
        `SELECT o.event, o.happened_on FROM credit_outcomes o
         JOIN application_imports i ON i.row_key LIKE 'told-%'
         JOIN applications a ON a.id = i.application_id AND a.decision_id = o.decision_id
         ORDER BY i.row_key, o.event`,
      ),
    );
  const rows = [
    { ...GOOD, id: 'told-1', loan_status: '0' },
    { ...GOOD, id: 'told-2', loan_status: '1' },
    // Not decided yet; of no known day; of a day that no calendar has.
    { ...GOOD, id: 'told-3', loan_status: 'Current' },
    { ...GOOD, id: 'told-4', issue_d: '' },
    { ...GOOD, id: 'told-5', issue_d: '2018/2/30' },
    // Began half a year ago: what is known of it happened by today.
    { ...GOOD, id: 'told-6', loan_status: '1', issue_d: '2024/9/10' },
  ];

  test('is taken down once, however often the file is read', async () => {
    const told = [
      { event: 'started', happened_on: '2018-05-01' },
      { event: 'started', happened_on: '2018-05-01' },
      { event: 'went-bad', happened_on: '2019-04-30' },
      { event: 'started', happened_on: '2024-09-10' },
      { event: 'went-bad', happened_on: '2025-03-10' },
    ];
    expect((await take(fileOf(rows))).taken).toBe(6);
    expect(await outcomes()).toEqual(told);
    expect((await take(fileOf(rows))).repeated).toBe(6);
    expect(await outcomes()).toEqual(told);
  });

  test('lets the monitoring of the month hold scores and grades against it', async () => {
    const more = [...Array(60).keys()].map((at) => ({
      ...GOOD,
      id: `book-${at}`,
      funded_amnt_inv: String(2000 + 500 * at),
      loan_status: at % 3 === 0 || at > 50 ? '1' : '0',
    }));
    expect((await take(fileOf(more))).taken).toBe(60);
    world.clock.moveTo('2025-04-02T04:30:00Z');
    const { creditMonitoring } = world.app.services;
    const [run] = await world.write((tx) => creditMonitoring.runFor(tx, world.clock.now()));
    const { pooled, grades } = must(run, 'the report').report as unknown as MonitoringReport;
    expect(pooled.rows).toBeGreaterThanOrEqual(60);
    expect(pooled.ks).toBeGreaterThan(0);
    expect(pooled.gini).toEqual(expect.any(Number));
    expect(grades.reduce((sum, { rows: each }) => sum + each, 0)).toBe(pooled.rows);
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
