import fc from 'fast-check';
import { rate, rateText, type Rate } from '../../../src/kernel/rate';
import {
  netPresentValue,
  priceLoan,
  type CostCeiling,
  type PriceTerms,
} from '../../../src/modules/credit/price';
import { REPAYMENTS, type Repayment } from '../../../src/modules/credit/repayment';

/** A plain loan: three years, level payments, no costs before it begins. */
function terms(changes: Partial<PriceTerms> = {}): PriceTerms {
  return {
    termMonths: 36,
    repayment: 'annuity',
    risk: { pd: [{ months: 12, pd: rate('0.04') }], severity: rate('0.6'), recoveryMonths: 12 },
    base: rate('0.03'),
    servicingCost: rate('0.01'),
    originationCost: rate('0'),
    margin: rate('0.02'),
    rateStep: rate('0.0001'),
    whenBound: 'decline',
    leastMargin: rate('0.005'),
    aprAt: (asked) => asked,
    ...changes,
  };
}

const risk = (pd: string, severity = '0.6', recoveryMonths = 12): PriceTerms['risk'] => ({
  pd: [{ months: 12, pd: rate(pd) }],
  severity: rate(severity),
  recoveryMonths,
});

/** Of a bullet the interest waits, so its months are not alike. */
const PAYING_MONTHLY = REPAYMENTS.filter((repayment) => repayment !== 'bullet');

function exact(changes: Partial<PriceTerms> = {}): Rate {
  const price = priceLoan(terms(changes));
  if (price.status !== 'priced') throw new Error('it was refused');
  return price.exactRate;
}

