import {
  NAME,
  NUMBER,
  SEEN,
  supervisionWorld,
  UNSEEN,
  type Caller,
  type SupervisionWorld,
} from '../support/supervision-world';

let world: SupervisionWorld;
let ada: Caller;
let reportId: string;

const REPORTS = `/v1/supervision/operators/${SEEN}/reports`;
const get = (path: string, as = ada) => world.send('get', path, as);
const post = (path: string, body: object = {}, as = ada) => world.send('post', path, as).send(body);

beforeAll(async () => {
  world = await supervisionWorld();
  ada = await world.supervisor('ada@authority.example');
  reportId = await world.report();
}, 120_000);

afterAll(() => world.close());

describe('a supervisor', () => {
  it('is a user of no operator', async () => {
    const { body } = await get('/v1/me').expect(200);
    expect(body).toMatchObject({ email: 'ada@authority.example', roles: ['regulator'] });
    expect(body.operator).toBeUndefined();
  });

  it('sees the operators of its remit, and no other', async () => {
    const { body } = await get('/v1/supervision/operators').expect(200);
    expect(body.items).toMatchObject([{ code: SEEN, line: 'equity' }]);
    await get(`/v1/supervision/operators/${SEEN}`).expect(200);
  });

  it.each([UNSEEN, 'nobody-at-all'])('is told of %s that there is none', async (code) => {
    const { body, status } = await get(`/v1/supervision/operators/${code}`);
    expect([status, body.code]).toEqual([404, 'supervision.operator-not-found']);
  });

  it('is let in nowhere else, whatever a regulator of an operator may read', async () => {
    for (const path of ['/v1/reports', '/v1/users', '/v1/ledger/integrity']) {
      const { body } = await get(path);
      expect([path, body.code]).toEqual([path, 'auth.role-required']);
    }
  });

  it('follows a figure to its rows, and has a report computed again', async () => {
    const figure = `${REPORTS}/${reportId}/figures/investors/drill-down`;
    const { body } = await get(figure).expect(200);
    expect(body.items).toMatchObject([{ values: { tier: 'non-accredited' } }]);
    const again = await get(`${REPORTS}/${reportId}/reproduction`).expect(200);
    expect(again.body.isEqual).toBe(true);
  });

  it('finds all it asked for written down, also by the operator', async () => {
    const own = await get('/v1/supervision/reads?limit=100').expect(200);
    const looks = own.body.items as { operator?: string; what: string; outcome: string }[];
    expect(looks).toContainEqual(
      expect.objectContaining({ operator: SEEN, what: 'reproduction', outcome: 'shown' }),
    );
    const refused = { what: 'overview', outcome: 'supervision.operator-not-found' };
    expect(looks).toContainEqual(expect.objectContaining({ ...refused, operator: UNSEEN }));
    expect(looks).toContainEqual(expect.objectContaining({ ...refused, subject: 'nobody-at-all' }));

    const overseen = await get('/v1/oversight/reads?limit=100', world.by('compliance'));
    expect(overseen.body.items.length).toBeGreaterThan(2);
    expect(new Set(overseen.body.items.map(({ operator }: never) => operator))).toEqual(
      new Set([SEEN]),
    );
    const attempts = await get('/v1/oversight/reads', world.by('compliance', 2)).expect(200);
    expect(attempts.body.items).toMatchObject([{ operator: UNSEEN, ...refused }]);
  });
});

