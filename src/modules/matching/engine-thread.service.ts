import { parentPort, workerData } from 'node:worker_threads';
import { runBatch } from './engine';
import { inputOf } from './input-json';

/** What `matchApart` starts: one input in, one result out. */
parentPort?.postMessage(runBatch(inputOf(workerData as string)));
