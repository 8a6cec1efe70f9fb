import request from 'supertest';
import { z } from 'zod';
import { Money } from '../../../src/kernel/money';
import { problemCatalogue } from '../../../src/kernel/problem';
import type { AuthenticatedUser } from '../../../src/platform/auth';
import { Database } from '../../../src/platform/db';
import { forgetReplies, moneyView, noContent, route, type Route } from '../../../src/platform/http';
import { testDatabase, type TestDatabase } from '../../support/database';
import { INVESTOR, smallApp } from '../../support/small-app';

const testProblem = problemCatalogue('tests', {
  refused: { kind: 'conflict', title: 'It was refused' },
});
const SYSTEM = { kind: 'system', id: 'test' } as const;
const OTHER_USER: AuthenticatedUser = { ...INVESTOR, id: 'usr_01JTVST7XAES5BXHWZN4KR4VE0' };
const OTHER_OPERATOR: AuthenticatedUser = { ...INVESTOR, operatorId: 8 };

let db: TestDatabase;
/** What the next call of the handler does before it answers. */
let beforeAnswer: () => Promise<void>;
let served: ReturnType<typeof smallApp>;

const pay = route({
  method: 'post',
  path: '/v1/pay',
  tag: 'Tests',
  summary: 'Leave one row',
  access: { roles: ['investor'] },
  idempotent: true,
  body: z.strictObject({ note: z.string() }),
  replies: {
    201: z.object({ no: z.bigint(), paid: moneyView, note: z.string().max(9) }),
    204: noContent,
  },
  write: async (tx, { body }) => {
    const [row] = await tx.query<{ no: bigint }>(
      `insert into test_effects (operator_id, note) values (:operatorId, :note) returning no`,
      { operatorId: tx.scope.operatorId, note: body.note },
    );
    await beforeAnswer();
    if (body.note === 'empty') return { status: 204 };
    const no = row?.no ?? 0n;
    const headers = { Location: `/v1/pay/${no}` };
    return {
      status: 201,
      headers,
      body: { no, paid: Money.parse('1.00', 'EUR'), note: body.note },
    };
  },
});

const note: Route = { ...pay, path: '/v1/note', idempotent: 'if-keyed' };

beforeAll(async () => {
  db = await testDatabase({ poolSize: 12 });
  await db.owner.write({ operatorId: undefined, actor: SYSTEM }, async (tx) => {
    await tx.execute(
      `create table test_effects (operator_id int not null, no bigserial primary key, note text)`,
    );
    await tx.query(`select app_enable_rls('test_effects')`);
    await tx.execute(`grant usage on sequence test_effects_no_seq to yunchou_app`);
  });
  served = smallApp([pay, note], { database: db.database });
});

afterAll(() => db.close());

beforeEach(() => {
  beforeAnswer = async () => {};
});

function send(key: string, note: string, user: AuthenticatedUser = INVESTOR) {
  return request(served.app)
    .post('/v1/pay')
    .set('Authorization', served.bearer(user))
    .set('Idempotency-Key', key)
    .send({ note });
}

async function effects(note: string, operatorId = 7): Promise<number> {
  const rows = await db.database.read({ operatorId, actor: SYSTEM }, (handle) =>
    handle.query('select no from test_effects where note = :note', { note }),
  );
  return rows.length;
}

