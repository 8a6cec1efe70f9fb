import { must } from '../../../src/kernel/assert';
import { HOUR_MS } from '../../../src/kernel/clock';
import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { readZip } from '../../../src/platform/documents';
import { verifyPack, riskPack, type Figure, type Run } from '../../../src/modules/reporting';
import { suspectLateFacts } from '../../../src/modules/reporting/reach.store';
import { compareFigures } from '../../support/drilled-figures';
import { PACKS } from '../../support/report-packs';
import { reportWorld, type ReportWorld } from '../../support/report-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: ReportWorld;
let loans: readonly ServicedLoan[];
let april: Run;
let told: string;

const MONTHLY = 'platform-risk-monthly';
const DAILY = 'platform-risk-daily';

interface Told {
  readonly figures: readonly Figure[];
}

const figuresOf = (text: string): readonly Figure[] => (JSON.parse(text) as Told).figures;

const valueOf = (text: string, id: string): string | null | undefined =>
  figuresOf(text).find((figure) => figure.id === id)?.cells[0]?.value;

/** A transfer that arrived on a day, and was found out now. */
async function payLate(amount: string, paidOn: string): Promise<void> {
  const { loan } = must(loans[0], 'the first loan');
  const money = await world.collect(loan, amount);
  const source = { type: 'transfer', id: `trf_${paidOn}` };
  const receipt = {
    loanId: loan.id,
    amount: money,
    kind: 'instalment',
    source,
    paidOn: paidOn as CalendarDate,
  } as const;
  await world.write((tx) => world.payments.receive(tx, receipt));
}

beforeAll(async () => {
  world = await reportWorld();
  loans = [
    await world.active({ parts: ['12000.00', '8000.00'], note: { termMonths: 6 } }),
    await world.active({ parts: ['7000.00', '3000.00'], note: { termMonths: 6 } }),
  ];
  await world.live(50);
  april = await world.make(MONTHLY, '2025-04-01');
  told = await world.contentOf(april.id);
}, 240_000);

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

describe('a risk report', () => {
  it('is published with everything a regulator needs to check it', async () => {
    expect(april.state).toBe('published');
    const files = await world.read((db) => world.reports.files(db, april.id));
    expect(files.map(({ name }) => name)).toEqual([
      'figures.csv',
      'integrity-checks.csv',
      'key.pem',
      'manifest.json',
      'manifest.jws',
      'pack.zip',
      'report-en.pdf',
      'report-zh.pdf',
      'report.json',
      'report.xlsx',
    ]);
    const history = await world.read((db) => world.reports.history(db, april.id));
    expect(history.map(({ event }) => event)).toEqual([
      'scheduled',
      'generated',
      'validated',
      'signed',
      'published',
    ]);
  });

  it('tells what is in the books', () => {
    expect(valueOf(told, 'trial-balance')).toBe('0.00');
    // The operator's fee, which it has not taken out.
    expect(valueOf(told, 'client-money-surplus')).toBe('600.00');
    expect(valueOf(told, 'outstanding')).toBe('30000.00');
    expect(Number(valueOf(told, 'hhi'))).toBe(1);
    expect(valueOf(told, 'loans-outstanding')).toBe('2');
  });

  it('has rows behind every figure that sum up to it, or are as many', async () => {
    const of = { template: world.maker.templateOf(april), key: world.maker.keyOfMade(april) };
    const compared = await compareFigures(world, of, figuresOf(told));
    expect(compared.wrong).toEqual([]);
    expect(compared.cells).toBeGreaterThan(30);
  });

  it('is verified without a database, and no byte of it can be changed', async () => {
    const { bytes } = await world.write((tx) =>
      world.reports.download(tx, { id: april.id, name: 'pack.zip' }),
    );
    const entries = readZip(bytes);
    expect(verifyPack(entries).wrong).toEqual([]);
    for (const at of entries.keys()) {
      const forged = entries.map((entry, index) =>
        index === at ? { ...entry, bytes: Buffer.concat([Buffer.from('x'), entry.bytes]) } : entry,
      );
      expect(verifyPack(forged).wrong).not.toEqual([]);
    }
    const history = await world.read((db) => world.reports.history(db, april.id));
    expect(history.at(-1)).toMatchObject({ event: 'downloaded', file: 'pack.zip' });
  });

  it('is not made twice, nor before its period has ended', async () => {
    await expect(world.make(MONTHLY, '2025-04-30')).rejects.toMatchObject({
      code: 'reporting.already-reported',
    });
    await expect(world.make(MONTHLY, '2026-01-01')).rejects.toMatchObject({
      code: 'reporting.period-not-ended',
    });
  });
});

