import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { assert } from '../kernel/assert';
import {
  benchmarkOf,
  challengerModel,
  CreditFileError,
  crossValidate,
  kindsOf,
  performanceOf,
  predictByCard,
  readCardFile,
  renderScorecardReport,
  reportInput,
  rowsWhere,
  takeRows,
  trainCard,
  type TrainedCard,
  type TrainingDescription,
  type TrainingTable,
} from '../modules/credit';
import { StartupProblem } from '../platform/db/startup-problem';
import { runProgram, type Print } from './program';
import { cardSummary, performanceLines, stabilityLines } from './scorecard-summary';
import {
  mappingNamed,
  readJson,
  readPlan,
  readTrainingFile,
  type TrainingFile,
} from './training-file';

const USAGE = `Usage: npm run scorecard -- train DESCRIPTION.json FILE.csv [options]
       npm run scorecard -- validate CARD.json FILE.csv [options]

  train     learns a card from the rows of the file as the description says, validates it, and
            writes it to compliance/scorecards/<id>/<version>.json
  validate  asks a card about the rows of a file, and says how good it is there and what has moved

  --report FILE   train: also a page with charts, beside boosted trees that never decide
  --out FOLDER    where train writes the card, instead of compliance/scorecards
  --from DAY      validate: only rows from this day
  --until DAY     validate: only rows before this day
  --json          the figures for programs

  The same description and the same file give the same card, byte for byte. Rows that cannot be
  read are left out and listed.`;

interface Options {
  readonly command: 'train' | 'validate';
  readonly subject: string;
  readonly file: string;
  readonly out: string;
  readonly report: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly isJson: boolean;
}

runProgram(async (print) => {
  const options = readOptions(process.argv.slice(2));
  try {
    await (options.command === 'train' ? train(options, print) : validate(options, print));
  } catch (error) {
    if (!(error instanceof CreditFileError)) throw error;
    throw new StartupProblem(error.message, 'Mend the file, or name another.', error);
  }
});

async function train({ subject, file, out, report, isJson }: Options, print: Print): Promise<void> {
  const { description, mapping } = readPlan(subject);
  const read = await readTrainingFile(file, mapping, kindsOf(description));
  if (!isJson) reading(read).forEach(print);
  const trained = trainCard(read.table, description, mapping);
  const { card } = trained;
  const path = join(out, card.id, `${card.version}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, jsonText(card));
  if (report !== undefined) writeReport(trained, description, report);
  if (isJson) {
    print(JSON.stringify({ card: path, contentHash: card.contentHash, ...card.performance }));
    return;
  }
  cardSummary(card).forEach(print);
  print(`\nWritten: ${path}`);
}

/** The challenger is judged on the same rows as the card, by the same plan. */
function writeReport(
  trained: TrainedCard,
  { validation: plan }: TrainingDescription,
  path: string,
): void {
  const { development, validation } = trained;
  const challenger = challengerModel();
  const scores =
    plan.method === 'out-of-time'
      ? challenger(development, validation)
      : crossValidate(development, challenger, plan).pd;
  const rivals = [{ name: 'Boosted trees', gives: 'probabilities', scores }] as const;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderScorecardReport(reportInput(trained, { rivals })));
}

async function validate(options: Options, print: Print): Promise<void> {
  const card = readCardFile(readJson(options.subject), options.subject);
  const mapping = mappingNamed(card.training.mapping);
  const kinds = Object.fromEntries(
    card.characteristics.map(({ variable, kind }) => [variable, kind]),
  );
  const read = await readTrainingFile(options.file, mapping, kinds);
  const table = between(read.table, options);
  assert(table.rowCount > 0, 'there are no rows in that time');
  const performance = performanceOf(predictByCard(card, table), table.bad);
  const benchmark = benchmarkOf(table);
  if (options.isJson) {
    print(JSON.stringify({ card: `${card.id}/${card.version}`, ...performance, benchmark }));
    return;
  }
  [...reading(read), '', `Card ${card.id}/${card.version} on ${table.rowCount} rows`].forEach(
    print,
  );
  performanceLines(performance, benchmark).forEach(print);
  stabilityLines(card, table).forEach(print);
}

function between(table: TrainingTable, { from, until }: Options): TrainingTable {
  if (from === undefined && until === undefined) return table;
  assert(table.days.length > 0, 'the rows have no dates');
  return takeRows(
    table,
    rowsWhere(table, (row) => {
      const day = table.days[row]!;
      return (from === undefined || day >= from) && (until === undefined || day < until);
    }),
  );
}

/** As the repository lays out JSON: a short list of words stands on one line. */
function jsonText(card: object): string {
  const text = JSON.stringify(card, undefined, 2);
  return `${text.replaceAll(/\[\n\s+("(?:[^"\\\n]|\\.)*")\n\s+\]/g, '[$1]')}\n`;
}

const SHOWN_REFUSALS = 10;

function reading({ table, refused, undecided }: TrainingFile): readonly string[] {
  return [
    `${table.rowCount} rows read, ${refused.length} refused, ${undecided} not decided yet`,
    ...refused.slice(0, SHOWN_REFUSALS).map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(refused.length > SHOWN_REFUSALS ? [`  and ${refused.length - SHOWN_REFUSALS} more`] : []),
  ];
}

/** @throws Error with the usage where the command line is not understood. */
function readOptions(arguments_: readonly string[]): Options {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...arguments_],
      allowPositionals: true,
      options: { out: text, report: text, from: text, until: text, json: { type: 'boolean' } },
    });
    const [command, subject, file, ...rest] = positionals;
    assert(command === 'train' || command === 'validate', 'Say train or validate.');
    assert(subject !== undefined && file !== undefined, 'Two files are needed.');
    assert(rest.length === 0, `${rest.join(' ')} is not understood.`);
    const { out = 'compliance/scorecards', report, from, until, json = false } = values;
    return { command, subject, file, out, report, from, until, isJson: json };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${USAGE}\n\n  ${reason}`, { cause: error });
  }
}
