import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded, type EmbeddedServer } from '../src/platform/db/embedded';
import { migrateToLatest } from '../src/platform/db/migrate';

/** A migrated PostgreSQL of its own, durable as in production, thrown away afterwards. */
export async function withScratchDatabase<T>(
  settings: Readonly<Record<string, string>>,
  work: (server: EmbeddedServer, directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'yunchou-bench-'));
  try {
    const server = await startEmbedded({ directory, settings });
    try {
      await migrateToLatest({ url: server.url, directory: join(__dirname, '..', 'migrations') });
      return await work(server, directory);
    } finally {
      await server.stop();
      // Where root started it, it lies elsewhere: its own user must reach it.
      await rm(server.directory, { recursive: true, force: true });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
