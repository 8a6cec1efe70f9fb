import fc from 'fast-check';
import { addDays, calendarDate, daysBetween } from '../../../src/kernel/calendar-date';
import {
  countedDays,
  yearFraction,
  DAY_COUNTS,
  type DayCount,
  type DayCountContext,
} from '../../../src/modules/schedules';

const span = (from: string, to: string) => ({ from: calendarDate(from), to: calendarDate(to) });
const fraction = (convention: DayCount, from: string, to: string, context?: DayCountContext) =>
  yearFraction(convention, span(from, to), context).toNumber();

const anyDay = fc
  .integer({ min: 0, max: 40_000 })
  .map((days) => addDays(calendarDate('1970-01-01'), days));
const anySpan = fc
  .tuple(anyDay, fc.integer({ min: 0, max: 3_000 }))
  .map(([from, days]) => ({ from, to: addDays(from, days) }));
const monthly = (every: number) => ({ unit: 'month', every }) as const;

describe('months of thirty days', () => {
  // ISDA 2006 Definitions 4.16 (f), (g), (h), and the SIA's rule on February, worked by hand.
  it.each([
    { from: '2007-01-15', to: '2007-01-30', us: 15, bond: 15, european: 15, isda: 15 },
    { from: '2007-01-15', to: '2007-01-31', us: 16, bond: 16, european: 15, isda: 15 },
    { from: '2007-01-15', to: '2007-02-15', us: 30, bond: 30, european: 30, isda: 30 },
    { from: '2007-01-31', to: '2007-02-28', us: 28, bond: 28, european: 28, isda: 30 },
    { from: '2007-09-30', to: '2008-03-31', us: 180, bond: 180, european: 180, isda: 180 },
    { from: '2007-02-28', to: '2007-03-31', us: 30, bond: 33, european: 32, isda: 30 },
    { from: '2006-08-31', to: '2007-02-28', us: 178, bond: 178, european: 178, isda: 180 },
    { from: '2007-02-28', to: '2007-08-31', us: 180, bond: 183, european: 182, isda: 180 },
    { from: '2007-02-14', to: '2007-02-28', us: 14, bond: 14, european: 14, isda: 16 },
    { from: '2007-02-26', to: '2008-02-29', us: 363, bond: 363, european: 363, isda: 364 },
    { from: '2008-02-29', to: '2009-02-28', us: 360, bond: 359, european: 359, isda: 360 },
    { from: '2008-02-29', to: '2008-03-30', us: 30, bond: 31, european: 31, isda: 30 },
    { from: '2008-02-29', to: '2008-03-31', us: 30, bond: 32, european: 31, isda: 30 },
  ])('from $from to $to', ({ from, to, us, bond, european, isda }) => {
    const days = (convention: DayCount) => countedDays(convention, span(from, to));
    expect(days('30/360-us')).toBe(us);
    expect(days('30/360-bond')).toBe(bond);
    expect(days('30e/360')).toBe(european);
    expect(days('30/365')).toBe(european);
    expect(days('30e/360-isda')).toBe(isda);
  });

  // ISDA, "30/360 day count conventions" (22 December 2008), examples 2 and 3.
  it.each([
    { from: '2007-08-31', to: '2008-02-29', us: 179, bond: 179, european: 179, isda: 180 },
    { from: '2008-02-29', to: '2008-08-31', us: 180, bond: 182, european: 181, isda: 180 },
    { from: '2008-08-31', to: '2009-02-28', us: 178, bond: 178, european: 178, isda: 180 },
    { from: '2009-02-28', to: '2009-08-31', us: 180, bond: 183, european: 182, isda: 180 },
    { from: '2006-01-31', to: '2006-02-28', us: 28, bond: 28, european: 28, isda: 30 },
    { from: '2006-01-30', to: '2006-02-28', us: 28, bond: 28, european: 28, isda: 30 },
    { from: '2006-02-28', to: '2006-03-03', us: 3, bond: 5, european: 5, isda: 3 },
    { from: '2006-02-14', to: '2006-02-28', us: 14, bond: 14, european: 14, isda: 16 },
    { from: '2006-09-30', to: '2006-10-31', us: 30, bond: 30, european: 30, isda: 30 },
    { from: '2006-10-31', to: '2006-11-28', us: 28, bond: 28, european: 28, isda: 28 },
    { from: '2008-02-28', to: '2008-08-31', us: 183, bond: 183, european: 182, isda: 182 },
    { from: '2007-02-26', to: '2008-02-28', us: 362, bond: 362, european: 362, isda: 362 },
    { from: '2008-02-28', to: '2008-03-31', us: 33, bond: 33, european: 32, isda: 32 },
  ])('as ISDA works them: from $from to $to', ({ from, to, us, bond, european, isda }) => {
    const days = (convention: DayCount) => countedDays(convention, span(from, to));
    expect([days('30/360-us'), days('30/360-bond')]).toEqual([us, bond]);
    expect([days('30e/360'), days('30e/360-isda')]).toEqual([european, isda]);
  });

  it('30/360 US leaves February alone in a loan that does not follow the end of the month', () => {
    const endOfMonth = false;
    expect(countedDays('30/360-us', span('2007-02-28', '2007-03-28'), { endOfMonth })).toBe(30);
    expect(countedDays('30/360-us', span('2007-02-28', '2007-03-28'))).toBe(28);
  });

  it('leaves the end of February where it is when the loan ends there', () => {
    const maturityOn = calendarDate('2007-02-28');
    expect(countedDays('30e/360-isda', span('2006-08-31', '2007-02-28'), { maturityOn })).toBe(178);
  });

  it('divides by 360, but 30/365 by 365', () => {
    expect(fraction('30e/360', '2025-01-01', '2025-07-01')).toBe(0.5);
    expect(fraction('30/365', '2025-01-01', '2025-07-01')).toBeCloseTo(180 / 365, 14);
  });
});

