import { dateIn, yearOf } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';
import type { Finding } from '../../kernel/problem';
import type { WorkingDays } from '../../kernel/working-days';
import type { ContactChannel, ContactPolicy, Sourced, StopKind } from './desk-policy';
import type { LoanNo } from './loan';

export const CONTACT_DIRECTIONS = ['outbound', 'inbound'] as const;

export const CONTACT_OUTCOMES = [
  'conversation',
  'no-answer',
  'message-left',
  'sent',
  'wrong-person',
] as const;

/** What was said or sent, or tried. `inbound` is the borrower's own call. */
export interface Contact {
  readonly loanNo: LoanNo;
  /** 1, 2, 3... within the loan. */
  readonly no: number;
  readonly direction: (typeof CONTACT_DIRECTIONS)[number];
  readonly channel: ContactChannel;
  readonly outcome: (typeof CONTACT_OUTCOMES)[number];
  readonly note: string;
  readonly at: Date;
  /** Where the borrower was: the hours are those of its clock. */
  readonly timeZone: string;
  readonly recordedAt: Date;
  readonly by: string;
}

/** While it is not lifted the borrower is left alone. */
export interface ContactStop {
  readonly no: number;
  readonly kind: StopKind;
  readonly reason: string;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly liftedAt?: Date | undefined;
}

/** A contact that somebody is about to make. */
export interface ContactPlan {
  readonly channel: ContactChannel;
  readonly at: Date;
  readonly timeZone: string;
}

/** What is known of the borrower when it is to be contacted. */
export interface ContactFacts {
  /** Earlier contacts, with any of its loans, as far back as a limit looks. */
  readonly contacts: readonly Pick<Contact, 'direction' | 'channel' | 'outcome' | 'at'>[];
  readonly openStops: readonly Pick<ContactStop, 'kind'>[];
  /** A promise to pay whose day has not come. */
  readonly hasPromised: boolean;
  readonly calendar: WorkingDays | undefined;
}

/**
 * Every limit that a contact would break, each with where it comes from; none means that it may be
 * made. Stops hold for every channel, the other limits for those that the policy counts.
 */
export function contactFindings(
  plan: ContactPlan,
  facts: ContactFacts,
  policy: ContactPolicy & { readonly pausesOnPromise: boolean },
): readonly Finding[] {
  const stopped = policy.stops.filter(({ kind }) => facts.openStops.some((s) => s.kind === kind));
  const findings = stopped.map((stop) =>
    finding(
      `contact-stop.${stop.kind}`,
      stop,
      `The borrower is left alone: ${STOP_WORDS[stop.kind]}.`,
    ),
  );
  if (!policy.channels.includes(plan.channel)) return findings;
  return [
    ...findings,
    ...overFrequency(plan, facts, policy),
    ...afterConversation(plan, facts, policy),
    ...outsideHours(plan, policy),
    ...onHoliday(plan, facts, policy),
    ...(policy.pausesOnPromise && facts.hasPromised ? [PROMISED] : []),
  ];
}

/** How far back the limits look: earlier contacts change nothing. */
export function lookBackDays({ frequency, afterConversation: rest }: ContactPolicy): number {
  return Math.max(frequency?.days ?? 0, rest?.days ?? 0);
}

const STOP_WORDS: Readonly<Record<StopKind, string>> = {
  dispute: 'it disputes the debt',
  representation: 'somebody acts for it',
  request: 'it asked for that',
};

const PROMISED: Finding = {
  rule: 'contact-promise',
  citation: 'The servicing policy, promises.pausesContacts',
  message: 'The borrower promised to pay, and the day has not come.',
};

function overFrequency(
  { at }: ContactPlan,
  { contacts }: ContactFacts,
  { frequency, channels }: ContactPolicy,
): readonly Finding[] {
  if (!frequency) return [];
  const since = at.getTime() - frequency.days * DAY_MS;
  const made = contacts.filter(
    (each) =>
      each.direction === 'outbound' &&
      channels.includes(each.channel) &&
      each.at.getTime() > since &&
      each.at <= at,
  ).length;
  if (made < frequency.most) return [];
  const message = `The borrower was contacted ${made} times in ${frequency.days} days.`;
  const figures = { limit: String(frequency.most), observed: String(made), left: '0' };
  return [{ ...finding('contact-frequency', frequency, message), ...figures }];
}

function afterConversation(
  { at }: ContactPlan,
  { contacts }: ContactFacts,
  { afterConversation: rest, channels }: ContactPolicy,
): readonly Finding[] {
  if (!rest) return [];
  const since = at.getTime() - rest.days * DAY_MS;
  const spoke = contacts.some(
    (each) =>
      each.outcome === 'conversation' &&
      channels.includes(each.channel) &&
      each.at.getTime() > since &&
      each.at <= at,
  );
  const message = `Somebody spoke with the borrower less than ${rest.days} days ago.`;
  return spoke ? [finding('contact-after-conversation', rest, message)] : [];
}

function outsideHours({ at, timeZone }: ContactPlan, { hours }: ContactPolicy): readonly Finding[] {
  if (!hours) return [];
  const local = timeIn(timeZone, at);
  if (local >= hours.from && local < hours.to) return [];
  const message = `It is ${local} where the borrower is; contacts are made from ${hours.from} to ${hours.to}.`;
  return [{ ...finding('contact-hours', hours, message), observed: local }];
}

function onHoliday(
  { at, timeZone }: ContactPlan,
  { calendar }: ContactFacts,
  { holidays }: ContactPolicy,
): readonly Finding[] {
  const day = dateIn(timeZone, at);
  if (!holidays || !calendar?.covers(yearOf(day))) return [];
  const name = calendar.holidayName(day);
  return name === undefined
    ? []
    : [finding('contact-holiday', holidays, `${day} is a public holiday: ${name}.`)];
}

/** The time of day on the wall, `08:00`. */
function timeIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}

function finding(rule: string, { citation }: Sourced, message: string): Finding {
  return { rule, citation, message };
}
