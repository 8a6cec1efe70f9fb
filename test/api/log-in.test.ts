import request from 'supertest';
import { EndedSessions } from '../../src/modules/identity';
import type { AuthenticatedUser } from '../../src/platform/auth';
import { sqlState } from '../../src/platform/db';
import { GOOD_PASSWORD, peopleWorld, scopeOf, type PeopleWorld } from '../support/people-world';

let world: PeopleWorld;

let ada: { operator: string; email: string; password: string };
let serial = 0;

beforeAll(async () => {
  world = await peopleWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  // Whoever logs in often is held back for a while; each test is somebody new, some time later.
  world.clock.advance(3_600_000);
  serial += 1;
  ada = { operator: 'rhine-equity', email: `ada${serial}@example.org`, password: GOOD_PASSWORD };
});

const SECOND_MS = 1000;
const post = (path: string, body: object, agent = 'Browser') =>
  request(world.app).post(path).set('User-Agent', agent).send(body);

const register = () => post('/v1/auth/register', { ...ada, role: 'investor' });
const logIn = (changes: Partial<typeof ada> = {}) => post('/v1/auth/login', { ...ada, ...changes });
const refresh = (refreshToken: string, agent?: string) =>
  post('/v1/auth/refresh', { refreshToken }, agent);
const me = (accessToken: string) =>
  request(world.app).get('/v1/me').set('Authorization', `Bearer ${accessToken}`);

const auditActions = async (): Promise<readonly string[]> => {
  const rows = await world.test.owner.read(scopeOf(world.rhine), (db) =>
    db.query<{ action: string }>('SELECT action FROM platform_audit_records ORDER BY seq'),
  );
  return rows.map(({ action }) => action);
};

describe('registering', () => {
  test('makes a user and logs them in', async () => {
    const reply = await register();
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      tokenType: 'Bearer',
      user: { email: ada.email, roles: ['investor'], status: 'active' },
    });
    const mine = await me(reply.body.accessToken);
    expect(mine.status).toBe(200);
    expect(mine.body.operator).toMatchObject({ code: 'rhine-equity' });
  });

  test.each([
    {
      name: 'a weak password',
      body: { role: 'investor', password: 'Password123!' },
      status: 400,
      code: 'identity.weak-password',
    },
    {
      name: 'no e-mail address',
      body: { role: 'investor', email: 'ada at home' },
      status: 400,
      code: 'identity.malformed-email',
    },
    {
      name: 'an unknown operator',
      body: { role: 'investor', operator: 'nobody' },
      status: 404,
      code: 'identity.operator-not-found',
    },
    {
      name: 'a role nobody gives themselves',
      body: { role: 'admin' },
      status: 400,
      code: 'request.invalid',
    },
    {
      name: 'a field nobody asked for',
      body: { role: 'investor', roles: ['admin'] },
      status: 400,
      code: 'request.invalid',
    },
  ])('with $name is refused', async ({ body, status, code }) => {
    const reply = await post('/v1/auth/register', { ...ada, ...body });
    expect(reply.status).toBe(status);
    expect(reply.body.code).toBe(code);
  });

  test('twice with one e-mail is refused, however it is spelled; not at another operator', async () => {
    await register();
    const again = await post('/v1/auth/register', {
      ...ada,
      email: ada.email.toUpperCase(),
      role: 'issuer',
    });
    expect([again.status, again.body.code]).toEqual([409, 'identity.email-taken']);
    const elsewhere = await post('/v1/auth/register', {
      ...ada,
      operator: 'hudson-equity',
      role: 'investor',
    });
    expect(elsewhere.status).toBe(201);
  });
});

