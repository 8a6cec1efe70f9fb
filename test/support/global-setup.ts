import type { EmbeddedServer } from '../../src/platform/db/embedded';
import { VARIABLE, prepareTemplate, startTestServer, type TestServer } from './server';

declare global {
  var yunchouTestServer: EmbeddedServer | undefined;
}

/** One server for the whole run. Without one, tests that need none still run. */
async function globalSetup(): Promise<void> {
  process.env[VARIABLE] = JSON.stringify(await prepare());
}

async function prepare(): Promise<TestServer> {
  try {
    const given = process.env.DATABASE_URL;
    const url = given ?? (globalThis.yunchouTestServer = await startTestServer()).url;
    return { url, template: await prepareTemplate(url) };
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

module.exports = globalSetup;
