import { addDays, calendarDate, dateIn } from '../../src/kernel/calendar-date';
import { Money } from '../../src/kernel/money';
import type { WorkingDays } from '../../src/kernel/working-days';
import {
  assess,
  capsFor,
  dutiesAfter,
  earliestSettlement,
  earlyCloseNotBefore,
  figureOf,
  investmentLimit,
  latestDeadline,
  permits,
  quantityText,
  readFacts,
  reconfirmBy,
  resaleAllowedFrom,
  revocableUntil,
  tierOf,
  type Action,
  type ActionFacts,
  type Cap,
  type Deadline,
  type Evidence,
  type FactRecord,
  type InvestorKind,
  type Means,
  type ObligationEvent,
  type Practice,
  type Rulebook,
  type WorkedCase,
} from '../../src/modules/rulebooks';

/** Asks the engine the question of a worked case, and gives the answer in the case's own terms. */
export function answerTo(
  rulebook: Rulebook,
  worked: WorkedCase,
  workingDays: WorkingDays,
): Record<string, unknown> {
  if (worked.action !== undefined) return decisionOf(rulebook, worked);
  if (worked.tier !== undefined) return tierAnswer(rulebook, worked);
  if (worked.timer !== undefined) return timerAnswer(rulebook, worked, workingDays);
  if (worked.limit !== undefined) return limitAnswer(rulebook, worked);
  if (worked.permits !== undefined) {
    const { answer } = permits(rulebook, worked.permits as Practice, new Date(worked.at));
    return { answer };
  }
  if (worked.figure !== undefined) return figureAnswer(rulebook, worked);
  return dutyAnswer(rulebook, worked, workingDays);
}

/** The facts of a case whose question is an action. */
export function factsOf<A extends Action>(rulebook: Rulebook, worked: WorkedCase): ActionFacts[A] {
  const record = { ...worked.facts, at: worked.at };
  return readFacts(record, rulebook.currency) as ActionFacts[A];
}

function decisionOf(rulebook: Rulebook, worked: WorkedCase) {
  const action = worked.action as Action;
  const facts = factsOf<Action>(rulebook, worked);
  const { allowed, findings } = assess(rulebook, action, facts as ActionFacts[typeof action]);
  const caps = capsFor(rulebook, action, facts as ActionFacts[typeof action]);
  return {
    allowed,
    findings: findings.map((finding) => finding.rule),
    caps: Object.fromEntries(caps.map((cap) => [cap.rule, ceilingOf(cap)])),
  };
}

function ceilingOf(cap: Cap): string | number {
  if (cap.measure === 'holder-count') return cap.ceiling;
  return cap.ceiling?.toDecimalString() ?? 'unlimited';
}

function tierAnswer(rulebook: Rulebook, worked: WorkedCase) {
  const { kind, evidence } = worked.tier as { kind: InvestorKind; evidence: FactRecord };
  const facts = readFacts({ at: worked.at, evidence }, rulebook.currency);
  const { tier, expiresAt, findings } = tierOf(rulebook, {
    at: facts.at,
    kind,
    evidence: (facts.evidence ?? {}) as Evidence,
  });
  const met = findings.filter((finding) => 'isMet' in finding && finding.isMet);
  return { tier, met: met.map((finding) => finding.rule), expiresAt: expiresAt?.toISOString() };
}

function timerAnswer(rulebook: Rulebook, worked: WorkedCase, workingDays: WorkingDays) {
  const given = worked.facts as Record<string, string>;
  const instant = (name: string) => new Date(given[name] ?? NaN);
  const at = new Date(worked.at);
  const timers: Record<string, () => Deadline | undefined> = {
    'revocable-until': () =>
      revocableUntil(
        rulebook,
        {
          at,
          tier: given['tier'] ?? '',
          deadline: given['deadline'] === undefined ? undefined : instant('deadline'),
          byMandate: worked.facts?.['byMandate'] === true,
        },
        workingDays,
      ),
    'earliest-settlement': () =>
      earliestSettlement(rulebook, { openedAt: instant('openedAt') }, workingDays),
    'early-close-not-before': () =>
      earlyCloseNotBefore(
        rulebook,
        { noticeAt: instant('noticeAt'), openedAt: instant('openedAt') },
        workingDays,
      ),
    'latest-deadline': () =>
      latestDeadline(rulebook, { openedAt: instant('openedAt') }, workingDays),
    'reconfirm-by': () => reconfirmBy(rulebook, { notifiedAt: instant('notifiedAt') }, workingDays),
    'resale-allowed-from': () =>
      resaleAllowedFrom(
        rulebook,
        { issuedAt: instant('issuedAt'), to: given['to'] as 'other' | undefined },
        workingDays,
      ),
  };
  const end = timers[worked.timer ?? '']?.();
  return { endsAt: end?.endsAt.toISOString() ?? null, rule: end?.rule };
}

function limitAnswer(rulebook: Rulebook, worked: WorkedCase) {
  const { tier, means, declaredElsewhere, isJoint } = worked.limit as {
    tier: string;
    means: FactRecord;
    declaredElsewhere?: string;
    isJoint?: boolean;
  };
  const facts = readFacts({ at: worked.at, investor: { means } }, rulebook.currency);
  const answer = investmentLimit(rulebook, {
    at: facts.at,
    tier,
    means: (facts.investor?.means ?? {}) as Means,
    declaredElsewhere:
      declaredElsewhere === undefined
        ? undefined
        : Money.parse(declaredElsewhere, rulebook.currency),
    isJoint,
  });
  return {
    limit: answer.limit?.toDecimalString() ?? 'unlimited',
    left: answer.left?.toDecimalString(),
    shared: answer.isShared,
    threshold: answer.thresholds[0]?.above.toDecimalString() ?? null,
  };
}

function figureAnswer(rulebook: Rulebook, worked: WorkedCase) {
  const facts = readFacts({ ...worked.facts, at: worked.at }, rulebook.currency);
  const { value } = figureOf(rulebook, worked.figure ?? '', facts);
  return { value: value === undefined ? null : quantityText(value) };
}

function dutyAnswer(rulebook: Rulebook, worked: WorkedCase, workingDays: WorkingDays) {
  const on = dateIn(rulebook.timeZone, new Date(worked.at));
  const duties = dutiesAfter(rulebook, { event: worked.event as ObligationEvent, on }, workingDays);
  return { due: Object.fromEntries(duties.map(({ rule, dueOn }) => [rule, dueOn])) };
}

/** The day before `date`, for tests of both sides of a change. */
export const dayBefore = (date: string): string => addDays(calendarDate(date), -1);
