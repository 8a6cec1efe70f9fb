import { dateIn } from '../../kernel/calendar-date';
import type { Finding } from '../../kernel/problem';
import type { Cap } from './cap';
import { rulebookProblem } from './errors';
import type { Action, ActionFacts } from './facts';
import type { Rulebook, VersionInForce } from './rulebook';

/**
 * What a rulebook says of an act. Stored with what it allowed or refused, it is the audit trail:
 * the same rulebook (by hash) and the same facts give it again, years later.
 */
export interface Decision {
  readonly allowed: boolean;
  readonly action: Action;
  readonly rulebook: {
    readonly id: string;
    readonly contentHash: string;
    /** The version that was asked: the day of its last change. Undefined when not in force. */
    readonly effectiveFrom: string | undefined;
  };
  readonly at: Date;
  /** Every objection, in the order of the rulebook. Empty when allowed. */
  readonly findings: readonly Finding[];
}

/**
 * Judges an act by the law on the day it was done. Pure: it looks nothing up and reads no clock.
 *
 * Caps are judged when `facts.usage` says what counts against them. Without it the caller holds
 * each of `capsFor` against what it finds under lock, with `capFinding` and `holderFinding`.
 */
export function assess<A extends Action>(
  rulebook: Rulebook,
  action: A,
  facts: ActionFacts[A],
): Decision {
  const version = rulebook.versionAt(facts.at);
  const { id, contentHash } = rulebook;
  if (!version) {
    return {
      allowed: false,
      action,
      rulebook: { id, contentHash, effectiveFrom: undefined },
      at: facts.at,
      findings: [notInForce(rulebook, facts.at)],
    };
  }
  const context = { version, facts };
  const findings: Finding[] = [];
  for (const rule of version.rulesOn(action)) {
    const finding = rule.judge?.(context);
    if (finding) findings.push(finding);
  }
  return {
    allowed: findings.length === 0,
    action,
    rulebook: { id, contentHash, effectiveFrom: version.from },
    at: facts.at,
    findings,
  };
}

/**
 * The caps that the act must fit under, each with the ceiling for this very investor or issuer on
 * that day. None before the rulebook is in force, when `assess` refuses anyway.
 */
export function capsFor<A extends Action>(
  rulebook: Rulebook,
  action: A,
  facts: ActionFacts[A],
): readonly Cap[] {
  const version = rulebook.versionAt(facts.at);
  if (!version) return [];
  const context = { version, facts };
  const caps: Cap[] = [];
  for (const rule of version.rulesOn(action)) {
    const cap = rule.cap?.(context);
    if (cap) caps.push(cap);
  }
  return caps;
}

/** What a rulebook says of any act on a day it does not govern. */
export function notInForce(rulebook: Rulebook, at: Date): Finding {
  const { title, timeZone, inForce } = rulebook.definition;
  const until = inForce.to ? ` until ${inForce.to}` : '';
  return {
    rule: 'in-force',
    citation: inForce.citation,
    message: `${title} is in force from ${inForce.from}${until}, not on ${dateIn(timeZone, at)}.`,
    rulebook: rulebook.id,
  };
}

/**
 * The law on that day, for questions that have no answer without it.
 *
 * @throws Problem `rulebooks.not-in-force`.
 */
export function versionGoverning(rulebook: Rulebook, at: Date): VersionInForce {
  const version = rulebook.versionAt(at);
  if (version) return version;
  const finding = notInForce(rulebook, at);
  throw rulebookProblem('not-in-force', { detail: finding.message, findings: [finding] });
}
