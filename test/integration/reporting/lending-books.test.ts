import fc from 'fast-check';
import { must } from '../../../src/kernel/assert';
import { addDays, addMonths, type CalendarDate } from '../../../src/kernel/calendar-date';
import { OperatorDirectory, type Operator } from '../../../src/modules/identity';
import {
  loadReportTemplates,
  marketPack,
  outcomePack,
  ReportComputer,
  riskPack,
  type Figure,
  type Pack,
} from '../../../src/modules/reporting';
import { readTable } from '../../../src/modules/reporting/figure.store';
import { defaultRate, windowsBefore } from '../../../src/modules/returns/default-rate';
import { BOOK_OPERATOR, writeBook, type BookLoan } from '../../support/book-tables';
import { calendars } from '../../support/compliance';
import { PACKS } from '../../support/report-packs';
import { REPORTS } from '../../support/report-world';
import { riskByHand } from '../../support/risk-by-hand';
import { testDatabase, type TestDatabase } from '../../support/database';

const day = (text: string) => text as CalendarDate;
const UNTIL = day('2025-01-01');
const [MONTH_BEFORE, MONTH_END] = [day('2024-11-30'), day('2024-12-31')];

/** Evenings a week apart, and those before a window begins; on its first day nothing happens. */
const EVENINGS: readonly CalendarDate[] = Array.from({ length: 209 }, (_, week) =>
  addDays(day('2021-01-06'), 7 * week),
)
  .concat(['2021-12-31', '2022-12-31', '2023-12-31', '2024-12-31'].map(day))
  .filter((on) => !on.endsWith('-01-01') && on < UNTIL)
  .toSorted();

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase();
}, 120_000);

afterAll(() => test.close());

type Row = Readonly<Record<string, string | null>>;

/** Rows of a pack over a book that was made up, at the end of 2024. */
async function rowsOf(
  pack: Pack,
  ids: readonly string[],
  loans: readonly BookLoan[],
): Promise<readonly (readonly Row[])[]> {
  const scope = { operatorId: BOOK_OPERATOR, actor: { kind: 'system', id: 'owner' } } as const;
  return test.owner.write(scope, async (tx) => {
    await writeBook(tx, loans, EVENINGS);
    const bindings = {
      operatorId: BOOK_OPERATOR,
      from: '2024-01-01',
      to: '2024-12-31',
      asOf: '2024-12-31',
      startsAt: '2024-01-01T00:00:00Z',
      endsAt: '2025-01-01T00:00:00Z',
      knownAt: '2025-01-02T00:00:00Z',
    };
    const tables: Row[][] = [];
    for (const id of ids) {
      const rowSet = must(
        pack.rowSets.find((rows) => rows.id === id),
        id,
      );
      const { columns, rows } = await readTable(tx, rowSet, bindings);
      tables.push(
        rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]))),
      );
    }
    return tables;
  });
}

/** Figures of the monthly risk report over a book that was made up: borrowers share loans, of two currencies. */
async function riskOf(
  loans: readonly BookLoan[],
  ids: readonly string[],
): Promise<readonly Figure[]> {
  const directory = new OperatorDirectory();
  directory.replaceAll([{ id: BOOK_OPERATOR, timeZone: 'UTC' } as Operator]);
  const computer = new ReportComputer({ operators: directory, packs: [riskPack] });
  const known = { packs: PACKS, calendars: calendars() };
  const template = must(loadReportTemplates(REPORTS, known).find('platform-risk-monthly', 3), 'it');
  const only = {
    ...template,
    figures: template.figures.filter(({ id }) => ids.includes(id)),
    tables: [],
  };
  const scope = { operatorId: BOOK_OPERATOR, actor: { kind: 'system', id: 'owner' } } as const;
  return test.owner.write(scope, async (tx) => {
    await writeBook(tx, loans, [MONTH_BEFORE, MONTH_END]);
    await tx.execute(
      `UPDATE pg_temp.report_loans_view SET issuer_id = 'iss_' || loan_no % 3,
         currency = CASE WHEN loan_no % 4 = 0 THEN 'USD' ELSE currency END`,
    );
    await tx.execute('DROP TABLE IF EXISTS pg_temp.report_evening_loans_view');
    await tx.execute(
      `CREATE TEMP TABLE report_evening_loans_view AS
       SELECT e.*, l.loan_id, l.issuer_id, l.currency, l.grade
       FROM pg_temp.report_loan_evenings_view e
       JOIN pg_temp.report_loans_view l ON l.loan_no = e.loan_no`,
    );
    const { figures } = await computer.compute(tx, only, {
      templateId: only.id,
      templateVersion: only.version,
      templateHash: only.hash,
      operatorId: BOOK_OPERATOR,
      period: { from: day('2024-12-01'), to: MONTH_END },
      asOf: MONTH_END,
      knownAt: new Date('2025-01-02T00:00:00Z'),
      heads: { ledger: [], audit: { seq: '0', hash: '' } },
    });
    return figures;
  });
}

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((all, row) => all + Number(row[column] ?? 0), 0);

