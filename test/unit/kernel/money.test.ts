import fc from 'fast-check';
import { CURRENCIES, minorDigits } from '../../../src/kernel/currency';
import { Money, type Rounding } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';

const LARGEST = 2n ** 63n - 1n;
const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const anyCurrency = fc.constantFrom(...CURRENCIES);
const anyMinor = fc.bigInt({ min: -LARGEST, max: LARGEST });
const halfMinor = fc.bigInt({ min: -LARGEST / 2n, max: LARGEST / 2n });

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

describe('reading an amount', () => {
  it.each([
    { amount: '1250.00', currency: 'EUR', minor: 125000n },
    { amount: '1250.5', currency: 'EUR', minor: 125050n },
    { amount: '1250', currency: 'EUR', minor: 125000n },
    { amount: '-0.01', currency: 'USD', minor: -1n },
    { amount: '-0.00', currency: 'USD', minor: 0n },
    { amount: '500', currency: 'JPY', minor: 500n },
    { amount: '1.234', currency: 'KWD', minor: 1234n },
    { amount: '92233720368547758.07', currency: 'CNY', minor: LARGEST },
    { amount: '-92233720368547758.07', currency: 'CNY', minor: -LARGEST },
  ])('$amount $currency is $minor minor units', ({ amount, currency, minor }) => {
    expect(Money.parse(amount, currency).minor).toBe(minor);
  });

  it.each([
    { amount: '', currency: 'EUR', code: 'money.malformed' },
    { amount: '1,250.00', currency: 'EUR', code: 'money.malformed' },
    { amount: '01.00', currency: 'EUR', code: 'money.malformed' },
    { amount: '+1.00', currency: 'EUR', code: 'money.malformed' },
    { amount: '1.', currency: 'EUR', code: 'money.malformed' },
    { amount: '.5', currency: 'EUR', code: 'money.malformed' },
    { amount: '1e3', currency: 'EUR', code: 'money.malformed' },
    { amount: ' 1', currency: 'EUR', code: 'money.malformed' },
    { amount: '١٢', currency: 'EUR', code: 'money.malformed' },
    { amount: 'NaN', currency: 'EUR', code: 'money.malformed' },
    { amount: '12345678901234567890', currency: 'EUR', code: 'money.malformed' },
    { amount: '1.001', currency: 'EUR', code: 'money.too-many-digits' },
    { amount: '1.000', currency: 'EUR', code: 'money.too-many-digits' },
    { amount: '1.0', currency: 'JPY', code: 'money.too-many-digits' },
    { amount: '92233720368547758.08', currency: 'EUR', code: 'money.out-of-range' },
    { amount: '1.00', currency: 'XXX', code: 'kernel.unknown-currency' },
    { amount: '1.00', currency: 'constructor', code: 'kernel.unknown-currency' },
  ])('$amount $currency is refused as $code', ({ amount, currency, code }) => {
    expect(codeOf(() => Money.parse(amount, currency))).toBe(code);
  });

  it('reads back what it printed', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const money = Money.ofMinor(minor, currency);
        expect(Money.parse(money.toDecimalString(), currency).equals(money)).toBe(true);
        expect(Money.fromWire(money.toWire()).minor).toBe(minor);
        expect(
          money
            .toDecimal()
            .times(10 ** minorDigits(currency))
            .toFixed(),
        ).toBe(String(minor));
      }),
    );
  });
});

describe('printing an amount', () => {
  it.each([
    { minor: 5n, currency: 'EUR', text: '0.05 EUR' },
    { minor: -5n, currency: 'EUR', text: '-0.05 EUR' },
    { minor: 0n, currency: 'JPY', text: '0 JPY' },
    { minor: -1250n, currency: 'JPY', text: '-1250 JPY' },
    { minor: 1n, currency: 'KWD', text: '0.001 KWD' },
  ] as const)('$minor minor units of $currency print as $text', ({ minor, currency, text }) => {
    expect(String(Money.ofMinor(minor, currency))).toBe(text);
  });

  it('goes on the wire as a decimal string and a currency', () => {
    expect(JSON.stringify({ price: eur('1250.00') })).toBe(
      '{"price":{"amount":"1250.00","currency":"EUR"}}',
    );
  });

  it('always shows all the digits of the currency', () => {
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const fraction = Money.ofMinor(minor, currency).toDecimalString().split('.')[1] ?? '';
        expect(fraction).toHaveLength(minorDigits(currency));
      }),
    );
  });
});

