import type { CalendarDate } from '../../../src/kernel/calendar-date';
import type { Figure, ReportContent, RunKey } from '../../../src/modules/reporting';
import { periodOf } from '../../../src/modules/reporting/period';
import { compareFigures } from '../../support/drilled-figures';
import { EU_OPERATOR } from '../../support/offering-regimes';
import { reportWorld, type ReportWorld } from '../../support/report-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: ReportWorld;
let loans: readonly ServicedLoan[];

beforeAll(async () => {
  world = await reportWorld();
  loans = [
    await world.active({ parts: ['12000.00', '8000.00'], note: { termMonths: 6 } }),
    await world.active({ parts: ['7000.00', '3000.00'], note: { termMonths: 6 } }),
  ];
  await world.live(35);
}, 240_000);

afterAll(() => world.end());

/** Any report as of today, whoever it is for. */
function runOf(templateId: string) {
  const template = world.templates.newest().find(({ id }) => id === templateId)!;
  const today = world.clock.now().toISOString().slice(0, 10) as CalendarDate;
  const period = periodOf(template.period, today);
  const key: RunKey = {
    templateId,
    templateVersion: template.version,
    templateHash: template.hash,
    operatorId: EU_OPERATOR,
    period,
    asOf: period.to,
    knownAt: world.clock.now(),
    heads: { ledger: [], audit: { seq: '0', hash: '' } },
  };
  return { template, key };
}

async function contentOf(templateId: string): Promise<ReportContent> {
  const { template, key } = runOf(templateId);
  return world.read((db) => world.computer.compute(db, template, key));
}

const cellsOf = (content: ReportContent, id: string): Figure['cells'] =>
  content.figures.find((figure) => figure.id === id)?.cells ?? [];

it('every figure of every report equals its rows', async () => {
  const wrong: string[] = [];
  let cells = 0;
  for (const { id } of world.templates.newest()) {
    const content = await contentOf(id);
    const found = await compareFigures(world, runOf(id), content.figures);
    wrong.push(...found.wrong);
    cells += found.cells;
  }
  expect(wrong).toEqual([]);
  expect(cells).toBeGreaterThan(50);
}, 60_000);

describe('the yearly report of funded projects', () => {
  it('has a project for each loan, and every lender in a group', async () => {
    const content = await contentOf('eu-ecspr-annual');
    expect(cellsOf(content, 'offers')[0]?.value).toBe(String(loans.length));
    expect(cellsOf(content, 'raised')).toMatchObject([{ value: '30000.00' }]);
    expect(cellsOf(content, 'investors').map(({ value }) => value)).toEqual(['4']);
  });
});
