import { HUDSON, LAKESHORE, LANZHOU, PLEISSE } from '../operators';
import type { World } from '../world';
import type { Act } from './act';
import { closingScenes } from './equity-close';
import { issuerScenes } from './equity-issuer';
import { orderScenes } from './equity-orders';
import { EquityRound } from './equity-round';
import { otherRuleScenes } from './equity-rules';
import type { Narrator } from './narrator';

/** Act one: a raise from draft to settled, with everything that may go wrong on the way. */
export async function equityAct(world: World, tell: Narrator): Promise<Act> {
  const hudson = await world.operator(HUDSON);
  const lakeshore = await world.operator(LAKESHORE);
  const pleisse = await world.operator(PLEISSE);
  const lanzhou = await world.operator(LANZHOU);
  await world.user(hudson, 'platform', ['platform']);
  const round = new EquityRound(world, tell, { hudson, lakeshore, pleisse, lanzhou });
  return {
    title: 'Act one: an equity round',
    scenes: [
      ...issuerScenes(round),
      ...orderScenes(round),
      ...closingScenes(round),
      ...otherRuleScenes(round),
    ],
  };
}
