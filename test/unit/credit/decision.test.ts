import { readFileSync } from 'node:fs';
import { canonicalJson, type Json } from '../../../src/kernel/canonical-json';
import { Money } from '../../../src/kernel/money';
import { rate, rateText } from '../../../src/kernel/rate';
import {
  decisionJson,
  inputsFrom,
  inputsJson,
  takeDecision,
  type DecisionInputs,
  type DecisionModels,
  type Score,
  type StoredInputs,
} from '../../../src/modules/credit/decision';
import { twelveMonthPd } from '../../../src/modules/credit/horizon';
import { PriceBook, priceOffer, type OfferTerms } from '../../../src/modules/credit/offer';
import { readMasterScale, readPricingPolicy } from '../../../src/modules/credit/policy-file.schema';
import {
  baseRate,
  flawsOfPolicy,
  marginOf,
  routeOf,
} from '../../../src/modules/credit/pricing-policy';

const read = (file: string): Json => JSON.parse(readFileSync(`compliance/${file}`, 'utf8')) as Json;
const scale = readMasterScale(read('master-scales/consumer-instalment/1.json'), 'the scale');
const delivered = readPricingPolicy(read('pricing/consumer-instalment/1.json'), 'the policy');
/** As delivered, but for a card that looks a year ahead. */
const policy = {
  ...delivered,
  scorecard: { ...delivered.scorecard, horizonMonths: { least: 12, most: 12 } },
};

/** A card that says what it is told to. */
function scoring(pd: string, points = 600): (applicant: object) => Score {
  return () => ({
    points,
    pd: rate(pd),
    bins: { income: 2 },
    reasons: [{ code: 'income-low', text: { en: 'Income is low', zh: '收入较低' } }],
  });
}

function modelsFor(pd: string, changes: Partial<DecisionModels> = {}): DecisionModels {
  const pricing = { policy, scale };
  return {
    ...pricing,
    score: scoring(pd),
    price: (terms: OfferTerms) => priceOffer(terms, pricing),
    ...changes,
  };
}

const INPUTS: DecisionInputs = {
  applicant: { income: 30_000, homeOwnership: 'RENT', employmentYears: undefined },
  principal: Money.parse('10000.00', 'USD'),
  termMonths: 36,
  repayment: 'annuity',
  security: 'none',
  aprMethod: 'us-reg-z',
};

