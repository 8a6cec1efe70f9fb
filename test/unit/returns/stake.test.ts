import * as fc from 'fast-check';
import { addDays, type CalendarDate } from '../../../src/kernel/calendar-date';
import { rateText } from '../../../src/kernel/rate';
import { figuresOf } from '../../../src/modules/returns/figure';
import { divideHalfEven, quotient } from '../../../src/modules/returns/quotient';
import { outcomeOf, type Stake, type StakeEvent } from '../../../src/modules/returns/stake';
import { Tally } from '../../../src/modules/returns/tally';

const START = '2025-01-01' as CalendarDate;
const AT = new Date('2025-01-01T12:00:00Z');
const after = (days: number): CalendarDate => addDays(START, days);

function stake(changes: Partial<Stake> = {}): Stake {
  return {
    loanId: 'lon_01JTVST7XAES5BXHWZN4KR4VEZ',
    grade: 'B',
    termMonths: 12,
    paidOn: START,
    paid: 100_000n,
    accruedPaid: 0n,
    disbursedOn: START,
    startsOn: START,
    principal: 100_000n,
    isInDefault: false,
    events: [],
    ...changes,
  };
}

function event(day: number, changes: Partial<StakeEvent> = {}): StakeEvent {
  const principal = changes.principal ?? 0n;
  return {
    kind: 'instalment',
    ref: String(day),
    on: after(day),
    recordedAt: AT,
    principal,
    price: principal,
    interest: 0n,
    late: 0n,
    fees: 0n,
    ...changes,
  };
}

function figures(stakes: readonly Stake[], asOf: CalendarDate): Record<string, string | undefined> {
  const tally = new Tally();
  for (const each of stakes) tally.add(each, outcomeOf(each, asOf), asOf);
  const found = figuresOf(tally, { asOf, currency: 'EUR', idleDays: 0n });
  return Object.fromEntries(
    found.map(({ formula, value, reason }) => [formula, value ? rateText(value, 6) : reason]),
  );
}

const NET = 'net-annual-return/1';
const ADJUSTED = 'loss-adjusted-return/1';

describe('a stake that is repaid as agreed', () => {
  const lived = stake({
    events: [
      event(73, { principal: 50_000n, interest: 1_000n, fees: 100n }),
      event(146, { principal: 50_000n, interest: 500n }),
    ],
  });

  it('earns its interest on what was lent each day', () => {
    // 100000 for 73 days and 50000 for 73: 10950000 balance-days; 365 * 1400 of them.
    const outcome = outcomeOf(lived, after(146));
    expect(outcome).toMatchObject({ interest: 1_500n, fees: 100n, gains: 0n, carrying: 0n });
    expect(outcome.balanceDays).toBe(10_950_000n);
    expect(figures([lived], after(146))).toMatchObject({
      'gross-yield/1': '0.050000',
      'fee-rate/1': '0.003333',
      'realised-loss-rate/1': '0.000000',
      [NET]: '0.046667',
      [ADJUSTED]: '0.046667',
      'default-rate/1': '0.000000',
      'cash-drag/1': '0.000000',
    });
  });

  it('is seen as it stood on any earlier day', () => {
    expect(outcomeOf(lived, after(72))).toMatchObject({ interest: 0n, carrying: 100_000n });
    expect(outcomeOf(lived, after(73))).toMatchObject({ interest: 1_000n, carrying: 50_000n });
  });

  it('has the yearly rate of a whole year for its money-weighted return', () => {
    const bullet = stake({ events: [event(365, { principal: 100_000n, interest: 8_000n })] });
    expect(figures([bullet], after(365))).toMatchObject({
      'xirr/1': '0.080000',
      [NET]: '0.080000',
    });
  });
});

describe('a stake that goes bad', () => {
  const bad = { defaultedOn: after(100), isInDefault: true };

  it('counts as lost in the adjusted return while it is in default', () => {
    const shown = figures([stake(bad)], after(100));
    expect(shown).toMatchObject({ [NET]: '0.000000', [ADJUSTED]: '-3.650000' });
    expect(shown).toMatchObject({ 'default-rate/1': '1.000000', 'xirr/1': 'one-sided' });
  });

  it('is a loss once written off, and no balance after; what comes later is a recovery', () => {
    const lost = stake({
      ...bad,
      writtenOffOn: after(100),
      events: [
        event(100, { principal: 20_000n }),
        event(200, { principal: 30_000n, interest: 1n }),
      ],
    });
    expect(outcomeOf(lost, after(300))).toMatchObject({
      losses: 80_000n,
      recoveries: 30_000n,
      gains: 0n,
      interest: 1n,
      carrying: 0n,
      doubtful: 0n,
      balanceDays: 10_000_000n,
    });
  });

  it('is no default of who sold it before', () => {
    const sale = event(99, { kind: 'sale', principal: 100_000n, price: 90_000n });
    expect(outcomeOf(stake({ ...bad, events: [sale] }), after(200)).isDefaulted).toBe(false);
    const late = event(101, { kind: 'sale', principal: 100_000n, price: 90_000n });
    expect(outcomeOf(stake({ ...bad, events: [late] }), after(200)).isDefaulted).toBe(true);
  });
});

