import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarNamed, CalendarFileError, loadCalendars } from '../../../src/platform/calendars';

const sound = {
  id: 'toy',
  title: 'Toy',
  timeZone: 'UTC',
  weekend: [{ weekday: 7 }],
  source: 'none',
  verification: { note: 'none' },
  years: { '2024': { verification: 'computed' } },
  holidays: { '2024-05-01': 'Labour Day' },
  makeUpWorkdays: { '2024-05-05': 'Labour Day' },
};

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'calendars-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

it('loads every calendar of a directory, by id, and nothing else', () => {
  write('toy.json', JSON.stringify(sound));
  write('notes.md', 'not a calendar');
  expect([...loadCalendars(directory).keys()]).toEqual(['toy']);
});

it('loads the calendars of the project', () => {
  const calendars = loadCalendars(join(__dirname, '../../../compliance/calendars'));
  expect([...calendars.keys()]).toEqual(['au', 'cn', 'in', 'target', 'uk', 'us']);
});

it('names the calendars there are when asked for another', () => {
  write('toy.json', JSON.stringify(sound));
  const calendars = loadCalendars(directory);
  expect(calendarNamed(calendars, 'toy').title).toBe('Toy');
  expect(() => calendarNamed(calendars, 'mars')).toThrow(
    expect.objectContaining({
      code: 'calendar.unknown-calendar',
      detail: '"mars" is not among toy.',
    }),
  );
});

it.each([
  { fault: 'no JSON', text: '{', says: ['toy.json', 'is not readable JSON'] },
  { fault: 'another id', text: { ...sound, id: 'other' }, says: ["is not the file's name"] },
  { fault: 'an unknown field', text: { ...sound, color: 'red' }, says: ['toy.json', 'color'] },
  { fault: 'an unknown zone', text: { ...sound, timeZone: 'Mars/Base' }, says: ['timeZone'] },
  { fault: 'a wrong weekday', text: { ...sound, weekend: [{ weekday: 8 }] }, says: ['weekend.0'] },
  {
    fault: 'a day that does not exist',
    text: { ...sound, holidays: { '2024-02-30': 'Never' } },
    says: ['holidays.2024-02-30', 'is not a date'],
  },
  {
    fault: 'a holiday outside its years',
    text: { ...sound, holidays: { '2025-05-01': 'Labour Day' } },
    says: ['holidays.2025-05-01', 'falls in a year'],
  },
  {
    fault: 'a make-up workday on a weekday',
    text: { ...sound, makeUpWorkdays: { '2024-05-06': 'Labour Day' } },
    says: ['makeUpWorkdays.2024-05-06', 'is not a weekend day'],
  },
  {
    fault: 'a day both free and worked',
    text: { ...sound, holidays: { '2024-05-05': 'Labour Day' } },
    says: ['makeUpWorkdays.2024-05-05', 'is a holiday as well'],
  },
])('refuses $fault, naming the file and the place', ({ text, says }) => {
  write('toy.json', typeof text === 'string' ? text : JSON.stringify(text));
  let message = '';
  try {
    loadCalendars(directory);
  } catch (error) {
    expect(error).toBeInstanceOf(CalendarFileError);
    message = String(error);
  }
  for (const part of says) expect(message).toContain(part);
  expect(message).toContain(directory);
});
