import { renameSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { finished, pipeline } from 'node:stream/promises';
import { StartupProblem, systemCode } from '../platform/db/startup-problem';
import {
  allCheckpoints,
  readCheckpoint,
  type SignedCheckpoint,
  type VerifyingKey,
} from '../platform/audit';
import type { Database, Db } from '../platform/db';

/**
 * Writes every checkpoint of these scopes, one signed document a line, for another machine to keep.
 * The file is there whole or not at all.
 */
export async function exportCheckpoints(
  database: Database,
  operatorIds: readonly (number | undefined)[],
  file: string,
): Promise<void> {
  const part = `${file}.part`;
  try {
    const output = (await opened(part, 'w')).createWriteStream({ flush: true });
    for (const operatorId of operatorIds) {
      const scope = { operatorId, actor: { kind: 'system', id: 'cli' } } as const;
      await database.read(scope, (db) => pipeline(lines(db), output, { end: false }));
    }
    output.end();
    await finished(output);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

async function* lines(db: Db): AsyncGenerator<string> {
  for await (const { jws } of allCheckpoints(db)) yield `${jws}\n`;
}

/**
 * Reads a file of checkpoints: ours, or lines that somebody collected from the API.
 *
 * @throws StartupProblem naming the line that none of the keys signed: a file that was kept
 *   elsewhere to convict others must not itself be in doubt.
 */
export async function readCheckpoints(
  file: string,
  keys: readonly VerifyingKey[],
): Promise<readonly SignedCheckpoint[]> {
  const checkpoints: SignedCheckpoint[] = [];
  let number = 0;
  for await (const line of (await opened(file, 'r')).readLines()) {
    number += 1;
    if (line.trim() === '') continue;
    const checkpoint = readCheckpoint(line.trim(), keys);
    if (!checkpoint) {
      throw new StartupProblem(
        `Line ${number} of ${file} is no checkpoint that a known key signed.`,
        'Name the public key of that time with --key FILE, or ask where the line comes from.',
      );
    }
    checkpoints.push(checkpoint);
  }
  return checkpoints;
}

/** @throws StartupProblem when the file cannot be had. */
async function opened(file: string, how: 'r' | 'w'): Promise<FileHandle> {
  return open(file, how).catch((error: unknown) => {
    const what = how === 'r' ? 'read' : 'written';
    const reason = `${file} cannot be ${what} (${systemCode(error) ?? String(error)}).`;
    throw new StartupProblem(reason, 'Name another file.', error);
  });
}
