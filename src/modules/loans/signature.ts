import { createHash } from 'node:crypto';
import type { Id } from '../../kernel/id';
import type { AgreementText } from './agreement';
import { loanProblem } from './errors';

export const SIGNING_SIDES = ['borrower', 'operator'] as const;
export type SigningSide = (typeof SIGNING_SIDES)[number];

/** Who put a name to which text, and when. */
export interface Signature {
  readonly side: SigningSide;
  readonly userId: Id<'usr'>;
  /** As it was shown, whatever programs write later. */
  readonly text: AgreementText;
  /** SHA-256 of the language that was read, hexadecimal. */
  readonly textSha256: string;
  readonly signedAt: Date;
}

/** The hashes either of which signs the text. */
export function hashesOf(text: AgreementText): { readonly en: string; readonly zh: string } {
  return { en: sha256(text.en), zh: sha256(text.zh) };
}

/** @throws Problem `loans.agreement-changed` when another text was read than would be signed. */
export function requireText(text: AgreementText, textSha256: string): void {
  if (Object.values(hashesOf(text)).includes(textSha256)) return;
  throw loanProblem('agreement-changed', { detail: 'Read the agreement of the loan again.' });
}

/** Whether every side has signed that must. */
export function isFullySigned(
  signatures: readonly Pick<Signature, 'side'>[],
  { isCountersigned }: { readonly isCountersigned: boolean },
): boolean {
  const sides = new Set(signatures.map(({ side }) => side));
  return sides.has('borrower') && (!isCountersigned || sides.has('operator'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
