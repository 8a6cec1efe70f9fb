import { basename } from 'node:path';
import { openInstallation } from '../app/installation';
import { loadConfig } from '../config';
import { runProgram } from './program';

/** `npm run migrate`: brings the database to the newest version and says what that took. */
runProgram(async (print) => {
  const installation = await openInstallation(loadConfig());
  for (const notice of installation.notices) print(notice);
  try {
    for (const name of installation.migrated) print(`  ${basename(name)}`);
    const count = installation.migrated.length;
    print(count === 0 ? '  The database is up to date.' : `  Migrations run: ${count}`);
  } finally {
    await installation.stop();
  }
});
