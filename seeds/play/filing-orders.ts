import { DAY_MS } from '../../src/kernel/clock';
import { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import type { Investor } from '../people';
import type { PlayScene } from './act';
import type { FilingRound } from './filing-round';
import { refusalOf } from './narrator';

/** Investors of both tiers come, within their caps, until more is asked for than may be taken. */
export function filedOrderScenes(round: FilingRound): readonly PlayScene[] {
  return [
    { title: 'Investors of both tiers subscribe', play: () => subscribe(round) },
    { title: 'What the rules say to some of them', play: () => refuse(round) },
    { title: 'More is asked for than may be accepted', play: () => oversubscribe(round) },
  ];
}

/** Means and, in minimum tickets, how much is ordered. Nobody here may pass their cap. */
const SMALL: readonly {
  readonly income: string;
  readonly worth: string;
  readonly tickets: bigint;
}[] = [
  { income: '31000.00', worth: '20000.00', tickets: 2n },
  { income: '58000.00', worth: '42000.00', tickets: 5n },
  { income: '74000.00', worth: '90000.00', tickets: 8n },
  { income: '39000.00', worth: '15000.00', tickets: 3n },
  { income: '131000.00', worth: '160000.00', tickets: 12n },
  { income: '48000.00', worth: '27000.00', tickets: 1n },
];

/** How the accredited share in what is ordered, in percent; the first four come first. */
const LARGE = ['14', '6', '9', '11', '5', '8', '10', '7', '12', '4', '8', '6'];
const EARLY = 4;

/** Ordered in all, as a part of the maximum: more than may be accepted, less than may be ordered. */
const DEMAND = rate('1.18');

async function subscribe(round: FilingRound): Promise<void> {
  const { tell, world } = round;
  const { minimumTicket } = await round.terms();
  const accredited = await accreditedTickets(round);
  const rows: string[][] = [];
  for (const amount of accredited.slice(0, EARLY)) rows.push(await accreditedOrder(round, amount));
  await world.moveBy(DAY_MS);
  for (const { income, worth, tickets } of SMALL) {
    const means = { annualIncome: round.house.money(income), netWorth: round.house.money(worth) };
    const amount = times(minimumTicket, tickets);
    const cash = amount.plus(round.house.money('3000.00'));
    const investor = await round.joins('non-accredited', cash, { means });
    rows.push(await order(round, investor, amount));
  }
  tell.table(['investor', 'tier', 'asked', 'taken', 'left of the cap'], rows);
  tell.say(
    'The accredited are bound by no limit (17 CFR 227.100(a)(2)); for the others each order is ' +
      'counted with all they bought in twelve months, and the answer says what is left.',
  );
}

async function refuse(round: FilingRound): Promise<void> {
  const { tell, house, offering } = round;
  const small = round.participants.filter(({ tier }) => tier === 'non-accredited');
  const [modest, other, third] = small.map(({ investor }) => investor);
  if (!modest || !other || !third) return;
  tell.refused(
    `${modest.name}, with an income of 31,000, asks for 2,600 more`,
    await house.refused(modest, offering, '2600.00'),
  );
  const { minimumTicket } = await round.terms();
  const ticket = minimumTicket.toDecimalString();
  tell.refused(
    `${other.name} has not read the filing`,
    await house.refused(other, offering, { amount: ticket, documents: [] }),
  );
  const poor = await round.joins('non-accredited', round.house.money('50.00'));
  tell.refused(`${poor.name} has 50.00`, await house.refused(poor, offering, ticket));
  const own = await house.latestSubscription(third);
  await house.revoke(third, own.id);
  tell.done(`${third.name} cancels: nothing asked, nothing charged, ${own.amount} free again.`);
  await round.world.moveBy(10 * DAY_MS);
}

async function oversubscribe(round: FilingRound): Promise<void> {
  const { tell, house, world, offering } = round;
  const accredited = await accreditedTickets(round);
  const rows: string[][] = [];
  for (const amount of accredited.slice(EARLY)) rows.push(await accreditedOrder(round, amount));
  tell.table(['investor', 'tier', 'asked', 'taken', 'left of the cap'], rows);
  const { orderLimit, closesAt } = await round.terms();
  const book = await house.read((db) => world.services.offerings.findBook(db, offering));
  const tooMuch = orderLimit.minus(book?.committed ?? orderLimit).plus(house.money('1000.00'));
  const late = await round.joins('accredited', tooMuch);
  tell.refused(
    `${late.name} asks for ${tooMuch}, more than the waiting list has room for`,
    await refusalOf(house.subscribe(late, offering, tooMuch.toDecimalString())),
  );
  await preview(round);
  await world.moveTo(closesAt);
}

/** What each method would do with the orders as they stand, before anything is decided. */
async function preview({ tell, house, world, offering }: FilingRound): Promise<void> {
  const found = await house.read((db) => world.services.previews.preview(db, offering));
  tell.say(
    `${found.orders} orders for ${found.committed}; the maximum is ${found.maximum}. A dry run ` +
      `of the allocation (these terms: ${found.method}):`,
  );
  tell.table(
    ['method', 'raised', 'residue', 'in full', 'scaled back', 'nothing'],
    found.methods.map(({ method, allocation, servedInFull, scaledBack, unserved }) => [
      method,
      allocation.raised.toString(),
      allocation.residue.toString(),
      String(servedInFull),
      String(scaledBack),
      String(unserved),
    ]),
  );
}

/** What the accredited order: all that is still wanted, by their parts, whatever the others took. */
async function accreditedTickets(round: FilingRound): Promise<readonly Money[]> {
  const { maximum, orderLimit, minimumTicket } = await round.terms();
  const small = SMALL.reduce((sum, { tickets }) => sum + tickets, 0n);
  const all = maximum.times(DEMAND, 'floor').atMost(orderLimit);
  const wanted = all.minus(times(minimumTicket, small)).atLeast(minimumTicket);
  return LARGE.map((part) =>
    wanted.times(rate(part).dividedBy(100), 'floor').atLeast(minimumTicket),
  );
}

async function accreditedOrder(round: FilingRound, amount: Money): Promise<string[]> {
  const cash = amount.plus(round.house.money('25.00'));
  const investor = await round.joins('accredited', cash);
  return order(round, investor, amount);
}

async function order(round: FilingRound, investor: Investor, amount: Money): Promise<string[]> {
  const { house, offering } = round;
  const { subscription, caps } = await house.subscribe(
    investor,
    offering,
    amount.toDecimalString(),
  );
  const { tier } = round.participant(investor.id);
  const left = caps.map((cap) => cap.left.toString()).join(', ');
  return [
    investor.name,
    tier,
    amount.toString(),
    subscription.amount.toString(),
    left || 'no limit',
  ];
}

function times(amount: Money, count: bigint): Money {
  return Money.ofMinor(amount.minor * count, amount.currency);
}
