import {
  remark,
  wrong,
  type NumberFindings,
  type NumberParts,
  type NumberRemark,
} from './identity-check';

/** GB 32100-2015: digits and capitals without I, O, S, V, Z; a character's place is its value. */
export const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 11714: another table of values than the USCC's, A to Z without gaps. */
const ORGANISATION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Checks a 统一社会信用代码 (unified social credit code), already normalised.
 *
 * Source: GB 32100-2015, check character by GB/T 17710 MOD 31-3. The organisation code inside is
 * checked by GB 11714 and only warned of: older registrations are known to break it.
 */
export function checkUscc(text: string): NumberFindings {
  if (text.length !== 18) {
    return wrong('wrong-length', `A USCC has 18 characters; this has ${text.length}.`);
  }
  if (Array.from(text).some((character) => !USCC_ALPHABET.includes(character))) {
    return wrong('wrong-character', 'A USCC holds digits and capitals without I, O, S, V and Z.');
  }
  if (!/^.{2}\d{6}/.test(text)) {
    return wrong('wrong-shape', 'Characters 3 to 8 are the administrative division, six digits.');
  }
  if (usccCheckCharacter(text.slice(0, 17)) !== text.charAt(17)) {
    return wrong('wrong-check-character', 'The last character does not fit the others.');
  }
  return { problems: [], warnings: organisationWarnings(text), parts: partsOf(text) };
}

/** The eighteenth character, from the first seventeen. Weights are the powers of 3 modulo 31. */
export function usccCheckCharacter(first17: string): string {
  // Horner's scheme from the right: the sum of value(i) * 3^(i-1).
  let sum = 0;
  for (const character of Array.from(first17).toReversed()) {
    sum = (sum * 3 + USCC_ALPHABET.indexOf(character)) % 31;
  }
  return USCC_ALPHABET.charAt((31 - sum) % 31);
}

function organisationWarnings(text: string): readonly NumberRemark[] {
  const body = text.slice(8, 16);
  const check = organisationCheckCharacter(body);
  if (check === text.charAt(16)) return [];
  return [
    remark(
      'wrong-organisation-code',
      `Character 17 should be ${check} for the organisation code ${body} inside (GB 11714).`,
    ),
  ];
}

/** The ninth character of an organisation code, from its first eight. */
function organisationCheckCharacter(body: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, index) => total + weight * ORGANISATION_ALPHABET.indexOf(body.charAt(index)),
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}

function partsOf(text: string): NumberParts {
  return {
    registration: text.slice(0, 2),
    division: text.slice(2, 8),
    organisationCode: `${text.slice(8, 16)}-${text.charAt(16)}`,
  };
}
