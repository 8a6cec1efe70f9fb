import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { runBatch } from './engine';
import { inputOf } from './input-json';
import type { MatchResult } from './instance';

/** Stands beside this file once the program is compiled. */
const THREAD = join(__dirname, 'engine-thread.service.js');

/**
 * Runs the engine on a stored input, in a thread of its own: a large window computes for seconds,
 * in which requests must still be answered. Where the program is not compiled, as in tests, it
 * runs here.
 *
 * @throws whatever the engine throws.
 */
export async function matchApart(text: string): Promise<MatchResult> {
  if (!existsSync(THREAD)) return runBatch(inputOf(text));
  const worker = new Worker(THREAD, { workerData: text });
  try {
    return await new Promise<MatchResult>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The engine's thread ended with ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}
