import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { systemCode } from './startup-problem';

/** Where everything of one embedded server lies, below the directory it was given. */
export interface Layout {
  readonly directory: string;
  /** Comes into being whole, by a rename: password and data belong together. */
  readonly cluster: string;
  readonly dataFolder: string;
  readonly passwordFile: string;
  readonly portFile: string;
  readonly socketFolder: string | undefined;
  readonly logFile: string;
  readonly usersFolder: string;
}

export function layoutOf(directory: string): Layout {
  const root = resolve(directory);
  const socketFolder = join(root, 'socket');
  return {
    directory: root,
    cluster: join(root, 'cluster'),
    dataFolder: join(root, 'cluster', 'data'),
    passwordFile: join(root, 'cluster', 'password'),
    portFile: join(root, 'port'),
    // The kernel allows some 107 bytes for a socket's path, and Windows has no use for one.
    socketFolder:
      process.platform === 'win32' || Buffer.byteLength(socketFolder) > 85
        ? undefined
        : socketFolder,
    logFile: join(root, 'server.log'),
    usersFolder: join(root, 'users'),
  };
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

export async function savedPort(layout: Layout): Promise<number | undefined> {
  const text = await readFile(layout.portFile, 'utf8').catch(() => '');
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/** What PostgreSQL wrote of itself in `postmaster.pid`. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** `starting` (also while it recovers from a crash), `ready`, `stopping`. */
  readonly status: string;
}

/** The server running on this data, or undefined when there is none or its lock is a leftover. */
export function runningServer(layout: Layout): RunningServer | undefined {
  const lines = readLines(join(layout.dataFolder, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostmaster(pid, layout)) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? 'starting').trim() };
}

/**
 * Removes the lock of a killed server whose number another process now has, or whose entry nobody
 * clears. PostgreSQL takes both for a living server; left-over children it still notices.
 */
export async function removeStaleLock(layout: Layout): Promise<void> {
  const lock = join(layout.dataFolder, 'postmaster.pid');
  const pid = Number(readLines(lock)[0]);
  if (pid > 0 && hasEntry(pid) && !isPostmaster(pid, layout)) await rm(lock, { force: true });
}

/** Says that this process uses the server, so that another does not stop it under our feet. */
export async function registerUser(layout: Layout): Promise<void> {
  await mkdir(layout.usersFolder, { recursive: true });
  await writeFile(userFile(layout, process.pid), startOf(process.pid));
}

/** Takes our name off and tells whether other living processes still use the server. */
export async function unregisterUser(layout: Layout): Promise<{ readonly othersLeft: boolean }> {
  await unlink(userFile(layout, process.pid)).catch(() => undefined);
  const others = existsSync(layout.usersFolder) ? readdirSync(layout.usersFolder) : [];
  let othersLeft = false;
  for (const name of others) {
    const known = readLines(join(layout.usersFolder, name)).join('\n');
    if (isAlive(Number(name)) && startOf(Number(name)) === known) othersLeft = true;
    else await rm(join(layout.usersFolder, name), { force: true });
  }
  return { othersLeft };
}

export async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}

/** Whether there is such a process that is more than an entry waiting to be cleared (zombie). */
export function isAlive(pid: number): boolean {
  return hasEntry(pid) && statOf(pid)?.state !== 'Z';
}

function hasEntry(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to another user.
    return systemCode(error) === 'EPERM';
  }
}

function isPostmaster(pid: number, layout: Layout): boolean {
  if (!isAlive(pid)) return false;
  try {
    // The postmaster works in its data folder.
    return readlinkSync(`/proc/${pid}/cwd`) === layout.dataFolder;
  } catch {
    return /postgres/.test(commandOf(pid));
  }
}

function commandOf(pid: number): string {
  try {
    if (process.platform === 'win32') return 'postgres';
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** A process number is used again; together with its start it is not. */
function startOf(pid: number): string {
  return statOf(pid)?.start ?? '';
}

function statOf(pid: number): { state: string; start: string } | undefined {
  const text = readLines(`/proc/${pid}/stat`).join(' ');
  // The name stands in brackets and may hold blanks; fields are counted after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return text === '' ? undefined : { state: fields[0] ?? '', start: fields[19] ?? '' };
}

function userFile(layout: Layout, pid: number): string {
  return join(layout.usersFolder, String(pid));
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}
