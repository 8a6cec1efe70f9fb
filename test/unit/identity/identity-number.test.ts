import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import {
  checkIdentityNumber,
  maskIdentityNumber,
  type IdentityNumberCheck,
  type IdentityNumberKind,
} from '../../../src/modules/identity/identity-number';
import { residentIdCheckCharacter } from '../../../src/modules/identity/resident-id';
import { USCC_ALPHABET, usccCheckCharacter } from '../../../src/modules/identity/uscc';

const TODAY = calendarDate('2025-03-10');

const check = (kind: IdentityNumberKind, text: string): IdentityNumberCheck =>
  checkIdentityNumber(kind, text, TODAY);

const codes = (result: IdentityNumberCheck): string[] => result.problems.map(({ code }) => code);

/** Every text that differs from `text` in one character, over an alphabet. */
function substitutions(text: string, alphabet: string): string[] {
  return Array.from(text).flatMap((original, index) =>
    Array.from(alphabet)
      .filter((character) => character !== original)
      .map((character) => text.slice(0, index) + character + text.slice(index + 1)),
  );
}

/** Those of one digit for another and one letter for another, as MOD 97-10 promises to notice. */
function likeSubstitutions(text: string): string[] {
  const isDigit = (character: string): boolean => character <= '9';
  return substitutions(text, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ').filter((other) =>
    Array.from(other).every(
      (character, index) => isDigit(character) === isDigit(text.charAt(index)),
    ),
  );
}

/** Every text with two different neighbours exchanged. */
function transpositions(text: string): string[] {
  return Array.from(text.slice(1)).flatMap((second, index) => {
    const first = text.charAt(index);
    return first === second ? [] : [text.slice(0, index) + second + first + text.slice(index + 2)];
  });
}

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

describe('normalisation', () => {
  it.each([
    { name: 'spaces around', kind: 'cn-uscc', text: ' 91110000600037341L\n' },
    { name: 'lower case', kind: 'cn-uscc', text: '91110000600037341l' },
    { name: 'full width', kind: 'cn-uscc', text: '９１１１００００６０００３７３４１Ｌ' },
    { name: 'full width and lower case', kind: 'cn-uscc', text: '　91110000600037341ｌ　' },
  ] as const)('reads through $name', ({ kind, text }) => {
    expect(check(kind, text).normalised).toBe('91110000600037341L');
  });

  it('reads a lower-case x as the check character X', () => {
    expect(check('cn-resident-id', '11010519491231002x').normalised).toBe('11010519491231002X');
  });

  it.each([
    { name: 'a long s', text: 'DE89370400440532013ſ' },
    { name: 'a dotless i', text: '5493001KJTııGC8Y1R12' },
    { name: 'a hidden space', text: '5493001KJTII\u200bGC8Y1R12' },
    { name: 'Arabic digits', text: '٥٤٩٣٠٠١KJTIIGC8Y1R12' },
  ])('does not turn $name into ASCII', ({ text }) => {
    expect(check('lei', text).isValid).toBe(false);
  });

  it('gives one spelling to all ways of writing one number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...USCCS), fc.infiniteStream(fc.boolean()), (uscc, wides) => {
        const spelled = Array.from(uscc.text)
          .map((c) => (wides.next().value ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c))
          .join('');
        expect(check('cn-uscc', spelled).normalised).toBe(uscc.text);
      }),
    );
  });
});

