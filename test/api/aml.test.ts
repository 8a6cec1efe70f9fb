import request from 'supertest';
import { DAY_MS, HOUR_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { ROLES, type Role } from '../../src/platform/auth';
import { HUDSON } from '../../seeds/operators';
import type { House, Investor } from '../../seeds/world';
import { bearer } from '../support/application';
import { readXml, referenceFiles, referenceSchema } from '../support/schemas';
import { testWorld, type TestWorld } from '../support/world';

let running: TestWorld;
let hudson: House;
let splitter: Investor;
let passer: Investor;
let quiet: Investor;
let steady: Investor;
let listed: Investor;

/** Whatever somebody who is not an officer can read about a party, before anything is suspected. */
let before: readonly Seen[];

beforeAll(async () => {
  running = await testWorld('2025-03-03T15:00:00Z');
  hudson = await running.world.operator(HUDSON);
  splitter = await hudson.investor();
  passer = await hudson.investor();
  quiet = await hudson.investor({ cash: '20000.00' });
  steady = await hudson.investor();
  before = await seenByOthers(quiet);
  for (const [amount, times] of [
    ['4000.00', 3],
    ['4500.00', 3],
    ['3900.00', 0],
  ] as const) {
    await hudson.payIn(splitter, amount);
    for (let no = 0; no < times; no += 1) await hudson.payIn(steady, '4000.00');
    await running.world.moveBy(DAY_MS);
  }
  await hudson.payIn(passer, '6000.00');
  await hudson.withdraw(passer, '5900.00');
  await running.world.moveBy(3 * HOUR_MS);
  listed = await watchListed();
  await examine();
});
afterAll(() => running.end());

const jobs = () =>
  ({ operatorId: hudson.operator.id, actor: { kind: 'system', id: 'jobs' } }) as const;

async function examine(): Promise<void> {
  await running.world.moveBy(HOUR_MS);
  await running.database.write(jobs(), (tx) => running.world.services.amlExamination.examine(tx));
}

/** Somebody whose name is on a list, as the provider of the sandbox has it. */
async function watchListed(): Promise<Investor> {
  const person = running.world.cast.person('US');
  return hudson.investor({ person: { ...person, name: `${person.name} REVIEW` } });
}

const FIRST: Id<'usr'> = `usr_01${'1'.padStart(24, '0')}`;
const SECOND: Id<'usr'> = `usr_01${'2'.padStart(24, '0')}`;
const THIRD: Id<'usr'> = `usr_01${'3'.padStart(24, '0')}`;

function officer(id: Id<'usr'>): { readonly authorization: string } {
  const user = { id, operatorId: hudson.operator.id, roles: ['mlro'] as const };
  const { token } = running.world.app.platform.accessTokens.issue(user);
  return { authorization: `Bearer ${token}` };
}

const http = () => request(running.world.app.http);
const as = (role: Role) => bearer(running.world.app, [role], hudson.operator.id);
const get = (path: string, by = officer(FIRST)) => http().get(path).set(by);
/** The schema of the authority, on a machine that has it. */
const [xsd] = referenceFiles('goaml/5.0.2', 'goAMLSchema.xsd');
const goaml = xsd === undefined ? undefined : referenceSchema(`goaml/5.0.2/${xsd}`);
let keys = 0;
const post = (path: string, body: object, by = officer(FIRST)) =>
  http()
    .post(path)
    .set(by)
    .set('Idempotency-Key', `aml-${(keys += 1)}`)
    .send(body);

interface ShownAlert {
  readonly caseId: string;
  readonly subject: { readonly id: string };
  readonly rule: { readonly id: string; readonly citation: string };
  readonly values: Readonly<Record<string, string>>;
  readonly entries: readonly {
    readonly id: string;
    readonly kind: string;
    readonly entryNo?: string;
  }[];
}

async function alertsOf(subjectId?: string): Promise<readonly ShownAlert[]> {
  const { body } = await get('/v1/aml/alerts').expect(200);
  const items = body.items as readonly ShownAlert[];
  return items.filter(({ subject }) => subjectId === undefined || subject.id === subjectId);
}

describe('an alert', () => {
  it('is raised for amounts that stay below a threshold and together pass it', async () => {
    const [alert] = await alertsOf(splitter.id);
    expect(alert).toMatchObject({
      rule: { id: 'structuring', citation: expect.stringContaining('31 U.S.C. 5324') },
      policy: { id: 'general', version: 2 },
      values: {
        direction: 'deposit',
        count: '3',
        total: '12400.00 USD',
        threshold: '10000.00 USD',
        withinDays: '7',
      },
    });
    expect(alert?.entries.map(({ kind, entryNo }) => [kind, typeof entryNo])).toEqual([
      ['deposit', 'string'],
      ['deposit', 'string'],
      ['deposit', 'string'],
    ]);
  });

  it('is raised for money that goes out again with nothing invested', async () => {
    const [alert] = await alertsOf(passer.id);
    expect(alert).toMatchObject({
      rule: { id: 'rapid-in-out' },
      values: { paidIn: '6000.00 USD', paidOut: '5900.00 USD', invested: '0.00 USD' },
    });
  });

  it('is raised for a name on a watch list, and for nobody else', async () => {
    const all = await alertsOf();
    expect(all.map(({ rule }) => rule.id).toSorted()).toEqual([
      'rapid-in-out',
      'sanctions',
      'structuring',
      'structuring',
      'structuring',
    ]);
    expect(all.find(({ rule }) => rule.id === 'sanctions')?.values).toMatchObject({
      reasons: 'possible-watch-list',
      outcome: 'review',
    });
    expect(await alertsOf(quiet.id)).toEqual([]);
  });

  it('is raised once, however often the same facts are looked at', async () => {
    await examine();
    await hudson.payIn(splitter, '1000.00');
    await examine();
    expect(await alertsOf()).toHaveLength(5);
  });

  it('is raised again for what is new alone, as runs of every night would have', async () => {
    const alerts = await alertsOf(steady.id);
    expect(alerts.map(({ values }) => [values['count'], values['total']])).toEqual([
      ['3', '12000.00 USD'],
      ['3', '12000.00 USD'],
    ]);
    expect(new Set(alerts.flatMap(({ entries }) => entries.map(({ id }) => id))).size).toBe(6);
    expect(new Set(alerts.map(({ caseId }) => caseId)).size).toBe(1);
  });
});

describe('a case', () => {
  const REPORT = {
    entityId: 101,
    userCode: 'MLRO-1',
    reportCode: 'STR',
    reason: 'Deposits kept below the reporting threshold',
    action: 'The account is watched',
    localCurrency: 'USD',
    country: 'US',
    subject: { kind: 'person', firstName: 'Ada', lastName: 'Marsh' },
  };
  let path: string;

  beforeAll(async () => {
    const [alert] = await alertsOf(splitter.id);
    path = `/v1/aml/cases/${alert?.caseId}`;
  });

  it('is taken on, noted in, reported, and closed by a second officer alone', async () => {
    const { body: refused } = await post(`${path}/reports`, REPORT).expect(409);
    expect(refused.code).toBe('aml.case-status');
    await post(`${path}/review`, {}).expect(200);
    await post(`${path}/notes`, { note: 'Three deposits in three days.' }).expect(201);
    const proposal = { outcome: 'reported', reason: 'No lawful purpose is known.' };
    const { body: early } = await post(`${path}/proposal`, proposal).expect(409);
    expect(early.code).toBe('aml.report-missing');
    const { body: reported } = await post(`${path}/reports`, REPORT).expect(201);
    expect(reported.reports).toMatchObject([{ code: 'STR', isValidated: false }]);
    await post(`${path}/proposal`, proposal).expect(200);
    const decision = { isApproved: true, reason: 'Agreed.' };
    const { body: own } = await post(`${path}/decision`, decision).expect(403);
    expect(own.code).toBe('aml.four-eyes');
    const both = await Promise.all(
      [SECOND, THIRD].map((id) => post(`${path}/decision`, decision, officer(id))),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { body } = await get(path).expect(200);
    expect(body).toMatchObject({ status: 'reported', subjectName: splitter.name });
    expect(body.steps.map(({ step }: { step: string }) => step)).toEqual([
      'opened',
      'alert-added',
      'taken',
      'note',
      'report-made',
      'outcome-proposed',
      'reported',
    ]);
  });

  it('keeps its report as it was made: each deposit a transaction', async () => {
    const { body } = await get(path).expect(200);
    const { text, body: bytes } = await get(`${path}/reports/${body.reports[0].id}`).expect(200);
    const root = readXml(Buffer.isBuffer(bytes) ? bytes.toString('utf8') : text);
    expect(goaml?.validate(root) ?? []).toEqual([]);
    const amounts = root.children
      .filter(({ name }) => name === 'transaction')
      .map(({ children }) => children.find(({ name }) => name === 'amount_local')?.text);
    expect(amounts.toSorted()).toEqual(['3900.00', '4000.00', '4500.00']);
    expect(root.children.find(({ name }) => name === 'rentity_id')?.text).toBe('101');
  });

  it('may be dismissed by two, or go back to whoever looks into it', async () => {
    const [alert] = await alertsOf(passer.id);
    const other = `/v1/aml/cases/${alert?.caseId}`;
    await post(`${other}/review`, {}).expect(200);
    const proposal = { outcome: 'dismissed', reason: 'A house was bought after all.' };
    await post(`${other}/proposal`, proposal).expect(200);
    const no = { isApproved: false, reason: 'Show the deed.' };
    const { body: back } = await post(`${other}/decision`, no, officer(SECOND)).expect(200);
    expect([back.status, back.proposal]).toEqual(['under-review', undefined]);
    await post(`${other}/proposal`, proposal).expect(200);
    // News of the night: what was proposed knew nothing of them, and is off.
    await hudson.payIn(passer, '9000.00');
    await hudson.withdraw(passer, '8900.00');
    await running.world.moveBy(3 * HOUR_MS);
    await examine();
    const { body: news } = await get(other).expect(200);
    expect([news.alerts.length, news.status, news.proposal]).toEqual([
      2,
      'under-review',
      undefined,
    ]);
    await post(`${other}/proposal`, proposal).expect(200);
    const yes = { isApproved: true, reason: 'Seen.' };
    const { body } = await post(`${other}/decision`, yes, officer(SECOND)).expect(200);
    expect(body.status).toBe('dismissed');
    const { body: queue } = await get('/v1/aml/cases?status=open').expect(200);
    expect(queue.items).toHaveLength(2);
  });

  it('that is closed stays as it is, also for whoever writes past the service', async () => {
    const change = running.database.write(jobs(), async (tx) => {
      await tx.query("SELECT set_config('app.aml_clearance', 'on', true)");
      await tx.execute(`UPDATE aml_cases SET status = 'under-review', closed_at = NULL,
        decided_by = NULL WHERE closed_at IS NOT NULL`);
    });
    await expect(change).rejects.toThrow('has ended');
  });
});

describe('nobody is tipped off', () => {
  it.each(ROLES.filter((role) => role !== 'mlro'))('the API tells %s nothing', async (role) => {
    for (const path of [
      '/v1/aml/alerts',
      '/v1/aml/cases',
      '/v1/aml/cases/amc_01AAAAAAAAAAAAAAAAAAAAAAAA',
    ]) {
      const { body } = await get(path, as(role)).expect(403);
      expect(body.code).toBe('auth.role-required');
    }
  });

  it('what a suspect and staff can read is what they can read of somebody who is none', async () => {
    expect(before.every(({ status }) => status === 200)).toBe(true);
    for (const suspect of [splitter, passer, steady]) {
      const after = await seenByOthers(suspect);
      expect(after.map(shapeOf)).toEqual(before.map(shapeOf));
    }
  });

  it('whose name is on a list is told of a review, and staff why', async () => {
    const [own, staff] = (await seenByOthers(listed)).filter(({ path }) =>
      path.endsWith('/verification'),
    );
    expect(own?.body).toMatchObject({ status: 'review', reasons: [] });
    expect(staff?.body).toMatchObject({ reasons: ['possible-watch-list'] });
  });

  it('neither audit trail, outbox nor runs of jobs speak of it', async () => {
    const scope = {
      operatorId: hudson.operator.id,
      actor: { kind: 'system', id: 'test' },
    } as const;
    const [row] = await running.owner.read(scope, (db) =>
      db.query<{ n: bigint }>(
        `SELECT (SELECT count(*) FROM platform_audit_records r
               WHERE to_jsonb(r)::text ~* '(aml|suspic|amc_|alt_|amr_)')
            + (SELECT count(*) FROM platform_outbox_events e
               WHERE to_jsonb(e)::text ~* '(aml|suspic|amc_|alt_|amr_)') AS n`,
      ),
    );
    expect(Number(row?.n)).toBe(0);
  });

  it('the database shows no row to a transaction that is not an officer’s', async () => {
    const tables = ['aml_alerts', 'aml_cases', 'aml_case_steps', 'aml_reports', 'aml_watermarks'];
    for (const table of tables) {
      const [row] = await hudson.read((db) =>
        db.query<{ n: bigint }>(`SELECT count(*) AS n FROM ${table}`),
      );
      expect([table, Number(row?.n)]).toEqual([table, 0]);
    }
  });
});

interface Seen {
  readonly path: string;
  readonly status: number;
  readonly body: object;
}

/** The file, the cash and the payments of an investor, in their own eyes and in those of staff. */
async function seenByOthers({ id, userId, partyId }: Investor): Promise<readonly Seen[]> {
  const user = {
    id: userId,
    operatorId: hudson.operator.id,
    roles: ['investor'] as const,
    partyId,
  };
  const own = {
    authorization: `Bearer ${running.world.app.platform.accessTokens.issue(user).token}`,
  };
  const file = [`/v1/investors/${id}`, `/v1/investors/${id}/verification`];
  const money = [`/v1/investors/${id}/returns`, '/v1/complaints'];
  const reads = [
    ...[...file, ...money, '/v1/deposits', '/v1/withdrawals', '/v1/cash'].map((path) => ({
      path,
      eye: own,
    })),
    ...[as('compliance'), as('admin')].flatMap((eye) => file.map((path) => ({ path, eye }))),
  ];
  const seen: Seen[] = [];
  for (const { path, eye } of reads) {
    const { status, body } = await get(path, eye);
    seen.push({ path, status, body });
  }
  return seen;
}

/** What stands in an answer beside the facts of the party themselves. */
function shapeOf({ path, status, body }: Seen): unknown {
  const plain = Object.entries(body).filter(([, value]) => typeof value !== 'object');
  const standing = plain.filter(([name]) => ['status', 'verification', 'tier'].includes(name));
  return {
    path: path.replace(/inv_\w+/, '{id}'),
    status,
    names: Object.keys(body).toSorted(),
    standing,
  };
}
