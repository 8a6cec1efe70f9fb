import { readFacts, tierOf, type Evidence } from '../../../src/modules/rulebooks';
import { aContext, aParameter, aRule, aRulebook, boundRule } from '../../support/builders/rulebook';

const criterion = (id: string, must: object, more: object = {}) => ({
  id,
  citation: 'Annex',
  title: `Criterion ${id}`,
  must,
  ...more,
});

const aTier = (more: object = {}) =>
  aRule('tier', {
    tier: 'skilled',
    investorKind: 'natural',
    needs: 2,
    validFor: 'months',
    criteria: [
      criterion(
        'rich',
        { atLeast: [{ fact: 'evidence.netWorth' }, { parameter: 'amount' }] },
        {
          limit: { parameter: 'amount' },
          observed: { fact: 'evidence.netWorth' },
        },
      ),
      criterion('seasoned', {
        atLeast: [{ fact: 'evidence.executiveMonths' }, { parameter: 'many' }],
      }),
      criterion('wise', { isTrue: 'evidence.understandsRisk' }),
    ],
    ...more,
  });

const evidence = (record: Record<string, unknown>) =>
  readFacts({ at: '2021-06-01', evidence: record }, 'EUR').evidence as Evidence;

describe('classification', () => {
  const rulebook = aRulebook({ rules: [aTier()] });
  const at = new Date('2021-06-01T12:00:00Z');
  const classify = (record: Record<string, unknown>, kind: 'natural' | 'legal' = 'natural') =>
    tierOf(rulebook, { at, kind, evidence: evidence(record) });

  it('gives the tier whose criteria are met, and says when it ends', () => {
    const verdict = classify({ netWorth: '1000.00', understandsRisk: true });
    expect(verdict.tier).toBe('skilled');
    expect(verdict.expiresAt?.toISOString()).toBe('2022-05-31T22:00:00.000Z');
  });

  it('says of every criterion whether it is met, by what, and where it stands', () => {
    const { findings } = classify({ netWorth: '999.99', understandsRisk: true });
    expect(findings).toEqual([
      {
        rule: 'rich',
        isMet: false,
        citation: 'Annex',
        message: 'Criterion rich: not met.',
        rulebook: 'test-law',
        effectiveFrom: '2020-01-01',
        limit: '1000.00',
        observed: '999.99',
        currency: 'EUR',
      },
      expect.objectContaining({ rule: 'seasoned', isMet: false }),
      expect.objectContaining({ rule: 'wise', isMet: true, message: 'Criterion wise: met.' }),
    ]);
  });

  it('gives the last tier to whoever shows too little, without an end', () => {
    expect(classify({ netWorth: '1000.00' })).toMatchObject({
      tier: 'plain',
      expiresAt: undefined,
    });
  });

  it('asks only the criteria of that kind of investor', () => {
    expect(classify({ netWorth: '1000.00', understandsRisk: true }, 'legal')).toEqual({
      tier: 'plain',
      expiresAt: undefined,
      findings: [],
    });
  });

  it('says when the rulebook was not in force', () => {
    const early = tierOf(rulebook, { at: new Date('2019-06-01'), kind: 'natural', evidence: {} });
    expect(early.tier).toBe('plain');
    expect(early.findings).toMatchObject([{ rule: 'in-force' }]);
  });

  it('gives no tier where its rule does not apply', () => {
    const elsewhere = aRulebook({ rules: [aTier({ when: { known: 'amount' } })] });
    const verdict = tierOf(elsewhere, {
      at,
      kind: 'natural',
      evidence: evidence({ netWorth: '1000.00', understandsRisk: true }),
    });
    expect(verdict.tier).toBe('plain');
  });

  it.each([
    { name: 'no validity', rule: { validFor: undefined }, parameters: {} },
    { name: 'a repealed validity', rule: {}, parameters: { months: aParameter('months', null) } },
  ])('has no end with $name', ({ rule, parameters }) => {
    const endless = aRulebook({ rules: [aTier(rule)], parameters });
    const verdict = tierOf(endless, {
      at,
      kind: 'natural',
      evidence: evidence({ netWorth: '1000.00', understandsRisk: true }),
    });
    expect(verdict).toMatchObject({ tier: 'skilled', expiresAt: undefined });
  });
});

describe('a claim to a tier', () => {
  const enough = { evidence: { netWorth: '1000.00', understandsRisk: true } };
  const claim = (investor: object, more: object = {}) =>
    boundRule(aTier()).judge?.(aContext({ investor, ...more }));

  it('falls when its criteria are not met', () => {
    expect(claim({ kind: 'natural', tier: 'skilled' })).toMatchObject({
      rule: 'a-tier',
      message: 'A rule of kind tier: 2 of its 3 criteria must be met.',
    });
  });

  it('stands when they are', () => {
    expect(claim({ kind: 'natural', tier: 'skilled' }, enough)).toBeUndefined();
  });

  it('to another tier, or by another kind of investor, is not its business', () => {
    expect(claim({ kind: 'natural', tier: 'plain' })).toBeUndefined();
    expect(claim({ kind: 'legal', tier: 'skilled' })).toBeUndefined();
    expect(boundRule(aTier()).judge?.(aContext())).toBeUndefined();
  });
});

describe('a tier rule', () => {
  it.each([
    {
      name: 'an unknown tier',
      rule: { tier: 'expert' },
      reason: /rules\[0\]\.tier: there is no tier "expert"/,
    },
    {
      name: 'more than there is',
      rule: { needs: 4 },
      reason: /rules\[0\]\.needs: there are fewer criteria/,
    },
    {
      name: 'a validity that is none',
      rule: { validFor: 'days' },
      reason: /rules\[0\]\.validFor: .*not in months/,
    },
    {
      name: 'a mistake in a criterion',
      rule: { needs: 1, criteria: [criterion('x', { isTrue: 'weather' })] },
      reason: /rules\[0\]\.criteria\[0\]\.must\.isTrue: there is no flag fact "weather"/,
    },
  ])('cannot ask for $name', ({ rule, reason }) => {
    expect(() => boundRule(aTier(rule))).toThrow(reason);
  });
});
