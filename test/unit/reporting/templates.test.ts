import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { loadReportTemplates } from '../../../src/modules/reporting';
import { quotient } from '../../../src/modules/reporting/measure';
import { dueOn, lastEnded, periodAfter, periodOf } from '../../../src/modules/reporting/period';
import { isMadeBy, PERIODS } from '../../../src/modules/reporting/template';
import { calendars } from '../../support/compliance';
import { PACKS } from '../../support/report-packs';

const REPORTS = join(__dirname, '../../../compliance/reports');
const known = { packs: PACKS, calendars: calendars() };
const day = (text: string) => text as CalendarDate;

/** What loading says of the daily report after a change. */
function complaintAbout(change: (template: Record<string, never>) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'yunchou-reports-'));
  const text = readFileSync(join(REPORTS, 'platform-risk-daily/1.json'), 'utf8');
  const template = JSON.parse(text) as Record<string, never>;
  change(template);
  mkdirSync(join(folder, 'platform-risk-daily'));
  writeFileSync(join(folder, 'platform-risk-daily/1.json'), JSON.stringify(template));
  try {
    loadReportTemplates(folder, known);
    return 'nothing';
  } catch (error) {
    return String(error).replaceAll(folder, '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a template', () => {
  it('is read where it stands', () => {
    const ids = loadReportTemplates(REPORTS, known)
      .newest()
      .map(({ id }) => id);
    expect(ids).toEqual(readdirSync(REPORTS).toSorted());
  });

  it.each<[string, (template: never) => void, string]>([
    ['of no pack', (t: { pack: string }) => void (t.pack = 'none'), 'pack: there is no pack none'],
    ['with a field too many', (t: { x: number }) => void (t.x = 1), '(whole file)'],
    [
      'that is elsewhere',
      (t: { version: number }) => void (t.version = 2),
      'is not where it stands',
    ],
    [
      'that sums what is not there',
      (t: { figures: { sum: string }[] }) => void (t.figures[9]!.sum = 'nothing_minor'),
      'figures.9 (outstanding): a figure of unit money cannot be the sum of undefined',
    ],
    [
      'that adds euros to dollars',
      (t: { figures: { by: string[] }[] }) => void (t.figures[9]!.by = ['grade']),
      'figures.9 (outstanding): money is summed by currency, or not at all',
    ],
    [
      'with a table of no rows',
      (t: { tables: string[] }) => void (t.tables = ['none']),
      'tables: pack platform-risk has no rows none',
    ],
    [
      'that counts days of no calendar',
      (t: { deadline: object }) =>
        void (t.deadline = { kind: 'working-days', calendar: 'moon', count: 5 }),
      'deadline.calendar: there is no calendar moon',
    ],
  ])('%s stops the start, with its place', (_, change, complaint) => {
    const said = complaintAbout(change as never);
    expect(said).toContain('/platform-risk-daily/1.json: ');
    expect(said).toContain(complaint);
  });
});

it('a template is another one when a newer program sums other rows for it', () => {
  const hashesWith = (packs: typeof PACKS) =>
    loadReportTemplates(REPORTS, { ...known, packs })
      .newest()
      .map(({ pack, hash }) => ({ pack, hash }));
  const newer = PACKS.map((pack) =>
    pack.id === 'eu-ecspr'
      ? { ...pack, rowSets: pack.rowSets.map((rows) => ({ ...rows, sql: `${rows.sql} ` })) }
      : pack,
  );
  const before = hashesWith(PACKS);
  const after = hashesWith(newer);
  const changed = before.filter(({ hash }, index) => hash !== after[index]?.hash);
  expect(changed.map(({ pack }) => pack)).toEqual(['eu-ecspr']);
});

it.each([
  ['eu-ecspr', 'DE', 'EU', ['eu-ecspr'], true],
  ['de-other', 'DE', 'EU', ['eu-ecspr'], false],
  ['in-p2p', 'IN', 'IN', undefined, true],
  ['in-p2p', 'IN', 'any', undefined, true],
  ['in-p2p', 'IN', 'CN', undefined, false],
])(
  'an operator under %s in %s makes what is for %s and %j: %s',
  (rulebookId, at, place, of, is) => {
    const template = { jurisdiction: place, rulebooks: of };
    expect(isMadeBy({ rulebookId, jurisdiction: at }, template)).toBe(is);
  },
);

describe('a period', () => {
  const days = fc
    .integer({ min: 0, max: 20_000 })
    .map((n) => day(new Date(Date.UTC(2000, 0, 1 + n)).toISOString().slice(0, 10)));

  it('holds its day, ends before the next begins, and was over before today if it is the last', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), days, (kind, date) => {
        const period = periodOf(kind, date);
        expect(period.from <= date && date <= period.to).toBe(true);
        expect(periodAfter(kind, lastEnded(kind, date))).toEqual(period);
        expect(lastEnded(kind, date).to < date).toBe(true);
      }),
    );
  });

  it.each([
    [{ kind: 'months', count: 4 } as const, '2025-12-31', '2026-04-30'],
    [{ kind: 'months', count: 2 } as const, '2025-12-31', '2026-02-28'],
    [{ kind: 'days', count: 21 } as const, '2025-06-30', '2025-07-21'],
    // 1 to 3 May 2025 and the weekend are not worked in China, 5 May neither.
    [{ kind: 'working-days', calendar: 'cn', count: 5 } as const, '2025-04-30', '2025-05-12'],
  ])('is due by its rule: %j', (rule, to, due) => {
    const period = { from: day(to), to: day(to) };
    const calendar = calendars().get('cn');
    expect(dueOn(rule, period, () => calendar!)).toBe(due);
  });
});

it.each([
  [1n, 3n, 6, '0.333333'],
  [1n, 0n, 6, null],
  [5n, 1000n, 2, '0.00'],
  [15n, 1000n, 2, '0.02'],
  [-1n, 8n, 2, '-0.12'],
  [7n, 2n, 0, '4'],
])('%d / %d with %d digits is %s', (a, b, digits, text) => {
  expect(quotient(a, b, digits)).toBe(text);
});
