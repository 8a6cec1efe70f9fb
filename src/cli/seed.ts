import { openInstallation } from '../app/installation';
import { loadConfig } from '../config';
import { seedWorld } from '../../seeds/02_demo';
import { showProgress } from './progress';
import { runProgram } from './program';

/** `npm run seed`: puts the sandbox's world into an installation that is empty. */
runProgram(async (print) => {
  const config = loadConfig();
  if (config.mode !== 'sandbox') throw new Error('Only a sandbox is seeded: set MODE=sandbox.');
  const installation = await openInstallation(config);
  for (const notice of installation.notices) print(notice);
  try {
    const { databaseUrl, migrate } = installation;
    const progress = () => showProgress('Seeding', print);
    const isNew = await seedWorld({ config, databaseUrl, migrate, progress, print });
    print(isNew ? '  The sandbox is ready.' : '  There is something in it already: nothing to do.');
  } finally {
    await installation.stop();
  }
});
