import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, type Json } from '../../src/kernel/canonical-json';
import { ManualClock } from '../../src/kernel/clock';
import { idMaker } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { Audit } from '../../src/platform/audit';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import {
  creditChecks,
  CreditMonitoring,
  CreditService,
  ModelLibrary,
  type CreditRequest,
} from '../../src/modules/credit';
import { contentHash } from '../../src/modules/credit/content-hash';
import { testDatabase } from './database';

export const OPERATOR = 1;
export const OTHER_OPERATOR = 2;

/** A card of two characteristics, small enough to add up in the head. */
export function smallCard(changes: { readonly [key: string]: Json } = {}): Json {
  const text = (en: string): Json => ({ en, zh: '原因' });
  const measured = {
    rows: 100,
    bad: 20,
    auc: 0.7,
    gini: 0.4,
    ks: 0.3,
    brier: 0.15,
    calibration: { slope: 1, intercept: 0, meanPd: 0.2, badRate: 0.2 },
  };
  const bin = (points: number): { readonly [key: string]: Json } => ({
    rows: 25,
    bad: 5,
    woe: 0.1,
    points,
  });
  const characteristic = {
    informationValue: 0.2,
    coefficient: 0.9,
    standardError: 0.1,
  };
  const content = {
    id: 'small',
    version: 1,
    scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
    baseScore: 480,
    characteristics: [
      {
        variable: 'annualIncome',
        kind: 'numeric',
        title: text('Annual income'),
        reason: { code: 'R01', text: text('Income is low for the loan') },
        ...characteristic,
        bins: [
          { below: 20_000, ...bin(0) },
          { from: 20_000, below: 60_000, ...bin(40) },
          { from: 60_000, ...bin(80) },
          { is: 'missing', ...bin(10) },
        ],
      },
      {
        variable: 'homeOwnership',
        kind: 'categorical',
        title: text('Home'),
        reason: { code: 'R02', text: text('The home is not owned') },
        ...characteristic,
        bins: [
          { levels: ['OWN', 'MORTGAGE'], ...bin(60) },
          { levels: ['RENT'], ...bin(20) },
          { is: 'other', ...bin(15) },
          { is: 'missing', ...bin(0) },
        ],
      },
    ],
    title: text('Small card'),
    note: text('For tests'),
    training: {
      mapping: 'none',
      source: 'none',
      badDefinition: text('made up'),
      rows: 100,
      bad: 20,
      ridge: 1,
      shrinkage: 1,
      intercept: 0.1,
      excluded: [],
      leftOut: {},
      scoreBands: [],
    },
    performance: { method: 'cross-validation', validation: measured, development: measured },
    ...changes,
  };
  return { ...content, contentHash: contentHash(content) };
}

/** The compliance folder as it is delivered, its policy scored by the small card. */
export function smallCompliance(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'credit-'));
  for (const part of ['master-scales', 'pricing', 'impairment']) {
    cpSync(join('compliance', part), join(folder, part), { recursive: true });
  }
  mkdirSync(join(folder, 'scorecards', 'small'), { recursive: true });
  writeFileSync(join(folder, 'scorecards', 'small', '1.json'), JSON.stringify(smallCard()));
  editPolicy(folder, (policy) => ({
    ...policy,
    scorecard: { id: 'small', version: 1, horizonMonths: { least: 12, most: 12 } },
  }));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Changes the pricing policy where it stands, as somebody with a text editor would. */
export function editPolicy(
  folder: string,
  change: (policy: { readonly [key: string]: Json }) => Json,
): void {
  const file = join(folder, 'pricing', 'consumer-instalment', '1.json');
  const policy = JSON.parse(readFileSync(file, 'utf8')) as { readonly [key: string]: Json };
  writeFileSync(file, canonicalJson(change(policy)));
}

export type CreditWorld = Awaited<ReturnType<typeof creditWorld>>;

/** Credit decisions on a database of their own, taken with the small card. */
export async function creditWorld() {
  const test = await testDatabase({ poolSize: 6 });
  const { folder, remove } = smallCompliance();
  const clock = new ManualClock('2025-03-10T09:00:00Z');
  const newId = idMaker(clock);
  const deps = { clock, newId, audit: new Audit({ clock }), outbox: new Outbox({ clock }) };
  const serviceFrom = (): CreditService =>
    new CreditService({ ...deps, library: ModelLibrary.load(folder) });
  const scope = (operatorId: number, by: string): Scope => ({
    operatorId,
    actor: { kind: 'user', id: by },
  });
  return {
    test,
    clock,
    folder,
    credit: serviceFrom(),
    creditMonitoring: new CreditMonitoring(deps),
    /** Reads the compliance folder again, as after a restart. */
    restarted: serviceFrom,
    read: <T>(work: (db: Db) => Promise<T>, operatorId = OPERATOR): Promise<T> =>
      test.database.read(scope(operatorId, 'usr_reader'), work),
    write: <T>(
      work: (tx: Tx) => Promise<T>,
      { operatorId = OPERATOR, by = 'usr_ada' } = {},
    ): Promise<T> => test.database.write(scope(operatorId, by), work),
    broken: async (): Promise<readonly CheckResult[]> => {
      const results = await runChecks(test.database, creditChecks, [OPERATOR, OTHER_OPERATOR]);
      return results.filter(({ count }) => count > 0n);
    },
    close: async (): Promise<void> => {
      remove();
      await test.close();
    },
  };
}

/** A request that the small card gives 620 points: 480, 80 for income, 60 for the home. */
export function creditRequest(changes: Partial<CreditRequest> = {}): CreditRequest {
  return {
    subject: 'app_01JTVST7XAES5BXHWZN4KR4VEZ',
    policyId: 'consumer-instalment',
    applicant: { annualIncome: 75_000, homeOwnership: 'OWN', inquiries: 2 },
    principal: Money.parse('10000.00', 'EUR'),
    termMonths: 36,
    repayment: 'annuity',
    security: 'none',
    aprMethod: 'eu',
    ...changes,
  };
}
