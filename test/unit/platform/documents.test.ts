import fc from 'fast-check';
import {
  DocumentSigner,
  keyAsPem,
  keyOfPem,
  readSigned,
  verifiesDetached,
} from '../../../src/platform/auth';
import {
  numberCell,
  readZip,
  textCell,
  writeXlsx,
  writeZip,
  ZipError,
} from '../../../src/platform/documents';

describe('an archive', () => {
  const entry = fc.record({
    name: fc.stringMatching(/^[a-z0-9.-]{1,20}$/),
    bytes: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  });

  it('gives back what was put in, and the same bytes for the same content', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        expect(readZip(writeZip(entries))).toEqual(entries);
        expect(writeZip(entries).equals(writeZip(entries))).toBe(true);
      }),
    );
  });

  it('is refused when a byte of its content is changed, or when it is cut', () => {
    const archive = writeZip([{ name: 'a.txt', bytes: Buffer.from('hello hello hello') }]);
    const broken = Buffer.from(archive);
    broken.writeUInt8(broken.readUInt8(37) ^ 1, 37);
    expect(() => readZip(broken)).toThrow(ZipError);
    expect(() => readZip(archive.subarray(0, -1))).toThrow(ZipError);
  });
});

describe('a workbook', () => {
  const sheet = (rows: Parameters<typeof writeXlsx>[0][number]['rows']): string =>
    readZip(writeXlsx([{ name: 'a', rows }]))
      .find(({ name }) => name.endsWith('sheet1.xml'))
      ?.bytes.toString() ?? '';

  it('types numbers, and leaves as text what a spreadsheet would round or run', () => {
    expect(sheet([[numberCell('12.50'), numberCell('12345678901234.56')]])).toContain(
      '<c r="A1"><v>12.50</v></c><c r="B1" t="inlineStr"><is><t xml:space="preserve">12345678901234.56',
    );
    expect(sheet([[textCell('=1+1'), textCell(null)]])).toContain(
      '<t xml:space="preserve">=1+1</t>',
    );
  });

  it('escapes what XML would read, and names columns beyond Z', () => {
    const row = Array.from({ length: 28 }, () => textCell('<&">\u0001'));
    expect(sheet([row])).toContain(
      '<c r="AB1" t="inlineStr"><is><t xml:space="preserve">&lt;&amp;&quot;&gt;</t>',
    );
  });
});

describe('a detached signature', () => {
  const signer = new DocumentSigner(Buffer.alloc(32, 1));
  const text = '{"a":1}';
  const jws = signer.signDetached(text, 'test');

  it('holds for the text it was made over and for no other, by the key alone', () => {
    const key = keyOfPem(keyAsPem(signer.publicKey));
    expect(key.kid).toBe(signer.publicKey.kid);
    expect(verifiesDetached(jws, text, key)).toBe(true);
    expect(verifiesDetached(jws, `${text} `, key)).toBe(false);
    const other = new DocumentSigner(Buffer.alloc(32, 2)).publicKey;
    expect(verifiesDetached(jws, text, other)).toBe(false);
    expect(verifiesDetached(jws.replace('..', '.x.'), text, key)).toBe(false);
  });

  it('outlives its key: who signs with a new one still knows the one before', () => {
    const { publicKey, keys } = new DocumentSigner(Buffer.alloc(32, 2), [signer.publicKey.x]);
    expect(keys).toEqual([publicKey, signer.publicKey]);
    const { jws: signed } = signer.sign({ a: 1 }, 'test');
    expect(readSigned(signed, keys)).toEqual({ a: 1 });
    expect(readSigned(signed, [publicKey])).toBeUndefined();
  });
});

it('reads what another program packed: stored or deflated, with fields of its own', () => {
  const archive =
    'UEsDBBQAAAAAAAAAIVAL+UNWBgAAAAYAAAAFAAYAYS50eHSZmQIAaGlzdG9yZWRQSwMEFAAAAAgAAAAhULQXCWUMAAAA' +
    'IwAAAAUAAABiLnR4dCtITM5OTVEowEMBAFBLAQIUAxQAAAAAAAAAIVAL+UNWBgAAAAYAAAAFAAYAAgAAAAAAAACAAQAA' +
    'AABhLnR4dJmZAgBoaW5vUEsBAhQDFAAAAAgAAAAhULQXCWUMAAAAIwAAAAUAAAAAAAAAAAAAAIABLwAAAGIudHh0UEsF' +
    'BgAAAAACAAIAbgAAAF4AAAAAAA==';
  const entries = readZip(Buffer.from(archive, 'base64'));
  expect(entries.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
    ['a.txt', 'stored'],
    ['b.txt', 'packed packed packed packed packed '],
  ]);
});
