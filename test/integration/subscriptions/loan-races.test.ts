import type { Id } from '../../../src/kernel/id';
import { Problem } from '../../../src/kernel/problem';
import { loanWorld, type LoanWorld } from '../../support/loan-world';
import { IN_OPERATOR } from '../../support/offering-world';

let world: LoanWorld;

beforeEach(async () => {
  world = await loanWorld();
  await world.trustDecisions();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

async function lenders(count: number): Promise<readonly Id<'inv'>[]> {
  const made: Id<'inv'>[] = [];
  for (let one = 0; one < count; one += 1) {
    made.push(await world.investor('60000.00', 'uncertified'));
  }
  return made;
}

const isWrongStatus = (error: unknown) =>
  error instanceof Problem && error.code === 'offerings.wrong-status';

it('more lenders than there is room for, by hand and by mandate, while it is being closed', async () => {
  const { id } = await world.list(world.vetted());
  const [byHand, byMandate] = [await lenders(14), await lenders(14)];
  const amount = world.money('5000.00');
  let isOver = false;
  const orders = Promise.all([
    Promise.allSettled(byHand.map((investorId) => world.subscribe(investorId, id, '5000.00'))),
    world.mandatedOrders.submit(
      IN_OPERATOR,
      byMandate.map((investorId) => world.mandated({ investorId, offeringId: id, amount })),
    ),
  ]).finally(() => {
    isOver = true;
  });
  const closeWhenFull = async (): Promise<boolean> => {
    for (;;) {
      const isLast = isOver;
      try {
        return await world.write((tx) => world.closings.closeFull(tx, id));
      } catch (error) {
        if (!isWrongStatus(error)) throw error;
        if (isLast) return false;
      }
    }
  };
  const closed = await Promise.all([closeWhenFull(), closeWhenFull()]);
  const [hands, mandates] = await orders;
  const taken =
    hands.filter(({ status }) => status === 'fulfilled').length +
    mandates.filter(({ ok }) => ok).length;
  expect(taken).toBe(20);
  // Two closed it at once, and one of them did.
  expect(closed.filter(Boolean)).toHaveLength(1);

  const settled = await Promise.allSettled(
    [1, 2, 3].map(() => world.write((tx) => world.closings.settle(tx, id))),
  );
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(world.issuances).toHaveLength(1);
});

it('a settlement that breaks at its last step leaves every hold where it was', async () => {
  const { id } = await world.list(world.vetted());
  const [one, two] = await lenders(2);
  if (!one || !two) throw new Error('there should be two lenders');
  await world.subscribe(one, id, '50000.00');
  await world.subscribe(two, id, '50000.00');
  await world.write((tx) => world.closings.closeFull(tx, id));
  world.failIssuance = true;
  await expect(world.write((tx) => world.closings.settle(tx, id))).rejects.toThrow('register');
  expect(await world.cash(one)).toEqual(['10000.00', '50000.00']);
  expect(await world.broken()).toEqual([]);
  world.failIssuance = false;
  await world.write((tx) => world.closings.settle(tx, id));
  expect(await world.cash(one)).toEqual(['10000.00', '0.00']);
});

it('a loan that is withdrawn while it is full gives everything back', async () => {
  const { id } = await world.list(world.vetted());
  const [one, two] = await lenders(2);
  if (!one || !two) throw new Error('there should be two lenders');
  await world.subscribe(one, id, '50000.00');
  await world.subscribe(two, id, '50000.00');
  await world.write((tx) => world.closings.closeFull(tx, id));
  await world.write((tx) => world.lifecycle.withdraw(tx, id, 'The borrower will not sign'));
  expect(await world.write((tx) => world.releases.releaseWithdrawn(tx, id))).toBe(2);
  expect(await world.cash(one)).toEqual(['60000.00', '0.00']);
  expect(await world.cash(two)).toEqual(['60000.00', '0.00']);
});
