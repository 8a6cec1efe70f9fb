import { assert } from '../../kernel/assert';
import { binColumn, woeColumn, type Binning, type Monotone } from './binning';
import { stratifiedFolds } from './folds';
import { fitLogistic, linearPredictor, probability } from './logistic';
import { calibration, countBad } from './metrics';
import { takeRows, type TrainingTable } from './training-table';

/*
 * Fits the model of a scorecard: bins, weights of evidence, selection, logistic regression. Nothing
 * here sees a row of the holdout: whoever validates fits again inside every fold.
 */

export interface TrainingOptions {
  readonly startingBins: number;
  readonly minimumShare: number;
  readonly priorCases: number;
  readonly leastChiSquare: number;
  /** Characteristics with less information value are left out. */
  readonly informationFloor: number;
  /** Of two whose evidence correlates by more, the one with less information is left out. */
  readonly correlationCeiling: number;
  /** Characteristics whose coefficient is less than so many standard errors are left out. */
  readonly leastZ: number;
  /** Penalties to choose from, by the likelihood of rows that the fit did not see. */
  readonly ridges: readonly number[];
  /** Folds inside the development sample, for the penalty and the shrinkage. */
  readonly innerFolds: number;
}

export const USUAL_OPTIONS: TrainingOptions = {
  startingBins: 20,
  minimumShare: 0.05,
  priorCases: 10,
  leastChiSquare: 1,
  informationFloor: 0.02,
  correlationCeiling: 0.75,
  leastZ: 1,
  ridges: [1, 10, 30],
  innerFolds: 5,
};

/** A variable that the model may use. */
export interface Candidate {
  readonly variable: string;
  readonly monotone?: Monotone | undefined;
}

export type ExclusionReason =
  'too-little-information' | 'correlated' | 'wrong-sign' | 'insignificant';

export interface Excluded {
  readonly variable: string;
  readonly reason: ExclusionReason;
  readonly informationValue: number;
}

/** A characteristic of the model. */
export interface FittedCharacteristic {
  readonly variable: string;
  readonly binning: Binning;
  /** Weight of its evidence in the log odds of being good: positive by the sign check. */
  readonly coefficient: number;
  readonly standardError: number;
}

export interface FittedModel {
  /** Log odds of being good where all evidence is nought. */
  readonly intercept: number;
  readonly characteristics: readonly FittedCharacteristic[];
  readonly excluded: readonly Excluded[];
  readonly ridge: number;
  /**
   * What the coefficients were multiplied by: the slope of the log odds found on rows that the fit
   * did not see. Evidence learnt from the same rows as its weights is always a little too bold.
   */
  readonly shrinkage: number;
}

/**
 * Fits a model.
 *
 * The penalty and the shrinkage (van Houwelingen and le Cessie, 1990) come from folds inside the
 * sample: each is binned, selected and fitted anew, and judged on the rows it did not see.
 *
 * @throws AssertionError where the sample has one outcome only, or no characteristic is left.
 */
export function fitModel(
  table: TrainingTable,
  candidates: readonly Candidate[],
  options: TrainingOptions,
): FittedModel {
  const badCount = countBad(table.bad);
  assert(badCount > 0 && badCount < table.rowCount, 'the sample has one outcome only');
  const selected = select(table, candidates, options);
  const { ridge, shrinkage } = chooseRidge(table, candidates, options);
  const { coefficients, standardErrors } = fitSelected(selected, table.bad, ridge);
  const slopes = coefficients.map((value) => value * shrinkage);
  const logOdds = linearPredictor(selected.woes, slopes.with(0, 0));
  return {
    intercept: interceptFor(logOdds, badCount / table.rowCount),
    characteristics: selected.kept.map(({ variable, binning }, index) => ({
      variable,
      binning,
      coefficient: -slopes[index + 1]!,
      standardError: standardErrors[index + 1]! * shrinkage,
    })),
    excluded: selected.excluded,
    ridge,
    shrinkage,
  };
}

/** Probability of going bad of every row of a table. */
export function predict(model: FittedModel, table: TrainingTable): Float64Array {
  const woes = model.characteristics.map(({ variable, binning }) =>
    woeColumn(table.columns.get(variable)!, binning),
  );
  const weights = [model.intercept, ...model.characteristics.map((each) => each.coefficient)];
  return woes.length === 0
    ? new Float64Array(table.rowCount).fill(probability(-model.intercept))
    : linearPredictor(woes, Float64Array.from(weights)).map((logOdds) => probability(-logOdds));
}

interface Binned {
  readonly variable: string;
  readonly binning: Binning;
}

interface Selection {
  readonly kept: readonly Binned[];
  /** Evidence of every row, by kept characteristic. */
  readonly woes: readonly Float64Array[];
  readonly excluded: readonly Excluded[];
}

/** The penalty that is put on while characteristics are selected. */
const SELECTION_RIDGE = 1;

