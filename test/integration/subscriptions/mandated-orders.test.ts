import type { Id } from '../../../src/kernel/id';
import { must } from '../../../src/kernel/assert';
import { DAY_MS } from '../../../src/kernel/clock';
import {
  DecisionReplay,
  mandatedKey,
  type MandatedOrder,
} from '../../../src/modules/subscriptions';
import { asOpened } from '../../../src/modules/subscriptions/schema';
import { loanWorld, type LoanWorld } from '../../support/loan-world';
import { IN_OPERATOR } from '../../support/offering-world';

let world: LoanWorld;
let offeringId: Id<'off'>;

beforeEach(async () => {
  world = await loanWorld();
  await world.trustDecisions();
  offeringId = (await world.list(world.vetted())).id;
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

async function found(amount: string, changes: Partial<MandatedOrder> = {}) {
  const investorId = changes.investorId ?? (await world.investor('60000.00', 'uncertified'));
  return world.mandated({ offeringId, ...changes, investorId, amount: world.money(amount) });
}

async function place(order: MandatedOrder) {
  const [outcome] = await world.mandatedOrders.submit(IN_OPERATOR, [order]);
  return must(outcome, 'the outcome');
}

async function opened(order: MandatedOrder) {
  const outcome = await place(order);
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

describe('an order that was found by a window', () => {
  it('is given its first answer again after the loan’s deadline, and holds no more money', async () => {
    const order = await found('5000.00');
    const first = await opened(order);
    await world.close(offeringId);
    const again = await opened(order);
    expect(again.isReplay).toBe(true);
    expect(asOpened(again)).toEqual(asOpened(first));
    expect(await world.cash(order.investorId)).toEqual(['55000.00', '5000.00']);
  });

  it('is one for a mandate, a window and a loan: another amount under them is refused', async () => {
    const order = await found('5000.00');
    await opened(order);
    expect(await place({ ...order, amount: world.money('6000.00') })).toMatchObject({
      ok: false,
      error: { code: 'subscriptions.key-reused' },
    });
    // The next window may find the same loan for the same mandate.
    const next = await opened({ ...order, windowId: 'win_2' });
    expect(next.isReplay).toBe(false);
    expect(await world.cash(order.investorId)).toEqual(['50000.00', '10000.00']);
  });

  it('is known by its key once it is opened, and not when it was refused', async () => {
    const [taken, refused] = [await found('5000.00'), await found('60100.00')];
    const { subscription } = await opened(taken);
    expect((await place(refused)).ok).toBe(false);
    const known = await world.read((db) => world.mandatedOrders.listOpened(db, [taken, refused]));
    expect([...known].map(([key, { id }]) => [key, id])).toEqual([
      [mandatedKey(taken), subscription.id],
    ]);
    const ofNone = await world.read((db) => world.mandatedOrders.listOpened(db, []));
    expect(ofNone.size).toBe(0);
  });
});

describe('the decision behind a mandated order', () => {
  it('is taken again on what the lender signed and approved, and the use of caps it saw', async () => {
    const investorId = await world.investor('60000.00', 'uncertified');
    await opened(await found('5000.00', { investorId }));
    const second = await opened(await found('7000.00', { investorId, windowId: 'win_2' }));
    world.clock.advance(3 * DAY_MS);
    const replays = new DecisionReplay(world.participants);
    const { decision, facts, profileVersion } = await world.read((db) =>
      replays.replay(db, second.subscription.id),
    );
    expect(decision).toMatchObject({ allowed: true, findings: [], rulebook: { id: 'in-p2p' } });
    expect(decision.at).toEqual(second.subscription.openedAt);
    expect(profileVersion).toBe(1);
    expect(facts).toMatchObject({
      amount: '7000.00',
      usage: { 'lender-cap': '5000.00', 'pair-cap': '5000.00' },
      acknowledged: { riskWarning: true, lossOfAll: true, borrowerApproved: true },
    });
  });
});

describe('a quote', () => {
  it('is for an investor of the operator', async () => {
    const { mandateId, acknowledged, amount } = await found('5000.00');
    const order = {
      operatorId: IN_OPERATOR,
      id: world.newId('sub'),
      investorId: world.newId('inv'),
      offeringId,
      requested: amount,
      acknowledged,
      documents: [],
      requestKey: '',
      requestHash: '',
      actorId: mandateId,
    };
    await expect(world.read((db) => world.quotes.quote(db, order))).rejects.toMatchObject({
      code: 'subscriptions.investor-not-found',
    });
  });
});