describe('LEI', () => {
  it.each(['5493001KJTIIGC8Y1R12', '506700GE1G29325QX363', 'HWUPKR0MPOU8FGXBT394'])(
    '%s is valid',
    (text) => {
      expect(check('lei', text)).toMatchObject({ isValid: true, normalised: text });
    },
  );

  it.each([
    { text: '5493001KJTIIGC8Y1R13', code: 'wrong-check-character' },
    { text: '5493001KJTIIGC8Y1R1', code: 'wrong-length' },
    { text: '5493001KJTIIGC8Y1RAA', code: 'wrong-character' },
    { text: '5493001KJTIIGC8Y-R12', code: 'wrong-character' },
  ])('$text is refused: $code', ({ text, code }) => {
    expect(codes(check('lei', text))).toEqual([code]);
  });

  it('every single substitution and exchange of neighbours is noticed', () => {
    const text = '5493001KJTIIGC8Y1R12';
    const changed = [...likeSubstitutions(text), ...transpositions(text)];
    expect(changed.filter((other) => check('lei', other).isValid)).toEqual([]);
  });

  it('refuses check digits that are never issued though they leave the same remainder', () => {
    for (const [issued, alias] of [
      ['97', '00'],
      ['98', '01'],
      ['02', '99'],
    ] as const) {
      const first18 = leiWithCheckDigits(issued);
      expect(check('lei', first18 + issued).isValid).toBe(true);
      expect(check('lei', first18 + alias).isValid).toBe(false);
    }
  });
});

/** Some eighteen characters whose check digits are the ones given, found by counting. */
function leiWithCheckDigits(digits: string): string {
  for (let serial = 0; serial < 200; serial += 1) {
    const first18 = `969500${String(serial).padStart(12, '0')}`;
    const value = (first18 + digits).split('').reduce((rest, d) => (rest * 10 + Number(d)) % 97, 0);
    if (value === 1) return first18;
  }
  return '';
}

describe('IBAN', () => {
  // Examples of the SWIFT registry and of national banks.
  it.each([
    'DE89370400440532013000',
    'GB29NWBK60161331926819',
    'FR1420041010050500013M02606',
    'NL91ABNA0417164300',
    'NO9386011117947',
    'MT84MALT011000012345MTLCAST001S',
    'BR1800360305000010009795493C1',
    'CH9300762011623852957',
    'SA0380000000608010167519',
    'LC55HEMM000100010012001200023015',
    'ES9121000418450200051332',
    'IE29AIBK93115212345678',
    'IT60X0542811101000000123456',
    'LU280019400644750000',
    'PL61109010140000071219812874',
    'SE4550000000058398257466',
    'BE68539007547034',
    'AT611904300234573201',
    'TR330006100519786457841326',
    'AE070331234567890123456',
  ])('%s is valid', (text) => {
    const result = check('iban', text);
    expect(result).toMatchObject({ isValid: true, parts: { country: text.slice(0, 2) } });
  });

  it('is read as it is printed, in groups of four', () => {
    expect(check('iban', 'de89 3704 0044 0532 0130 00')).toMatchObject({
      normalised: 'DE89370400440532013000',
      masked: 'DE89**************3000',
    });
  });

  it.each([
    { text: 'DE89370400440532013001', code: 'wrong-check-character' },
    { text: 'DE8937040044053201300', code: 'wrong-length' },
    { text: 'DE893704004405320130000', code: 'wrong-length' },
    { text: 'US89370400440532013000', code: 'unknown-country' },
    { text: 'XX89370400440532013000', code: 'unknown-country' },
    { text: '89DE370400440532013000', code: 'wrong-shape' },
    { text: 'DE89-3704-0044-0532-0130-00', code: 'wrong-shape' },
    { text: 'DE', code: 'wrong-shape' },
    { text: '', code: 'wrong-shape' },
  ])('$text is refused: $code', ({ text, code }) => {
    expect(codes(check('iban', text))).toEqual([code]);
  });

  it('every single substitution and exchange of neighbours is noticed', () => {
    const text = 'GB29NWBK60161331926819';
    const changed = [...likeSubstitutions(text), ...transpositions(text)];
    expect(changed.filter((other) => check('iban', other).isValid)).toEqual([]);
  });
});

