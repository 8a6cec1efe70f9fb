import { basename } from 'node:path';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Act } from '../../seeds/play/act';
import { equityAct } from '../../seeds/play/equity';
import { beginningOf, filingAct } from '../../seeds/play/filing';
import { lendingAct } from '../../seeds/play/lending';
import type { Narrator } from '../../seeds/play/narrator';
import type { World } from '../../seeds/world';
import { readFilingFile } from './filing-file';

/** What the demo plays: from when on, and in which acts. */
export interface Play {
  readonly beginsAt: Date | string;
  readonly acts: (world: World, tell: Narrator) => Promise<readonly Act[]>;
}

/** The acts of the usual play, in the order in which they are played. */
export const ACTS = ['equity', 'lending'] as const;
export type ActName = (typeof ACTS)[number];

const STAGED: Readonly<Record<ActName, (world: World, tell: Narrator) => Promise<Act>>> = {
  equity: equityAct,
  lending: lendingAct,
};

/** The usual play, or one act of it. It begins on a Monday, with no holiday near. */
export function usualPlay(only: ActName | undefined): Play {
  return {
    beginsAt: '2026-03-02T14:00:00Z',
    acts: async (world, tell) => {
      const acts: Act[] = [];
      for (const name of only === undefined ? ACTS : [only]) {
        acts.push(await STAGED[name](world, tell));
      }
      return acts;
    },
  };
}

/**
 * The round of a real filing.
 *
 * @throws StartupProblem and Problems of reading a filing, before anything is started.
 */
export async function filingPlay(path: string): Promise<Play> {
  const file = await readFilingFile(path);
  if ('unreadable' in file) {
    throw new StartupProblem(`${path}: ${file.unreadable}`, 'Name an EDGAR Form C in XML.');
  }
  const brought = { file: basename(path), xml: file.xml };
  return {
    beginsAt: beginningOf(brought),
    acts: async (world, tell) => [await filingAct(world, tell, brought)],
  };
}