describe('a request with an Idempotency-Key', () => {
  it('repeated has one effect and one answer, which says that it is repeated', async () => {
    const first = await send('k1', 'once').expect(201);
    const second = await send('k1', 'once').expect(201);
    expect(second.text).toBe(first.text);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await effects('once')).toBe(1);
  });

  it('whose answer has no body is repeated too', async () => {
    await send('k2', 'empty').expect(204);
    await send('k2', 'empty').expect(204).expect('idempotency-replayed', 'true');
    expect(await effects('empty')).toBe(1);
  });

  it('with another body is 422 and has no effect', async () => {
    await send('k3', 'this').expect(201);
    const other = await send('k3', 'that').expect(422);
    expect(other.body).toMatchObject({ code: 'idempotency.key-reused' });
    expect(await effects('that')).toBe(0);
  });

  it('has its effect where it is not required, and is not missed there', async () => {
    const post = () =>
      request(served.app).post('/v1/note').set('Authorization', served.bearer(INVESTOR));
    const send = (key: string) => post().set('Idempotency-Key', key).send({ note: 'optional' });
    await send('optional').expect(201);
    await send('optional').expect(201).expect('idempotency-replayed', 'true');
    expect(await effects('optional')).toBe(1);
    await post().send({ note: 'optional' }).expect(201);
    await post().send({ note: 'optional' }).expect(201);
    expect(await effects('optional')).toBe(3);
    expect((await send('two words')).status).toBe(400);
  });

  it('of another user or operator is another request', async () => {
    await send('k4', 'each').expect(201);
    await send('k4', 'each', OTHER_USER).expect(201);
    await send('k4', 'each', OTHER_OPERATOR).expect(201);
    expect(await effects('each')).toBe(2);
    expect(await effects('each', 8)).toBe(1);
  });

  it.each([
    { how: 'refused', fail: () => Promise.reject(testProblem('refused')), status: 409 },
    { how: 'failed', fail: () => Promise.reject(new Error('a bug')), status: 500 },
  ])(
    'that was $how leaves nothing, and may be repeated with its key',
    async ({ fail, how, status }) => {
      beforeAnswer = fail;
      await send(`k5-${how}`, how).expect(status);
      expect(await effects(how)).toBe(0);
      beforeAnswer = async () => {};
      const retried = await send(`k5-${how}`, how).expect(201);
      expect(retried.headers['idempotency-replayed']).toBeUndefined();
      expect(await effects(how)).toBe(1);
    },
  );

  it('whose answer cannot be shown has not happened', async () => {
    await send('k6', 'a note too long for its view').expect(500);
    expect(await effects('a note too long for its view')).toBe(0);
  });

  it('sent fifty times at once has one effect and one answer', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => send('k7', 'race')));
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1);
    expect(replies.filter((reply) => !reply.headers['idempotency-replayed'])).toHaveLength(1);
    expect(await effects('race')).toBe(1);
  });

  it('waits for the first, and runs itself when the first came to nothing', async () => {
    let fail: (error: Error) => void = () => {};
    const gate = new Promise<void>((_, reject) => (fail = reject));
    const entered = new Promise<void>((resolve) => {
      beforeAnswer = () => {
        beforeAnswer = async () => {};
        resolve();
        return gate;
      };
    });
    const first = send('k8', 'second').then((reply) => reply.status);
    await entered;
    const second = send('k8', 'second').then((reply) => reply.status);
    fail(testProblem('refused'));
    expect(await Promise.all([first, second])).toEqual([409, 201]);
    expect(await effects('second')).toBe(1);
  });

  it('that waits too long is told to come back, and then gets the answer', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const entered = new Promise<void>((resolve) => {
      beforeAnswer = () => {
        resolve();
        return gate;
      };
    });
    const first = send('k9', 'slow').then((reply) => reply.status);
    await entered;
    const second = await send('k9', 'slow').expect(409);
    expect(second.body).toMatchObject({ code: 'idempotency.in-progress' });
    expect(second.headers['retry-after']).toBe('1');
    release();
    expect(await first).toBe(201);
    await send('k9', 'slow').expect(201).expect('idempotency-replayed', 'true');
    expect(await effects('slow')).toBe(1);
  });

  it('whose answer is no longer kept still has no second effect; until then it lies sealed', async () => {
    await send('k10', 'old').expect(201);
    const tomorrow = new Date('2025-03-11T09:00:00Z');
    const scope = { operatorId: 7, actor: SYSTEM };
    const [kept] = await db.database.read(scope, (tx) =>
      tx.query<{ reply: string }>(
        `select reply_encrypted as reply from platform_idempotency_keys where key = 'k10'`,
      ),
    );
    expect(kept?.reply).toMatch(/^k1\./);
    const forgotten = await db.database.write(scope, (tx) => forgetReplies(tx, tomorrow));
    expect(forgotten).toBeGreaterThan(0);
    const repeated = await send('k10', 'old').expect(409);
    expect(repeated.body).toMatchObject({ code: 'idempotency.expired' });
    expect(await effects('old')).toBe(1);
  });
});

describe('a database that cannot be reached', () => {
  it.each([
    { how: 'refuses connections', url: 'postgres://nobody@127.0.0.1:1/none', isClosed: false },
    { how: 'has been closed', url: 'postgres://nobody@127.0.0.1:1/none', isClosed: true },
  ])(
    'since it $how is 503 with the time to come back, and not ready',
    async ({ url, isClosed }) => {
      const database = new Database({ url, poolSize: 1 });
      if (isClosed) await database.close();
      const { app, bearer } = smallApp([pay], { database });
      const reply = await request(app)
        .post('/v1/pay')
        .set('Authorization', bearer())
        .set('Idempotency-Key', 'k')
        .send({ note: 'x' });
      expect(reply.body).toMatchObject({ status: 503, code: 'service.unavailable' });
      expect(reply.headers['retry-after']).toBe('2');
      expect((await request(app).get('/health/ready')).status).toBe(503);
      if (!isClosed) await database.close();
    },
  );
});
