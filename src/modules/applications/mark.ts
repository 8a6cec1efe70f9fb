import type { Contact } from './form';

/** What two applications may have in common that tells they belong together. */
export const MARK_KINDS = ['device', 'bank-account', 'phone', 'address', 'employer'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** A mark in the one spelling under which it is hashed. Personal: it never leaves the process. */
export interface PlainMark {
  readonly kind: MarkKind;
  readonly text: string;
}

const FIELD_OF: Readonly<Record<MarkKind, keyof Contact>> = {
  device: 'device',
  'bank-account': 'bankAccount',
  phone: 'phone',
  address: 'address',
  employer: 'employer',
};

/** Shorter than this, a mark is shared by chance. */
const SHORTEST = 4;

/**
 * The marks of a contact, each in one spelling: what people write differently of the same thing
 * comes out alike. Case, accents of width, blanks and punctuation do not count; of a telephone
 * number the last nine digits do, since the country code and a leading zero come and go.
 */
export function marksOf(contact: Contact): readonly PlainMark[] {
  return MARK_KINDS.flatMap((kind) => {
    const given = contact[FIELD_OF[kind]];
    const text = given === undefined ? '' : normalised(kind, given);
    return text.length < SHORTEST ? [] : [{ kind, text }];
  });
}

const SUBSCRIBER_DIGITS = 9;

function normalised(kind: MarkKind, given: string): string {
  const folded = given.normalize('NFKC').toLowerCase();
  if (kind === 'phone') return folded.replace(/\D/g, '').slice(-SUBSCRIBER_DIGITS);
  return folded.replace(/[^\p{Letter}\p{Number}]/gu, '');
}

/** What is hashed: the kind goes in, so that a telephone never equals an account. */
export function markText({ kind, text }: PlainMark): string {
  return `application-mark|${kind}|${text}`;
}

/**
 * What tells a project from another, before hashing: its reference where there is one, else the
 * borrower with the words of the description in alphabetical order, so that turning a sentence
 * round or renaming its punctuation makes no new project.
 */
export function projectText(project: {
  readonly partyId: string;
  readonly reference?: string | undefined;
  readonly description: string;
}): string {
  const { reference, partyId, description } = project;
  if (reference !== undefined) {
    const spelled = reference.normalize('NFKC').toLowerCase();
    return `application-project|reference|${spelled.replace(/[^\p{Letter}\p{Number}]/gu, '')}`;
  }
  const words = description
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{Letter}\p{Number}]+/gu);
  const sorted = [...new Set(words ?? [])].toSorted();
  return `application-project|${partyId}|${sorted.join(' ')}`;
}

/** A person of whom only name and birth are known, before hashing. */
export function personText({ name, bornOn }: { readonly name: string; readonly bornOn: string }) {
  const spelled = name.normalize('NFKC').toLowerCase();
  return `application-person|${spelled.replace(/[^\p{Letter}]/gu, '')}|${bornOn}`;
}
