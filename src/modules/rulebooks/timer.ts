import { addDays, type CalendarDate } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import type { BoundRule, TimerPurpose, WorkingDays } from './bound-rule';
import type { Context } from './context';
import { localDay, midnight } from './local-day';
import type { LengthUnit } from './parameter';
import { findingOf, type SpeakingRule } from './rule';
import type { Scope } from './scope';
import { dayAfter, momentAfter, type SpanEnd } from './span';

/**
 * Something may be done only until, or only from, the end of a period that an event starts.
 *
 * The end itself belongs to what comes after: a right `until` it is gone at that instant, an act
 * allowed `from` it is allowed at that instant.
 */
export interface TimerRule extends SpeakingRule {
  readonly kind: 'timer';
  readonly purpose: TimerPurpose;
  /** Instant fact held against the end: the moment of the act when left out. */
  readonly of?: string | undefined;
  readonly permits: 'until' | 'from';
  /** Instant fact. Not known, the timer has not started, and does not speak. */
  readonly start: string;
  readonly direction: 'after' | 'before';
  /** Parameter in hours, days, working days or months. Repealed, the timer does not run. */
  readonly length: string;
  readonly ends: SpanEnd;
  /** Parameter `none` or `next-working-day`: what happens when the last day is not a working day. */
  readonly rollOver?: string | undefined;
}

const LENGTHS = ['hours', 'days', 'working-days', 'months'] as const satisfies LengthUnit[];

export function bindTimer(rule: TimerRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const { read } = scope.at('start').fact(rule.start, 'instant');
  const heldAgainst = rule.of === undefined ? undefined : scope.at('of').fact(rule.of, 'instant');
  const { id, unit } = scope.at('length').parameter(rule.length, ...LENGTHS);
  const rollOver = rule.rollOver && scope.at('rollOver').parameter(rule.rollOver, 'word').id;
  checkEnd(rule, unit, scope);

  const endsAt = (context: Context, workingDays?: WorkingDays): Date | undefined => {
    const { version, facts } = context;
    const startedAt = read(facts);
    const count = version.numbers.get(id);
    if (startedAt === undefined || count === undefined || !applies(context)) return undefined;
    if (rule.ends === 'moment') return momentAfter(startedAt, { count, unit }, rule.direction);

    // The day on which it starts is not counted.
    const nominal = dayAfter(localDay(version.timeZone, startedAt), { count, unit }, workingDays);
    const rolls = rollOver && version.words.get(rollOver) === 'next-working-day';
    const lastDay = rolls ? nextWorkingDay(nominal, workingDays) : nominal;
    return midnight(rule.ends === 'day-end' ? addDays(lastDay, 1) : lastDay, version.timeZone);
  };

  const judge: BoundRule['judge'] = (context) => {
    const held = heldAgainst ? heldAgainst.read(context.facts) : context.facts.at;
    if (held === undefined) return undefined;
    const end = context.facts.timerEnds?.[rule.id] ?? endsAt(context);
    if (end === undefined) return undefined;
    if (rule.permits === 'from' ? held >= end : held < end) return undefined;
    // A deadline is itself the first instant of what comes after, so it may be the end.
    if (heldAgainst && held.getTime() === end.getTime()) return undefined;
    const message = `${rule.message} (${rule.permits} ${end.toISOString()})`;
    return findingOf(rule, message, { context });
  };

  return { rule, actions: rule.actions, judge, timer: { purpose: rule.purpose, endsAt } };
}

function checkEnd(rule: TimerRule, unit: LengthUnit, scope: Scope): void {
  const isByTheClock = rule.ends === 'moment';
  if (isByTheClock && unit !== 'hours' && unit !== 'days') {
    scope.at('ends').fail(`a length in ${unit} ends with a day, not at a moment`);
  }
  if (!isByTheClock && unit === 'hours') scope.at('ends').fail('hours end at a moment');
  if (!isByTheClock && rule.direction === 'before') {
    scope.at('direction').fail('a period that ends with a day runs after its start');
  }
}

function nextWorkingDay(day: CalendarDate, workingDays?: WorkingDays): CalendarDate {
  const calendar = must(workingDays, 'the working-day calendar');
  return calendar.isWorkingDay(day) ? day : calendar.addWorkingDays(day, 1);
}
