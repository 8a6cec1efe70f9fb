import { addMonths, calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate, type Rate } from '../../../src/kernel/rate';
import { exposuresOf } from '../../../src/modules/credit/expected-loss';
import { ModelLibrary } from '../../../src/modules/credit/library.service';
import { priceOffer, yearlyCost } from '../../../src/modules/credit/offer';
import { pathOf, REPAYMENTS, type Repayment } from '../../../src/modules/credit/repayment';
import { costCeiling, Rulebooks } from '../../../src/modules/rulebooks';
import {
  aprOf,
  buildSchedule,
  type Repayment as Plan,
  type Schedule,
} from '../../../src/modules/schedules';

const START = calendarDate('2025-01-15');

/** The loan with its dates and cents, as its borrower would be sent it. */
function billOf(loan: {
  readonly principal: Money;
  readonly repayment: Repayment;
  readonly termMonths: number;
  readonly nominalRate: Rate;
}): Schedule {
  const { principal, repayment, termMonths, nominalRate } = loan;
  return buildSchedule({
    principal,
    rate: nominalRate,
    timing: {
      startOn: START,
      frequency: { unit: 'month', every: 1 },
      until:
        repayment === 'bullet'
          ? { maturityOn: addMonths(START, termMonths), stub: 'short-last' }
          : { instalments: termMonths },
    },
    repayment: PLANS[repayment],
    fees: [
      { name: 'origination', charge: { share: rate('0.02'), of: 'principal' }, when: 'upfront' },
    ],
  });
}

const PLANS: Readonly<Record<Repayment, Plan>> = {
  annuity: { kind: 'annuity' },
  'equal-principal': { kind: 'equal-principal' },
  'interest-only': { kind: 'interest-only' },
  bullet: { kind: 'bullet', interest: 'simple' },
};

describe.each(REPAYMENTS)('a loan repaid by %s', (repayment) => {
  const nominalRate = rate('0.12');
  const loan = { repayment, termMonths: 24, nominalRate };
  const principal = Money.parse('10000000.00', 'EUR');
  const bill = billOf({ ...loan, principal });

  it('is priced on the payments its schedule has', () => {
    const due = pathOf(loan).filter(({ paid }) => !paid.isZero());
    expect(due).toHaveLength(bill.instalments.length);
    due.forEach(({ paid }, index) => {
      const billed = bill.instalments[index]?.total.toDecimal() ?? rate('0');
      expect(paid.times(10_000_000).minus(billed).abs().lt('0.2')).toBe(true);
    });
  });

  it.each(['eu', 'us-reg-z'] as const)('costs a year what its schedule says: %s', (aprMethod) => {
    const cost = yearlyCost({ ...loan, currency: 'EUR', aprMethod, fee: rate('0.02') });
    expect(cost.minus(aprOf(bill, aprMethod)).abs().lt('0.0000001')).toBe(true);
  });

  it('owes just before each instalment what its schedule shows then', () => {
    const exposures = exposuresOf({ outstanding: principal, ...bill });
    exposures.forEach(({ owed }, index) => {
      const { total, balance, fees } = bill.instalments[index]!;
      expect(owed.toString()).toBe(total.minus(fees).plus(balance).toString());
    });
  });
});

describe('under the law of the day', () => {
  const { policy, scale } = ModelLibrary.load('compliance').inForce('consumer-instalment', START);
  const models = { policy: policy.value, scale: scale.value };
  const law = Rulebooks.load('compliance/rulebooks').get('cn-p2p');

  function priceOn(at: string, grade: string) {
    const found = costCeiling(law, { at: new Date(at) });
    if (!found) throw new Error('there is a ceiling');
    const terms = { currency: 'CNY', repayment: 'annuity', security: 'none' } as const;
    const { enforceable: limit, citation, effectiveFrom } = found;
    const ceiling = {
      measure: 'apr',
      limit,
      rule: 'cost-ceiling',
      citation,
      effectiveFrom,
    } as const;
    return priceOffer({ ...terms, grade, termMonths: 36, aprMethod: 'eu', ceiling }, models);
  }

  it.each([
    { at: '2020-08-19T12:00:00+08:00', grade: 'G', status: 'priced', rules: [] },
    {
      at: '2020-08-20T12:00:00+08:00',
      grade: 'G',
      status: 'priced',
      rules: ['cost-ceiling', 'margin-cut'],
    },
    {
      at: '2020-08-20T12:00:00+08:00',
      grade: 'H',
      status: 'refused',
      rules: ['cost-ceiling', 'least-margin'],
    },
    { at: '2020-08-20T12:00:00+08:00', grade: 'E', status: 'priced', rules: [] },
  ])('grade $grade is $status on $at', ({ at, grade, status, rules }) => {
    const price = priceOn(at, grade);
    expect([price.status, price.findings.map(({ rule }) => rule)]).toEqual([status, rules]);
  });

  it('says the limit of four times the prime rate, and from when it is', () => {
    const [finding] = priceOn('2020-08-20T12:00:00+08:00', 'H').findings;
    expect(finding).toMatchObject({ limit: '0.154', effectiveFrom: '2020-08-20' });
  });
});
