import type { Step } from '../../../src/modules/rulebooks/context';
import { bindCondition } from '../../../src/modules/rulebooks/condition';
import { bindQuantity, compareQuantities } from '../../../src/modules/rulebooks/quantity';
import type { QuantityOperator } from '../../../src/modules/rulebooks/rule-operator';
import { Scope } from '../../../src/modules/rulebooks/scope';
import { Money } from '../../../src/kernel/money';
import { aContext, aParameter, aRulebook } from '../../support/builders/rulebook';

const { definition } = aRulebook();
const scope = new Scope({
  file: 'test.json',
  parameters: new Map(definition.parameters.map((each) => [each.id, each])),
  tiers: new Set(['skilled']),
  grammar: { quantity: bindQuantity, test: bindCondition },
});

const amount = { fact: 'amount' };
const worth = { fact: 'investor.means.netWorth' };
const income = { fact: 'investor.means.annualIncome' };
const floor = { parameter: 'amount' };
const months = { fact: 'evidence.executiveMonths' };

const facts = {
  amount: '250.00',
  investor: { means: { netWorth: '30000.19' } },
  evidence: { executiveMonths: 14 },
};

const valueOf = (operator: QuantityOperator, at = '2021-06-01T12:00:00Z') =>
  bindQuantity(operator, scope)
    .of(aContext({ ...facts, at }))
    ?.toString();

describe('rule operators', () => {
  it.each<{ name: string; operator: QuantityOperator; value: string | undefined }>([
    { name: 'a parameter', operator: floor, value: '1000.00 EUR' },
    { name: 'a count', operator: { parameter: 'many' }, value: '10' },
    { name: 'a fact', operator: amount, value: '250.00 EUR' },
    { name: 'a counted fact', operator: months, value: '14' },
    { name: 'an unknown fact', operator: income, value: undefined },
    { name: 'the greater', operator: { greaterOf: [floor, amount] }, value: '1000.00 EUR' },
    { name: 'the lesser', operator: { lesserOf: [floor, amount] }, value: '250.00 EUR' },
    {
      name: 'the greater count',
      operator: { greaterOf: [months, { parameter: 'many' }] },
      value: '14',
    },
    {
      name: 'the greater of what is known',
      operator: { greaterOf: [income, amount] },
      value: '250.00 EUR',
    },
    {
      name: 'the greater of nothing known',
      operator: { greaterOf: [income, income] },
      value: undefined,
    },
    {
      name: 'the lesser with an unknown',
      operator: { lesserOf: [income, amount] },
      value: undefined,
    },
    { name: 'a sum', operator: { sum: [floor, amount, amount] }, value: '1500.00 EUR' },
    { name: 'a sum of counts', operator: { sum: [months, { parameter: 'many' }] }, value: '24' },
    { name: 'a sum with an unknown', operator: { sum: [floor, income] }, value: undefined },
    { name: 'a difference', operator: { difference: [amount, floor] }, value: '-750.00 EUR' },
    {
      name: 'a difference with an unknown',
      operator: { difference: [amount, income] },
      value: undefined,
    },
    { name: 'a share, rounded down', operator: { share: 'rate', of: worth }, value: '1500.00 EUR' },
    { name: 'a share of an unknown', operator: { share: 'rate', of: income }, value: undefined },
    {
      name: 'a choice by parameter',
      operator: { chosenBy: 'choice', among: { yes: floor, no: amount } },
      value: '1000.00 EUR',
    },
    {
      name: 'an alternative that holds',
      operator: { when: { known: 'amount' }, then: amount, otherwise: floor },
      value: '250.00 EUR',
    },
    {
      name: 'an alternative that does not',
      operator: { when: { known: 'offering.target' }, then: amount, otherwise: floor },
      value: '1000.00 EUR',
    },
  ])('$name is $value', ({ operator, value }) => {
    expect(valueOf(operator)).toBe(value);
  });

  it('knows no value of a parameter that was repealed', () => {
    expect(valueOf({ parameter: 'repealed' }, '2021-12-31T22:59:59.999Z')).toBe('7.00 EUR');
    expect(valueOf({ parameter: 'repealed' }, '2021-12-31T23:00:00Z')).toBeUndefined();
  });

  it('has no value where the law took a choice back, and says that there is none', () => {
    const choice = aParameter('word', 'yes', {
      choices: ['yes', 'no'],
      values: [
        { from: '2020-01-01', value: 'yes', verification: 'verified' },
        { from: '2021-03-01', value: null, verification: 'verified' },
      ],
    });
    const words: string[] = [];
    const value = (at: string) =>
      bindQuantity({ chosenBy: 'choice', among: { yes: floor, no: amount } }, scope).of({
        ...aContext({ ...facts, at }, { parameters: { choice } }),
        explain: (step) => words.push(step.words),
      });
    expect(value('2021-02-28T12:00:00Z')?.toString()).toBe('1000.00 EUR');
    expect(value('2021-03-01T12:00:00Z')).toBeUndefined();
    expect(words.at(-1)).toBe('A parameter in word: none');
  });

  it('explains each step in words, with the parameter and its source', () => {
    const steps: Step[] = [];
    const operator: QuantityOperator = {
      lesserOf: [
        floor,
        { sum: [{ share: 'rate', of: worth }, { difference: [floor, amount] }] },
        { chosenBy: 'choice', among: { yes: floor, no: amount } },
      ],
    };
    bindQuantity(operator, scope).of({ ...aContext(facts), explain: (step) => steps.push(step) });
    expect(steps.map(({ words }) => words)).toEqual([
      'A parameter in money: 1000.00 EUR',
      'net worth: 30000.19 EUR',
      '5 % of 30000.19 EUR is 1500.00 EUR',
      'A parameter in money: 1000.00 EUR',
      'the amount: 250.00 EUR',
      '1000.00 EUR less 250.00 EUR is 750.00 EUR',
      '1500.00 EUR plus 750.00 EUR is 2250.00 EUR',
      'A parameter in word: yes',
      'A parameter in money: 1000.00 EUR',
      'the lesser of 1000.00 EUR and 2250.00 EUR and 1000.00 EUR is 1000.00 EUR',
    ]);
    expect(steps[2]).toMatchObject({ parameter: 'rate', citation: 'Article 1' });
  });

  it('explains what is not known', () => {
    const words: string[] = [];
    const context = {
      ...aContext({ at: '2022-06-01T12:00:00Z' }),
      explain: (step: Step) => words.push(step.words),
    };
    bindQuantity({ greaterOf: [income, { parameter: 'repealed' }] }, scope).of(context);
    expect(words).toEqual(['annual income: not known', 'A parameter in money: none']);
  });

  it('compares money with money and counts with counts', () => {
    expect(compareQuantities(2, 3)).toBeLessThan(0);
    expect(compareQuantities(Money.parse('2.00', 'EUR'), Money.parse('1.00', 'EUR'))).toBe(1);
  });
});

