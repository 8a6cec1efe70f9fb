import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { rate, type Rate } from '../../../src/kernel/rate';
import { loanTerms, type LoanTerms } from '../../../src/modules/offerings/loan-terms';
import {
  auctionOf,
  auctionResultSha256,
  auctionSeed,
  auctionText,
  auctionUnit,
  bidsCloseAt,
} from '../../../src/modules/matching/auction';
import { bookUnit, borrowOrders } from '../../../src/modules/matching/book';
import { aprAt } from '../../../src/modules/matching/loan-cost';
import { clearAuction } from '../../../src/modules/matching/sealed-auction';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

function terms(changes: Partial<{ amount: string; least: string; ticket: string; step: string }>) {
  const { amount = '1000.00', least = amount, ticket = '50.00', step = '10.00' } = changes;
  return loanTerms({
    borrowerId: 'iss_1' as Id<'iss'>,
    title: 'A loan',
    summary: 'For machines',
    note: {
      kind: 'loan-note',
      rate: rate('0.145'),
      rateMode: 'auction',
      termMonths: 24,
      repayment: 'annuity',
      apr: rate('0.18'),
      grade: 'C',
      expectedLossRate: rate('0.02'),
      purpose: 'equipment',
      security: 'none',
      scorecard: 'consumer/1',
      decisionId: 'cdn_1' as Id<'cdn'>,
    },
    amount: eur(amount),
    minimumFill: eur(least),
    step: eur(step),
    minimumTicket: eur(ticket),
    closesAt: new Date('2025-03-24T16:00:00Z'),
    feeRate: rate('0.02'),
  });
}

describe('the end of bidding', () => {
  it.each([
    { what: 'a day before the deadline', days: 14, before: DAY_MS },
    { what: 'a quarter of a short time before', days: 2, before: DAY_MS / 2 },
  ])('lies $what', ({ days, before }) => {
    const opensAt = new Date('2025-03-10T16:00:00Z');
    const closesAt = new Date(opensAt.getTime() + days * DAY_MS);
    expect(closesAt.getTime() - bidsCloseAt({ opensAt, closesAt }).getTime()).toBe(before);
  });
});

describe('the unit of an auction', () => {
  it.each([
    { what: 'the smallest ticket', loan: {}, unit: '50.00' },
    {
      what: 'the step where the amount is no whole number of tickets',
      loan: { amount: '1020.00' },
      unit: '10.00',
    },
    { what: 'the step where the minimum is none', loan: { least: '910.00' }, unit: '10.00' },
  ])('is $what', ({ loan, unit }) => {
    expect(auctionUnit(terms(loan)).toDecimalString()).toBe(unit);
  });
});

describe('what an auction is cleared from', () => {
  const sealed = fc.record({
    units: fc.bigInt({ min: 1n, max: 30n }),
    rate: fc.integer({ min: 0, max: 1600 }),
  });

  it('reads back as it was, and clears to the same in whatever order bids are given', () => {
    fc.assert(
      fc.property(
        fc.array(sealed, { maxLength: 20 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (drawn, seed) => {
          const bids = drawn.map(({ units, rate: points }, at) => ({
            id: `bid_${at}`,
            amount: Money.ofMinor(units * 5000n, 'EUR'),
            minimumRate: rate(String(points)).div(10_000),
          }));
          const auction = {
            amount: eur('1000.00'),
            minimumFill: eur('400.00'),
            unit: eur('50.00'),
            reserveRate: rate('0.145'),
            seed,
          };
          const text = auctionText(auction, bids);
          expect(auctionText(auction, bids.toReversed())).toBe(text);
          const read = auctionOf(text);
          expect(auctionText(read.terms, read.bids)).toBe(text);
          expect(auctionResultSha256(clearAuction(read.terms, read.bids))).toBe(
            auctionResultSha256(clearAuction(auction, bids.toReversed())),
          );
        },
      ),
    );
  });

  it('draws another lot for another loan, and for another head of the ledger', () => {
    const seeds = [
      auctionSeed('off_1', 'heads'),
      auctionSeed('off_2', 'heads'),
      auctionSeed('off_1', 'other heads'),
    ];
    expect(new Set(seeds).size).toBe(3);
    for (const seed of seeds) expect(seed >= 0n && seed < 2n ** 64n).toBe(true);
  });
});

describe('the cost of a loan at the rate that was found', () => {
  const at = (nominal: string, changes: Partial<LoanTerms['instrument']> = {}): Rate => {
    const loan = terms({});
    return aprAt(
      { ...loan, instrument: { ...loan.instrument, ...changes } },
      {
        lent: eur('1000.00'),
        rate: rate(nominal),
        startOn: calendarDate('2025-03-24'),
        aprMethod: 'eu',
        mayDeduct: false,
      },
    );
  };

  it('stays as it was announced at the announced rate', () => {
    expect(at('0.145').toString()).toBe('0.18');
  });

  it('falls with the rate, and counts the fee', () => {
    const [low, high] = [at('0.08'), at('0.12')];
    expect(low.lessThan(high)).toBe(true);
    // Without the fee, 12 % in monthly parts is 12.68 % a year.
    expect(high.greaterThan('0.1268')).toBe(true);
    expect(high.lessThan('0.16')).toBe(true);
  });

  it('is never above what was announced', () => {
    expect(at('0.1449', { apr: rate('0.15') }).toString()).toBe('0.15');
  });

  it.each(['annuity', 'equal-principal', 'interest-only', 'bullet'] as const)(
    'is known for every plan: %s',
    (repayment) => {
      expect(at('0.1', { repayment }).greaterThan('0.1')).toBe(true);
    },
  );
});

describe('the borrowers’ side of the rate book', () => {
  it.each([
    {
      what: 'what a loan still takes, in whole units',
      loan: {},
      room: '570.00',
      amounts: ['500.00'],
    },
    { what: 'nothing of a loan that is nearly full', loan: {}, room: '90.00', amounts: [] },
    {
      what: 'nothing of a loan of larger tickets',
      loan: { ticket: '250.00' },
      room: '1000.00',
      amounts: [],
    },
    {
      what: 'nothing of a loan of odd steps',
      loan: { step: '30.00', amount: '900.00', ticket: '90.00' },
      room: '900.00',
      amounts: [],
    },
  ])('has $what', ({ loan, room, amounts }) => {
    const one = { id: 'off_1' as Id<'off'>, terms: terms(loan), roomMinor: eur(room).minor };
    const orders = borrowOrders([one], bookUnit('EUR'));
    expect(orders.map(({ amount }) => amount.toDecimalString())).toEqual(amounts);
    for (const order of orders) {
      expect(order).toMatchObject({ side: 'borrow', termMonths: 24, window: 0 });
    }
  });
});
