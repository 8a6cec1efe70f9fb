import { remark, wrong, type NumberFindings } from './identity-check';

/** Printed in advertisements and brochures, and never given to anybody. */
const ADVERTISED_SSNS = ['078051120', '219099999'];

/** Prefixes that no office of the Internal Revenue Service uses (remembered, so only warned of). */
const UNUSED_EIN_PREFIXES = '00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97'.split(' ');

/**
 * Checks the shape of a Social Security number, nine digits. There is no check digit.
 *
 * Source: Social Security Administration, POMS RM 10201.035: area 000, 666 and 900 to 999, group
 * 00 and serial 0000 are never assigned.
 */
export function checkSsn(text: string): NumberFindings {
  if (!/^\d{9}$/.test(text)) {
    return wrong('wrong-shape', 'A Social Security number is nine digits.');
  }
  const area = text.slice(0, 3);
  if (area === '000' || area === '666' || area >= '900') {
    return wrong('never-issued', 'The first three digits are never assigned.');
  }
  if (text.slice(3, 5) === '00' || text.slice(5) === '0000') {
    return wrong(
      'never-issued',
      'The group or the serial number is zero, which is never assigned.',
    );
  }
  if (ADVERTISED_SSNS.includes(text)) {
    return wrong('never-issued', 'This number stands in an advertisement and belongs to nobody.');
  }
  return { problems: [] };
}

/** Checks the shape of an Employer Identification Number, nine digits. There is no check digit. */
export function checkEin(text: string): NumberFindings {
  if (!/^\d{9}$/.test(text)) {
    return wrong('wrong-shape', 'An Employer Identification Number is nine digits.');
  }
  const prefix = text.slice(0, 2);
  if (!UNUSED_EIN_PREFIXES.includes(prefix)) return { problems: [] };
  return {
    problems: [],
    warnings: [remark('unknown-prefix', `No office is known to issue numbers with ${prefix}.`)],
  };
}

/** Checks the shape of an EDGAR Central Index Key, ten digits with leading zeros. */
export function checkCik(text: string): NumberFindings {
  if (!/^\d{10}$/.test(text)) {
    return wrong('wrong-shape', 'A Central Index Key is one to ten digits.');
  }
  if (/^0+$/.test(text)) return wrong('never-issued', 'The Central Index Key is zero.');
  return { problems: [] };
}
