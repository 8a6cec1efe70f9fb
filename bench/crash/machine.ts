import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { startEmbedded, type EmbeddedServer } from '../../src/platform/db/embedded';
import { layoutOf, runningServer } from '../../src/platform/db/embedded-files';
import { must } from '../../src/kernel/assert';
import { startServer } from '../subscribe/http';

const run = promisify(execFile);

export interface MachineOptions {
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Of the API's environment. */
  readonly secrets: Readonly<Record<string, string>>;
}

type Api = Awaited<ReturnType<typeof startServer>>;

/** A database server and the API in processes of their own, which can be killed and started again. */
export class Machine {
  private server: EmbeddedServer | undefined;
  private api: Api | undefined;
  private apiPort: number | undefined;

  constructor(private readonly options: MachineOptions) {}

  get databaseUrl(): string {
    return must(this.server, 'the database server').url;
  }

  get port(): number {
    return must(this.apiPort, 'the port of the API');
  }

  async startDatabase(): Promise<void> {
    const { directory, settings } = this.options;
    this.server = await startEmbedded({ directory, settings });
  }

  async startApi(): Promise<void> {
    this.apiPort ??= await freePort();
    this.api = await startServer('server.js', {
      ...this.options.secrets,
      DATABASE_URL: this.databaseUrl,
      PORT: String(this.apiPort),
      LOG_LEVEL: 'error',
    });
  }

  /** SIGKILL, and nothing else: the process has no say in it. */
  async killApi(): Promise<void> {
    const { process: child } = must(this.api, 'the API');
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
    this.api = undefined;
  }

  /** SIGKILL to the postmaster and each of its children, by their numbers. */
  async killDatabase(): Promise<void> {
    const { directory } = must(this.server, 'the database server');
    const { pid } = must(runningServer(layoutOf(directory)), 'the running server');
    const children = await childrenOf(pid);
    for (const each of [pid, ...children]) kill(each);
  }

  /** Stops everything, and leaves nothing of the database behind. */
  async stop(): Promise<void> {
    await this.api?.stop();
    this.api = undefined;
    if (!this.server) return;
    await this.server.stop();
    // Where root started it, it lies elsewhere: its own user must reach it.
    await rm(this.server.directory, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
