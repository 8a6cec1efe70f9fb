import { parentPort, workerData } from 'node:worker_threads';
import { matchText } from './match-text';

/** What `matchApart` starts: one input in, one outcome out. */
parentPort?.postMessage(matchText(workerData as string));
