import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assert, must } from '../kernel/assert';
import { keyOfPem } from '../platform/auth';
import { exportCheckpoints, readCheckpoints } from './audit-file';
import { auditReport, isBroken } from './audit-report';
import { verifyEverything } from './audit-verify';
import { withBooks } from './books';
import { runProgram } from './program';

const USAGE = `Usage: npm run audit -- verify [--checkpoints FILE] [--key FILE]
       npm run audit -- export FILE

  verify  follows the audit trail and the ledger's chains of the installation and of every
          operator from their first link, names the first break, and exits with 1 if there is one
  export  writes every signed checkpoint to FILE, for another machine to keep

  --checkpoints FILE  checkpoints that were kept elsewhere: without them a trail that was written
                      anew as a whole, or cut off at its end, can agree with itself
  --key FILE          a public key (PEM) that signed before the present one; may be repeated`;

interface Command {
  readonly name: 'verify' | 'export';
  readonly file: string | undefined;
  readonly keyFiles: readonly string[];
}

runProgram(async (print) => {
  const { name, file, keyFiles } = readCommand(process.argv.slice(2));
  await withBooks(async ({ database, operators, services }) => {
    if (name === 'export') {
      const ids = [undefined, ...operators.map(({ id }) => id)];
      return exportCheckpoints(database, ids, must(file, 'the file'));
    }
    const keys = [
      ...services.checkpoints.keys,
      ...keyFiles.map((path) => keyOfPem(readFileSync(path, 'utf8'))),
    ];
    const published = file === undefined ? [] : await readCheckpoints(file, keys);
    const verdicts = await verifyEverything({ database, operators, keys, published });
    print(auditReport(verdicts));
    if (verdicts.some(isBroken)) process.exitCode = 1;
  });
});

/** @throws Error with the usage where the command line is not understood. */
function readCommand(arguments_: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...arguments_],
      allowPositionals: true,
      options: {
        checkpoints: { type: 'string' },
        key: { type: 'string', multiple: true },
      },
    });
    const { checkpoints, key: keyFiles = [] } = values;
    const [name, file, ...more] = positionals;
    assert(more.length === 0, 'too many words');
    if (name === 'export') {
      assert(file !== undefined, 'export wants a file to write');
      assert(checkpoints === undefined && keyFiles.length === 0, 'export takes no options');
      return { name, file, keyFiles };
    }
    assert(name === 'verify' && file === undefined, 'the commands are verify and export FILE');
    return { name, file: checkpoints, keyFiles };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}
