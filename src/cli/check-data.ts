import { allChecks } from '../app/checks';
import { runChecks } from '../platform/integrity';
import { withBooks } from './books';
import { checksReport } from './checks-report';
import { runProgram } from './program';

/** `npm run check:data`: runs every integrity check; the exit code is 1 if one finds something. */
runProgram((print) =>
  withBooks(async ({ database, operators }) => {
    const ids = operators.map((operator) => operator.id);
    const results = await runChecks(database, allChecks, ids);
    print(checksReport(results, new Map(operators.map(({ id, code }) => [id, code]))));
    if (results.some(({ count }) => count > 0n)) process.exitCode = 1;
  }),
);
