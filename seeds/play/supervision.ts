import { ALLER } from '../operators';
import type { World } from '../world';
import type { Act } from './act';
import { auditScenes } from './watch-audit';
import { authorityScenes } from './watch-authority';
import { disputeScenes } from './watch-disputes';
import { commitmentScenes, drawScenes } from './watch-inspection';
import { figureScenes, reportScenes, restatementScenes } from './watch-reports';
import { suspicionScenes } from './watch-suspicion';
import { WatchedLender } from './watched-lender';
import type { Narrator } from './narrator';

/** Act three: the same platforms, as those see them who watch over them. */
export async function supervisionAct(world: World, tell: Narrator): Promise<Act> {
  await world.operator(ALLER);
  const watched = new WatchedLender(world, tell);
  return {
    title: 'Act three: under supervision',
    scenes: [
      ...reportScenes(watched),
      ...authorityScenes(watched),
      ...figureScenes(watched),
      ...commitmentScenes(watched),
      ...restatementScenes(watched),
      ...drawScenes(watched),
      ...disputeScenes(watched),
      ...suspicionScenes(watched),
      ...auditScenes(watched),
    ],
  };
}
