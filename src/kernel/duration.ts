import { addDays, addMonths, calendarDate } from './calendar-date';
import { DAY_MS } from './clock';
import { problemCatalogue } from './problem';

export const durationProblem = problemCatalogue('duration', {
  malformed: { kind: 'invalid', title: 'The duration is not as ISO 8601 writes them' },
});

const PATTERN =
  /^P(?!$)(?:(?<years>\d{1,3})Y)?(?:(?<months>\d{1,4})M)?(?:(?<weeks>\d{1,4})W)?(?:(?<days>\d{1,5})D)?(?:T(?!$)(?:(?<hours>\d{1,6})H)?(?:(?<minutes>\d{1,6})M)?(?:(?<seconds>\d{1,6})S)?)?$/;

/**
 * The instant a duration such as `P30D`, `P1Y6M` or `PT36H` after `start`. Years, months and days
 * are counted by the calendar in UTC; a month on from the 31st is the last of a shorter month.
 * @throws Problem `duration.malformed`
 */
export function addDuration(start: Date, duration: string): Date {
  const match = PATTERN.exec(duration);
  if (!match) throw durationProblem('malformed', { detail: JSON.stringify(duration.slice(0, 40)) });
  const count = (unit: string): number => Number(match.groups?.[unit] ?? 0);
  const from = calendarDate(start.toISOString().slice(0, 10));
  const months = count('years') * 12 + count('months');
  const to = addDays(addMonths(from, months), count('weeks') * 7 + count('days'));
  const timeOfDay = start.getTime() % DAY_MS;
  const minutes = count('hours') * 60 + count('minutes');
  const time = (minutes * 60 + count('seconds')) * 1000;
  return new Date(Date.parse(`${to}T00:00:00Z`) + timeOfDay + time);
}
