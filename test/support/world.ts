import { createLog, type LogOptions } from '../../src/platform/log';
import { systemClock } from '../../src/kernel/clock';
import type { Config } from '../../src/config';
import { openWorld, type World } from '../../seeds/world';
import { testDatabase, type TestDatabase } from './database';

/** Settings of a sandbox for tests: fixed keys, nothing on disk. */
export const TEST_CONFIG: Config = {
  mode: 'sandbox',
  databaseUrl: undefined,
  reportsDatabaseUrl: undefined,
  host: '127.0.0.1',
  port: 0,
  dataDirectory: '/nonexistent',
  logLevel: 'error',
  jwtSecret: 'a secret that only the tests know, all of it',
  encryptionKey: Buffer.alloc(32, 7),
  identityHashKey: Buffer.alloc(32, 9),
  signingKey: Buffer.alloc(32, 11),
  formerSigningKeys: [],
  sealFile: undefined,
  trustProxy: 0,
  subscriptionLanes: 2,
  poolSize: 10,
};

export interface TestWorld extends Omit<TestDatabase, 'close'> {
  readonly world: World;
  /** Ends the application and drops the database. */
  end(): Promise<void>;
}

/** The whole application on a database of its own, on a clock that the test moves. */
export async function testWorld(
  startsAt = '2025-03-03T15:00:00Z',
  level: LogOptions['level'] = 'error',
): Promise<TestWorld> {
  const { close, ...test } = await testDatabase();
  const world = await openWorld({
    config: TEST_CONFIG,
    databaseUrl: test.url,
    startsAt,
    strictReplies: true,
    log: createLog({ level, clock: systemClock, stream: process.stderr }),
  });
  return {
    ...test,
    world,
    end: async () => {
      await world.close();
      await close();
    },
  };
}
