import request from 'supertest';
import { z } from 'zod';
import { Money } from '../../../src/kernel/money';
import { problemCatalogue } from '../../../src/kernel/problem';
import {
  fileView,
  idInput,
  liveRoutes,
  moneyInput,
  moneyView,
  noContent,
  pageQuery,
  route,
  type Route,
} from '../../../src/platform/http';
import { INVESTOR, ScopeRecorder, smallApp } from '../../support/small-app';

const labels = { tag: 'Tests', summary: 'For this test' } as const;
const OFFERING = 'off_01JTVST7XAES5BXHWZN4KR4VEZ';
const testProblem = problemCatalogue('tests', {
  refused: { kind: 'conflict', title: 'It was refused' },
  closed: { kind: 'unavailable', title: 'It is closed' },
});

const echo = route({
  ...labels,
  method: 'post',
  path: '/v1/echo',
  access: 'public',
  body: z.strictObject({
    amount: moneyInput,
    note: z.string().max(20).optional(),
    deep: z.array(z.strictObject({ x: z.int() })).optional(),
  }),
  replies: { 200: z.object({ amount: moneyView, note: z.string().optional() }) },
  run: async ({ body }) => ({ status: 200, body: { amount: body.amount, note: body.note } }),
});

/** A public route that does what it is told to. */
function acting(run: NonNullable<Route['run']>, replies: Route['replies'] = {}): Route {
  return {
    ...labels,
    method: 'get',
    path: '/v1/act',
    access: 'public',
    replies: { 200: z.object({ ok: z.boolean() }), ...replies },
    run,
  };
}

const EUR = { amount: '1250.00', currency: 'EUR' };

