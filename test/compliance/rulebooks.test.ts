import { dateIn } from '../../src/kernel/calendar-date';
import { must } from '../../src/kernel/assert';
import { Money } from '../../src/kernel/money';
import {
  assess,
  Rulebooks,
  type Action,
  type Parameter,
  type Rulebook,
  type WorkedCase,
} from '../../src/modules/rulebooks';
import { calendarNamed, loadCalendars } from '../../src/platform/calendars';
import { answerTo, dayBefore, factsOf } from '../support/worked-cases';

/*
 * Runs every case beside a rulebook, and proves that the cases stand on both sides of everything:
 * of each day on which the law changed, of each amount and number in it, and of each rule. Adding
 * a case, or a rulebook, needs no TypeScript.
 */

const rulebooks = Rulebooks.load('compliance/rulebooks');
const calendars = loadCalendars('compliance/calendars');

describe.each(rulebooks.list().map((rulebook) => ({ id: rulebook.id, rulebook })))(
  '$id',
  ({ rulebook }) => {
    const workingDays = calendarNamed(calendars, rulebook.definition.calendar);

    it.each(rulebook.cases.map((worked) => ({ name: worked.name, worked })))(
      '$name',
      ({ worked }) => {
        const answer = answerTo(rulebook, worked, workingDays);
        for (const [key, expected] of Object.entries(worked.expect)) {
          expect({ [key]: answer[key] }).toEqual({ [key]: normal(key, expected) });
        }
      },
    );

    describe('coverage', () => {
      it('names every case differently', () => {
        const names = rulebook.cases.map((worked) => worked.name);
        expect(names).toEqual([...new Set(names)]);
      });

      it.each(rulebook.versions.map(({ from }) => ({ from })))(
        'has a case on the day before $from and one on the day',
        ({ from }) => {
          const days = rulebook.cases.map((worked) =>
            dateIn(rulebook.timeZone, new Date(worked.at)),
          );
          expect(days).toContain(dayBefore(from));
          expect(days).toContain(from);
        },
      );

      it.each(thresholds(rulebook))(
        'has cases at $value and one step beside it: $parameter from $from',
        ({ value, beside, from, until }) => {
          const seen = new Set(
            rulebook.cases.filter(within(from, until)).flatMap((worked) => figuresIn(worked)),
          );
          expect([...seen]).toContain(value);
          expect(beside.some((neighbour) => seen.has(neighbour))).toBe(true);
        },
      );

      it.each(speakingRules(rulebook))(
        'has a case where $rule objects, and one where not',
        (each) => {
          expect(verdicts(rulebook).get(each.rule)).toEqual({ objects: true, isSilent: true });
        },
      );

      it('has a case where each criterion is met, and one where not', () => {
        const tierCases = rulebook.cases.filter(({ tier }) => tier !== undefined);
        const meets = (worked: WorkedCase, id: string) =>
          (worked.expect['met'] as string[]).includes(id);
        const untried = criteria(rulebook).filter(({ criterion, kind }) => {
          const ofKind = tierCases.filter(({ tier }) => tier?.['kind'] === kind);
          const met = ofKind.filter((worked) => meets(worked, criterion));
          return met.length === 0 || met.length === ofKind.length;
        });
        expect(untried).toEqual([]);
      });

      it('has a case for every obligation and every figure', () => {
        const due = rulebook.cases.flatMap((worked) => Object.keys(worked.expect['due'] ?? {}));
        const figures = rulebook.cases.map((worked) => worked.figure);
        const { rules, figures: defined } = rulebook.definition;
        const owed = rules.filter((rule) => rule.kind === 'obligation').map(({ id }) => id);
        expect(owed.filter((id) => !due.includes(id))).toEqual([]);
        expect(defined.map(({ id }) => id).filter((id) => !figures.includes(id))).toEqual([]);
      });
    });
  },
);

/** Instants are compared as instants, whatever offset the case was written with. */
function normal(key: string, expected: unknown): unknown {
  const isInstant = key === 'endsAt' || key === 'expiresAt';
  return isInstant && typeof expected === 'string' ? new Date(expected).toISOString() : expected;
}

function within(from: string, until: string | undefined) {
  return (worked: WorkedCase): boolean => {
    const at = worked.at.slice(0, 10);
    return at >= from && (until === undefined || at < until);
  };
}

/** Every amount and number that a rule compares with, while it is in force. */
function thresholds(rulebook: Rulebook) {
  return rulebook.definition.parameters.flatMap((parameter) =>
    parameter.values.flatMap(({ from, value }, index) => {
      const beside = value === undefined ? undefined : neighbours(parameter, value, rulebook);
      if (value === undefined || beside === undefined) return [];
      const until = parameter.values[index + 1]?.from;
      return [{ parameter: parameter.id, from, until, value, beside }];
    }),
  );
}

function neighbours(
  { unit }: Parameter,
  value: string,
  { currency }: Rulebook,
): readonly string[] | undefined {
  if (unit === 'count') return [String(Number(value) - 1), String(Number(value) + 1)];
  if (unit !== 'money') return undefined;
  const { minor } = Money.parse(value, currency);
  return [minor - 1n, minor + 1n].map((step) => Money.ofMinor(step, currency).toDecimalString());
}

/** Every figure that stands anywhere in a case. */
function figuresIn(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(figuresIn);
}

function speakingRules(rulebook: Rulebook) {
  return rulebook.definition.rules
    .filter((rule) => rule.kind !== 'obligation')
    .map(({ id }) => ({ rule: id }));
}

function criteria(rulebook: Rulebook) {
  return rulebook.definition.rules.flatMap((rule) =>
    rule.kind === 'tier'
      ? rule.criteria.map(({ id }) => ({ criterion: id, kind: rule.investorKind }))
      : [],
  );
}

interface Voices {
  readonly objects: boolean;
  readonly isSilent: boolean;
}

/** For each rule, whether the cases hear it object, and hear it asked and saying nothing. */
function verdicts(rulebook: Rulebook): ReadonlyMap<string, Voices> {
  const voices = new Map<string, Voices>();
  for (const worked of rulebook.cases.filter(({ action }) => action !== undefined)) {
    const action = worked.action as Action;
    const facts = factsOf<Action>(rulebook, worked);
    const version = rulebook.versionAt(facts.at);
    if (!version) continue;
    const { findings } = assess(rulebook, action, facts as never);
    for (const { rule } of version.rulesOn(action)) {
      const { objects, isSilent } = voices.get(rule.id) ?? { objects: false, isSilent: false };
      const spoke = findings.some((finding) => finding.rule === rule.id);
      voices.set(rule.id, { objects: objects || spoke, isSilent: isSilent || !spoke });
    }
  }
  return must(voices.size > 0 ? voices : undefined, 'a case that asks about an action');
}
