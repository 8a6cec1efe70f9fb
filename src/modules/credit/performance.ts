import { gini, brier, calibration, ks, rocAuc, type Calibration } from './metrics';
import { stratifiedFolds } from './folds';
import { fitModel, predict, type Candidate, type TrainingOptions } from './training';
import { takeRows, type TrainingTable } from './training-table';

/** How good a card is on rows that it did not learn from, unless it says otherwise. */
export interface Performance {
  readonly rows: number;
  readonly bad: number;
  readonly auc: number;
  readonly gini: number;
  readonly ks: number;
  readonly brier: number;
  readonly calibration: Calibration;
}

export function performanceOf(pd: Float64Array, bad: Uint8Array): Performance {
  return {
    rows: bad.length,
    bad: bad.reduce((sum, each) => sum + each, 0),
    auc: rocAuc(pd, bad),
    gini: gini(pd, bad),
    ks: ks(pd, bad),
    brier: brier(pd, bad),
    calibration: calibration(pd, bad),
  };
}

export interface CrossValidated {
  /** Mean over all folds of all repeats, each fold judged by itself. */
  readonly meanAuc: number;
  readonly deviationAuc: number;
  readonly meanKs: number;
  /** Mean over the repeats, all rows of a repeat judged together. */
  readonly pooled: Performance;
  /** Probabilities of the first repeat, each from the fit that did not see the row. */
  readonly pd: Float64Array;
}

/** Fits on the development rows of a fold, and gives probabilities for the rows of the holdout. */
export type FoldModel = (development: TrainingTable, holdout: TrainingTable) => Float64Array;

/** The explainable model as it is trained for a card. */
export function cardModel(candidates: readonly Candidate[], options: TrainingOptions): FoldModel {
  return (development, holdout) => predict(fitModel(development, candidates, options), holdout);
}

/**
 * Stratified cross-validation: everything is fitted inside the fold, also bins and penalty.
 *
 * @param plan how many folds, and how often with other folds.
 */
export function crossValidate(
  table: TrainingTable,
  model: FoldModel,
  plan: { readonly folds: number; readonly repeats: number },
): CrossValidated {
  const aucs: number[] = [];
  const kss: number[] = [];
  const repeats: { readonly pd: Float64Array; readonly performance: Performance }[] = [];
  for (let repeat = 0; repeat < plan.repeats; repeat += 1) {
    const pd = new Float64Array(table.rowCount);
    for (const fold of stratifiedFolds(table, plan.folds, `repeat ${repeat}`)) {
      const holdout = takeRows(table, fold.holdout);
      const unseen = model(takeRows(table, fold.development), holdout);
      aucs.push(rocAuc(unseen, holdout.bad));
      kss.push(ks(unseen, holdout.bad));
      unseen.forEach((each, at) => {
        pd[fold.holdout[at]!] = each;
      });
    }
    repeats.push({ pd, performance: performanceOf(pd, table.bad) });
  }
  const meanAuc = average(aucs);
  return {
    meanAuc,
    deviationAuc: Math.sqrt(average(aucs.map((auc) => (auc - meanAuc) ** 2))),
    meanKs: average(kss),
    pooled: meanPerformance(repeats.map(({ performance }) => performance)),
    pd: repeats[0]?.pd ?? new Float64Array(0),
  };
}

function meanPerformance(all: readonly Performance[]): Performance {
  const of = (read: (each: Performance) => number): number => average(all.map(read));
  return {
    rows: of(({ rows }) => rows),
    bad: of(({ bad }) => bad),
    auc: of(({ auc }) => auc),
    gini: of((each) => each.gini),
    ks: of((each) => each.ks),
    brier: of((each) => each.brier),
    calibration: {
      slope: of((each) => each.calibration.slope),
      intercept: of((each) => each.calibration.intercept),
      meanPd: of((each) => each.calibration.meanPd),
      badRate: of((each) => each.calibration.badRate),
    },
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
