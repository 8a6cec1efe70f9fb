import { csvLine, parseCsv } from '../../../platform/csv';
import type { ReportContent } from '../figure';
import type { ContentFinding, PartyNumbers } from '../pack';
import { ECSPR_FIELDS, ecsprLines } from './ecspr';
import { ecsprFindings, type ControlTotals } from './ecspr-rules';

export const ECSPR_FILE = 'ecspr-2022-2120.csv';

/** The file that is filed. */
export function ecsprFile(content: ReportContent, numbers: PartyNumbers): Buffer {
  const lines = [ECSPR_FIELDS, ...ecsprLines(content, numbers)];
  return Buffer.from(lines.map(csvLine).join(''), 'utf8');
}

/** What is wrong with the bytes of such a file. */
export function checkEcsprFile(text: string, totals: ControlTotals): readonly ContentFinding[] {
  const { columns, records } = parseCsv(text);
  if (columns.join('|') !== ECSPR_FIELDS.join('|')) {
    return [{ rule: 'ecspr-header', message: 'The first line does not name the 13 fields.' }];
  }
  const broken = records.flatMap((record) =>
    'broken' in record
      ? [{ rule: 'ecspr-line', message: `Line ${record.line}: ${record.broken}` }]
      : [],
  );
  const lines = records.flatMap((record) => ('cells' in record ? [record] : []));
  return [...broken, ...ecsprFindings(lines, totals)];
}
