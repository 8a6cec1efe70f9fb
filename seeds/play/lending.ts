import { GANGES } from '../ganges';
import { BRAHMAPUTRA } from '../operators';
import type { World } from '../world';
import type { Act } from './act';
import { auctionScenes } from './lending-auction';
import { borrowerScenes } from './lending-borrower';
import { lendingClosingScenes } from './lending-close';
import { lenderScenes } from './lending-lenders';
import { LendingRound } from './lending-round';
import { windowScenes } from './lending-window';
import type { Narrator } from './narrator';

/** Act two: a loan from the first saved field to the money on its borrower's account. */
export async function lendingAct(world: World, tell: Narrator): Promise<Act> {
  const ganges = await world.operator(GANGES);
  const brahmaputra = await world.operator(BRAHMAPUTRA);
  const round = new LendingRound(world, tell, { ganges, brahmaputra });
  return {
    title: 'Act two: a loan',
    scenes: [
      ...borrowerScenes(round),
      ...lenderScenes(round),
      ...windowScenes(round),
      ...lendingClosingScenes(round),
      ...auctionScenes(round),
    ],
  };
}
