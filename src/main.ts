import { openApplication } from './app/application';
import { greeting } from './app/greeting';
import { openInstallation } from './app/installation';
import { loadConfig } from './config';
import { listenForStop, runProgram } from './cli/program';
import { showProgress } from './cli/progress';
import { listen, requirePort } from './platform/http';
import { seedWorld } from '../seeds/02_demo';

/** Starts the database, the API and the clockwork; stops all of it cleanly on a signal. */
runProgram(async (print) => {
  const stop = listenForStop();
  const config = loadConfig();
  await requirePort(config.port, config.host);
  const installation = await openInstallation(config);
  for (const notice of installation.notices) print(notice);
  const readiness = [{ name: 'migrations', holds: installation.hasAllMigrations }];
  try {
    if (config.mode === 'sandbox') {
      const { databaseUrl, migrate } = installation;
      const progress = () => showProgress('Seeding', print);
      await seedWorld({ config, databaseUrl, migrate, progress, print, stop });
    }
    if (stop.isMade) return;
    const { databaseUrl, isEmbedded } = installation;
    const application = await openApplication({ config, databaseUrl, isEmbedded, readiness });
    try {
      const listening = await listen(application.http, config.port, config.host);
      application.scheduler.start();
      const reloading = setInterval(() => void application.reload().catch(() => undefined), 5000);
      const codes = application.services.directory.all().map(({ code }) => code);
      print(greeting(config, listening.port, codes));
      await stop.made;
      print('Stopping: requests under way are finished first.');
      clearInterval(reloading);
      await listening.close();
    } finally {
      await application.close();
    }
  } finally {
    await installation.stop();
  }
});
