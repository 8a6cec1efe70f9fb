import fc from 'fast-check';
import { addDays, calendarDate as day, daysBetween } from '../../../src/kernel/calendar-date';
import { must } from '../../../src/kernel/assert';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  accruedInterest,
  buildSchedule,
  recast,
  DAY_COUNTS,
  type Recast,
  type RecastRequest,
  type Repayment,
  type Schedule,
  type ScheduleTerms,
} from '../../../src/modules/schedules';

const eur = (amount: string) => Money.parse(amount, 'EUR');

/** A thousand at twelve percent, one percent a month, from 1 January 2025: 340.02 a month. */
function loan(changes: Partial<ScheduleTerms> = {}, instalments = 3): ScheduleTerms {
  return {
    principal: eur('1000.00'),
    rate: rate('0.12'),
    timing: {
      startOn: day('2025-01-01'),
      frequency: { unit: 'month', every: 1 },
      until: { instalments },
    },
    repayment: { kind: 'annuity' },
    ...changes,
  };
}

/** Number, date, interest, principal, total and balance, row by row. */
function rows({ instalments }: Pick<Schedule, 'instalments'>): readonly string[] {
  return instalments.map(({ no, dueOn, interest, principal, total, balance }) => {
    const amounts = [interest, principal, total, balance].map((part) => part.toDecimalString());
    return `${no} ${dueOn} ${amounts.join(' ')}`;
  });
}

function recastOf(
  terms: ScheduleTerms,
  change: Omit<RecastRequest, 'terms' | 'schedule'>,
  schedule: Pick<Schedule, 'instalments'> = buildSchedule(terms),
): Recast {
  return recast({ terms, schedule, ...change });
}