describe('a credit decision', () => {
  it.each([
    { pd: '0.011', grade: 'A', outcome: 'approve', rules: [] },
    { pd: '0.17', grade: 'H', outcome: 'approve', rules: [] },
    { pd: '0.25', grade: 'I', outcome: 'refer', rules: ['grade-referred'] },
    { pd: '0.5', grade: 'J', outcome: 'decline', rules: ['grade-declined'] },
  ])('of a probability of $pd is to $outcome, grade $grade', ({ pd, grade, outcome, rules }) => {
    const decision = takeDecision(INPUTS, modelsFor(pd));
    expect(decision).toMatchObject({ grade, outcome, points: 600, isPriced: true });
    expect(decision.findings.map(({ rule }) => rule)).toEqual(rules);
    expect(decision.reasons).toHaveLength(1);
  });

  it('has a rate whose parts sum to it, an APR above it, and the risk of its grade', () => {
    const {
      parts,
      rate: asked,
      apr,
      gradePd,
      lifetimePd,
      lossGivenDefault,
    } = takeDecision(INPUTS, modelsFor('0.05'));
    if (!parts || !asked || !apr) throw new Error('it has no price');
    const whole = Object.values(parts).reduce((sum, part) => sum.plus(part), rate('0'));
    expect(rateText(whole)).toBe(rateText(asked));
    expect(apr.gt(asked)).toBe(true);
    expect(gradePd.toString()).toBe('0.0506');
    expect(
      lifetimePd
        .minus(scale.grades[4]?.pd[2]?.pd ?? 0)
        .abs()
        .lt('1e-11'),
    ).toBe(true);
    expect(lossGivenDefault.toString()).toBe('0.65');
  });

  it('costs more by grade, and less with collateral', () => {
    const rates = ['0.01', '0.03', '0.1', '0.2'].map((pd) =>
      takeDecision(INPUTS, modelsFor(pd)).rate?.toNumber(),
    );
    expect(rates).toEqual(rates.toSorted((a, b) => Number(a) - Number(b)));
    const secured = takeDecision({ ...INPUTS, security: 'collateral' }, modelsFor('0.1')).rate;
    expect(secured?.lt(rates[2] ?? 0)).toBe(true);
  });

  it('does not depend on the amount', () => {
    const small = { ...INPUTS, principal: Money.parse('500.00', 'USD') };
    const of = (inputs: DecisionInputs): string =>
      canonicalJson(decisionJson(takeDecision(inputs, modelsFor('0.07'))));
    expect(of(small)).toBe(of(INPUTS));
  });

  it('is to decline where the law leaves no price, and says which law', () => {
    const ceiling = {
      measure: 'apr',
      limit: rate('0.05'),
      rule: 'cost-ceiling',
      citation: 'Article 1',
    } as const;
    const decision = takeDecision({ ...INPUTS, ceiling }, modelsFor('0.011'));
    expect(decision).toMatchObject({ outcome: 'decline', isPriced: false });
    expect(decision.findings.map(({ rule }) => rule)).toEqual(['cost-ceiling', 'least-margin']);
  });

  it('has the margin cut where that is enough', () => {
    const { apr } = takeDecision(INPUTS, modelsFor('0.15'));
    const ceiling = {
      measure: 'apr',
      limit: apr?.minus('0.005') ?? rate('0'),
      rule: 'cost-ceiling',
      citation: 'Article 1',
    } as const;
    const decision = takeDecision({ ...INPUTS, ceiling }, modelsFor('0.15'));
    expect(decision.outcome).toBe('approve');
    expect(decision.findings.map(({ rule }) => rule)).toEqual(['cost-ceiling', 'margin-cut']);
    expect(decision.apr?.lte(ceiling.limit)).toBe(true);
  });

  it.each([
    { what: 'a tenor too short', changes: { termMonths: 2 }, code: /malformed-terms/ },
    { what: 'a tenor too long', changes: { termMonths: 61 }, code: /malformed-terms/ },
    { what: 'half a month', changes: { termMonths: 12.5 }, code: /malformed-terms/ },
    {
      what: 'a currency without a curve',
      changes: { principal: Money.parse('10', 'JPY') },
      code: /unsuitable-model/,
    },
  ])('is not taken on $what', ({ changes, code }) => {
    expect(() => takeDecision({ ...INPUTS, ...changes }, modelsFor('0.05'))).toThrow(code);
  });

  it('is the same after its inputs were stored and read', () => {
    const ceiling = {
      measure: 'apr',
      limit: rate('0.36'),
      rule: 'cost-ceiling',
      citation: 'Article 1',
    } as const;
    const inputs = { ...INPUTS, ceiling };
    const stored = JSON.parse(JSON.stringify(inputsJson(inputs))) as StoredInputs;
    const again = takeDecision(inputsFrom(stored), modelsFor('0.2'));
    const text = (json: Json): string => canonicalJson(json);
    expect(text(decisionJson(again))).toBe(
      text(decisionJson(takeDecision(inputs, modelsFor('0.2')))),
    );
    expect(text(inputsJson(inputsFrom(stored)))).toBe(text(inputsJson(inputs)));
  });
});

