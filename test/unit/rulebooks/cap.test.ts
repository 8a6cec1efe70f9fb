import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import {
  capFinding,
  holderFinding,
  leftOf,
  windowStart,
  type AmountCap,
  type HolderCap,
} from '../../../src/modules/rulebooks';
import { aContext, aParameter, aRule, boundRule } from '../../support/builders/rulebook';

const eur = (amount: string) => Money.parse(amount, 'EUR');
const minor = (amount: bigint) => Money.ofMinor(amount, 'EUR');

const aCap = (changes: Partial<AmountCap> = {}): AmountCap => ({
  measure: 'amount-sold',
  rule: 'a-cap',
  title: 'A cap',
  citation: 'Article 2',
  rulebook: 'test-law',
  effectiveFrom: '2020-01-01' as AmountCap['effectiveFrom'],
  scope: 'investor',
  reach: 'installation',
  windowMonths: 12,
  ceiling: eur('1000.00'),
  declaredElsewhere: eur('0.00'),
  isShared: false,
  ...changes,
});

describe('a cap on amounts', () => {
  it.each([
    { used: '0.00', declared: '0.00', amount: '1000.00', fits: true },
    { used: '0.00', declared: '0.00', amount: '1000.01', fits: false },
    { used: '400.00', declared: '0.00', amount: '600.00', fits: true },
    { used: '400.00', declared: '0.00', amount: '600.01', fits: false },
    { used: '400.00', declared: '500.00', amount: '100.00', fits: true },
    { used: '400.00', declared: '500.00', amount: '100.01', fits: false },
    { used: '2000.00', declared: '0.00', amount: '0.01', fits: false },
  ])('with $used used and $declared declared, $amount fits: $fits', (each) => {
    const cap = aCap({ declaredElsewhere: eur(each.declared) });
    expect(capFinding(cap, eur(each.used), eur(each.amount)) === undefined).toBe(each.fits);
  });

  it('says what the limit is, what would be counted and what is left', () => {
    expect(capFinding(aCap(), eur('400.00'), eur('700.00'))).toEqual({
      rule: 'a-cap',
      citation: 'Article 2',
      rulebook: 'test-law',
      effectiveFrom: '2020-01-01',
      limit: '1000.00',
      observed: '1100.00',
      left: '600.00',
      currency: 'EUR',
      message:
        'A cap: at most 1000.00 EUR in 12 months; 400.00 EUR is taken already, ' +
        'so 600.00 EUR is left and 700.00 EUR does not fit.',
    });
  });

  it('speaks of no window where it has none', () => {
    const finding = capFinding(aCap({ windowMonths: undefined }), eur('0.00'), eur('1000.01'));
    expect(finding?.message).toMatch(/^A cap: at most 1000.00 EUR; /);
  });

  it('never says that less than nothing is left', () => {
    expect(leftOf(aCap(), eur('1500.00'))).toEqual(eur('0.00'));
    expect(capFinding(aCap(), eur('1500.00'), eur('1.00'))?.left).toBe('0.00');
  });

  it('has nothing to say without a ceiling', () => {
    const cap = aCap({ ceiling: undefined });
    expect(capFinding(cap, eur('0.00'), eur('99999999.00'))).toBeUndefined();
    expect(leftOf(cap, eur('0.00'))).toBeUndefined();
  });

  it('refuses another currency', () => {
    expect(() => capFinding(aCap(), eur('0.00'), Money.parse('1.00', 'USD'))).toThrow(/mixed/);
  });

  it('objects exactly when what counts and the amount pass the ceiling', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (ceiling, used, declared, adding) => {
        const cap = aCap({ ceiling: minor(ceiling), declaredElsewhere: minor(declared) });
        const objects = capFinding(cap, minor(used), minor(adding)) !== undefined;
        expect(objects).toBe(used + declared + adding > ceiling);
      }),
    );
  });

  it('what is left always fits, and a minor unit more never does', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, (ceiling, used) => {
        const cap = aCap({ ceiling: minor(ceiling) });
        const left = leftOf(cap, minor(used)) ?? minor(0n);
        if (used <= ceiling) expect(capFinding(cap, minor(used), left)).toBeUndefined();
        expect(capFinding(cap, minor(used), left.plus(minor(1n)))).toBeDefined();
      }),
    );
  });
});

describe('a cap on holders', () => {
  const cap: HolderCap = { ...aCap(), measure: 'holder-count', ceiling: 200 };

  it.each([
    { holders: 199, joining: 1, fits: true },
    { holders: 200, joining: 1, fits: false },
    { holders: 200, joining: 0, fits: true },
    { holders: 150, joining: 51, fits: false },
  ])('with $holders holders, $joining more fit: $fits', ({ holders, joining, fits }) => {
    expect(holderFinding(cap, holders, joining) === undefined).toBe(fits);
  });

  it('says how many more there is room for', () => {
    const finding = holderFinding(cap, 198, 3);
    expect(finding).toMatchObject({ limit: '200', observed: '201', left: '2' });
    expect(finding?.currency).toBeUndefined();
    expect(holderFinding(cap, 230, 1)?.left).toBe('0');
  });
});

