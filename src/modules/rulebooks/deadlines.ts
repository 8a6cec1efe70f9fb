import type { CalendarDate } from '../../kernel/calendar-date';
import { startOfDay } from '../../kernel/calendar-date';
import type { BoundRule, ObligationEvent, TimerPurpose, WorkingDays } from './bound-rule';
import type { Action, ActionFacts, Facts, TransferFacts } from './facts';
import type { Rulebook } from './rulebook';

/** The end of a period that the law sets, and where it sets it. */
export interface Deadline {
  /** Exclusive for a right that ends; from then on for an act that becomes allowed. */
  readonly endsAt: Date;
  readonly rule: string;
  readonly citation: string;
  readonly effectiveFrom: CalendarDate;
}

export interface RevocationCircumstances {
  /** When the investor subscribed: the law of that day holds for the subscription. */
  readonly at: Date;
  readonly tier: string;
  readonly openedAt?: Date | undefined;
  readonly deadline?: Date | undefined;
  /** Chosen under a signed mandate: some laws give the right on the mandate alone. */
  readonly byMandate?: boolean | undefined;
}

/**
 * Until when an investor may take a subscription back without a reason. Undefined when the
 * rulebook gives this tier no such right. Of several rights the longest counts.
 */
export function revocableUntil(
  rulebook: Rulebook,
  { at, tier, openedAt, deadline, byMandate }: RevocationCircumstances,
  workingDays?: WorkingDays,
): Deadline | undefined {
  const facts: Facts = {
    at,
    investor: { tier },
    offering: { openedAt, deadline },
    subscription: { subscribedAt: at },
    acknowledged: { byMandate },
  };
  return latestEnd(rulebook, { purpose: 'revocation', facts }, workingDays);
}

/** From when an offering's money may go to the issuer. Undefined when the rulebook sets no wait. */
export function earliestSettlement(
  rulebook: Rulebook,
  { openedAt }: { readonly openedAt: Date },
  workingDays?: WorkingDays,
): Deadline | undefined {
  const facts: Facts = { at: openedAt, offering: { openedAt } };
  return latestEnd(rulebook, { purpose: 'settlement', facts }, workingDays);
}

/** From when an offering whose early close was announced at `noticeAt` may close. */
export function earlyCloseNotBefore(
  rulebook: Rulebook,
  notice: { readonly noticeAt: Date; readonly openedAt: Date },
  workingDays?: WorkingDays,
): Deadline | undefined {
  const { noticeAt, openedAt } = notice;
  const facts: Facts = { at: noticeAt, offering: { openedAt, earlyCloseNoticeAt: noticeAt } };
  const ends = (['early-close', 'settlement'] as const).map((purpose) =>
    latestEnd(rulebook, { purpose, facts }, workingDays),
  );
  return latest(ends);
}

/**
 * The latest deadline an offering opened at `openedAt` may have. Undefined when the rulebook sets no
 * longest time to raise money.
 */
export function latestDeadline(
  rulebook: Rulebook,
  { openedAt }: { readonly openedAt: Date },
  workingDays?: WorkingDays,
): Deadline | undefined {
  const facts: Facts = { at: openedAt, offering: { openedAt } };
  return latestEnd(rulebook, { purpose: 'raising', facts }, workingDays);
}

/**
 * The ends of every timer that speaks on the act, for `Facts.timerEnds`: `assess` has no calendar
 * and cannot count working days itself.
 */
export function timerEndsOf<A extends Action>(
  rulebook: Rulebook,
  { action, facts }: { readonly action: A; readonly facts: ActionFacts[A] },
  workingDays?: WorkingDays,
): Readonly<Record<string, Date>> {
  const version = rulebook.versionAt(facts.at);
  if (!version) return {};
  const ends = version.rulesOn(action).flatMap(({ rule, timer }): readonly [string, Date][] => {
    const endsAt = timer?.endsAt({ version, facts }, workingDays);
    return endsAt ? [[rule.id, endsAt]] : [];
  });
  return Object.fromEntries(ends);
}

/** Until when an investor told of a material change must reconfirm, or the commitment lapses. */
export function reconfirmBy(
  rulebook: Rulebook,
  { notifiedAt }: { readonly notifiedAt: Date },
  workingDays?: WorkingDays,
): Deadline | undefined {
  const facts: Facts = {
    at: notifiedAt,
    subscription: { subscribedAt: notifiedAt, changeNotifiedAt: notifiedAt },
  };
  return latestEnd(rulebook, { purpose: 'reconfirmation', facts }, workingDays);
}

/** From when a holding may be transferred to such a recipient. Undefined when it always may. */
export function resaleAllowedFrom(
  rulebook: Rulebook,
  transfer: TransferFacts,
  workingDays?: WorkingDays,
): Deadline | undefined {
  const facts: Facts = { at: transfer.issuedAt, transfer };
  return latestEnd(rulebook, { purpose: 'resale', facts }, workingDays);
}

/** Something owed, by whom, to whom and by which day. */
export interface Duty {
  readonly rule: string;
  readonly citation: string;
  readonly dueOn: CalendarDate;
}

/** What falls due because `event` happened on a day. */
export function dutiesAfter(
  rulebook: Rulebook,
  { event, on }: { readonly event: ObligationEvent; readonly on: CalendarDate },
  workingDays?: WorkingDays,
): readonly Duty[] {
  const at = startOfDay(on, rulebook.timeZone);
  const version = rulebook.versionAt(at);
  if (!version) return [];
  return version.rules.flatMap(({ rule, obligation }) => {
    if (obligation?.event !== event) return [];
    const dueOn = obligation.dueOn({ version, facts: { at } }, on, workingDays);
    return dueOn ? [{ rule: rule.id, citation: rule.citation, dueOn }] : [];
  });
}

interface Question {
  readonly purpose: TimerPurpose;
  readonly facts: Facts;
}

function latestEnd(
  rulebook: Rulebook,
  { purpose, facts }: Question,
  workingDays?: WorkingDays,
): Deadline | undefined {
  const version = rulebook.versionAt(facts.at);
  if (!version) return undefined;
  const deadlineOf = ({ rule, timer }: BoundRule): Deadline | undefined => {
    if (timer?.purpose !== purpose) return undefined;
    const endsAt = timer.endsAt({ version, facts }, workingDays);
    const { id, citation } = rule;
    return endsAt ? { endsAt, rule: id, citation, effectiveFrom: version.from } : undefined;
  };
  return latest(version.rules.map(deadlineOf));
}

function latest(deadlines: readonly (Deadline | undefined)[]): Deadline | undefined {
  return deadlines.reduce<Deadline | undefined>(
    (last, each) => (each && (!last || each.endsAt > last.endsAt) ? each : last),
    undefined,
  );
}
