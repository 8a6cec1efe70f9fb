import { must } from '../kernel/assert';
import { Money } from '../kernel/money';
import { rate, rateText, roundRate, type Rate } from '../kernel/rate';
import type { Loan } from '../modules/loans';
import type { TakenLoan } from '../modules/takeovers';
import { grouped, PHASES, type BookRun } from './loan-book-run';

/** A row of the book, and the loan it came to. */
interface Lived {
  readonly row: TakenLoan;
  readonly loan?: Loan | undefined;
}

/** What lenders earned, as the returns of the whole book have it. */
type Reckoned = Awaited<ReturnType<BookRun['services']['lenderReturns']['reckon']>>['whole'];

const FIGURES = ['net-annual-return/1', 'xirr/1'] as const;
/** More loans than a run takes. */
const ALL = 1_000_000;

/** What became of the loans of a book: return, and default by grade and month beside the file's. */
export async function bookReport(run: BookRun, bookId: string): Promise<readonly string[]> {
  const lived = await livesOf(run, bookId);
  const [byGrade, byQuarter] = [await reckoned(run, 'grade'), await reckoned(run, 'vintage')];
  const returnOf = new Map(byGrade.groups.map((group) => [group.group, group]));
  return [
    ...wholeLines(lived, byGrade.whole),
    '',
    'By grade',
    ...table(
      ['Grade', 'Loans', 'Lent', 'Rate', 'Defaulted', 'File', ...RETURNS],
      groupsOf(lived, ({ row }) => row.grade).map(([grade, group]) => [
        ...counted(grade, group),
        ...returnsOf(returnOf.get(grade)),
      ]),
    ),
    '',
    'By vintage: the month in which the loan began, in the file',
    ...table(
      ['Month', 'Loans', 'Lent', 'Rate', 'Defaulted', 'File'],
      groupsOf(lived, ({ row }) => row.startedOn.slice(0, 7)).map(([month, group]) =>
        counted(month, group),
      ),
    ),
    '',
    'Returns by quarter of paying out, on the virtual clock',
    ...table(
      ['Quarter', 'Loans', ...RETURNS],
      byQuarter.groups.map((group) => [
        group.group ?? '',
        String(group.loans),
        ...returnsOf(group),
      ]),
    ),
  ];
}

const RETURNS = ['Net return', 'XIRR'] as const;

/** Seconds of each phase, and what they come to. */
export function timeLines({ milliseconds }: BookRun): readonly string[] {
  const spent = PHASES.filter((phase) => milliseconds.has(phase));
  const total = [...milliseconds.values()].reduce((sum, each) => sum + each, 0);
  return [
    `Time taken: ${seconds(total)} s`,
    ...spent.map(
      (phase) => `  ${phase.padEnd(18)}${seconds(milliseconds.get(phase)).padStart(9)} s`,
    ),
  ];
}

/** Whether the defaults of the book are those of the file, loan by loan. */
export async function strayDefaults(run: BookRun, bookId: string): Promise<readonly string[]> {
  return (await livesOf(run, bookId)).flatMap(({ row, loan }) =>
    loan && hasDefaulted(loan) !== row.turnedBad ? [row.key] : [],
  );
}

async function livesOf({ office, services }: BookRun, bookId: string): Promise<readonly Lived[]> {
  const rows = await office.read((db) => services.takeovers.list(db, bookId));
  const loans = await office.read((db) => services.loans.list(db, { limit: ALL }));
  const byOffering = new Map(loans.map((loan) => [loan.offeringId, loan]));
  return rows.map((row) => ({ row, loan: row.offeringId && byOffering.get(row.offeringId) }));
}

async function reckoned({ office, services }: BookRun, by: 'grade' | 'vintage') {
  const { lenderReturns } = services;
  return office.read(async (db) => {
    const request = await lenderReturns.requestOf(db, { whose: { kind: 'book' }, by });
    return lenderReturns.reckon(db, request);
  });
}

function wholeLines(lived: readonly Lived[], whole: Reckoned): readonly string[] {
  const loans = lived.flatMap(({ loan }) => loan ?? []);
  const lent = lentOf(lived);
  const [net, xirr] = returnsOf(whole);
  const by = (status: Loan['status']): number =>
    loans.filter((loan) => loan.status === status).length;
  return [
    `${loans.length} loans of ${lent}: ${by('repaid')} repaid, ${by('written-off')} written off, ` +
      `${loans.length - by('repaid') - by('written-off')} still running.`,
    `Return of lenders, after servicing fees and losses: ${net} a year, XIRR ${xirr}.`,
  ];
}

/** Here a loan defaulted when an evening marked it; in the file, when it says so. */
function counted(name: string, group: readonly Lived[]): readonly string[] {
  const loans = group.flatMap(({ loan }) => loan ?? []);
  return [
    name,
    String(loans.length),
    lentOf(group),
    percent(group.reduce((sum, { row }) => sum.plus(row.rate), rate('0')).dividedBy(group.length)),
    share(loans.filter(hasDefaulted).length, loans.length),
    share(group.filter(({ row }) => row.turnedBad).length, group.length),
  ];
}

function hasDefaulted({ defaultedOn, writtenOffOn }: Loan): boolean {
  return defaultedOn !== undefined || writtenOffOn !== undefined;
}

function lentOf(group: readonly Lived[]): string {
  const loans = group.flatMap(({ loan }) => loan ?? []);
  const currency = must(group[0], 'a loan of the group').row.amount.currency;
  return Money.sum(
    loans.map(({ principal }) => principal),
    currency,
  ).toString();
}

function returnsOf(part: Reckoned | undefined): readonly string[] {
  return FIGURES.map((formula) => {
    const value = part?.figures.find((figure) => figure.formula === formula)?.value;
    return value === undefined ? '–' : percent(value);
  });
}

function groupsOf(
  lived: readonly Lived[],
  nameOf: (lived: Lived) => string,
): readonly (readonly [string, readonly Lived[]])[] {
  return [...grouped(lived, nameOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Columns as wide as they need, names to the left and numbers to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  return all.map(
    (row) =>
      '  ' +
      row
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join('  '),
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : percent(rate(String(part)).dividedBy(whole));
}

function percent(value: Rate): string {
  return `${rateText(roundRate(value.times(100), 2, 'half-even'), 2)} %`;
}

function seconds(milliseconds = 0): string {
  return String(Math.trunc(milliseconds / 100) / 10);
}
