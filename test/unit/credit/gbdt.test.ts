import { addTree, TreeGrower } from '../../../src/modules/credit/boosted-tree';
import { binsOf, learnBins } from '../../../src/modules/credit/feature-bins';
import { randomFrom } from '../../../src/modules/credit/folds';
import {
  CHALLENGER_OPTIONS,
  fitGbdt,
  predictGbdt,
  type GbdtOptions,
} from '../../../src/modules/credit/gbdt';
import { rocAuc } from '../../../src/modules/credit/metrics';
import { trainingTable, type TrainingTable } from '../../../src/modules/credit/training-table';

/** Bad where exactly one of two is high, which no sum of points can say; the third is noise. */
function crossed(rows: number, seed: string): TrainingTable {
  const draw = randomFrom(seed);
  return trainingTable(
    { a: 'numeric', b: 'numeric', home: 'categorical', noise: 'numeric' },
    Array.from({ length: rows }, () => {
      const [a, b, home, noise] = [draw(), draw(), draw(), draw()];
      const risk = (a > 0.5 !== b > 0.5 ? 0.6 : 0.1) + (home > 0.7 ? 0.25 : 0);
      return {
        applicant: { a: a < 0.1 ? undefined : a, b, home: home > 0.7 ? 'RENT' : 'OWN', noise },
        isBad: draw() < risk,
      };
    }),
  );
}

const QUICK: GbdtOptions = { ...CHALLENGER_OPTIONS, trees: 80, learningRate: 0.1 };

describe('boosted trees', () => {
  const model = fitGbdt(crossed(4000, 'learn'), QUICK);
  const fresh = crossed(4000, 'fresh');

  it('find what depends on two facts together', () => {
    expect(rocAuc(predictGbdt(model, fresh), fresh.bad)).toBeGreaterThan(0.78);
  });

  it('give probabilities that come true on the average', () => {
    const pd = predictGbdt(model, fresh);
    const mean = pd.reduce((sum, each) => sum + each, 0) / pd.length;
    const rate = fresh.bad.reduce((sum, each) => sum + each, 0) / pd.length;
    expect(Math.abs(mean - rate)).toBeLessThan(0.03);
  });

  it('are the same from the same seed, and others from another', () => {
    const asked = (options: GbdtOptions) =>
      predictGbdt(fitGbdt(crossed(1000, 'learn'), options), fresh).join();
    expect(asked(QUICK) === asked(QUICK)).toBe(true);
    expect(asked(QUICK) === asked({ ...QUICK, seed: 'another' })).toBe(false);
  });

  it('stop early where there is nothing to learn', () => {
    const draw = randomFrom('nothing');
    const rows = Array.from({ length: 1000 }, () => ({
      applicant: { noise: draw() },
      isBad: draw() < 0.3,
    }));
    const { trees } = fitGbdt(trainingTable({ noise: 'numeric' }, rows), QUICK);
    expect(trees.length).toBeLessThan(30);
  });

  it('refuse a sample of one outcome', () => {
    const rows = [1, 2, 3].map((a) => ({ applicant: { a }, isBad: false }));
    expect(() => fitGbdt(trainingTable({ a: 'numeric' }, rows), QUICK)).toThrow('one outcome');
  });
});

describe('one tree', () => {
  const options = { leaves: 2, minimumRows: 1, minimumHessian: 0, l2: 0, shrinkage: 1 };
  const grow = (bins: readonly number[], gradients: readonly number[], leaves = 2) => {
    const columns = [Uint8Array.from(bins)];
    const grower = new TreeGrower({ columns, counts: [5] }, { ...options, leaves });
    const hessians = new Float64Array(bins.length).fill(1);
    const rows = Uint32Array.from(bins, (_, row) => row);
    const tree = grower.grow(rows, [0], { gradients: Float64Array.from(gradients), hessians });
    const logOdds = new Float64Array(bins.length);
    addTree(tree, columns, logOdds);
    return [...logOdds];
  };

  it('cuts where the gradients part, and answers with their mean', () => {
    expect(grow([1, 2, 3, 4], [-1, -3, 2, 4])).toEqual([2, 2, -3, -3]);
  });

  it('sends what is missing to the side that it resembles', () => {
    expect(grow([0, 1, 2, 3], [4, -2, -2, 4])).toEqual([-4, 2, 2, -4]);
    expect(grow([0, 1, 2, 3], [-2, -2, -2, 4])).toEqual([2, 2, 2, -4]);
  });

  it('grows where most is gained first', () => {
    expect(grow([1, 2, 3, 4], [-10, -8, 2, 2], 3)).toEqual([10, 8, -2, -2]);
  });

  it('stays whole where no cut gains anything', () => {
    expect(grow([1, 2, 3, 4], [1, 1, 1, 1])).toEqual([-1, -1, -1, -1]);
  });
});

describe('bins of a column', () => {
  it('take numbers one by one where there are few of them', () => {
    const column = { kind: 'numeric', values: Float64Array.from([3, 1, NaN, 2, 1]) } as const;
    const bins = learnBins('x', column, { bad: new Uint8Array(5), most: 10 });
    expect([...binsOf(bins, column)]).toEqual([3, 1, 0, 2, 1]);
    const later = { kind: 'numeric', values: Float64Array.from([-5, 1.4, 1.6, 99]) } as const;
    expect([...binsOf(bins, later)]).toEqual([1, 1, 2, 3]);
  });

  it('are no more than allowed, and about equally full, where there are many', () => {
    const values = Float64Array.from({ length: 1000 }, (_, at) => (at * 7919) % 1000);
    const column = { kind: 'numeric', values } as const;
    const bins = learnBins('x', column, { bad: new Uint8Array(1000), most: 11 });
    const counts = new Map<number, number>();
    for (const bin of binsOf(bins, column)) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    expect([...counts.values()].every((count) => count >= 90 && count <= 110)).toBe(true);
  });

  it('put levels in the order of their risk, and unknown ones among the average', () => {
    const column = {
      kind: 'categorical',
      levels: ['A', 'B', 'C'],
      codes: Int32Array.from([...Array(300).keys()].map((at) => at % 3)),
    } as const;
    // A fails often, B never, C now and then.
    const bad = Uint8Array.from({ length: 300 }, (_, at) =>
      Number(at % 3 === 0 || (at % 3 === 2 && at % 2 === 0)),
    );
    const bins = learnBins('x', column, { bad, most: 10 });
    const asked = { kind: 'categorical', levels: ['A', 'B', 'C', 'D'] } as const;
    const codes = Int32Array.from([0, 1, 2, 3, -1]);
    expect([...binsOf(bins, { ...asked, codes })]).toEqual([3, 1, 2, 2, 0]);
  });
});
