import { addMonths, calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { remark, wrong, type NumberFindings } from './identity-check';

/** Nobody alive was born earlier; a number that says so was mistyped in a lucky way. */
const OLDEST_AGE_YEARS = 130;

/**
 * Checks a 公民身份号码 (resident identity number), already normalised, as known on a day.
 *
 * Source: GB 11643-1999, check character by ISO 7064 MOD 11-2. The address is not compared with
 * today's divisions, since it is that of the time of issue. A number that passes is not proof of
 * identity: anybody can compute one.
 */
export function checkResidentId(text: string, on: CalendarDate): NumberFindings {
  if (/^\d{15}$/.test(text)) {
    return wrong('superseded-format', 'Numbers of 15 digits are no longer valid; 18 are needed.');
  }
  if (text.length !== 18) {
    return wrong('wrong-length', `A resident id has 18 characters; this has ${text.length}.`);
  }
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) {
    return wrong('wrong-character', 'A resident id is 17 digits, then a digit or X.');
  }
  if (residentIdCheckCharacter(text.slice(0, 17)) !== text.charAt(17)) {
    return wrong('wrong-check-character', 'The last character does not fit the others.');
  }
  return checkBirth(text, on);
}

/** The eighteenth character, from the first seventeen digits. */
export function residentIdCheckCharacter(first17: string): string {
  // The recursive form of ISO 7064: no table of weights to mistype.
  let product = 0;
  for (const digit of first17) product = ((product + Number(digit)) * 2) % 11;
  return '0123456789X'.charAt((12 - product) % 11);
}

function checkBirth(text: string, on: CalendarDate): NumberFindings {
  const birthDate = birthDateOf(text);
  if (birthDate === undefined) {
    return wrong('no-such-date', 'Digits 7 to 14 are not a date of birth that exists.');
  }
  if (birthDate > on) {
    return wrong('future-birth-date', `The date of birth ${birthDate} is after ${on}.`);
  }
  const isTooOld = birthDate < addMonths(on, -12 * OLDEST_AGE_YEARS);
  return {
    problems: [],
    warnings: isTooOld
      ? [
          remark(
            'implausible-birth-date',
            `The date of birth ${birthDate} is more than ${OLDEST_AGE_YEARS} years ago.`,
          ),
        ]
      : [],
    parts: {
      division: text.slice(0, 6),
      birthDate,
      sex: Number(text.charAt(16)) % 2 === 0 ? 'female' : 'male',
    },
  };
}

function birthDateOf(text: string): CalendarDate | undefined {
  try {
    return calendarDate(`${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`);
  } catch {
    return undefined;
  }
}