describe('a rule operator that cannot be relied on', () => {
  it.each<{ name: string; operator: unknown; reason: RegExp }>([
    { name: 'no operator at all', operator: {}, reason: /\(root\): this is not a rule operator/ },
    { name: 'an unknown parameter', operator: { parameter: 'x' }, reason: /no parameter "x"/ },
    {
      name: 'a parameter of another unit',
      operator: { parameter: 'months' },
      reason: /months is in months, not in money or count or rate/,
    },
    {
      name: 'an unknown fact',
      operator: { fact: 'weather' },
      reason: /no money or count or rate fact "weather"/,
    },
    {
      name: 'a fact of another kind',
      operator: { fact: 'investor.tier' },
      reason: /no money or count or rate fact/,
    },
    {
      name: 'a name of Object itself',
      operator: { fact: 'toString' },
      reason: /no money or count or rate fact/,
    },
    {
      name: 'money beside a count',
      operator: { sum: [floor, months] },
      reason: /at sum\[1\]: money, counts and rates/,
    },
    {
      name: 'a share of a count',
      operator: { share: 'rate', of: months },
      reason: /at of: a share is of money or of a rate/,
    },
    {
      name: 'a share by an amount',
      operator: { share: 'amount', of: floor },
      reason: /at share: .*not in rate/,
    },
    {
      name: 'a choice without a branch',
      operator: { chosenBy: 'choice', among: { yes: floor } },
      reason: /at among: the choice no is missing/,
    },
    {
      name: 'an alternative of two units',
      operator: { when: { known: 'amount' }, then: floor, otherwise: months },
      reason: /both outcomes/,
    },
  ])('is refused for $name', ({ operator, reason }) => {
    expect(() => bindQuantity(operator as QuantityOperator, scope)).toThrow(reason);
  });

  it('is refused where a count is needed, or money', () => {
    expect(() => scope.at('limit').count(floor)).toThrow(/at limit: a count is needed/);
    expect(() => scope.at('limit').money(months)).toThrow(/at limit: money is needed/);
  });
});
