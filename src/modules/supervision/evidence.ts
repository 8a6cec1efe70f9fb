import type { Json } from '../../kernel/canonical-json';
import type { CaseRecord } from './ports';

/** An id of whatever kind, wherever it stands: `lon_01K…`. */
const ID = /\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b/g;

/** What a case is about: every id in its key and in its row, the key's first, each once. */
export function subjectsOf(
  key: string,
  values: Readonly<Record<string, string | null>>,
): readonly string[] {
  const texts = [key, ...Object.values(values).map((value) => value ?? '')];
  return [...new Set(texts.flatMap((text) => text.match(ID) ?? []))];
}

/** Entries that touched several of the subjects stand once. */
export function entriesOf(records: readonly CaseRecord[]): readonly Json[] {
  const byText = new Map(
    records.flatMap(({ entries }) => entries).map((entry) => [JSON.stringify(entry), entry]),
  );
  return [...byText.values()];
}
