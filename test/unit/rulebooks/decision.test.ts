import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import {
  assess,
  capFinding,
  capsFor,
  readFacts,
  recordFacts,
  Rulebooks,
  type ActionFacts,
} from '../../../src/modules/rulebooks';
import { aRulebook, aRule } from '../../support/builders/rulebook';

const rulebooks = Rulebooks.load('compliance/rulebooks');
const regCf = rulebooks.get('us-reg-cf');
const usd = (minor: bigint) => Money.ofMinor(minor, 'USD');

const money = fc.bigInt({ min: 0n, max: 10n ** 10n }).map(usd);
const instant = fc.date({
  min: new Date('2016-01-01'),
  max: new Date('2030-01-01'),
  noInvalidDate: true,
});
const flag = fc.boolean();

/** Any order under Regulation Crowdfunding, with or without what it should state. */
const anOrder: fc.Arbitrary<ActionFacts['subscribe']> = fc.record({
  at: instant,
  amount: money,
  investor: fc.record({
    kind: fc.constantFrom('natural' as const, 'legal' as const),
    tier: fc.constantFrom('accredited', 'non-accredited'),
    isVerified: flag,
    isJoint: fc.option(flag, { nil: undefined }),
    means: fc.option(fc.record({ annualIncome: money, netWorth: money }), { nil: undefined }),
    declaredElsewhere: fc.option(money, { nil: undefined }),
  }),
  offering: fc.constant({ kind: 'equity' as const }),
  acknowledged: fc.record({
    educationalMaterials: flag,
    lossOfAll: flag,
    cancellationLimits: flag,
    resaleDifficulty: flag,
  }),
  usage: fc.option(fc.record({ 'investor-limit': money }), { nil: undefined }),
});

describe('a decision', () => {
  it('is allowed exactly when nothing objects', () => {
    fc.assert(
      fc.property(anOrder, (facts) => {
        const decision = assess(regCf, 'subscribe', facts);
        expect(decision.allowed).toBe(decision.findings.length === 0);
      }),
    );
  });

  it('comes out the same from the facts that were written down', () => {
    fc.assert(
      fc.property(anOrder, (facts) => {
        const stored = JSON.parse(JSON.stringify(recordFacts(facts))) as Record<string, unknown>;
        const read = readFacts(stored, 'USD') as ActionFacts['subscribe'];
        expect(assess(regCf, 'subscribe', read)).toEqual(assess(regCf, 'subscribe', facts));
        expect(recordFacts(read)).toEqual(recordFacts(facts));
      }),
    );
  });

  it('with usage is the decision without, and the findings of its caps', () => {
    fc.assert(
      fc.property(anOrder, money, ({ usage: _usage, ...facts }, used) => {
        const whole = assess(regCf, 'subscribe', { ...facts, usage: { 'investor-limit': used } });
        const others = assess(regCf, 'subscribe', facts);
        const caps = capsFor(regCf, 'subscribe', facts);
        const objections = caps.map((cap) =>
          cap.measure === 'holder-count' ? undefined : capFinding(cap, used, facts.amount),
        );
        const expected = [...others.findings, ...objections.filter((each) => each !== undefined)];
        const byRule = (a: { rule: string }, b: { rule: string }) => (a.rule < b.rule ? -1 : 1);
        expect([...whole.findings].sort(byRule)).toEqual(expected.sort(byRule));
      }),
    );
  });

  it('names the rulebook by its hash, and the version that was asked', () => {
    const facts = readFacts({ at: '2022-09-19T12:00:00Z' }, 'USD') as ActionFacts['subscribe'];
    expect(assess(regCf, 'subscribe', facts).rulebook).toEqual({
      id: 'us-reg-cf',
      contentHash: regCf.contentHash,
      effectiveFrom: '2021-03-15',
    });
  });
});

describe('a rulebook that ended', () => {
  const inForce = {
    from: '2020-01-01',
    to: '2023-01-01',
    citation: 'Act 9',
    verification: 'verified',
  };
  const ended = aRulebook({ inForce, status: 'historical' });
  const facts = (at: string) => ({ at: new Date(at), offering: {}, issuer: {} });

  it('still decides on the days it was in force', () => {
    expect(assess(ended, 'publish', facts('2022-12-31T22:59:59.999Z')).allowed).toBe(true);
    expect(capsFor(ended, 'publish', facts('2022-12-31T22:59:59.999Z'))).toEqual([]);
  });

  it('refuses from its last day on, and says when it was in force', () => {
    const decision = assess(ended, 'publish', facts('2022-12-31T23:00:00Z'));
    expect(decision).toMatchObject({ allowed: false, rulebook: { effectiveFrom: undefined } });
    expect(decision.findings).toEqual([
      {
        rule: 'in-force',
        citation: 'Act 9',
        message: 'A law for tests is in force from 2020-01-01 until 2023-01-01, not on 2023-01-01.',
        rulebook: 'test-law',
      },
    ]);
    expect(capsFor(ended, 'publish', facts('2022-12-31T23:00:00Z'))).toEqual([]);
  });
});

describe('a rule with its own days', () => {
  const rule = aRule('requirement', {
    actions: ['publish'],
    from: '2021-01-01',
    to: '2022-01-01',
    must: { isTrue: 'offering.isExclusive' },
    message: 'Be exclusive.',
  });
  const rulebook = aRulebook({ rules: [rule] });

  it.each([
    { at: '2020-12-31T22:59:59.999Z', allowed: true },
    { at: '2020-12-31T23:00:00Z', allowed: false },
    { at: '2021-12-31T22:59:59.999Z', allowed: false },
    { at: '2021-12-31T23:00:00Z', allowed: true },
  ])('at $at allows: $allowed', ({ at, allowed }) => {
    const facts = { at: new Date(at), offering: {}, issuer: {} };
    expect(assess(rulebook, 'publish', facts).allowed).toBe(allowed);
  });
});
