/*
 * One tree of a boosted model: grown leaf by leaf, the most useful split first, on sums of gradients
 * by bin. The rows of a leaf are a stretch of one array, so that a split moves numbers and makes none.
 */

/** Node by node; a leaf has feature −1, and its value instead of children. */
export interface Tree {
  readonly features: Int16Array;
  /** Bins up to this one go left. */
  readonly cuts: Uint8Array;
  /** 1 where what is missing goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int16Array;
  readonly right: Int16Array;
  readonly values: Float64Array;
}

export interface GrowOptions {
  readonly leaves: number;
  readonly minimumRows: number;
  readonly minimumHessian: number;
  readonly l2: number;
  readonly shrinkage: number;
}

/** The sample a forest grows on. */
export interface BinnedSample {
  /** Bins of each row, by column. */
  readonly columns: readonly Uint8Array[];
  /** How many bins each column has. */
  readonly counts: readonly number[];
}

/** First and second derivatives of the loss in the log odds of each row. */
export interface Slopes {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly cut: number;
  readonly missingLeft: boolean;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
}

/** Sums of a bin: gradient, hessian, rows. */
const SUMS = 3;

/** Grows trees on one sample, and keeps the room they need from one to the next. */
export class TreeGrower {
  private readonly offsets: readonly number[];
  private readonly size: number;
  private readonly spare: Float64Array[] = [];
  private readonly moved: Uint32Array;

  constructor(
    private readonly sample: BinnedSample,
    private readonly options: GrowOptions,
  ) {
    let offset = 0;
    this.offsets = sample.counts.map((count) => {
      const at = offset;
      offset += count * SUMS;
      return at;
    });
    this.size = offset;
    this.moved = new Uint32Array(sample.columns[0]?.length ?? 0);
  }

  /**
   * @param rows which rows it learns from; reordered.
   * @param features which columns it may split.
   */
  grow(rows: Uint32Array, features: readonly number[], slopes: Slopes): Tree {
    const tree = emptyTree(2 * this.options.leaves - 1);
    const context = { rows, features, slopes };
    const histogram = this.sumsOf({ from: 0, until: rows.length }, context);
    const root = { node: 0, from: 0, until: rows.length, histogram };
    const open: Leaf[] = [{ ...root, split: this.bestSplit(histogram, features) }];
    let nodes = 1;
    for (let leaves = 1; leaves < this.options.leaves; leaves += 1) {
      const at = mostUseful(open);
      if (at < 0) break;
      const [leaf] = open.splice(at, 1);
      open.push(...this.divide(leaf!, { tree, node: nodes, ...context }));
      nodes += 2;
    }
    for (const { node, histogram: sums } of open) {
      tree.values[node] = this.valueOf(sums, features);
      this.spare.push(sums);
    }
    return tree;
  }

  private divide(
    { node, from, until, histogram, split }: Leaf,
    context: Growing & { readonly tree: Tree; readonly node: number },
  ): readonly Leaf[] {
    const { tree, node: left, features } = context;
    const { feature, cut, missingLeft } = split!;
    tree.features[node] = feature;
    tree.cuts[node] = cut;
    tree.missingLeft[node] = Number(missingLeft);
    tree.left[node] = left;
    tree.right[node] = left + 1;
    const middle = this.partition(split!, { from, until }, context.rows);
    const isLeftSmaller = middle - from < until - middle;
    const smaller = isLeftSmaller ? { from, until: middle } : { from: middle, until };
    const small = this.sumsOf(smaller, context);
    // What is not in the smaller part is in the larger: half the sums are had for nothing.
    for (let at = 0; at < histogram.length; at += 1) histogram[at] = histogram[at]! - small[at]!;
    const [leftSums, rightSums] = isLeftSmaller ? [small, histogram] : [histogram, small];
    return [
      {
        ...{ node: left, from, until: middle, histogram: leftSums },
        split: this.bestSplit(leftSums, features),
      },
      {
        ...{ node: left + 1, from: middle, until, histogram: rightSums },
        split: this.bestSplit(rightSums, features),
      },
    ];
  }

  /** Moves those that go left to the front, in their order; returns where the right begins. */
  private partition(
    { feature, cut, missingLeft }: Split,
    { from, until }: Stretch,
    rows: Uint32Array,
  ): number {
    const column = this.sample.columns[feature]!;
    let left = from;
    let right = 0;
    for (let at = from; at < until; at += 1) {
      const row = rows[at]!;
      const bin = column[row]!;
      if (bin === 0 ? missingLeft : bin <= cut) {
        rows[left] = row;
        left += 1;
      } else {
        this.moved[right] = row;
        right += 1;
      }
    }
    rows.set(this.moved.subarray(0, right), left);
    return left;
  }

  private sumsOf({ from, until }: Stretch, { rows, features, slopes }: Growing): Float64Array {
    const sums = this.spare.pop()?.fill(0) ?? new Float64Array(this.size);
    for (const feature of features) {
      addUp(sums, this.offsets[feature]!, {
        column: this.sample.columns[feature]!,
        ...{ rows, from, until, slopes },
      });
    }
    return sums;
  }

