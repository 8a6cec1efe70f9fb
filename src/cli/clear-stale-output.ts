import { resolve } from 'node:path';
import { runProgram } from './program';
import { removeStaleOutput } from './stale-output';

/** The last step of `npm run build`; it is compiled itself, to `dist/src/cli`. */
runProgram(async () => {
  const build = resolve(__dirname, '../..');
  removeStaleOutput(build, resolve(build, '..'));
});
