import { Rulebook } from '../../../src/modules/rulebooks';
import { rulebookFile } from '../../../src/modules/rulebooks/file.schema';
import type { Context } from '../../../src/modules/rulebooks/context';
import { must } from '../../../src/kernel/assert';
import { readFacts, type FactRecord } from '../../../src/modules/rulebooks/fact-record';

/** What a test changes of a small rulebook in euro, in force since 2020 with a change in 2022. */
export interface RulebookParts {
  readonly parameters?: Record<string, unknown>;
  readonly rules?: readonly unknown[];
  readonly figures?: Record<string, unknown>;
  readonly [part: string]: unknown;
}

export const aParameter = (unit: string, value: string | null, more: object = {}) => ({
  title: `A parameter in ${unit}`,
  unit,
  citation: 'Article 1',
  values: [{ from: '2020-01-01', value, verification: 'verified' }],
  ...more,
});

export const aRule = (kind: string, more: object) => ({
  id: `a-${kind}`,
  kind,
  title: `A rule of kind ${kind}`,
  citation: 'Article 2',
  verification: 'verified',
  ...more,
});

/** The JSON of a rulebook file. */
export const aRulebookFile = (parts: RulebookParts = {}) => ({
  id: 'test-law',
  title: 'A law for tests',
  jurisdiction: 'XX',
  currency: 'EUR',
  timeZone: 'Europe/Brussels',
  calendar: 'target',
  source: 'Act of Testing',
  status: 'in-force',
  inForce: { from: '2020-01-01', citation: 'Article 9', verification: 'verified' },
  tiers: [
    { id: 'skilled', title: 'Skilled' },
    { id: 'plain', title: 'Plain' },
  ],
  parameters: {
    amount: aParameter('money', '1000.00'),
    many: aParameter('count', '10'),
    rate: aParameter('rate', '0.05'),
    hours: aParameter('hours', '48'),
    days: aParameter('days', '4'),
    'working-days': aParameter('working-days', '5'),
    months: aParameter('months', '12'),
    choice: aParameter('word', 'yes', { choices: ['yes', 'no'] }),
    repealed: aParameter('money', '7.00', {
      values: [
        { from: '2020-01-01', value: '7.00', verification: 'verified' },
        { from: '2022-01-01', value: null, verification: 'verified' },
      ],
    }),
    ...parts.parameters,
  },
  rules: parts.rules ?? [
    aRule('requirement', {
      actions: ['subscribe'],
      must: { isTrue: 'investor.isVerified' },
      message: 'Verify yourself.',
    }),
  ],
  figures: parts.figures ?? {},
  ...otherParts(parts),
});

/** @throws RulebookError or a ZodError on a wrong rulebook. */
export function aRulebook(parts: RulebookParts = {}): Rulebook {
  const definition = rulebookFile.parse(aRulebookFile(parts));
  return new Rulebook(definition, { file: 'test.json', contentHash: 'hash', cases: [] });
}

/** A rulebook of one rule, and the rule as it was bound. */
export function boundRule(rule: object, parameters: Record<string, unknown> = {}) {
  const [bound] = aVersion({ rules: [rule], parameters }).rules;
  return must(bound, 'the rule');
}

export function aVersion(parts: RulebookParts = {}, at = '2021-06-01T12:00:00Z') {
  return must(aRulebook(parts).versionAt(new Date(at)), 'a version in force');
}

/** Facts on 1 June 2021, before the version in force then. */
export function aContext(facts: FactRecord = {}, parts: RulebookParts = {}): Context {
  const read = readFacts({ at: '2021-06-01T12:00:00Z', ...facts }, 'EUR');
  return { version: aVersion(parts, read.at.toISOString()), facts: read };
}

function otherParts(parts: RulebookParts): Record<string, unknown> {
  const named = ['parameters', 'rules', 'figures'];
  return Object.fromEntries(Object.entries(parts).filter(([key]) => !named.includes(key)));
}
