import request, { type Test } from 'supertest';
import { must } from '../../src/kernel/assert';
import { ManualClock } from '../../src/kernel/clock';
import type { Role } from '../../src/platform/auth';
import type { Db } from '../../src/platform/db';
import { bearer, testApplication } from './application';
import { insertOperator } from './offering-rows';
import { residentId } from './people-world';

export type SupervisionWorld = Awaited<ReturnType<typeof supervisionWorld>>;

/** Codes of the two operators; the second is left out of most remits. */
export const SEEN = 'us-reg-cf';
export const UNSEEN = 'eu-ecspr';
export const NAME = 'Ada Quill';
export const NUMBER = residentId(1);
const PASSWORD = 'a long walk on a quiet evening';

/** The whole application with two operators, an investor, and an authority. */
export async function supervisionWorld() {
  const clock = new ManualClock('2026-03-01T09:00:00Z');
  const application = await testApplication({ clock });
  const { test, services } = application;
  const at = clock.now();
  await insertOperator(test, { id: 1, rulebookId: SEEN, currency: 'USD', at });
  await insertOperator(test, { id: 2, rulebookId: UNSEEN, currency: 'EUR', at });
  await application.reload();
  const openFile = (number: string) =>
    test.database.write({ operatorId: 1, actor: { kind: 'system', id: 'test' } }, (tx) =>
      services.investors.open(tx, {
        kind: 'natural',
        name: NAME,
        country: 'US',
        identity: { kind: 'cn-resident-id', number },
      }),
    );
  const investor = await openFile(NUMBER);
  clock.moveTo(new Date('2026-03-10T09:00:00Z'));

  const send = (method: 'get' | 'post' | 'put', path: string, as: Caller): Test =>
    request(application.http)
      [method](path)
      .set({ ...as });
  const by = (role: Role, operatorId = 1): Caller => bearer(application, [role], operatorId);
  const registered = await send('post', '/v1/supervision/authorities', by('platform'))
    .send({ name: 'Authority of Markets', jurisdiction: 'US' })
    .expect(201);
  const authorityId = registered.body.id as string;

  const invite = (email: string, its: object = {}, authority = authorityId): Test =>
    send('post', `/v1/supervision/authorities/${authority}/supervisors`, by('platform')).send({
      email,
      password: PASSWORD,
      jurisdictions: ['US'],
      lines: ['equity'],
      operators: [SEEN],
      expiresAt: '2026-06-01T00:00:00Z',
      ...its,
    });
  const logIn = (email: string): Test =>
    request(application.http).post('/v1/auth/login').send({ email, password: PASSWORD });

  return {
    ...application,
    clock,
    authorityId,
    investor,
    openFile,
    by,
    send,
    invite,
    logIn,
    /** A supervisor, logged in at the front door. */
    supervisor: async (email: string, its = {}, authority = authorityId): Promise<Caller> => {
      await invite(email, its, authority).expect(201);
      const { body } = await logIn(email).expect(200);
      return { authorization: `Bearer ${must(body.accessToken as string, 'a token')}` };
    },
    /** A daily report of an operator, of yesterday. */
    report: async (operatorId = 1): Promise<string> => {
      const made = await send('post', '/v1/reports', by('compliance', operatorId))
        .send({ template: 'platform-risk-daily' })
        .expect(201);
      return made.body.id as string;
    },
    readAs: <T>(operatorId: number, work: (db: Db) => Promise<T>): Promise<T> =>
      test.database.read({ operatorId, actor: { kind: 'system', id: 'test' } }, work),
  };
}

export interface Caller {
  readonly authorization: string;
}