describe('numbers of the United States', () => {
  it.each([
    { kind: 'us-ssn', text: '123-45-6789', normalised: '123456789', masked: '*****6789' },
    { kind: 'us-ssn', text: '123 45 6789', normalised: '123456789', masked: '*****6789' },
    { kind: 'us-ein', text: '12-3456789', normalised: '123456789', masked: '*****6789' },
    { kind: 'us-cik', text: '1707214', normalised: '0001707214', masked: '******7214' },
    { kind: 'us-cik', text: '0001707214', normalised: '0001707214', masked: '******7214' },
  ] as const)('$kind $text is $normalised', ({ kind, text, normalised, masked }) => {
    expect(check(kind, text)).toMatchObject({ isValid: true, normalised, masked });
  });

  it.each([
    { kind: 'us-ssn', text: '000-12-3456', code: 'never-issued' },
    { kind: 'us-ssn', text: '666-12-3456', code: 'never-issued' },
    { kind: 'us-ssn', text: '900-12-3456', code: 'never-issued' },
    { kind: 'us-ssn', text: '123-00-3456', code: 'never-issued' },
    { kind: 'us-ssn', text: '123-45-0000', code: 'never-issued' },
    { kind: 'us-ssn', text: '078-05-1120', code: 'never-issued' },
    { kind: 'us-ssn', text: '123-45-678', code: 'wrong-shape' },
    { kind: 'us-ssn', text: '12A-45-6789', code: 'wrong-shape' },
    { kind: 'us-ein', text: '12-345678', code: 'wrong-shape' },
    { kind: 'us-cik', text: '0', code: 'never-issued' },
    { kind: 'us-cik', text: '12345678901', code: 'wrong-shape' },
    { kind: 'us-cik', text: '', code: 'wrong-shape' },
    { kind: 'us-cik', text: 'CIK1', code: 'wrong-shape' },
  ] as const)('$kind $text is refused: $code', ({ kind, text, code }) => {
    expect(codes(check(kind, text))).toEqual([code]);
  });

  it('only warns of an EIN prefix that no office uses', () => {
    const result = check('us-ein', '07-1234567');
    expect(result.isValid).toBe(true);
    expect(result.warnings).toMatchObject([{ code: 'unknown-prefix' }]);
  });
});

describe('numbers of which only the shape is known', () => {
  it.each([
    { kind: 'passport', text: 'E12345678', valid: true },
    { kind: 'passport', text: 'c01x00t47', valid: true },
    { kind: 'passport', text: 'ABCDEFGH', valid: false },
    { kind: 'passport', text: 'E123456789', valid: false },
    { kind: 'passport', text: 'E-1234567', valid: false },
    { kind: 'eu-national-id', text: '85.07.30 033 28', valid: true },
    { kind: 'eu-national-id', text: '131052-308T', valid: true },
    { kind: 'eu-national-id', text: 'RSSMRA85T10A562S', valid: true },
    { kind: 'eu-national-id', text: 'ABC12', valid: false },
    { kind: 'eu-national-id', text: '12345', valid: true },
    { kind: 'eu-national-id', text: '123456789012345678901', valid: false },
  ] as const)('$kind $text is accepted: $valid', ({ kind, text, valid }) => {
    expect(check(kind, text).isValid).toBe(valid);
  });
});

describe('masking', () => {
  it.each([
    { kind: 'cn-resident-id', text: '53010219900101005X', masked: '530***********005X' },
    { kind: 'cn-resident-id', text: '5301021990', masked: '**********' },
    { kind: 'passport', text: 'E12345678', masked: '******678' },
    { kind: 'passport', text: 'E1234', masked: '*****' },
    { kind: 'iban', text: '', masked: '' },
  ] as const)('$kind $text is shown as $masked', ({ kind, text, masked }) => {
    expect(maskIdentityNumber(kind, text)).toBe(masked);
  });

  it('keeps the length and hides at least four characters of anything, or everything', () => {
    const kind = fc.constantFrom<IdentityNumberKind>(
      'cn-uscc',
      'cn-resident-id',
      'lei',
      'iban',
      'us-ssn',
      'us-ein',
      'us-cik',
      'passport',
      'eu-national-id',
    );
    fc.assert(
      fc.property(kind, fc.string({ unit: fc.constantFrom('A', '1', 'X', '9') }), (which, text) => {
        const masked = maskIdentityNumber(which, text);
        const stars = masked.split('*').length - 1;
        expect(masked).toHaveLength(text.length);
        expect(stars >= 4 || stars === text.length).toBe(true);
      }),
    );
  });

  it('also hides a number that is wrong', () => {
    expect(check('cn-resident-id', '110105194912310021').masked).toBe('110***********0021');
  });
});
