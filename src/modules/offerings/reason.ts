import type { Finding } from '../../kernel/problem';

/** Why a step may not be taken: `code` for programs, `message` for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  /** Where the law says so; absent where the engine or the operator does. */
  readonly citation?: string | undefined;
}

/** Reasons as a problem carries them. */
export function reasonFindings(reasons: readonly Reason[]): readonly Finding[] {
  return reasons.map(({ code, message, citation }) => ({
    rule: code,
    citation: citation ?? 'Terms of this platform',
    message,
  }));
}

export function findingReason(finding: Finding): Reason {
  return { code: finding.rule, message: finding.message, citation: finding.citation };
}
