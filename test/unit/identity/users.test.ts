import { Problem } from '../../../src/kernel/problem';
import type { Role } from '../../../src/platform/auth';
import { requireStrongPassword } from '../../../src/modules/identity/password';
import {
  normaliseEmail,
  requireCompatible,
  requireGrantable,
} from '../../../src/modules/identity/user';

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe('an e-mail address', () => {
  test('is kept trimmed and in lower case', () => {
    expect(normaliseEmail('  Ada.Lovelace@Example.ORG ')).toBe('ada.lovelace@example.org');
  });

  test.each([
    '',
    'ada',
    'ada@',
    '@example.org',
    'ada@example',
    'a b@example.org',
    'a@b@c.org',
    'a@.org',
    'a@b..org',
    `${'a'.repeat(65)}@example.org`,
    'a\n@example.org',
  ])('%j is none', (text) => {
    expect(codeOf(() => normaliseEmail(text))).toBe('identity.malformed-email');
  });
});

describe('a password', () => {
  test.each([
    { password: 'a long walk on a quiet evening', why: 'is long' },
    { password: '昨夜西风凋碧树独上高楼', why: 'is long in any script' },
    { password: 'x7#Kq-pLm2', why: 'has ten characters that nobody guesses' },
  ])('that $why is taken', ({ password }) => {
    expect(codeOf(() => requireStrongPassword(password, 'ada@example.org'))).toBeUndefined();
  });

  test.each([
    { password: 'x7#Kq-pLm', why: 'has nine characters' },
    { password: 'a'.repeat(129), why: 'has more than 128' },
    { password: 'aaaaaaaaaaaa', why: 'is one letter' },
    { password: 'abcdefghijkl', why: 'is a run' },
    { password: '9876543210', why: 'is a run backwards' },
    { password: 'Password123!', why: 'is the first anybody tries' },
    { password: 'PASSWORT2025', why: 'is the first anybody tries, in German' },
    { password: 'lovelace-1815', why: 'contains the mailbox' },
  ])('that $why is refused', ({ password }) => {
    expect(codeOf(() => requireStrongPassword(password, 'lovelace@example.org'))).toBe(
      'identity.weak-password',
    );
  });
});

describe('roles', () => {
  test.each<{ readonly roles: readonly Role[]; readonly fits: boolean }>([
    { roles: ['investor'], fits: true },
    { roles: ['investor', 'issuer'], fits: true },
    { roles: ['compliance', 'operations', 'admin'], fits: true },
    { roles: ['regulator'], fits: true },
    { roles: ['investor', 'compliance'], fits: false },
    { roles: ['regulator', 'admin'], fits: false },
    { roles: ['platform', 'admin'], fits: false },
    { roles: [], fits: false },
  ])('$roles go together: $fits', ({ roles, fits }) => {
    const expected = fits ? undefined : 'identity.incompatible-roles';
    expect(codeOf(() => requireCompatible(roles))).toBe(expected);
  });

  test.each<{ readonly by: Role; readonly role: Role; readonly may: boolean }>([
    { by: 'admin', role: 'compliance', may: true },
    { by: 'admin', role: 'regulator', may: true },
    { by: 'admin', role: 'platform', may: false },
    { by: 'platform', role: 'platform', may: true },
    { by: 'platform', role: 'admin', may: true },
    { by: 'compliance', role: 'investor', may: false },
    { by: 'investor', role: 'admin', may: false },
  ])('$by may grant $role: $may', ({ by, role, may }) => {
    const expected = may ? undefined : 'identity.role-not-grantable';
    expect(codeOf(() => requireGrantable([by], [role]))).toBe(expected);
  });
});
