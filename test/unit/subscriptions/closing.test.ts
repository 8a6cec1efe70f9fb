import { Money } from '../../../src/kernel/money';
import type { Finding } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import type { HoldNo } from '../../../src/modules/ledger';
import type { OfferingTerms } from '../../../src/modules/offerings';
import {
  planClosing,
  successFee,
  type ClosingFacts,
  type Commitment,
} from '../../../src/modules/subscriptions/closing';
import { someTerms } from '../../support/builders/offering-terms';

const usd = (amount: string) => Money.parse(amount, 'USD');
const NOW = new Date('2025-05-02T00:00:00Z');
const PAST = new Date('2025-04-29T16:00:00Z');
const LATER = new Date('2025-05-03T00:00:00Z');

const TERMS = someTerms({
  target: usd('1000.00'),
  maximum: usd('2000.00'),
  orderLimit: usd('4000.00'),
});

/** A subscription to so many shares of 2.50. */
function commitment(orderNo: number, units: number, changes: Partial<Commitment> = {}): Commitment {
  const serial = String(orderNo).padStart(26, '0');
  return {
    id: `sub_${serial}`,
    orderNo: BigInt(orderNo),
    investorId: `inv_${serial}`,
    holdNo: BigInt(orderNo) as HoldNo,
    units: BigInt(units),
    amount: Money.ofMinor(BigInt(units) * 250n, 'USD'),
    revocableUntil: PAST,
    reconfirmBy: undefined,
    capRows: [],
    ...changes,
  };
}

function facts(
  changes: Partial<ClosingFacts> = {},
  terms: Partial<OfferingTerms> = {},
): ClosingFacts {
  return {
    now: NOW,
    terms: { ...TERMS, ...terms },
    commitments: [commitment(1, 500), commitment(2, 300)],
    notBefore: undefined,
    hasPendingChanges: false,
    mayDeductFee: true,
    findingsAt: () => [],
    given: undefined,
    ...changes,
  };
}

const finding = (rule: string): Finding => ({ rule, citation: '§', message: 'No.' });

describe('waiting', () => {
  const cases: readonly { code: string; changes: Partial<ClosingFacts> }[] = [
    { code: 'change-pending', changes: { hasPendingChanges: true } },
    { code: 'minimum-open-period', changes: { notBefore: LATER } },
    {
      code: 'reflection-period',
      changes: { commitments: [commitment(1, 500, { revocableUntil: LATER })] },
    },
    {
      code: 'reconfirmation-period',
      changes: { commitments: [commitment(1, 500, { reconfirmBy: LATER })] },
    },
    { code: 'one-more-rule', changes: { findingsAt: () => [finding('one-more-rule')] } },
  ];
  it.each(cases)('says $code', ({ code, changes }) => {
    const plan = planClosing(facts(changes));
    expect(plan).toMatchObject({ outcome: 'wait', reasons: [{ code }] });
  });

  it.each([
    { name: 'the minimum open period', changes: { notBefore: NOW } },
    {
      name: 'the last right to revoke',
      changes: { commitments: [commitment(1, 500, { revocableUntil: NOW })] },
    },
  ])('is over at the instant $name ends', ({ changes }) => {
    expect(planClosing(facts(changes)).outcome).toBe('settle');
  });

  it('asks for an allocation where the terms leave it to discretion', () => {
    const plan = planClosing(facts({}, { allocation: { method: 'discretionary' } }));
    expect(plan).toMatchObject({ outcome: 'wait', code: 'allocation-needed' });
  });
});

