import { must } from '../../../kernel/assert';
import type { Id } from '../../../kernel/id';
import type { ReportContent } from '../figure';
import type { PartyNumbers } from '../pack';

/**
 * The fields of Implementing Regulation (EU) 2022/2120, annex, table 2, in their order. The regulation
 * asks for "a common CSV template" and prints none: a line holds one group of investors, and repeats
 * what is said of the report and of the project.
 */
export const ECSPR_FIELDS = [
  'Crowdfunding service provider identification code',
  'Reporting period',
  'Identifier of the crowdfunding offer',
  'Sector',
  'Amount raised',
  'Amount raised currency',
  'Project owner identifier',
  'Instrument type',
  'Investor type',
  'Investor country',
  'Number of investors',
  'Invested amount',
  'Invested amount currency',
] as const;

const LINES = 'lines';

/** The year of the report (field 2). */
export function yearOf({ run }: ReportContent): string {
  const from = run['from'];
  return typeof from === 'string' ? from.slice(0, 4) : '';
}

type Line = ReadonlyMap<string, string>;

/** Whose identity numbers stand in the file: the owners of its projects. */
export function ecsprOwners(content: ReportContent): readonly Id<'pty'>[] {
  const owners = linesOf(content).map((line) => line.get('owner') ?? '-');
  return [...new Set(owners)].filter((id): id is Id<'pty'> => id.startsWith('pty_')).toSorted();
}

/**
 * The lines of the file that is filed, without its heading. An owner is named by its LEI, any other by
 * its country and national number: Delegated Regulation (EU) 2017/590, article 6.
 */
export function ecsprLines(
  content: ReportContent,
  numbers: PartyNumbers,
): readonly (readonly string[])[] {
  const year = yearOf(content);
  return linesOf(content).map((line) => cellsOf(line, { year, numbers }));
}

function cellsOf(
  line: Line,
  { year, numbers }: { readonly year: string; readonly numbers: PartyNumbers },
): readonly string[] {
  const of = (column: string): string => must(line.get(column), `column ${column}`);
  const number = numbers.get(of('owner') as Id<'pty'>);
  const country = of('owner_scheme') === 'lei' ? '' : of('owner_country');
  const project = [
    of('provider'),
    year,
    of('identifier'),
    of('sector'),
    of('raised_minor'),
    of('currency'),
    number === undefined ? '-' : `${country}${number}`,
  ];
  if (of('investors') === '0') return [...project, '', '', '', '', '', ''];
  return [
    ...project,
    of('instrument'),
    of('investor_type'),
    of('investor_country'),
    of('investors'),
    of('invested_minor'),
    of('currency'),
  ];
}

/** What a compliance officer does about a rule that is broken, where there is something to be done. */
export function ecsprRemedy(rule: string, content: ReportContent): string | undefined {
  const own = REMEDIES[rule];
  return own === undefined ? undefined : `${own(content)} Then restate this report.`;
}

const REGISTERED = (): string =>
  'The operator is to be registered under its LEI (ISO 17442): every offer is identified by it.';

const REMEDIES: Readonly<Record<string, (content: ReportContent) => string>> = {
  'ecspr-1': REGISTERED,
  'ecspr-3': REGISTERED,
  'ecspr-4': (content) =>
    `Say of which section of NACE Rev. 2 (A to U) each of these is, with PUT ` +
    `/v1/report-labels/{offering}/nace-section: ${unlabelled(content).join(', ')}. ` +
    `A label of the issuer counts for all it offers.`,
  'ecspr-7': () =>
    'Who owns the project has neither an LEI nor a national number on file: verify the issuer.',
  'ecspr-9': () =>
    'An investor was neither classified as sophisticated or not, nor professional: look at its profile.',
};

/** Offerings of which nobody has said the sector. */
function unlabelled({ tables }: ReportContent): readonly string[] {
  const table = tables.find(({ id }) => id === 'projects');
  const [sector, offering] = ['sector', 'offering_id'].map((name) => table?.columns.indexOf(name));
  return (table?.rows ?? [])
    .filter((row) => row[sector ?? -1] === '-')
    .map((row) => row[offering ?? -1] ?? '-');
}

function linesOf({ tables }: ReportContent): readonly Line[] {
  const table = must(
    tables.find(({ id }) => id === LINES),
    'the lines of the report',
  );
  return table.rows.map(
    (row) => new Map(table.columns.map((column, index) => [column, row[index] ?? '-'])),
  );
}
