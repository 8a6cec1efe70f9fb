import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import {
  checkIdentityNumber,
  type IdentityNumberCheck,
  type IdentityNumberKind,
} from '../../../src/modules/identity/identity-number';
import { residentIdCheckCharacter } from '../../../src/modules/identity/resident-id';
import { USCC_ALPHABET, usccCheckCharacter } from '../../../src/modules/identity/uscc';
import { substitutions, transpositions } from '../../support/typing-errors';

const TODAY = calendarDate('2025-03-10');

const check = (kind: IdentityNumberKind, text: string): IdentityNumberCheck =>
  checkIdentityNumber(kind, text, TODAY);

const codes = (result: IdentityNumberCheck): string[] => result.problems.map(({ code }) => code);

// Sources of the Chinese vectors: examples of the standards, codes published by companies, and
// numbers made for this purpose in division 539999, which is not allocated.
const USCCS = [
  { text: '91110000600037341L', organisationCode: '60003734-1' },
  { text: '9144030071526726XG', organisationCode: '71526726-X' },
  { text: '91530103MA6KHJWK8C', organisationCode: 'MA6KHJWK-8' },
  { text: '91539999888417887R', organisationCode: '88841788-7' },
  { text: '92539999MA3WXUF920', organisationCode: 'MA3WXUF9-2' },
  { text: '52539999358151006Y', organisationCode: '35815100-6' },
];

describe('统一社会信用代码', () => {
  it.each(USCCS)('$text is valid, and so is the code inside', ({ text, organisationCode }) => {
    expect(check('cn-uscc', text)).toEqual({
      kind: 'cn-uscc',
      isValid: true,
      normalised: text,
      masked: `${text.slice(0, 3)}***********${text.slice(14)}`,
      problems: [],
      warnings: [],
      parts: {
        registration: text.slice(0, 2),
        division: text.slice(2, 8),
        organisationCode,
      },
    });
  });

  it.each([
    { text: '91110000600037341I', code: 'wrong-character' },
    { text: '91539999888417887S', code: 'wrong-character' },
    { text: '91530010752594446R', code: 'wrong-check-character' },
    { text: '91110000600037341', code: 'wrong-length' },
    { text: '91110000600037341LL', code: 'wrong-length' },
    { text: '9111000A600037341L', code: 'wrong-shape' },
    { text: '', code: 'wrong-length' },
  ])('$text is refused: $code', ({ text, code }) => {
    const result = check('cn-uscc', text);
    expect(codes(result)).toEqual([code]);
    expect(result.normalised).toBeUndefined();
    expect(result.parts).toBeUndefined();
  });

  it.each(USCCS)('every single substitution in $text is noticed', ({ text }) => {
    const changed = substitutions(text, USCC_ALPHABET);
    expect(changed).toHaveLength(540);
    expect(changed.filter((other) => check('cn-uscc', other).isValid)).toEqual([]);
  });

  it.each(USCCS)('every exchange of neighbours in $text is noticed', ({ text }) => {
    expect(transpositions(text).filter((other) => check('cn-uscc', other).isValid)).toEqual([]);
  });

  it('agrees with the weighted sum of the standard', () => {
    const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    const first17 = fc
      .array(fc.constantFrom(...USCC_ALPHABET.split('')), { minLength: 17, maxLength: 17 })
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(first17, (text) => {
        const sum = weights.reduce(
          (total, weight, index) => total + weight * USCC_ALPHABET.indexOf(text.charAt(index)),
          0,
        );
        expect(usccCheckCharacter(text)).toBe(USCC_ALPHABET.charAt((31 - (sum % 31)) % 31));
      }),
    );
  });

  it('only warns when the organisation code inside does not fit', () => {
    const first17 = '91539999888417888';
    const result = check('cn-uscc', first17 + usccCheckCharacter(first17));
    expect(result.isValid).toBe(true);
    expect(result.warnings).toEqual([
      {
        code: 'wrong-organisation-code',
        message: expect.stringContaining('should be 7') as string,
      },
    ]);
  });

  it.each([
    { body: '00000000', inner: '0' },
    { body: '71526726', inner: 'X' },
  ])('knows the organisation code $body with check character $inner', ({ body, inner }) => {
    const first17 = `91539999${body}${inner}`;
    expect(check('cn-uscc', first17 + usccCheckCharacter(first17)).warnings).toEqual([]);
  });
});