  private bestSplit(sums: Float64Array, features: readonly number[]): Split | undefined {
    let best: Split | undefined;
    for (const feature of features) {
      const found = this.bestCut(sums, feature, best?.gain ?? 0);
      if (found) best = found;
    }
    return best;
  }

  /** The best cut of a column that gains more than `floor`, what is missing on either side. */
  private bestCut(sums: Float64Array, feature: number, floor: number): Split | undefined {
    const start = this.offsets[feature]!;
    const scan = { sums, start, count: this.sample.counts[feature]! };
    const right = scanCuts(scan, { floor, missingLeft: false }, this.options);
    // Where nothing is missing both sides are one.
    const left =
      sums[start + 2]! > 0
        ? scanCuts(scan, { floor: right?.gain ?? floor, missingLeft: true }, this.options)
        : undefined;
    const best = left ?? right;
    return best && { ...best, feature };
  }

  private valueOf(sums: Float64Array, features: readonly number[]): number {
    const [first = 0] = features;
    const [gradient, hessian] = totalOf(sums, this.offsets[first]!, this.sample.counts[first]!);
    return (-gradient / (hessian + this.options.l2)) * this.options.shrinkage;
  }
}

/** Walks the bins of a column from the lowest, and keeps the cut that gains most over `floor`. */
function scanCuts(
  {
    sums,
    start,
    count,
  }: { readonly sums: Float64Array; readonly start: number; readonly count: number },
  { floor, missingLeft }: { readonly floor: number; readonly missingLeft: boolean },
  { l2, minimumRows, minimumHessian }: GrowOptions,
): Omit<Split, 'feature'> | undefined {
  const [gradient, hessian, rows] = totalOf(sums, start, count);
  const parent = (gradient * gradient) / (hessian + l2);
  const missing = Number(missingLeft);
  let g = missing * sums[start]!;
  let h = missing * sums[start + 1]!;
  let n = missing * sums[start + 2]!;
  let most = floor;
  let cut = -1;
  for (let bin = 1; bin < count; bin += 1) {
    const at = start + bin * SUMS;
    g += sums[at]!;
    h += sums[at + 1]!;
    n += sums[at + 2]!;
    if (n < minimumRows || h < minimumHessian) continue;
    if (rows - n < minimumRows || hessian - h < minimumHessian) break;
    const rest = gradient - g;
    const gain = (g * g) / (h + l2) + (rest * rest) / (hessian - h + l2) - parent;
    if (gain <= most) continue;
    most = gain;
    cut = bin;
  }
  return cut < 0 ? undefined : { gain: most, cut, missingLeft };
}

interface Stretch {
  readonly from: number;
  readonly until: number;
}

interface Growing {
  readonly rows: Uint32Array;
  readonly features: readonly number[];
  readonly slopes: Slopes;
}

/** Adds what the tree says to the log odds of every row. */
export function addTree(tree: Tree, columns: readonly Uint8Array[], logOdds: Float64Array): void {
  const { features, cuts, missingLeft, left, right, values } = tree;
  for (let row = 0; row < logOdds.length; row += 1) {
    let node = 0;
    for (let feature = features[0]!; feature >= 0; feature = features[node]!) {
      const bin = columns[feature]![row]!;
      const isLeft = bin === 0 ? missingLeft[node] === 1 : bin <= cuts[node]!;
      node = isLeft ? left[node]! : right[node]!;
    }
    logOdds[row] = logOdds[row]! + values[node]!;
  }
}

/** The inner loop: everything it reads is in a local name. */
function addUp(
  sums: Float64Array,
  offset: number,
  {
    column,
    rows,
    from,
    until,
    slopes: { gradients, hessians },
  }: Stretch & {
    readonly column: Uint8Array;
    readonly rows: Uint32Array;
    readonly slopes: Slopes;
  },
): void {
  for (let at = from; at < until; at += 1) {
    const row = rows[at]!;
    const bin = offset + column[row]! * SUMS;
    sums[bin] = sums[bin]! + gradients[row]!;
    sums[bin + 1] = sums[bin + 1]! + hessians[row]!;
    sums[bin + 2] = sums[bin + 2]! + 1;
  }
}

function totalOf(
  sums: Float64Array,
  start: number,
  count: number,
): readonly [gradient: number, hessian: number, rows: number] {
  let gradient = 0;
  let hessian = 0;
  let rows = 0;
  for (let bin = 0; bin < count; bin += 1) {
    gradient += sums[start + bin * SUMS]!;
    hessian += sums[start + bin * SUMS + 1]!;
    rows += sums[start + bin * SUMS + 2]!;
  }
  return [gradient, hessian, rows];
}

function mostUseful(open: readonly Leaf[]): number {
  let best = -1;
  open.forEach(({ split }, at) => {
    if (split && (best < 0 || split.gain > open[best]!.split!.gain)) best = at;
  });
  return best;
}

function emptyTree(nodes: number): Tree {
  return {
    features: new Int16Array(nodes).fill(-1),
    cuts: new Uint8Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int16Array(nodes),
    right: new Int16Array(nodes),
    values: new Float64Array(nodes),
  };
}
