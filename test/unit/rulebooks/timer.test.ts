import fc from 'fast-check';
import {
  addMonths,
  dateIn,
  startOfDay,
  type CalendarDate,
} from '../../../src/kernel/calendar-date';
import type { WorkingDays } from '../../../src/modules/rulebooks';
import {
  isWithinMonths,
  localDay,
  midnight,
  monthsLater,
} from '../../../src/modules/rulebooks/local-day';
import { aContext, aParameter, aRule, boundRule } from '../../support/builders/rulebook';

/** Monday to Friday, no holidays. */
const weekdays: WorkingDays = {
  isWorkingDay: (date) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()),
  addWorkingDays(date, count) {
    let day = new Date(`${date}T00:00:00Z`);
    for (let left = count; left > 0;) {
      day = new Date(day.getTime() + 86_400_000);
      if (this.isWorkingDay(day.toISOString().slice(0, 10) as CalendarDate)) left -= 1;
    }
    return day.toISOString().slice(0, 10) as CalendarDate;
  },
};

const aTimer = (more: object = {}) =>
  aRule('timer', {
    actions: ['revoke'],
    purpose: 'revocation',
    permits: 'until',
    start: 'subscription.subscribedAt',
    direction: 'after',
    length: 'days',
    ends: 'day-end',
    message: 'Too late.',
    ...more,
  });

const subscribed = (subscribedAt: string) => aContext({ subscription: { subscribedAt } });

describe('a timer', () => {
  it.each([
    {
      name: 'days to the end of the day',
      rule: {},
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-05T22:00:00.000Z',
    },
    {
      name: 'days to the start of the day',
      rule: { ends: 'day-start' },
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-04T22:00:00.000Z',
    },
    {
      name: 'days by the clock',
      rule: { ends: 'moment' },
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-05T10:00:00.000Z',
    },
    {
      name: 'hours after',
      rule: { ends: 'moment', length: 'hours' },
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-03T10:00:00.000Z',
    },
    {
      name: 'hours before',
      rule: { ends: 'moment', length: 'hours', direction: 'before' },
      start: '2021-06-03T10:00:00Z',
      ends: '2021-06-01T10:00:00.000Z',
    },
    {
      name: 'months',
      rule: { ends: 'day-start', length: 'months' },
      start: '2021-06-01T10:00:00Z',
      ends: '2022-05-31T22:00:00.000Z',
    },
    {
      name: 'working days',
      rule: { length: 'working-days' },
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-08T22:00:00.000Z',
    },
    {
      name: 'days of the place, not of UTC',
      rule: {},
      start: '2021-06-01T23:00:00Z',
      ends: '2021-06-06T22:00:00.000Z',
    },
  ])('counts $name', ({ rule, start, ends }) => {
    const end = boundRule(aTimer(rule)).timer?.endsAt(subscribed(start), weekdays);
    expect(end?.toISOString()).toBe(ends);
  });

  it.each([
    {
      name: 'rolls over a week-end',
      value: 'next-working-day',
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-07T22:00:00.000Z',
    },
    {
      name: 'stays on a working day',
      value: 'next-working-day',
      start: '2021-06-03T10:00:00Z',
      ends: '2021-06-07T22:00:00.000Z',
    },
    {
      name: 'stays on a week-end when told',
      value: 'none',
      start: '2021-06-01T10:00:00Z',
      ends: '2021-06-05T22:00:00.000Z',
    },
  ])('$name', ({ value, start, ends }) => {
    const parameters = {
      roll: aParameter('word', value, { choices: ['none', 'next-working-day'] }),
    };
    const rule = boundRule(aTimer({ rollOver: 'roll' }), parameters);
    const context = aContext({ subscription: { subscribedAt: start } }, { parameters });
    expect(rule.timer?.endsAt(context, weekdays)?.toISOString()).toBe(ends);
  });

  it('needs the calendar to count working days', () => {
    const { timer } = boundRule(aTimer({ length: 'working-days' }));
    expect(() => timer?.endsAt(subscribed('2021-06-01T10:00:00Z'))).toThrow(/working-day calendar/);
  });

  it('does not run before it started, where it does not apply, or once repealed', () => {
    expect(boundRule(aTimer()).timer?.endsAt(aContext())).toBeUndefined();
    const elsewhere = boundRule(aTimer({ when: { known: 'amount' } }));
    expect(elsewhere.timer?.endsAt(subscribed('2021-06-01T10:00:00Z'))).toBeUndefined();
    const parameters = { days: aParameter('days', null) };
    const context = aContext(
      { subscription: { subscribedAt: '2021-06-01T10:00:00Z' } },
      { parameters },
    );
    expect(boundRule(aTimer(), parameters).timer?.endsAt(context)).toBeUndefined();
    expect(boundRule(aTimer(), parameters).judge?.(context)).toBeUndefined();
  });

  it.each([
    { permits: 'until', at: '2021-06-05T21:59:59.999Z', allowed: true },
    { permits: 'until', at: '2021-06-05T22:00:00.000Z', allowed: false },
    { permits: 'from', at: '2021-06-05T21:59:59.999Z', allowed: false },
    { permits: 'from', at: '2021-06-05T22:00:00.000Z', allowed: true },
  ])('permits $permits its end: at $at $allowed', ({ permits, at, allowed }) => {
    const context = aContext({ at, subscription: { subscribedAt: '2021-06-01T10:00:00Z' } });
    const finding = boundRule(aTimer({ permits })).judge?.(context);
    expect(finding === undefined).toBe(allowed);
    if (finding) expect(finding.message).toBe(`Too late. (${permits} 2021-06-05T22:00:00.000Z)`);
  });

  it('takes the end that the caller computed', () => {
    const rule = boundRule(aTimer({ length: 'working-days' }));
    const facts = (end: string) => ({
      subscription: { subscribedAt: '2021-05-25T10:00:00Z' },
      timerEnds: { 'a-timer': end },
    });
    expect(rule.judge?.(aContext(facts('2021-06-01T12:00:00.001Z')))).toBeUndefined();
    expect(rule.judge?.(aContext(facts('2021-06-01T12:00:00Z')))).toBeDefined();
  });

  it.each([
    {
      name: 'months by the clock',
      rule: { length: 'months', ends: 'moment' },
      reason: /rules\[0\]\.ends: a length in months/,
    },
    {
      name: 'hours to the end of a day',
      rule: { length: 'hours' },
      reason: /rules\[0\]\.ends: hours end at a moment/,
    },
    {
      name: 'whole days backwards',
      rule: { direction: 'before' },
      reason: /rules\[0\]\.direction/,
    },
    {
      name: 'a length that is none',
      rule: { length: 'amount' },
      reason: /rules\[0\]\.length: .*not in hours or days/,
    },
    {
      name: 'a start that is no instant',
      rule: { start: 'amount' },
      reason: /rules\[0\]\.start: there is no instant fact/,
    },
    {
      name: 'a roll-over that is no word',
      rule: { rollOver: 'days' },
      reason: /rules\[0\]\.rollOver: .*not in word/,
    },
  ])('cannot be written with $name', ({ rule, reason }) => {
    expect(() => boundRule(aTimer(rule))).toThrow(reason);
  });
});

