import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../kernel/canonical-json';
import {
  applicantOf,
  dayOf,
  kindsOf,
  missingColumns,
  outcomeOf,
  readMapping,
  readTrainingDescription,
  trainingTable,
  type ApplicantMapping,
  type TrainingDescription,
  type TrainingRow,
  type TrainingTable,
} from '../modules/credit';
import { CsvHeaderError, namedCells, streamCsv, type CsvRow } from '../platform/csv';
import { StartupProblem } from '../platform/db/startup-problem';

/** A description with the mapping it names. */
export interface TrainingPlan {
  readonly description: TrainingDescription;
  readonly mapping: ApplicantMapping;
}

export interface TrainingFile {
  readonly table: TrainingTable;
  /** Rows that were left out, each with its line. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
  /** Rows whose outcome is not known yet: nothing is wrong with them. */
  readonly undecided: number;
}

const MAPPINGS = 'compliance/mappings';

/** @throws CreditFileError where the description or the mapping it names is malformed. */
export function readPlan(path: string): TrainingPlan {
  const description = readTrainingDescription(readJson(path), path);
  return { description, mapping: mappingNamed(description.mapping) };
}

/** @throws CreditFileError where the mapping is malformed. */
export function mappingNamed(id: string): ApplicantMapping {
  const path = join(MAPPINGS, `${id}.json`);
  return readMapping(readJson(path), path);
}

/**
 * Reads a file of cases row by row. A row that is broken, or has a cell that the mapping cannot
 * read, is left out and named.
 *
 * @throws StartupProblem where there is no such file, or it lacks a column or names one twice.
 */
export async function readTrainingFile(
  path: string,
  mapping: ApplicantMapping,
  kinds: ReturnType<typeof kindsOf>,
): Promise<TrainingFile> {
  const rows: TrainingRow[] = [];
  const refused: { line: number; reason: string }[] = [];
  let undecided = 0;
  let isChecked = false;
  for await (const { columns, record } of rowsOf(path, mapping)) {
    if (!isChecked) requireColumns(path, mapping, columns);
    isChecked = true;
    if ('broken' in record) {
      refused.push({ line: record.line, reason: record.broken });
      continue;
    }
    const row = readRow(columns, record, mapping);
    if (row === undefined) undecided += 1;
    else if ('reason' in row) refused.push({ line: record.line, reason: row.reason });
    else rows.push(row);
  }
  return { table: trainingTable(kinds, rows), refused, undecided };
}

function unreadable(path: string, cause: unknown): StartupProblem {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StartupProblem(`${path} cannot be read.`, reason, cause);
}

async function* rowsOf(path: string, { csv }: ApplicantMapping): ReturnType<typeof streamCsv> {
  try {
    yield* streamCsv(createReadStream(path), csv);
  } catch (error) {
    const isOfFile = error instanceof CsvHeaderError || (error as { code?: unknown }).code;
    throw isOfFile ? unreadable(path, error) : error;
  }
}

/** @throws StartupProblem where there is no such file, or no JSON in it. */
export function readJson(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function requireColumns(path: string, mapping: ApplicantMapping, columns: readonly string[]): void {
  const missing = missingColumns(mapping, columns);
  if (missing.length === 0) return;
  throw new StartupProblem(
    `${path} lacks the columns ${missing.join(', ')}.`,
    `The mapping ${mapping.id} reads them.`,
  );
}

function readRow(
  columns: readonly string[],
  record: CsvRow,
  mapping: ApplicantMapping,
): TrainingRow | { readonly reason: string } | undefined {
  const cells = namedCells(columns, record);
  const cellOf = (column: string): string | undefined => cells[column];
  const isBad = outcomeOf(mapping, cellOf);
  if (isBad === undefined) return undefined;
  const { applicant, faults } = applicantOf(mapping, cellOf);
  const [fault] = faults;
  if (fault) return { reason: `${fault.column}: ${fault.detail}` };
  const benchmark = mapping.benchmark && cellOf(mapping.benchmark.column);
  return { applicant, isBad, day: dayOf(mapping, cellOf), benchmark };
}
