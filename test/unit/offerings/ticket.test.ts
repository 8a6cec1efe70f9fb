import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  assuredRaise,
  costOf,
  sharePrice,
  ticketOf,
  unitsFor,
} from '../../../src/modules/offerings';

const usd = (amount: string) => Money.parse(amount, 'USD');

describe('what an amount buys', () => {
  it.each([
    { price: '2.04000', amount: '1000.00', units: 490n, cost: '999.60', residue: '0.40' },
    { price: '2.04', amount: '2.04', units: 1n, cost: '2.04', residue: '0.00' },
    { price: '2.04', amount: '2.03', units: 0n, cost: '0.00', residue: '2.03' },
    { price: '0.33333', amount: '1.00', units: 3n, cost: '1.00', residue: '0.00' },
    { price: '1.005', amount: '10.05', units: 10n, cost: '10.05', residue: '0.00' },
    { price: '1.005', amount: '3.03', units: 3n, cost: '3.02', residue: '0.01' },
  ])('$amount at $price is $units shares', ({ price, amount, units, cost, residue }) => {
    const ticket = ticketOf({ currency: 'USD', price: rate(price) }, usd(amount));
    expect(ticket.units).toBe(units);
    expect(ticket.cost.toDecimalString()).toBe(cost);
    expect(ticket.residue.toDecimalString()).toBe(residue);
  });

  it('has no fractions in a currency without a minor unit', () => {
    const terms = { currency: 'JPY' as const, price: rate('150.5') };
    const ticket = ticketOf(terms, Money.parse('1000', 'JPY'));
    expect([ticket.units, ticket.cost.minor, ticket.residue.minor]).toEqual([6n, 903n, 97n]);
  });

  const amounts = fc
    .bigInt({ min: 0n, max: 10n ** 12n })
    .map((minor) => Money.ofMinor(minor, 'USD'));
  const prices = fc
    .tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 0, max: 5 }))
    .map(([digits, places]) => {
      const text = String(digits).padStart(places + 1, '0');
      const split = text.length - places;
      return rate(places === 0 ? text : `${text.slice(0, split)}.${text.slice(split)}`);
    });

  it('never takes more than the amount, and never leaves enough for another share', () => {
    fc.assert(
      fc.property(amounts, prices, (amount, price) => {
        const terms = { currency: 'USD' as const, price };
        const { units, cost, residue } = ticketOf(terms, amount);
        expect(cost.plus(residue).equals(amount)).toBe(true);
        expect(residue.isNegative).toBe(false);
        expect(costOf(sharePrice(terms), units + 1n).isMoreThan(amount)).toBe(true);
      }),
    );
  });

  it('costs at least the exact price, and less than a minor unit more', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), prices, (units, price) => {
        const share = sharePrice({ currency: 'USD', price });
        const over = costOf(share, units).minor * share.denominator - units * share.numerator;
        expect(over).toBeGreaterThanOrEqual(0n);
        expect(over).toBeLessThan(share.denominator);
      }),
    );
  });

  it('buys the same shares again with what they cost', () => {
    fc.assert(
      fc.property(amounts, prices, (amount, price) => {
        const terms = { currency: 'USD' as const, price };
        const { units, cost } = ticketOf(terms, amount);
        expect(unitsFor(sharePrice(terms), cost)).toBeGreaterThanOrEqual(units);
      }),
    );
  });
});

describe('the least a full book raises', () => {
  it.each([
    { price: '2.00', maximum: '1000.00', assured: '1000.00' },
    { price: '3.00', maximum: '1000.00', assured: '999.00' },
    { price: '1.005', maximum: '1000.00', assured: '999.00' },
    { price: '5.005', maximum: '4.00', assured: '0.00' },
  ])('is $assured of $maximum at $price', ({ price, maximum, assured }) => {
    const share = sharePrice({ currency: 'USD', price: rate(price) });
    expect(assuredRaise(share, usd(maximum)).toDecimalString()).toBe(assured);
  });
});
