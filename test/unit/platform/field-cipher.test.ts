import fc from 'fast-check';
import { BlindIndex, FieldCipher } from '../../../src/platform/field-cipher';

const key = (id: string, byte: number) => ({ id, secret: Buffer.alloc(32, byte) });
const ADDRESS = { table: 'investors', column: 'name_encrypted', rowId: 'inv_1' };
const cipher = new FieldCipher([key('k1', 1)]);

describe('a sealed text', () => {
  test('opens to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(cipher.open(cipher.seal(text, ADDRESS), ADDRESS)).toBe(text);
      }),
    );
  });

  test('is different each time, so that equal texts cannot be told', () => {
    expect(cipher.seal('Ada', ADDRESS)).not.toBe(cipher.seal('Ada', ADDRESS));
  });

  test.each([
    { moved: 'another row', address: { ...ADDRESS, rowId: 'inv_2' } },
    { moved: 'another column', address: { ...ADDRESS, column: 'born_on_encrypted' } },
    { moved: 'another table', address: { ...ADDRESS, table: 'issuers' } },
  ])('does not open in $moved', ({ address }) => {
    expect(() => cipher.open(cipher.seal('Ada', ADDRESS), address)).toThrow();
  });

  test('does not open once a single bit of it was changed', () => {
    const [keyId, body = ''] = cipher.seal('Ada', ADDRESS).split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => cipher.open(`${keyId}.${changed.toString('base64url')}`, ADDRESS)).toThrow();
    }
  });

  test('does not open with its tag cut short', () => {
    const sealed = cipher.seal('', ADDRESS);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    const short = `k1.${bytes.subarray(0, 20).toString('base64url')}`;
    expect(() => cipher.open(short, ADDRESS)).toThrow();
  });
});

describe('replacing the key', () => {
  const rotated = new FieldCipher([key('k2', 2), key('k1', 1)]);

  test('the new key writes and both read', () => {
    expect(rotated.seal('Ada', ADDRESS)).toMatch(/^k2\./);
    expect(rotated.open(cipher.seal('Ada', ADDRESS), ADDRESS)).toBe('Ada');
  });

  test('without the old key, what it sealed stays shut', () => {
    const later = new FieldCipher([key('k2', 2)]);
    expect(() => later.open(cipher.seal('Ada', ADDRESS), ADDRESS)).toThrow(
      'the encryption key of investors.name_encrypted is missing',
    );
  });
});

describe('a blind index', () => {
  test('finds equal texts and shows nothing to who has another key', () => {
    const index = new BlindIndex(Buffer.alloc(32, 1));
    expect(index.digest('x')).toEqual(index.digest('x'));
    expect(index.digest('x')).not.toEqual(new BlindIndex(Buffer.alloc(32, 2)).digest('x'));
    expect(index.digest('x')).toHaveLength(32);
  });
});
