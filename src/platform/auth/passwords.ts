import { hash, verify } from '@node-rs/argon2';

export type PasswordProfile = 'owasp' | 'cheap';

interface Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/**
 * What one guess costs.
 *
 * `owasp`: 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, Argon2id). `cheap` is
 * for seeds and tests, whose passwords are printed anyway.
 */
const COSTS: Record<PasswordProfile, Cost> = {
  owasp: { memoryCost: 19_456, timeCost: 2, parallelism: 1 },
  cheap: { memoryCost: 64, timeCost: 1, parallelism: 1 },
};

/** Argon2id hashes in PHC string form, which carry their own cost: either profile reads both. */
export class Passwords {
  private decoy: Promise<string> | undefined;

  constructor(private readonly profile: PasswordProfile = 'owasp') {}

  hash(password: string): Promise<string> {
    // Argon2id is the library's default variant; its enum cannot be named under isolatedModules.
    return hash(normalised(password), COSTS[this.profile]);
  }

  /**
   * Whether `password` is the one behind `stored`.
   *
   * Without a stored hash (there is no such user) the same work is done on a decoy, so that the
   * time of the answer does not tell which addresses have accounts.
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    this.decoy ??= this.hash('decoy');
    const matches = await verify(stored ?? (await this.decoy), normalised(password));
    return matches && stored !== undefined;
  }

  /** Whether `stored` was made at another cost than today's and should be made anew at log-in. */
  isOutdated(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = COSTS[this.profile];
    return !stored.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
  }
}

/** Keyboards spell the same password in different code points (NIST SP 800-63B 3.1.1.2). */
function normalised(password: string): string {
  return password.normalize('NFKC');
}