const place = fc.integer({ min: 0, max: EVENINGS.length - 1 });

/** A loan that may end early, and be in default once or twice. */
const observed = fc
  .record({
    category: fc.constantFrom('A', 'B'),
    turns: fc.uniqueArray(place, { minLength: 2, maxLength: 6 }),
    isEnded: fc.boolean(),
    instalments: fc.integer({ min: 1, max: 30 }),
    everyMonths: fc.constantFrom(1, 3, 18),
  })
  .map(({ category, turns, isEnded, instalments, everyMonths }) => {
    const [first = 0, ...rest] = turns.toSorted((a, b) => a - b);
    const on = (index: number): CalendarDate => must(EVENINGS[index], 'an evening');
    const originatedOn = on(first);
    const last = rest.pop() ?? first;
    const spans = Array.from({ length: Math.ceil(rest.length / 2) }, (_, span) => ({
      from: on(rest[2 * span] ?? first),
      until: rest[2 * span + 1] === undefined ? undefined : on(rest[2 * span + 1] ?? first),
    }));
    return {
      category,
      originatedOn,
      endedOn: isEnded && spans.every(({ until }) => until !== undefined) ? on(last) : undefined,
      defaults: spans,
      paymentsDueOn: Array.from({ length: instalments }, (_, no) =>
        addMonths(originatedOn, everyMonths * (no + 1)),
      ),
    };
  });

it('the default rate is the one that the returns of lenders reckon, over any book', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(observed, { minLength: 1, maxLength: 12 }), async (loans) => {
      const book = loans.map((loan, index): BookLoan => ({
        no: index + 1,
        grade: loan.category,
        lentOn: loan.originatedOn,
        dueOn: loan.paymentsDueOn,
        evenings: EVENINGS.filter(
          (on) => on >= loan.originatedOn && (loan.endedOn === undefined || on < loan.endedOn),
        ).map((on) => ({
          on,
          isDefaulted: loan.defaults.some(
            ({ from, until }) => from <= on && (until === undefined || on < until),
          ),
        })),
      }));
      const expected = defaultRate(loans, windowsBefore(UNTIL, loans));
      const [windows = []] = await rowsOf(outcomePack, ['window-rates'], book);
      expect(
        windows.map(({ window_from, defaulted, loans: count }) => [window_from, defaulted, count]),
      ).toEqual(
        expected.windows
          .filter(({ denominator }) => denominator > 0)
          .map(({ from, numerator, denominator }) => [from, `${numerator}`, `${denominator}`])
          .toReversed(),
      );
      expect(sum(windows, 'share')).toBeCloseTo(Number(expected.rate ?? 0), 6);
    }),
    { numRuns: 25, seed: 20_222_115 },
  );
});

const lateness = fc.constantFrom(0, 1, 30, 31, 60, 61, 90, 91, 400);
const standing = fc.option(
  fc.record({
    outstanding: fc.integer({ min: 0, max: 900_000 }),
    daysPastDue: lateness,
    status: fc.constantFrom('active', 'active', 'active', 'written-off'),
  }),
  { nil: undefined },
);

