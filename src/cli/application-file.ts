import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import type { Json } from '../kernel/canonical-json';
import { StartupProblem } from '../platform/db/startup-problem';
import { namedCells, streamCsv, type CsvRow } from '../platform/csv';
import {
  applicantOf,
  dayOf,
  missingColumns,
  outcomeOf,
  readMapping,
  type ApplicantMapping,
} from '../modules/credit';
import type { ImportRow, RefusedRow } from '../modules/applications';

/** A row of a file that could be read, or why it could not. */
export type FileRow = { readonly row: ImportRow } | { readonly refused: RefusedRow };

/** @throws StartupProblem where there is no such file or it is no mapping. */
export function readMappingFile(path: string): ApplicantMapping {
  try {
    return readMapping(JSON.parse(readFileSync(path, 'utf8')) as Json, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupProblem(`The mapping ${path} cannot be used: ${reason}`, MENDING);
  }
}

const MENDING = 'Those that come along are in compliance/mappings.';

/**
 * The rows of a file, one by one: however long it is, no more than a row is held. A row that is
 * broken is told with its line, and keeps no other out.
 *
 * @throws StartupProblem where the file cannot be opened or lacks columns of the mapping.
 */
export async function* applicationRows(
  path: string,
  mapping: ApplicantMapping,
): AsyncGenerator<FileRow> {
  let isChecked = false;
  for await (const { columns, record } of streamCsv(createReadStream(path), mapping.csv)) {
    if (!isChecked) requireColumns(path, mapping, columns);
    isChecked = true;
    yield 'broken' in record
      ? { refused: { line: record.line, code: 'row-broken', reason: record.broken } }
      : readRow(columns, record, mapping);
  }
}

function requireColumns(path: string, mapping: ApplicantMapping, columns: readonly string[]): void {
  const missing = missingColumns(mapping, columns);
  if (missing.length === 0) return;
  throw new StartupProblem(
    `${path} has no column ${missing.join(', ')}.`,
    `The mapping ${mapping.id} reads them.`,
  );
}

function readRow(columns: readonly string[], record: CsvRow, mapping: ApplicantMapping): FileRow {
  const { line } = record;
  const cells = namedCells(columns, record);
  const cellOf = (column: string): string | undefined => cells[column];
  const { applicant, faults } = applicantOf(mapping, cellOf);
  if (faults.length > 0) {
    const reason = faults.map(({ column, detail }) => `${column}: ${detail}`).join('; ');
    return { refused: { line, code: 'cell-unreadable', reason } };
  }
  const sha256 = createHash('sha256').update(JSON.stringify(record.cells)).digest('hex');
  const externalId = mapping.externalId && cellOf(mapping.externalId.column)?.trim();
  if (externalId === '') {
    const reason = `${mapping.externalId?.column ?? ''} is empty.`;
    return { refused: { line, code: 'external-id-missing', reason } };
  }
  const turnedBad = outcomeOf(mapping, cellOf);

  // Without an id the content is what tells rows apart; half the hash is more than enough.
  const key = externalId ?? sha256.slice(0, 32);
  return {
    row: { line, key, sha256, applicant, turnedBad, startedOn: dayOf(mapping, cellOf) },
  };
}
