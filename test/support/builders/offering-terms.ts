import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { OfferingTerms } from '../../../src/modules/offerings';

/** Terms that make sense: 100,000 to 250,000 USD in shares of 2.50, open for sixty days. */
export function someTerms(changes: Partial<OfferingTerms> = {}): OfferingTerms {
  const usd = (amount: string) => Money.parse(amount, 'USD');
  return {
    title: 'Lantern Robotics',
    summary: 'Ordinary shares in a maker of warehouse robots.',
    instrument: { kind: 'ordinary-shares', className: 'Ordinary' },
    currency: 'USD',
    price: rate('2.50000'),
    target: usd('100000.00'),
    maximum: usd('250000.00'),
    orderLimit: usd('300000.00'),
    minimumTicket: usd('100.00'),
    allocation: { method: 'pro-rata' },
    closesAt: new Date('2025-05-01T16:00:00Z'),
    feeRate: rate('0.05'),
    isAllOrNothing: true,
    ...changes,
  };
}
