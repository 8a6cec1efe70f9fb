import fc from 'fast-check';
import { CsvHeaderError, namedCells, parseCsv, streamCsv } from '../../../src/platform/csv';

const rowsOf = (text: string, form = {}) => parseCsv(text, form).records;

describe('a row of a comma-separated file', () => {
  it.each([
    { what: 'plain cells', text: 'a,b\n1,2\n', cells: ['1', '2'] },
    { what: 'a last line without an end', text: 'a,b\n1,2', cells: ['1', '2'] },
    { what: 'the line ends of Windows', text: 'a,b\r\n1,2\r\n', cells: ['1', '2'] },
    { what: 'the line ends of old machines', text: 'a,b\r1,2\r', cells: ['1', '2'] },
    { what: 'a byte order mark', text: '\uFEFFa,b\n1,2\n', cells: ['1', '2'] },
    { what: 'a delimiter in quotes', text: 'a,b\n"1,5",2\n', cells: ['1,5', '2'] },
    { what: 'a quote in quotes', text: 'a,b\n"say ""hi""",2\n', cells: ['say "hi"', '2'] },
    { what: 'a line end in quotes', text: 'a,b\n"1\n2",3\n', cells: ['1\n2', '3'] },
    { what: 'empty cells', text: 'a,b\n,\n', cells: ['', ''] },
    { what: 'empty quotes', text: 'a,b\n"",""\n', cells: ['', ''] },
    { what: 'a quote within a plain cell', text: 'a,b\n5" pipe,2\n', cells: ['5" pipe', '2'] },
  ])('may have $what', ({ text, cells }) => {
    expect(rowsOf(text)).toEqual([{ line: 2, cells }]);
  });

  it('may be parted by blanks, in a file without a header', () => {
    const form = { delimiter: ' ', columns: ['a', 'b'] };
    expect(rowsOf('A11  6\nA12 48 \n', form)).toEqual([
      { line: 1, cells: ['A11', '6'] },
      { line: 2, cells: ['A12', '48'] },
    ]);
  });

  it('is given by the names of its columns', () => {
    expect(namedCells(['a', 'b'], { line: 2, cells: ['1', '2'] })).toEqual({ a: '1', b: '2' });
  });
});

describe('a broken row', () => {
  it.each([
    { what: 'a cell too few', row: '1', broken: 'The row has 1 cells, the file has 2 columns' },
    { what: 'a cell too many', row: '1,2,3', broken: 'The row has 3 cells' },
    { what: 'text after a closing quote', row: '"1"x,2', broken: 'Text follows a closing quote' },
    { what: 'bytes that are no text', row: '\uFFFD,2', broken: 'not text in UTF-8' },
  ])('with $what costs nobody else their row', ({ row, broken }) => {
    expect(rowsOf(`a,b\n1,2\n${row}\n3,4\n`)).toEqual([
      { line: 2, cells: ['1', '2'] },
      { line: 3, broken: expect.stringContaining(broken) },
      { line: 4, cells: ['3', '4'] },
    ]);
  });

  it('whose quote is never closed does not swallow the rest of the file', () => {
    expect(rowsOf('a,b\n"1,2\n3,4\n5,6\n')).toEqual([
      { line: 2, broken: 'A quote is opened and not closed' },
      { line: 3, cells: ['3', '4'] },
      { line: 4, cells: ['5', '6'] },
    ]);
  });

  it('whose quote is closed by that of a later row costs its own line only', () => {
    expect(rowsOf('a,b\n"1,2\n3,4\n"5",6\n')).toEqual([
      { line: 2, broken: 'Text follows a closing quote' },
      { line: 3, cells: ['3', '4'] },
      { line: 4, cells: ['5', '6'] },
    ]);
  });
});

describe('a header', () => {
  it.each([
    { what: 'that names a column twice', text: 'a,a\n1,2\n' },
    { what: 'that is not there', text: '' },
    { what: 'that cannot be read', text: '"a"b,c\n1,2\n' },
  ])('$what refuses the file', ({ text }) => {
    expect(() => parseCsv(text)).toThrow(CsvHeaderError);
  });
});

describe('any table', () => {
  const cell = fc.string({ maxLength: 8 }).filter((text) => !/[\0\uFFFD]/.test(text));
  const table = fc.array(fc.tuple(cell, cell), { maxLength: 12 });
  const written = (rows: readonly (readonly string[])[]) =>
    ['a,b', ...rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))]
      .map((line) => `${line}\n`)
      .join('');

  it('comes back as it was written, whatever its cells hold', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const cells = rowsOf(written(rows)).map((record) => 'cells' in record && record.cells);
        expect(cells).toEqual(rows);
      }),
    );
  });

  it('is the same however it is cut into chunks', async () => {
    const chunks = fc.tuple(
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'x', 'é') }),
      fc.nat(5),
    );
    await fc.assert(
      fc.asyncProperty(chunks, async ([body, size]) => {
        const text = `a,b\n${body}`;
        const bytes = Buffer.from(text);
        async function* source() {
          for (let at = 0; at < bytes.length; at += size + 1) {
            yield await Promise.resolve(bytes.subarray(at, at + size + 1));
          }
        }
        const records = [];
        for await (const { record } of streamCsv(source())) records.push(record);
        expect(records).toEqual(rowsOf(text));
      }),
      { numRuns: 300 },
    );
  });
});