describe('a body', () => {
  const { app } = smallApp([echo]);
  const post = () => request(app).post('/v1/echo');

  it('is parsed into domain values and answered through the view', async () => {
    const response = await post().send({ amount: EUR, note: 'x' });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ amount: EUR, note: 'x' });
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each([
    { what: 'an unknown field', body: { amount: EUR, role: 'admin' }, pointer: '/body/role' },
    {
      what: 'an unknown field deep down',
      body: { amount: EUR, deep: [{ x: 1, 'a/b': 1 }] },
      pointer: '/body/deep/0/a~1b',
    },
    {
      what: 'an unknown field in money',
      body: { amount: { ...EUR, scale: 2 } },
      pointer: '/body/amount/scale',
    },
    {
      what: 'too many digits',
      body: { amount: { ...EUR, amount: '1.005' } },
      pointer: '/body/amount/amount',
    },
    {
      what: 'a number for an amount',
      body: { amount: { ...EUR, amount: 1 } },
      pointer: '/body/amount/amount',
    },
    {
      what: 'an exponent',
      body: { amount: { ...EUR, amount: '1e3' } },
      pointer: '/body/amount/amount',
    },
    {
      what: 'a negative amount',
      body: { amount: { ...EUR, amount: '-1' } },
      pointer: '/body/amount/amount',
    },
    {
      what: 'another currency',
      body: { amount: { ...EUR, currency: 'XXX' } },
      pointer: '/body/amount/currency',
    },
    { what: 'a missing field', body: {}, pointer: '/body/amount' },
    { what: 'a list for an object', body: [], pointer: '/body' },
    { what: 'NUL in text', body: { amount: EUR, note: 'a\0b' }, pointer: '/body/note' },
    {
      what: 'half a surrogate pair',
      body: { amount: EUR, note: 'a\ud800' },
      pointer: '/body/note',
    },
  ])('with $what is refused with a pointer to it', async ({ body, pointer }) => {
    const response = await post().send(body);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer }] });
  });

  it.each([
    { what: 'half an object', body: '{"amount":', code: 'request.malformed-json' },
    { what: 'not UTF-8', body: Buffer.from([0x7b, 0xff, 0x7d]), code: 'request.malformed-json' },
    {
      what: 'depth without end',
      body: '['.repeat(100_000) + ']'.repeat(100_000),
      code: 'request.invalid',
    },
    { what: 'a list without end', body: `[${'1,'.repeat(20_000)}1]`, code: 'request.invalid' },
    { what: 'a prototype', body: '{"__proto__":{"isAdmin":true}}', code: 'request.invalid' },
    { what: 'nothing', body: '', code: 'request.invalid' },
  ])('of $what is refused', async ({ body, code }) => {
    const response = await post()
      .type('application/json')
      .serialize((sent) => sent as string)
      .send(body);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code });
  });

  it.each([
    { what: 'a form', type: 'application/x-www-form-urlencoded' },
    { what: 'text', type: 'text/plain' },
    { what: 'another charset', type: 'application/json; charset=latin1' },
    { what: 'XML', type: 'application/xml' },
  ])('as $what is refused with 415', async ({ type }) => {
    const response = await post().set('Content-Type', type).send('{"amount":1}');
    expect(response.status).toBe(415);
    expect(response.body).toMatchObject({ code: 'request.unsupported-media-type' });
  });

  it('that is compressed is refused with 415', async () => {
    const response = await post().type('json').set('Content-Encoding', 'gzip').send('{}');
    expect(response.status).toBe(415);
  });

  it('of more than 256 kB is refused with 413, announced or not', async () => {
    const text = JSON.stringify({ amount: EUR, note: 'x'.repeat(300_000) });
    const announced = await post().type('json').send(text);
    expect(announced.status).toBe(413);
    expect(announced.body).toMatchObject({ code: 'request.body-too-large' });
    const server = app.listen(0);
    const { port } = server.address() as { port: number };
    const chunked = await fetch(`http://127.0.0.1:${port}/v1/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([text]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
    await chunked.text();
    server.close();
  });

  it('is not taken where none is declared', async () => {
    const bare = route({
      ...labels,
      method: 'post',
      path: '/v1/bare',
      access: 'public',
      replies: { 204: noContent },
      run: async () => ({ status: 204 }),
    });
    const { app: bareApp } = smallApp([bare]);
    expect((await request(bareApp).post('/v1/bare')).status).toBe(204);
    expect((await request(bareApp).post('/v1/bare').send({})).status).toBe(204);
    expect((await request(bareApp).post('/v1/bare').send({ x: 1 })).status).toBe(400);
  });
});

describe('path and query', () => {
  const list = route({
    ...labels,
    method: 'get',
    path: '/v1/offerings',
    access: 'public',
    query: pageQuery,
    replies: { 200: z.object({ limit: z.int(), after: z.string().optional() }) },
    run: async ({ query }) => ({ status: 200, body: query }),
  });
  const one = route({
    ...labels,
    method: 'get',
    path: '/v1/offerings/{id}',
    access: 'public',
    params: z.strictObject({ id: idInput('off') }),
    replies: { 200: z.object({ id: z.string() }) },
    run: async ({ params }) => ({ status: 200, body: params }),
  });
  const mine = acting(async () => ({ status: 200, body: { ok: true } }));
  const { app } = smallApp([one, list, { ...mine, path: '/v1/offerings/mine' }]);

  it('are parsed, with 25 items when nothing is said', async () => {
    expect((await request(app).get('/v1/offerings')).body).toEqual({ limit: 25 });
    const asked = await request(app).get('/v1/offerings?limit=100&after=x');
    expect(asked.body).toEqual({ limit: 100, after: 'x' });
    expect((await request(app).get(`/v1/offerings/${OFFERING}`)).body).toEqual({ id: OFFERING });
  });

  it('prefer a literal segment to a parameter', async () => {
    expect((await request(app).get('/v1/offerings/mine')).body).toEqual({ ok: true });
  });

  it.each([
    { path: '/v1/offerings?limit=101', pointer: '/query/limit' },
    { path: '/v1/offerings?limit=0', pointer: '/query/limit' },
    { path: '/v1/offerings?limit=1e1', pointer: '/query/limit' },
    { path: '/v1/offerings?limit=', pointer: '/query/limit' },
    { path: '/v1/offerings?limit=1&limit=2', pointer: '/query/limit' },
    { path: '/v1/offerings?sort=x', pointer: '/query/sort' },
    { path: '/v1/offerings?after=a%00', pointer: '/query/after' },
    { path: '/v1/offerings/usr_01JTVST7XAES5BXHWZN4KR4VEZ', pointer: '/params/id' },
    { path: '/v1/offerings/off_1', pointer: '/params/id' },
    { path: '/v1/offerings/mine?x=1', pointer: '/query/x' },
  ])('$path is refused', async ({ path, pointer }) => {
    const response = await request(app).get(path);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer }] });
  });

  it('with broken escapes are refused', async () => {
    expect((await request(app).get('/v1/offerings/%E0%A4%A')).status).toBe(400);
  });
});

describe('a path', () => {
  const { app } = smallApp([echo]);

  it('nobody declared is 404, with the problem and nothing of the query', async () => {
    const response = await request(app).get('/v1/nothing?email=a@b.example');
    expect(response.status).toBe(404);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.body).toEqual({
      type: '/problems/request.unknown-path',
      title: 'There is nothing at this path',
      status: 404,
      instance: '/v1/nothing',
      code: 'request.unknown-path',
      requestId: response.headers['x-request-id'],
    });
  });

  it('matches to the letter', async () => {
    expect((await request(app).post('/v1/ECHO').send({})).status).toBe(404);
    expect((await request(app).post('/v1/echo/').send({})).status).toBe(404);
  });

  it.each(['get', 'put', 'patch', 'delete', 'options', 'trace', 'propfind'] as const)(
    'answers %s with 405 and what it does take',
    async (method) => {
      const response = await request(app)[method]('/v1/echo');
      expect(response.status).toBe(405);
      expect(response.headers['allow']).toBe('POST');
      expect(response.body).toMatchObject({ code: 'request.method-not-allowed' });
    },
  );
});

describe('access', () => {
  const database = new ScopeRecorder();
  const who = route({
    ...labels,
    method: 'get',
    path: '/v1/me',
    access: { roles: ['investor', 'issuer'] },
    replies: { 200: z.object({ id: z.string(), operatorId: z.int() }) },
    read: async (_db, { user, operatorId }) => ({ status: 200, body: { id: user.id, operatorId } }),
  });
  const open = route({
    ...labels,
    method: 'post',
    path: '/v1/operators/{operator}/knock',
    access: 'public',
    params: z.strictObject({ operator: z.enum(['3']) }),
    operator: ({ params }) => Number(params.operator),
    replies: { 204: noContent },
    write: async () => ({ status: 204 }),
  });
  const { app, bearer, clock } = smallApp([who, open], { database });

  it('is given to a token with a fitting role, in the scope of its operator', async () => {
    const response = await request(app).get('/v1/me').set('Authorization', bearer());
    expect(response.body).toEqual({ id: INVESTOR.id, operatorId: 7 });
    expect(database.scopes.at(-1)).toEqual({
      mode: 'read',
      operatorId: 7,
      actor: { kind: 'user', id: INVESTOR.id },
    });
  });

  it('on a public route is anonymous, in the scope the request names', async () => {
    await request(app)
      .post('/v1/operators/3/knock')
      .set('Authorization', 'Bearer junk')
      .expect(204);
    expect(database.scopes.at(-1)).toEqual({
      mode: 'write',
      operatorId: 3,
      actor: { kind: 'system', id: 'anonymous' },
    });
  });

  it.each([
    { header: undefined, code: 'auth.missing-token' },
    { header: 'Basic YTpi', code: 'auth.missing-token' },
    { header: 'Bearer ', code: 'auth.missing-token' },
    { header: 'Bearer junk', code: 'auth.invalid-token' },
  ])('with $header is refused', async ({ header, code }) => {
    const asked = request(app).get('/v1/me');
    const response = await (header === undefined ? asked : asked.set('Authorization', header));
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body).toMatchObject({ code });
  });

  it('without a fitting role is forbidden', async () => {
    const auditor = { ...INVESTOR, roles: ['regulator'] } as const;
    const response = await request(app).get('/v1/me').set('Authorization', bearer(auditor));
    expect(response.status).toBe(403);
    expect(response.body).toMatchObject({
      code: 'auth.role-required',
      detail: 'This needs: investor, issuer.',
    });
  });

  it('ends with the token', async () => {
    const token = bearer();
    clock.advance(600_000);
    const response = await request(app).get('/v1/me').set('Authorization', token);
    expect(response.body).toMatchObject({ status: 401, code: 'auth.expired-token' });
  });
});

describe('a failure', () => {
  it.each([
    { error: testProblem('refused', { detail: 'Full.' }), status: 409, code: 'tests.refused' },
    { error: testProblem('closed', { retryAfterSeconds: 60 }), status: 503, code: 'tests.closed' },
    {
      error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      status: 503,
      code: 'service.unavailable',
    },
    {
      error: Object.assign(new Error('x'), { code: '57P01' }),
      status: 503,
      code: 'service.unavailable',
    },
    {
      error: new Error('Connection terminated unexpectedly'),
      status: 503,
      code: 'service.unavailable',
    },
    {
      error: Object.assign(new Error('x'), { name: 'KnexTimeoutError' }),
      status: 503,
      code: 'service.unavailable',
    },
    { error: Object.assign(new Error('x'), { code: '53300' }), status: 503, code: 'service.busy' },
    { error: Object.assign(new Error('x'), { code: '40P01' }), status: 503, code: 'service.busy' },
    { error: new Error('secret of the house'), status: 500, code: 'internal' },
    { error: 'a thrown string', status: 500, code: 'internal' },
  ])('of $error is answered $status $code', async ({ error, status, code }) => {
    const { app, logged } = smallApp([acting(() => Promise.reject(error as Error))]);
    const response = await request(app).get('/v1/act');
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code, instance: '/v1/act' });
    expect(response.text).not.toContain('secret');
    expect(response.headers['retry-after'] !== undefined).toBe(status === 503);
    expect(logged().includes('"level":"error"')).toBe(status === 500);
  });

  it('carries findings as the rule gave them', async () => {
    const findings = [
      { rule: 'investor-limit', citation: '17 CFR 227.100', message: 'No.', left: '0.00' },
    ];
    const { app } = smallApp([acting(() => Promise.reject(testProblem('refused', { findings })))]);
    expect((await request(app).get('/v1/act')).body).toMatchObject({ findings });
  });
});

describe('a reply', () => {
  const ok = { status: 200, body: { ok: true } };

  it('holds only what its view names', async () => {
    const leaky = acting(async () => ({ status: 200, body: { ok: true, passwordHash: 'x' } }));
    const { app } = smallApp([leaky]);
    expect((await request(app).get('/v1/act')).body).toEqual({ ok: true });
  });

  it('fails in tests when it says more, or else, than its route declares', async () => {
    const cases = [
      { reply: { status: 200, body: { ok: true, extra: 1 } }, says: 'undeclared field extra' },
      { reply: { status: 200, body: { ok: 'yes' } }, says: 'its view does not take' },
      { reply: { status: 201, body: {} }, says: 'answered 201' },
    ];
    for (const { reply, says } of cases) {
      const { app } = smallApp([acting(async () => reply)], { strictReplies: true });
      const response = await request(app).get('/v1/act');
      expect(response.status).toBe(500);
      expect((response.body as { detail: string }).detail).toContain(says);
    }
  });

  it('may be undefined in parts, and money and bigints are text', async () => {
    const view = z.object({ amount: moneyView, count: z.bigint(), gone: z.string().optional() });
    const body = {
      amount: Money.parse('1.00', 'EUR'),
      count: 12345678901234567890n,
      gone: undefined,
    };
    const { app } = smallApp([acting(async () => ({ status: 200, body }), { 200: view })], {
      strictReplies: true,
    });
    expect((await request(app).get('/v1/act')).body).toEqual({
      amount: { amount: '1.00', currency: 'EUR' },
      count: '12345678901234567890',
    });
  });

  it('may be a file, and may name headers of its own', async () => {
    const reply = {
      status: 200,
      body: Buffer.from('%PDF'),
      headers: { 'Content-Disposition': 'attachment' },
    };
    const { app } = smallApp([acting(async () => reply, { 200: fileView('application/pdf') })]);
    const response = await request(app).get('/v1/act');
    expect(response.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment',
      'content-length': '4',
    });
  });

  it('carries the headers of safety and not the name of the framework', async () => {
    const { app } = smallApp([acting(async () => ok)]);
    const { headers } = await request(app).get('/v1/act');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['etag']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('repeats a usable request id and replaces any other', async () => {
    const { app } = smallApp([acting(async () => ok)]);
    const given = await request(app).get('/v1/act').set('X-Request-Id', 'gateway-0001');
    expect(given.headers['x-request-id']).toBe('gateway-0001');
    const odd = await request(app).get('/v1/act').set('X-Request-Id', '"},{"');
    expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is told to the log by template, status and user, without what was sent', async () => {
    const one = {
      ...acting(async () => ok),
      path: '/v1/act/{name}',
      params: z.strictObject({ name: z.string() }),
    };
    const { app, logged } = smallApp([one]);
    await request(app).get('/v1/act/canary').set('User-Agent', 'canary');
    await request(app).get('/v1/canary?x=canary');
    expect(logged()).toContain('"route":"/v1/act/{name}","status":200');
    expect(logged()).toContain('"route":"(unrouted)","status":404');
    expect(logged()).not.toContain('canary');
  });
});

describe('a rate limit', () => {
  const login = (action: string, path: string) =>
    route({
      ...labels,
      method: 'post',
      path,
      access: 'public',
      rateLimit: { action, limit: 5, windowSeconds: 900 },
      replies: { 204: noContent },
      run: async () => ({ status: 204 }),
    });

  it('lets five through, then tells when to come back, and starts anew after the window', async () => {
    const { app, clock } = smallApp([login('log-in', '/v1/a'), login('log-in', '/v1/b')]);
    for (const path of ['/v1/a', '/v1/b', '/v1/a', '/v1/b', '/v1/a']) {
      await request(app).post(path).expect(204);
    }
    clock.advance(300_000);
    const response = await request(app).post('/v1/a');
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('600');
    expect(response.body).toMatchObject({ code: 'request.too-many' });
    clock.advance(600_000);
    await request(app).post('/v1/a').expect(204);
  });

  it('believes forwarded addresses only behind a proxy', async () => {
    const direct = smallApp([login('log-in', '/v1/a')]).app;
    const proxied = smallApp([login('log-in', '/v1/a')], { trustProxy: 1 }).app;
    const statuses = async (app: typeof direct) => {
      const responses = [];
      for (let host = 1; host <= 6; host += 1) {
        responses.push(await request(app).post('/v1/a').set('X-Forwarded-For', `192.0.2.${host}`));
      }
      return responses.map((response) => response.status);
    };
    expect(await statuses(direct)).toEqual([204, 204, 204, 204, 204, 429]);
    expect(await statuses(proxied)).toEqual([204, 204, 204, 204, 204, 204]);
  });
});

describe('another origin', () => {
  const routes = [acting(async () => ({ status: 200, body: { ok: true } }))];

  it('may call only when it is named', async () => {
    const { app } = smallApp(routes, { corsOrigins: ['https://console.example'] });
    const named = await request(app).get('/v1/act').set('Origin', 'https://console.example');
    expect(named.headers).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      vary: 'Origin',
      'x-content-type-options': 'nosniff',
    });
    const other = await request(app).get('/v1/act').set('Origin', 'https://other.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await request(app)
      .options('/v1/act')
      .set('Origin', 'https://console.example')
      .set('Access-Control-Request-Method', 'POST');
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('Idempotency-Key');
  });
});

describe('an Idempotency-Key', () => {
  const keyed = route({
    ...labels,
    method: 'post',
    path: '/v1/keyed',
    access: { roles: ['investor'] },
    idempotent: true,
    body: z.strictObject({ b: z.int(), a: z.int() }),
    replies: { 200: z.object({ key: z.string(), fingerprint: z.string() }) },
    run: async ({ idempotencyKey, fingerprint }) => ({
      status: 200,
      body: { key: String(idempotencyKey), fingerprint },
    }),
  });
  const { app, bearer } = smallApp([keyed]);
  const send = (key: string | undefined, body: object = { a: 1, b: 2 }) => {
    const post = request(app).post('/v1/keyed').set('Authorization', bearer());
    return (key === undefined ? post : post.set('Idempotency-Key', key)).send(body);
  };

  it.each([
    { key: undefined, code: 'idempotency.key-required' },
    { key: 'x'.repeat(256), code: 'idempotency.malformed-key' },
    { key: 'two words', code: 'idempotency.malformed-key' },
    { key: 'é', code: 'idempotency.malformed-key' },
    { key: '""', code: 'idempotency.malformed-key' },
  ])('of $key is refused', async ({ key, code }) => {
    const response = await send(key);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code });
  });

  it('reaches a route that keeps it itself, quoted or bare', async () => {
    expect((await send('"k-1"')).body).toMatchObject({ key: 'k-1' });
    expect((await send('x'.repeat(255))).status).toBe(200);
  });

  it('comes with a fingerprint that only the order of fields leaves alone', async () => {
    const fingerprint = async (body: object) =>
      ((await send('k', body)).body as { fingerprint: string }).fingerprint;
    expect(await fingerprint({ a: 1, b: 2 })).toBe(await fingerprint({ b: 2, a: 1 }));
    expect(await fingerprint({ a: 1, b: 2 })).not.toBe(await fingerprint({ a: 2, b: 1 }));
  });
});

describe('the route table', () => {
  const whole = acting(async () => ({ status: 200, body: { ok: true } }));
  const loose = z.object({ x: z.string() });

  it.each<{ flaw: string; route: object; says: string }>([
    { flaw: 'no access', route: { access: undefined }, says: 'no access' },
    { flaw: 'no roles', route: { access: { roles: [] } }, says: 'no access' },
    { flaw: 'no replies', route: { replies: {} }, says: 'no replies' },
    { flaw: 'no handler', route: { run: undefined }, says: 'one of write, read and run' },
    { flaw: 'two handlers', route: { read: async () => ({ status: 200 }) }, says: 'one of' },
    { flaw: 'an odd path', route: { path: '/v1/:id' }, says: 'well-formed' },
    {
      flaw: 'an undeclared parameter',
      route: { path: '/v1/{id}' },
      says: 'parameters of its path',
    },
    {
      flaw: 'a write on GET',
      route: { run: undefined, write: async () => ({ status: 200 }) },
      says: 'writes on GET',
    },
    {
      flaw: 'a key on a public route',
      route: { method: 'post', idempotent: true },
      says: 'cannot be public',
    },
    { flaw: 'a loose body', route: { method: 'post', body: loose }, says: 'strictObject' },
    {
      flaw: 'a loose object deep down',
      route: { method: 'post', body: z.strictObject({ l: z.array(loose.optional()).default([]) }) },
      says: 'body/l',
    },
    {
      flaw: 'a loose object before a transform',
      route: { method: 'post', body: loose.transform((x) => x) },
      says: 'strictObject',
    },
  ])('with $flaw does not start', ({ route: flawed, says }) => {
    expect(() => smallApp([{ ...whole, ...flawed } as Route])).toThrow(says);
  });

  it('with two routes for one request does not start', () => {
    const params = (name: string) => z.strictObject({ [name]: z.string() });
    const a = { ...whole, path: '/v1/{a}', params: params('a') };
    const b = { ...whole, path: '/v1/{b}', params: params('b') };
    expect(() => smallApp([a, b])).toThrow('two routes answer get /v1/{}');
  });

  it('is what the live router holds', () => {
    expect(liveRoutes(smallApp([echo, whole]).app)).toEqual(
      expect.arrayContaining([
        { method: 'post', path: '/v1/echo' },
        { method: 'get', path: '/v1/act' },
        { method: 'get', path: '/health/live' },
      ]),
    );
  });
});
