import { spawn, type ChildProcess } from 'node:child_process';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import jwt from 'jsonwebtoken';
import { accessTokens } from '../../src/app/platform';
import type { Id } from '../../src/kernel/id';
import { ACKNOWLEDGED, OPERATOR_ID, userId, USERS, type World } from './world';

export interface HttpMeasured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
}

interface HttpLoad {
  readonly clients: number;
  readonly seconds: number;
}

const JWT_SECRET = randomBytes(32).toString('hex');

/** Subscriptions over HTTP on one hot offering, each connection another investor. */
export async function runHttp(
  world: World,
  offering: Id<'off'>,
  load: HttpLoad,
): Promise<HttpMeasured> {
  const server = await startServer('server.js', {
    DATABASE_URL: world.url,
    JWT_SECRET,
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    IDENTITY_HASH_KEY: randomBytes(32).toString('hex'),
    PORT: '0',
    LOG_LEVEL: 'warn',
  });
  const tokens = Array.from({ length: Math.min(load.clients, USERS) }, (_, i) => tokenOf(i));
  const body = JSON.stringify({
    offeringId: offering,
    amount: { amount: '1.00', currency: 'USD' },
    acknowledged: ACKNOWLEDGED,
  });
  try {
    return await fire(`http://127.0.0.1:${server.port}/v1/subscriptions`, {
      ...load,
      body,
      tokens,
    });
  } finally {
    await server.stop();
  }
}

/** The same load on an endpoint that only checks a token. */
export async function runBareHttp(load: HttpLoad): Promise<HttpMeasured> {
  const key = randomBytes(32);
  const server = await startServer('bare-server.js', { BARE_KEY: key.toString('hex') });
  const token = jwt.sign({ sub: 'bench' }, createSecretKey(key), { expiresIn: 600 });
  const body = JSON.stringify({ amount: { amount: '1.00', currency: 'USD' } });
  try {
    return await fire(`http://127.0.0.1:${server.port}/bare`, { ...load, body, tokens: [token] });
  } finally {
    await server.stop();
  }
}

export function tokenOf(position: number, secret = JWT_SECRET): string {
  const user = { id: userId(position), operatorId: OPERATOR_ID, roles: ['investor' as const] };
  return accessTokens({ jwtSecret: secret }).issue(user).token;
}

async function fire(
  url: string,
  load: HttpLoad & { readonly body: string; readonly tokens: readonly string[] },
): Promise<HttpMeasured> {
  const { clients, seconds, body, tokens } = load;
  const run = (duration: number) => {
    let next = 0;
    return autocannon({
      url,
      connections: clients,
      duration,
      method: 'POST',
      requests: [
        {
          setupRequest: (request) => {
            next += 1;
            return {
              ...request,
              body,
              headers: {
                'content-type': 'application/json',
                authorization: `Bearer ${tokens[next % tokens.length]}`,
                'idempotency-key': randomUUID(),
              },
            };
          },
        },
      ],
    });
  };
  await run(2);
  const result = await run(seconds);
  if (result['2xx'] === 0) throw new Error(`no request succeeded at ${url}`);
  return {
    perSecond: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result.non2xx,
  };
}

/** Starts a server of this folder as a process of its own. */
export async function startServer(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly port: number; readonly process: ChildProcess; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [...process.execArgv, join(__dirname, file)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      if (/^\d+$/.test(line)) resolve(Number(line));
      // Its own words of what went wrong; not those of libraries.
      else if (line.startsWith('{')) process.stderr.write(`${line}\n`);
    });
    void exited.then(() => reject(new Error(`${file} ended before it listened`)));
  });
  return {
    port,
    process: child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
