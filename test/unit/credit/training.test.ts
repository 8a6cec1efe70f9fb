import type { Json } from '../../../src/kernel/canonical-json';
import { cardRules, predictByCard } from '../../../src/modules/credit/card-file';
import { trainCard } from '../../../src/modules/credit/card-training';
import {
  forwardFolds,
  randomFrom,
  shuffled,
  stratifiedFolds,
} from '../../../src/modules/credit/folds';
import type { ApplicantMapping } from '../../../src/modules/credit/mapping';
import { calibration, rocAuc } from '../../../src/modules/credit/metrics';
import { crossValidate } from '../../../src/modules/credit/performance';
import { readCardFile } from '../../../src/modules/credit/scorecard.schema';
import { fitModel, predict, USUAL_OPTIONS } from '../../../src/modules/credit/training';
import type { TrainingDescription } from '../../../src/modules/credit/training-description';
import {
  rowsWhere,
  takeRows,
  trainingTable,
  type TrainingRow,
} from '../../../src/modules/credit/training-table';

/** A world in which the truth is known: risk falls with income, rises with debt; noise is noise. */
function worldOf(count: number, seed: string) {
  const next = randomFrom(seed);
  const rows = Array.from({ length: count }, (_, row): TrainingRow => {
    const income = Math.trunc(1000 + 4000 * next());
    const debt = Math.trunc(100 * next());
    const noise = next();
    const housing = next() < 0.5 ? 'RENT' : 'OWN';
    const logOdds = -1 - (income - 3000) / 1200 + (debt - 50) / 30 + (housing === 'RENT' ? 0.8 : 0);
    return {
      applicant: {
        income: next() < 0.05 ? undefined : income,
        ...{ debt, noise, housing, twin: income * 2 },
      },
      isBad: next() < 1 / (1 + Math.exp(-logOdds)),
      day: `2025-0${1 + Math.trunc((6 * row) / count)}-01`,
      benchmark: logOdds > 0 ? 'B' : 'A',
    };
  });
  const kinds = { income: 'numeric', debt: 'numeric', noise: 'numeric', twin: 'numeric' } as const;
  return trainingTable({ ...kinds, housing: 'categorical' }, rows);
}

const variables = ['income', 'debt', 'noise', 'twin', 'housing'];
const table = worldOf(3000, 'world');
const monotone = 'either' as const;
const candidates = variables.map((variable) => ({ variable, monotone }));
const text = { en: 'A text', zh: '文字' };

const description: TrainingDescription = {
  ...{ id: 'world', version: 1, title: text, note: text, mapping: 'world', badDefinition: text },
  validation: { method: 'out-of-time', developUntil: '2025-05-01' },
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  options: { ...USUAL_OPTIONS, leastZ: 2 },
  characteristics: variables.map((variable, at) => ({
    variable,
    kind: variable === 'housing' ? 'categorical' : 'numeric',
    monotone,
    title: text,
    reason: { code: `R0${at}`, text },
  })),
};
const mapping: ApplicantMapping = {
  ...{ id: 'world', title: text, source: 'made up', csv: {}, variables: {}, leftOut: {} },
};

describe('a model', () => {
  const model = fitModel(table, candidates, { ...USUAL_OPTIONS, leastZ: 2 });

  it('finds what matters, and leaves out what does not and what is said twice', () => {
    const kept = model.characteristics.map(({ variable }) => variable);
    expect(kept).toHaveLength(3);
    expect(kept).toEqual(expect.arrayContaining(['debt', 'housing']));
    const excluded = Object.fromEntries(model.excluded.map((each) => [each.variable, each.reason]));
    expect(excluded['noise']).toMatch(/too-little-information|insignificant|wrong-sign/);
    expect(excluded['twin'] ?? excluded['income']).toBe('correlated');
  });

  it('weighs all evidence in its own direction', () => {
    for (const { coefficient, standardError } of model.characteristics) {
      expect(coefficient).toBeGreaterThan(0);
      expect(standardError).toBeGreaterThan(0);
    }
  });

  it('is true on the average of its sample, and well spread on another', () => {
    const pd = predict(model, table);
    expect(calibration(pd, table.bad).meanPd).toBeCloseTo(calibration(pd, table.bad).badRate, 6);
    const other = worldOf(3000, 'another world');
    const { slope } = calibration(predict(model, other), other.bad);
    expect(slope).toBeGreaterThan(0.9);
    expect(slope).toBeLessThan(1.1);
  });

  it('is the same for the same rows', () => {
    expect(fitModel(table, candidates, { ...USUAL_OPTIONS, leastZ: 2 })).toEqual(model);
  });

  it('keeps its order of risk, and nearly its probabilities, in whole points', () => {
    const pd = predict(model, table);
    const byPoints = predictByCard(cardRules(model, description, table), table);
    expect(Math.abs(rocAuc(byPoints, table.bad) - rocAuc(pd, table.bad))).toBeLessThan(0.003);
    const { meanPd, badRate } = calibration(byPoints, table.bad);
    expect(Math.abs(meanPd - badRate)).toBeLessThan(0.01);
    byPoints.forEach((each, row) => expect(Math.abs(each - pd[row]!)).toBeLessThan(0.03));
  });

  it('has nothing to learn from one outcome', () => {
    const good = takeRows(
      table,
      rowsWhere(table, (row) => table.bad[row] === 0),
    );
    expect(() => fitModel(good, candidates, USUAL_OPTIONS)).toThrow('one outcome only');
  });
});