describe('failing', () => {
  it('releases everybody when the target is missed by a cent’s worth of shares', () => {
    const plan = planClosing(facts({ commitments: [commitment(1, 399)] }));
    expect(plan).toMatchObject({
      outcome: 'fail',
      released: [{ resolution: 'target-not-reached' }],
    });
  });

  it('tells those who did not reconfirm from those the target let down', () => {
    const commitments = [commitment(1, 500, { reconfirmBy: PAST }), commitment(2, 300)];
    const plan = planClosing(facts({ commitments }));
    expect(plan.outcome === 'fail' && plan.released.map((each) => each.resolution)).toEqual([
      'not-reconfirmed',
      'target-not-reached',
    ]);
  });

  it('happens without any subscription', () => {
    expect(planClosing(facts({ commitments: [] })).outcome).toBe('fail');
    expect(planClosing(facts({ commitments: [] }, { isAllOrNothing: false })).outcome).toBe('fail');
  });

  it('happens where only the law is all-or-nothing', () => {
    const findingsAt: ClosingFacts['findingsAt'] = (committed) =>
      committed.isLessThan(TERMS.target) ? [finding('target-reached')] : [];
    const short = { commitments: [commitment(1, 399)], findingsAt };
    expect(planClosing(facts(short, { isAllOrNothing: false })).outcome).toBe('fail');
  });
});

describe('settling', () => {
  it('keeps what came where neither terms nor law are all-or-nothing', () => {
    const plan = planClosing(
      facts({ commitments: [commitment(1, 100)] }, { isAllOrNothing: false }),
    );
    expect(plan.outcome === 'settle' && plan.allocation.raised.toString()).toBe('250.00 USD');
  });

  it('leaves out who did not reconfirm, and counts them neither as demand nor as success', () => {
    const commitments = [commitment(1, 500, { reconfirmBy: PAST }), commitment(2, 400)];
    const plan = planClosing(facts({ commitments }));
    if (plan.outcome !== 'settle') throw new Error('it settles');
    expect(plan.committed.toString()).toBe('1000.00 USD');
    expect(plan.released.map((each) => each.resolution)).toEqual(['not-reconfirmed']);
  });

  it('releases who was allocated nothing', () => {
    const commitments = [commitment(1, 800), commitment(2, 400)];
    const plan = planClosing(facts({ commitments }, { allocation: { method: 'first-come' } }));
    if (plan.outcome !== 'settle') throw new Error('it settles');
    expect(plan.released).toMatchObject([{ resolution: 'not-allocated' }]);
  });

  it('adds fee and proceeds up to what was raised, to the cent', () => {
    const plan = planClosing(facts({}, { feeRate: rate('0.0333') }));
    if (plan.outcome !== 'settle') throw new Error('it settles');
    expect(plan.fee.plus(plan.proceeds).equals(plan.allocation.raised)).toBe(true);
  });

  it('keeps nothing back where the law wants all that is lent paid out', () => {
    const plan = planClosing(facts({ mayDeductFee: false }, { feeRate: rate('0.0333') }));
    if (plan.outcome !== 'settle') throw new Error(plan.outcome);
    expect(plan.fee.isZero).toBe(true);
    expect(plan.proceeds).toEqual(plan.allocation.raised);
  });

  it('rounds the fee down, in favour of the issuer', () => {
    expect(successFee({ feeRate: rate('0.05') }, usd('0.39')).toString()).toBe('0.01 USD');
  });

  it('takes a discretionary allocation that reaches the target', () => {
    const discretion = { allocation: { method: 'discretionary' as const } };
    const [first] = facts().commitments;
    if (!first) throw new Error('there is one');
    const given = (units: bigint) =>
      planClosing(facts({ given: [{ id: first.id, units }] }, discretion));
    expect(given(400n).outcome).toBe('settle');
    expect(() => given(399n)).toThrow(
      expect.objectContaining({ code: 'subscriptions.invalid-allocation' }),
    );
    const modest = { ...discretion, isAllOrNothing: false };
    expect(planClosing(facts({ given: [{ id: first.id, units: 1n }] }, modest)).outcome).toBe(
      'settle',
    );
    expect(() => planClosing(facts({ given: [] }, modest))).toThrow(
      expect.objectContaining({ code: 'subscriptions.invalid-allocation' }),
    );
  });
});