describe('the window of a cap', () => {
  it.each([
    { at: '2025-03-10T12:30:15.123Z', months: 12, start: '2024-03-10T12:30:15.123Z' },
    { at: '2024-02-29T10:00:00.000Z', months: 12, start: '2023-02-28T10:00:00.000Z' },
    { at: '2025-03-31T00:00:00.000Z', months: 1, start: '2025-02-28T00:00:00.000Z' },
    { at: '2025-01-15T00:00:00.000Z', months: 3, start: '2024-10-15T00:00:00.000Z' },
    { at: '2025-12-31T23:59:59.999Z', months: 12, start: '2024-12-31T23:59:59.999Z' },
  ])('of $months months at $at begins after $start', ({ at, months, start }) => {
    expect(windowStart(months, new Date(at)).toISOString()).toBe(start);
  });

  it('lets a sale made exactly a window ago drop out, and keeps a later one', () => {
    const at = new Date('2025-03-10T12:00:00Z');
    const start = windowStart(12, at);
    expect(new Date('2024-03-10T12:00:00.000Z') > start).toBe(false);
    expect(new Date('2024-03-10T12:00:00.001Z') > start).toBe(true);
  });
});

const capRule = (kind: string, more: object = {}) =>
  aRule(kind, {
    actions: ['subscribe'],
    per: 'investor',
    reach: 'operator',
    limit: { share: 'rate', of: { fact: 'investor.means.netWorth' } },
    counts: { fact: 'amount' },
    ...more,
  });
const worth = { investor: { means: { netWorth: '20000.00' } } };

describe('a flow cap', () => {
  const rule = capRule('flow-cap', {
    window: 'months',
    declared: { fact: 'investor.declaredElsewhere' },
    sharedWhen: 'investor.isJoint',
    exempt: { same: [{ fact: 'investor.tier' }, { word: 'skilled' }] },
    when: { not: { oneOf: 'offering.kind', words: ['donation'] } },
  });

  it('has the ceiling, window and declared amount of this very investor', () => {
    const facts = { investor: { ...worth.investor, declaredElsewhere: '10.00', isJoint: true } };
    expect(boundRule(rule).cap?.(aContext(facts))).toMatchObject({
      measure: 'amount-sold',
      windowMonths: 12,
      ceiling: eur('1000.00'),
      declaredElsewhere: eur('10.00'),
      isShared: true,
      effectiveFrom: '2020-01-01',
    });
  });

  it('has no ceiling for whoever is exempt', () => {
    const cap = boundRule(rule).cap?.(aContext({ investor: { tier: 'skilled' } }));
    expect(cap).toMatchObject({ ceiling: undefined });
  });

  it('leaves nothing to whoever declared no means', () => {
    expect(boundRule(rule).cap?.(aContext())).toMatchObject({ ceiling: eur('0.00') });
  });

  it('does not exist where it does not apply', () => {
    const context = aContext({ ...worth, offering: { kind: 'donation' }, usage: {} });
    expect(boundRule(rule).cap?.(context)).toBeUndefined();
    expect(boundRule(rule).judge?.(context)).toBeUndefined();
  });

  it.each([
    { name: 'is not judged without usage', usage: undefined, amount: '5000.00', objects: false },
    { name: 'counts nothing as nothing used', usage: {}, amount: '1000.00', objects: false },
    {
      name: 'counts what was used',
      usage: { 'a-flow-cap': '1.00' },
      amount: '1000.00',
      objects: true,
    },
    {
      name: 'ignores a count in place of money',
      usage: { 'a-flow-cap': 7 },
      amount: '1000.00',
      objects: false,
    },
    {
      name: 'counts nothing for an act without amount',
      usage: {},
      amount: undefined,
      objects: false,
    },
  ])('$name', ({ usage, amount, objects }) => {
    const context = aContext({ ...worth, ...(amount && { amount }), ...(usage && { usage }) });
    expect(boundRule(rule).judge?.(context) !== undefined).toBe(objects);
  });

  it('needs a window in months', () => {
    expect(() => boundRule(capRule('flow-cap', { window: 'days' }))).toThrow(
      /rules\[0\]\.window: parameter days is in days, not in months/,
    );
  });

  it('is never shared where the rule says nothing of spouses', () => {
    const cap = boundRule(capRule('flow-cap', { window: 'months' })).cap?.(aContext(worth));
    expect(cap).toMatchObject({ isShared: false });
  });
});

describe('an exposure cap', () => {
  it('counts what is outstanding, over no window', () => {
    const cap = boundRule(capRule('exposure-cap')).cap?.(aContext(worth));
    expect(cap).toMatchObject({ measure: 'outstanding-principal', ceiling: eur('1000.00') });
    expect(cap && 'windowMonths' in cap).toBe(false);
  });
});

describe('a holder cap', () => {
  const rule = aRule('holder-cap', {
    actions: ['subscribe'],
    per: 'issuer',
    reach: 'installation',
    limit: { parameter: 'many' },
    when: { known: 'amount' },
  });

  it('counts the investor beside the holders there are', () => {
    const facts = (holders: unknown) => ({ amount: '1.00', usage: { 'a-holder-cap': holders } });
    const { judge } = boundRule(rule);
    expect(judge?.(aContext(facts(9)))).toBeUndefined();
    expect(judge?.(aContext(facts(10)))).toMatchObject({ limit: '10', observed: '11', left: '0' });
    expect(judge?.(aContext(facts('10.00')))).toBeUndefined();
    expect(judge?.(aContext({ amount: '1.00', usage: {} }))).toBeUndefined();
    expect(judge?.(aContext({ amount: '1.00' }))).toBeUndefined();
  });

  it('does not exist where it does not apply', () => {
    expect(boundRule(rule).cap?.(aContext())).toBeUndefined();
  });

  it('admits nobody while its number is repealed', () => {
    const many = aParameter('count', null);
    const cap = boundRule(rule, { many }).cap?.(
      aContext({ amount: '1.00' }, { parameters: { many } }),
    );
    expect(cap).toMatchObject({ ceiling: 0 });
  });
});
