import { calendarDate } from '../../../kernel/calendar-date';
import { isCurrency } from '../../../kernel/currency';
import { checkIdentityNumber } from '../../identity';
import type { Cell } from '../figure';
import type { ContentFinding } from '../pack';
import { COUNTRIES } from './countries';
import { ECSPR_FIELDS } from './ecspr';

/** What the file must add up to, computed without it. */
export interface ControlTotals {
  readonly year: string;
  /** Offers that ended in the year. */
  readonly offers: number;
  /** By instrument, investor_type, investor_country and currency. */
  readonly investors: readonly Cell[];
  readonly invested: readonly Cell[];
}

/** A line of the file: field 1 is the first cell. */
export interface EcsprLine {
  readonly line: number;
  readonly cells: readonly string[];
}

type Complaint = readonly [rule: string, message: string];

const INVESTOR_FIELDS = [8, 9, 10, 11, 12, 13] as const;

/**
 * What is wrong with a file of Implementing Regulation (EU) 2022/2120, each with its rule:
 * `ecspr-n` is about the format of field n, the others are about fields together.
 */
export function ecsprFindings(
  lines: readonly EcsprLine[],
  totals: ControlTotals,
): readonly ContentFinding[] {
  const ofLines = lines.flatMap((line) =>
    [...formatComplaints(line, totals), ...lineComplaints(line)].map(
      ([rule, message]): Complaint => [rule, `Line ${line.line}: ${message}`],
    ),
  );
  return [
    ...ofLines,
    ...reportComplaints(lines, totals),
    ...projectComplaints(lines),
    ...sumComplaints(lines, totals),
  ].map(([rule, message]) => ({ rule, message }));
}

const DECIMAL = /^(0|[1-9]\d{0,12})(\.\d{1,5})?$/;

/** Nothing in an LEI depends on the day. */
const ANY_DAY = calendarDate('2023-11-10');

const isLei = (text: string): boolean =>
  checkIdentityNumber('lei', text, ANY_DAY).normalised === text;

