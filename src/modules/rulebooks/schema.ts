import { z } from 'zod';
import { startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Finding } from '../../kernel/problem';
import { rateText } from '../../kernel/rate';
import { dateInput, moneyInput, moneyView, page, pageQueryWith } from '../../platform/http';
import type { CostCeiling } from './cost-ceiling';
import { mayGoLive } from './go-live';
import type { InvestmentLimit, InvestmentLimitRequest } from './investment-limit';
import { UNITS, valueOn, type DatedValue, type Parameter } from './parameter';
import { permits, PRACTICES } from './permission';
import type { Rule, Rulebook } from './rulebook';
import type { WorkedCase } from './worked-case';

const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9-]+$/, { error: 'This is not the id of a rulebook.' });
const dayText = z.iso.date().meta({ examples: ['2022-09-20'] });
const verification = z.enum(['verified', 'secondary', 'unverified']);
const json = z.record(z.string(), z.unknown());

export const rulebookParams = z.strictObject({ id: slug });
export const rulebooksQuery = pageQueryWith({});
export const rulesQuery = pageQueryWith({ kind: z.string().max(30).optional() });
export const parametersQuery = pageQueryWith({ at: dateInput.optional() });

const findingView = z.object({
  rule: z.string(),
  citation: z.string(),
  message: z.string(),
  effectiveFrom: z.string().optional(),
});

const headShape = {
  id: z.string(),
  title: z.string(),
  jurisdiction: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  calendar: z.string(),
  source: z.string(),
  status: z.enum(['in-force', 'draft', 'historical']),
  contentHash: z.string().meta({ description: 'SHA-256 of its canonical JSON, in hexadecimal.' }),
  mayGoLive: z.boolean(),
};

export const rulebookHeadView = z.object(headShape);
export const rulebooksPage = page(rulebookHeadView);

export const rulebookView = z.object({
  ...headShape,
  note: z.string().optional(),
  inForce: z.object({
    from: dayText,
    to: dayText.optional(),
    citation: z.string(),
    verification,
  }),
  tiers: z.array(z.object({ id: z.string(), title: z.string() })).readonly(),
  versions: z
    .array(dayText)
    .readonly()
    .meta({ description: 'The days on which something in it changed.' }),
  figures: z
    .array(z.object({ id: z.string(), title: z.string(), citation: z.string(), verification }))
    .readonly(),
  beforeGoingLive: z
    .array(findingView)
    .readonly()
    .meta({ description: 'What stands between the rulebook and live money.' }),
});

const datedValueView = z.object({
  from: dayText,
  value: z.string().optional().meta({ description: 'Absent: repealed from that day.' }),
  citation: z.string(),
  verification,
  note: z.string().optional(),
});

export const parametersPage = page(
  z.object({
    id: z.string(),
    title: z.string(),
    unit: z.enum(UNITS),
    citation: z.string(),
    note: z.string().optional(),
    values: z.array(datedValueView).readonly(),
    inForce: datedValueView
      .optional()
      .meta({ description: 'The value on the day asked for; absent when there was none.' }),
  }),
);

export const rulesPage = page(
  z.object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    citation: z.string(),
    verification,
    note: z.string().optional(),
    definition: json.meta({ description: 'The rest of the rule, as the rulebook file has it.' }),
  }),
);

export const practicesQuery = pageQueryWith({ at: dateInput.optional() });

export const practicesPage = page(
  z.object({
    practice: z.enum(PRACTICES),
    answer: z.enum(['allowed', 'conditional', 'forbidden']),
    citation: z
      .string()
      .optional()
      .meta({ description: 'Absent: the rulebook says nothing, which forbids nothing.' }),
    note: z.string().optional(),
    effectiveFrom: dayText,
  }),
);

export const costCeilingQuery = z.strictObject({ at: dateInput.optional() });

export const costCeilingView = z.object({
  isLimited: z.boolean(),
  most: z.string().optional().meta({
    description: 'The most a loan may cost a year with every fee: 0.154 is 15.4 percent.',
  }),
  enforceable: z.string().optional().meta({ description: 'The most that a court enforces.' }),
  citation: z.string().optional(),
  effectiveFrom: dayText.optional(),
});

export const casesPage = page(
  z.object({
    name: z.string(),
    at: z.string(),
    question: json,
    facts: json.optional(),
    expect: json,
  }),
);

export const investmentLimitBody = z.strictObject({
  rulebookId: slug,
  at: dateInput.optional().meta({ description: 'The law of that day; today when absent.' }),
  tier: slug,
  kind: z.enum(['natural', 'legal']).optional(),
  means: z.strictObject({
    annualIncome: moneyInput.optional(),
    netWorth: moneyInput.optional(),
    certifiedNetWorth: moneyInput
      .optional()
      .meta({ description: 'As an accountant certified it, where the rulebook asks for that.' }),
  }),
  declaredElsewhere: moneyInput.optional().meta({
    description: 'Already invested under the rulebook: within its window, or outstanding.',
  }),
  isJoint: z.boolean().optional(),
});