describe('the price of a loan', () => {
  it('is base, cost and margin when nobody fails', () => {
    const price = priceLoan(terms({ risk: risk('0') }));
    expect(price).toMatchObject({ status: 'priced', findings: [] });
    expect(price.rate?.toString()).toBe('0.06');
    expect(price.parts?.expectedLoss.toString()).toBe('0');
  });

  /*
   * With one hazard at every age a loan is worth its balance each month, whatever is paid then, so
   * a month alone gives the rate: (1 + y/12) = (1 + r/12) (1 - h (1 - (1 - LGD) v)).
   */
  it.each(PAYING_MONTHLY.flatMap((repayment) => [1, 6, 12, 60].map((n) => ({ repayment, n }))))(
    'is the one of a single month under one hazard: $repayment over $n months',
    ({ repayment, n }) => {
      const y = 0.06 / 12;
      const hazard = 1 - Math.pow(1 - 0.04, 1 / 12);
      const recovered = 0.4 * Math.pow(1 + y, -12);
      const expected = 12 * ((1 + y) / (1 - hazard * (1 - recovered)) - 1);
      expect(exact({ repayment, termMonths: n }).toNumber()).toBeCloseTo(expected, 12);
    },
  );

  it.each([1, 12, 36])('of a bullet over %i months is that of its one payment', (n) => {
    const y = 0.06 / 12;
    const alive = (1 - 0.04) ** (1 / 12);
    // What comes in, as a + b r: paid at the end, or owed at a default and got back later.
    const weights = Array.from({ length: n }, (_, index) => {
      const month = index + 1;
      const failing = alive ** (month - 1) - alive ** month;
      const back = failing * 0.4 * (1 + y) ** -(month + 12);
      return { month, weight: back + (month === n ? alive ** n * (1 + y) ** -n : 0) };
    });
    const a = weights.reduce((sum, { weight }) => sum + weight, 0);
    const b = weights.reduce((sum, { month, weight }) => sum + (weight * month) / 12, 0);
    expect(exact({ repayment: 'bullet', termMonths: n }).toNumber()).toBeCloseTo((1 - a) / b, 12);
  });

  it('has parts that are the rate to the last digit, in steps above the exact rate', () => {
    const price = priceLoan(terms({ originationCost: rate('0.015') }));
    if (price.status !== 'priced') throw new Error('it was refused');
    const { base, expectedLoss, cost, margin, rounding } = price.parts;
    const whole = base.plus(expectedLoss).plus(cost).plus(margin).plus(rounding);
    expect(rateText(whole)).toBe(rateText(price.rate));
    expect(price.rate.gte(price.exactRate)).toBe(true);
    expect(price.rate.minus(price.exactRate).lt('0.0001')).toBe(true);
    expect(price.rate.times(10_000).isInteger()).toBe(true);
    expect(cost.gt('0.01')).toBe(true);
  });

  const anything = fc.record({
    termMonths: fc.integer({ min: 1, max: 84 }),
    repayment: fc.constantFrom<Repayment>(...REPAYMENTS),
    pd: fc.integer({ min: 0, max: 4_000 }),
    severity: fc.integer({ min: 0, max: 100 }),
    recoveryMonths: fc.integer({ min: 0, max: 36 }),
    base: fc.integer({ min: 0, max: 1_500 }),
    margin: fc.integer({ min: 0, max: 800 }),
    originationCost: fc.integer({ min: 0, max: 500 }),
  });
  const bp = (points: number): Rate => rate(String(points)).div(10_000);
  const termsOf = (drawn: {
    readonly termMonths: number;
    readonly repayment: Repayment;
    readonly pd: number;
    readonly severity: number;
    readonly recoveryMonths: number;
    readonly base: number;
    readonly margin: number;
    readonly originationCost: number;
  }): PriceTerms =>
    terms({
      termMonths: drawn.termMonths,
      repayment: drawn.repayment,
      risk: {
        pd: [{ months: 12, pd: bp(drawn.pd) }],
        severity: rate(String(drawn.severity)).div(100),
        recoveryMonths: drawn.recoveryMonths,
      },
      base: bp(drawn.base),
      margin: bp(drawn.margin),
      originationCost: bp(drawn.originationCost),
    });

  it('is worth what is lent: priced again, a billion is within a cent', () => {
    fc.assert(
      fc.property(anything, (drawn) => {
        const asked = termsOf(drawn);
        const price = priceLoan(asked);
        if (price.status !== 'priced') return;
        const cents = netPresentValue(asked, price.exactRate).times('100000000000');
        expect(cents.abs().lt(1)).toBe(true);
        expect(netPresentValue(asked, price.rate).gte('-0.0000000000000001')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('never falls when the risk, the loss, the margin or the base rises', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 500 }), (drawn, more) => {
        const price = priceLoan(termsOf(drawn));
        const dearer = [
          { ...drawn, pd: drawn.pd + more },
          { ...drawn, severity: Math.min(100, drawn.severity + more) },
          { ...drawn, margin: drawn.margin + more },
          { ...drawn, base: drawn.base + more },
          { ...drawn, originationCost: drawn.originationCost + more },
        ].map((each) => priceLoan(termsOf(each)));
        if (price.status !== 'priced') return;
        for (const each of dearer) {
          if (each.status === 'priced')
            expect(each.exactRate.gte(price.exactRate.minus('1e-11'))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each(REPAYMENTS)('never falls with the tenor where hazards rise: %s', (repayment) => {
    const rising = [
      { months: 12, pd: rate('0.03') },
      { months: 24, pd: rate('0.07') },
      { months: 36, pd: rate('0.12') },
      { months: 60, pd: rate('0.25') },
    ];
    const tenors = [3, 6, 12, 18, 24, 36, 48, 60, 72];
    const rates = tenors.map((termMonths) =>
      exact({ termMonths, repayment, risk: { ...risk('0.03'), pd: rising } }).toNumber(),
    );
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(rates.at(-1)).toBeGreaterThan(rates[0] ?? 1);
  });

  it('is refused where no rate makes up for the losses', () => {
    const price = priceLoan(terms({ risk: risk('1', '1'), termMonths: 12 }));
    expect(price).toMatchObject({ status: 'refused', findings: [{ rule: 'no-rate' }] });
    expect(price.rate).toBeUndefined();
  });
});

describe('a ceiling', () => {
  const ceiling = (limit: string, measure: CostCeiling['measure'] = 'apr'): CostCeiling => ({
    measure,
    limit: rate(limit),
    rule: 'cost-ceiling',
    citation: 'a law',
    rulebook: 'a-rulebook',
    effectiveFrom: '2020-08-20',
  });
  /** Fees make the cost two points more than the rate. */
  const aprAt = (asked: Rate): Rate => asked.plus('0.02');

  it('that is not reached changes nothing', () => {
    const free = priceLoan(terms({ aprAt }));
    const under = priceLoan(terms({ aprAt, ceiling: ceiling('0.36') }));
    expect(JSON.stringify(under)).toBe(JSON.stringify(free));
  });

  it('that is reached to the digit is not passed', () => {
    const { rate: asked } = priceLoan(terms({ aprAt }));
    const exactly = ceiling(rateText(asked?.plus('0.02') ?? rate('0')));
    expect(priceLoan(terms({ aprAt, ceiling: exactly })).status).toBe('priced');
  });

  it.each([
    { measure: 'apr', limit: '0.07', observed: /^0\.1/ },
    { measure: 'interest-rate', limit: '0.07', observed: /^0\.08/ },
  ] as const)('on the $measure refuses the loan and says so', ({ measure, limit, observed }) => {
    const price = priceLoan(terms({ aprAt, ceiling: ceiling(limit, measure) }));
    expect(price).toMatchObject({
      status: 'refused',
      findings: [
        {
          rule: 'cost-ceiling',
          citation: 'a law',
          rulebook: 'a-rulebook',
          effectiveFrom: '2020-08-20',
          limit,
          observed: expect.stringMatching(observed),
        },
      ],
    });
  });

  it('has the margin cut as far as it must, in whole steps, and says so', () => {
    const asked = priceLoan(terms({ aprAt }));
    const limit = asked.apr?.minus('0.01005') ?? rate('0');
    const price = priceLoan(
      terms({ aprAt, ceiling: ceiling(rateText(limit)), whenBound: 'cut-margin' }),
    );
    if (price.status !== 'priced') throw new Error('it was refused');
    expect(price.rate.plus('0.0101').eq(asked.rate ?? 0)).toBe(true);
    expect(price.apr.lte(limit)).toBe(true);
    expect(price.findings.map(({ rule }) => rule)).toEqual(['cost-ceiling', 'margin-cut']);
    const { base, expectedLoss, cost, margin, rounding } = price.parts;
    const whole = base.plus(expectedLoss).plus(cost).plus(margin).plus(rounding);
    expect(whole.eq(price.rate)).toBe(true);
    expect(margin.lt('0.01')).toBe(true);
  });

  it('that leaves lenders less than the least margin refuses the loan', () => {
    const asked = priceLoan(terms({ aprAt }));
    const limit = rateText(asked.apr?.minus('0.0160') ?? rate('0'));
    const price = priceLoan(terms({ aprAt, ceiling: ceiling(limit), whenBound: 'cut-margin' }));
    expect(price.status).toBe('refused');
    expect(price.findings.map(({ rule }) => rule)).toEqual(['cost-ceiling', 'least-margin']);
  });

  it('below the fees alone refuses at any rate', () => {
    const price = priceLoan(
      terms({ aprAt, ceiling: ceiling('0.01'), whenBound: 'cut-margin', leastMargin: rate('0') }),
    );
    expect(price.status).toBe('refused');
  });
});
