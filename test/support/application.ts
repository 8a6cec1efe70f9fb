import { randomBytes } from 'node:crypto';
import { openApplication, type Application } from '../../src/app/application';
import type { Config } from '../../src/config';
import type { Clock } from '../../src/kernel/clock';
import type { Role } from '../../src/platform/auth';
import { createLog } from '../../src/platform/log';
import { systemClock } from '../../src/kernel/clock';
import { testDatabase, type TestDatabase } from './database';

/** Settings as a sandbox has them, with secrets of this run. */
export function testConfig(changes: Partial<Config> = {}): Config {
  return {
    mode: 'sandbox',
    databaseUrl: undefined,
    host: '127.0.0.1',
    port: 0,
    dataDirectory: '.data',
    logLevel: 'error',
    jwtSecret: randomBytes(32).toString('hex'),
    encryptionKey: randomBytes(32),
    identityHashKey: randomBytes(32),
    trustProxy: 0,
    subscriptionLanes: 2,
    poolSize: 10,
    ...changes,
  };
}

export interface TestApplication extends Application {
  readonly test: TestDatabase;
}

/** The composed application on a fresh database, telling off undeclared fields in replies. */
export async function testApplication(
  options: { readonly clock?: Clock; readonly config?: Partial<Config> } = {},
): Promise<TestApplication> {
  const test = await testDatabase();
  const application = await openApplication({
    config: testConfig(options.config),
    databaseUrl: test.url,
    log: createLog({ level: 'silent', clock: systemClock }),
    passwordProfile: 'cheap',
    strictReplies: true,
    ...(options.clock ? { clock: options.clock } : {}),
  });
  return {
    ...application,
    test,
    close: async () => {
      await application.close();
      await test.close();
    },
  };
}

/** A bearer header for somebody with these roles, without a log-in. */
export function bearer(
  application: Application,
  roles: readonly Role[],
  operatorId = 1,
): { readonly authorization: string } {
  const user = { id: `usr_01${'0'.repeat(24)}` as const, operatorId, roles };
  const { token } = application.platform.accessTokens.issue(user);
  return { authorization: `Bearer ${token}` };
}
