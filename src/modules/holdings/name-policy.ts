/**
 * How much of a holder's name somebody may see in a register.
 *
 * An issuer must know its members, and compliance and the supervisor must be able to act on what
 * they see; whoever only runs the platform needs to tell lines apart, no more (data minimisation,
 * GDPR article 5(1)(c); PIPL article 6).
 */
export type NameView = 'full' | 'masked';

const IN_FULL: ReadonlySet<string> = new Set(['issuer', 'compliance', 'regulator']);

export function nameViewOf(roles: readonly string[]): NameView {
  return roles.some((role) => IN_FULL.has(role)) ? 'full' : 'masked';
}

/** `Ada Lovelace` as `A•• L•••••••`, `张伟` as `张•`. */
export function maskName(name: string): string {
  return name
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [first = '', ...rest] = Array.from(word);
      return first + '•'.repeat(rest.length);
    })
    .join(' ');
}
