import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { assert } from '../kernel/assert';
import { calendarDate, type CalendarDate } from '../kernel/calendar-date';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Operator } from '../modules/identity';
import { exportJournal, type JournalRequest } from '../modules/ledger';
import { withBooks } from './books';
import { runProgram } from './program';

const USAGE = `Usage: npm run ledger -- export [options]

  Writes an operator's journal in the format of hledger (https://hledger.org).

  --operator CODE  whose; needed where there are several operators
  --account PATH   only entries that touch this account or one below it
  --from DAY       the first day of recording, YYYY-MM-DD in UTC; what was before is summed up
  --to DAY         the day before which to end
  --output FILE    a file instead of the terminal`;

interface ExportOptions extends JournalRequest {
  readonly operator: string | undefined;
  readonly output: string | undefined;
}

runProgram(async () => {
  const options = readOptions(process.argv.slice(2));
  await withBooks(async ({ database, operators }) => {
    const operatorId = chosen(operators, options.operator).id;
    const { output: file } = options;
    const output = file === undefined ? process.stdout : createWriteStream(file);
    const scope = { operatorId, actor: { kind: 'system', id: 'cli' } } as const;
    await database.read(scope, (db) =>
      pipeline(exportJournal(db, options), output, { end: file !== undefined }).catch(unlessClosed),
    );
  });
});

/** Whoever reads the other end of a pipe may have seen enough. */
function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** @throws Error with the usage where the command line is not understood. */
function readOptions(arguments_: readonly string[]): ExportOptions {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...arguments_],
      allowPositionals: true,
      options: { operator: text, account: text, from: text, to: text, output: text },
    });
    assert(positionals.join(' ') === 'export', 'the only command is export');
    const { operator, account, output, from, to } = values;
    return { operator, account, output, from: day(from), to: day(to) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}

function day(text: string | undefined): CalendarDate | undefined {
  return text === undefined ? undefined : calendarDate(text);
}

function chosen(operators: readonly Operator[], code: string | undefined): Operator {
  const [only, ...others] = operators.filter(
    (operator) => (code ?? operator.code) === operator.code,
  );
  if (only && others.length === 0) return only;
  const known = operators.map((operator) => operator.code).join(', ') || 'none';
  throw new StartupProblem(
    code === undefined ? 'Say which operator.' : `There is no operator ${code}.`,
    `Known are: ${known}.`,
  );
}
