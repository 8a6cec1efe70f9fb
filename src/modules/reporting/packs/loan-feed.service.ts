import { createHash } from 'node:crypto';
import { csvLine } from '../../../platform/csv';
import type { BlindIndex } from '../../../platform/field-cipher';
import type { ReportContent } from '../figure';
import type { Layout, Pack } from '../pack';
import {
  batchNumber,
  FEED_INTERFACES,
  feedFaults,
  feedLines,
  type FeedInterface,
  type Pseudonyms,
} from './loan-feed';
import { FEED_ROWS } from './loan-feed.queries';

const CSV_TYPE = 'text/csv; charset=utf-8';
const BATCH_COLUMNS = ['infType', 'batchNum', 'file', 'totalNum', 'checkCode'] as const;

/**
 * A feed of what was recorded of loans on a day: a file for each interface, and one that names them
 * with how many lines each has and its SHA-256.
 *
 * @param index makes the names people go out under: one name for one person, and no way back from it
 *   without the key.
 */
export function loanFeedPack(index: BlindIndex): Pack {
  const pseudonymOf: Pseudonyms = (partyId) =>
    index.digest(`cn-loan-feed ${partyId}`).toString('hex');
  const textOf = (content: ReportContent, of: FeedInterface): string =>
    feedLines(content, of, pseudonymOf).map(csvLine).join('');
  const files = FEED_INTERFACES.map((each): Layout => ({
    name: each.file,
    mediaType: CSV_TYPE,
    write: (content) => Buffer.from(textOf(content, each)),
  }));
  const batches: Layout = {
    name: 'batches.csv',
    mediaType: CSV_TYPE,
    write: (content) => {
      const rows = FEED_INTERFACES.map((each) => batchRow(content, each, textOf(content, each)));
      return Buffer.from([BATCH_COLUMNS, ...rows].map(csvLine).join(''));
    },
  };
  return {
    id: 'cn-loan-feed',
    rowSets: FEED_ROWS,
    layouts: [...files, batches],
    validate: feedFaults,
  };
}

function batchRow(content: ReportContent, of: FeedInterface, text: string): readonly string[] {
  const total = content.tables.find(({ id }) => id === of.table)?.rows.length ?? 0;
  const checkCode = createHash('sha256').update(text).digest('hex');
  return [`${of.type}`, batchNumber(content, of), of.file, `${total}`, checkCode];
}
