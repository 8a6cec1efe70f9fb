import { bindCondition } from '../../../src/modules/rulebooks/condition';
import type { Step } from '../../../src/modules/rulebooks/context';
import type { Condition } from '../../../src/modules/rulebooks/rule-operator';
import { bindQuantity } from '../../../src/modules/rulebooks/quantity';
import { Scope } from '../../../src/modules/rulebooks/scope';
import { aContext, aRulebook } from '../../support/builders/rulebook';

const { definition } = aRulebook();
const scope = new Scope({
  file: 'test.json',
  parameters: new Map(definition.parameters.map((each) => [each.id, each])),
  tiers: new Set(),
  grammar: { quantity: bindQuantity, test: bindCondition },
});

const facts = {
  amount: '1000.00',
  investor: {
    tier: 'yes',
    isVerified: true,
    isJoint: false,
    tierExpiresAt: '2021-06-01T12:00:00Z',
  },
  offering: { deadline: '2021-06-01T12:00:00.001Z' },
};
const holds = (condition: Condition) => bindCondition(condition, scope)(aContext(facts));

const yes: Condition = { isTrue: 'investor.isVerified' };
const no: Condition = { isTrue: 'investor.isJoint' };
const bound = [{ fact: 'amount' }, { parameter: 'amount' }] as const;
const unknown = [{ fact: 'offering.target' }, { parameter: 'amount' }] as const;

describe('conditions', () => {
  it.each<{ name: string; condition: Condition; outcome: boolean }>([
    { name: 'a true flag', condition: yes, outcome: true },
    { name: 'a false flag', condition: no, outcome: false },
    { name: 'an unknown flag', condition: { isTrue: 'offering.isExclusive' }, outcome: false },
    { name: 'all of true ones', condition: { all: [yes, yes] }, outcome: true },
    { name: 'all with a false one', condition: { all: [yes, no] }, outcome: false },
    { name: 'any with a true one', condition: { any: [no, yes] }, outcome: true },
    { name: 'any of false ones', condition: { any: [no, no] }, outcome: false },
    { name: 'not a false one', condition: { not: no }, outcome: true },
    { name: 'a known fact', condition: { known: 'amount' }, outcome: true },
    { name: 'a fact that is not known', condition: { known: 'offering.target' }, outcome: false },
    { name: 'a parameter in force', condition: { inForce: 'rate' }, outcome: true },
    { name: 'a parameter of words in force', condition: { inForce: 'choice' }, outcome: true },
    { name: 'a length in force', condition: { inForce: 'days' }, outcome: true },
    {
      name: 'the same word as a parameter',
      condition: { same: [{ fact: 'investor.tier' }, { parameter: 'choice' }] },
      outcome: true,
    },
    {
      name: 'another word',
      condition: { same: [{ fact: 'investor.tier' }, { word: 'no' }] },
      outcome: false,
    },
    {
      name: 'two words that are not known',
      condition: { same: [{ fact: 'investor.kind' }, { fact: 'offering.kind' }] },
      outcome: false,
    },
    {
      name: 'one of several words',
      condition: { oneOf: 'investor.tier', words: ['no', 'yes'] },
      outcome: true,
    },
    {
      name: 'none of several words',
      condition: { oneOf: 'investor.kind', words: ['natural'] },
      outcome: false,
    },
    { name: 'less, at the bound', condition: { less: bound }, outcome: false },
    { name: 'at most, at the bound', condition: { atMost: bound }, outcome: true },
    { name: 'at least, at the bound', condition: { atLeast: bound }, outcome: true },
    { name: 'more, at the bound', condition: { more: bound }, outcome: false },
    { name: 'less, of an unknown', condition: { less: unknown }, outcome: false },
    { name: 'at least, of an unknown', condition: { atLeast: unknown }, outcome: false },
    {
      name: 'an instant that has come',
      condition: { reached: 'investor.tierExpiresAt' },
      outcome: true,
    },
    {
      name: 'an instant that has not',
      condition: { reached: 'offering.deadline' },
      outcome: false,
    },
    {
      name: 'an instant reached that is not known',
      condition: { reached: 'offering.openedAt' },
      outcome: false,
    },
    { name: 'an instant ahead', condition: { ahead: 'offering.deadline' }, outcome: true },
    {
      name: 'an instant no longer ahead',
      condition: { ahead: 'investor.tierExpiresAt' },
      outcome: false,
    },
    {
      name: 'an instant ahead that is not known',
      condition: { ahead: 'offering.openedAt' },
      outcome: false,
    },
  ])('$name: $outcome', ({ condition, outcome }) => {
    expect(holds(condition)).toBe(outcome);
  });

  it('sees a repeal', () => {
    const test = bindCondition({ inForce: 'repealed' }, scope);
    expect(test(aContext({ at: '2021-12-31T12:00:00Z' }))).toBe(true);
    expect(test(aContext({ at: '2022-01-01T12:00:00Z' }))).toBe(false);
  });

  it('explains a comparison as it turned out', () => {
    const words: string[] = [];
    const explain = ({ words: said }: Step) => words.push(said);
    const context = { ...aContext(facts), explain };
    for (const key of ['less', 'atMost', 'atLeast', 'more']) {
      bindCondition({ [key]: bound } as unknown as Condition, scope)(context);
    }
    expect(words.filter((said) => said.startsWith('1000'))).toEqual([
      '1000.00 EUR is not less than 1000.00 EUR',
      '1000.00 EUR is at most 1000.00 EUR',
      '1000.00 EUR is at least 1000.00 EUR',
      '1000.00 EUR is not more than 1000.00 EUR',
    ]);
  });
});

describe('a condition that cannot be relied on', () => {
  it.each<{ name: string; condition: unknown; reason: RegExp }>([
    { name: 'no condition at all', condition: {}, reason: /this is not a condition/ },
    {
      name: 'an unknown flag',
      condition: { isTrue: 'x' },
      reason: /at isTrue: there is no flag fact "x"/,
    },
    {
      name: 'an unknown fact',
      condition: { all: [yes, { known: 'x' }] },
      reason: /at all\[1\]\.known: there is no fact "x"/,
    },
    {
      name: 'an unknown parameter',
      condition: { inForce: 'x' },
      reason: /at inForce: there is no parameter "x"/,
    },
    {
      name: 'a word parameter that is none',
      condition: { same: [{ parameter: 'rate' }, { word: 'x' }] },
      reason: /at same\[0\]: .*not in word/,
    },
    {
      name: 'an amount beside a count',
      condition: { less: [{ parameter: 'amount' }, { parameter: 'many' }] },
      reason: /at less: money cannot be compared/,
    },
  ])('is refused for $name', ({ condition, reason }) => {
    expect(() => bindCondition(condition as Condition, scope)).toThrow(reason);
  });

  it('holds where there is none', () => {
    expect(scope.test(undefined)(aContext())).toBe(true);
  });
});
