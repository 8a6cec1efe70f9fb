import { z } from 'zod';
import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { CURRENCIES } from '../../kernel/currency';
import { EVENTS, TIMER_PURPOSES } from './bound-rule';
import { CAP_SCOPES } from './cap';
import { ACTIONS } from './facts';
import type { Condition, QuantityOperator, WordOperand } from './rule-operator';
import { UNITS } from './parameter';
import { PRACTICES } from './permission';
import type { Rule, RulebookDefinition } from './rulebook';
import { completeCase, QUESTIONS } from './worked-case';

/**
 * The form of the files in `compliance/rulebooks`. What the words in them refer to is checked
 * afterwards, when the rulebook is bound to code.
 */

const id = z.string().regex(/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/, 'ids are kebab-case');
const sentence = z.string().trim().min(3);
const verification = z.enum(['verified', 'secondary', 'unverified']);
const name = z.string().min(1);

const day = z.string().transform((text, context): CalendarDate => {
  try {
    return calendarDate(text);
  } catch {
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not a day` });
    return z.NEVER;
  }
});

/**
 * One of several shapes, told apart by the key each of them must have. Unlike a union, it reports
 * what is wrong with the shape that was meant.
 */
function keyed<T>(shapes: () => Readonly<Record<string, z.ZodType>>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const known = shapes();
    const key = Object.keys(known).find((each) => isObject(value) && Object.hasOwn(value, each));
    const shape = key === undefined ? undefined : known[key];
    if (!shape) {
      context.addIssue({
        code: 'custom',
        message: `expected an object with one of: ${Object.keys(known).join(', ')}`,
      });
      return z.NEVER;
    }
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data as T;
    for (const issue of parsed.error.issues) {
      context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] });
    }
    return z.NEVER;
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const quantity: z.ZodType<QuantityOperator> = z.lazy(() =>
  keyed<QuantityOperator>(() => ({
    parameter: z.strictObject({ parameter: name }),
    fact: z.strictObject({ fact: name }),
    greaterOf: z.strictObject({ greaterOf: z.array(quantity).min(2) }),
    lesserOf: z.strictObject({ lesserOf: z.array(quantity).min(2) }),
    sum: z.strictObject({ sum: z.array(quantity).min(2) }),
    difference: z.strictObject({ difference: z.tuple([quantity, quantity]) }),
    share: z.strictObject({ share: name, of: quantity }),
    chosenBy: z.strictObject({ chosenBy: name, among: z.record(z.string(), quantity) }),
    when: z.strictObject({ when: condition, then: quantity, otherwise: quantity }),
  })),
);

const word = keyed<WordOperand>(() => ({
  fact: z.strictObject({ fact: name }),
  parameter: z.strictObject({ parameter: name }),
  word: z.strictObject({ word: name }),
}));

const pair = z.tuple([quantity, quantity]);

const condition: z.ZodType<Condition> = z.lazy(() =>
  keyed<Condition>(() => ({
    all: z.strictObject({ all: z.array(condition).min(1) }),
    any: z.strictObject({ any: z.array(condition).min(1) }),
    not: z.strictObject({ not: condition }),
    isTrue: z.strictObject({ isTrue: name }),
    known: z.strictObject({ known: name }),
    inForce: z.strictObject({ inForce: name }),
    same: z.strictObject({ same: z.tuple([word, word]) }),
    oneOf: z.strictObject({ oneOf: name, words: z.array(name).min(1) }),
    less: z.strictObject({ less: pair }),
    atMost: z.strictObject({ atMost: pair }),
    atLeast: z.strictObject({ atLeast: pair }),
    more: z.strictObject({ more: pair }),
    reached: z.strictObject({ reached: name }),
    ahead: z.strictObject({ ahead: name }),
  })),
);

const every = {
  id,
  title: sentence,
  citation: sentence,
  verification,
  note: sentence.optional(),
  from: day.optional(),
  to: day.optional(),
  when: condition.optional(),
};
const actions = { actions: z.array(z.enum(ACTIONS)).min(1) };
const speaking = { ...every, ...actions, message: sentence };
const reach = z.enum(['operator', 'installation']);
const cap = {
  ...every,
  ...actions,
  per: z.enum(CAP_SCOPES),
  reach,
  limit: quantity,
  counts: quantity,
  declared: quantity.optional(),
  exempt: condition.optional(),
};
const figures = { limit: quantity.optional(), observed: quantity.optional() };

const rule: z.ZodType<Rule> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('flow-cap'),
    ...cap,
    window: name,
    sharedWhen: name.optional(),
  }),
  z.strictObject({ kind: z.literal('exposure-cap'), ...cap }),
  z.strictObject({
    kind: z.literal('holder-cap'),
    ...every,
    ...actions,
    per: z.enum(['issuer', 'offering']),
    reach,
    limit: quantity,
  }),
  z.strictObject({
    kind: z.literal('timer'),
    ...speaking,
    purpose: z.enum(TIMER_PURPOSES),
    of: name.optional(),
    permits: z.enum(['until', 'from']),
    start: name,
    direction: z.enum(['after', 'before']),
    length: name,
    ends: z.enum(['moment', 'day-start', 'day-end']),
    rollOver: name.optional(),
  }),
  z.strictObject({
    kind: z.literal('attestation'),
    ...speaking,
    statement: name.optional(),
    takenAt: name.optional(),
    validFor: name.optional(),
  }),
  z.strictObject({
    kind: z.literal('requirement'),
    ...speaking,
    must: condition,
    above: quantity.optional(),
    ...figures,
  }),
  z.strictObject({ kind: z.literal('prohibition'), ...speaking, mustNot: condition }),
  z.strictObject({
    kind: z.literal('obligation'),
    ...every,
    event: z.enum(EVENTS),
    owedBy: z.enum(['issuer', 'operator']),
    owedTo: sentence,
    duty: sentence,
    within: name.optional(),
  }),
  z.strictObject({
    kind: z.literal('tier'),
    ...every,
    tier: id,
    investorKind: z.enum(['natural', 'legal']),
    needs: z.int().min(1),
    criteria: z
      .array(
        z.strictObject({ id, citation: sentence, title: sentence, must: condition, ...figures }),
      )
      .min(1),
    validFor: name.optional(),
  }),
]);

const datedValue = z.strictObject({
  from: day,
  // A repeal is null in the file; the domain has no null.
  value: z
    .string()
    .nullable()
    .transform((value) => value ?? undefined),
  citation: sentence.optional(),
  verification,
  note: sentence.optional(),
});

const parameter = z.strictObject({
  title: sentence,
  unit: z.enum(UNITS),
  choices: z.array(name).min(1).optional(),
  citation: sentence,
  note: sentence.optional(),
  values: z.array(datedValue).min(1),
});

export const rulebookFile: z.ZodType<RulebookDefinition> = z.strictObject({
  id,
  title: sentence,
  jurisdiction: z.string().min(2),
  currency: z.enum(CURRENCIES),
  timeZone: z.string().refine(isTimeZone, 'there is no such time zone'),
  calendar: id,
  source: sentence,
  status: z.enum(['in-force', 'draft', 'historical']),
  note: sentence.optional(),
  inForce: z.strictObject({
    from: day,
    to: day.optional(),
    citation: sentence,
    verification,
  }),
  tiers: z.array(z.strictObject({ id, title: sentence })).min(1),
  parameters: z
    .record(id, parameter)
    .transform((all) => Object.entries(all).map(([key, each]) => ({ id: key, ...each }))),
  figures: z
    .record(id, z.strictObject({ title: sentence, citation: sentence, verification, of: quantity }))
    .default({})
    .transform((all) => Object.entries(all).map(([key, each]) => ({ id: key, ...each }))),
  rules: z.array(rule).min(1),
});

const json = z.record(z.string(), z.unknown());

const workedCase = z
  .strictObject({
    name: sentence,
    at: z.iso.datetime({ offset: true }),
    action: z.enum(ACTIONS).optional(),
    tier: json.optional(),
    timer: name.optional(),
    limit: json.optional(),
    figure: name.optional(),
    event: z.enum(EVENTS).optional(),
    permits: z.enum(PRACTICES).optional(),
    facts: json.optional(),
    expect: json,
  })
  .refine(
    (worked) => QUESTIONS.filter((question) => worked[question] !== undefined).length === 1,
    `a case asks exactly one question: ${QUESTIONS.join(', ')}`,
  );

/** Worked cases: `given` holds the facts that the cases of an action share. */
export const casesFile = z
  .strictObject({
    given: z.partialRecord(z.enum(ACTIONS), json).default({}),
    cases: z.array(workedCase).min(1),
  })
  .transform(({ given, cases }) => cases.map((worked) => completeCase(given as Given, worked)));

type Given = Parameters<typeof completeCase>[0];

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
