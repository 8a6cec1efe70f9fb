import { assert } from '../../kernel/assert';
import { addTree, TreeGrower, type BinnedSample, type Slopes, type Tree } from './boosted-tree';
import { binsOf, learnBins, type FeatureBins } from './feature-bins';
import { randomFrom, stratifiedFolds } from './folds';
import { probability } from './logistic';
import { countBad } from './metrics';
import { logLoss } from './reliability';
import { takeRows, type TrainingTable } from './training-table';

/*
 * Gradient-boosted trees (Friedman, Annals of Statistics 29, 2001) on histograms: the challenger of
 * a scorecard. It is measured beside the card, to tell how much order in the facts the card leaves
 * unused. It never decides, since nobody could tell an applicant why.
 */

export interface GbdtOptions {
  /** At most; fewer where the trees stop to help on rows that they did not see. */
  readonly trees: number;
  readonly leaves: number;
  readonly minimumRows: number;
  readonly learningRate: number;
  /** Shares of the rows and of the columns that a tree is shown. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly l2: number;
  /** Of a column, with the one for what is missing; at most 255. */
  readonly bins: number;
  /** One part in so many of the sample says when to stop; none where it is 0. */
  readonly stoppingParts: number;
  /** Trees without a gain until it stops. */
  readonly patience: number;
  /** The same seed and rows, the same trees. */
  readonly seed: string;
}

export const CHALLENGER_OPTIONS: GbdtOptions = {
  trees: 400,
  leaves: 12,
  minimumRows: 30,
  learningRate: 0.05,
  rowShare: 0.7,
  columnShare: 0.5,
  l2: 5,
  bins: 64,
  stoppingParts: 10,
  patience: 30,
  seed: 'challenger',
};

export interface GbdtModel {
  /** Log odds of going bad before any tree. */
  readonly base: number;
  readonly features: readonly FeatureBins[];
  readonly trees: readonly Tree[];
}

/**
 * Fits trees to the outcome of a table's rows by its columns.
 *
 * @throws AssertionError where the rows have one outcome only, or there are no columns.
 */
export function fitGbdt(table: TrainingTable, options: GbdtOptions): GbdtModel {
  const badCount = countBad(table.bad);
  assert(badCount > 0 && badCount < table.rowCount, 'the sample has one outcome only');
  assert(table.columns.size > 0, 'there is nothing to learn from');
  assert(options.bins >= 2 && options.bins <= 255, 'a column has 2 to 255 bins');
  const [learning, stopping] = partsOf(table, options);
  const features = [...learning.columns].map(([variable, column]) =>
    learnBins(variable, column, { bad: learning.bad, most: options.bins }),
  );
  const rate = countBad(learning.bad) / learning.rowCount;
  const base = Math.log(rate / (1 - rate));
  const trees = boost({ table: learning, features, base }, stopping, options);
  return { base, features, trees };
}

/** Probability of going bad of every row. */
export function predictGbdt(model: GbdtModel, table: TrainingTable): Float64Array {
  const columns = binned(model.features, table);
  const logOdds = new Float64Array(table.rowCount).fill(model.base);
  for (const tree of model.trees) addTree(tree, columns, logOdds);
  return logOdds.map(probability);
}

/** As cross-validation wants it: fits inside the fold, and answers for the holdout. */
export function challengerModel(
  options: GbdtOptions = CHALLENGER_OPTIONS,
): (development: TrainingTable, holdout: TrainingTable) => Float64Array {
  return (development, holdout) => predictGbdt(fitGbdt(development, options), holdout);
}

interface Learning {
  readonly table: TrainingTable;
  readonly features: readonly FeatureBins[];
  readonly base: number;
}

