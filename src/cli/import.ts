import { parseArgs } from 'node:util';
import { assert } from '../kernel/assert';
import { rate, type Rate } from '../kernel/rate';
import { USUAL_ORDER_LIMIT } from '../modules/filings';
import { withBooks } from './books';
import { filingOperator, importFilings } from './filing-import';
import { filingReport, importSummary, outcomeJson } from './filing-report';
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

runProgram(async (print) => {
  const options = readOptions(process.argv.slice(2));
  await withBooks(async (books) => {
    const operator = filingOperator(books.operators, options.operator);
    const { files, isJson, orderLimitRate } = options;
    const outcomes = await importFilings(books, files, {
      operator,
      orderLimitRate,
      tell: (outcome) => {
        if (!isJson) print(`${filingReport(outcome)}\n`);
      },
    });
    print(
      isJson
        ? JSON.stringify(outcomes.map(outcomeJson), undefined, 2)
        : `${operator.code}: ${importSummary(outcomes)}`,
    );
    if (outcomes.some((outcome) => 'failed' in outcome)) process.exitCode = 1;
  });
});

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
      orderLimitRate: waitingList(values['waiting-list']),
      isJson: values.json ?? false,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}

function waitingList(percent: string | undefined): Rate {
  if (percent === undefined) return USUAL_ORDER_LIMIT;
  const isPercent = /^\d{3,4}(\.\d{1,4})?$/.test(percent);
  const share = rate(isPercent ? percent : '0').dividedBy(100);
  assert(!share.lessThan(1) && !share.greaterThan(10), '--waiting-list is from 100 to 1000.');
  return share;
}