describe('the rest of a loan made anew', () => {
  // After the first instalment 669.98 is owed; 300 of it is prepaid on the same day.
  const on = day('2025-02-01');
  const balance = eur('369.98');
  it.each<{ name: string; request: Omit<RecastRequest, 'terms' | 'schedule'>; expected: string[] }>(
    [
      {
        name: 'the term kept: 369.98 x 0.01 / (1 - 1.01^-2) = 187.77',
        request: { on, balance, keep: 'term' },
        expected: [
          '2 2025-03-01 3.70 184.07 187.77 185.91',
          '3 2025-04-01 1.86 185.91 187.77 0.00',
        ],
      },
      {
        name: 'the instalment kept',
        request: { on, balance, keep: 'instalment' },
        expected: ['2 2025-03-01 3.70 336.32 340.02 33.66', '3 2025-04-01 0.34 33.66 34.00 0.00'],
      },
      {
        name: 'the instalment kept, and the loan paid off sooner',
        request: { on, balance: eur('300.00'), keep: 'instalment' },
        expected: ['2 2025-03-01 3.00 300.00 303.00 0.00'],
      },
      {
        name: 'the instalment kept with arrears that joined the balance: a longer term',
        request: { on, balance: eur('1010.00'), keep: 'instalment' },
        expected: [
          '2 2025-03-01 10.10 329.92 340.02 680.08',
          '3 2025-04-01 6.80 333.22 340.02 346.86',
          '4 2025-05-01 3.47 336.55 340.02 10.31',
          '5 2025-06-01 0.10 10.31 10.41 0.00',
        ],
      },
      {
        name: 'so many instalments from now',
        request: { on, balance: eur('669.98'), keep: { instalments: 4 } },
        expected: [
          '2 2025-03-01 6.70 165.00 171.70 504.98',
          '3 2025-04-01 5.05 166.65 171.70 338.33',
          '4 2025-05-01 3.38 168.32 171.70 170.01',
          '5 2025-06-01 1.70 170.01 171.71 0.00',
        ],
      },
      {
        name: 'a holiday within the term, interest joining the principal',
        request: {
          on,
          balance: eur('669.98'),
          keep: 'term',
          holiday: { instalments: 1, of: 'all-capitalised' },
        },
        expected: ['2 2025-03-01 0.00 0.00 0.00 676.68', '3 2025-04-01 6.77 676.68 683.45 0.00'],
      },
      {
        name: 'a holiday that the term is longer by',
        request: {
          on,
          balance: eur('669.98'),
          keep: 'instalment',
          holiday: { instalments: 1, of: 'principal' },
        },
        expected: [
          '2 2025-03-01 6.70 0.00 6.70 669.98',
          '3 2025-04-01 6.70 333.32 340.02 336.66',
          '4 2025-05-01 3.37 336.65 340.02 0.01',
          '5 2025-06-01 0.00 0.01 0.01 0.00',
        ],
      },
      {
        name: 'on a day within a period: 14 of 28 days of February, and what was earned before',
        request: {
          on: day('2025-02-15'),
          balance: eur('669.98'),
          accrued: eur('3.35'),
          keep: 'term',
        },
        expected: [
          '2 2025-03-01 6.70 333.32 340.02 336.66',
          '3 2025-04-01 3.37 336.66 340.03 0.00',
        ],
      },
      {
        name: 'a holiday longer than what was left of the term',
        request: {
          on: day('2025-03-01'),
          balance: eur('336.66'),
          keep: 'instalment',
          holiday: { instalments: 2, of: 'all-waived' },
        },
        expected: [
          '3 2025-04-01 0.00 0.00 0.00 336.66',
          '4 2025-05-01 0.00 0.00 0.00 336.66',
          '5 2025-06-01 3.37 336.65 340.02 0.01',
          '6 2025-07-01 0.00 0.01 0.01 0.00',
        ],
      },
      {
        name: 'after the last due date',
        request: { on: day('2025-06-11'), balance: eur('100.00'), keep: { instalments: 2 } },
        expected: ['6 2025-07-01 0.67 49.91 50.58 50.09', '7 2025-08-01 0.50 50.09 50.59 0.00'],
      },
    ],
  )('$name', ({ request, expected }) => {
    expect(rows(recastOf(loan(), request))).toEqual(expected);
  });

  it('can be made anew again, from what it has become', () => {
    const terms = loan();
    const longer = recastOf(terms, { on, balance: eur('669.98'), keep: { instalments: 4 } });
    const shorter = { on: day('2025-03-01'), balance: eur('404.98'), keep: 'term' } as const;
    expect(rows(recastOf(terms, shorter, longer))).toEqual([
      '3 2025-04-01 4.05 133.65 137.70 271.33',
      '4 2025-05-01 2.71 134.99 137.70 136.34',
      '5 2025-06-01 1.36 136.34 137.70 0.00',
    ]);
  });

  it.each<{ name: string; repayment: Repayment; expected: readonly string[] }>([
    {
      name: 'equal principal',
      repayment: { kind: 'equal-principal' },
      expected: ['2 2025-03-01 3.00 150.00 153.00 150.00', '3 2025-04-01 1.50 150.00 151.50 0.00'],
    },
    {
      name: 'interest only',
      repayment: { kind: 'interest-only' },
      expected: ['2 2025-03-01 3.00 0.00 3.00 300.00', '3 2025-04-01 3.00 300.00 303.00 0.00'],
    },
    {
      name: 'flat',
      repayment: { kind: 'flat' },
      expected: ['2 2025-03-01 3.00 150.00 153.00 150.00', '3 2025-04-01 3.00 150.00 153.00 0.00'],
    },
    {
      name: 'compound interest at the end',
      repayment: { kind: 'bullet', interest: 'compound' },
      expected: ['1 2025-04-01 6.03 300.00 306.03 0.00'],
    },
    {
      name: 'balloon',
      repayment: { kind: 'balloon', residual: eur('300.00') },
      expected: ['2 2025-03-01 3.00 0.00 3.00 300.00', '3 2025-04-01 3.00 300.00 303.00 0.00'],
    },
    {
      name: 'a step that still comes with the third',
      repayment: { kind: 'step', steps: [{ fromNo: 3, factor: rate('2') }] },
      expected: ['2 2025-03-01 3.00 98.67 101.67 201.33', '3 2025-04-01 2.01 201.33 203.34 0.00'],
    },
  ])('keeps the kind of its repayment: $name', ({ repayment, expected }) => {
    const request = { on, balance: eur('300.00'), keep: 'term' } as const;
    expect(rows(recastOf(loan({ repayment }), request))).toEqual(expected);
  });

  it('goes on regularly where an odd last date was agreed, at the end of the month', () => {
    const terms = loan({
      timing: {
        startOn: day('2025-01-31'),
        frequency: { unit: 'month', every: 1 },
        until: { maturityOn: day('2025-04-15'), stub: 'short-last' },
      },
    });
    const request = { on: day('2025-03-31'), balance: eur('500.00'), keep: { instalments: 3 } };
    expect(recastOf(terms, request).instalments.map(({ dueOn }) => dueOn)).toEqual([
      '2025-04-30',
      '2025-05-31',
      '2025-06-30',
    ]);
  });

  const code = 'schedules.terms-contradict';
  it.each<{
    name: string;
    repayment?: Repayment;
    request: Partial<RecastRequest>;
    code: string;
  }>([
    { name: 'nothing owed', request: { balance: eur('0.00') }, code },
    { name: 'a term that is over', request: { on: day('2025-04-01') }, code },
    {
      name: 'a holiday to the end',
      request: { holiday: { instalments: 2, of: 'principal' } },
      code,
    },
    {
      name: 'an instalment below its interest',
      request: { keep: 'instalment', balance: eur('40000.00') },
      code: 'schedules.instalment-below-interest',
    },
    {
      name: 'no one instalment',
      repayment: { kind: 'interest-only' },
      request: { keep: 'instalment' },
      code,
    },
    {
      name: 'a residual above the balance',
      repayment: { kind: 'balloon', residual: eur('400.00') },
      request: {},
      code,
    },
    {
      name: 'a holiday of one payment',
      repayment: { kind: 'bullet', interest: 'simple' },
      request: { holiday: { instalments: 1, of: 'principal' } },
      code,
    },
    {
      name: 'one payment in many',
      repayment: { kind: 'bullet', interest: 'simple' },
      request: { keep: { instalments: 2 } },
      code,
    },
    {
      name: 'instalments agreed one by one',
      repayment: {
        kind: 'irregular',
        amounts: 'total',
        instalments: [{ on: day('2025-03-01'), amount: eur('1.00') }],
      },
      request: {},
      code,
    },
  ])('refuses $name', ({ repayment, request, code: expected }) => {
    const terms = repayment === undefined ? loan() : loan({ repayment });
    const schedule = buildSchedule(loan());
    const whole = { on, balance: eur('369.98'), keep: 'term', ...request } as const;
    expect(() => recast({ terms, schedule, ...whole })).toThrow(
      expect.objectContaining({ code: expected }),
    );
  });
});

