import { readFileSync } from 'node:fs';
import { drawFlaws } from '../modules/supervision';
import { runProgram } from './program';

const USAGE = 'Usage: npm run inspection -- verify FILE';

/**
 * `npm run inspection -- verify FILE`: computes the draw of an inspection again from the values that
 * were published with it, without a database or a connection. The exit code is 1 where it differs.
 */
runProgram(async (print) => {
  const [command, file] = process.argv.slice(2);
  if (command !== 'verify' || file === undefined) throw new Error(USAGE);
  const { draw, flaws } = drawFlaws(readFileSync(file, 'utf8'));
  for (const flaw of flaws) print(`  wrong: ${flaw}`);
  if (flaws.length > 0) {
    process.exitCode = 1;
    return;
  }
  const { sampleSize, population, seed, inspectors } = draw;
  print(`  ${sampleSize} of ${population.length} cases, as they follow from seed ${seed}.`);
  print(`  Inspectors: ${inspectors.join(', ')}.`);
  print('  Compare the report hash with the pack that was signed, and the commitment with the one');
  print('  that was given before that report was made.');
});
