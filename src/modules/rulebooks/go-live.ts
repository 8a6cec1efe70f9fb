import type { Finding } from '../../kernel/problem';
import type { Rulebook } from './rulebook';

export interface GoLiveVerdict {
  readonly allowed: boolean;
  /** Everything that stands in the way, each with the citation that somebody must check. */
  readonly findings: readonly Finding[];
}

/**
 * Whether an operator may use the rulebook with live money. Not while it holds anything that was
 * only remembered, and not when it is not law: such a rulebook is for the sandbox.
 */
export function mayGoLive(rulebook: Rulebook): GoLiveVerdict {
  const findings = [
    ...statusFindings(rulebook),
    ...parameterFindings(rulebook),
    ...ruleFindings(rulebook),
  ].map((finding) => ({ ...finding, rulebook: rulebook.id }));
  return { allowed: findings.length === 0, findings };
}

function statusFindings({ definition }: Rulebook): readonly Finding[] {
  const { status, title, source, inForce } = definition;
  const findings: Finding[] = [];
  if (status !== 'in-force') {
    const message = `${title} is ${status === 'draft' ? 'a draft' : 'no longer law'}: sandbox only.`;
    findings.push({ rule: 'status', citation: source, message });
  }
  if (inForce.verification === 'unverified') {
    const message = `That it is in force from ${inForce.from} was not checked.`;
    findings.push({ rule: 'in-force', citation: inForce.citation, message });
  }
  return findings;
}

function parameterFindings({ definition }: Rulebook): readonly Finding[] {
  return definition.parameters.flatMap((parameter) =>
    parameter.values
      .filter((value) => value.verification === 'unverified')
      .map((value) => ({
        rule: parameter.id,
        citation: value.citation ?? parameter.citation,
        message: `${parameter.title}: its value from ${value.from} was not checked.`,
        effectiveFrom: value.from,
      })),
  );
}

function ruleFindings({ definition }: Rulebook): readonly Finding[] {
  return [...definition.figures, ...definition.rules]
    .filter((rule) => rule.verification === 'unverified')
    .map(({ id, citation, title }) => ({
      rule: id,
      citation,
      message: `${title}: the rule was not checked.`,
    }));
}
