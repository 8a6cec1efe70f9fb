import { identityProblem } from './errors';

const SHORTEST = 10;
const LONGEST = 128;

/**
 * Refuses a password that is too easy to guess.
 *
 * Length and guessability only, no rules of composition and no forced change. Source: OWASP ASVS
 * 5.0, 6.2.1 (length), 6.2.4 and 6.2.12 (known passwords), 6.2.5 (no composition), 6.2.11
 * (words of the context).
 *
 * @throws Problem `identity.weak-password`.
 */
export function requireStrongPassword(password: string, email: string): void {
  const weakness = weaknessOf(password, email);
  if (weakness !== undefined) throw identityProblem('weak-password', { detail: weakness });
}

function weaknessOf(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < SHORTEST) return `It needs at least ${SHORTEST} characters.`;
  if (length > LONGEST) return `It may have at most ${LONGEST} characters.`;
  const plain = password.toLowerCase().normalize('NFKC');
  const [mailbox = ''] = email.split('@');
  if (mailbox.length >= 4 && plain.includes(mailbox)) return 'It contains your e-mail address.';
  const letters = plain.replace(/[^\p{L}]/gu, '');
  if (new Set(plain).size < 4 || isRun(plain) || GUESSED_FIRST.has(plain)) {
    return 'It is among the first that are tried.';
  }
  // Digits and marks around a famous word add nothing: Password123! falls in the first minute.
  if (GUESSED_FIRST.has(letters)) return 'It is a well-known password with digits added.';
  return undefined;
}

/** `1234567890`, `abcdefghij`, and the same backwards. */
function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  return steps.size === 1;
}

/** Stems that head every published list of leaked passwords. */
const GUESSED_FIRST: ReadonlySet<string> = new Set([
  'password',
  'passwort',
  'passw',
  'qwerty',
  'qwertyuiop',
  'qwertz',
  'azerty',
  'asdfghjkl',
  'letmein',
  'welcome',
  'iloveyou',
  'admin',
  'administrator',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'superman',
  'princess',
  'sunshine',
  'starwars',
  'trustno',
  'master',
  'changeme',
  'woaini',
  'mima',
  'yunchou',
  'crowdfunding',
  'investor',
  'secret',
  '1234567890',
  '0123456789',
  '1q2w3e4r5t',
  '1qaz2wsx3edc',
  'qazwsxedc',
  'zxcvbnm',
  'correcthorsebatterystaple',
  'a123456789',
]);
