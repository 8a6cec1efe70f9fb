import fc from 'fast-check';
import { canonicalJson, type Json } from '../../../src/kernel/canonical-json';

describe('the one text of a JSON value', () => {
  it.each([
    { value: { b: 1, a: [true, null, 'x'] }, text: '{"a":[true,null,"x"],"b":1}' },
    { value: { gone: undefined, here: 0 }, text: '{"here":0}' },
    { value: { '€': 1, '\r': 2, '1': 3, '😀': 4 }, text: '{"\\r":2,"1":3,"€":1,"😀":4}' },
    { value: [1e21, 1e-7, -0, 4.5], text: '[1e+21,1e-7,0,4.5]' },
    { value: '"\n\u0007', text: '"\\"\\n\\u0007"' },
    { value: [], text: '[]' },
    { value: {}, text: '{}' },
  ])('of $value is $text', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    { name: 'no number', value: Number.NaN },
    { name: 'an infinity', value: [Number.POSITIVE_INFINITY] },
    { name: 'half a character', value: '\ud83d' },
    { name: 'half a character in a key', value: { '\ude00': 1 } },
  ])('does not exist for $name', ({ value }) => {
    expect(() => canonicalJson(value)).toThrow(/no such number|half a character/);
  });

  it('reads back the same, and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(canonicalJson(json))).toEqual(json);
        if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
          const turned = Object.fromEntries(Object.entries(json).toReversed()) as Json;
          expect(canonicalJson(turned)).toBe(canonicalJson(json));
        }
      }),
    );
  });
});