describe('calendar days', () => {
  // The five cases of ISDA's memorandum "EMU and market conventions: recent developments" (1998).
  it.each([
    {
      name: 'a regular half year',
      from: '2003-11-01',
      to: '2004-05-01',
      every: 6,
      anchor: '2003-11-01',
      isda: 61 / 365 + 121 / 366,
      icma: 0.5,
      afb: 182 / 366,
    },
    {
      name: 'a short first year',
      from: '1999-02-01',
      to: '1999-07-01',
      every: 12,
      anchor: '1999-07-01',
      isda: 150 / 365,
      icma: 150 / 365,
      afb: 150 / 365,
    },
    {
      name: 'the year after it',
      from: '1999-07-01',
      to: '2000-07-01',
      every: 12,
      anchor: '1999-07-01',
      isda: 184 / 365 + 182 / 366,
      icma: 1,
      afb: 1,
    },
    {
      name: 'a long first half year',
      from: '2002-08-15',
      to: '2003-07-15',
      every: 6,
      anchor: '2003-07-15',
      isda: 334 / 365,
      icma: 0.5 + 153 / 184 / 2,
      afb: 334 / 365,
    },
    {
      name: 'a half year into a leap year',
      from: '1999-07-30',
      to: '2000-01-30',
      every: 6,
      anchor: '1999-07-30',
      isda: 155 / 365 + 29 / 366,
      icma: 0.5,
      afb: 184 / 365,
    },
    {
      name: 'a short last half year',
      from: '2000-01-30',
      to: '2000-06-30',
      every: 6,
      anchor: '2000-01-30',
      isda: 152 / 366,
      icma: 152 / 182 / 2,
      afb: 152 / 366,
    },
    {
      name: 'a long last quarter at the end of the month',
      from: '1999-11-30',
      to: '2000-04-30',
      every: 3,
      anchor: '1999-11-30',
      isda: 32 / 365 + 120 / 366,
      icma: 0.25 + 61 / 92 / 4,
      afb: 152 / 366,
    },
  ])('of $name', ({ from, to, every, anchor, isda, icma, afb }) => {
    const frequency = monthly(every);
    const anchorOn = calendarDate(anchor);
    const context = { frequency, anchorOn, endOfMonth: true };
    expect(fraction('act/act-isda', from, to)).toBeCloseTo(isda, 14);
    expect(fraction('act/act-icma', from, to, context)).toBeCloseTo(icma, 14);
    expect(fraction('act/act-afb', from, to)).toBeCloseTo(afb, 14);
  });

  it.each([
    { name: 'two years back from 28 February', from: '2006-02-28', to: '2008-02-28', years: 2 },
    { name: 'from 29 to 28 February', from: '2004-02-29', to: '2005-02-28', years: 1 },
    { name: 'to 29 February', from: '2003-02-28', to: '2004-02-29', years: 1 },
    {
      name: 'a leap day in the odd days',
      from: '2004-02-01',
      to: '2005-03-01',
      years: 1 + 29 / 366,
    },
  ])('AFB counts whole years back: $name', ({ from, to, years }) => {
    expect(fraction('act/act-afb', from, to)).toBeCloseTo(years, 14);
  });

  // The cases of OpenGamma Strata's DayCountTest, which follow the FBF's text of 2004.
  it.each([
    { from: '2011-12-28', to: '2012-02-28', afb: 62 / 365, noLeap: 62 },
    { from: '2011-12-28', to: '2012-02-29', afb: 63 / 365, noLeap: 62 },
    { from: '2011-12-28', to: '2012-03-01', afb: 64 / 366, noLeap: 63 },
    { from: '2011-12-28', to: '2016-02-28', afb: 4 + 62 / 365, noLeap: 1522 },
    { from: '2011-12-28', to: '2016-02-29', afb: 4 + 63 / 365, noLeap: 1522 },
    { from: '2011-12-28', to: '2016-03-01', afb: 4 + 64 / 366, noLeap: 1523 },
    { from: '2012-02-28', to: '2012-03-28', afb: 29 / 366, noLeap: 28 },
    { from: '2012-02-29', to: '2012-03-28', afb: 28 / 366, noLeap: 28 },
    { from: '2012-03-01', to: '2012-03-28', afb: 27 / 365, noLeap: 27 },
  ])('AFB and NL/365 from $from to $to', ({ from, to, afb, noLeap }) => {
    expect(fraction('act/act-afb', from, to)).toBeCloseTo(afb, 14);
    expect(countedDays('nl/365', span(from, to))).toBe(noLeap);
    expect(fraction('nl/365', from, to)).toBeCloseTo(noLeap / 365, 14);
  });

  // ICMA rule 251: by years the 29 February in the period decides, else the year in which it ends.
  it.each([
    { every: 12, from: '2011-12-28', to: '2012-02-28', end: '2012-02-28', by: 365 },
    { every: 12, from: '2011-12-28', to: '2012-02-28', end: '2012-02-29', by: 366 },
    { every: 12, from: '2012-02-29', to: '2012-03-28', end: '2013-02-28', by: 365 },
    { every: 6, from: '2011-12-28', to: '2012-01-28', end: '2012-02-28', by: 366 },
    { every: 6, from: '2012-07-01', to: '2012-12-31', end: '2013-01-01', by: 365 },
  ])('ACT/365L from $from to $to of $every months ending $end', ({ every, from, to, end, by }) => {
    const context = { frequency: monthly(every), periodEndOn: calendarDate(end) };
    const days = daysBetween(calendarDate(from), calendarDate(to));
    expect(fraction('act/365l', from, to, context)).toBeCloseTo(days / by, 14);
  });

  it('ICMA measures a stub against periods on the day on which instalments are due', () => {
    const anchorOn = calendarDate('2025-02-28');
    const stub = ['2025-03-15', '2025-03-30'] as const;
    const due = { frequency: monthly(1), anchorOn, dueDay: 30 };
    expect(fraction('act/act-icma', ...stub, due)).toBeCloseTo(15 / 30 / 12, 14);
  });

  it('ICMA gives every regular period the same, whatever its days', () => {
    for (const [from, to] of [
      ['2025-01-31', '2025-02-28'],
      ['2025-02-28', '2025-03-31'],
      ['2025-04-30', '2025-05-31'],
    ] as const) {
      const context = { frequency: monthly(1), anchorOn: calendarDate('2025-01-31') };
      expect(fraction('act/act-icma', from, to, context)).toBeCloseTo(1 / 12, 14);
    }
    const weekly = { frequency: { unit: 'week', every: 2 } as const };
    expect(fraction('act/act-icma', '2025-01-01', '2025-01-15', weekly)).toBeCloseTo(1 / 26, 14);
  });
});