describe('a run', () => {
  it('gives the same bytes a hundred times, after later entries and in every time zone', async () => {
    await payLate('431.17', '2025-04-20');
    await world.live(3);
    const zones = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati'];
    const before = process.env['TZ'];
    const again = new Set<string>();
    for (let time = 0; time < 100; time += 1) {
      const zone = must(zones[time % zones.length], 'a zone');
      process.env['TZ'] = zone;
      await world.read(async (db) => {
        await db.query(`SELECT set_config('TimeZone', :zone, true)`, { zone });
        again.add(await world.maker.again(db, april));
      });
    }
    process.env['TZ'] = before;
    expect([...again]).toEqual([told]);
  });

  it('is marked when something came late, and is restated with what that changes', async () => {
    const { timeZone } = must(world.operators.all()[0], 'the operator');
    const examine = () => world.write((tx) => world.runner.examineNext(tx, { timeZone }));
    while (await examine());
    const marked = await world.read((db) => world.reports.get(db, april.id));
    expect(marked.needsRestatementAt).toEqual(world.clock.now());
    const restated = await world.write((tx) =>
      world.reports.restate(tx, { id: april.id, reason: 'A transfer was found' }),
    );
    const states = await world.read(async (db) => [
      (await world.reports.get(db, april.id)).state,
      (await world.reports.get(db, restated.id)).state,
    ]);
    expect(states).toEqual(['restated', 'published']);
    const changes = await world.write((tx) =>
      world.reports.download(tx, { id: restated.id, name: 'changes.json' }),
    );
    expect(JSON.parse(changes.bytes.toString())).toContainEqual({
      field: 'figures/received/{"currency":"EUR"}/value',
      before: null,
      after: '431.17',
    });
    expect(await world.contentOf(april.id)).toBe(told);
    await expect(
      world.write((tx) => world.reports.restate(tx, { id: april.id, reason: 'Again' })),
    ).rejects.toMatchObject({ code: 'reporting.already-restated' });
  });
});

describe('late facts', () => {
  const suspected = async (): Promise<number> => {
    const upTo = new Date(world.clock.now().getTime() - 60_000);
    const of = { upTo, overlapMs: HOUR_MS, timeZone: 'UTC', since: '2024-01-01' as CalendarDate };
    await world.write((tx) => suspectLateFacts(tx, of));
    const rows = await world.read((db) =>
      db.query('SELECT 1 FROM report_runs WHERE suspected_at IS NOT NULL'),
    );
    return rows.length;
  };

  it('have only reports of their time looked at, and none where nothing came late', async () => {
    await world.live(2);
    expect(await suspected()).toBe(0);
    await payLate('12.00', '2025-04-21');
    await world.live(1);
    // April's, and not March's, which had ended before.
    expect(await suspected()).toBe(1);
  });
});

describe('a restatement', () => {
  it('of one that was held takes the place of all before it, and is told against what was filed', async () => {
    const [found] = await world.read((db) =>
      world.reports.list(db, { templateId: MONTHLY, limit: 1 }),
    );
    const filed = must(found, 'the restated report');
    const held = { ...riskPack, validate: () => [{ rule: 'x', message: 'Something is missing.' }] };
    const holding = world.servicesOf([held, ...PACKS.slice(1)]);
    const second = await world.write((tx) =>
      holding.reports.restate(tx, { id: filed.id, reason: 'A label was wrong' }),
    );
    expect(second.state).toBe('generated');
    const third = await world.write((tx) =>
      world.reports.restate(tx, { id: second.id, reason: 'What was missing is there' }),
    );
    const states = await world.read(async (db) => [
      (await world.reports.get(db, filed.id)).state,
      (await world.reports.get(db, second.id)).state,
      (await world.reports.get(db, third.id)).state,
    ]);
    expect(states).toEqual(['restated', 'restated', 'published']);
    const changes = await world.write((tx) =>
      world.reports.download(tx, { id: third.id, name: 'changes.json' }),
    );
    expect(JSON.parse(changes.bytes.toString())).toContainEqual({
      field: 'figures/received/{"currency":"EUR"}/value',
      before: '431.17',
      after: '443.17',
    });
  });

  it('cannot be undone, nor a report become one of another period, whoever tries', async () => {
    const scope = { operatorId: april.operatorId, actor: { kind: 'system', id: 'owner' } } as const;
    const changed = (what: string) =>
      world.test.owner.write(scope, (tx) =>
        tx.execute(`UPDATE report_runs SET ${what} WHERE id = :id`, { id: april.id }),
      );
    await expect(changed(`state = 'published'`)).rejects.toThrow('from restated to published');
    await expect(changed(`state = 'scheduled'`)).rejects.toThrow();
    await expect(changed(`due_on = due_on + 30`)).rejects.toThrow('does not become another');
    await expect(changed(`reason = 'Another'`)).rejects.toThrow();
  });
});

describe('the schedule', () => {
  it('makes what was missed, each period once, and tries again what failed', async () => {
    const [row] = riskPack.rowSets;
    const poisoned = { ...must(row, 'rows'), sql: 'SELECT 1' };
    const pack = { ...riskPack, rowSets: [poisoned, ...riskPack.rowSets.slice(1)] };
    const failing = world.servicesOf([pack, ...PACKS.slice(1)]);
    const operators = world.operators.all().map(({ id }) => id);
    await world.write((tx) => world.reports.scheduleDue(tx));
    await failing.runner.runAll(operators);
    const listDaily = () =>
      world.read((db) => world.reports.list(db, { templateId: DAILY, limit: 50 }));
    expect(await listDaily()).toMatchObject([
      {
        state: 'scheduled',
        attempts: 1,
        made: undefined,
        lastFailure: 'column r.currency does not exist',
      },
    ]);
    const { timeZone } = must(world.operators.all()[0], 'the operator');
    const warn = () => world.write((tx) => world.runner.warn(tx, { timeZone }));
    expect(await warn()).toBeGreaterThan(0);
    await world.live(3);
    expect(await world.write((tx) => world.reports.scheduleDue(tx))).toBe(3);
    // They have only just been scheduled, and what was warned of is not warned of again.
    expect(await warn()).toBe(0);
    expect(await world.write((tx) => world.reports.scheduleDue(tx))).toBe(0);
    await Promise.all([world.runner.runAll(operators), world.runner.runAll(operators)]);
    const runs = await listDaily();
    expect(runs.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'published'));
    expect(new Set(runs.map(({ period }) => period.from)).size).toBe(4);
  });
});