function boost(
  { table, features, base }: Learning,
  stopping: TrainingTable | undefined,
  options: GbdtOptions,
): readonly Tree[] {
  const sample: BinnedSample = {
    columns: binned(features, table),
    counts: features.map(({ count }) => count),
  };
  const grower = new TreeGrower(sample, {
    leaves: options.leaves,
    minimumRows: options.minimumRows,
    minimumHessian: 1e-3,
    l2: options.l2,
    shrinkage: options.learningRate,
  });
  const draw = randomFrom(options.seed);
  const logOdds = new Float64Array(table.rowCount).fill(base);
  const slopes = {
    gradients: new Float64Array(table.rowCount),
    hessians: new Float64Array(table.rowCount),
  };
  const watch = stopping && new StoppingRule(stopping, { features, base }, options.patience);
  const trees: Tree[] = [];
  while (trees.length < options.trees) {
    setSlopes(slopes, logOdds, table.bad);
    const rows = drawRows(table.rowCount, options.rowShare, draw);
    const tree = grower.grow(
      rows,
      drawFeatures(features.length, options.columnShare, draw),
      slopes,
    );
    trees.push(tree);
    addTree(tree, sample.columns, logOdds);
    if (watch?.isOver(tree)) break;
  }
  return trees.slice(0, watch?.bestCount ?? trees.length);
}

/** Watches rows that no tree was shown, and remembers how many trees served them best. */
class StoppingRule {
  bestCount = 0;
  private seen = 0;
  private least: number;
  private readonly columns: readonly Uint8Array[];
  private readonly logOdds: Float64Array;

  constructor(
    private readonly table: TrainingTable,
    { features, base }: Pick<Learning, 'features' | 'base'>,
    private readonly patience: number,
  ) {
    this.columns = binned(features, table);
    this.logOdds = new Float64Array(table.rowCount).fill(base);
    this.least = this.loss();
  }

  isOver(tree: Tree): boolean {
    addTree(tree, this.columns, this.logOdds);
    this.seen += 1;
    const loss = this.loss();
    if (loss < this.least) {
      this.least = loss;
      this.bestCount = this.seen;
    }
    return this.seen - this.bestCount >= this.patience;
  }

  private loss(): number {
    return logLoss(this.logOdds.map(probability), this.table.bad);
  }
}

function partsOf(
  table: TrainingTable,
  { stoppingParts, seed }: GbdtOptions,
): readonly [learning: TrainingTable, stopping: TrainingTable | undefined] {
  if (stoppingParts === 0) return [table, undefined];
  const [fold] = stratifiedFolds(table, stoppingParts, `${seed}/stopping`);
  const stopping = takeRows(table, fold!.holdout);
  const learning = takeRows(table, fold!.development);
  return countBad(learning.bad) === 0 ? [table, undefined] : [learning, stopping];
}

function binned(
  features: readonly FeatureBins[],
  { columns }: TrainingTable,
): readonly Uint8Array[] {
  return features.map((feature) => {
    const column = columns.get(feature.variable);
    assert(column !== undefined, `the rows have no ${feature.variable}`);
    return binsOf(feature, column);
  });
}

function setSlopes({ gradients, hessians }: Slopes, logOdds: Float64Array, bad: Uint8Array): void {
  for (let row = 0; row < bad.length; row += 1) {
    const p = 1 / (1 + Math.exp(-logOdds[row]!));
    gradients[row] = p - bad[row]!;
    hessians[row] = p * (1 - p);
  }
}

/** In rising order, so that columns are read from front to back. */
function drawRows(count: number, share: number, draw: () => number): Uint32Array {
  const rows = new Uint32Array(count);
  let taken = 0;
  for (let row = 0; row < count; row += 1) {
    if (share < 1 && draw() >= share) continue;
    rows[taken] = row;
    taken += 1;
  }
  return rows.subarray(0, taken);
}

function drawFeatures(count: number, share: number, draw: () => number): readonly number[] {
  const order = [...Array(count).keys()];
  const wanted = Math.max(1, Math.trunc(share * count + 0.5));
  for (let at = 0; at < wanted; at += 1) {
    const other = at + Math.trunc(draw() * (count - at));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order.slice(0, wanted).toSorted((a, b) => a - b);
}
