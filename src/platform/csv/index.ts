export { CsvHeaderError, namedCells, parseCsv, streamCsv } from './csv';
export type { BrokenCsvRow, CsvForm, CsvRecord, CsvRow, CsvTable } from './csv';
export { csvLine, type CsvCell } from './write';
