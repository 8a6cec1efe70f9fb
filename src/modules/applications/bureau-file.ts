import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type { PolicyFinding } from './finding';
import type { ApplicationForm, CreditFacts } from './form';

/** A soft enquiry leaves no mark that other lenders see; a hard one does. */
export const ENQUIRY_KINDS = ['soft', 'hard'] as const;
export type EnquiryKind = (typeof ENQUIRY_KINDS)[number];

/** What a bureau knows of somebody; what it does not know is not in it. */
export type BureauFile =
  | {
      readonly outcome: 'found';
      readonly reference: string;
      /** By the names of a scorecard's variables. */
      readonly facts: CreditFacts;
      /** A month, on all loans the bureau knows of. */
      readonly instalments: Money;
    }
  /** A thin file: it has heard of nobody like that, or of too little. */
  | { readonly outcome: 'thin'; readonly reference: string };

/** A question to a bureau with its answer, as evidence. */
export interface CreditEnquiry {
  readonly id: Id<'enq'>;
  /** Of the form that stood when it was asked. */
  readonly version: number;
  readonly kind: EnquiryKind;
  readonly provider: string;
  readonly file: BureauFile;
  /** SHA-256 of the text in which the borrower consented to it, in hexadecimal. */
  readonly consentSha256: string;
  readonly askedAt: Date;
}

/** How an operator treats what a bureau says. */
export interface BureauPolicy {
  /** Without a file, facts count as missing; `refer` has a person look at it beside. */
  readonly thinFile: 'missing' | 'refer';
}

/** The canonical text of an answer, which is kept. */
export function fileText(file: BureauFile): string {
  if (file.outcome === 'thin') return canonicalJson({ ...file });
  return canonicalJson({ ...file, instalments: { ...file.instalments.toWire() } });
}

export function hashOfFile(file: BureauFile): string {
  return createHash('sha256').update(fileText(file)).digest('hex');
}

/** An answer as `fileText` wrote it. */
export function fileFrom(text: string): BureauFile {
  const stored = JSON.parse(text) as
    | { readonly outcome: 'thin'; readonly reference: string }
    | {
        readonly outcome: 'found';
        readonly reference: string;
        readonly facts: CreditFacts;
        readonly instalments: MoneyWire;
      };
  if (stored.outcome === 'thin') return stored;
  return { ...stored, instalments: Money.fromWire(stored.instalments) };
}

/** What the bureau's answer says beside what the borrower stated. */
export function bureauFindings(
  { creditFacts = {}, commitments }: ApplicationForm,
  file: BureauFile,
  { thinFile }: BureauPolicy,
): readonly PolicyFinding[] {
  if (file.outcome === 'thin') {
    const message = 'The credit bureau has no file; what it would have told counts as missing.';
    return [{ rule: 'thin-file', outcome: thinFile === 'refer' ? 'refer' : 'note', message }];
  }
  const differing = Object.entries(creditFacts)
    .filter(([name, stated]) => file.facts[name] !== stated)
    .map(([name]) => name);
  const isUnderstated = commitments !== undefined && file.instalments.isMoreThan(commitments.loans);
  const corrected = [...differing, ...(isUnderstated ? ['instalments'] : [])].toSorted();
  if (corrected.length === 0) return [];
  const message = `The credit bureau does not confirm what was stated of: ${corrected.join(', ')}.`;
  return [{ rule: 'facts-corrected', outcome: 'note', message }];
}

/** An enquiry as an assessment names it among its facts. */
export function enquiryJson({ id, kind, provider, file }: CreditEnquiry): Json {
  return { id, kind, provider, outcome: file.outcome, sha256: hashOfFile(file) };
}
