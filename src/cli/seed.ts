import { openInstallation } from '../app/installation';
import { loadConfig } from '../config';
import { seedWorld } from '../../seeds/02_demo';
import { showProgress } from './progress';
import { listenForStop, runProgram } from './program';

/** `npm run seed`: puts the sandbox's world into an installation that is empty. */
runProgram(async (print) => {
  const stop = listenForStop();
  const config = loadConfig();
  if (config.mode !== 'sandbox') throw new Error('Only a sandbox is seeded: set MODE=sandbox.');
  const installation = await openInstallation(config);
  for (const notice of installation.notices) print(notice);
  try {
    const { databaseUrl, migrate } = installation;
    const progress = () => showProgress('Seeding', print);
    const outcome = await seedWorld({ config, databaseUrl, migrate, progress, print, stop });
    if (outcome === 'seeded') print('  The sandbox is ready.');
    if (outcome === 'kept') print('  There is something in it already: nothing to do.');
    if (outcome === 'interrupted') process.exitCode = 1;
  } finally {
    await installation.stop();
  }
});
