import type { OfferingDocument } from './document';
import type { OfferingKind } from './offering';
import type { Reason } from './reason';
import { termsJson, type OfferingTerms } from './terms';

/** Terms that subscriptions stand on: another price or class would be another offering. */
const FROZEN = ['instrument', 'currency', 'price', 'isAllOrNothing', 'opensAt'] as const;

/** A term or document that differs between two versions. */
export interface Difference {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

interface Version {
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
}

/** What differs between two versions, term by term, then document by document. */
export function differences(before: Version, after: Version): readonly Difference[] {
  return [
    ...compare(
      Object.entries(termsJson(before.terms)),
      Object.entries(termsJson(after.terms)),
      (name) => name,
    ),
    ...compare(documentEntries(before), documentEntries(after), (id) => `documents.${id}`),
  ];
}

/** Of a loan its fee too: the borrower accepted an offer that named it and the cost that is in it. */
const FROZEN_OF_LOANS: readonly string[] = [...FROZEN, 'feeRate'];

/** Reasons against a change, whoever asks for it: the terms it may not touch. */
export function frozenFaults(
  changes: readonly Difference[],
  kind: OfferingKind = 'equity',
): readonly Reason[] {
  const frozen: readonly string[] = kind === 'loan' ? FROZEN_OF_LOANS : FROZEN;
  return changes
    .filter((change) => frozen.includes(change.field))
    .map((change) => ({
      code: 'frozen-term',
      message: `${change.field} cannot be changed once orders were taken; withdraw and offer anew.`,
    }));
}

function documentEntries({ documents }: Version): (readonly [string, unknown])[] {
  return documents.map((document) => [document.id, document] as const);
}

function compare(
  before: readonly (readonly [string, unknown])[],
  after: readonly (readonly [string, unknown])[],
  fieldOf: (name: string) => string,
): readonly Difference[] {
  const old = new Map(before.map(([name, value]) => [name, asText(value)]));
  const current = new Map(after.map(([name, value]) => [name, asText(value)]));
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((name) => old.get(name) !== current.get(name))
    .map((name) => ({ field: fieldOf(name), before: old.get(name), after: current.get(name) }));
}

function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
