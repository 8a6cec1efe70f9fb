import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Print } from '../src/cli/program';

/**
 * Runs a bench in a process of its own, so that the memory it is said to take is what it took.
 *
 * @param print is told all but the result.
 * @param args its name and flags.
 * @returns the result: its line of JSON.
 */
export async function runApart(print: Print, args: readonly string[]): Promise<string> {
  const [program = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let result: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{')) result = line;
    else print(line);
  }
  await ended;
  if (child.exitCode !== 0 || result === undefined) throw new Error(`${args.join(' ')} failed.`);
  return result;
}
