import { calendarDate as day } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { WorkingDays } from '../../../src/kernel/working-days';
import { buildSchedule, type Schedule, type ScheduleTerms } from '../../../src/modules/schedules';
import { toBusinessDay } from '../../../src/modules/schedules/business-day';

const eur = (amount: string) => Money.parse(amount, 'EUR');

/** A thousand at twelve percent, one percent a month, from 1 January 2025. */
function loan(changes: Partial<ScheduleTerms> = {}, timing: Partial<ScheduleTerms['timing']> = {}) {
  return buildSchedule({
    principal: eur('1000.00'),
    rate: rate('0.12'),
    timing: {
      startOn: day('2025-01-01'),
      frequency: { unit: 'month', every: 1 },
      until: { instalments: 3 },
      ...timing,
    },
    repayment: { kind: 'annuity' },
    ...changes,
  });
}

/** Interest, principal, total and balance, row by row. */
function rows({ instalments }: Schedule): readonly string[] {
  return instalments.map(({ principal, interest, total, balance }) =>
    [interest, principal, total, balance].map((part) => part.toDecimalString()).join(' '),
  );
}

describe('instalments of an agreed amount', () => {
  it.each<{ name: string; repayment: ScheduleTerms['repayment']; expected: readonly string[] }>([
    {
      name: 'higher than needed: the schedule ends when all is paid',
      repayment: { kind: 'annuity', instalment: eur('600.00') },
      expected: ['10.00 590.00 600.00 410.00', '4.10 410.00 414.10 0.00'],
    },
    {
      name: 'lower than needed: the last takes what is left',
      repayment: { kind: 'annuity', instalment: eur('300.00') },
      expected: [
        '10.00 290.00 300.00 710.00',
        '7.10 292.90 300.00 417.10',
        '4.17 417.10 421.27 0.00',
      ],
    },
    {
      name: 'a part of principal',
      repayment: { kind: 'equal-principal', part: eur('700.00') },
      expected: ['10.00 700.00 710.00 300.00', '3.00 300.00 303.00 0.00'],
    },
  ])('$name', ({ repayment, expected }) => {
    expect(rows(loan({ repayment }))).toEqual(expected);
  });

  it('stay as they are when the rate changes', () => {
    const schedule = loan({
      repayment: { kind: 'annuity', instalment: eur('400.00') },
      rateChanges: [{ from: day('2025-02-01'), rate: rate('0.24') }],
    });
    expect(rows(schedule)).toEqual([
      '10.00 390.00 400.00 610.00',
      '12.20 387.80 400.00 222.20',
      '4.44 222.20 226.64 0.00',
    ]);
  });

  it.each([
    { amount: '10.00', code: undefined },
    { amount: '9.99', code: 'schedules.instalment-below-interest' },
    { amount: '0.00', code: 'schedules.terms-contradict' },
  ])('of $amount pay their interest at least', ({ amount, code }) => {
    const build = () => loan({ repayment: { kind: 'annuity', instalment: eur(amount) } });
    if (code === undefined) expect(rows(build())[2]).toBe('10.00 1000.00 1010.00 0.00');
    else expect(build).toThrow(expect.objectContaining({ code }));
  });
});

describe('instalments in advance', () => {
  it('are those of an annuity due: 1000 / (1 + v + v^2) = 336.66', () => {
    expect(rows(loan({}, { firstDueOn: day('2025-01-01') }))).toEqual([
      '0.00 336.66 336.66 663.34',
      '6.63 330.03 336.66 333.31',
      '3.33 333.31 336.64 0.00',
    ]);
  });
});

describe('rounding', () => {
  it.each([
    { mode: 'half-up', interest: '0.13' },
    { mode: 'half-even', interest: '0.12' },
    { mode: 'floor', interest: '0.12' },
    { mode: 'ceil', interest: '0.13' },
  ] as const)('half a cent of interest or fee by $mode is $interest', ({ mode, interest }) => {
    const schedule = loan({
      principal: eur('12.50'),
      interestRounding: mode,
      repayment: { kind: 'interest-only' },
      fees: [
        {
          name: 'Account',
          charge: { share: rate('0.01'), of: 'principal' },
          when: 'each-instalment',
        },
      ],
    });
    const [first] = schedule.instalments;
    expect(first?.interest.toDecimalString()).toBe(interest);
    expect(first?.fees.toDecimalString()).toBe(interest);
  });

  it('half a unit of an instalment goes up by half-up', () => {
    const terms = { principal: eur('1.50'), rate: rate('0') };
    const first = (mode: 'half-up' | 'half-even') =>
      loan(
        { ...terms, rounding: { unit: eur('1.00'), mode } },
        { until: { instalments: 1 + 2 } },
      ).instalments[0]?.total.toDecimalString();
    expect([first('half-up'), first('half-even')]).toEqual(['1.00', '0.00']);
  });
});

