/**
 * Identity numbers that pass every check and belong to nobody: divisions, offices and areas that
 * are not given out, and check digits computed here, apart from the code that will judge them.
 */

/** 居民身份证号: division 539999 does not exist. @param bornOn `YYYY-MM-DD`. */
export function residentId(bornOn: string, serial: number): string {
  const first17 = `539999${bornOn.replaceAll('-', '')}${digits(serial % 1000, 3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...first17].reduce(
    (total, digit, i) => total + Number(digit) * (weights[i] ?? 0),
    0,
  );
  return first17 + '10X98765432'.charAt(sum % 11);
}

/** Nine digits in an area that was never assigned before 2011, when adults got their numbers. */
export function socialSecurityNumber(serial: number): string {
  return `89${2 + (serial % 7)}-${digits(10 + (serial % 80), 2)}-${digits(1000 + serial, 4)}`;
}

/** A national number of no member state: the letters stand for synthetic. */
export function nationalId(serial: number): string {
  return `SYN${digits(4_000_000 + serial * 17, 8)}`;
}

/** A passport of the sandbox: no country begins its numbers so. */
export function passport(serial: number): string {
  return `SX${digits(4_000_000 + serial * 13, 7)}`;
}

/** 统一社会信用代码 of a company in division 539999. */
export function creditCode(serial: number): string {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const body = `MA${digits(serial, 6)}`;
  const first17 = `91539999${body}${organisationCheck(body)}`;
  let weight = 1;
  let sum = 0;
  for (const character of first17) {
    sum += alphabet.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return first17 + alphabet.charAt((31 - (sum % 31)) % 31);
}

/** Legal Entity Identifier under a prefix that no issuing organisation has. */
export function legalEntityIdentifier(serial: number): string {
  const first18 = `ZZZZ00SANDBOX${digits(serial, 5)}`;
  return first18 + checkDigits97(`${first18}00`);
}

/** Employer Identification Number with a prefix that no office uses. */
export function employerNumber(serial: number): string {
  return `00-${digits(serial, 7)}`;
}

/** German account at a bank code that is all zeros. */
export function iban(serial: number): string {
  const account = `00000000${digits(serial, 10)}`;
  return `DE${checkDigits97(`${account}DE00`)}${account}`;
}

/** ISO/IEC 7064 MOD 97-10, over text in which the two check digits are still 00. */
function checkDigits97(text: string): string {
  const number = [...text].map((character) => Number.parseInt(character, 36)).join('');
  return digits(Number(98n - (BigInt(number) % 97n)), 2);
}

/** GB 11714: the ninth character of an organisation code. */
function organisationCheck(body: string): string {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const values = [...body].map((character) => Number.parseInt(character, 36));
  const check = 11 - (values.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0').slice(-length);
}
