import type { Db } from '../../src/platform/db';
import { dateIn } from '../../src/kernel/calendar-date';
import { entryHeader, postingLines } from '../../src/modules/ledger/journal';
import { listEntries, type EntriesRequest } from '../../src/modules/ledger/queries';

/**
 * Journal entries as an accountant reads them, for tests to compare:
 *
 *     2025-03-10 deposit dep_1
 *         assets:custodian:eur              100.00 EUR
 *         liabilities:investor:inv_1:cash  -100.00 EUR
 *
 * Long ids can be given short `names`: `{ [investorId]: 'alice' }`.
 */
export async function journalText(
  db: Db,
  which: Partial<Pick<EntriesRequest, 'source' | 'under' | 'from' | 'to'>> = {},
  names: Readonly<Record<string, string>> = {},
): Promise<string> {
  const entries = await listEntries(db, { ...which, order: 'oldest first', limit: 1000 });
  const named = (text: string): string =>
    Object.entries(names).reduce((line, [id, name]) => line.replaceAll(id, name), text);
  return entries
    .map((entry) => {
      const header = entryHeader({
        date: dateIn('UTC', entry.recordedAt),
        description: named(entry.description),
      });
      const postings = entry.postings.map(({ path, amount }) => ({ path: named(path), amount }));
      return `${header}\n${postingLines(postings)}`;
    })
    .join('\n');
}
