import { writeZip, type ZipEntry } from './zip';

/** A cell: text, or a number written as the decimal text that it is. */
export type SheetCell =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'empty' };

export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly SheetCell[])[];
}

/** A number of more digits is kept as text: a spreadsheet would round it without a word. */
const EXACT_DIGITS = 15;
const NUMBER = /^-?\d+(\.\d+)?$/;
const LONGEST_NAME = 31;
/** Of columns, in characters. */
const [NARROWEST, WIDEST] = [8, 60];

export function textCell(value: string | null): SheetCell {
  return value === null ? { kind: 'empty' } : { kind: 'text', value };
}

/** A typed cell where the text is a number that a spreadsheet can hold exactly. */
export function numberCell(value: string | null): SheetCell {
  if (value === null) return { kind: 'empty' };
  const digits = value.replaceAll(/[-.]/g, '').replace(/^0+/, '').length;
  const isExact = NUMBER.test(value) && digits <= EXACT_DIGITS;
  return isExact ? { kind: 'number', value } : { kind: 'text', value };
}

/**
 * A workbook (ISO/IEC 29500) of plain cells. The same sheets make the same bytes: it does not say when
 * or by whom it was made. Text is written as text, so nothing in it is ever run as a formula.
 */
export function writeXlsx(sheets: readonly Sheet[]): Buffer {
  const numbers = sheets.map((_, index) => index + 1);
  return writeZip([
    part('[Content_Types].xml', contentTypes(numbers)),
    part('_rels/.rels', relations([['officeDocument', 'xl/workbook.xml']])),
    part('xl/workbook.xml', workbook(sheets)),
    part(
      'xl/_rels/workbook.xml.rels',
      relations(numbers.map((no) => ['worksheet', `worksheets/sheet${no}.xml`])),
    ),
    ...sheets.map((sheet, index) => part(`xl/worksheets/sheet${index + 1}.xml`, worksheet(sheet))),
  ]);
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function part(name: string, xml: string): ZipEntry {
  const text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${xml}`;
  return { name, bytes: Buffer.from(text, 'utf8') };
}

function contentTypes(numbers: readonly number[]): string {
  const sheets = numbers.map(
    (no) =>
      `<Override PartName="/xl/worksheets/sheet${no}.xml" ContentType="${SPREADSHEET}.worksheet+xml"/>`,
  );
  return (
    `<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/>` +
    `${sheets.join('')}</Types>`
  );
}

function relations(targets: readonly (readonly [kind: string, path: string])[]): string {
  const rows = targets.map(
    ([kind, path], index) =>
      `<Relationship Id="rId${index + 1}" Type="${DOCUMENT}/${kind}" Target="${path}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${rows.join('')}</Relationships>`;
}

function workbook(sheets: readonly Sheet[]): string {
  const rows = sheets.map(
    ({ name }, index) =>
      `<sheet name="${escaped(name.slice(0, LONGEST_NAME))}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets>${rows.join('')}</sheets></workbook>`;
}

function worksheet({ rows }: Sheet): string {
  const lines = rows.map((cells, row) => {
    const written = cells.map((cell, column) => cellXml(cell, `${letters(column)}${row + 1}`));
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  const data = `<sheetData>${lines.join('')}</sheetData>`;
  return `<worksheet xmlns="${MAIN}">${columnWidths(rows)}${data}</worksheet>`;
}

/** Wide enough for what stands in a column, as far as a screen goes. */
function columnWidths(rows: Sheet['rows']): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const length = cell.kind === 'empty' ? 0 : cell.value.length;
      widths[column] = Math.min(WIDEST, Math.max(widths[column] ?? NARROWEST, length + 2));
    }
  }
  if (widths.length === 0) return '';
  const columns = widths.map(
    (width, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  return `<cols>${columns.join('')}</cols>`;
}

function cellXml(cell: SheetCell, place: string): string {
  if (cell.kind === 'empty') return '';
  if (cell.kind === 'number') return `<c r="${place}"><v>${cell.value}</v></c>`;
  const text = `<t xml:space="preserve">${escaped(cell.value)}</t>`;
  return `<c r="${place}" t="inlineStr"><is>${text}</is></c>`;
}

/** A, B, ..., Z, AA: the columns of a sheet, counted from 0. */
function letters(column: number): string {
  const last = String.fromCodePoint(65 + (column % 26));
  return column < 26 ? last : `${letters(Math.trunc(column / 26) - 1)}${last}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters, which XML cannot hold, are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (found) => ESCAPES[found] ?? found);
}