describe('what holds of all dates', () => {
  it.each(DAY_COUNTS.map((convention) => ({ convention })))(
    '$convention changes its sign with the direction',
    ({ convention }) => {
      fc.assert(
        fc.property(anySpan, ({ from, to }) => {
          const there = yearFraction(convention, { from, to });
          const back = yearFraction(convention, { from: to, to: from });
          expect(there.plus(back).isZero()).toBe(true);
          expect(countedDays(convention, { from, to })).toBe(
            0 - countedDays(convention, { from: to, to: from }),
          );
        }),
      );
    },
  );

  it.each([
    { convention: 'act/365f' },
    { convention: 'act/360' },
    { convention: 'nl/365' },
    { convention: 'act/act-isda' },
    { convention: 'act/act-icma' },
    { convention: '30e/360' },
    { convention: '30/365' },
    { convention: '30e/360-isda' },
  ] as const)('$convention adds up over adjoining spans', ({ convention }) => {
    const context = { frequency: monthly(3), anchorOn: calendarDate('2001-08-31') };
    fc.assert(
      fc.property(anySpan, fc.integer({ min: 0, max: 3_000 }), ({ from, to }, days) => {
        const middle = addDays(from, Math.min(days, daysBetween(from, to)));
        const parts = yearFraction(convention, { from, to: middle }, context).plus(
          yearFraction(convention, { from: middle, to }, context),
        );
        const whole = yearFraction(convention, { from, to }, context);
        expect(parts.minus(whole).abs().toNumber()).toBeLessThan(1e-30);
      }),
    );
  });

  it('ACT/ACT ISDA is what a walk over the days finds', () => {
    fc.assert(
      fc.property(anySpan, ({ from, to }) => {
        let [leap, ordinary] = [0, 0];
        for (let day = from; day < to; day = addDays(day, 1)) {
          const year = Number(day.slice(0, 4));
          const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
          if (isLeap) leap += 1;
          else ordinary += 1;
        }
        expect(fraction('act/act-isda', from, to)).toBeCloseTo(leap / 366 + ordinary / 365, 12);
      }),
      { numRuns: 40 },
    );
  });

  it('ACT/ACT ICMA is what a walk over the days of each quarter finds', () => {
    // Quarters from the first of January, so that a day's quarter is known from its month alone.
    const context = { frequency: monthly(3), anchorOn: calendarDate('2000-01-01') };
    const quarterDays = (year: number, quarter: number) =>
      (Date.UTC(year, 3 * quarter + 3, 1) - Date.UTC(year, 3 * quarter, 1)) / 86_400_000;
    fc.assert(
      fc.property(anySpan, ({ from, to }) => {
        let years = 0;
        for (let day = from; day < to; day = addDays(day, 1)) {
          const quarter = Math.floor((Number(day.slice(5, 7)) - 1) / 3);
          years += 1 / quarterDays(Number(day.slice(0, 4)), quarter) / 4;
        }
        expect(fraction('act/act-icma', from, to, context)).toBeCloseTo(years, 10);
      }),
      { numRuns: 40 },
    );
  });
});
