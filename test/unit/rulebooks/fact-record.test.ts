import { Money } from '../../../src/kernel/money';
import { readFacts, recordFacts, type Facts } from '../../../src/modules/rulebooks';
import { canonicalJson, contentHash } from '../../../src/modules/rulebooks/content-hash';
import { completeCase } from '../../../src/modules/rulebooks/worked-case';

const eur = (amount: string) => Money.parse(amount, 'EUR');

describe('facts written down', () => {
  const facts: Facts = {
    at: new Date('2025-03-10T12:00:00Z'),
    amount: eur('250.00'),
    investor: {
      kind: 'natural',
      isVerified: false,
      means: { netWorth: eur('1.00') },
      tier: 'plain',
    },
    evidence: { executiveMonths: 14 },
    usage: { 'investor-limit': eur('7.50'), 'holder-limit': 199 },
    timerEnds: { reconfirmation: new Date('2025-03-17T23:00:00Z') },
  };
  const record = {
    at: '2025-03-10T12:00:00.000Z',
    amount: '250.00',
    investor: { kind: 'natural', isVerified: false, means: { netWorth: '1.00' }, tier: 'plain' },
    evidence: { executiveMonths: 14 },
    usage: { 'investor-limit': '7.50', 'holder-limit': 199 },
    timerEnds: { reconfirmation: '2025-03-17T23:00:00.000Z' },
  };

  it('are plain JSON', () => {
    expect(recordFacts(facts)).toEqual(record);
    expect(recordFacts({ at: facts.at })).toEqual({ at: record.at });
  });

  it('are read back as they were', () => {
    expect(readFacts(record, 'EUR')).toEqual(facts);
  });

  it('leave out what no rulebook can ask for', () => {
    const more = { ...facts, investor: { ...facts.investor, name: 'Ada' } } as Facts;
    expect(JSON.stringify(recordFacts(more))).not.toContain('Ada');
  });

  it.each<{ name: string; more: object; reason: RegExp }>([
    { name: 'an unknown fact', more: { weather: 'fine' }, reason: /no fact "weather"/ },
    {
      name: 'an unknown fact within',
      more: { investor: { age: 7 } },
      reason: /no fact "investor.age"/,
    },
    {
      name: 'a name of Object itself',
      more: { constructor: 'x' },
      reason: /no fact "constructor"/,
    },
    {
      name: 'an amount with too many digits',
      more: { amount: '1.001' },
      reason: /too-many-digits/,
    },
    {
      name: 'a flag that is a word',
      more: { investor: { isVerified: 'yes' } },
      reason: /isVerified is not a boolean/,
    },
    {
      name: 'a count that is a word',
      more: { evidence: { executiveMonths: '9' } },
      reason: /is not a number/,
    },
    { name: 'a word that is a number', more: { investor: { tier: 7 } }, reason: /is not a string/ },
    {
      name: 'an instant that is none',
      more: { at: 'soon' },
      reason: /at is not an instant: "soon"/,
    },
    { name: 'a null', more: { amount: null }, reason: /malformed/ },
  ])('are refused with $name', ({ more, reason }) => {
    expect(() => readFacts({ at: record.at, ...more }, 'EUR')).toThrow(reason);
  });

  it('are refused without their moment', () => {
    expect(() => readFacts({ amount: '1.00' }, 'EUR')).toThrow('the fact "at" is missing');
  });
});

describe('the content hash', () => {
  it('does not depend on the order of keys or on layout', () => {
    expect(contentHash({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      contentHash(JSON.parse('{ "a": true,\n "b": [1, {"c": "x", "d": null}] }')),
    );
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe('{"a":{"c":3,"d":2},"b":1}');
  });

  it('depends on every word and on the order of lists', () => {
    expect(contentHash({ a: '0.05' })).not.toBe(contentHash({ a: '0.050' }));
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });
});

describe('a worked case', () => {
  const given = {
    subscribe: { amount: '1.00', investor: { tier: 'plain', means: { netWorth: '2.00' } } },
  };
  const worked = (facts: object | undefined, action = 'subscribe') =>
    completeCase(given, {
      name: 'A case',
      at: '2025-03-10T12:00:00Z',
      action,
      ...(facts && { facts: facts as Record<string, unknown> }),
      expect: {},
    }).facts;

  it('takes the facts that are shared, and its own before them', () => {
    expect(worked({ investor: { tier: 'skilled' } })).toEqual({
      amount: '1.00',
      investor: { tier: 'skilled', means: { netWorth: '2.00' } },
    });
  });

  it('takes a shared fact away with null, and replaces it whole where one side is no object', () => {
    expect(worked({ investor: null })).toEqual({ amount: '1.00' });
    expect(worked({ investor: { means: null, tier: 'x' }, amount: { a: 1 } })).toEqual({
      amount: { a: 1 },
      investor: { tier: 'x' },
    });
  });

  it('has the shared facts alone when it adds none, and its own alone when none are shared', () => {
    expect(worked(undefined)).toEqual(given.subscribe);
    expect(worked({ amount: '3.00' }, 'close')).toEqual({ amount: '3.00' });
    const at = '2025-03-10T12:00:00Z';
    const asked = { name: 'A case', at, tier: { kind: 'natural' }, expect: {} };
    expect(completeCase(given, asked)).toBe(asked);
  });
});
