import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { matchText, type Matched } from './match-text';

/** Stands beside this file once the program is compiled. */
const THREAD = join(__dirname, 'engine-thread.service.js');
/** Characters of input below which the engine is done sooner than a thread would have started. */
const SMALL = 100_000;

/**
 * Runs the engine on a stored input, a large one in a thread of its own: it computes for seconds, in
 * which requests must still be answered. Where the program is not compiled, as in tests, it runs here.
 *
 * @throws whatever the engine throws.
 */
export async function matchApart(text: string): Promise<Matched> {
  if (text.length < SMALL || !existsSync(THREAD)) return matchText(text);
  const worker = new Worker(THREAD, { workerData: text });
  try {
    return await new Promise<Matched>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The engine's thread ended with ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}
