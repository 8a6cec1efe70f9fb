import type { HoldNo } from '../../../src/modules/ledger';
import {
  acknowledgementBits,
  acknowledgementsOf,
  isOpen,
  NEXT,
  reconfirmSubscription,
  revokeSubscription,
  type Subscription,
  type SubscriptionStatus,
} from '../../../src/modules/subscriptions/subscription';
import { NOW, usd } from '../../support/orders';

const later = (ms: number): Date => new Date(NOW.getTime() + ms);

function aSubscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    id: 'sub_01AAAAAAAAAAAAAAAAAAAAAAAA',
    offeringId: 'off_01AAAAAAAAAAAAAAAAAAAAAAAA',
    investorId: 'inv_01AAAAAAAAAAAAAAAAAAAAAAAA',
    orderNo: 1n,
    holdNo: 1n as HoldNo,
    amount: usd('100.00'),
    units: 100n,
    status: 'reflecting',
    openedAt: NOW,
    revocableUntil: later(1000),
    requestHash: '',
    offeringVersion: 1,
    profileVersion: 1,
    rulebookNo: 1,
    acknowledged: {},
    capRows: [],
    capsUsed: [],
    capsCeiling: [],
    reconfirmBy: undefined,
    allocatedUnits: undefined,
    resolvedAt: undefined,
    ...changes,
  };
}

describe('revoking a subscription', () => {
  it('is free until the instant the reflection period ends', () => {
    const revoked = revokeSubscription(aSubscription(), later(999));
    expect(revoked).toMatchObject({ status: 'revoked', resolvedAt: later(999) });
  });

  it('is refused at that instant', () => {
    expect(() => revokeSubscription(aSubscription(), later(1000))).toThrow(/reflection-over/);
  });

  it('is free again while a material change waits for a word', () => {
    const waiting = aSubscription({ status: 'binding', reconfirmBy: later(9000) });
    expect(revokeSubscription(waiting, later(5000)).reconfirmBy).toBeUndefined();
  });

  it.each<{ readonly status: SubscriptionStatus }>([
    { status: 'settled' },
    { status: 'revoked' },
    { status: 'released' },
  ])('from $status is refused', ({ status }) => {
    expect(() => revokeSubscription(aSubscription({ status }), NOW)).toThrow(/not-open/);
  });
});

describe('reconfirming a subscription', () => {
  it('clears the question', () => {
    const waiting = aSubscription({ reconfirmBy: later(10) });
    expect(reconfirmSubscription(waiting, later(9)).reconfirmBy).toBeUndefined();
  });

  it.each<{ readonly what: string; readonly subscription: Subscription; readonly now: Date }>([
    { what: 'nothing was asked', subscription: aSubscription(), now: NOW },
    {
      what: 'the time is over',
      subscription: aSubscription({ reconfirmBy: later(10) }),
      now: later(10),
    },
    {
      what: 'it is no longer open',
      subscription: aSubscription({ status: 'released', reconfirmBy: later(10) }),
      now: NOW,
    },
  ])('is refused when $what', ({ subscription, now }) => {
    expect(() => reconfirmSubscription(subscription, now)).toThrow(/nothing-to-reconfirm/);
  });
});

describe('a subscription', () => {
  it('is open exactly while it can still go somewhere', () => {
    const open = Object.keys(NEXT).filter((status) =>
      isOpen(aSubscription({ status: status as SubscriptionStatus })),
    );
    expect(open).toEqual(['reflecting', 'binding']);
  });

  it('keeps every acknowledgement in one number', () => {
    const given = { documents: true, riskWarning: false, lossOfAll: true, lossOfProtection: true };
    const read = acknowledgementsOf(acknowledgementBits(given));
    expect(Object.entries(read).filter(([, isGiven]) => isGiven)).toEqual([
      ['documents', true],
      ['lossOfAll', true],
      ['lossOfProtection', true],
    ]);
  });
});
