import { must } from '../../kernel/assert';
import type { CapRow } from '../caps';

/** Rows of caps as they are stored: two columns of the same length. */
export function capRowsOf(
  subjects: readonly string[],
  capKeys: readonly string[],
): readonly CapRow[] {
  return subjects.map((subject, at) => ({
    subject,
    capKey: must(capKeys[at], 'the key of a cap'),
  }));
}