function select(
  table: TrainingTable,
  candidates: readonly Candidate[],
  options: TrainingOptions,
): Selection {
  const excluded: Excluded[] = [];
  const exclude = ({ variable, binning }: Binned, reason: ExclusionReason): void => {
    excluded.push({ variable, reason, informationValue: binning.informationValue });
  };
  const kept: (Binned & { readonly woes: Float64Array })[] = [];
  for (const each of byInformation(table, candidates, options)) {
    const woes = woeColumn(table.columns.get(each.variable)!, each.binning);
    if (each.binning.informationValue < options.informationFloor) {
      exclude(each, 'too-little-information');
    } else if (kept.some((other) => correlation(other.woes, woes) > options.correlationCeiling)) {
      exclude(each, 'correlated');
    } else kept.push({ ...each, woes });
  }
  for (;;) {
    const woes = kept.map((each) => each.woes);
    const weakest = weakestOf(woes, table.bad, options.leastZ);
    if (weakest === undefined) return { kept, woes, excluded };
    const [removed] = kept.splice(weakest.index, 1);
    exclude(removed!, weakest.reason);
  }
}

function byInformation(
  table: TrainingTable,
  candidates: readonly Candidate[],
  options: TrainingOptions,
): readonly Binned[] {
  return candidates
    .map(({ variable, monotone }) => {
      const column = table.columns.get(variable);
      assert(column, `the table has no column ${variable}`);
      return { variable, binning: binColumn(column, table.bad, { ...options, monotone }) };
    })
    .toSorted((a, b) => b.binning.informationValue - a.binning.informationValue);
}

/** The characteristic that speaks against its own evidence, or hardly speaks at all. */
function weakestOf(
  woes: readonly Float64Array[],
  bad: Uint8Array,
  leastZ: number,
): { readonly index: number; readonly reason: ExclusionReason } | undefined {
  if (woes.length === 0) return undefined;
  const fit = fitLogistic({ columns: woes, bad }, { ridge: SELECTION_RIDGE });
  let weakest = -1;
  let least = leastZ;
  for (let index = 0; index < woes.length; index += 1) {
    const z = -fit.coefficients[index + 1]! / fit.standardErrors[index + 1]!;
    if (z < least) [weakest, least] = [index, z];
  }
  if (weakest < 0) return undefined;
  return { index: weakest, reason: least <= 0 ? 'wrong-sign' : 'insignificant' };
}

function fitSelected({ woes }: Selection, bad: Uint8Array, ridge: number) {
  return fitLogistic({ columns: woes, bad }, { ridge });
}

interface RidgeChoice {
  readonly ridge: number;
  readonly shrinkage: number;
}

function chooseRidge(
  table: TrainingTable,
  candidates: readonly Candidate[],
  options: TrainingOptions,
): RidgeChoice {
  const unseen = options.ridges.map(() => new Float64Array(table.rowCount));
  for (const fold of stratifiedFolds(table, options.innerFolds, 'inner')) {
    const development = takeRows(table, fold.development);
    const holdout = takeRows(table, fold.holdout);
    const selected = select(development, candidates, options);
    const woes = selected.kept.map(({ variable, binning }) =>
      woeColumn(holdout.columns.get(variable)!, binning),
    );
    options.ridges.forEach((ridge, choice) => {
      const { coefficients } = fitSelected(selected, development.bad, ridge);
      linearPredictor(woes, coefficients).forEach((logOdds, at) => {
        unseen[choice]![fold.holdout[at]!] = probability(logOdds);
      });
    });
  }
  const losses = unseen.map((pd) => logLoss(pd, table.bad));
  const choice = losses.indexOf(Math.min(...losses));
  const { slope } = calibration(unseen[choice]!, table.bad);
  // A slope above one is chance: evidence is never made bolder than the sample has it.
  return { ridge: options.ridges[choice]!, shrinkage: Math.min(Math.max(slope, 0.1), 1) };
}

/** The intercept, in log odds of being good, at which the mean probability is the bad rate. */
function interceptFor(badLogOdds: Float64Array, badRate: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (const logOdds of badLogOdds) sum += probability(logOdds + middle);
    if (sum / badLogOdds.length < badRate) low = middle;
    else high = middle;
  }
  return -(low + high) / 2;
}

function logLoss(pd: Float64Array, bad: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < pd.length; row += 1) {
    sum -= Math.log(Math.max(bad[row] === 1 ? pd[row]! : 1 - pd[row]!, 1e-12));
  }
  return sum / pd.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let row = 0; row < a.length; row += 1) {
    const [x, y] = [a[row]!, b[row]!];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const covariance = a.length * sumAB - sumA * sumB;
  const spread = (a.length * sumAA - sumA * sumA) * (b.length * sumBB - sumB * sumB);
  return spread <= 0 ? 0 : covariance / Math.sqrt(spread);
}
