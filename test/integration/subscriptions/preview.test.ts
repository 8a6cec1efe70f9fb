import { Money } from '../../../src/kernel/money';
import { asPreview } from '../../../src/modules/subscriptions/closing.schema';
import { offeringWorld, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');

let world: OfferingWorld;

beforeEach(async () => {
  world = await offeringWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

async function oversubscribed(method: 'pro-rata' | 'discretionary') {
  const id = await world.published({
    target: usd('1000.00'),
    maximum: usd('2000.00'),
    orderLimit: usd('4000.00'),
    minimumTicket: usd('50.00'),
    allocation: { method },
  });
  for (const amount of ['1500.00', '1500.00']) {
    await world.subscribe(await world.investor('5000.00'), id, amount);
  }
  const preview = await world.read((db) => world.previews.preview(db, id));
  const listed = (method?: 'first-come' | 'pro-rata') =>
    asPreview(preview, { method, limit: 10, after: undefined }).allotments?.items.map(
      ({ orderNo, allocated }) => [orderNo, allocated],
    );
  return { preview, listed };
}

it('a dry run lists what the method of the terms would give, or the one that is asked for', async () => {
  const { listed } = await oversubscribed('pro-rata');
  expect(listed()).toEqual([
    ['1', '400'],
    ['2', '400'],
  ]);
  expect(listed('first-come')).toEqual([
    ['1', '600'],
    ['2', '200'],
  ]);
});

it('where staff decide, a dry run shows both methods and lists nobody’s part unless asked', async () => {
  const { preview, listed } = await oversubscribed('discretionary');
  expect(preview).toMatchObject({ method: 'discretionary', isOversubscribed: true, orders: 2 });
  expect(preview.methods.map(({ method }) => method)).toEqual(['first-come', 'pro-rata']);
  expect(listed()).toEqual([]);
  expect(listed('pro-rata')).toEqual([
    ['1', '400'],
    ['2', '400'],
  ]);
});
