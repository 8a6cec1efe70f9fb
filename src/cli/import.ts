import { parseArgs } from 'node:util';
import { assert } from '../kernel/assert';
import { Problem } from '../kernel/problem';
import { rate, type Rate } from '../kernel/rate';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Operator } from '../modules/identity';
import { withBooks, type Books } from './books';
import { inOrderOfSigning, readFilingFile, type FilingFile } from './filing-file';
import { filingReport, importSummary, outcomeJson, type FileOutcome } from './filing-report';
import { runProgram } from './program';

const USAGE = `Usage: npm run import -- form-c FILE... [options]

  Takes EDGAR filings of the Form C family (C, C/A, C-U, C-AR, C-TR) into issuers, figures and
  offerings, by the rules of the API. A file at a time: one that cannot be taken leaves nothing
  behind and keeps no other out. Files are taken in the order of their signing; a file that was
  taken before changes nothing.

  --operator CODE          whose; the first under us-reg-cf when left out
  --waiting-list PERCENT   orders taken at most, in percent of the maximum; 125 when left out
  --json                   the report for programs

  The exit code is 1 if a file was refused as a whole.`;

interface ImportOptions {
  readonly files: readonly string[];
  readonly operator: string | undefined;
  readonly orderLimitRate: Rate;
  readonly isJson: boolean;
}

/** What a Form C asks of the operator: how long the waiting list is. */
const USUAL_WAITING_LIST = '125';

runProgram(async (print) => {
  const options = readOptions(process.argv.slice(2));
  const files = inOrderOfSigning(await Promise.all(options.files.map(readFilingFile)));
  await withBooks(async (books) => {
    const operator = chosen(books.operators, options.operator);
    const outcomes: FileOutcome[] = [];
    for (const file of files) {
      const outcome = await importOne(books, file, { operator, options });
      outcomes.push(outcome);
      if (!options.isJson) print(`${filingReport(outcome)}\n`);
    }
    print(
      options.isJson
        ? JSON.stringify(outcomes.map(outcomeJson), undefined, 2)
        : `${operator.code}: ${importSummary(outcomes)}`,
    );
    if (outcomes.some((outcome) => 'failed' in outcome)) process.exitCode = 1;
  });
});

async function importOne(
  { database, services }: Books,
  file: FilingFile,
  { operator, options }: { readonly operator: Operator; readonly options: ImportOptions },
): Promise<FileOutcome> {
  if ('unreadable' in file) return { file: file.path, failed: { reason: file.unreadable } };
  const scope = { operatorId: operator.id, actor: { kind: 'system', id: 'import' } } as const;
  const { orderLimitRate } = options;
  try {
    const imported = await database.write(scope, (tx) =>
      services.filings.import(tx, file.xml, { orderLimitRate }),
    );
    return { file: file.path, imported };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, title, detail } = error;
    const reason = detail === undefined ? `${title}.` : `${title}: ${detail}`;
    return { file: file.path, failed: { code, reason } };
  }
}

/** @throws Error with the usage where the command line is not understood. */
function readOptions(arguments_: readonly string[]): ImportOptions {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...arguments_],
      allowPositionals: true,
      options: { operator: text, 'waiting-list': text, json: { type: 'boolean' } },
    });
    const [command, ...files] = positionals;
    assert(command === 'form-c', 'The only kind of file is form-c.');
    assert(files.length > 0, 'No file is named.');
    return {
      files,
      operator: values.operator,
      orderLimitRate: waitingList(values['waiting-list'] ?? USUAL_WAITING_LIST),
      isJson: values.json ?? false,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}

function waitingList(percent: string): Rate {
  const isPercent = /^\d{3,4}(\.\d{1,4})?$/.test(percent);
  const share = rate(isPercent ? percent : '0').dividedBy(100);
  assert(!share.lessThan(1) && !share.greaterThan(10), '--waiting-list is from 100 to 1000.');
  return share;
}

function chosen(operators: readonly Operator[], code: string | undefined): Operator {
  const found = operators
    .toSorted((a, b) => a.id - b.id)
    .find((each) => (code === undefined ? each.rulebookId === 'us-reg-cf' : each.code === code));
  if (found) return found;
  const known = operators.map((operator) => operator.code).join(', ');
  if (code !== undefined && known !== '') {
    throw new StartupProblem(`There is no operator ${code}.`, `Known are: ${known}.`);
  }
  throw new StartupProblem(
    'No operator of this installation works under us-reg-cf, so nobody can take a Form C.',
    'Start it once with "npm start", which sets up a sandbox, or create one with POST /v1/operators.',
  );
}
