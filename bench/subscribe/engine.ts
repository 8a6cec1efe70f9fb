import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/kernel/clock';
import { idMaker, type Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { Problem } from '../../src/kernel/problem';
import { closedLoop, Dice, type LoadOptions, type Measured } from './load';
import { INVESTORS, investorId, orderFor, type World } from './world';

const newId = idMaker(systemClock);

/** Investors at random subscribe through the desk, to any of the offerings. */
export async function runEngine(
  world: World,
  offerings: readonly Id<'off'>[],
  load: LoadOptions,
): Promise<Measured> {
  const dice = new Dice(load.clients);
  return closedLoop(load, async () => {
    const off = offerings[dice.below(offerings.length)];
    if (!off) throw new Error('a run without offerings');
    const ids = { sub: newId('sub'), inv: investorId(dice.below(INVESTORS)), off };
    const requested = Money.ofMinor(BigInt(1 + dice.below(3)) * 100n, 'USD');
    try {
      await world.desk.submit({ ...orderFor(ids, randomUUID()), requested });
      return true;
    } catch (error) {
      if (error instanceof Problem && error.kind !== 'unavailable') return false;
      throw error;
    }
  });
}
