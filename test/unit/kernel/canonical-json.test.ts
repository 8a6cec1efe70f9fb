import { canonicalJson, type Json } from '../../../src/kernel/canonical-json';

it.each<{ value: Json; text: string }>([
  { value: { b: 1, a: [true, null, 'x'] }, text: '{"a":[true,null,"x"],"b":1}' },
  { value: { é: 1, z: 2, Z: 3, '': 4 }, text: '{"":4,"Z":3,"z":2,"é":1}' },
  { value: { a: undefined, b: {} }, text: '{"b":{}}' },
  { value: [1.0, -0, 1e21, 0.1], text: '[1,0,1e+21,0.1]' },
  { value: 'a"\n\u2028', text: '"a\\"\\n\u2028"' },
])('$text', ({ value, text }) => {
  expect(canonicalJson(value)).toBe(text);
});

it.each([Number.NaN, Infinity, '\ud800', { '\ud800': 1 }])('%p has no JSON', (value) => {
  expect(() => canonicalJson(value as Json)).toThrow();
});
