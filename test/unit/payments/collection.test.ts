import { calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS } from '../../../src/kernel/clock';
import { Money } from '../../../src/kernel/money';
import type { EntryNo } from '../../../src/modules/ledger';
import {
  cancelCollection,
  confirmCollection,
  instructCollection,
  rejectCollection,
  requestCollection,
  unbookedAnswer,
  type Collection,
} from '../../../src/modules/payments/collection';
import { ownerAccount, ownerOf } from '../../../src/modules/payments/owner';

const T0 = new Date('2025-03-10T09:00:00Z');

function requested(dueOn: string, timeZone = 'Europe/Berlin'): Collection {
  const order = {
    reference: 'YC-XHWZ-N4KR-4VEZ',
    debitMandateId: 'mdt_01JTVST7XAES5BXHWZN4KR4VEZ',
    amount: Money.parse('10.00', 'EUR'),
    dueOn: calendarDate(dueOn),
    source: 'instalment:1',
  } as const;
  const id = 'col_01JTVST7XAES5BXHWZN4KR4VEZ';
  return requestCollection(order, { id, requestedBy: 'close', now: T0, timeZone });
}

test.each([
  {
    when: 'after the clocks changed is told a day before and drawn on its day, by local time',
    dueOn: '2025-03-31',
    timeZone: 'Europe/Berlin',
    tellAt: '2025-03-29T23:00:00Z',
    notBefore: '2025-03-30T22:00:00Z',
  },
  {
    when: 'weeks ahead in China',
    dueOn: '2025-04-01',
    timeZone: 'Asia/Shanghai',
    tellAt: '2025-03-30T16:00:00Z',
    notBefore: '2025-03-31T16:00:00Z',
  },
  {
    when: 'long ago is told and drawn at once',
    dueOn: '2025-02-01',
    timeZone: 'Europe/Berlin',
    tellAt: '2025-03-10T09:00:00Z',
    notBefore: '2025-03-10T09:00:00Z',
  },
])('what is due $when', ({ dueOn, timeZone, tellAt, notBefore }) => {
  const collection = requested(dueOn, timeZone);
  expect(collection.nextAttemptAt).toEqual(new Date(tellAt));
  expect(collection.notBefore).toEqual(new Date(notBefore));
  expect(collection.expiresAt.getTime() - collection.notBefore.getTime()).toBe(7 * DAY_MS);
});

test('a collection is handed over once, and taken back only before', () => {
  const instructed = instructCollection(requested('2025-04-01'));
  expect(() => instructCollection(instructed)).toThrow('instructed before');
  expect(() => cancelCollection(instructed, T0)).toThrow('cannot be cancelled');
  expect(cancelCollection(requested('2025-04-01'), T0)).toMatchObject({
    status: 'cancelled',
    nextAttemptAt: undefined,
  });
});

test('a collection ends once, and says why it failed', () => {
  const instructed = instructCollection(requested('2025-04-01'));
  const receipt = { custodianRef: 'X', executedAt: T0, entryNo: 1n as EntryNo, at: T0 };
  const confirmed = confirmCollection(instructed, receipt);
  expect(confirmed).toMatchObject({ status: 'confirmed', executedAt: T0 });
  expect(() => rejectCollection(confirmed, 'x', T0)).toThrow('ended before');
  expect(unbookedAnswer(instructed, { state: 'lapsed' }, T0)).toMatchObject({
    status: 'expired',
    reasonCode: 'lapsed',
  });
  const pending = unbookedAnswer(instructed, { state: 'pending', askAgainAt: T0 }, T0);
  expect(pending).toMatchObject({ status: 'instructed', attempts: 0 });
  expect(pending.nextAttemptAt?.getTime()).toBeGreaterThan(T0.getTime());
});

test.each([
  { kind: 'loan', id: 'lon_01JTVST7XAES5BXHWZN4KR4VEZ', path: 'liabilities:loan:%:collections' },
  { kind: 'guarantor', id: 'cov_01JTVST7XAES5BXHWZN4KR4VEZ', path: 'liabilities:guarantor:%:cash' },
  { kind: 'fund', id: 'cov_01JTVST7XAES5BXHWZN4KR4VEZ', path: 'liabilities:provision-fund:%' },
] as const)('money for a $kind belongs on an account of its own', ({ kind, id, path }) => {
  const account = ownerAccount(ownerOf(kind, id), 'EUR');
  expect(account.path).toBe(path.replace('%', id));
  expect(() => ownerOf(kind, 'inv_01JTVST7XAES5BXHWZN4KR4VEZ')).toThrow(`is no ${kind}`);
});
