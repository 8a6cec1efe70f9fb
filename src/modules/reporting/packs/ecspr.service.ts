import { csvLine, parseCsv } from '../../../platform/csv';
import type { ReportContent } from '../figure';
import type { ContentFinding, Pack, PartyNumbers } from '../pack';
import { ECSPR_FIELDS, ecsprLines, ecsprOwners, ecsprRemedy, yearOf } from './ecspr';
import { ECSPR_ROWS } from './ecspr.queries';
import { ecsprFindings, type ControlTotals } from './ecspr-rules';

const ECSPR_FILE = 'ecspr-2022-2120.csv';

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

/** The yearly report of funded projects, with the file that is filed. */
export const ecsprPack: Pack = {
  id: 'eu-ecspr',
  rowSets: ECSPR_ROWS,
  parties: ecsprOwners,
  layouts: [{ name: ECSPR_FILE, mediaType: 'text/csv; charset=utf-8', write: ecsprFile }],
  // The bytes that are filed are looked at, and held against sums that were computed without them.
  validate: (content, numbers) => {
    const sums = (id: string) => content.figures.find((figure) => figure.id === id)?.cells ?? [];
    const totals: ControlTotals = {
      year: yearOf(content),
      offers: Number(sums('offers')[0]?.value ?? 0),
      investors: sums('investors'),
      invested: sums('invested'),
    };
    const found = checkEcsprFile(ecsprFile(content, numbers).toString('utf8'), totals);
    return found.map((finding, index) => {
      const isFirst = found.findIndex(({ rule }) => rule === finding.rule) === index;
      const remedy = isFirst ? ecsprRemedy(finding.rule, content) : undefined;
      return remedy === undefined ? finding : { ...finding, remedy };
    });
  },
};