it('arrears, rolls and concentration are what their formulas say, over any book', async () => {
  const sums = [
    'outstanding',
    'overdue30',
    'overdue60',
    'overdue90',
    'opening',
    'rolled',
    'largest-borrower',
  ];
  const told = ['par30', 'par60', 'par90', 'largest-borrower-share', 'hhi', 'roll-rate'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ before: standing, after: standing }), { minLength: 1, maxLength: 14 }),
      async (loans) => {
        const book = loans.map(({ before, after }, index): BookLoan => ({
          no: index + 1,
          lentOn: '2024-01-15',
          evenings: [
            ...(before ? [{ on: MONTH_BEFORE, ...before }] : []),
            ...(after ? [{ on: MONTH_END, ...after }] : []),
          ],
        }));
        const figures = await riskOf(book, [...sums, ...told]);
        const cells = figures
          .filter(({ id }) => told.includes(id))
          .flatMap(({ id, cells: own }) =>
            own.flatMap(({ by, value }) => {
              const { from_bucket: from, to_bucket: to, currency } = by;
              const key = [id, from, to, currency].filter((part) => part !== undefined).join(' ');
              return value === null ? [] : [[key, Number(value)] as const];
            }),
          );
        const expected = riskByHand(loans);
        const nothing = cells.filter(([key, value]) => !expected.has(key) && value !== 0);
        expect(nothing).toEqual([]);
        for (const [key, value] of expected) {
          expect([key, new Map(cells).get(key)]).toEqual([key, expect.closeTo(value, 5)]);
        }
      },
    ),
    { numRuns: 15, seed: 20_241_231 },
  );
});

/** Lent in January 2023, in default on 11 June 2023 with 800 owed; a part came back since. */
const FAILED: BookLoan = {
  no: 1,
  lentOn: '2023-01-11',
  severity: '0.6',
  yearlyPd: '0.04',
  dueOn: ['2023-02-11'],
  evenings: [
    { on: '2023-06-10', outstanding: 80_000, daysPastDue: 90 },
    { on: '2023-06-11', outstanding: 80_000, daysPastDue: 91, isDefaulted: true },
    { on: '2024-12-31', outstanding: 58_000, daysPastDue: 600, isDefaulted: true },
  ],
  receipts: [
    { on: '2023-06-11', principal: 20_000 },
    { on: '2024-06-10', principal: 22_000 },
    { on: '2024-07-01', principal: 10_000, kind: 'compensation' },
  ],
};

/** Lent in the same month, and paid as agreed; half of its term is left. */
const SOUND: BookLoan = {
  no: 2,
  lentOn: '2023-01-20',
  termMonths: 36,
  yearlyPd: '0.02',
  evenings: [{ on: '2024-12-31', outstanding: 60_000 }],
};

/** Lent a year later, and late. */
const LATE: BookLoan = {
  no: 3,
  lentOn: '2024-01-31',
  termMonths: 48,
  evenings: [{ on: '2024-12-31', outstanding: 90_000, daysPastDue: 31 }],
};

