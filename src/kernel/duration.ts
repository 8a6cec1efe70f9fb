import { addDays, addMonths, calendarDate } from './calendar-date';
import { DAY_MS } from './clock';
import { problemCatalogue } from './problem';

export const durationProblem = problemCatalogue('duration', {
  malformed: { kind: 'invalid', title: 'The duration is not as ISO 8601 writes them' },
});

const PATTERN =
  /^P(?!$)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/;

/**
 * The instant a duration such as `P30D`, `P1Y6M` or `PT36H` after `start`. Years, months and days
 * are counted by the calendar in UTC; a month on from the 31st is the last of a shorter month.
 * @throws Problem `duration.malformed`
 */
export function addDuration(start: Date, duration: string): Date {
  const match = PATTERN.exec(duration);
  if (!match) throw durationProblem('malformed', { detail: JSON.stringify(duration.slice(0, 40)) });
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const from = calendarDate(start.toISOString().slice(0, 10));
  const to = addDays(addMonths(from, years * 12 + months), weeks * 7 + days);
  const timeOfDay = start.getTime() % DAY_MS;
  const time = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return new Date(Date.parse(`${to}T00:00:00Z`) + timeOfDay + time);
}
