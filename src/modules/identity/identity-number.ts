import type { CalendarDate } from '../../kernel/calendar-date';
import { checkIban, checkLei } from './bank-and-market-number';
import {
  wrong,
  type IdentityNumberKind,
  type NumberFindings,
  type NumberParts,
  type NumberRemark,
} from './identity-check';
import { checkResidentId } from './resident-id';
import { checkCik, checkEin, checkSsn } from './us-number';
import { checkUscc } from './uscc';

export type { IdentityNumberKind, NumberParts, NumberRemark } from './identity-check';

export interface IdentityNumberCheck {
  readonly kind: IdentityNumberKind;
  readonly isValid: boolean;
  /** The one spelling under which the number is stored and compared; only of a valid number. */
  readonly normalised?: string;
  /** What may be shown, also of a number that is wrong. */
  readonly masked: string;
  readonly problems: readonly NumberRemark[];
  /** What is unusual and does not make the number wrong. */
  readonly warnings: readonly NumberRemark[];
  readonly parts?: NumberParts;
}

/** How a kind is checked, and how many characters at either end may be shown. */
interface NumberScheme {
  readonly check: (text: string, on: CalendarDate) => NumberFindings;
  readonly shownAtStart: number;
  readonly shownAtEnd: number;
  /** What people write between the characters of this kind: taken out. */
  readonly separators?: RegExp;
  /** Leading zeros are filled up to this length. */
  readonly paddedTo?: number;
}

const SCHEMES: Readonly<Record<IdentityNumberKind, NumberScheme>> = {
  'cn-uscc': { check: checkUscc, shownAtStart: 3, shownAtEnd: 4 },
  'cn-resident-id': { check: checkResidentId, shownAtStart: 3, shownAtEnd: 4 },
  lei: { check: checkLei, shownAtStart: 4, shownAtEnd: 4, separators: / /g },
  iban: { check: checkIban, shownAtStart: 4, shownAtEnd: 4, separators: / /g },
  'us-ssn': { check: checkSsn, shownAtStart: 0, shownAtEnd: 4, separators: /[ -]/g },
  'us-ein': { check: checkEin, shownAtStart: 0, shownAtEnd: 4, separators: /[ -]/g },
  'us-cik': { check: checkCik, shownAtStart: 0, shownAtEnd: 4, paddedTo: 10 },
  passport: { check: checkPassport, shownAtStart: 0, shownAtEnd: 3, separators: / /g },
  // A hyphen stays: in Finland it tells the century of birth.
  'eu-national-id': {
    check: checkEuNationalId,
    shownAtStart: 0,
    shownAtEnd: 3,
    separators: /[ ./]/g,
  },
};

/**
 * Checks an identity number as far as arithmetic goes: shape, check characters, date of birth.
 *
 * It says whether a number can exist, not whether it was issued or belongs to whoever gives it.
 *
 * @param on the day as of which a date of birth lies in the past or in the future.
 */
export function checkIdentityNumber(
  kind: IdentityNumberKind,
  text: string,
  on: CalendarDate,
): IdentityNumberCheck {
  const normalised = normaliseIdentityNumber(kind, text);
  const { problems, warnings = [], parts } = SCHEMES[kind].check(normalised, on);
  const isValid = problems.length === 0;
  return {
    kind,
    isValid,
    ...(isValid ? { normalised } : {}),
    masked: maskIdentityNumber(kind, normalised),
    problems,
    warnings,
    ...(isValid && parts ? { parts } : {}),
  };
}

/** Trims, turns full-width characters into ASCII ones, and puts letters into upper case. */
export function normaliseIdentityNumber(kind: IdentityNumberKind, text: string): string {
  const { separators, paddedTo = 0 } = SCHEMES[kind];
  const ascii = text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
    .trim()
    // Not toUpperCase: it would turn letters such as ß and ı into ASCII ones that nobody wrote.
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const compact = separators ? ascii.replace(separators, '') : ascii;
  return /^\d+$/.test(compact) ? compact.padStart(paddedTo, '0') : compact;
}

/**
 * The number as it may be shown: `530***********005X`. The length stays, so that two masked numbers
 * of one person look alike; a text too short to hide at least four characters is hidden whole.
 */
export function maskIdentityNumber(kind: IdentityNumberKind, normalised: string): string {
  const { shownAtStart, shownAtEnd } = SCHEMES[kind];
  const characters = Array.from(normalised);
  const hidden = characters.length - shownAtStart - shownAtEnd;
  if (hidden < 4) return '*'.repeat(characters.length);
  const start = characters.slice(0, shownAtStart).join('');
  return start + '*'.repeat(hidden) + characters.slice(-shownAtEnd).join('');
}

/** Shape only. Source: ICAO Doc 9303, a document number has up to nine letters and digits. */
function checkPassport(text: string): NumberFindings {
  if (/^(?=.*\d)[0-9A-Z]{5,9}$/.test(text)) return { problems: [] };
  return wrong('wrong-shape', 'A passport number is five to nine letters and digits.');
}

/** Shape only: each member state has its own scheme, and most are not public standards. */
function checkEuNationalId(text: string): NumberFindings {
  if (/^(?=(?:.*\d){4})[0-9A-Z+-]{5,20}$/.test(text)) return { problems: [] };
  return wrong('wrong-shape', 'A national identity number is five to twenty letters and digits.');
}
