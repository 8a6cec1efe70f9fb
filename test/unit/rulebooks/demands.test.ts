import { Money } from '../../../src/kernel/money';
import { aContext, aRule, boundRule } from '../../support/builders/rulebook';

const when = { same: [{ fact: 'investor.tier' }, { word: 'plain' }] };
const plain = { investor: { tier: 'plain' } };

describe('a requirement', () => {
  const rule = aRule('requirement', {
    actions: ['close'],
    when,
    must: { atLeast: [{ fact: 'offering.committed' }, { fact: 'offering.target' }] },
    limit: { fact: 'offering.target' },
    observed: { fact: 'offering.committed' },
    message: 'Reach the target.',
  });
  const reached = (committed: string) => ({ ...plain, offering: { committed, target: '50.00' } });

  it('is silent when met, and where it does not apply', () => {
    expect(boundRule(rule).judge?.(aContext(reached('50.00')))).toBeUndefined();
    expect(boundRule(rule).judge?.(aContext({ offering: { target: '50.00' } }))).toBeUndefined();
  });

  it('objects with its figures, its source and its version', () => {
    expect(boundRule(rule).judge?.(aContext(reached('49.99')))).toEqual({
      rule: 'a-requirement',
      citation: 'Article 2',
      message: 'Reach the target.',
      rulebook: 'test-law',
      effectiveFrom: '2020-01-01',
      limit: '50.00',
      observed: '49.99',
      currency: 'EUR',
    });
  });

  it('leaves out figures that are not known', () => {
    const finding = boundRule(rule).judge?.(aContext({ ...plain, offering: { target: '50.00' } }));
    expect(finding).toMatchObject({ limit: '50.00' });
    expect(finding && 'observed' in finding).toBe(false);
  });

  it('has no threshold', () => {
    expect(boundRule(rule).threshold).toBeUndefined();
  });
});

describe('a requirement above an amount', () => {
  const rule = aRule('requirement', {
    actions: ['subscribe'],
    when,
    above: { parameter: 'amount' },
    must: { isTrue: 'acknowledged.riskWarning' },
    message: 'Acknowledge.',
  });

  it.each([
    { amount: '1000.00', riskWarning: false, objects: false },
    { amount: '1000.01', riskWarning: false, objects: true },
    { amount: '1000.01', riskWarning: true, objects: false },
  ])(
    'of $amount, acknowledged $riskWarning, objects: $objects',
    ({ amount, riskWarning, objects }) => {
      const context = aContext({ ...plain, amount, acknowledged: { riskWarning } });
      const finding = boundRule(rule).judge?.(context);
      expect(finding !== undefined).toBe(objects);
      if (finding) expect(finding).toMatchObject({ limit: '1000.00', observed: amount });
    },
  );

  it('objects to an act whose amount is not known', () => {
    expect(boundRule(rule).judge?.(aContext(plain))).toBeDefined();
  });

  it('objects to any amount while its bound is not known', () => {
    const unbounded = { ...rule, above: { fact: 'offering.target' } };
    expect(boundRule(unbounded).judge?.(aContext({ ...plain, amount: '0.01' }))).toBeDefined();
    expect(boundRule(unbounded).threshold?.(aContext(plain))).toBeUndefined();
  });

  it('tells its threshold to whom it applies', () => {
    expect(boundRule(rule).threshold?.(aContext(plain))).toEqual({
      above: Money.parse('1000.00', 'EUR'),
      message: 'Acknowledge.',
    });
    expect(boundRule(rule).threshold?.(aContext())).toBeUndefined();
  });
});

describe('a prohibition', () => {
  const rule = aRule('prohibition', {
    actions: ['publish'],
    when,
    mustNot: { oneOf: 'offering.audience', words: ['public'] },
    message: 'Not in public.',
  });

  it.each([
    {
      name: 'forbids what is shown',
      facts: { ...plain, offering: { audience: 'public' } },
      objects: true,
    },
    {
      name: 'is silent on what is not so',
      facts: { ...plain, offering: { audience: 'verified-users' } },
      objects: false,
    },
    { name: 'is silent on what is not known', facts: plain, objects: false },
    {
      name: 'is silent where it does not apply',
      facts: { offering: { audience: 'public' } },
      objects: false,
    },
  ])('$name', ({ facts, objects }) => {
    expect(boundRule(rule).judge?.(aContext(facts)) !== undefined).toBe(objects);
  });
});

