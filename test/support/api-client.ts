import type { Express } from 'express';
import request, { type Test } from 'supertest';
import { SANDBOX_PASSWORD } from '../../src/app/personas';
import type { House } from '../../seeds/world';

/** Somebody who is logged in, and calls the API as a program of theirs would. */
export interface ApiClient {
  get(path: string): Test;
  post(path: string, body?: object, key?: string): Test;
  put(path: string, body: object): Test;
}

let keys = 0;

/** Logs in at the front door. */
export async function logIn(app: Express, house: House, mailbox: string): Promise<ApiClient> {
  return logInAs(app, { operator: house.operator.code, email: house.address(mailbox) });
}

/** The same, where somebody may belong to no operator. */
export async function logInAs(
  app: Express,
  who: { readonly operator?: string; readonly email: string },
): Promise<ApiClient> {
  const body = { ...who, password: SANDBOX_PASSWORD };
  const reply = await request(app).post('/v1/auth/login').send(body).expect(200);
  return clientOf(app, reply.body.accessToken as string);
}

/** Registers as a newcomer, and is logged in by that. */
export async function register(
  app: Express,
  house: House,
  newcomer: { readonly mailbox: string; readonly role: 'investor' | 'issuer' },
): Promise<ApiClient> {
  const operator = house.operator.code;
  const email = house.address(newcomer.mailbox);
  const { role } = newcomer;
  const body = { operator, email, password: SANDBOX_PASSWORD, role };
  const reply = await request(app).post('/v1/auth/register').send(body).expect(201);
  return clientOf(app, reply.body.accessToken as string);
}

function clientOf(app: Express, token: string): ApiClient {
  const authorised = (test: Test): Test => test.set('Authorization', `Bearer ${token}`);
  return {
    get: (path) => authorised(request(app).get(path)),
    put: (path, body) => authorised(request(app).put(path)).send(body),
    post: (path, body, key = `journey-${(keys += 1)}`) =>
      authorised(request(app).post(path)).set('Idempotency-Key', key).send(body),
  };
}
