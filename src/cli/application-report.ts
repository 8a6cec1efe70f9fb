import { Money } from '../kernel/money';
import { rate, rateText, roundRate, type Rate } from '../kernel/rate';
import type { GradeLine, RefusedRow } from '../modules/applications';
import type { ImportReport } from './application-import';

/** Refused rows shown one by one; the others are counted. */
const SHOWN = 20;

/** The report of an import for people. */
export function applicationReport(report: ImportReport): string {
  return [...applicationSummary(report), '', ...gradeLines(report.grades)].join('\n');
}

/** The same without the table of grades. */
export function applicationSummary(report: ImportReport): readonly string[] {
  const { rows, taken, offered, referred, declined, repeated, refused } = report;
  return [
    ...refusedLines(refused),
    `${rows} rows: ${taken} taken (${offered} offered, ${referred} referred, ${declined} declined), ` +
      `${repeated} taken before, ${refused.length} refused; ${report.seconds.taking} s.`,
    ...listedLines(report),
    ...windowLines(report),
  ];
}

/** The same for programs. */
export function applicationReportJson({ grades, window, ...report }: ImportReport): object {
  return {
    ...report,
    ...(window === undefined
      ? {}
      : {
          window: {
            id: window.id,
            status: window.status,
            mandates: window.mandates,
            listings: window.listings,
            positions: window.positions,
            matchedMinor: window.matchedMinor?.toString(),
            placedMinor: window.placedMinor?.toString(),
          },
        }),
    grades: grades.map(({ meanPd, meanRate, ...line }) => ({
      ...line,
      meanPd: rateText(meanPd),
      ...(meanRate === undefined ? {} : { meanRate: rateText(meanRate) }),
    })),
  };
}

/** Rows that were refused, each with its line and reason, up to some. */
export function refusedLines(refused: readonly RefusedRow[]): readonly string[] {
  if (refused.length === 0) return [];
  const shown = refused
    .slice(0, SHOWN)
    .map(({ line, code, reason }) => `  line ${line} refused: ${reason} (${code})`);
  const counts = new Map<string, number>();
  for (const { code } of refused) counts.set(code, (counts.get(code) ?? 0) + 1);
  const more = refused.length - shown.length;
  const summary = [...counts].map(([code, count]) => `${code} ${count}`).join(', ');
  return [...shown, ...(more > 0 ? [`  and ${more} more: ${summary}`] : []), ''];
}

function listedLines({ listed, notListed, seconds }: ImportReport): readonly string[] {
  if (listed + notListed.length === 0) return [];
  const [first] = notListed;
  return [
    `${listed} loans listed; ${seconds.listing} s.`,
    ...(first === undefined
      ? []
      : [`${notListed.length} could not be: the first for: ${first.reason}`]),
  ];
}

function windowLines({ window, seconds }: ImportReport): readonly string[] {
  if (window === undefined) return [];
  const { id, status, mandates = 0, listings = 0, positions = 0 } = window;
  const amount = (minor = 0n): string => Money.ofMinor(minor, window.currency).toString();
  return [
    `Matching window ${id}, ${status}: ${mandates} mandates, ${listings} loans, ${positions} ` +
      `positions of ${amount(window.matchedMinor)}, placed ${amount(window.placedMinor)}; ` +
      `${seconds.matching} s.`,
  ];
}

const HEADINGS = [
  'Grade',
  'Count',
  'Share',
  'Approved',
  'Listed',
  'Funded',
  'Mean PD',
  'Mean rate',
  'Bad',
  'Of',
];
const WIDTHS = [6, 8, 8, 10, 8, 9, 9, 11, 9, 8];

/** Every grade, with what the model said of it and what became of its loans. */
export function gradeLines(grades: readonly GradeLine[]): readonly string[] {
  if (grades.length === 0) return ['No row was graded.'];
  const total = grades.reduce((sum, { count }) => sum + count, 0);
  return [
    cells(HEADINGS),
    ...grades.map((line) =>
      cells([
        line.grade,
        String(line.count),
        share(line.count, total),
        share(line.approved, line.count),
        String(line.listed),
        line.listed === 0 ? '–' : share(line.funded, line.listed),
        percent(line.meanPd),
        line.meanRate === undefined ? '–' : percent(line.meanRate),
        line.decided === 0 ? '–' : share(line.bad, line.decided),
        String(line.decided),
      ]),
    ),
    'Funded is the part of the listed loans that found their lenders.',
    'Mean PD is over the horizon of the scorecard; Bad, beside it, the part of the loans whose end the',
    'file knows that was not repaid.',
  ];
}

function cells(texts: readonly string[]): string {
  return texts.map((text, index) => text.padStart(WIDTHS[index] ?? 0)).join('');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : percent(rate(String(part)).dividedBy(whole));
}

function percent(value: Rate): string {
  return `${value.times(100).isZero() ? '0.0' : oneDigit(value.times(100))} %`;
}

function oneDigit(value: Rate): string {
  const digits = 1;
  const rounded = roundRate(value, digits, 'half-even');
  return rateText(rounded, digits);
}