describe('an attestation', () => {
  const said = aRule('attestation', {
    actions: ['subscribe'],
    when,
    statement: 'acknowledged.lossOfAll',
    message: 'Say so.',
  });
  const dated = aRule('attestation', {
    actions: ['subscribe'],
    takenAt: 'investor.knowledgeTest.takenAt',
    validFor: 'months',
    message: 'Take the test.',
  });
  const taken = (takenAt: string) => aContext({ investor: { knowledgeTest: { takenAt } } });

  it('is a statement made for this commitment', () => {
    const { judge } = boundRule(said);
    expect(judge?.(aContext({ ...plain, acknowledged: { lossOfAll: true } }))).toBeUndefined();
    expect(judge?.(aContext({ ...plain, acknowledged: { lossOfAll: false } }))).toBeDefined();
    expect(judge?.(aContext(plain))).toMatchObject({ message: 'Say so.' });
    expect(judge?.(aContext())).toBeUndefined();
  });

  it.each([
    { takenAt: '2021-05-31T10:00:00Z', counts: true },
    { takenAt: '2020-06-02T10:00:00Z', counts: true },
    { takenAt: '2020-06-01T10:00:00Z', counts: false },
    { takenAt: '2020-01-01T10:00:00Z', counts: false },
  ])('made at $takenAt counts a year later: $counts', ({ takenAt, counts }) => {
    expect(boundRule(dated).judge?.(taken(takenAt)) === undefined).toBe(counts);
  });

  it('that was never made does not count', () => {
    expect(boundRule(dated).judge?.(aContext())).toBeDefined();
  });

  it('does not count once its validity is repealed', () => {
    const parameters = {
      months: {
        title: 'Repealed validity',
        unit: 'months',
        citation: 'Article 1',
        values: [{ from: '2020-01-01', value: null, verification: 'verified' }],
      },
    };
    const context = aContext(
      { investor: { knowledgeTest: { takenAt: '2021-05-31T10:00:00Z' } } },
      { parameters },
    );
    expect(boundRule(dated, parameters).judge?.(context)).toBeDefined();
  });

  it.each([
    { name: 'neither', rule: { statement: undefined } },
    {
      name: 'no validity',
      rule: { statement: undefined, takenAt: 'investor.knowledgeTest.takenAt' },
    },
  ])('cannot be written with $name', ({ rule }) => {
    expect(() => boundRule({ ...said, ...rule })).toThrow(/rules\[0\]: an attestation needs/);
  });
});

describe('an obligation', () => {
  const rule = (more: object) =>
    aRule('obligation', {
      event: 'fiscal-year-end',
      owedBy: 'issuer',
      owedTo: 'the authority',
      duty: 'Report.',
      ...more,
    });
  const on = '2021-06-01' as never;

  it('falls due so long after its event, or at once', () => {
    const due = (more: object) => boundRule(rule(more)).obligation?.dueOn(aContext(), on);
    expect(due({ within: 'days' })).toBe('2021-06-05');
    expect(due({ within: 'months' })).toBe('2022-06-01');
    expect(due({})).toBe('2021-06-01');
  });

  it('falls due on no day where it does not apply, or once its length is repealed', () => {
    const elsewhere = boundRule(rule({ when: { known: 'amount' } }));
    expect(elsewhere.obligation?.dueOn(aContext(), on)).toBeUndefined();
    const parameters = {
      days: {
        title: 'Repealed length',
        unit: 'days',
        citation: 'Article 1',
        values: [{ from: '2020-01-01', value: null, verification: 'verified' }],
      },
    };
    const repealed = boundRule(rule({ within: 'days' }), parameters);
    expect(repealed.obligation?.dueOn(aContext({}, { parameters }), on)).toBeUndefined();
  });

  it('cannot be due in hours', () => {
    expect(() => boundRule(rule({ within: 'hours' }))).toThrow(/rules\[0\]\.within: .*not in days/);
  });
});
