import request from 'supertest';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { labelRoutes, ReportLabels } from '../../src/modules/reporting';
import { EU_OPERATOR } from '../support/offering-regimes';
import { reportWorld, type ReportWorld } from '../support/report-world';
import { smallApp } from '../support/small-app';

let world: ReportWorld;
let small: ReturnType<typeof smallApp>;
let id: string;
let offeringId: string;

const userOf = (role: Role, operatorId = EU_OPERATOR): AuthenticatedUser => ({
  id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ',
  operatorId,
  roles: [role],
});

const get = (path: string, user = userOf('regulator')) =>
  request(small.app).get(path).set('Authorization', small.bearer(user));

const post = (path: string, body: object, user = userOf('compliance')) =>
  request(small.app).post(path).set('Authorization', small.bearer(user)).send(body);

beforeAll(async () => {
  world = await reportWorld();
  const { loan } = await world.active({ parts: ['500.00'] });
  offeringId = loan.offeringId;
  await world.live(3);
  const labels = labelRoutes({ reportLabels: new ReportLabels(world) });
  small = smallApp([...world.reportRoutes, ...labels], {
    database: world.test.database,
    strictReplies: true,
  });
  const made = await post('/v1/reports', { template: 'platform-risk-daily' });
  expect(made.status).toBe(201);
  id = made.body.id as string;
}, 240_000);

afterAll(() => world.end());

describe('a supervisor', () => {
  it('finds the report, its files and who took them', async () => {
    const list = await get('/v1/reports?template=platform-risk-daily');
    expect(list.body.items).toMatchObject([{ id, state: 'published' }]);
    const file = await get(`/v1/reports/${id}/files/manifest.json`).responseType('blob');
    expect(file.status).toBe(200);
    expect(file.headers['content-disposition']).toContain('manifest.json');
    const { body } = await get(`/v1/reports/${id}`);
    expect(body.history.at(-1)).toMatchObject({ event: 'downloaded', file: 'manifest.json' });
  });

  it('follows a figure to its rows', async () => {
    const { body } = await get(
      `/v1/reports/${id}/figures/outstanding/drill-down?cell=currency=EUR&limit=1`,
    );
    expect(body.items).toMatchObject([{ values: { outstanding_minor: '500.00' } }]);
    const none = await get(`/v1/reports/${id}/figures/outstanding/drill-down?cell=grade=A`);
    expect(none.body.code).toBe('reporting.figure-not-found');
  });

  it('has the report computed again', async () => {
    const { body } = await get(`/v1/reports/${id}/reproduction`);
    expect(body.isEqual).toBe(true);
  });

  it('leaves a trace of every look', async () => {
    const [row] = await world.read((db) =>
      db.query<{ looks: bigint }>(
        `SELECT count(*) AS looks FROM platform_audit_records
         WHERE action = 'report.read-by-regulator'`,
      ),
    );
    expect(row?.looks).toBeGreaterThanOrEqual(5n);
  });

  it('restates nothing', async () => {
    const { status } = await post(
      `/v1/reports/${id}/restate`,
      { reason: 'Because' },
      userOf('regulator'),
    );
    expect(status).toBe(403);
  });
});

test('nobody sees the report of another operator, and an investor sees none', async () => {
  const other = await get(`/v1/reports/${id}`, userOf('regulator', EU_OPERATOR + 1));
  expect(other.body.code).toBe('reporting.report-not-found');
  expect((await get('/v1/reports', userOf('investor'))).status).toBe(403);
});

test('compliance restates a report once', async () => {
  world.clock.advance(120_000);
  const body = { reason: 'A mistake was found' };
  const first = await post(`/v1/reports/${id}/restate`, body);
  expect(first.body).toMatchObject({ state: 'published', supersedes: id, reason: body.reason });
  const second = await post(`/v1/reports/${id}/restate`, body);
  expect(second.body.code).toBe('reporting.already-restated');
});

test('compliance says of which sector a project is, and everybody who reads reports sees it', async () => {
  const put = (subject: string, label: string, value: string, role: Role = 'compliance') =>
    request(small.app)
      .put(`/v1/report-labels/${subject}/${label}`)
      .set('Authorization', small.bearer(userOf(role)))
      .send({ value });
  expect((await put(offeringId, 'nace-section', 'C')).status).toBe(200);
  expect((await put(offeringId, 'nace-section', 'D')).body.items).toMatchObject([{ value: 'D' }]);
  expect((await put(offeringId, 'nace-section', '62')).body.code).toBe('reporting.not-a-value');
  expect((await put(offeringId, 'related-party', 'yes')).body.code).toBe('reporting.not-a-value');
  const nobody = 'iss_01JTVST7XAES5BXHWZN4KR4VEZ';
  expect((await put(nobody, 'related-party', 'yes')).body.code).toBe('reporting.subject-not-found');
  expect((await put(offeringId, 'nace-section', 'C', 'regulator')).status).toBe(403);
  const { body } = await get(`/v1/report-labels/${offeringId}`);
  expect(body.items).toMatchObject([{ label: 'nace-section', value: 'D' }]);
});
