import { runProgram } from '../src/cli/program';
import { benchMatching } from './matching';
import { benchReports } from './reports';
import { benchScoring } from './scoring';
import { benchServicing } from './servicing';
import { benchSubscribe } from './subscribe';

const BENCHES: Readonly<Record<string, typeof benchServicing>> = {
  subscribe: benchSubscribe,
  matching: benchMatching,
  scoring: benchScoring,
  servicing: benchServicing,
  reports: benchReports,
};

/** `npm run bench -- NAME [--quick]`: measures, checks, and prints a line of JSON last. */
runProgram(async (print) => {
  const [name = '', ...flags] = process.argv.slice(2);
  const bench = BENCHES[name];
  if (!bench) throw new Error(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  await bench(print, { isQuick: flags.includes('--quick'), flags });
});
