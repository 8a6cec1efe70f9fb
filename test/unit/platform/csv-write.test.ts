import { csvLine, parseCsv } from '../../../src/platform/csv';

describe('a row of a CSV file', () => {
  test.each([
    { cell: 'plain', written: 'plain' },
    { cell: '-12.50', written: '-12.50' },
    { cell: '=1+1', written: "'=1+1" },
    { cell: '+49 30 1234', written: "'+49 30 1234" },
    { cell: '-2+3', written: "'-2+3" },
    { cell: '@SUM(A1)', written: "'@SUM(A1)" },
    { cell: '\t=1', written: "'\t=1" },
    { cell: 'a,b', written: '"a,b"' },
    { cell: '=HYPERLINK("x,y")', written: '"\'=HYPERLINK(""x,y"")"' },
    { cell: undefined, written: '' },
  ])('writes $cell as $written', ({ cell, written }) => {
    expect(csvLine(['x', cell])).toBe(`x,${written}\r\n`);
  });

  it('is read back as it was', () => {
    const cells = ['a "b"', 'two\nlines', 'x,y'];
    const { records } = parseCsv(csvLine(cells), { columns: ['a', 'b', 'c'] });
    expect(records).toEqual([{ line: 1, cells }]);
  });
});
