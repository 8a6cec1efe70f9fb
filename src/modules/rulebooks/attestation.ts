import type { BoundRule } from './bound-rule';
import type { Context } from './context';
import { isWithinMonths } from './local-day';
import { findingOf, type SpeakingRule } from './rule';
import type { Scope } from './scope';

/**
 * The investor must have said or done something: for this very commitment (`statement`), or once
 * and not too long ago (`takenAt`, good for `validFor` months).
 */
export interface AttestationRule extends SpeakingRule {
  readonly kind: 'attestation';
  /** Flag fact. */
  readonly statement?: string | undefined;
  /** Instant fact. */
  readonly takenAt?: string | undefined;
  /** Parameter in months. */
  readonly validFor?: string | undefined;
}

export function bindAttestation(rule: AttestationRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const isGiven = bindGiven(rule, scope);
  return {
    rule,
    actions: rule.actions,
    judge: (context) =>
      !applies(context) || isGiven(context)
        ? undefined
        : findingOf(rule, rule.message, { context }),
  };
}

function bindGiven(rule: AttestationRule, scope: Scope): (context: Context) => boolean {
  if (rule.statement !== undefined) {
    const { read } = scope.at('statement').fact(rule.statement, 'flag');
    return ({ facts }) => read(facts) === true;
  }
  if (rule.takenAt === undefined || rule.validFor === undefined) {
    return scope.fail('an attestation needs a statement, or takenAt and validFor');
  }
  const { read } = scope.at('takenAt').fact(rule.takenAt, 'instant');
  const { id } = scope.at('validFor').parameter(rule.validFor, 'months');
  return ({ facts, version }) => {
    const takenAt = read(facts);
    const months = version.numbers.get(id);
    if (takenAt === undefined || months === undefined) return false;
    return isWithinMonths(facts.at, takenAt, { months, timeZone: version.timeZone });
  };
}
