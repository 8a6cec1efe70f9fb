import { GANGES } from '../ganges';
import { BRAHMAPUTRA } from '../operators';
import type { World } from '../world';
import type { Act } from './act';
import { arrearsScenes } from './life-arrears';
import { endScenes, marketScenes } from './life-end';
import { LifeOfLoans } from './life-loans';
import { paymentScenes } from './life-payments';
import { auctionScenes } from './lending-auction';
import { borrowerScenes } from './lending-borrower';
import { lendingClosingScenes } from './lending-close';
import { lenderScenes } from './lending-lenders';
import { LendingRound } from './lending-round';
import { windowScenes } from './lending-window';
import type { Narrator } from './narrator';

/** Act two: a loan from the first saved field to its payment, and loans that run to their end. */
export async function lendingAct(world: World, tell: Narrator): Promise<Act> {
  const ganges = await world.operator(GANGES);
  const brahmaputra = await world.operator(BRAHMAPUTRA);
  const round = new LendingRound(world, tell, { ganges, brahmaputra });
  const life = new LifeOfLoans(world, tell);
  return {
    title: 'Act two: a loan',
    scenes: [
      ...borrowerScenes(round),
      ...lenderScenes(round),
      ...windowScenes(round),
      ...lendingClosingScenes(round),
      ...auctionScenes(round),
      ...paymentScenes(life),
      ...marketScenes(life),
      ...arrearsScenes(life),
      ...endScenes(life),
    ],
  };
}
