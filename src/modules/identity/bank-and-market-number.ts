import { wrong, type NumberFindings } from './identity-check';

/**
 * Checks a Legal Entity Identifier, already normalised.
 *
 * Source: ISO 17442-1, check digits by ISO/IEC 7064 MOD 97-10.
 */
export function checkLei(text: string): NumberFindings {
  if (text.length !== 20) {
    return wrong('wrong-length', `An LEI has 20 characters; this has ${text.length}.`);
  }
  if (!/^[0-9A-Z]{18}\d{2}$/.test(text)) {
    return wrong('wrong-character', 'An LEI is 18 digits or capitals, then two check digits.');
  }
  return checkDigits(text, text.slice(18));
}

/**
 * Checks an IBAN, already normalised and without spaces.
 *
 * Source: ISO 13616-1, check digits by ISO/IEC 7064 MOD 97-10; lengths from the SWIFT registry.
 * The national check digits inside are not checked.
 */
export function checkIban(text: string): NumberFindings {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]*$/.test(text)) {
    return wrong(
      'wrong-shape',
      'An IBAN is a country, two check digits, then digits and capitals.',
    );
  }
  const country = text.slice(0, 2);
  const length = IBAN_LENGTHS.get(country);
  if (length === undefined) {
    return wrong('unknown-country', `${country} is not a country that issues IBANs.`);
  }
  if (text.length !== length) {
    return wrong(
      'wrong-length',
      `An IBAN of ${country} has ${length} characters; this has ${text.length}.`,
    );
  }
  const findings = checkDigits(text.slice(4) + text.slice(0, 4), text.slice(2, 4));
  return { ...findings, parts: { country } };
}

function checkDigits(rearranged: string, digits: string): NumberFindings {
  // 00, 01 and 99 leave the same remainder as 97, 98 and 02, and only the latter are ever issued.
  const isIssued = digits >= '02' && digits <= '98';
  if (isIssued && remainder97(rearranged) === 1) return { problems: [] };
  return wrong('wrong-check-character', 'The two check digits do not fit the other characters.');
}

/** The number modulo 97, each letter standing for two digits: A is 10, Z is 35. */
function remainder97(text: string): number {
  let remainder = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}

/** Source: SWIFT, IBAN Registry. Remembered, and compared with published examples in the tests. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 ' +
    'XK20 CH21 HR21 LI21 LV21 BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 ' +
    'IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 ' +
    'IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 HN28 HU28 ' +
    'LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