describe('the horizon of a card', () => {
  const horizon = { least: 36, most: 60 };

  it.each([
    { termMonths: 36, months: 36 },
    { termMonths: 48, months: 48 },
    { termMonths: 12, months: 36 },
    { termMonths: 84, months: 60 },
  ])('of $termMonths months is $months months', ({ termMonths, months }) => {
    const pd = twelveMonthPd(rate('0.25'), { horizon, termMonths });
    expect(pd.toNumber()).toBeCloseTo(1 - 0.75 ** (12 / months), 11);
    expect(twelveMonthPd(rate('0.25'), { horizon, termMonths })).toBe(pd);
  });

  it('chooses the grade by twelve months', () => {
    const models = modelsFor('0.25', {
      policy: { ...policy, scorecard: { ...policy.scorecard, horizonMonths: horizon } },
    });
    const decision = takeDecision(INPUTS, models);
    expect(decision).toMatchObject({ grade: 'F', outcome: 'approve' });
    expect(decision.pd.toString()).toBe('0.25');
    expect(decision.yearlyPd.toNumber()).toBeCloseTo(0.0914397, 6);
  });
});

describe('prices that are remembered', () => {
  it('are those that would be reckoned, told apart by all that matters', () => {
    const book = new PriceBook();
    const terms = { grade: 'C', currency: 'USD', ...INPUTS } as const;
    const variants: readonly OfferTerms[] = [
      terms,
      { ...terms, grade: 'D' },
      { ...terms, termMonths: 24 },
      { ...terms, repayment: 'bullet' },
      { ...terms, security: 'guarantee' },
      { ...terms, currency: 'EUR' },
      { ...terms, aprMethod: 'eu' },
      {
        ...terms,
        ceiling: { measure: 'apr', limit: rate('0.01'), rule: 'x', citation: 'y' },
      },
    ];
    const models = { policy, scale };
    for (const each of [...variants, ...variants]) {
      const remembered = book.price(each, models, 'these');
      expect(JSON.stringify(remembered)).toBe(JSON.stringify(priceOffer(each, models)));
    }
    expect(book.price(terms, models, 'these')).toBe(book.price(terms, models, 'these'));
  });
});

describe('a pricing policy', () => {
  it('is sound as it is delivered', () => {
    expect(flawsOfPolicy(policy, scale)).toEqual([]);
  });

  it.each([
    { months: 1, expected: '0.035' },
    { months: 6, expected: '0.035' },
    { months: 18, expected: '0.03575' },
    { months: 30, expected: '0.0365' },
    { months: 60, expected: '0.039' },
    { months: 99, expected: '0.039' },
  ])('has a base rate of $expected for $months months', ({ months, expected }) => {
    expect(rateText(baseRate(policy, 'USD', months))).toBe(expected);
  });

  it('routes grades, and gives each its margin', () => {
    expect(['A', 'H', 'I', 'J'].map((grade) => routeOf(policy, grade))).toEqual([
      'approve',
      'approve',
      'refer',
      'decline',
    ]);
    expect(rateText(marginOf(policy, 'B'))).toBe('0.0175');
    expect(() => marginOf(policy, 'Z')).toThrow(/unsuitable-model/);
  });

  it.each([
    { flaw: 'grade A has no margin', changes: { margins: new Map() } },
    { flaw: 'consumer-instalment has no grade Z', changes: { approve: ['Z'] } },
    { flaw: 'grade I is both approved and referred', changes: { approve: ['I'] } },
    { flaw: 'no step of rates', changes: { rateStep: rate('0') } },
    {
      flaw: 'the horizon of the scorecard ends before it begins',
      changes: { scorecard: { ...policy.scorecard, horizonMonths: { least: 36, most: 12 } } },
    },
    { flaw: 'no tenor may be priced', changes: { tenors: { least: 9, most: 3 } } },
    {
      flaw: 'the tenors of EUR do not rise',
      changes: {
        baseCurves: new Map([
          [
            'EUR' as const,
            [
              { months: 12, rate: rate('0.01') },
              { months: 12, rate: rate('0.02') },
            ],
          ],
        ]),
      },
    },
  ])('is not to be used when $flaw', ({ flaw, changes }) => {
    expect(flawsOfPolicy({ ...policy, ...changes }, scale)).toContain(flaw);
  });
});
