import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Actor } from '../platform/db';
import { StartupProblem } from '../platform/db/startup-problem';
import { createOperatorBody, emailInput, type Operator } from '../modules/identity';
import type { Books } from './books';

/** Whoever has the machine and the owner's connection to the database. */
const ACTOR: Actor = { kind: 'system', id: 'cli.found' };
/** As characters that can be copied by hand: 144 bits. */
const PASSWORD_BYTES = 18;
const EXAMPLE = 'An e-mail address is wanted, such as ada@example.org.';

export interface Founding {
  readonly books: Pick<Books, 'database' | 'services' | 'operators'>;
  readonly email: string;
  /** A file with the first operator, or the code of one there is. */
  readonly of: { readonly file: string } | { readonly code: string };
}

export interface Founded {
  readonly operator: Operator;
  readonly email: string;
  /** Told here and nowhere else; it is kept as a hash. */
  readonly password: string;
}

/**
 * Makes what the API cannot, since nobody is there yet who might ask it: a user with the role
 * `platform`, in the rows of the first operator, which is made with it, or of one there is.
 *
 * @throws StartupProblem where the file or the address cannot be read, where an operator exists
 *   already, or where the one named does not.
 * @throws Problem as `POST /v1/operators` and `POST /v1/users`.
 */
export async function found({ books, email: address, of }: Founding): Promise<Founded> {
  const { services } = books;
  const email = readEmail(address);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const passwordHash = await services.logIn.hashNew(password, email);
  const operator = 'file' in of ? await firstOperator(books, of.file) : known(books, of.code);
  const scope = { operatorId: operator.id, actor: ACTOR };
  await books.database.write(scope, (tx) =>
    services.users.create(tx, ['platform'], { email, passwordHash, roles: ['platform'] }),
  );
  return { operator, email, password };
}

async function firstOperator(
  { database, services, operators }: Founding['books'],
  file: string,
): Promise<Operator> {
  const draft = readOperator(file);
  const [first] = operators;
  if (first) {
    throw new StartupProblem(
      `There is an operator already: ${first.code}.`,
      'Somebody with the role platform registers more (POST /v1/operators). If nobody can log in ' +
        `any more: npm run found -- --operator ${first.code} --email ADDRESS`,
    );
  }
  const scope = { operatorId: undefined, actor: ACTOR };
  return database.write(scope, (tx) => services.operators.create(tx, draft));
}

function known({ operators }: Founding['books'], code: string): Operator {
  const operator = operators.find((each) => each.code === code);
  if (operator) return operator;
  const codes = operators.map((each) => each.code).join(', ') || 'none yet';
  throw new StartupProblem(`There is no operator ${code}.`, `There are: ${codes}.`);
}

function readEmail(address: string): string {
  const read = emailInput.safeParse(address);
  if (!read.success) throw new StartupProblem(`${address} is not an address.`, EXAMPLE);
  return read.data;
}

function readOperator(file: string) {
  const read = createOperatorBody.safeParse(readJson(file));
  if (read.success) return read.data;
  const reasons = read.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  throw new StartupProblem(
    `${file} is not an operator.`,
    ['It is read as the body of POST /v1/operators (/docs):', ...reasons].join('\n    '),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const remedy = `It must be a file in JSON: ${(error as Error).message}`;
    throw new StartupProblem(`${file} cannot be read.`, remedy, error);
  }
}
