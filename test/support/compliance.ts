import { loadCalendars } from '../../src/platform/calendars';
import { Rulebooks } from '../../src/modules/rulebooks';

let known: Rulebooks | undefined;
let days: ReturnType<typeof loadCalendars> | undefined;

/** The rulebooks as they are shipped; read once for all worlds of a test file. */
export function rulebooks(): Rulebooks {
  known ??= Rulebooks.load('compliance/rulebooks');
  return known;
}

/** The calendars as they are shipped; read once for all worlds of a test file. */
export function calendars(): ReturnType<typeof loadCalendars> {
  days ??= loadCalendars('compliance/calendars');
  return days;
}
