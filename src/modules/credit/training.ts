import { assert } from '../../kernel/assert';
import { binColumn, woeColumn, type Binning, type Monotone } from './binning';
import { forwardFolds, stratifiedFolds, type Fold } from './folds';
import { fitLogistic, linearPredictor, probability } from './logistic';
import { countBad, mean } from './metrics';
import { eliminated } from './wald-elimination';
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
  priorCases: 3,
  leastChiSquare: 1,
  informationFloor: 0.01,
  correlationCeiling: 0.8,
  leastZ: 0,
  ridges: [1, 3],
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
  /** A good place to begin the fit. */
  readonly coefficients: Float64Array;
  readonly excluded: readonly Excluded[];
}

/** Who stays is decided by signs and rough sizes: three digits are enough. */
const SELECTION_FIT = { ridge: 1, precision: 1e-3 };

function select(
  table: TrainingTable,
  candidates: readonly Candidate[],
  options: TrainingOptions,
): Selection {
  const excluded: Excluded[] = [];
  const exclude = ({ variable, binning }: Binned, reason: ExclusionReason): void => {
    excluded.push({ variable, reason, informationValue: binning.informationValue });
  };
  let kept: (Binned & { readonly woes: Float64Array; readonly standard: Float64Array })[] = [];
  for (const each of byInformation(table, candidates, options)) {
    const woes = woeColumn(table.columns.get(each.variable)!, each.binning);
    const standard = standardised(woes);
    if (each.binning.informationValue < options.informationFloor) {
      exclude(each, 'too-little-information');
    } else if (kept.some((other) => dot(other.standard, standard) > options.correlationCeiling)) {
      exclude(each, 'correlated');
    } else kept.push({ ...each, woes, standard });
  }
  for (;;) {
    const woes = kept.map((each) => each.woes);
    const fit = fitLogistic({ columns: woes, bad: table.bad }, SELECTION_FIT);
    const gone = eliminated(fit, options.leastZ);
    if (gone.length === 0) return { kept, woes, excluded, coefficients: fit.coefficients };
    for (const { index, isWrongSign } of gone) {
      exclude(kept[index]!, isWrongSign ? 'wrong-sign' : 'insignificant');
    }
    const indices = new Set(gone.map(({ index }) => index));
    kept = kept.filter((_, index) => !indices.has(index));
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

function fitSelected({ woes, coefficients }: Selection, bad: Uint8Array, ridge: number) {
  return fitLogistic({ columns: woes, bad }, { ridge, start: coefficients });
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
  const folds = innerFolds(table, options);
  const isUnseen = new Uint8Array(table.rowCount);
  const unseen = options.ridges.map(() => new Float64Array(table.rowCount));
  for (const fold of folds) {
    for (const row of fold.holdout) isUnseen[row] = 1;
    const development = takeRows(table, fold.development);
    const holdout = takeRows(table, fold.holdout);
    const selected = select(development, candidates, options);
    const woes = selected.kept.map(({ variable, binning }) =>
      woeColumn(holdout.columns.get(variable)!, binning),
    );
    options.ridges.forEach((ridge, choice) => {
      const { coefficients } = fitSelected(selected, development.bad, ridge);
      linearPredictor(woes, coefficients).forEach((logOdds, at) => {
        unseen[choice]![fold.holdout[at]!] = logOdds;
      });
    });
  }
  // The slope is mended afterwards, and so is each penalty judged with its slope mended.
  const bad = table.bad.filter((_, row) => isUnseen[row] === 1);
  const recalibrated = unseen.map((logOdds) => {
    const column = logOdds.filter((_, row) => isUnseen[row] === 1);
    return fitLogistic({ columns: [column], bad }, { ridge: 0 });
  });
  const likelihoods = recalibrated.map(({ logLikelihood }) => logLikelihood);
  const choice = likelihoods.indexOf(Math.max(...likelihoods));
  const slope = recalibrated[choice]!.coefficients[1]!;
  // A slope above one is chance: evidence is never made bolder than the sample has it.
  return { ridge: options.ridges[choice]!, shrinkage: Math.min(Math.max(slope, 0.1), 1) };
}

/** Ahead in time where the sample has dates, since that is how the card will be used. */
function innerFolds(table: TrainingTable, { innerFolds: count }: TrainingOptions): readonly Fold[] {
  const ahead = table.days.length > 0 ? forwardFolds(table, count) : [];
  return ahead.length > 0 ? ahead : stratifiedFolds(table, count, 'inner');
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

/** The column less its mean, of length one: the product of two such is their correlation. */
function standardised(column: Float64Array): Float64Array {
  const centre = mean(column);
  const centred = column.map((value) => value - centre);
  const length = Math.sqrt(dot(centred, centred));
  return length === 0 ? centred : centred.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row += 1) sum += a[row]! * b[row]!;
  return sum;
}