describe('a stake that is traded', () => {
  it('is carried at its price, and gains as principal comes back at par', () => {
    const cheap = stake({
      paid: 95_000n,
      accruedPaid: 300n,
      events: [event(50, { principal: 40_000n })],
    });
    const outcome = outcomeOf(cheap, after(50));
    expect(outcome).toMatchObject({ interest: -300n, gains: 2_000n, carrying: 57_000n });
    expect(outcome.flows).toEqual([
      { on: START, amount: -95_300n },
      { on: after(50), amount: 40_000n },
    ]);
  });

  it('leaves its seller what the price is beyond what it was carried at, less the fee', () => {
    const sale = event(50, {
      kind: 'sale',
      principal: 30_000n,
      price: 29_000n,
      interest: 100n,
      fees: 145n,
    });
    expect(outcomeOf(stake({ events: [sale] }), after(60))).toMatchObject({
      gains: -1_000n,
      interest: 100n,
      fees: 145n,
      carrying: 70_000n,
    });
  });
});

describe('money that waits', () => {
  it('is no balance before the loan is paid out, and comes back when it never is', () => {
    const waiting = stake({ disbursedOn: undefined, startsOn: undefined });
    expect(outcomeOf(waiting, after(10))).toMatchObject({
      waiting: 100_000n,
      waitingDays: 1_000_000n,
    });
    const refunded = outcomeOf({ ...waiting, refundedOn: after(7) }, after(10));
    expect(refunded).toMatchObject({ waiting: 0n, waitingDays: 700_000n, balanceDays: 0n });
    expect(refunded.flows.at(-1)).toEqual({ on: after(7), amount: 100_000n });
    expect(figures([waiting], after(10))).toMatchObject({
      [NET]: 'nothing-outstanding',
      'default-rate/1': 'no-loans',
      'cash-drag/1': '1.000000',
    });
  });

  it('has no figure at all where there is nothing', () => {
    expect(new Set(Object.values(figures([], START)))).toEqual(
      new Set(['nothing-outstanding', 'one-sided', 'no-loans', 'no-money']),
    );
  });
});

const lives = fc
  .array(
    fc.record({
      day: fc.integer({ min: 1, max: 700 }),
      principal: fc.bigInt({ min: 0n, max: 9_000n }),
      interest: fc.bigInt({ min: 0n, max: 900n }),
      fees: fc.bigInt({ min: 0n, max: 90n }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((rows) =>
    rows
      .toSorted((a, b) => a.day - b.day)
      .map(({ day, ...amounts }) => event(day, { ...amounts, price: amounts.principal })),
  );

describe('whatever happens', () => {
  it('returns do not depend on how much was lent', () => {
    fc.assert(
      fc.property(lives, fc.bigInt({ min: 2n, max: 1_000n }), (events, times) => {
        const scaled = events.map((each) => ({
          ...each,
          principal: each.principal * times,
          price: each.price * times,
          interest: each.interest * times,
          fees: each.fees * times,
        }));
        const large = stake({
          paid: 100_000n * times,
          principal: 100_000n * times,
          events: scaled,
        });
        expect(figures([large], after(800))).toEqual(figures([stake({ events })], after(800)));
      }),
    );
  });

  it('two halves return what the whole does', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const whole = stake({ events });
        expect(figures([whole, whole], after(800))).toEqual(figures([whole], after(800)));
      }),
    );
  });

  it('the adjusted return is the net one without default, and never above it', () => {
    fc.assert(
      fc.property(lives, fc.boolean(), (events, isInDefault) => {
        const shown = figures([stake({ events, isInDefault })], after(800));
        const difference = Number(shown[NET]) - Number(shown[ADJUSTED]);
        expect(difference > 0).toBe(
          isInDefault && outcomeOf(stake({ events }), after(800)).carrying > 0n,
        );
      }),
    );
  });

  it('a payment that is taken back leaves everything but time as it was', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 701, max: 750 }), (events, day) => {
        const mirrored = events.map((each) => ({
          ...event(day),
          kind: 'reversal',
          principal: -each.principal,
          price: -each.price,
          interest: -each.interest,
          fees: -each.fees,
        }));
        const outcome = outcomeOf(stake({ events: [...events, ...mirrored] }), after(800));
        expect(outcome).toMatchObject({ interest: 0n, fees: 0n, gains: 0n, carrying: 100_000n });
      }),
    );
  });

  it('what was earned is what came in beyond what went out', () => {
    fc.assert(
      fc.property(lives, fc.bigInt({ min: 50_000n, max: 120_000n }), (events, paid) => {
        const { interest, fees, gains, carrying, flows } = outcomeOf(
          stake({ paid, events }),
          after(800),
        );
        const net = flows.reduce((sum, { amount }) => sum + amount, 0n);
        expect(interest + gains - fees).toBe(net + carrying);
      }),
    );
  });

  it('the longer the same money is out, the less it returns a year', () => {
    const after100 = stake({ events: [event(100, { principal: 100_000n, interest: 500n })] });
    const after200 = stake({ events: [event(200, { principal: 100_000n, interest: 500n })] });
    expect(figures([after100], after(300))[NET]).toBe('0.018250');
    expect(figures([after200], after(300))[NET]).toBe('0.009125');
  });
});

describe('rounding', () => {
  test.each([
    { numerator: 5n, denominator: 2n, whole: 2n },
    { numerator: 7n, denominator: 2n, whole: 4n },
    { numerator: -5n, denominator: 2n, whole: -2n },
    { numerator: -7n, denominator: 2n, whole: -4n },
    { numerator: -1n, denominator: 3n, whole: 0n },
    { numerator: 2n, denominator: 3n, whole: 1n },
  ])('$numerator / $denominator is $whole', ({ numerator, denominator, whole }) => {
    expect(divideHalfEven(numerator, denominator)).toBe(whole);
  });

  it('a small negative fraction is no minus zero', () => {
    expect(rateText(quotient(-1n, 10_000_000n), 6)).toBe('0.000000');
    expect(rateText(quotient(-1n, 16n), 6)).toBe('-0.062500');
  });
});
