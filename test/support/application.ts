import { openApplication, type Application } from '../../src/app/application';
import type { Clock } from '../../src/kernel/clock';
import type { Role } from '../../src/platform/auth';
import { createLog } from '../../src/platform/log';
import { systemClock } from '../../src/kernel/clock';
import { testDatabase, type TestDatabase } from './database';
import { TEST_CONFIG } from './world';

export interface TestApplication extends Application {
  readonly test: TestDatabase;
}

/** The composed application on a fresh database, telling off undeclared fields in replies. */
export async function testApplication(
  options: { readonly clock?: Clock } = {},
): Promise<TestApplication> {
  const test = await testDatabase();
  const application = await openApplication({
    config: TEST_CONFIG,
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
