import type { Id } from '../../../src/kernel/id';
import type { Db } from '../../../src/platform/db';
import { Remembered, type AtHand } from '../../../src/modules/subscriptions/participants.service';
import { anInvestor, anOffering, anOrder } from '../../support/orders';

describe('what lanes remember', () => {
  const idOf = (position: number): Id<'inv'> => `inv_01${position.toString().padStart(24, '0')}`;
  const offering = anOffering();

  function remembered() {
    return new Remembered({
      load: async (_, investorIds): Promise<AtHand> => ({
        investors: new Map(investorIds.map((id) => [id, anInvestor({ id })])),
        offerings: new Map([[offering.id, offering]]),
      }),
      loadDecidedOn: async () => [],
      listHolders: async () => new Set(),
    });
  }

  const orders = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => anOrder({ investorId: idOf(from + i) }));

  it('has a bound: of too many, those read longest ago go first', async () => {
    const memory = remembered();
    await memory.refresh({} as Db, orders(0, 50_000));
    await memory.refresh({} as Db, orders(0, 1));
    await memory.refresh({} as Db, orders(50_000, 2));
    expect(memory.atHand.investors.size).toBe(50_000);
    const known = [0, 1, 2, 3, 50_001].map((at) => memory.knows(anOrder({ investorId: idOf(at) })));
    expect(known).toEqual([true, false, false, true, true]);
  });
});