describe('days of a place', () => {
  const zones = ['Europe/Brussels', 'America/New_York', 'Asia/Shanghai', 'Asia/Kathmandu'];
  const instant = fc.date({
    min: new Date('2016-01-01'),
    max: new Date('2035-01-01'),
    noInvalidDate: true,
  });

  it('remember without changing an answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(instant, { minLength: 1, maxLength: 5 }),
        (zone, instants) => {
          for (const each of instants.flatMap((at) => [at, new Date(at.getTime() + 60_000)])) {
            const day = localDay(zone, each);
            expect(day).toBe(dateIn(zone, each));
            expect(midnight(day, zone)).toEqual(startOfDay(day, zone));
          }
        },
      ),
    );
  });

  it('forget when there is too much to remember', () => {
    let day = '2000-01-01' as CalendarDate;
    for (let each = 0; each < 1_100; each += 1) {
      expect(midnight(day, 'Asia/Shanghai')).toEqual(startOfDay(day, 'Asia/Shanghai'));
      day = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) as CalendarDate;
    }
  });

  it('tell a validity that is over from one that is not, also close to its end', () => {
    const hours = fc.integer({ min: -400, max: 400 });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instant,
        fc.integer({ min: 1, max: 120 }),
        hours,
        (timeZone, since, months, offset) => {
          const end = startOfDay(addMonths(dateIn(timeZone, since), months), timeZone);
          expect(monthsLater(since, months, timeZone)).toEqual(end);
          for (const at of [
            end,
            new Date(end.getTime() - 1),
            new Date(end.getTime() + offset * 3_600_000),
          ]) {
            expect(isWithinMonths(at, since, { months, timeZone })).toBe(at < end);
          }
        },
      ),
    );
  });

  it('tell clear cases without the calendar', () => {
    const since = new Date('2020-01-01');
    const within = (at: string) =>
      isWithinMonths(new Date(at), since, { months: 12, timeZone: 'Asia/Shanghai' });
    expect(within('2020-06-01')).toBe(true);
    expect(within('2022-06-01')).toBe(false);
  });
});
