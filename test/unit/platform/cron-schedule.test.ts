import { CronSchedule } from '../../../src/platform/jobs';

const nextOf = (cron: string, timeZone: string, after: string): string =>
  new CronSchedule(cron, timeZone).next(new Date(after)).toISOString().replace('.000', '');

describe('when a cron expression is due next', () => {
  it.each([
    { cron: '0 0 * * *', zone: 'UTC', after: '2026-03-01T00:00:00Z', next: '2026-03-02T00:00:00Z' },
    { cron: '0 0 * * *', zone: 'UTC', after: '2026-02-28T23:59:59Z', next: '2026-03-01T00:00:00Z' },
    {
      cron: '30 2 * * *',
      zone: 'Asia/Shanghai',
      after: '2026-03-01T00:00:00Z',
      next: '2026-03-01T18:30:00Z',
    },
    {
      cron: '15 6 * * *',
      zone: 'Asia/Kolkata',
      after: '2026-03-01T00:45:00Z',
      next: '2026-03-02T00:45:00Z',
    },
    {
      cron: '*/15 * * * *',
      zone: 'UTC',
      after: '2026-03-01T10:07:30Z',
      next: '2026-03-01T10:15:00Z',
    },
    {
      cron: '*/15 * * * *',
      zone: 'Asia/Kathmandu',
      after: '2026-03-01T10:07:30Z',
      next: '2026-03-01T10:15:00Z',
    },
    {
      cron: '*/10 * * * * *',
      zone: 'UTC',
      after: '2026-03-01T10:07:30Z',
      next: '2026-03-01T10:07:40Z',
    },
    { cron: '* * * * *', zone: 'UTC', after: '2026-12-31T23:59:30Z', next: '2027-01-01T00:00:00Z' },
    { cron: '0 9 * * 1', zone: 'UTC', after: '2026-03-02T09:00:00Z', next: '2026-03-09T09:00:00Z' },
    {
      cron: '0 9-17 * * 1-5',
      zone: 'UTC',
      after: '2026-03-06T17:00:00Z',
      next: '2026-03-09T09:00:00Z',
    },
    {
      cron: '0 0 1 1,4,7,10 *',
      zone: 'UTC',
      after: '2026-03-02T09:00:00Z',
      next: '2026-04-01T00:00:00Z',
    },
    {
      cron: '0 12 L * *',
      zone: 'UTC',
      after: '2026-02-01T00:00:00Z',
      next: '2026-02-28T12:00:00Z',
    },
    {
      cron: '0 0 29 2 *',
      zone: 'UTC',
      after: '2026-03-02T09:00:00Z',
      next: '2028-02-29T00:00:00Z',
    },
    {
      cron: '0 0 29 2 *',
      zone: 'UTC',
      after: '2096-03-02T09:00:00Z',
      next: '2104-02-29T00:00:00Z',
    },
  ])('$cron in $zone after $after: $next', ({ cron, zone, after, next }) => {
    expect(nextOf(cron, zone, after)).toBe(next);
  });

  it.each([
    { cron: '99 * * * *', zone: 'UTC' },
    { cron: 'every day', zone: 'UTC' },
    { cron: '0 0 30 2 *', zone: 'UTC' },
    { cron: '0 0 * * *', zone: 'Mars/Olympus' },
  ])('$cron in $zone is refused', ({ cron, zone }) => {
    expect(() => new CronSchedule(cron, zone)).toThrow();
  });
});

describe('on the days daylight saving begins and ends', () => {
  const times = (cron: string, zone: string, from: string, to: string): string[] =>
    new CronSchedule(cron, zone)
      .dueBetween(new Date(from), new Date(to), 100)
      .map((at) => at.toISOString().replace('.000', ''));

  it.each([
    {
      case: 'a time that is left out is due when the gap ends (Berlin, 02:30)',
      cron: '30 2 * * *',
      zone: 'Europe/Berlin',
      from: '2026-03-28T00:00:00Z',
      to: '2026-03-31T00:00:00Z',
      due: ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'],
    },
    {
      case: 'several times in the gap are due once',
      cron: '0,20,40 2 * * *',
      zone: 'Europe/Berlin',
      from: '2026-03-29T00:00:00Z',
      to: '2026-03-29T12:00:00Z',
      due: ['2026-03-29T01:00:00Z'],
    },
    {
      case: 'a time that comes twice is due the first time (New York, 01:30)',
      cron: '30 1 * * *',
      zone: 'America/New_York',
      from: '2026-10-31T12:00:00Z',
      to: '2026-11-03T00:00:00Z',
      due: ['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    },
    {
      case: 'midnight that is left out is due when the day begins (Beirut)',
      cron: '0 0 * * *',
      zone: 'Asia/Beirut',
      from: '2026-03-28T12:00:00Z',
      to: '2026-03-30T12:00:00Z',
      due: ['2026-03-28T22:00:00Z', '2026-03-29T21:00:00Z'],
    },
    {
      case: 'what is due every hour follows the hours that pass, in spring',
      cron: '0 * * * *',
      zone: 'Europe/Berlin',
      from: '2026-03-28T23:30:00Z',
      to: '2026-03-29T03:00:00Z',
      due: ['00', '01', '02', '03'].map((hour) => `2026-03-29T${hour}:00:00Z`),
    },
    {
      case: 'and in autumn',
      cron: '0 * * * *',
      zone: 'Europe/Berlin',
      from: '2026-10-24T23:30:00Z',
      to: '2026-10-25T03:00:00Z',
      due: ['00', '01', '02', '03'].map((hour) => `2026-10-25T${hour}:00:00Z`),
    },
    {
      case: 'half an hour of daylight saving is minded too (Lord Howe, 02:15)',
      cron: '15 2 * * *',
      zone: 'Australia/Lord_Howe',
      from: '2026-10-03T00:00:00Z',
      to: '2026-10-05T00:00:00Z',
      due: ['2026-10-03T15:30:00Z', '2026-10-04T15:15:00Z'],
    },
  ])('$case', ({ cron, zone, from, to, due }) => {
    expect(times(cron, zone, from, to)).toEqual(due);
  });
});

it.each([
  { from: '2026-03-01T00:00:00Z', to: '2027-03-01T00:00:30Z', latest: '2027-03-01T00:00:00.000Z' },
  { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:30Z', latest: undefined },
])('the latest due time from $from to $to is $latest', ({ from, to, latest }) => {
  const schedule = new CronSchedule('* * * * *', 'UTC');
  expect(schedule.latestBetween(new Date(from), new Date(to))?.toISOString()).toBe(latest);
});
