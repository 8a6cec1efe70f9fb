import { calendarDate } from '../../../src/kernel/calendar-date';
import { sqlState } from '../../../src/platform/db';
import type { CreditMonitoring, LoanOutcome } from '../../../src/modules/credit';
import type { MonitoringReport } from '../../../src/modules/credit/monitoring';
import type { MonitoringRun } from '../../../src/modules/credit/monitoring.store';
import {
  creditRequest,
  creditWorld,
  OTHER_OPERATOR,
  type CreditWorld,
} from '../../support/credit-world';

let world: CreditWorld;
let monitoring: CreditMonitoring;
let decided: readonly LoanOutcome['decisionId'][];

const APRIL = new Date('2025-04-02T04:30:00Z');
const A_YEAR_LATER = new Date('2026-04-02T04:30:00Z');

/** Forty ask in March: half of them rich, a quarter of them young. */
beforeAll(async () => {
  world = await creditWorld();
  monitoring = world.creditMonitoring;
  const requests = [...Array(40).keys()].map((at) =>
    creditRequest({
      subject: `app_${at}`,
      applicant: {
        annualIncome: at % 2 === 0 ? 75_000 : 30_000,
        homeOwnership: at % 3 === 0 ? 'RENT' : 'OWN',
        age: at % 4 === 0 ? 22 : 40,
      },
    }),
  );
  const made = await world.write((tx) => world.credit.decideAll(tx, requests));
  decided = made.map(({ recorded }) => recorded.id);
});
afterAll(() => world?.close());
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});

const run = (at: Date) => world.write((tx) => monitoring.runFor(tx, at));
const reportOf = ({ report }: MonitoringRun) => report as unknown as MonitoringReport;
const told = (event: LoanOutcome['event'], on: string, some: readonly number[]) =>
  some.map((at) => ({ decisionId: decided[at]!, event, happenedOn: calendarDate(on) }));

