import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Act } from '../../seeds/play/act';
import { equityAct } from '../../seeds/play/equity';
import { beginningOf, filingAct } from '../../seeds/play/filing';
import { lendingAct } from '../../seeds/play/lending';
import { supervisionAct } from '../../seeds/play/supervision';
import type { Narrator } from '../../seeds/play/narrator';
import type { World } from '../../seeds/world';
import { loanBookAct } from '../../seeds/play/loan-book';
import { readMappingFile } from './application-file';
import { importApplications } from './application-import';
import { applicationSummary, gradeLines } from './application-report';
import { readFilingFile } from './filing-file';

/** What the demo plays: from when on, and in which acts. */
export interface Play {
  readonly beginsAt: Date | string;
  readonly acts: (world: World, tell: Narrator) => Promise<readonly Act[]>;
}

/** The acts of the usual play, in the order in which they are played. */
export const ACTS = ['equity', 'lending', 'supervision'] as const;
export type ActName = (typeof ACTS)[number];

const STAGED: Readonly<Record<ActName, (world: World, tell: Narrator) => Promise<Act>>> = {
  equity: equityAct,
  lending: lendingAct,
  supervision: supervisionAct,
};

/** A Monday, with no holiday near. */
const BEGINNING = '2026-03-02T14:00:00Z';

/** The usual play, or one act of it. */
export function usualPlay(only: ActName | undefined): Play {
  return {
    beginsAt: BEGINNING,
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

export interface LoanBookOrder {
  readonly file: string;
  readonly mapping: string;
  /** Rows read at most. */
  readonly rows: number;
}

/**
 * A file of real applications, taken in and lent to.
 *
 * @throws StartupProblem where file or mapping cannot be used, before anything is started.
 */
export function loanBookPlay({ file, mapping: path, rows }: LoanBookOrder): Play {
  const mapping = readMappingFile(path);
  if (!existsSync(file)) throw new StartupProblem(`There is no file ${file}.`, 'Name a CSV file.');
  return {
    beginsAt: BEGINNING,
    acts: async (world, tell) => [
      await loanBookAct(world, tell, {
        file: basename(file),
        rows,
        take: async ({ operator }) => {
          const { services, clock } = world;
          const { database } = world.app.platform;
          const order = { file, mapping: path, operator, limit: rows, list: rows, tell: ignore };
          return applicationSummary(await importApplications({ database, services, clock }, order));
        },
        grades: async (house, lent) => {
          const { applicationImports } = world.services;
          const lines = await house.read((db) => applicationImports.gradeTable(db, mapping.id));
          return gradeLines(lines.map((line) => ({ ...line, funded: lent.get(line.grade) ?? 0 })));
        },
      }),
    ],
  };
}

function ignore(): void {
  // The narrator tells how far it is.
}
