import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import {
  checkIdentityNumber,
  maskIdentityNumber,
  type IdentityNumberCheck,
  type IdentityNumberKind,
} from '../../../src/modules/identity/identity-number';
import { substitutions, transpositions } from '../../support/typing-errors';

const TODAY = calendarDate('2025-03-10');

const check = (kind: IdentityNumberKind, text: string): IdentityNumberCheck =>
  checkIdentityNumber(kind, text, TODAY);

const codes = (result: IdentityNumberCheck): string[] => result.problems.map(({ code }) => code);

/** Those of one digit for another and one letter for another, as MOD 97-10 promises to notice. */
function likeSubstitutions(text: string): string[] {
  const isDigit = (character: string): boolean => character <= '9';
  return substitutions(text, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ').filter((other) =>
    Array.from(other).every(
      (character, index) => isDigit(character) === isDigit(text.charAt(index)),
    ),
  );
}

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
    const text = '91539999888417887R';
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (wides) => {
        const spelled = Array.from(text)
          .map((c) => (wides.next().value ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c))
          .join('');
        expect(check('cn-uscc', spelled).normalised).toBe(text);
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
