import { parseArgs } from 'node:util';
import { assert } from '../kernel/assert';
import { rate, type Rate } from '../kernel/rate';
import { USUAL_ORDER_LIMIT } from '../modules/filings';
import { applicationReport, applicationReportJson } from './application-report';
import { importApplications, lendingOperator } from './application-import';
import { withBooks, type Books } from './books';
import { filingOperator, importFilings } from './filing-import';
import { filingReport, importSummary, outcomeJson } from './filing-report';
import { takeLoanBook, type LoanBookOrder } from './loan-book';
import { runProgram, type Print } from './program';
import { importStatement, type StatementOrder } from './statement-import';

const USAGE = `Usage: npm run import -- form-c FILE... [options]
       npm run import -- applications FILE.csv --mapping FILE.json [options]
       npm run import -- loan-book FILE.csv --mapping FILE.json [--rows N]
       npm run import -- bank-statement FILE [--mapping FILE.json] [--operator CODE]

form-c: takes EDGAR filings of the Form C family (C, C/A, C-U, C-AR, C-TR) into issuers, figures and
  offerings, by the rules of the API. A file at a time: one that cannot be taken leaves nothing
  behind and keeps no other out. Files are taken in the order of their signing; a file that was
  taken before changes nothing.

  --operator CODE          whose; the first under us-reg-cf when left out
  --waiting-list PERCENT   orders taken at most, in percent of the maximum; 125 when left out
  --json                   the report for programs

applications: takes applications for loans, a row each: scored, graded, priced, held against law and
  means, listed for lenders and matched with their mandates. A row that is broken is refused with its line and reason and keeps
  no other out; a row that was taken before changes nothing. Ends with the table of grades, and what
  became of the loans where the file knows. Mappings are in compliance/mappings.

  --mapping FILE.json      how the columns are read; needed
  --operator CODE          whose; the first that lends when left out
  --limit N                rows read at most; all when left out
  --list N                 loans listed at most; 1000 when left out
  --json                   the report for programs

loan-book: takes the loans of another platform's book, a row each, at the rate, for the term and under
  the grade they have there; lends, pays out and services each to its end on a virtual clock, in a
  database of its own, paid as the file says it ended and as the stated assumptions say when. Ends
  with returns and defaults by grade and vintage beside the file's, the time each part took, and every
  integrity check. A row that was taken before changes nothing.

  --mapping FILE.json      how the columns are read; needed
  --rows N                 rows read at most; 2000 when left out

bank-statement: takes a statement of the custodian's account, camt.053 or, with a mapping, CSV: whole or
  not at all, and matches its lines with the books. The same file again changes nothing.

  --mapping FILE.json      of a CSV: how its columns are read, and its head (docs/reconciliation.md)
  --operator CODE          whose; needed where there are several

  The exit code is 1 if a file was refused as a whole, or if a check finds something.`;

interface FilingOptions {
  readonly command: 'form-c';
  readonly files: readonly string[];
  readonly operator: string | undefined;
  readonly orderLimitRate: Rate;
  readonly isJson: boolean;
}

interface ApplicationOptions {
  readonly command: 'applications';
  readonly file: string;
  readonly mapping: string;
  readonly operator: string | undefined;
  readonly limit: number | undefined;
  readonly list: number;
  readonly isJson: boolean;
}

interface LoanBookOptions extends LoanBookOrder {
  readonly command: 'loan-book';
}

interface StatementOptions extends StatementOrder {
  readonly command: 'bank-statement';
}

type ImportOptions = FilingOptions | ApplicationOptions | LoanBookOptions | StatementOptions;

/** Enough to see lenders at work, and to be done in a minute. */
const USUALLY_LISTED = '1000';
/** Enough to see every grade and month, and to be done in minutes. */
const USUAL_LOANS = '2000';

runProgram(async (print) => {
  const options = readOptions(process.argv.slice(2));
  if (options.command === 'loan-book') {
    if (!(await takeLoanBook(options, print))) process.exitCode = 1;
    return;
  }
  if (options.command === 'bank-statement') {
    await withBooks(async (books) => print(await importStatement(books, options)));
    return;
  }
  await withBooks((books) =>
    options.command === 'form-c'
      ? takeFilings(books, options, print)
      : takeApplications(books, options, print),
  );
});

async function takeFilings(books: Books, options: FilingOptions, print: Print): Promise<void> {
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
}

async function takeApplications(
  books: Books,
  options: ApplicationOptions,
  print: Print,
): Promise<void> {
  const operator = lendingOperator(books.operators, options.operator);
  const { file, mapping, limit, list, isJson } = options;
  if (!isJson) print(`${operator.code} (${operator.rulebookId}, ${operator.homeCurrency})`);
  const report = await importApplications(books, {
    file,
    mapping,
    operator,
    limit,
    list,
    tell: (rows) => {
      if (!isJson && rows % TOLD_EVERY < 500) print(`  ${rows} rows`);
    },
  });
  print(isJson ? JSON.stringify(applicationReportJson(report)) : applicationReport(report));
}

const TOLD_EVERY = 5000;

/** @throws Error with the usage where the command line is not understood. */
function readOptions(arguments_: readonly string[]): ImportOptions {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...arguments_],
      allowPositionals: true,
      options: {
        operator: text,
        'waiting-list': text,
        mapping: text,
        limit: text,
        list: text,
        rows: text,
        json: { type: 'boolean' },
      },
    });
    const [command, ...files] = positionals;
    const common = { operator: values.operator, isJson: values.json ?? false };
    assert(files.length > 0, 'No file is named.');
    if (command === 'form-c') {
      const orderLimitRate = waitingList(values['waiting-list']);
      return { ...common, command, files, orderLimitRate };
    }
    const [file = '', ...others] = files;
    assert(others.length === 0, 'One such file at a time.');
    return readOfOneFile({ ...values, ...common, command, file });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}

/** What is said of a file of which one is taken at a time. */
function readOfOneFile(said: {
  readonly command: string | undefined;
  readonly file: string;
  readonly operator: string | undefined;
  readonly isJson: boolean;
  readonly mapping?: string | undefined;
  readonly limit?: string | undefined;
  readonly list?: string | undefined;
  readonly rows?: string | undefined;
}): ImportOptions {
  const { command, file, operator, mapping, isJson, limit } = said;
  if (command === 'bank-statement') return { command, file, mapping, operator };
  assert(mapping !== undefined, '--mapping is needed.');
  if (command === 'loan-book') {
    return { command, file, mapping, rows: count(said.rows ?? USUAL_LOANS) };
  }
  const known = 'Files are of form-c, applications, loan-book or bank-statement.';
  assert(command === 'applications', known);
  return {
    command,
    file,
    mapping,
    operator,
    isJson,
    limit: limit === undefined ? undefined : count(limit),
    list: count(said.list ?? USUALLY_LISTED),
  };
}

function waitingList(percent: string | undefined): Rate {
  if (percent === undefined) return USUAL_ORDER_LIMIT;
  const isPercent = /^\d{3,4}(\.\d{1,4})?$/.test(percent);
  const share = rate(isPercent ? percent : '0').dividedBy(100);
  assert(!share.lessThan(1) && !share.greaterThan(10), '--waiting-list is from 100 to 1000.');
  return share;
}

function count(text: string): number {
  assert(/^\d{1,9}$/.test(text), '--limit, --list and --rows are whole numbers.');
  return Number(text);
}
