import { subscriptionProblem } from '../../../src/modules/subscriptions';
import type { Opened } from '../../../src/modules/subscriptions';
import { groupOrders } from '../../../src/modules/subscriptions/order-batch';
import { repeatedOutcome, sortRepeats } from '../../../src/modules/subscriptions/repeats';
import { requestKeyOf } from '../../../src/modules/subscriptions/request-key';
import { aCandidate, anOrder } from '../../support/orders';

describe('sorting repeats out of a batch', () => {
  it('decides each key once, and only the orders of the first one’s operator', () => {
    const [a, b, elsewhere] = [anOrder(), anOrder(), anOrder({ operatorId: 2 })];
    const again = { ...a };
    const { distinct, repeats } = sortRepeats([a, elsewhere, b, again]);
    expect(distinct).toEqual([a, b]);
    expect([...repeats]).toEqual([[again, a]]);
  });

  it('has nothing to sort in nothing', () => {
    expect(sortRepeats([]).distinct).toEqual([]);
  });
});

describe('the answer to a repeated request', () => {
  const first = anOrder();
  const same = { ...first };
  const other = { ...first, requestHash: '00000000-0000-4000-8000-999999999999' };
  const value = { isReplay: false } as Opened;
  const refusal = { ok: false, error: subscriptionProblem('offering-full') } as const;

  it.each([
    {
      what: 'the same again',
      order: same,
      outcome: { ok: true, value } as const,
      told: { ok: true, value: { isReplay: true } },
    },
    { what: 'the same refusal', order: same, outcome: refusal, told: refusal },
    {
      what: 'a decision of its own after a refusal',
      order: other,
      outcome: refusal,
      told: undefined,
    },
    {
      what: 'nothing before the first was decided',
      order: same,
      outcome: undefined,
      told: undefined,
    },
  ])('is $what', ({ order, outcome, told }) => {
    expect(repeatedOutcome(order, first, outcome)).toEqual(told);
  });

  it('is that the key was used, for another request', () => {
    expect(repeatedOutcome(other, first, { ok: true, value })).toMatchObject({
      ok: false,
      error: { code: 'subscriptions.key-reused' },
    });
  });
});

describe('orders under one cap with different ceilings', () => {
  const order = (ceilingMinor: bigint) =>
    aCandidate({
      investor: 'P1',
      offering: 'A',
      account: 1n,
      amountMinor: 100n,
      caps: [{ rule: 'annual', ceilingMinor }],
    });

  it.each([
    { what: 'hoped to fit: the lowest counts', isDecided: false, ceiling: 150n },
    { what: 'decided one by one: the highest counts', isDecided: true, ceiling: 900n },
  ])('are $what', ({ isDecided, ceiling }) => {
    const ceilings = [150n, 900n, 300n].map(order);
    expect(groupOrders(ceilings, isDecided).caps).toMatchObject([{ ceilingMinor: ceiling }]);
  });
});

describe('the key of a request', () => {
  it('is a UUID of caller and key, different for each of them', () => {
    const keys = [
      requestKeyOf('usr_a', 'one'),
      requestKeyOf('usr_a', 'two'),
      requestKeyOf('usr_b', 'one'),
    ];
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
