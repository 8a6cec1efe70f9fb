/** What a finding of the operator's own policy leads to; a note changes nothing. */
export type FindingOutcome = 'note' | 'refer' | 'decline';

export interface PolicyFinding {
  readonly rule: string;
  readonly outcome: FindingOutcome;
  readonly message: string;
}

export type Verdict = 'pass' | 'refer' | 'decline';

/** The worst that any finding leads to. */
export function verdictOf(findings: readonly Pick<PolicyFinding, 'outcome'>[]): Verdict {
  if (findings.some(({ outcome }) => outcome === 'decline')) return 'decline';
  return findings.some(({ outcome }) => outcome === 'refer') ? 'refer' : 'pass';
}