describe('a book of three loans', () => {
  it('has a vintage curve from the month in which all have reached an age', async () => {
    const [rows = []] = await rowsOf(riskPack, ['vintage-defaults'], [FAILED, SOUND, LATE]);
    const curve = (vintage: string) =>
      [...new Set(rows.filter((row) => row['vintage'] === vintage).map((row) => row['months']))]
        .toSorted()
        .map((months) => [
          months,
          sum(
            rows.filter((row) => row['vintage'] === vintage && row['months'] === months),
            'defaulted',
          ),
        ]);
    // In default on the day it is five months old: by six, and by none before.
    expect(curve('2023-01')).toEqual([
      ['003', 0],
      ['006', 1],
      ['009', 1],
      ['012', 1],
      ['015', 1],
      ['018', 1],
      ['021', 1],
    ]);
    expect(curve('2024-01')).toEqual([
      ['003', 0],
      ['006', 0],
      ['009', 0],
    ]);
  });

  it('lost what was owed at default, less what came back since at its value of then', async () => {
    const [rows = []] = await rowsOf(riskPack, ['defaulted-loans'], [FAILED, SOUND, LATE]);
    // 220 after 365 days at ten in a hundred are 200 now; who compensates is not the borrower.
    expect(rows).toMatchObject([
      { exposure_minor: '800.00', recovered_minor: '220.00', lost_minor: '600.00' },
    ]);
  });

  it('stands in the stages of IFRS 9, with what is to be expected of each', async () => {
    const [rows = []] = await rowsOf(riskPack, ['exposures'], [FAILED, SOUND, LATE]);
    expect(
      rows.map((row) => [row['stage'], row['outstanding_minor'], row['expected_loss_minor']]),
    ).toEqual([
      ['3', '580.00', '348.00'],
      // Two in a hundred a year: twelve months in stage 1, and 1126 days in stage 2.
      ['1', '600.00', '12.00'],
      ['2', '900.00', '55.53'],
    ]);
  });

  it('expected of those it observed what their grades said', async () => {
    const [rows = []] = await rowsOf(
      outcomePack,
      ['window-loans'],
      [
        { ...SOUND, dueOn: ['2024-06-01'], evenings: [{ on: '2023-12-31' }] },
        {
          ...SOUND,
          no: 4,
          yearlyPd: '0.05',
          dueOn: ['2024-06-01'],
          evenings: [{ on: '2023-12-31' }],
        },
        { ...FAILED, dueOn: ['2024-06-01'] },
      ],
    );
    expect(rows.map((row) => row['loan_id'])).toEqual(['lon_000002', 'lon_000004']);
    expect(sum(rows, 'expected_share')).toBeCloseTo(0.035, 12);
  });

  it('earned what came in, less what was written off, on what was outstanding', async () => {
    const months = Array.from({ length: 12 }, (_, month) =>
      addDays(addMonths(day('2024-01-01'), month + 1), -1),
    );
    const lost: BookLoan = {
      no: 5,
      lentOn: '2023-01-01',
      evenings: months.map((on, month) => ({
        on,
        outstanding: 40_000,
        ...(month < 6 ? {} : { status: 'written-off', isDefaulted: true }),
      })),
      receipts: [
        { on: '2024-02-01', principal: 0, interest: 1_500 },
        { on: '2024-11-01', principal: 5_000, kind: 'recovery' },
      ],
    };
    const [rows = []] = await rowsOf(outcomePack, ['returns'], [lost]);
    expect(rows).toMatchObject([
      {
        balance_minor: '200.00',
        promised_minor: '20.00',
        earned_minor: '15.00',
        lost_minor: '350.00',
        net_minor: '-335.00',
      },
    ]);
  });

  it('earned what a loan brought that was repaid before the month was over', async () => {
    const short: BookLoan = {
      no: 6,
      lentOn: '2024-03-02',
      evenings: [{ on: '2024-03-10' }],
      receipts: [{ on: '2024-03-20', principal: 100_000, interest: 700 }],
    };
    const [rows = []] = await rowsOf(outcomePack, ['returns'], [short, FAILED]);
    expect(rows).toContainEqual(
      expect.objectContaining({ loan_id: 'lon_000006', balance_minor: '0.00', net_minor: '7.00' }),
    );
  });

  it('is owed what was written off, and late since before that', async () => {
    const off: BookLoan = {
      no: 7,
      lentOn: '2024-03-01',
      evenings: [
        { on: '2024-12-01', outstanding: 50_000, daysPastDue: 170, isDefaulted: true },
        { on: '2024-12-02', outstanding: 50_000, status: 'written-off', isDefaulted: true },
        {
          on: '2024-12-31',
          outstanding: 50_000,
          daysPastDue: 29,
          status: 'written-off',
          isDefaulted: true,
        },
      ],
    };
    const [owing, held] = await rowsOf(marketPack, ['owing', 'standing'], [off]);
    expect(owing).toMatchObject([
      { outstanding_minor: '500.00', days_past_due: '200', arrears: 'over-180' },
    ]);
    expect(held).toEqual([]);
  });
});
