import { parseArgs } from 'node:util';
import { withBooks } from './books';
import { found, type Founding } from './founding';
import { runProgram } from './program';

const USAGE = `Usage: npm run found -- OPERATOR.json --email ADDRESS
       npm run found -- --operator CODE --email ADDRESS

Makes the first operator of an installation and somebody with the role platform, who registers all
others through the API; or such a somebody for an operator there is. Prints the password, once.

  OPERATOR.json   as the body of POST /v1/operators`;

runProgram(async (print) => {
  const { email, of } = readCommand(process.argv.slice(2));
  const made = await withBooks((books) => found({ books, email, of }));
  print(`  operator  ${made.operator.code} (${made.operator.legalName})`);
  print(`  e-mail    ${made.email}`);
  print(`  password  ${made.password}`);
  print('');
  print('  Log in with POST /v1/auth/login and change the password: it is shown here only.');
  print('  A server that runs already knows a new operator after its next start.');
});

/** @throws Error with the usage where the command line is not understood. */
function readCommand(arguments_: readonly string[]): Omit<Founding, 'books'> {
  const { values, positionals } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: { operator: { type: 'string' }, email: { type: 'string' } },
  });
  const [file, ...more] = positionals;
  const { operator: code, email } = values;
  if (email === undefined || more.length > 0) throw new Error(USAGE);
  if (file !== undefined && code === undefined) return { email, of: { file } };
  if (file === undefined && code !== undefined) return { email, of: { code } };
  throw new Error(USAGE);
}
