/** What a cell may hold. Numbers are given as text by whoever knows their digits. */
export type CsvCell = string | undefined;

/** What a spreadsheet takes for a formula, unless it is a plain number. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * One row (RFC 4180), with its line end. Text that a spreadsheet would run as a formula is given an
 * apostrophe before it (OWASP, CSV injection); numbers are left as they are.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: CsvCell): string {
  if (cell === undefined) return '';
  const safe = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