describe('early warning', () => {
  const indicatorOf = (body: { indicators: { indicator: string }[] }, id: string) =>
    body.indicators.find(({ indicator }) => indicator === id);

  it('shows indicators of the latest report', async () => {
    const { body } = await get(`/v1/supervision/operators/${SEEN}`).expect(200);
    expect(body.report).toBe(reportId);
    expect(indicatorOf(body, 'cap-refusals')).toMatchObject({ value: '0', level: 'green' });
  });

  it('raises an alert once when a threshold is reached, and one when it is no longer', async () => {
    const at = '/v1/supervision/thresholds/cap-refusals';
    for (let times = 0; times < 2; times += 1) {
      const put = await world.send('put', at, ada).send({ amber: '0', red: '3' }).expect(200);
      expect(indicatorOf(put.body.items[0], 'cap-refusals')).toMatchObject({ level: 'amber' });
    }
    await world.send('put', at, ada).send({ operator: SEEN, red: '1' }).expect(200);
    const { body } = await get('/v1/supervision/alerts').expect(200);
    expect(body.items).toMatchObject([
      { operator: SEEN, indicator: 'cap-refusals', level: 'green', report: reportId },
      { operator: SEEN, indicator: 'cap-refusals', level: 'amber', value: '0', threshold: '0' },
    ]);
    const thresholds = await get('/v1/supervision/thresholds').expect(200);
    expect(thresholds.body.items).toMatchObject([
      { indicator: 'cap-refusals', amber: '0', red: '3' },
      { indicator: 'cap-refusals', operator: SEEN, red: '1' },
    ]);
  });

  it('keeps who has seen an alert, once, whatever is sent again under its key', async () => {
    const { body } = await get('/v1/supervision/alerts').expect(200);
    const { alertNo } = body.items[0] as { alertNo: string };
    const at = `/v1/supervision/operators/${SEEN}/alerts/${alertNo}/acknowledgement`;
    const keyed = () => post(at, { note: 'Settled by telephone' }).set('Idempotency-Key', 'seen-1');
    const first = await keyed().expect(201);
    expect(first.body).toMatchObject({ alertNo, acknowledged: { note: 'Settled by telephone' } });
    const again = await keyed().expect(201);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    expect((await post(at)).body.code).toBe('supervision.already-acknowledged');
    const stray = await post(at, { note: 'Another' }).set('Idempotency-Key', 'seen-1');
    expect(stray.body.code).toBe('idempotency.key-reused');
    const list = await get('/v1/supervision/alerts?limit=1');
    expect(list.body.items[0].acknowledged.note).toBe('Settled by telephone');
    const nobody = at.replace(`/${alertNo}/`, '/999/');
    expect((await post(nobody)).body.code).toBe('supervision.alert-not-found');
  });

  it('shows a colleague with another remit no operator that is not in it', async () => {
    const its = { operators: undefined, lines: ['lending'] };
    const dan = await world.supervisor('dan@authority.example', its);
    const { body } = await get('/v1/supervision/thresholds', dan).expect(200);
    expect(body.items).toMatchObject([{ indicator: 'cap-refusals', amber: '0' }]);
    const put = world.send('put', '/v1/supervision/thresholds/cap-refusals', dan);
    await put.send({ amber: '7' }).expect(200);
    const { body: own } = await get(`/v1/supervision/operators/${SEEN}`).expect(200);
    expect(indicatorOf(own, 'cap-refusals')).toMatchObject({ red: '1' });
    await world.send('put', '/v1/supervision/thresholds/par30', ada).send({ red: '0.1' });
    await world.send('put', '/v1/supervision/thresholds/par30', dan).send({ red: '0.9' });
    const { body: after } = await get(`/v1/supervision/operators/${SEEN}`);
    expect(indicatorOf(after, 'par30')).toMatchObject({ red: '0.1' });
  });

  it.each([
    { indicator: 'happiness', body: {}, code: 'supervision.indicator-not-found' },
    { indicator: 'par30', body: { amber: '0.2', red: '0.1' }, code: 'supervision.threshold-order' },
    { indicator: 'par30', body: { operator: UNSEEN }, code: 'supervision.operator-not-found' },
  ])('refuses a threshold with $code', async ({ indicator, body, code }) => {
    const at = `/v1/supervision/thresholds/${indicator}`;
    expect((await world.send('put', at, ada).send(body)).body.code).toBe(code);
  });
});

describe('personal data', () => {
  const request = () => ({
    operator: SEEN,
    subject: world.investor.id,
    reasonCode: 'complaint',
    reason: 'Complaint 17 names this investor.',
  });
  const seen = async () => {
    const path = `/v1/supervision/operators/${SEEN}/subjects/${world.investor.id}`;
    return (await get(path).expect(200)).body as { name?: string; identityNumber: string };
  };

  it('is masked', async () => {
    const { identityMasked } = world.investor;
    expect(identityMasked).not.toBe(NUMBER);
    expect(await seen()).toMatchObject({ kind: 'natural', identityNumber: identityMasked });
    expect((await seen()).name).toBeUndefined();
  });

  it('is shown to who gave a reason, for as long as was asked, and the operator is told', async () => {
    const { body: granted } = await post('/v1/supervision/unmask-requests', request()).expect(201);
    expect(granted.expiresAt).toBe(new Date(world.clock.now().getTime() + 3_600_000).toJSON());
    expect(await seen()).toMatchObject({ name: NAME, identityNumber: NUMBER });

    for (const [path, as] of [
      ['/v1/oversight/unmaskings', world.by('compliance')],
      ['/v1/supervision/unmask-requests', ada],
    ] as const) {
      const { body: list } = await get(path, as).expect(200);
      expect(list.items).toMatchObject([{ ...request(), id: granted.id }]);
    }
    world.clock.advance(3_600_000);
    expect((await seen()).identityNumber).toBe(world.investor.identityMasked);
  });

  it('of nobody there is is not found', async () => {
    const nobody = { ...request(), subject: `inv_01${'9'.padStart(24, '0')}` };
    const { body } = await post('/v1/supervision/unmask-requests', nobody);
    expect(body.code).toBe('supervision.subject-not-found');
  });
});

