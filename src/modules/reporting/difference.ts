import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { ReportContent } from './figure';

/** One field that a restatement changed. A value that was not there, or is not any more, is null. */
export interface ChangedField {
  /** `figures/par30/{"currency":"EUR"}/value`; of a table, the row as it reads. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What two contents say differently, field by field, in the order of the fields. */
export function changesBetween(
  before: ReportContent,
  after: ReportContent,
): readonly ChangedField[] {
  const [old, young] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((field) => ({
      field,
      before: old.get(field) ?? null,
      after: young.get(field) ?? null,
    }))
    .filter((change) => change.before !== change.after);
}

/** A list of changes as the JSON of a file. */
export function changesAsJson(changes: readonly ChangedField[]): Json {
  return changes.map(({ field, before, after }) => ({ field, before, after }));
}

function fieldsOf({ figures, tables }: ReportContent): ReadonlyMap<string, string | null> {
  const fields = new Map<string, string | null>();
  for (const { id, cells } of figures) {
    for (const { by, value, numerator, denominator } of cells) {
      // As the templates name columns or as a file sorts them: it is the same cell.
      const place = `figures/${id}/${canonicalJson(by)}`;
      fields.set(`${place}/value`, value);
      if (numerator !== undefined) fields.set(`${place}/numerator`, numerator);
      if (denominator !== undefined) fields.set(`${place}/denominator`, denominator);
    }
  }
  for (const { id, rows } of tables) {
    for (const row of rows) {
      const field = `tables/${id}/${JSON.stringify(row)}`;
      fields.set(field, String(Number(fields.get(field) ?? '0') + 1));
    }
  }
  return fields;
}