const RESIDENT_IDS = [
  { text: '11010519491231002X', birthDate: '1949-12-31', sex: 'female' },
  { text: '440524188001010014', birthDate: '1880-01-01', sex: 'male' },
  { text: '53999919900307005X', birthDate: '1990-03-07', sex: 'male' },
  { text: '539999198512140680', birthDate: '1985-12-14', sex: 'female' },
  { text: '539999200002290398', birthDate: '2000-02-29', sex: 'male' },
];

describe('居民身份证', () => {
  it.each(RESIDENT_IDS)('$text is valid', ({ text, birthDate, sex }) => {
    const result = check('cn-resident-id', text);
    expect(result).toMatchObject({ isValid: true, normalised: text, problems: [] });
    expect(result.parts).toEqual({ division: text.slice(0, 6), birthDate, sex });
  });

  it.each([
    { text: '110105194912310021', code: 'wrong-check-character' },
    { text: '11010519491231002Y', code: 'wrong-character' },
    { text: '530102209901010011', code: 'future-birth-date' },
    { text: '130503670401001', code: 'superseded-format' },
    { text: '01010519491231002X', code: 'wrong-character' },
    { text: '1101051949123100X2', code: 'wrong-character' },
    { text: '11010519491231002', code: 'wrong-length' },
    { text: '110105 19491231002X', code: 'wrong-length' },
  ])('$text is refused: $code', ({ text, code }) => {
    expect(codes(check('cn-resident-id', text))).toEqual([code]);
  });

  it('530102199002300015 is refused, and with the right check character for its date', () => {
    expect(check('cn-resident-id', '530102199002300015').isValid).toBe(false);
    const first17 = '53999919900230001';
    const fitting = first17 + residentIdCheckCharacter(first17);
    expect(codes(check('cn-resident-id', fitting))).toEqual(['no-such-date']);
  });

  it.each([
    { on: '1990-03-06', code: 'future-birth-date' },
    { on: '1990-03-07', code: undefined },
  ])('on $on a birth on 7 March 1990 is $code', ({ on, code }) => {
    const result = checkIdentityNumber('cn-resident-id', '53999919900307005X', calendarDate(on));
    expect(codes(result)[0]).toBe(code);
  });

  it('warns of a birth more than 130 years ago', () => {
    expect(check('cn-resident-id', '440524188001010014').warnings).toMatchObject([
      { code: 'implausible-birth-date' },
    ]);
    expect(check('cn-resident-id', '11010519491231002X').warnings).toEqual([]);
  });

  it.each(RESIDENT_IDS)('every single substitution in $text is noticed', ({ text }) => {
    const changed = substitutions(text, '0123456789X');
    expect(changed).toHaveLength(180);
    expect(changed.filter((other) => check('cn-resident-id', other).isValid)).toEqual([]);
  });

  it.each(RESIDENT_IDS)('every exchange of neighbours in $text is noticed', ({ text }) => {
    const changed = transpositions(text);
    expect(changed.filter((other) => check('cn-resident-id', other).isValid)).toEqual([]);
  });

  it('agrees with the weighted sum of the standard', () => {
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    fc.assert(
      fc.property(fc.stringMatching(/^\d{17}$/), (text) => {
        const sum = weights.reduce(
          (total, weight, index) => total + weight * Number(text[index]),
          0,
        );
        expect(residentIdCheckCharacter(text)).toBe('10X98765432'.charAt(sum % 11));
      }),
    );
  });
});
