import request from 'supertest';
import { calendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { creditRoutes } from '../../src/modules/credit';
import type { Role } from '../../src/platform/auth';
import {
  creditRequest,
  creditWorld,
  OPERATOR,
  OTHER_OPERATOR,
  type CreditWorld,
} from '../support/credit-world';
import { smallApp } from '../support/small-app';

let world: CreditWorld;
let api: ReturnType<typeof smallApp>;
let scorecardNo: number;

const ADA = 'usr_01JTVST7XAES5BXHWZN4KR4VEZ' as Id<'usr'>;

function get(
  path: string,
  { role = 'compliance', operatorId = OPERATOR }: { role?: Role; operatorId?: number } = {},
): request.Test {
  const user = { id: ADA, operatorId, roles: [role] };
  return request(api.app).get(`/v1/credit/${path}`).set('Authorization', api.bearer(user));
}

/** Sixty decisions in March, loans from half of them, and the reports of April and of a year on. */
beforeAll(async () => {
  world = await creditWorld();
  // Views are strict: a figure that no view declares would be an error.
  api = smallApp(creditRoutes(world), { database: world.test.database, strictReplies: true });
  const decided = await world.write((tx) =>
    world.credit.decideAll(
      tx,
      [...Array(60).keys()].map((at) =>
        creditRequest({
          subject: `app_${at}`,
          applicant: { annualIncome: at * 1_500, homeOwnership: 'OWN', age: 20 + at },
        }),
      ),
    ),
  );
  scorecardNo = decided[0]!.recorded.scorecardNo;
  const ids = decided.map(({ recorded }) => recorded.id);
  await world.write((tx) =>
    world.creditMonitoring.recordOutcomes(tx, [
      ...ids.slice(0, 30).map((decisionId) => ({
        ...{ decisionId, event: 'started' as const },
        happenedOn: calendarDate('2025-03-20'),
      })),
      ...ids.slice(0, 4).map((decisionId) => ({
        ...{ decisionId, event: 'went-bad' as const },
        happenedOn: calendarDate('2025-09-20'),
      })),
    ]),
  );
  for (const on of ['2025-04-02T04:30:00Z', '2026-04-02T04:30:00Z']) {
    world.clock.moveTo(on);
    await world.write((tx) => world.creditMonitoring.runFor(tx, new Date(on)));
  }
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

describe('GET /v1/credit/monitoring', () => {
  it('lists reports, the newest month first, page by page', async () => {
    const { body } = await get('monitoring?limit=1').expect(200);
    expect(body.items).toMatchObject([{ month: '2026-03', scorecardNo, decisions: 0 }]);
    const rest = await get(`monitoring?limit=1&after=${body.next}`).expect(200);
    expect(rest.body.items).toMatchObject([{ month: '2025-03', decisions: 60 }]);
    expect(rest.body.next).toBeUndefined();
  });

  it('says why where a verdict is not ok', async () => {
    const { body } = await get('monitoring').expect(200);
    for (const { verdict, reasons } of body.items as {
      verdict: string;
      reasons: { level: string }[];
    }[]) {
      expect(reasons.length > 0).toBe(verdict !== 'ok');
      expect(reasons.some(({ level }) => level === 'alarm')).toBe(verdict === 'alarm');
    }
  });

  it.each(['compliance', 'regulator', 'admin'] as const)('is open to %s', async (role) => {
    await get('monitoring', { role }).expect(200);
  });

  it.each(['investor', 'issuer'] as const)('is closed to %s', async (role) => {
    await get('monitoring', { role }).expect(403);
  });

  it('shows nothing of another operator', async () => {
    const { body } = await get('monitoring', { operatorId: OTHER_OPERATOR }).expect(200);
    expect(body.items).toEqual([]);
    await get(`monitoring/${scorecardNo}/2025-03`, { operatorId: OTHER_OPERATOR }).expect(404);
  });
});

describe('GET /v1/credit/monitoring/{scorecardNo}/{month}', () => {
  it('is the whole report, also of a month without outcomes', async () => {
    const { body } = await get(`monitoring/${scorecardNo}/2025-03`).expect(200);
    const { report } = body;
    expect(report).toMatchObject({
      month: '2025-03',
      card: { id: 'small', version: 1 },
      decisions: 60,
      overrides: { overridden: 0 },
      months: [],
    });
    expect(report.drifts.map(({ name }: { name: string }) => name)).toEqual([
      'annualIncome',
      'homeOwnership',
    ]);
    // Nobody's loan has an outcome yet: what cannot be reckoned is left out.
    expect(report.pooled).not.toHaveProperty('auc');
  });

  it('holds outcomes against probabilities a year later', async () => {
    const { body } = await get(`monitoring/${scorecardNo}/2026-03`).expect(200);
    const { pooled, grades, vintages, fairness } = body.report;
    expect(pooled).toMatchObject({ rows: 30, bad: 4 });
    expect(pooled.auc).toBeGreaterThan(0.5);
    expect(grades.length).toBeGreaterThan(0);
    expect(vintages).toMatchObject([{ cohort: '2025-03', rows: 30 }]);
    expect(vintages[0].cumulativeBad.at(-1)).toBeCloseTo(4 / 30, 5);
    expect(fairness[0].groups).toHaveLength(3);
  });

  it.each([
    { path: '1/2025-13', status: 400 },
    { path: 'one/2025-03', status: 400 },
    { path: '999/2025-03', status: 404 },
  ])('answers $path with $status', async ({ path, status }) => {
    await get(`monitoring/${path}`).expect(status);
  });
});
