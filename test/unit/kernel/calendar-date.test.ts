import fc from 'fast-check';
import {
  addDays,
  addMonths,
  calendarDate,
  dateIn,
  daysBetween,
  startOfDay,
  weekday,
  yearOf,
} from '../../../src/kernel/calendar-date';
import { DAY_MS } from '../../../src/kernel/clock';

const anyDate = fc
  .integer({ min: 0, max: 73_000 })
  .map((days) => addDays(calendarDate('1900-01-01'), days));

describe('reading a date', () => {
  it.each(['2024-02-29', '2000-02-29', '1999-12-31', '0100-01-01', '9999-12-31'])(
    '%s exists',
    (text) => {
      expect(calendarDate(text)).toBe(text);
    },
  );

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2024-02-30',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '2024-1-1',
    '24-01-01',
    '2024-01-01T00:00:00Z',
    ' 2024-01-01',
    '2024-01-01\n',
    '01-02-2024',
    '0099-01-01',
    '',
  ])('%j is refused', (text) => {
    expect(() => calendarDate(text)).toThrow(
      expect.objectContaining({ code: 'calendar.malformed-date' }),
    );
  });
});

describe('counting days and months', () => {
  it.each([
    { date: '2024-02-28', days: 1, result: '2024-02-29' },
    { date: '2023-02-28', days: 1, result: '2023-03-01' },
    { date: '2024-12-31', days: 1, result: '2025-01-01' },
    { date: '2024-01-01', days: -1, result: '2023-12-31' },
    { date: '2024-03-31', days: 0, result: '2024-03-31' },
  ])('$date and $days days is $result', ({ date, days, result }) => {
    expect(addDays(calendarDate(date), days)).toBe(result);
  });

  it.each([
    { date: '2024-01-31', months: 1, result: '2024-02-29' },
    { date: '2023-01-31', months: 1, result: '2023-02-28' },
    { date: '2024-01-31', months: 3, result: '2024-04-30' },
    { date: '2024-02-29', months: 12, result: '2025-02-28' },
    { date: '2024-02-29', months: 48, result: '2028-02-29' },
    { date: '2024-03-31', months: -1, result: '2024-02-29' },
    { date: '2024-01-15', months: -1, result: '2023-12-15' },
    { date: '2024-01-15', months: -13, result: '2022-12-15' },
    { date: '2024-11-30', months: 3, result: '2025-02-28' },
    { date: '2024-05-05', months: 0, result: '2024-05-05' },
  ])('$date and $months months is $result', ({ date, months, result }) => {
    expect(addMonths(calendarDate(date), months)).toBe(result);
  });

  it('undoes addition of days, and measures it', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const moved = addDays(date, days);
        expect(calendarDate(moved)).toBe(moved);
        expect(addDays(moved, -days)).toBe(date);
        expect(daysBetween(date, moved)).toBe(days);
        expect(moved < date).toBe(days < 0);
      }),
    );
  });

  it('lands in the month asked for, on the same day or the last one', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -600, max: 600 }), (date, months) => {
        const moved = addMonths(date, months);
        const monthsOf = (day: string): number =>
          Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
        expect(monthsOf(moved) - monthsOf(date)).toBe(months);
        const isLastOfMonth = addDays(moved, 1).endsWith('-01');
        expect(moved.slice(8) === date.slice(8) || isLastOfMonth).toBe(true);
      }),
    );
  });

  it.each([
    { date: '2024-02-29', day: 4 },
    { date: '2024-03-03', day: 7 },
    { date: '2024-03-04', day: 1 },
  ])('$date is weekday $day', ({ date, day }) => {
    expect(weekday(calendarDate(date))).toBe(day);
  });

  it('knows the year', () => {
    expect(yearOf(calendarDate('0999-12-31'))).toBe(999);
  });

  it.each([
    { name: 'past the year 9999', work: () => addDays(calendarDate('9999-12-31'), 1) },
    { name: 'before the year 100', work: () => addMonths(calendarDate('0100-01-31'), -1) },
  ])('stops rather than print a date $name', ({ work }) => {
    expect(work).toThrow('out of range');
  });
});

