import { writeFileSync } from 'node:fs';
import { runBatch } from '../../src/modules/matching';
import { generateInstance, type InstanceSize } from './generator';
import { columnsOf } from './positions';

/** What one run of the engine took, measured in a process that does nothing else. */
export interface EngineRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most the process ever held, its own copy of the window included. */
  readonly rssMb: number;
}

/** `engine-child SIZE FILE`: generates the window, matches it once, and writes the positions. */
function main([size = '', file = '']: readonly string[]): void {
  const input = generateInstance(JSON.parse(size) as InstanceSize);
  const before = process.cpuUsage();
  const started = performance.now();
  const result = runBatch(input);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const rssMb = process.resourceUsage().maxRSS / 1024;
  const run: EngineRun = { seconds, cpuSeconds: (user + system) / 1e6, rssMb };
  const { mandate, listing, amountMinor } = columnsOf(result);
  writeFileSync(file, new Uint8Array(amountMinor.buffer));
  writeFileSync(file, new Uint8Array(mandate.buffer), { flag: 'a' });
  writeFileSync(file, new Uint8Array(listing.buffer), { flag: 'a' });
  process.stdout.write(JSON.stringify(run));
}

main(process.argv.slice(2));
