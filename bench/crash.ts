import { parseArgs } from 'node:util';
import { runProgram } from '../src/cli/program';
import { crash } from './crash/index';

const USAGE = 'Usage: npm run crash -- [--kills 20] [--clients 64] [--seed 1] [--unsafe]';

/**
 * `npm run crash -- --kills 20`: kills node and PostgreSQL under load, checks that nothing is lost,
 * and prints a line of JSON last; exit code 1 when something is. `--unsafe` is the control: with
 * commits answered before they are written the same check must find something missing.
 */
runProgram(async (print) => {
  const { kills, clients, seed, unsafe } = readArguments();
  const isWhole = await crash(print, { kills, clients, seed, isUnsafe: unsafe });
  if (!isWhole) process.exitCode = 1;
});

function readArguments() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      clients: { type: 'string', default: '64' },
      seed: { type: 'string', default: '1' },
      unsafe: { type: 'boolean', default: false },
    },
  });
  const number = (text: string): number => {
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(USAGE);
    return Number(text);
  };
  return {
    kills: number(values.kills),
    clients: number(values.clients),
    seed: number(values.seed),
    unsafe: values.unsafe,
  };
}
