import { readFileSync } from 'node:fs';
import { Problem } from '../kernel/problem';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Operator } from '../modules/identity';
import { readStatementFile, type StatementFile } from '../modules/reconciliation';
import type { Books } from './books';

/** Which file of a bank, whose, and how it is read where it is a CSV. */
export interface StatementOrder {
  readonly file: string;
  readonly mapping: string | undefined;
  readonly operator: string | undefined;
}

/** What of the books is needed. */
export interface StatementBooks extends Pick<Books, 'database' | 'operators'> {
  readonly services: Pick<Books['services'], 'bankStatements' | 'reconciliationDays'>;
}

/**
 * Takes a bank statement in, as `POST /v1/bank-statements` does.
 *
 * @returns what came of it, a line for people.
 * @throws StartupProblem naming every line that is wrong, where it is refused; then nothing is taken.
 */
export async function importStatement(
  { database, operators, services }: StatementBooks,
  order: StatementOrder,
): Promise<string> {
  const operator = operatorOf(operators, order.operator);
  const scope = { operatorId: operator.id, actor: { kind: 'system', id: 'import' } } as const;
  const { bankStatements, reconciliationDays } = services;
  try {
    const file = readFile(order);
    const { statement, isNew, matched } = await database.write(scope, async (tx) => {
      const taken = await bankStatements.take(tx, file);
      if (taken.isNew) await reconciliationDays.redraft(tx);
      return taken;
    });
    const { statementRef, fromOn, toOn, lineCount, closing } = statement;
    return isNew
      ? `${operator.code}: ${statementRef}, ${fromOn} to ${toOn}: ${lineCount} lines, ${matched} matched; closes with ${closing.toString()}`
      : `${operator.code}: ${statementRef} was taken before; nothing changed`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new StartupProblem(`${order.file} is refused: ${error.title}.`, reasonsOf(error));
  }
}

function readFile({ file, mapping }: StatementOrder): StatementFile {
  const content = readFileSync(file, 'utf8');
  if (mapping === undefined) return { format: 'camt.053', content };
  return readStatementFile(content, JSON.parse(readFileSync(mapping, 'utf8')));
}

function operatorOf(operators: readonly Operator[], code: string | undefined): Operator {
  const [found, ...others] = operators.filter((each) => code === undefined || each.code === code);
  if (found && others.length === 0) return found;
  const known = operators.map((each) => each.code).join(', ');
  throw new StartupProblem('It is not clear whose statement this is.', `Known are: ${known}.`);
}

function reasonsOf({ detail, errors = [] }: Problem): string {
  const lines = errors.map(({ pointer, detail: said }) => `${pointer}: ${said}`);
  return [detail, ...lines].filter((line) => line !== undefined).join('\n');
}
