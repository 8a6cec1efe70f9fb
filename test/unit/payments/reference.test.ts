import fc from 'fast-check';
import { findReference, referenceOf } from '../../../src/modules/payments/reference';

const ID = 'dep_01JTVST7XAES5BXHWZN4KR4VEZ';

test('a reference is short enough to type', () => {
  expect(referenceOf(ID)).toBe('YC-XHWZ-N4KR-4VEZ');
});

test.each([
  { written: 'YC-XHWZ-N4KR-4VEZ' },
  { written: 'yc xhwz n4kr 4vez' },
  { written: 'Payment for YC-XHWZN4KR4VEZ, with thanks' },
  { written: '/EREF/YCXHWZN4KR4VEZ' },
])('is found in "$written"', ({ written }) => {
  expect(findReference(written)).toBe('YC-XHWZ-N4KR-4VEZ');
});

test('letters that look like digits are read as the digits', () => {
  expect(findReference('YC-0OOO-1LIL-AAAA')).toBe('YC-0000-1111-AAAA');
});

test.each([{ written: '' }, { written: 'happy birthday' }, { written: 'YC-123' }])(
  'nothing is found in "$written"',
  ({ written }) => {
    expect(findReference(written)).toBeUndefined();
  },
);

test('every reference is found again, whatever punctuation surrounds it', () => {
  const tail = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  const noise = fc.stringMatching(/^[ .,:;/-]{0,8}$/);
  fc.assert(
    fc.property(tail, noise, noise, (end, before, after) => {
      const reference = referenceOf(`dep_01JTVST7XAES5B${end}`);
      expect(findReference(before + reference + after)).toBe(reference);
    }),
  );
});
