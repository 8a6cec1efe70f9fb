import { openApplication } from '../app/application';
import { openInstallation } from '../app/installation';
import type { Services } from '../app/services';
import { loadConfig } from '../config';
import { systemClock, type Clock } from '../kernel/clock';
import type { Database } from '../platform/db';
import { createLog } from '../platform/log';
import type { Operator } from '../modules/identity';

/** What a tool of the command line works on. */
export interface Books {
  readonly clock: Clock;
  readonly database: Database;
  readonly services: Services;
  readonly operators: readonly Operator[];
}

/** Opens the configured database as the application does, and lets go of it after the work. */
export async function withBooks<T>(work: (books: Books) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const installation = await openInstallation(config);
  try {
    const { databaseUrl } = installation;
    // What is asked for goes to standard output, so the log must not.
    const log = createLog({ level: config.logLevel, clock: systemClock, stream: process.stderr });
    const application = await openApplication({ config, databaseUrl, log });
    try {
      const { platform, services } = application;
      const operators = services.directory.all();
      return await work({ ...platform, services, operators });
    } finally {
      await application.close();
    }
  } finally {
    await installation.stop();
  }
}