describe('the interest that a loan has earned', () => {
  it.each<{ name: string; changes: Partial<ScheduleTerms>; on: string; expected: string }>([
    { name: 'before the start', changes: {}, on: '2024-12-31', expected: '0.00' },
    { name: 'on the first day', changes: {}, on: '2025-01-01', expected: '0.00' },
    { name: 'half of February: 6.6998 x 14/28', changes: {}, on: '2025-02-15', expected: '3.35' },
    { name: 'on a due date, when it is due', changes: {}, on: '2025-03-01', expected: '0.00' },
    { name: 'after the end', changes: {}, on: '2025-05-01', expected: '0.00' },
    {
      name: 'by days: 1000 x 0.12 x 10/365',
      changes: { dayCount: 'act/365f' },
      on: '2025-01-11',
      expected: '3.29',
    },
    {
      name: 'at two rates: 1000 x (0.12 x 10 + 0.24 x 5)/365',
      changes: {
        dayCount: 'act/365f',
        rateChanges: [{ from: day('2025-01-11'), rate: rate('0.24') }],
      },
      on: '2025-01-16',
      expected: '6.58',
    },
    {
      name: 'on two drawdowns: 0.12 x (600 x 15 + 400 x 5)/365',
      changes: {
        dayCount: 'act/365f',
        tranches: [{ on: day('2025-01-11'), amount: eur('400.00') }],
      },
      on: '2025-01-16',
      expected: '3.62',
    },
    {
      name: 'with what was put off: 10 and 1000 x 0.01 x 14/28',
      changes: { grace: { instalments: 2, of: 'all-deferred' } },
      on: '2025-02-15',
      expected: '15.00',
    },
    {
      name: 'put off, on a due date',
      changes: { grace: { instalments: 2, of: 'all-deferred' } },
      on: '2025-02-01',
      expected: '10.00',
    },
    {
      name: 'on what joined the principal: 1010 x 0.01 x 14/28',
      changes: { grace: { instalments: 2, of: 'all-capitalised' } },
      on: '2025-02-15',
      expected: '5.05',
    },
    {
      name: 'none where it is waived',
      changes: { grace: { instalments: 1, of: 'all-waived' } },
      on: '2025-01-20',
      expected: '0.00',
    },
    {
      name: 'flat, in proportion: 10 x 14/28',
      changes: { repayment: { kind: 'flat' } },
      on: '2025-02-15',
      expected: '5.00',
    },
    {
      name: 'simple, for one payment: 10 + 5',
      changes: { repayment: { kind: 'bullet', interest: 'simple' } },
      on: '2025-02-15',
      expected: '15.00',
    },
    {
      name: 'compound, for one payment: 10 + 1010 x 0.005',
      changes: { repayment: { kind: 'bullet', interest: 'compound' } },
      on: '2025-02-15',
      expected: '15.05',
    },
  ])('$name', ({ changes, on, expected }) => {
    const terms = loan(changes);
    const schedule = buildSchedule(terms);
    expect(accruedInterest({ terms, schedule }, day(on)).toDecimalString()).toBe(expected);
  });

  it('goes on from what was owed before the rest was made anew', () => {
    const terms = loan();
    const accrued = eur('3.35');
    const change = {
      on: day('2025-02-15'),
      balance: eur('569.98'),
      accrued,
      keep: 'term',
    } as const;
    const schedule = recastOf(terms, change);
    // 3.35 and 569.98 x 0.01 x 7/28.
    expect(accruedInterest({ terms, schedule }, day('2025-02-22')).toDecimalString()).toBe('4.77');
  });
});