describe('logging in', () => {
  test('says the same whatever was wrong', async () => {
    await register();
    const { body: suspended } = await post('/v1/auth/register', {
      ...ada,
      email: 'eve@example.org',
      role: 'investor',
    });
    await world.write((tx) =>
      tx.execute(`UPDATE identity_users SET status = 'suspended' WHERE id = :id`, {
        id: suspended.user.id,
      }),
    );
    const replies = [
      await logIn({ password: 'another long password' }),
      await logIn({ email: 'nobody@example.org' }),
      await logIn({ operator: 'hudson-equity' }),
      await logIn({ operator: 'nobody' }),
      await logIn({ email: 'eve@example.org' }),
    ];
    for (const { status, body } of replies) {
      const { instance: _, requestId: __, ...rest } = body;
      expect([status, rest.code, rest.detail]).toEqual([401, 'identity.log-in-refused', undefined]);
    }
  });

  test('leaves the same trace whether the user exists or not, with no name in it', async () => {
    await register();
    await logIn({ password: 'another long password' });
    await logIn({ email: 'nobody@example.org' });
    const rows = await world.test.owner.read(scopeOf(world.rhine), (db) =>
      db.query(
        `SELECT subject, details, actor_id FROM platform_audit_records WHERE action = 'log-in.refused' ORDER BY seq DESC LIMIT 2`,
      ),
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(rows[1]);
  });

  test('works again with the right password, whatever the case of the e-mail', async () => {
    await register();
    expect((await logIn({ email: ` ${ada.email.toUpperCase()} ` })).status).toBe(200);
  });

  test('is limited: the twenty-first wrong try of a quarter of an hour is too many', async () => {
    await register();
    for (let count = 0; count < 25; count += 1) expect((await logIn()).status).toBe(200);
    for (let count = 0; count < 20; count += 1) await logIn({ password: 'another password' });
    const reply = await logIn({ password: 'another password' });
    expect((await logIn()).status).toBe(429);
    expect(reply.status).toBe(429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('refreshing', () => {
  test('gives the next pair, and the old token is spent', async () => {
    const { body: first } = await register();
    const { status, body: second } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await refresh(second.refreshToken)).status).toBe(200);
  });

  test('again within ten seconds, from the same device, gives the same answer', async () => {
    const { body: first } = await register();
    const { body: second } = await refresh(first.refreshToken);
    world.clock.advance(9 * SECOND_MS);
    const { status, body } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(body.refreshToken).toBe(second.refreshToken);
  });

  test('at once from many tabs gives every tab the same successor', async () => {
    const { body: first } = await register();
    const replies = await Promise.all(Array.from({ length: 5 }, () => refresh(first.refreshToken)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(replies.map(({ body }) => body.refreshToken)).size).toBe(1);
  });

  test.each([
    { name: 'after the grace', wait: 11 * SECOND_MS, agent: 'Browser' },
    { name: 'from another device, even within the grace', wait: 0, agent: 'Thief' },
  ])('with a spent token $name ends the whole log-in', async ({ wait, agent }) => {
    const { body: first } = await register();
    const { body: second } = await refresh(first.refreshToken);
    world.clock.advance(wait);
    const reused = await refresh(first.refreshToken, agent);
    expect([reused.status, reused.body.code]).toEqual([401, 'identity.refresh-refused']);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    const after = await me(second.accessToken);
    expect([after.status, after.body.code]).toEqual([401, 'auth.session-ended']);
    expect(await auditActions()).toContain('session.reuse-detected');
  });

  test('with a token two steps old ends the log-in even within ten seconds', async () => {
    const { body: first } = await register();
    const { body: second } = await refresh(first.refreshToken);
    await refresh(second.refreshToken);
    expect((await refresh(first.refreshToken)).status).toBe(401);
  });

  test.each([
    { name: 'made up', token: `rt_1_${'A'.repeat(43)}` },
    { name: 'of no operator', token: `rt_999_${'A'.repeat(43)}` },
    { name: 'of no shape', token: 'let me in' },
    { name: 'with SQL in it', token: `rt_1_' OR 1=1 --${'A'.repeat(32)}` },
  ])('with a token $name is refused', async ({ token }) => {
    const reply = await refresh(token);
    expect([reply.status, reply.body.code]).toEqual([401, 'identity.refresh-refused']);
  });

  test('under the number of another operator finds nothing', async () => {
    const { body } = await register();
    const elsewhere = body.refreshToken.replace(`rt_${world.rhine.id}_`, `rt_${world.hudson.id}_`);
    expect((await refresh(elsewhere)).status).toBe(401);
    expect((await refresh(body.refreshToken)).status).toBe(200);
  });

  test('ends after fourteen days without use, and after sixty whatever happens', async () => {
    const { body: idle } = await register();
    world.clock.advance(14 * 86_400 * SECOND_MS);
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    let { body: busy } = await logIn();
    for (let day = 0; day < 50; day += 10) {
      world.clock.advance(10 * 86_400 * SECOND_MS);
      ({ body: busy } = await refresh(busy.refreshToken));
    }
    expect(busy.refreshToken).toBeDefined();
    world.clock.advance(10 * 86_400 * SECOND_MS);
    expect((await refresh(busy.refreshToken)).status).toBe(401);
  });
});

describe('what ends a log-in at once', () => {
  test('logging out, for access and for refreshing', async () => {
    const { body } = await register();
    const out = await request(world.app)
      .post('/v1/auth/logout')
      .set('Authorization', `Bearer ${body.accessToken}`);
    expect(out.status).toBe(204);
    expect((await me(body.accessToken)).body.code).toBe('auth.session-ended');
    expect((await refresh(body.refreshToken)).status).toBe(401);
  });

  test('another device stays logged in', async () => {
    const { body: phone } = await register();
    const { body: desk } = await logIn();
    await request(world.app)
      .post('/v1/auth/logout')
      .set('Authorization', `Bearer ${phone.accessToken}`);
    expect((await me(desk.accessToken)).status).toBe(200);
  });

  test('changing the password, on every device', async () => {
    const { body: phone } = await register();
    const { body: desk } = await logIn();
    const change = (current: string, next: string) =>
      request(world.app)
        .post('/v1/me/password')
        .set('Authorization', `Bearer ${desk.accessToken}`)
        .send({ current, next });
    const next = 'a short walk on a loud morning';
    const wrong = await change('not my password at all', next);
    expect([wrong.status, wrong.body.code]).toEqual([403, 'identity.wrong-password']);
    const weak = await change(GOOD_PASSWORD, 'aaaaaaaaaaaaaaa');
    expect([weak.status, weak.body.code]).toEqual([400, 'identity.weak-password']);
    expect((await change(GOOD_PASSWORD, next)).status).toBe(204);
    for (const { accessToken, refreshToken } of [phone, desk]) {
      expect((await me(accessToken)).status).toBe(401);
      expect((await refresh(refreshToken)).status).toBe(401);
    }
    expect((await logIn()).status).toBe(401);
    expect((await logIn({ password: next })).status).toBe(200);
  });

  test('is known to other instances as soon as they look', async () => {
    const { body } = await register();
    const caller = { id: body.user.id, sessionId: await familyOf(body.user.id) };
    const other = new EndedSessions(
      { authenticate: () => caller as AuthenticatedUser },
      world.clock,
    );
    expect(() => other.authenticate('any')).not.toThrow();
    await request(world.app)
      .post('/v1/auth/logout')
      .set('Authorization', `Bearer ${body.accessToken}`);
    await world.read((db) => other.load(db));
    expect(() => other.authenticate('any')).toThrow(
      expect.objectContaining({ code: 'auth.session-ended' }),
    );
  });
});

test('a refresh token is kept only as its hash', async () => {
  const { body } = await register();
  // rt_<operator>_<secret>; the secret itself may hold the separator.
  const secret = body.refreshToken.split('_').slice(2).join('_');
  const rows = await world.read((db) =>
    db.query('SELECT * FROM identity_sessions WHERE user_id = :id', { id: body.user.id }),
  );
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(secret);
});

test('one operator’s users and log-ins do not exist for another', async () => {
  const { body } = await register();
  const rows = await world.read(
    (db) =>
      db.query(
        `SELECT id FROM identity_users WHERE id = :id
         UNION ALL SELECT id FROM identity_sessions WHERE user_id = :id`,
        { id: body.user.id },
      ),
    world.hudson,
  );
  expect(rows).toEqual([]);
  const attempt = world.write(
    (tx) =>
      tx.execute(
        `INSERT INTO identity_users (operator_id, id, email, password_hash, roles, status, created_at)
         VALUES (:theirs, 'usr_x', 'x@example.org', '$argon2id$x', ARRAY['admin'], 'active', :now)`,
        { theirs: world.rhine.id, now: world.clock.now() },
      ),
    { at: world.hudson },
  );
  expect(sqlState(await attempt.catch((error: unknown) => error))).toBe('42501');
});

async function familyOf(userId: string) {
  const rows = await world.read((db) =>
    db.query<{ family_id: string }>(
      'SELECT family_id FROM identity_sessions WHERE user_id = :userId',
      { userId },
    ),
  );
  return rows[0]?.family_id;
}
