import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../src/kernel/canonical-json';
import { readPlan, readTrainingFile } from '../../src/cli/training-file';
import {
  kindsOf,
  readCardFile,
  readMapping,
  Scorecard,
  trainCard,
  type Applicant,
} from '../../src/modules/credit';
import { referenceData } from '../support/reference-data';

/*
 * Every card that is shipped is whole, says what its worked cases say, and comes from its
 * description. The cases were worked by hand and by another program; adding a card needs no
 * TypeScript.
 */

const FOLDER = 'compliance/scorecards';
const MAPPINGS = 'compliance/mappings';

interface WorkedScore {
  readonly name: string;
  readonly applicant: Applicant;
  readonly expect: {
    readonly points: number;
    readonly pd: string;
    readonly reasons: readonly string[];
    readonly bins: Readonly<Record<string, string>>;
  };
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Json;

const cards = readdirSync(FOLDER).flatMap((id) =>
  readdirSync(join(FOLDER, id))
    .filter((file) => /^\d+\.json$/.test(file))
    .map((file) => ({ id, version: file.replace('.json', ''), path: join(FOLDER, id, file) })),
);

describe.each(cards)('$id/$version', ({ id, version, path }) => {
  const card = readCardFile(json(path), path);
  const cases = json(path.replace('.json', '.cases.json')) as unknown as readonly WorkedScore[];
  const plan = readPlan(path.replace('.json', '.training.json'));

  it('is called as its folder and file are', () => {
    expect([card.id, String(card.version)]).toEqual([id, version]);
  });

  it.each(cases)('$name', ({ applicant, expect: expected }) => {
    const { points, pd, reasons, bins } = new Scorecard(card).score(applicant);
    const codes = reasons.map(({ code }) => code);
    expect({ points, pd: pd.toString(), reasons: codes, bins }).toEqual(expected);
  });

  it('has cases far apart, which between them hear many reasons', () => {
    const seen = cases.map(({ applicant }) => new Scorecard(card).score(applicant).points);
    expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(
      2 * card.scaling.pointsToDoubleOdds,
    );
    const lost = new Set(cases.flatMap((worked) => worked.expect.reasons));
    expect(lost.size).toBeGreaterThan(4);
  });

  it('gives every characteristic a reason of its own, in both languages', () => {
    const codes = card.characteristics.map(({ reason }) => reason.code);
    expect(codes).toEqual([...new Set(codes)]);
    for (const { reason } of card.characteristics) {
      expect(reason.text.zh).toMatch(/\p{Script=Han}/u);
    }
  });

  it('leaves out what no lender may ask', () => {
    const used = card.characteristics.map(({ variable }) => variable).join(' ');
    expect(used).not.toMatch(/sex|age\b|nationality|foreign|race|region|zip/i);
  });

  it('comes from its description and its rows, to the last character', async () => {
    const files: Record<string, string> = {
      'consumer-instalment': 'lc_creditmodel.csv',
      'german-credit': 'german.data',
    };
    const rows = referenceData(files[id] ?? '');
    if (rows === undefined || files[id] === undefined) {
      process.stderr.write(
        `${id}: its rows are not on this machine, so it was not trained again\n`,
      );
      return;
    }
    const { table } = await readTrainingFile(rows, plan.mapping, kindsOf(plan.description));
    const again = trainCard(table, plan.description, plan.mapping);
    expect(JSON.parse(JSON.stringify(again.card))).toEqual(json(path));
  }, 180_000);
});

describe('mappings', () => {
  it.each(readdirSync(MAPPINGS))('%s is whole, and called as its file is', (file) => {
    const path = join(MAPPINGS, file);
    expect(`${readMapping(json(path), path).id}.json`).toBe(file);
  });
});