describe('adding and comparing', () => {
  it('undoes plus by minus', () => {
    fc.assert(
      fc.property(halfMinor, halfMinor, (a, b) => {
        const [one, other] = [Money.ofMinor(a, 'CNY'), Money.ofMinor(b, 'CNY')];
        expect(one.plus(other).minus(other).equals(one)).toBe(true);
        expect(one.plus(other).equals(other.plus(one))).toBe(true);
        expect(one.minus(other).equals(other.minus(one).negated())).toBe(true);
        expect(one.plus(one.negated()).isZero).toBe(true);
      }),
    );
  });

  it('orders amounts as their minor units', () => {
    fc.assert(
      fc.property(anyMinor, anyMinor, (a, b) => {
        const [one, other] = [Money.ofMinor(a, 'USD'), Money.ofMinor(b, 'USD')];
        expect(one.compare(other)).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(one.isLessThan(other)).toBe(a < b);
        expect(one.isMoreThan(other)).toBe(a > b);
        expect(one.atMost(other).minor).toBe(a < b ? a : b);
        expect(one.atLeast(other).minor).toBe(a > b ? a : b);
      }),
    );
  });

  it('knows its sign', () => {
    expect([eur('0.01'), eur('0'), eur('-0.01')].map((m) => m.isPositive)).toEqual([
      true,
      false,
      false,
    ]);
    expect(eur('-0.01').isNegative).toBe(true);
    expect(Money.zero('EUR').isZero).toBe(true);
  });

  it('sums nothing to zero and several to their total', () => {
    expect(Money.sum([], 'EUR').isZero).toBe(true);
    expect(Money.sum([eur('0.10'), eur('0.20')], 'EUR').toDecimalString()).toBe('0.30');
  });

  it.each([
    { operation: 'plus', work: (a: Money, b: Money) => a.plus(b) },
    { operation: 'minus', work: (a: Money, b: Money) => a.minus(b) },
    { operation: 'compare', work: (a: Money, b: Money) => a.compare(b) },
    { operation: 'sum', work: (a: Money, b: Money) => Money.sum([a, b], 'EUR') },
  ])('$operation refuses two currencies', ({ work }) => {
    expect(codeOf(() => work(eur('1.00'), Money.parse('1.00', 'USD')))).toBe(
      'money.mixed-currencies',
    );
  });

  it('refuses a sum that no column can hold', () => {
    expect(codeOf(() => Money.ofMinor(LARGEST, 'EUR').plus(eur('0.01')))).toBe(
      'money.out-of-range',
    );
  });
});

/** The oracle: the same product on whole numbers, without decimal.js. */
function roundedProduct(minor: bigint, factor: string, rounding: Rounding): bigint {
  const negative = factor.startsWith('-');
  const [whole = '0', fraction = ''] = factor.replace('-', '').split('.');
  const numerator = minor * BigInt(whole + fraction) * (negative ? -1n : 1n);
  const denominator = 10n ** BigInt(fraction.length);
  const towardsZero = numerator / denominator;
  const rest = numerator % denominator;
  const floor = rest < 0n ? towardsZero - 1n : towardsZero;
  if (rest === 0n) return towardsZero;
  if (rounding === 'floor') return floor;
  if (rounding === 'ceil') return floor + 1n;
  const twice = (numerator - floor * denominator) * 2n;
  if (twice === denominator && rounding === 'half-up')
    return negative === minor < 0n ? floor + 1n : floor;
  if (twice === denominator) return floor % 2n === 0n ? floor : floor + 1n;
  return twice > denominator ? floor + 1n : floor;
}

