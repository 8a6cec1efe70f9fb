import {
  monitor,
  monthsBetween,
  type MonitoredCard,
  type MonitoringFacts,
  type OutcomeCell,
} from '../../../src/modules/credit/monitoring';
import { verdictOf } from '../../../src/modules/credit/monitoring-verdict';

const text = (en: string) => ({ en, zh: '文字' });

const bin = { bad: 20, woe: 0, points: 0 };

/** A card whose score bands and one variable each part the sample in two halves. */
const card = {
  id: 'small',
  version: 1,
  characteristics: [
    {
      variable: 'income',
      kind: 'numeric',
      title: text('Income'),
      reason: { code: 'R01', text: text('Income is low') },
      ...{ informationValue: 0.2, coefficient: 1, standardError: 0.1 },
      bins: [
        { below: 50, rows: 500, ...bin },
        { from: 50, rows: 500, ...bin },
        { is: 'missing', rows: 0, ...bin },
      ],
    },
  ],
  training: {
    scoreBands: [
      { below: 600, rows: 500, bad: 100 },
      { from: 600, rows: 500, bad: 50 },
    ],
  },
  performance: { validation: { auc: 0.7 } },
} as unknown as MonitoredCard;

/** Two hundred of each probability, and so many of each that went bad. */
function outcomes(cohort: string, bad: readonly [number, number, number]): readonly OutcomeCell[] {
  return [0.05, 0.15, 0.4].map((pd, at) => ({
    cohort,
    pd,
    grade: 'ABC'[at]!,
    gradePd: pd,
    good: 200 - bad[at]!,
    bad: bad[at]!,
  }));
}

function facts(changes: Partial<MonitoringFacts> = {}): MonitoringFacts {
  return {
    month: '2025-06',
    card,
    points: new Map([
      [550, 100],
      [650, 100],
    ]),
    bins: new Map([
      [
        'income',
        new Map([
          ['< 50', 104],
          ['>= 50', 96],
        ]),
      ],
    ]),
    outcomes: outcomes('2024-03', [10, 30, 80]),
    swaps: [{ model: 'approve', standing: 'approve', rows: 200, good: 100, bad: 10 }],
    groups: [],
    vintages: [],
    ...changes,
  };
}

const judged = (changes: Partial<MonitoringFacts>) => verdictOf(monitor(facts(changes)));
const codesOf = (changes: Partial<MonitoringFacts>) =>
  judged(changes).reasons.map(({ code, level }) => `${level} ${code}`);

describe('a month in which nothing is wrong', () => {
  it('is reported as such', () => {
    expect(judged({})).toEqual({ verdict: 'ok', reasons: [] });
  });

  it('has figures that can be checked by hand', () => {
    const report = monitor(facts());
    expect(report.decisions).toBe(200);
    expect(report.pooled).toMatchObject({ rows: 600, bad: 120, badRate: 0.2 });
    expect(report.pooled.meanPd).toBeCloseTo(0.2, 12);
    expect(report.pooled.slope).toBeCloseTo(1, 6);
    expect(report.grades.map(({ grade, badRate, light }) => [grade, badRate, light])).toEqual([
      ['A', 0.05, 'green'],
      ['B', 0.15, 'green'],
      ['C', 0.4, 'green'],
    ]);
    // One pair in three is tied on the average; counted from the table of bad against good.
    const pairs = [10, 30, 80].flatMap((bad, at) =>
      [190, 170, 120].map((good, other) => bad * good * (at > other ? 1 : at === other ? 0.5 : 0)),
    );
    const right = pairs.reduce((sum, each) => sum + each, 0);
    expect(report.pooled.auc).toBeCloseTo(right / (120 * 480), 12);
  });

  it('may have no decisions and no outcomes at all', () => {
    const empty = { points: new Map(), bins: new Map(), outcomes: [], swaps: [] };
    expect(judged(empty)).toEqual({ verdict: 'ok', reasons: [] });
  });
});

