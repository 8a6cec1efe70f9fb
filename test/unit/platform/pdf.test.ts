import { inflateSync } from 'node:zlib';
import { renderTable, type TableDocument } from '../../../src/platform/pdf';
import { textRuns } from '../../../src/platform/pdf/chinese-font';

const content: TableDocument = {
  title: 'Register 名册',
  facts: [['Issuer 发行人', '云筹']],
  columns: [
    { heading: 'Holder 持有人', width: 0.7, align: 'left' },
    { heading: 'Units 数量', width: 0.3, align: 'right' },
  ],
  rows: [['张伟', '1 000']],
  totals: ['Total 合计', '1 000'],
  notes: [],
  madeAt: new Date('2025-03-10T09:00:00Z'),
};

/** What the pages draw, decompressed. */
function drawn(pdf: Buffer): string {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/FlateDecode\n?>>\nstream\n([\s\S]*?)\nendstream/g)];
  return streams.map(([, body = '']) => inflateSync(Buffer.from(body, 'latin1')).toString()).join();
}

const codes = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');

test.each([
  { text: 'Units 数量 (n)', runs: ['Units ', '数量', ' (n)'] },
  { text: 'Łódź – café', runs: ['Lódz – café'] },
  { text: 'a\u{20BB7}b', runs: ['a?b'] },
])('"$text" is split by the fonts that can show it', ({ text, runs }) => {
  expect(textRuns(text).map((run) => run.text)).toEqual(runs);
});

test('a document shows Chinese text in a font its reader has', async () => {
  const pdf = await renderTable(content);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.toString('latin1')).toContain('/UniGB-UCS2-H');
  for (const text of ['名册', '发行人', '云筹', '张伟', '合计']) {
    expect(drawn(pdf)).toContain(`<${codes(text)}>`);
  }
});

test('the same content makes the same bytes', async () => {
  const [first, second] = [await renderTable(content), await renderTable(content)];
  expect(first.equals(second)).toBe(true);
});

test('a long table goes on over pages, each numbered', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => [`Holder ${index}`, String(index)]);
  const pdf = await renderTable({ ...content, rows });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\n/g) ?? [];
  expect(pages).toHaveLength(3);
});