describe('multiplying by a rate', () => {
  it.each([
    { amount: '0.01', factor: '0.5', floor: '0.00', ceil: '0.01', even: '0.00', up: '0.01' },
    { amount: '0.03', factor: '0.5', floor: '0.01', ceil: '0.02', even: '0.02', up: '0.02' },
    { amount: '-0.01', factor: '0.5', floor: '-0.01', ceil: '0.00', even: '0.00', up: '-0.01' },
    { amount: '-0.03', factor: '0.5', floor: '-0.02', ceil: '-0.01', even: '-0.02', up: '-0.02' },
    { amount: '100.00', factor: '0.05', floor: '5.00', ceil: '5.00', even: '5.00', up: '5.00' },
  ])('$amount by $factor rounds as named', ({ amount, factor, floor, ceil, even, up }) => {
    const by = (rounding: Rounding): string =>
      eur(amount).times(rate(factor), rounding).toDecimalString();
    expect([by('floor'), by('ceil')]).toEqual([floor, ceil]);
    expect([by('half-even'), by('half-up')]).toEqual([even, up]);
  });

  it('agrees with exact whole-number arithmetic', () => {
    const factor = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 99n }), fc.stringMatching(/^\d{1,18}$/))
      .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}.${fraction}`);
    const rounding = fc.constantFrom<Rounding>('floor', 'ceil', 'half-even', 'half-up');
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
        factor,
        rounding,
        (minor, by, how) => {
          const product = Money.ofMinor(minor, 'EUR').times(rate(by), how);
          expect(product.minor).toBe(roundedProduct(minor, by, how));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses a product that no column can hold', () => {
    expect(codeOf(() => Money.ofMinor(LARGEST, 'EUR').times(rate('2'), 'floor'))).toBe(
      'money.out-of-range',
    );
  });
});

describe('allocating by weight', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 40 })
    .filter((all) => all.some((weight) => weight > 0n));

  it('gives parts that sum to the whole, each within one minor unit of its exact share', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: LARGEST }), weights, (minor, all) => {
        const parts = Money.ofMinor(minor, 'EUR').allocate(all);
        const total = all.reduce((sum, weight) => sum + weight, 0n);
        expect(parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(minor);
        for (const [index, part] of parts.entries()) {
          const error = part.minor * total - minor * (all[index] ?? 0n);
          expect(error < total && -error < total).toBe(true);
        }
      }),
    );
  });

  it('never gives a smaller weight more', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: LARGEST }), weights, (minor, all) => {
        const parts = Money.ofMinor(minor, 'EUR').allocate(all);
        const ranked = parts
          .map((part, index) => ({ part, weight: all[index] ?? 0n }))
          .toSorted((a, b) => (a.weight < b.weight ? -1 : a.weight > b.weight ? 1 : 0));
        for (const [index, { part, weight }] of ranked.entries()) {
          const next = ranked[index + 1];
          if (next && weight < next.weight) expect(part.isMoreThan(next.part)).toBe(false);
        }
      }),
    );
  });

  it.each([
    { minor: 100n, weights: [1n, 1n, 1n], parts: [34n, 33n, 33n] },
    { minor: 5n, weights: [1n, 1n, 1n], parts: [2n, 2n, 1n] },
    { minor: 100n, weights: [0n, 3n, 0n], parts: [0n, 100n, 0n] },
    { minor: 0n, weights: [2n, 3n], parts: [0n, 0n] },
    { minor: 10n, weights: [1n, 2n, 4n], parts: [1n, 3n, 6n] },
  ])('$minor by $weights is $parts', ({ minor, weights: by, parts }) => {
    expect(
      Money.ofMinor(minor, 'EUR')
        .allocate(by)
        .map((part) => part.minor),
    ).toEqual(parts);
  });

  it.each([
    { name: 'a negative amount', minor: -1n, weights: [1n] },
    { name: 'no weight at all', minor: 1n, weights: [] },
    { name: 'only zero weights', minor: 1n, weights: [0n, 0n] },
    { name: 'a negative weight', minor: 1n, weights: [2n, -1n] },
  ])('$name is a bug of the caller', ({ minor, weights: by }) => {
    expect(() => Money.ofMinor(minor, 'EUR').allocate(by)).toThrow(
      /must be positive|can be allocated/,
    );
  });
});
