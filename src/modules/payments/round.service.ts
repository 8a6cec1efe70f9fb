import { Problem } from '../../kernel/problem';
import type { Scope } from '../../platform/db';

/** One round of talks with the custodian, for one operator. */
export interface Round {
  readonly operatorId: number;
  readonly scope: Scope;
  /** Keeps what goes wrong, and lets the round go on. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
}

/** The custodian's answer, or in words why there is none. */
export async function reached<T>(
  ask: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  try {
    return { value: await ask() };
  } catch (error) {
    // Only the refusal itself is kept: the message of a foreign error may hold account numbers.
    return { failure: error instanceof Problem ? error.code : 'custodian-unreachable' };
  }
}
