import type { CalendarDate } from '../../kernel/calendar-date';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { PartyKind } from '../identity';
import { issuerProblem } from './errors';

export const PERSON_ROLES = ['director', 'officer', 'beneficial-owner', 'promoter'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** Somebody behind an issuer. */
export interface Person {
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly title?: string | undefined;
  readonly bornOn?: CalendarDate | undefined;
  readonly country?: string | undefined;
  /** Fraction of the voting equity held: `0.25` is a quarter. */
  readonly shareRate?: Rate | undefined;
}

const WHOLE = rate('1');
/** Shares are stated to a ten-thousandth of a percent at most. */
export const SHARE_DIGITS = 6;

/**
 * Checks that the people can be right together: nobody holds more than there is, and somebody
 * acts for an organisation.
 *
 * @throws Problem `issuers.shares-exceed-whole`, `issuers.no-officer`.
 */
export function requireSoundPeople(kind: PartyKind, people: readonly Person[]): void {
  const held = people.reduce((sum, { shareRate }) => sum.plus(shareRate ?? 0), rate('0'));
  if (held.greaterThan(WHOLE)) {
    throw issuerProblem('shares-exceed-whole', {
      detail: `Together they hold ${rateText(held, SHARE_DIGITS)}.`,
    });
  }
  const hasActor = people.some(
    ({ roles }) => roles.includes('officer') || roles.includes('director'),
  );
  if (kind === 'legal' && !hasActor) throw issuerProblem('no-officer');
}

/** People as they are sealed: one text. */
export function writePeople(people: readonly Person[]): string {
  return JSON.stringify(
    people.map((person) => ({
      ...person,
      shareRate: person.shareRate && rateText(person.shareRate, SHARE_DIGITS),
    })),
  );
}

export function readPeople(text: string): readonly Person[] {
  const stored = JSON.parse(text) as readonly (Omit<Person, 'shareRate'> & {
    readonly shareRate?: string;
  })[];
  return stored.map(({ shareRate, ...person }) => ({
    ...person,
    shareRate: shareRate === undefined ? undefined : rate(shareRate),
  }));
}
