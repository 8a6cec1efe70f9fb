import { execFile } from 'node:child_process';
import { chown, lchown, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StartupProblem } from './startup-problem';

const run = promisify(execFile);

/** The system user a server runs as when we are root: PostgreSQL refuses to run as root itself. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account to run the server as; undefined when we are an ordinary user and simply run it. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = (await findAccount('postgres')) ?? (await createAccount('postgres'));
  // `nobody` is the last resort of machines whose list of users cannot be changed.
  const account = found ?? (await findAccount('nobody'));
  if (account) return account;
  throw new StartupProblem(
    'PostgreSQL refuses to run as root, and no system user "postgres" could be created.',
    'Create one (useradd --system postgres), start this program as an ordinary user, or set ' +
      'DATABASE_URL.',
  );
}

/** Whether `account` can enter every folder on the way to `path`. */
export async function canReach(account: Account, path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found && (found.mode & searchBit(account, found)) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Gives a folder and all below it to `account`. */
export async function giveTo(account: Account, path: string): Promise<void> {
  await chown(path, account.uid, account.gid);
  for (const entry of await readdir(path, { recursive: true })) {
    await lchown(join(path, entry), account.uid, account.gid);
  }
}

function searchBit(account: Account, folder: { uid: number; gid: number }): number {
  if (folder.uid === account.uid) return 0o100;
  return folder.gid === account.gid ? 0o010 : 0o001;
}

async function findAccount(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createAccount(name: string): Promise<Account | undefined> {
  const shell = ['--shell', '/usr/sbin/nologin'];
  await run('useradd', ['--system', '--no-create-home', '--user-group', ...shell, name])
    // Alpine's busybox has another command for it.
    .catch(() => run('adduser', ['-S', '-D', '-H', name]))
    .catch(() => undefined);
  return findAccount(name);
}
