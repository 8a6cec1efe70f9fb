import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { applicationProblem } from './errors';
import type { PolicyFinding } from './finding';

/** Red is the list of those who keep faith, black of those who broke it. */
export const LIST_COLOURS = ['red', 'black'] as const;
export type ListColour = (typeof LIST_COLOURS)[number];

/** What an entry does while it is in force. */
export const LIST_EFFECTS = [
  'block-borrowing',
  'block-raising',
  'bar-as-officer',
  'refer-to-review',
  'green-channel',
] as const;
export type ListEffect = (typeof LIST_EFFECTS)[number];

export const ENTRY_STATUSES = ['proposed', 'in-force', 'refused', 'lifted', 'ended'] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];

/** One line of a credit list: about whom, by whom, on what ground, until when, with what effect. */
export interface ListEntry {
  readonly id: Id<'lst'>;
  readonly colour: ListColour;
  readonly partyId?: Id<'pty'> | undefined;
  /** The number masked, or the initials of a person. */
  readonly subjectShown: string;
  readonly issuingBody: string;
  /** Document and paragraph the entry rests on. */
  readonly basis: string;
  readonly effects: readonly ListEffect[];
  readonly startsOn: CalendarDate;
  /** The first day on which it has no effect any more. */
  readonly endsOn: CalendarDate;
  readonly status: EntryStatus;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
  readonly endedBecause?: string | undefined;
}

const FITTING: Readonly<Record<ListColour, readonly ListEffect[]>> = {
  red: ['green-channel'],
  black: ['block-borrowing', 'block-raising', 'bar-as-officer', 'refer-to-review'],
};

/** @throws Problem `applications.entry-term`, also for effects that do not fit the colour. */
export function requireSoundEntry(
  entry: Pick<ListEntry, 'colour' | 'effects' | 'startsOn' | 'endsOn'>,
): void {
  if (entry.endsOn <= entry.startsOn) throw applicationProblem('entry-term');
  const stray = entry.effects.find((effect) => !FITTING[entry.colour].includes(effect));
  if (stray === undefined) return;
  throw applicationProblem('entry-term', { detail: `A ${entry.colour} entry has no ${stray}.` });
}

/**
 * Whether the entry has its effects on that day. The day decides, not the job that marks it ended:
 * a late job keeps nobody on a list.
 */
export function isInForce(
  entry: Pick<ListEntry, 'status' | 'startsOn' | 'endsOn'>,
  on: CalendarDate,
): boolean {
  return entry.status === 'in-force' && entry.startsOn <= on && on < entry.endsOn;
}

/**
 * The entry after somebody decided on it.
 *
 * @throws Problem `applications.entry-not-open`, `applications.four-eyes`.
 */
export function decidedEntry(
  entry: ListEntry,
  decision: { readonly verdict: 'in-force' | 'refused'; readonly by: string; readonly at: Date },
): ListEntry {
  if (entry.status !== 'proposed') {
    throw applicationProblem('entry-not-open', { detail: `The entry is ${entry.status}.` });
  }
  if (decision.by === entry.proposedBy) throw applicationProblem('four-eyes');
  return {
    ...entry,
    status: decision.verdict,
    decidedBy: decision.by,
    decidedAt: decision.at,
  };
}

/** The entry lifted before its end, or ended by its term. @throws `applications.entry-not-open`. */
export function endedEntry(
  entry: ListEntry,
  end: { readonly status: 'lifted' | 'ended'; readonly at: Date; readonly because: string },
): ListEntry {
  if (entry.status !== 'in-force' && entry.status !== 'proposed') {
    throw applicationProblem('entry-not-open', { detail: `The entry is ${entry.status}.` });
  }
  return { ...entry, status: end.status, endedAt: end.at, endedBecause: end.because };
}

/** Somebody the lists were asked about: the borrower itself, or a person behind it. */
export interface Listed {
  readonly entry: ListEntry;
  readonly as: 'borrower' | 'person-behind';
}

/** What the entries in force say about a request for a loan. */
export function listFindings(
  listed: readonly Listed[],
  on: CalendarDate,
): readonly PolicyFinding[] {
  return listed
    .filter(({ entry }) => isInForce(entry, on))
    .flatMap(({ entry, as }) => {
      const outcome = outcomeOf(entry, as);
      if (outcome === undefined) return [];
      const whom = as === 'borrower' ? 'The borrower' : 'A person behind the borrower';
      const message =
        `${whom} is on the black list of ${entry.issuingBody} until ${entry.endsOn} ` +
        `(${entry.basis}).`;
      return [{ rule: `black-list:${entry.id}`, outcome, message }];
    });
}

function outcomeOf({ effects }: ListEntry, as: Listed['as']): 'decline' | 'refer' | undefined {
  const blocking: ListEffect = as === 'borrower' ? 'block-borrowing' : 'bar-as-officer';
  if (effects.includes(blocking)) return 'decline';
  return effects.some((effect) => effect === 'refer-to-review') ? 'refer' : undefined;
}