describe('the verdict', () => {
  it('is a watch where a variable moved, and an alarm where the score did', () => {
    const moved = new Map([
      [
        'income',
        new Map([
          ['< 50', 180],
          ['>= 50', 20],
        ]),
      ],
    ]);
    expect(codesOf({ bins: moved })).toEqual(['watch variable-moved']);
    expect(
      codesOf({
        points: new Map([
          [550, 190],
          [650, 10],
        ]),
      }),
    ).toEqual(['alarm score-moved']);
  });

  it('is an alarm where probabilities are off although nobody moved', () => {
    expect(codesOf({ outcomes: outcomes('2024-03', [4, 13, 35]) })).toContain(
      'alarm probabilities-off',
    );
    expect(codesOf({ outcomes: outcomes('2024-03', [20, 55, 110]) })).toContain(
      'alarm probabilities-off',
    );
  });

  it('finds one bad month among good ones', () => {
    const months = [...outcomes('2024-01', [10, 30, 80]), ...outcomes('2024-02', [30, 70, 110])];
    const { reasons } = judged({ outcomes: months });
    expect(reasons.some(({ message }) => message.includes('2024-02'))).toBe(true);
  });

  it('is an alarm where a grade costs more than reckoned, and a watch where it costs less', () => {
    expect(codesOf({ outcomes: outcomes('2024-03', [32, 30, 80]) })).toContain('alarm grade-off');
    expect(codesOf({ outcomes: outcomes('2024-03', [10, 8, 80]) })).toContain('watch grade-off');
  });

  it('is an alarm where the card no longer ranks', () => {
    expect(codesOf({ outcomes: outcomes('2024-03', [40, 40, 40]) })).toContain(
      'alarm ranking-fell',
    );
  });

  it.each([
    { overruled: 10, codes: [] },
    { overruled: 25, codes: ['watch many-overrides'] },
    { overruled: 60, codes: ['alarm many-overrides'] },
  ])('on $overruled of 200 overruled is $codes', ({ overruled, codes }) => {
    const swaps = [
      { model: 'approve', standing: 'approve', rows: 200 - overruled, good: 0, bad: 0 },
      { model: 'decline', standing: 'approve', rows: overruled, good: 3, bad: 1 },
    ] as const;
    expect(codesOf({ swaps })).toEqual(codes);
    const report = monitor(facts({ swaps }));
    expect(report.overrides.overridden).toBe(overruled);
    expect(report.overrides.swaps[1]?.badRate).toBe(0.25);
  });

  it.each([
    { approved: 60, level: [] },
    { approved: 48, level: ['alarm adverse-impact'] },
  ])('on $approved of a hundred women against 70 of men is $level', ({ approved, level }) => {
    const cells = (group: string, count: number) =>
      [true, false].map((isApproved) => ({
        ...{ attribute: 'sex', group, pd: 0.1, isApproved, good: 0, bad: 0 },
        open: isApproved ? count : 100 - count,
      }));
    expect(codesOf({ groups: [...cells('female', approved), ...cells('male', 70)] })).toEqual(
      level,
    );
  });

  it('is a watch where probabilities are too bold, if there are enough cases to tell', () => {
    const tooBold = (times: number) =>
      outcomes('2024-03', [24, 36, 66]).map((cell) => ({
        ...cell,
        good: cell.good * times,
        bad: cell.bad * times,
      }));
    expect(codesOf({ outcomes: tooBold(5) })).toContain('watch slope-off');
    const few = tooBold(1).map((cell) => ({
      ...cell,
      good: Math.trunc(cell.good / 10),
      bad: Math.trunc(cell.bad / 10),
    }));
    expect(codesOf({ outcomes: few })).not.toContain('watch slope-off');
  });

  it('puts alarms before what is only to be watched', () => {
    const { verdict, reasons } = judged({ outcomes: outcomes('2024-03', [32, 8, 80]) });
    expect(verdict).toBe('alarm');
    expect(reasons.map(({ level }) => level)).toEqual(reasons.map(({ level }) => level).toSorted());
  });
});

describe('vintages', () => {
  it('accumulate month by month, and stop where not all loans have lived so long', () => {
    const { vintages } = monitor(
      facts({
        vintages: [
          { cohort: '2025-03', rows: 50, badByMonth: [0, 1, 2, 3] },
          { cohort: '2025-06', rows: 10, badByMonth: [1] },
        ],
      }),
    );
    // The fourth month of those of March is lived by some of them only.
    expect(vintages).toEqual([
      { cohort: '2025-03', rows: 50, cumulativeBad: [0, 0.02, 0.06] },
      { cohort: '2025-06', rows: 10, cumulativeBad: [] },
    ]);
  });

  it.each([
    { from: '2024-11', until: '2025-02', months: 3 },
    { from: '2025-02', until: '2025-02', months: 0 },
  ])('from $from to $until are $months months', ({ from, until, months }) => {
    expect(monthsBetween(from, until)).toBe(months);
  });
});