describe('monitoring', () => {
  it('says nothing of a month before there were decisions', async () => {
    expect(await run(new Date('2025-03-02T04:30:00Z'))).toEqual([]);
  });

  it('overruled decisions are counted as they stand', async () => {
    const [first] = decided;
    const override = {
      outcome: 'decline',
      reason: 'fraud-suspected',
      note: 'False payslip',
    } as const;
    await world.write((tx) => world.credit.proposeOverride(tx, first!, override));
    await world.write(
      (tx) => world.credit.resolveOverride(tx, first!, { step: 'confirmed', note: 'Seen' }),
      { by: 'usr_bob' },
    );
    // Somebody who asked twice in the month counts once, as decided last.
    await world.write((tx) => world.credit.decide(tx, creditRequest({ subject: 'app_39' })));

    world.clock.moveTo(APRIL);
    const [made, ...rest] = await run(APRIL);
    expect(rest).toEqual([]);
    expect(made).toMatchObject({ monthOn: '2025-03-01', decisions: 40 });
    const report = reportOf(made!);
    expect(report.card).toEqual({ id: 'small', version: 1 });
    expect(report.overrides).toMatchObject({ overridden: 1, share: 0.025 });
    expect(report.overrides.swaps.reduce((sum, { rows }) => sum + rows, 0)).toBe(40);
  });

  it('counts by bin what the decisions say', async () => {
    const made = await world.read((db) => monitoring.list(db, { limit: 10 }));
    const { drifts, fairness } = reportOf(made[0]!);
    const home = drifts.find(({ name }) => name === 'homeOwnership');
    // The last of app_39 owns a home and is rich: 13 of 40 rent instead of 14.
    const renting = home?.bands.find(({ label }) => label === 'RENT');
    expect(renting).toMatchObject({ before: 0.25, now: 0.325 });
    const [age] = fairness;
    // Of the second decision on app_39 the age is not known.
    expect(age?.attribute).toBe('age');
    expect(age?.groups.map(({ group, rows }) => [group, rows])).toEqual([
      ['26 to 61', 29],
      ['under 26', 10],
    ]);
  });

  it('reports once, however often it runs', async () => {
    expect(await run(APRIL)).toEqual([]);
    expect(await world.read((db) => monitoring.list(db, { limit: 10 }))).toHaveLength(1);
  });

  it('judges loans that have lived a year, and not those that have not', async () => {
    const all = [...decided.keys()];
    await world.write((tx) =>
      monitoring.recordOutcomes(tx, [
        // Those of the last ten began so late that only their failures could be known.
        ...told('started', '2025-03-20', all.slice(0, 30)),
        ...told('started', '2025-06-01', all.slice(30, 39)),
        ...told('went-bad', '2025-05-25', [1, 3, 5]),
        ...told('went-bad', '2026-03-25', [7]),
        ...told('went-bad', '2025-07-15', [31, 33]),
        ...told('repaid', '2025-12-20', [2]),
      ]),
    );
    const again = told('went-bad', '2025-04-01', [1]);
    expect(await world.write((tx) => monitoring.recordOutcomes(tx, again))).toBe(0);

    world.clock.moveTo(A_YEAR_LATER);
    const [made] = await run(A_YEAR_LATER);
    const report = reportOf(made!);
    expect(made).toMatchObject({ monthOn: '2026-03-01', decisions: 0 });
    expect(report.pooled).toMatchObject({ rows: 30, bad: 3, badRate: 0.1 });
    expect(report.months.map(({ cohort }) => cohort)).toEqual(['2025-03']);
    expect(report.grades.reduce((sum, { rows }) => sum + rows, 0)).toBe(30);
    const [march, june] = report.vintages;
    expect(march).toMatchObject({ cohort: '2025-03', rows: 30 });
    expect(march?.cumulativeBad.map((share) => share * 30)).toEqual(
      [0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3].map((bad) => expect.closeTo(bad, 3) as number),
    );
    expect(june).toMatchObject({ cohort: '2025-06', rows: 9 });
    expect(june?.cumulativeBad).toHaveLength(9);
  });

  it('lists the newest month first, page by page', async () => {
    const months = (rows: readonly MonitoringRun[]) => rows.map(({ monthOn }) => monthOn);
    const first = await world.read((db) => monitoring.list(db, { limit: 1 }));
    expect(months(first)).toEqual(['2026-03-01']);
    const rest = await world.read((db) => monitoring.list(db, { limit: 5, after: first[0] }));
    expect(months(rest)).toEqual(['2025-03-01']);
    const alarms = await world.read((db) => monitoring.list(db, { limit: 5, verdict: 'alarm' }));
    expect(alarms.every(({ verdict }) => verdict === 'alarm')).toBe(true);
  });

  it('is of one operator', async () => {
    const strangers = world.read((db) => monitoring.list(db, { limit: 10 }), OTHER_OPERATOR);
    expect(await strangers).toEqual([]);
    const stolen = world.write(
      (tx) => monitoring.recordOutcomes(tx, told('repaid', '2025-12-20', [4])),
      { operatorId: OTHER_OPERATOR },
    );
    await expect(stolen).rejects.toThrow();
    const missing = { scorecardNo: 999, monthOn: calendarDate('2025-03-01') };
    await expect(world.read((db) => monitoring.get(db, missing))).rejects.toMatchObject({
      code: 'credit.report-not-found',
    });
  });

  it('counts, of several terms decided for one subject, the one that led to a loan', async () => {
    world.clock.moveTo(A_YEAR_LATER);
    const terms = ['app_lent', 'app_lost'].flatMap((subject) =>
      [36, 12, 24].map((termMonths) => creditRequest({ subject, termMonths })),
    );
    const made = await world.write((tx) => world.credit.decideAll(tx, terms));
    const [first, , , , second] = made.map(({ recorded }) => recorded.id);
    const day = calendarDate('2026-04-10');
    await world.write((tx) =>
      monitoring.recordOutcomes(tx, [
        { decisionId: first!, event: 'started', happenedOn: day },
        { decisionId: second!, event: 'started', happenedOn: day },
        { decisionId: second!, event: 'went-bad', happenedOn: calendarDate('2026-09-10') },
      ]),
    );
    const later = new Date('2027-06-02T04:30:00Z');
    world.clock.moveTo(later);
    const [run] = await world.write((tx) => monitoring.runFor(tx, later));
    expect(reportOf(run!).pooled).toMatchObject({ rows: 2, bad: 1 });
  });

  it('cannot be rewritten', async () => {
    for (const statement of [
      `UPDATE credit_monitoring_runs SET verdict = 'ok'`,
      'DELETE FROM credit_monitoring_runs',
      'DELETE FROM credit_outcomes',
    ]) {
      const scope = { operatorId: 1, actor: { kind: 'system', id: 'vandal' } } as const;
      const code = await world.test.owner
        .write(scope, (tx) => tx.execute(statement))
        .then(() => undefined, sqlState);
      expect([statement, code]).toEqual([statement, 'YC001']);
    }
  });
});