describe('a trained card', () => {
  const { card, validation, development } = trainCard(table, description, mapping);

  it('learns before the day and is judged from it', () => {
    expect(card.training.window).toEqual({ from: '2025-01-01', until: '2025-04-01' });
    expect(card.performance.window).toEqual({ from: '2025-05-01', until: '2025-06-01' });
    expect(development.rowCount + validation.rowCount).toBe(table.rowCount);
    expect(card.performance.validation.auc).toBeGreaterThan(0.7);
    expect(card.performance.benchmark?.auc).toBeGreaterThan(0.6);
  });

  it('is a file that is read as it was written', () => {
    const written = JSON.parse(JSON.stringify(card)) as Json;
    expect(readCardFile(written, 'world')).toEqual(written);
  });

  it('counts every row of its sample in its bins and in its bands', () => {
    for (const { bins } of card.characteristics) {
      expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(card.training.rows);
      expect(bins.reduce((sum, { bad }) => sum + bad, 0)).toBe(card.training.bad);
      expect(Math.min(...bins.map(({ points }) => points))).toBe(0);
    }
    const { scoreBands } = card.training;
    expect(scoreBands.reduce((sum, { rows }) => sum + rows, 0)).toBe(card.training.rows);
  });

  it('is not judged on days there are none of', () => {
    const never = { ...description.validation, developUntil: '2030-01-01' } as const;
    expect(() => trainCard(table, { ...description, validation: never }, mapping)).toThrow(
      'there are no rows on one side of 2030-01-01',
    );
  });
});

describe('folds', () => {
  it('hold out every row once, with the same share of bad ones, and the same for the same seed', () => {
    const folds = stratifiedFolds(table, 10, 'seed');
    const held = folds.flatMap(({ holdout }) => [...holdout]);
    expect(held.toSorted((a, b) => a - b)).toEqual([...Array(table.rowCount).keys()]);
    const bad = folds.map(({ holdout }) => holdout.reduce((sum, row) => sum + table.bad[row]!, 0));
    expect(Math.max(...bad) - Math.min(...bad)).toBeLessThanOrEqual(1);
    expect(stratifiedFolds(table, 10, 'seed')).toEqual(folds);
    expect(stratifiedFolds(table, 10, 'other seed')).not.toEqual(folds);
  });

  it('that look ahead never learn from a day on which they are judged, or a later one', () => {
    const folds = forwardFolds(table, 3);
    expect(folds.length).toBeGreaterThan(0);
    for (const { development, holdout } of folds) {
      const last = [...development]
        .map((row) => table.days[row]!)
        .toSorted()
        .at(-1)!;
      for (const row of holdout) expect(table.days[row]! > last).toBe(true);
    }
  });

  it('shuffle without losing anything', () => {
    const items = [...Array(50).keys()];
    expect([...shuffled(items, 'a')].toSorted((a, b) => a - b)).toEqual(items);
    expect(shuffled(items, 'a')).not.toEqual(items);
  });

  it('judge a model that knows nothing as knowing nothing', () => {
    const { meanAuc, pooled } = crossValidate(
      table,
      (_, holdout) => new Float64Array(holdout.rowCount).fill(0.3),
      { folds: 5, repeats: 2 },
    );
    expect([meanAuc, pooled.ks]).toEqual([0.5, 0]);
  });
});
