import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ClientBase } from 'pg';

const NICENESS = constants.priority.PRIORITY_LOW;

/** Linux takes one change of a group's priority in 100 ms from whoever does not administer it. */
const PAUSE_MS = 120;
const ATTEMPTS = 10;

/**
 * Lets the server's process behind `client` run after all others on this machine, by each means that
 * the system has and allows; without any, processors are shared evenly.
 */
export async function giveWay(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  for (const { pid } of rows) {
    await Promise.allSettled([lowerProcess(pid), lowerGroup(pid), runWhenIdle(pid)]);
  }
}

async function lowerProcess(pid: number): Promise<void> {
  setPriority(pid, NICENESS);
}

/**
 * PostgreSQL gives each of its processes a session of its own, and Linux may share the processors
 * among sessions first (`sched_autogroup_enabled`): a priority within a session of one says nothing
 * then, and the session's own counts. Other systems have no such file.
 */
async function lowerGroup(pid: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeFile(`/proc/${pid}/autogroup`, String(NICENESS), { flag: 'r+' });
      return;
    } catch (error) {
      const isTooSoon = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isTooSoon || attempt >= ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/**
 * However low its priority, a process that computes keeps others waiting for the end of its turn on a
 * processor, unless Linux counts that processor as idle (`SCHED_IDLE`, by util-linux).
 */
async function runWhenIdle(pid: number): Promise<void> {
  await promisify(execFile)('chrt', ['--idle', '--pid', '0', String(pid)]);
}