describe('of any loan', () => {
  const anyLoan = fc
    .record({
      minor: fc.integer({ min: 100_00, max: 100_000_00 }),
      bps: fc.integer({ min: 0, max: 3_000 }),
      instalments: fc.integer({ min: 2, max: 36 }),
      start: fc.integer({ min: 0, max: 4_000 }),
      frequency: fc.constantFrom(
        { unit: 'month', every: 1 } as const,
        { unit: 'month', every: 3 } as const,
        { unit: 'week', every: 2 } as const,
      ),
      dayCount: fc.constantFrom(...DAY_COUNTS),
      repayment: fc.constantFrom<Repayment>(
        { kind: 'annuity' },
        { kind: 'equal-principal' },
        { kind: 'interest-only' },
        { kind: 'flat' },
        { kind: 'bullet', interest: 'compound' },
      ),
      after: fc.integer({ min: 0, max: 999 }),
    })
    .map(({ minor, bps, start, frequency, after, instalments, dayCount, repayment }) => {
      const startOn = addDays(day('2015-01-01'), start);
      const terms: ScheduleTerms = {
        principal: Money.ofMinor(BigInt(minor), 'EUR'),
        rate: rate(String(bps)).div(10_000),
        timing: { startOn, frequency, until: { instalments } },
        dayCount,
        repayment,
      };
      const schedule = buildSchedule(terms);
      const end = must(schedule.instalments.at(-1), 'an instalment').dueOn;
      const on = addDays(startOn, Math.floor((after * daysBetween(startOn, end)) / 1000));
      const paid = schedule.instalments.findLast(({ dueOn }) => dueOn <= on);
      return { terms, schedule, on, balance: paid?.balance ?? schedule.opening };
    });

  it('the rest repays the balance to the cent, on the dates that were agreed', () => {
    fc.assert(
      fc.property(anyLoan, ({ terms, schedule, on, balance }) => {
        const rest = recast({ terms, schedule, on, balance, keep: 'term' });
        const later = schedule.instalments.filter(({ dueOn }) => dueOn > on);
        expect(rest.instalments.map(({ dueOn }) => dueOn)).toEqual(later.map(({ dueOn }) => dueOn));
        expect(rest.totals.principal).toEqual(balance);
        expect(rest.instalments.at(-1)?.balance.isZero).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('a loan made anew without a change owes the interest that it would have owed', () => {
    fc.assert(
      fc.property(anyLoan, ({ terms, schedule, on, balance }) => {
        // Flat interest is on the balance made anew; other conventions do not add up over a cut.
        fc.pre(terms.repayment.kind !== 'bullet' && terms.repayment.kind !== 'flat');
        fc.pre(['act/act-icma', 'act/365f', 'act/360'].includes(terms.dayCount ?? ''));
        const accrued = accruedInterest({ terms, schedule }, on);
        const [first] = recast({ terms, schedule, on, balance, accrued, keep: 'term' }).instalments;
        const before = must(schedule.instalments[must(first, 'a row').no - 1], 'a row');
        const off = Number(first?.interest.minor) - Number(before.interest.minor);
        expect(Math.abs(off)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('with its instalment kept on a due date it goes on to the cent, up to its last', () => {
    fc.assert(
      fc.property(anyLoan, ({ terms, schedule, on: near }) => {
        fc.pre(['annuity', 'equal-principal'].includes(terms.repayment.kind));
        const paid = schedule.instalments.findLast(({ dueOn }) => dueOn <= near);
        fc.pre(paid !== undefined && paid.no < schedule.instalments.length - 1);
        const { dueOn: on, balance, no } = paid;
        const rest = recast({ terms, schedule, on, balance, keep: 'instalment' });
        const later = schedule.instalments.slice(no, -1);
        expect(rest.instalments.slice(0, later.length)).toEqual(later);
        // What rounding left comes with the last, or on its own after it.
        expect(rest.instalments.length - later.length).toBeGreaterThanOrEqual(1);
        expect(rest.instalments.length - later.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 100 },
    );
  });

  it('interest earned never falls within a period, and ends below what is due', () => {
    fc.assert(
      fc.property(anyLoan, ({ terms, schedule, on }) => {
        const row = schedule.instalments.find(({ dueOn }) => dueOn > on);
        fc.pre(row !== undefined && row.dueOn > addDays(on, 1));
        const [today, tomorrow] = [on, addDays(on, 1)].map((date) =>
          accruedInterest({ terms, schedule }, date),
        );
        // Months of thirty days count nothing for a 31st, or three days for one at February's end.
        expect(Number(tomorrow?.minor)).toBeGreaterThanOrEqual(Number(today?.minor));
        expect(Number(tomorrow?.minor)).toBeLessThanOrEqual(Number(row?.interest.minor) + 1);
      }),
      { numRuns: 100 },
    );
  });
});