describe('the day on which instalments are due', () => {
  const dates = (timing: Partial<ScheduleTerms['timing']>) =>
    loan({}, timing).instalments.map(({ dueOn }) => dueOn);
  it.each([
    {
      name: 'the 30th, from a first due date that February cut short',
      timing: { startOn: day('2025-02-10'), firstDueOn: day('2025-02-28'), dueDay: 30 },
      expected: ['2025-02-28', '2025-03-30', '2025-04-30'],
    },
    {
      name: 'the 31st, wherever the start lies',
      timing: { dueDay: 31 },
      expected: ['2025-02-28', '2025-03-31', '2025-04-30'],
    },
    {
      name: 'the 5th after a start on the 25th',
      timing: { startOn: day('2025-01-25'), dueDay: 5 },
      expected: ['2025-02-05', '2025-03-05', '2025-04-05'],
    },
    {
      name: 'the 30th back from a maturity in February',
      timing: {
        startOn: day('2024-11-30'),
        until: { maturityOn: day('2025-02-28'), stub: 'short-first' } as const,
        dueDay: 30,
      },
      expected: ['2024-12-30', '2025-01-30', '2025-02-28'],
    },
  ])('$name', ({ timing, expected }) => {
    expect(dates(timing)).toEqual(expected);
  });

  it('leaves every period worth a month, whatever its days', () => {
    const { instalments } = loan(
      { repayment: { kind: 'interest-only' } },
      { startOn: day('2025-01-30'), dueDay: 30 },
    );
    expect(instalments.map(({ interest }) => interest.toDecimalString())).toEqual([
      '10.00',
      '10.00',
      '10.00',
    ]);
  });

  it.each([
    { name: 'the 32nd', timing: { dueDay: 32 } },
    {
      name: 'a first due date on another day',
      timing: { dueDay: 5, firstDueOn: day('2025-02-06') },
    },
    { name: 'weeks', timing: { dueDay: 5, frequency: { unit: 'week', every: 1 } as const } },
  ])('refuses $name', ({ timing }) => {
    expect(() => loan({}, timing)).toThrow(
      expect.objectContaining({ code: 'schedules.terms-contradict' }),
    );
  });
});

describe('working days', () => {
  const covered = { verification: 'computed' } as const;
  const calendar = WorkingDays.of({
    id: 'test',
    title: 'Weekends, and the end of May',
    timeZone: 'Europe/Paris',
    weekend: [{ weekday: 6 }, { weekday: 7 }],
    source: 'none',
    verification: { note: 'none' },
    years: { '2025': covered },
    holidays: { '2025-05-30': 'a Friday', '2025-09-01': 'a Monday' },
    makeUpWorkdays: {},
  });
  it.each([
    { date: '2025-05-31', following: '2025-06-02', modified: '2025-05-29', nearest: '2025-05-29' },
    { date: '2025-06-01', following: '2025-06-02', modified: '2025-06-02', nearest: '2025-06-02' },
    { date: '2025-09-01', following: '2025-09-02', modified: '2025-09-02', nearest: '2025-09-02' },
    { date: '2025-06-07', following: '2025-06-09', modified: '2025-06-09', nearest: '2025-06-06' },
  ])('forwards from $date', ({ date, following, modified, nearest }) => {
    const to = (rule: 'following' | 'modified-following' | 'nearest') =>
      toBusinessDay(day(date), rule, calendar);
    expect([to('following'), to('modified-following'), to('nearest')]).toEqual([
      following,
      modified,
      nearest,
    ]);
  });

  it.each([
    { date: '2025-06-01', preceding: '2025-05-29', modified: '2025-06-02' },
    { date: '2025-06-07', preceding: '2025-06-06', modified: '2025-06-06' },
    { date: '2025-06-10', preceding: '2025-06-10', modified: '2025-06-10' },
  ])('backwards from $date', ({ date, preceding, modified }) => {
    const to = (rule: 'preceding' | 'modified-preceding') =>
      toBusinessDay(day(date), rule, calendar);
    expect([to('preceding'), to('modified-preceding')]).toEqual([preceding, modified]);
  });

  it('refuses a first instalment that would move before the start', () => {
    const timing = {
      startOn: day('2025-06-07'),
      frequency: { unit: 'day', every: 1 } as const,
      adjustment: { rule: 'preceding', calendar, interest: 'adjusted' } as const,
    };
    expect(() => loan({}, timing)).toThrow(
      expect.objectContaining({ code: 'schedules.dates-out-of-order' }),
    );
  });
});

describe('limits', () => {
  it('refuses more changes than can be computed for so many instalments', () => {
    const rateChanges = Array.from({ length: 300 }, (_, place) => ({
      from: day(`${2026 + place}-01-01`),
      rate: rate('0.1'),
    }));
    expect(() =>
      loan({ rateChanges }, { frequency: { unit: 'day', every: 1 }, until: { instalments: 1000 } }),
    ).toThrow(expect.objectContaining({ code: 'schedules.terms-contradict' }));
  });
});