export const investmentLimitView = z.object({
  rulebook: z.object({ id: z.string(), contentHash: z.string() }),
  effectiveFrom: dayText,
  rule: z.string().optional(),
  citation: z.string(),
  windowMonths: z.number().optional(),
  isUnlimited: z.boolean(),
  limit: moneyView.optional(),
  declaredElsewhere: moneyView,
  left: moneyView.optional(),
  isShared: z.boolean().meta({ description: 'Two spouses share it.' }),
  steps: z
    .array(
      z.object({
        words: z.string(),
        parameter: z.string().optional(),
        citation: z.string().optional(),
      }),
    )
    .readonly(),
  thresholds: z
    .array(
      z.object({
        rule: z.string(),
        citation: z.string(),
        above: moneyView,
        message: z.string(),
      }),
    )
    .readonly()
    .meta({ description: 'Not limits: amounts above which a warning or a consent is due.' }),
});

export function asHead(rulebook: Rulebook): z.input<typeof rulebookHeadView> {
  const { id, title, jurisdiction, currency, timeZone, calendar, source, status } =
    rulebook.definition;
  const { contentHash } = rulebook;
  const { allowed } = mayGoLive(rulebook);
  const place = { jurisdiction, currency, timeZone, calendar };
  return { id, title, ...place, source, status, contentHash, mayGoLive: allowed };
}

export function asRulebook(rulebook: Rulebook): z.input<typeof rulebookView> {
  const { note, inForce, tiers, figures } = rulebook.definition;
  return {
    ...asHead(rulebook),
    note,
    inForce,
    tiers,
    versions: rulebook.versions.map(({ from }) => from),
    figures: figures.map(({ id, title, citation, verification: sureness }) => ({
      id,
      title,
      citation,
      verification: sureness,
    })),
    beforeGoingLive: mayGoLive(rulebook).findings.map(asFinding),
  };
}

function asFinding({ rule, citation, message, effectiveFrom }: Finding) {
  return { rule, citation, message, effectiveFrom };
}

export function asParameter(parameter: Parameter, day: CalendarDate | undefined) {
  const { id, title, unit, citation, note, values } = parameter;
  const inForce = day === undefined ? undefined : valueOn(parameter, day);
  return {
    id,
    title,
    unit,
    citation,
    note,
    values: values.map((value) => asDatedValue(parameter, value)),
    inForce: inForce && asDatedValue(parameter, inForce),
  };
}

function asDatedValue(parameter: Parameter, dated: DatedValue) {
  return { ...dated, citation: dated.citation ?? parameter.citation };
}

export function asRule(rule: Rule) {
  const { id, kind, title, citation, verification: checked, note, ...definition } = rule;
  return { id, kind, title, citation, verification: checked, note, definition };
}

export function asCase({ name, at, facts, expect, ...asked }: WorkedCase) {
  const question = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { name, at, question: Object.fromEntries(question), facts, expect };
}

/** What the rulebook answers on every practice there is. @throws Problem `rulebooks.not-in-force`. */
export function asPractices(rulebook: Rulebook, at: Date) {
  return PRACTICES.map((each) => {
    const { practice, answer, citation, effectiveFrom } = permits(rulebook, each, at);
    const { parameters } = rulebook.definition;
    const note = citation && parameters.find(({ id }) => id === `permits.${each}`)?.note;
    return { practice, answer, citation, note, effectiveFrom };
  });
}

export function asCostCeiling(ceiling: CostCeiling | undefined) {
  if (!ceiling) return { isLimited: false };
  const { most, enforceable, citation, effectiveFrom } = ceiling;
  const rates = { most: rateText(most), enforceable: rateText(enforceable) };
  return { isLimited: true, ...rates, citation, effectiveFrom };
}

/** The question of a calculator's request: a day is asked about at its first instant. */
export function asLimitRequest(
  body: z.output<typeof investmentLimitBody>,
  { timeZone, now }: { readonly timeZone: string; readonly now: Date },
): InvestmentLimitRequest {
  const { at, tier, kind, declaredElsewhere, isJoint } = body;
  const { certifiedNetWorth, ...means } = body.means;
  const instant = at === undefined ? now : startOfDay(at, timeZone);
  return { at: instant, tier, kind, means, certifiedNetWorth, declaredElsewhere, isJoint };
}

export function asInvestmentLimit(answer: InvestmentLimit): z.input<typeof investmentLimitView> {
  return { ...answer, isUnlimited: answer.limit === undefined };
}
