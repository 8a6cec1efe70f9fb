import { parseArgs } from 'node:util';
import { loadConfig } from '../config';
import { must } from '../kernel/assert';
import { DocumentSigner } from '../platform/auth';
import { withBooks } from './books';
import { exportLists, importLists } from './list-file';
import { runProgram } from './program';

const USAGE = `Usage: npm run lists -- export PATH --operator CODE
       npm run lists -- import FILE.json --operator CODE [--key KEY.pem]

export: writes the operator's own entries in force to PATH.json and PATH.csv, each with a signature
  beside it (.jws), and the key to check them with (PATH.pem).
import: proposes every entry of a list that an authority or another operator keeps; a person puts each
  in force. An entry that was taken before changes nothing; one that is broken keeps no other out.

  --key KEY.pem   the key that must have signed the file, with the signature in FILE.json.jws

  The exit code is 1 if an entry was refused.`;

runProgram(async (print) => {
  const { name, path, operator: code, keyFile } = readCommand(process.argv.slice(2));
  await withBooks(async (books) => {
    const operator = must(
      books.operators.find((each) => each.code === code),
      `an operator ${code}`,
    );
    if (name === 'export') {
      const signer = new DocumentSigner(loadConfig().signingKey);
      print(
        `${await exportLists(books, { operator, path, signer })} entries written to ${path}.json`,
      );
      return;
    }
    const { proposed, repeated, refused } = await importLists(books, {
      operator,
      file: path,
      keyFile,
    });
    for (const { externalId, reason } of refused) print(`${externalId}: ${reason}`);
    print(`${proposed} proposed, ${repeated} known before, ${refused.length} refused`);
    if (refused.length > 0) process.exitCode = 1;
  });
});

/** @throws Error with the usage where the command line is not understood. */
function readCommand(arguments_: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: { operator: { type: 'string' }, key: { type: 'string' } },
  });
  const [name, path, ...more] = positionals;
  const { operator, key: keyFile } = values;
  const isKnown = name === 'export' || name === 'import';
  if (!isKnown || path === undefined || operator === undefined || more.length > 0) {
    throw new Error(USAGE);
  }
  return { name, path, operator, keyFile };
}