/** {NATIONAL_ID}: a country and up to 33 characters of a national number. */
const isNationalId = (text: string): boolean =>
  /^[A-Z]{2}[0-9A-Z+#-]{1,33}$/.test(text) && COUNTRIES.has(text.slice(0, 2));

/** The format of each field; table 1 and table 2 of the annex. */
const FORMATS: readonly (readonly [
  field: number,
  wanted: string,
  isMet: (value: string, totals: ControlTotals) => boolean,
])[] = [
  [1, 'an LEI', isLei],
  [2, 'the year of the report', (value, { year }) => value === year],
  [
    3,
    'an LEI and eight digits',
    (value) => isLei(value.slice(0, 20)) && /^.{20}\d{8}$/.test(value),
  ],
  [4, 'a section of NACE Rev. 2', (value) => /^[A-U]$/.test(value)],
  [5, 'a decimal of 18 digits, 5 of them after the point', (value) => DECIMAL.test(value)],
  [6, 'a currency', isCurrency],
  [7, 'an LEI, or a country and a national number', (v) => isLei(v) || isNationalId(v)],
];

const INVESTOR_FORMATS: typeof FORMATS = [
  [8, 'an instrument', (value) => ['LOAN', 'ICFP', 'EQUI', 'DEBT', 'OTHR'].includes(value)],
  [9, 'a class of investors', (value) => ['PROF', 'SOPH', 'RETL', 'OTHR'].includes(value)],
  [10, 'a country', (value) => COUNTRIES.has(value)],
  [11, 'a number of up to nine digits, from 1', (value) => /^[1-9]\d{0,8}$/.test(value)],
  [12, 'a decimal above zero', (value) => DECIMAL.test(value) && /[1-9]/.test(value)],
  [13, 'a currency', isCurrency],
];

function formatComplaints(line: EcsprLine, totals: ControlTotals): readonly Complaint[] {
  const hasInvestors = INVESTOR_FIELDS.some((field) => valueOf(line, field) !== '');
  return [...FORMATS, ...(hasInvestors ? INVESTOR_FORMATS : [])].flatMap(
    ([field, wanted, isMet]): Complaint[] => {
      const value = valueOf(line, field);
      if (isMet(value, totals)) return [];
      return [[`ecspr-${field}`, `${ECSPR_FIELDS[field - 1]} is "${value}", not ${wanted}.`]];
    },
  );
}

function lineComplaints(line: EcsprLine): readonly Complaint[] {
  const of = (field: number): string => valueOf(line, field);
  const isEmpty = INVESTOR_FIELDS.every((field) => of(field) === '');
  return [
    ...when(!of(3).startsWith(of(1)), [
      'ecspr-offer-of-provider',
      'The identifier of the offer does not begin with that of the provider.',
    ]),
    ...when(isEmpty && /[1-9]/.test(of(5)), [
      'ecspr-raised-of-investors',
      'An amount was raised, and no investors are named.',
    ]),
    ...when(!isEmpty && of(13) !== of(6), [
      'ecspr-currency',
      'What was invested is in another currency than what was raised.',
    ]),
  ];
}

function reportComplaints(
  lines: readonly EcsprLine[],
  { offers }: ControlTotals,
): readonly Complaint[] {
  const providers = new Set(lines.map((line) => valueOf(line, 1)));
  const projects = new Set(lines.map((line) => valueOf(line, 3)));
  return [
    ...when(providers.size > 1, ['ecspr-one-provider', 'The lines are of several providers.']),
    ...when(projects.size !== offers, [
      'ecspr-every-offer',
      `${projects.size} offers are reported; ${offers} ended in the year.`,
    ]),
  ];
}

function projectComplaints(lines: readonly EcsprLine[]): readonly Complaint[] {
  return groups(lines, [3]).flatMap(([project, own]) => {
    const isSame = (field: number): boolean =>
      new Set(own.map((line) => valueOf(line, field))).size === 1;
    const raised = own.map((line) => valueOf(line, 5))[0] ?? '';
    const invested = own.reduce((sum, line) => sum + exact(valueOf(line, 12)), 0n);
    const repeated = groups(own, [8, 9, 10, 13]).filter(([, same]) => same.length > 1);
    return [
      ...[4, 5, 6, 7, 8]
        .filter((field) => !isSame(field))
        .map((field): Complaint => [
          'ecspr-one-project',
          `${project}: ${ECSPR_FIELDS[field - 1]} is not the same on every line.`,
        ]),
      ...when(exact(raised) !== invested, [
        'ecspr-raised-is-invested',
        `${project}: ${raised} was raised, and something else invested.`,
      ]),
      ...repeated.map(([group]): Complaint => [
        'ecspr-no-group-twice',
        `${project}: ${group} stands twice.`,
      ]),
    ];
  });
}

/** Investors and amounts of each kind, against the figures of the report. */
function sumComplaints(lines: readonly EcsprLine[], totals: ControlTotals): readonly Complaint[] {
  const investing = lines.filter((line) => valueOf(line, 8) !== '');
  const compare = (rule: string, field: number, cells: readonly Cell[]): Complaint[] => {
    const found = new Map(
      groups(investing, [8, 9, 10, 13]).map(([group, own]) => [
        group,
        own.reduce((sum, line) => sum + exact(valueOf(line, field)), 0n),
      ]),
    );
    const wanted = new Map(cells.map(({ by, value }) => [groupOf(by), exact(value ?? '0')]));
    return [...new Set([...found.keys(), ...wanted.keys()])]
      .filter((group) => (found.get(group) ?? 0n) !== (wanted.get(group) ?? 0n))
      .map((group) => [rule, `${group}: it is not the ${ECSPR_FIELDS[field - 1]} of the figures.`]);
  };
  return [
    ...compare('ecspr-investors', 11, totals.investors),
    ...compare('ecspr-invested', 12, totals.invested),
  ];
}

function groupOf(by: Cell['by']): string {
  return ['instrument', 'investor_type', 'investor_country', 'currency']
    .map((column) => by[column] ?? '')
    .join(' ');
}

function groups(
  lines: readonly EcsprLine[],
  fields: readonly number[],
): readonly (readonly [string, readonly EcsprLine[]])[] {
  const found = new Map<string, EcsprLine[]>();
  for (const line of lines) {
    const key = fields.map((field) => valueOf(line, field)).join(' ');
    const group = found.get(key) ?? [];
    found.set(key, group);
    group.push(line);
  }
  return [...found];
}

function valueOf({ cells }: EcsprLine, field: number): string {
  return cells[field - 1] ?? '';
}

/** A decimal as a whole number of its fifth digit; text that is none is nothing. */
function exact(text: string): bigint {
  if (!DECIMAL.test(text)) return 0n;
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(5, '0'));
}

function when(isSo: boolean, complaint: Complaint): readonly Complaint[] {
  return isSo ? [complaint] : [];
}
