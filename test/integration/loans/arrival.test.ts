import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { payingWorld, type PayingWorld } from '../../support/paying-world';

let world: PayingWorld;

beforeEach(async () => {
  world = await payingWorld();
});
afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

/** The day on which the first instalment was paid, which falls due on 3 April. */
async function paidOn(
  days: { readonly closed: readonly string[]; readonly received: string; readonly today: string },
  amount = '5000.00',
) {
  const serviced = await world.active({ parts: ['30000.00'] });
  for (const day of days.closed) {
    world.until(day);
    await world.closeDay(day);
  }
  const today = world.until(days.today);
  await world.collect(serviced.loan, amount);
  const receivedOn = days.received as CalendarDate;
  for (const _ of ['once', 'twice']) {
    await world.write((tx) => world.payments.arrived(tx, serviced.loan.id, { receivedOn, today }));
  }
  const { loan } = await world.look(serviced);
  const [first] = await world.schedule(serviced);
  return [loan.lastPaymentNo, first?.paidOn];
}

describe('money that arrives', () => {
  it('before anything is due waits', async () => {
    const day = '2025-03-20';
    expect(await paidOn({ closed: [], received: day, today: day })).toEqual([0, undefined]);
  });

  it('on the due day waits for the evening', async () => {
    const day = '2025-04-03';
    expect(await paidOn({ closed: [], received: day, today: day })).toEqual([0, undefined]);
  });
});

describe('money that misses an evening is applied at once', () => {
  it.each`
    received        | today           | counts          | which
    ${'2025-04-03'} | ${'2025-04-03'} | ${'2025-04-03'} | ${'after the close of the due day'}
    ${'2025-04-03'} | ${'2025-04-04'} | ${'2025-04-03'} | ${'told of a day later'}
    ${'2025-03-28'} | ${'2025-04-04'} | ${'2025-04-03'} | ${'found in suspense, sent before it was due'}
    ${'2025-04-06'} | ${'2025-04-06'} | ${'2025-04-06'} | ${'sent late'}
  `('and counts on $counts: $which', async ({ received, today, counts }) => {
    const days = { closed: ['2025-04-03'], received: String(received), today: String(today) };
    expect(await paidOn(days)).toEqual([1, counts]);
  });
});
