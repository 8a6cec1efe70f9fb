import fc from 'fast-check';
import { rate, rateText } from '../../../src/kernel/rate';

describe('reading a rate', () => {
  it.each([
    { text: '0.085', value: '0.085' },
    { text: '-1', value: '-1' },
    { text: '007.10', value: '7.1' },
    { text: '0.000000000000000001', value: '1e-18' },
    { text: '999999999999999999', value: '999999999999999999' },
  ])('$text is $value', ({ text, value }) => {
    expect(rate(text).toString()).toBe(value);
  });

  it.each(['', '.5', '5.', '1e3', 'NaN', 'Infinity', '0x10', ' 1', '+1', '1,5', '1'.repeat(19)])(
    '%j is refused',
    (text) => {
      expect(() => rate(text)).toThrow(expect.objectContaining({ code: 'rate.malformed' }));
    },
  );
});

describe('printing a rate', () => {
  it.each([
    { text: '2', digits: 5, printed: '2.00000' },
    { text: '2.04', digits: 5, printed: '2.04000' },
    { text: '-0.5', digits: 1, printed: '-0.5' },
    { text: '3.00', digits: 0, printed: '3' },
  ])('$text with $digits digits is $printed', ({ text, digits, printed }) => {
    expect(rateText(rate(text), digits)).toBe(printed);
  });

  it('never rounds: what does not fit is a bug of the caller', () => {
    expect(() => rateText(rate('0.123456'), 5)).toThrow('0.123456 has more than 5 digits');
  });

  it('reads back what it printed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,18}\.\d{1,5}$/), (text) => {
        expect(rate(rateText(rate(text), 5)).equals(rate(text))).toBe(true);
      }),
    );
  });
});