describe('the day being lived in a zone', () => {
  it.each([
    { zone: 'Asia/Shanghai', instant: '2024-03-31T15:59:59.999Z', date: '2024-03-31' },
    { zone: 'Asia/Shanghai', instant: '2024-03-31T16:00:00Z', date: '2024-04-01' },
    { zone: 'America/New_York', instant: '2024-03-10T04:59:59Z', date: '2024-03-09' },
    { zone: 'America/New_York', instant: '2024-03-10T05:00:00Z', date: '2024-03-10' },
    { zone: 'UTC', instant: '2024-12-31T23:59:59.999Z', date: '2024-12-31' },
  ])('is $date in $zone at $instant', ({ zone, instant, date }) => {
    expect(dateIn(zone, new Date(instant))).toBe(date);
  });
});

describe('the first instant of a day', () => {
  it.each([
    { date: '2024-01-15', zone: 'UTC', start: '2024-01-15T00:00:00.000Z' },
    { date: '2024-01-15', zone: 'Asia/Shanghai', start: '2024-01-14T16:00:00.000Z' },
    { date: '2024-01-15', zone: 'Asia/Kolkata', start: '2024-01-14T18:30:00.000Z' },
    // Days on which clocks change after midnight, and the days after them.
    { date: '2024-03-10', zone: 'America/New_York', start: '2024-03-10T05:00:00.000Z' },
    { date: '2024-03-11', zone: 'America/New_York', start: '2024-03-11T04:00:00.000Z' },
    { date: '2024-11-03', zone: 'America/New_York', start: '2024-11-03T04:00:00.000Z' },
    { date: '2024-11-04', zone: 'America/New_York', start: '2024-11-04T05:00:00.000Z' },
    { date: '2024-03-31', zone: 'Europe/Berlin', start: '2024-03-30T23:00:00.000Z' },
    { date: '2024-04-01', zone: 'Europe/Berlin', start: '2024-03-31T22:00:00.000Z' },
    { date: '2024-10-06', zone: 'Australia/Sydney', start: '2024-10-05T14:00:00.000Z' },
    // Clocks that jump over midnight: the day begins at one o'clock.
    { date: '2018-11-04', zone: 'America/Sao_Paulo', start: '2018-11-04T03:00:00.000Z' },
    { date: '1919-03-31', zone: 'America/Toronto', start: '1919-03-31T04:30:00.000Z' },
    { date: '2022-03-27', zone: 'Asia/Beirut', start: '2022-03-26T22:00:00.000Z' },
    // Clocks that fall back over midnight: the first of the two midnights.
    { date: '2024-11-03', zone: 'America/Havana', start: '2024-11-03T04:00:00.000Z' },
    // A day that Samoa skipped begins when the next one does.
    { date: '2011-12-30', zone: 'Pacific/Apia', start: '2011-12-30T10:00:00.000Z' },
    { date: '2011-12-31', zone: 'Pacific/Apia', start: '2011-12-30T10:00:00.000Z' },
  ])('of $date in $zone is $start', ({ date, zone, start }) => {
    expect(startOfDay(calendarDate(date), zone).toISOString()).toBe(start);
  });

  it('lies in that day, and the instant before it in an earlier one', () => {
    const zone = fc.constantFrom(
      'America/New_York',
      'America/Sao_Paulo',
      'Europe/London',
      'Asia/Beirut',
      'Asia/Kolkata',
      'Asia/Shanghai',
      'Australia/Lord_Howe',
      'Pacific/Auckland',
    );
    const date = fc
      .integer({ min: 0, max: 27_000 })
      .map((days) => addDays(calendarDate('1960-01-01'), days));
    fc.assert(
      fc.property(date, zone, (day, timeZone) => {
        const start = startOfDay(day, timeZone);
        expect(dateIn(timeZone, start)).toBe(day);
        expect(dateIn(timeZone, new Date(start.getTime() - 1)) < day).toBe(true);
        const length = startOfDay(addDays(day, 1), timeZone).getTime() - start.getTime();
        expect(Math.abs(length - DAY_MS)).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 300 },
    );
  });
});
