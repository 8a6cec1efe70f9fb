import {
  addDays,
  addMonths,
  calendarDate,
  yearOf,
  type CalendarDate,
} from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { FinancialYear, YearRequest } from '../issuers';
import type { FiledStatement, FiledYear } from './filed-statement';
import { filingProblem } from './errors';
import { refused, type Refused } from './filing';

/** One year of a filing as a request to record it. */
export interface YearReading {
  readonly fiscalYearEndsOn: CalendarDate;
  readonly request: YearRequest;
}

export interface FiguresReading {
  readonly years: readonly YearReading[];
  readonly refused: readonly Refused[];
  readonly assumed: readonly string[];
}

/**
 * The figures of a filing, by financial year, the newest first. An annual report says when its
 * year ended. A Form C does not: it is taken to be the last calendar year that was over when it
 * was signed, which is what nearly every issuer has.
 *
 * Nobody stands behind the figures in the XML alone, so they come in without assurance: who has
 * seen the statements records that, by the same door.
 */
export function yearRequests(statement: FiledStatement): FiguresReading {
  const { figures, issuer } = statement;
  if (figures === undefined || isEmpty(figures.currentYear, figures.priorYear)) return NOTHING;
  const newest = yearEnd(statement);
  if (newest === undefined) return UNDATED;
  const employees = wholeNumber(figures.employees?.toString());
  const years = [
    { fiscalYearEndsOn: newest, filed: figures.currentYear, employees },
    { fiscalYearEndsOn: yearBefore(newest), filed: figures.priorYear, employees: undefined },
  ].filter(({ filed }) => !isEmpty(filed));
  const isTooEarly = (day: CalendarDate): boolean =>
    issuer.incorporatedOn !== undefined && day < issuer.incorporatedOn;
  return {
    years: years
      .filter(({ fiscalYearEndsOn }) => !isTooEarly(fiscalYearEndsOn))
      .map(({ fiscalYearEndsOn, filed, employees: staff }) => ({
        fiscalYearEndsOn,
        request: requestOf(filed, staff),
      })),
    refused: years
      .filter(({ fiscalYearEndsOn }) => isTooEarly(fiscalYearEndsOn))
      .map(({ fiscalYearEndsOn }) => tooEarly(fiscalYearEndsOn)),
    assumed:
      statement.fiscalPeriodEnd === undefined
        ? [`The latest financial year is taken to have ended on ${newest}: a Form C does not say.`]
        : [],
  };
}

/** Whether a year on record says what the request would say again. */
export function isSameYear(
  onRecord: Pick<FinancialYear, 'figures' | 'employees'>,
  draft: Pick<FinancialYear, 'figures' | 'employees'>,
): boolean {
  return textOf(onRecord) === textOf(draft);
}

const NOTHING: FiguresReading = { years: [], refused: [], assumed: [] };

const UNDATED: FiguresReading = {
  ...NOTHING,
  refused: [
    refused(
      'figures',
      filingProblem('year-unknown', {
        detail: 'Neither a financial period nor a signature says of which year the figures are.',
      }),
    ),
  ],
};

function tooEarly(day: CalendarDate): Refused {
  const detail = `The year to ${day} was over before the issuer was incorporated.`;
  return refused('figures', filingProblem('year-before-incorporation', { detail }));
}

const FIGURES = [
  ['totalAssets', 'totalAssets'],
  ['cash', 'cash'],
  ['receivables', 'receivables'],
  ['shortTermDebt', 'shortTermDebt'],
  ['longTermDebt', 'longTermDebt'],
  ['revenue', 'revenue'],
  ['costOfGoods', 'costOfGoodsSold'],
  ['taxesPaid', 'taxPaid'],
  ['netIncome', 'netIncome'],
] as const;

function requestOf(filed: FiledYear, employees: number | undefined): YearRequest {
  const figures = Object.fromEntries(
    FIGURES.flatMap(([name, filedName]) => {
      const amount = filed[filedName];
      return amount === undefined ? [] : [[name, amount.toWire()]];
    }),
  );
  return {
    currency: 'USD',
    assurance: 'none',
    ...(employees === undefined ? {} : { employees }),
    figures,
  };
}

function isEmpty(...years: readonly FiledYear[]): boolean {
  return years.every((year) => Object.values(year).every((figure) => figure === undefined));
}

function yearEnd({ fiscalPeriodEnd, signedOn }: FiledStatement): CalendarDate | undefined {
  if (fiscalPeriodEnd !== undefined) return fiscalPeriodEnd;
  if (signedOn === undefined) return undefined;
  return addDays(calendarDate(`${yearOf(signedOn)}-01-01`), -1);
}

/** A year that ends with a month follows one that ended with that month, also in February. */
function yearBefore(day: CalendarDate): CalendarDate {
  const next = addDays(day, 1);
  return next.endsWith('-01') ? addDays(addMonths(next, -12), -1) : addMonths(day, -12);
}

/** `42` and `42.00` are as many people; half a person is not counted. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
}

function textOf({ figures, employees }: Pick<FinancialYear, 'figures' | 'employees'>): string {
  const amounts: readonly (readonly [string, Money | undefined])[] = FIGURES.map(([name]) => [
    name,
    figures[name],
  ]);
  return JSON.stringify([employees ?? '', amounts.map(([name, amount]) => [name, amount ?? ''])]);
}