describe('a report', () => {
  const state = async (id = reportId): Promise<string> =>
    (await get(`${REPORTS}/${id}`).expect(200)).body.filing as string;

  it('is downloaded: who, when and which bytes is kept', async () => {
    expect(await state()).toBe('published');
    const file = await get(`${REPORTS}/${reportId}/files/manifest.json`).responseType('blob');
    expect(file.headers['content-disposition']).toContain('manifest.json');
    expect(await state()).toBe('downloaded');
    const { body } = await get(`${REPORTS}/${reportId}`);
    const taken = body.history.at(-1) as { sha256: string };
    expect(taken).toMatchObject({ event: 'downloaded', file: 'manifest.json' });
    const answers = await get('/v1/oversight/answers', world.by('compliance')).expect(200);
    expect(answers.body.items).toMatchObject([
      { report: reportId, kind: 'downloaded', sha256: taken.sha256 },
    ]);
  });

  it('is queried, acknowledged, then rejected, each once however often it is sent', async () => {
    const query = { reason: 'Which loan is this?', dueOn: '2026-04-01' };
    for (let times = 0; times < 2; times += 1) {
      const { body } = await post(`${REPORTS}/${reportId}/query`, query).expect(200);
      expect(body.filing).toBe('queried');
    }
    await post(`${REPORTS}/${reportId}/acknowledgement`).expect(200);
    const late = await post(`${REPORTS}/${reportId}/rejection`, { ...query, dueOn: '2026-03-10' });
    expect(late.body.code).toBe('supervision.already-expired');
    await post(`${REPORTS}/${reportId}/rejection`, query).expect(200);
    const after = await post(`${REPORTS}/${reportId}/acknowledgement`);
    expect([after.status, after.body.code]).toEqual([409, 'supervision.report-not-open']);
    const answers = await get('/v1/oversight/answers', world.by('compliance'));
    expect(answers.body.items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'rejected',
      'acknowledged',
      'queried',
      'downloaded',
    ]);
  });

  it('stands with another authority as that one left it', async () => {
    const other = await world
      .send('post', '/v1/supervision/authorities', world.by('platform'))
      .send({ name: 'Another', jurisdiction: 'US' })
      .expect(201);
    const bo = await world.supervisor('bo@another.example', {}, other.body.id as string);
    const seen = await get(`${REPORTS}/${reportId}`, bo).expect(200);
    expect(seen.body.filing).toBe('published');
  });

  it('is superseded by its restatement, which begins anew', async () => {
    world.clock.advance(120_000);
    const restated = await post(
      `/v1/reports/${reportId}/restate`,
      { reason: 'The authority asked' },
      world.by('compliance'),
    ).expect(201);
    expect(await state()).toBe('superseded');
    expect(await state(restated.body.id as string)).toBe('published');
  });
});

describe('access', () => {
  it('needs a remit that reaches the operators it names, and a day that is ahead', async () => {
    const stray = await world.invite('c@authority.example', { lines: ['lending'] });
    expect(stray.body.code).toBe('supervision.no-operator-in-remit');
    const past = await world.invite('c@authority.example', { expiresAt: '2026-03-01T00:00:00Z' });
    expect(past.body.code).toBe('supervision.already-expired');
  });

  it.each(['admin', 'compliance', 'regulator'] as const)('is not given by %s', async (role) => {
    const { status } = await world
      .send('post', '/v1/supervision/authorities', world.by(role))
      .send({ name: 'Mine', jurisdiction: 'US' });
    expect(status).toBe(403);
  });

  it('ends when somebody ends it, and begins anew with another remit', async () => {
    const eve = await world.supervisor('eve@authority.example');
    const { body } = await get('/v1/me', eve);
    const end = `/v1/supervision/supervisors/${body.id as string}/end`;
    await post(end, {}, world.by('platform')).expect(204);
    expect((await get('/v1/supervision/operators', eve)).status).toBe(401);
    expect((await world.logIn('eve@authority.example')).status).toBe(401);

    const remit = { jurisdictions: ['US'], lines: ['lending'], expiresAt: '2026-12-01T00:00:00Z' };
    const renewal = world.send('put', end.replace(/\/end$/, ''), world.by('platform'));
    expect((await renewal.send(remit).expect(200)).body.endedAt).toBeUndefined();
    const { accessToken } = (await world.logIn('eve@authority.example').expect(200)).body;
    const again: Caller = { authorization: `Bearer ${accessToken as string}` };
    const outside = await get(`/v1/supervision/operators/${SEEN}`, again);
    expect([outside.status, outside.body.code]).toEqual([404, 'supervision.operator-not-found']);
  });

  it('ends on its day, and the attempt is written down', async () => {
    world.clock.moveTo(new Date('2026-06-01T00:00:00Z'));
    const { body } = await get(`/v1/supervision/operators/${SEEN}`);
    expect(body.code).toBe('supervision.access-ended');
    const traces = await get('/v1/oversight/reads?limit=1', world.by('compliance'));
    expect(traces.body.items).toMatchObject([{ outcome: 'supervision.access-ended' }]);
    expect((await world.services.supervisorRunner.run()).ended).toBeGreaterThan(0);
    expect((await get('/v1/me')).status).toBe(401);
    await world.test.owner.write({ operatorId: 0, actor: { kind: 'system', id: 'test' } }, (tx) =>
      tx.execute(`UPDATE identity_sessions SET family_expires_at = '2000-01-01'`),
    );
    expect((await world.services.supervisorRunner.run()).forgotten).toBeGreaterThan(0);
    expect((await world.logIn('ada@authority.example')).status).toBe(401);
  });
});
