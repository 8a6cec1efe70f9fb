import { openApplication } from '../../src/app/application';
import { loadConfig } from '../../src/config';
import { must } from '../../src/kernel/assert';
import { listen } from '../../src/platform/http';

/** The API in a process of its own, as it is deployed; tells its port on the first line. */
async function serve(): Promise<void> {
  const config = loadConfig();
  const databaseUrl = must(config.databaseUrl, 'DATABASE_URL');
  const application = await openApplication({ config, databaseUrl });
  const listening = await listen(application.http, config.port, config.host);
  process.stdout.write(`${listening.port}\n`);
  process.once('SIGTERM', () => {
    void listening.close().then(() => application.close());
  });
}

void serve();
