import { approvedSafest, fairnessTable } from '../../../src/modules/credit/fairness';
import { driftOf } from '../../../src/modules/credit/stability';

describe('the fairness table', () => {
  // Ten young of whom five are approved, and twenty others of whom sixteen are.
  const young = [...Array(10).keys()];
  const others = [...Array(20).keys()];
  const table = fairnessTable({
    scores: Float64Array.from([...young, ...others]),
    approved: Uint8Array.from([
      ...young.map((at) => Number(at < 5)),
      ...others.map((at) => Number(at < 16)),
    ]),
    // Of the young, those above 6 went bad; of the others, those above 17; the last is not known.
    outcome: Int8Array.from([
      ...young.map((at) => Number(at > 6)),
      ...others.map((at) => (at === 19 ? -1 : Number(at > 17))),
    ]),
    group: Int32Array.from([...young.map(() => 0), ...others.map(() => 1)]),
    names: ['young', 'others'],
  });

  it('compares a group with all the rest', () => {
    expect(table[0]).toMatchObject({
      group: 'young',
      rows: 10,
      approvalRate: 0.5,
      restApprovalRate: 0.8,
      impactRatio: 0.625,
      passesFourFifths: false,
      known: 10,
      defaultRate: 0.3,
      auc: 1,
    });
  });

  it('looks at those who turned out good alone for equal opportunity', () => {
    expect(table[0]?.goodApprovalRate).toBeCloseTo(5 / 7, 12);
    expect(table[0]?.restGoodApprovalRate).toBeCloseTo(16 / 18, 12);
    expect(table[0]?.opportunityGap).toBeCloseTo(5 / 7 - 16 / 18, 12);
  });

  it('is the other way round for the other group', () => {
    expect(table[1]?.impactRatio).toBeCloseTo(1.6, 12);
    expect(table[1]?.passesFourFifths).toBe(true);
    expect(table[1]?.defaultRate).toBeCloseTo(1 / 19, 12);
    expect(table[1]?.known).toBe(19);
  });

  it('tests the difference of two shares', () => {
    // Pooled 21 of 30; z = −.3 / √(.7 × .3 × .15) = −1.690.
    expect(table[0]?.impactPValue).toBeCloseTo(0.0909, 3);
  });

  it('finds nobody wronged where there is nobody to compare with', () => {
    const [alone] = fairnessTable({
      scores: Float64Array.from([1, 2]),
      approved: Uint8Array.from([0, 0]),
      outcome: Int8Array.from([0, 1]),
      group: Int32Array.from([0, 0]),
      names: ['all'],
    });
    expect(alone).toMatchObject({ impactRatio: NaN, passesFourFifths: true });
  });

  it('approves the safest, and all who tie with the last of them', () => {
    expect([...approvedSafest(Float64Array.from([5, 1, 3, 3, 9]), 0.5)]).toEqual([0, 1, 1, 1, 0]);
  });
});

describe('drift', () => {
  const band = (label: string, before: number, now: number) => ({ label, before, now });

  it.each([
    { what: 'nothing moved', now: [500, 500], level: 'stable' },
    { what: 'a third of a half moved', now: [660, 340], level: 'amber' },
    { what: 'half of a half moved', now: [750, 250], level: 'red' },
  ])('is $level where $what', ({ now, level }) => {
    const bands = [band('low', 5000, now[0]!), band('high', 5000, now[1]!)];
    expect(driftOf('score', bands).level).toBe(level);
  });

  it('of a handful of applicants says nothing, however large the index', () => {
    const drift = driftOf('score', [band('low', 5000, 4), band('high', 5000, 1)]);
    expect(drift.psi).toBeGreaterThan(0.25);
    expect(drift.chance).toBeGreaterThan(drift.psi);
    expect(drift.level).toBe('stable');
  });

  it('is the sum of what its bands add', () => {
    const drift = driftOf('score', [band('a', 50, 20), band('b', 30, 30), band('c', 20, 50)]);
    expect(drift.bands.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(drift.psi, 12);
    expect(drift.bands[1]?.part).toBeCloseTo(0, 12);
  });

  it('of nobody is nothing', () => {
    expect(driftOf('score', [band('a', 50, 0), band('b', 30, 0)])).toMatchObject({
      psi: 0,
      level: 'stable',
    });
  });
});
