import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Json } from '../../../src/kernel/canonical-json';
import {
  flawsOfCard,
  probabilityAt,
  Scorecard,
  scoreApplicant,
  type CardBin,
  type CardRules,
} from '../../../src/modules/credit/scorecard';
import { readCardFile } from '../../../src/modules/credit/scorecard.schema';

const reason = (code: string) => ({ code, text: { en: `Reason ${code}`, zh: `理由${code}` } });
const title = { en: 'A title', zh: '标题' };
const weights = { informationValue: 0.1, coefficient: 1, standardError: 0.1 };
const bin = (points: number, more: Partial<CardBin> = {}): CardBin => ({
  rows: 1,
  bad: 0,
  woe: 0,
  points,
  ...more,
});

const card: CardRules = {
  id: 'small',
  version: 1,
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  baseScore: 500,
  characteristics: [
    {
      ...{ variable: 'income', kind: 'numeric', title, reason: reason('R01') },
      ...weights,
      bins: [
        bin(0, { below: 1000 }),
        bin(10, { from: 1000, below: 2000 }),
        bin(30, { from: 2000 }),
        bin(5, { is: 'missing' }),
      ],
    },
    {
      ...{ variable: 'housing', kind: 'categorical', title, reason: reason('R02') },
      ...weights,
      bins: [
        bin(0, { levels: ['RENT'] }),
        bin(20, { levels: ['OWN', 'MORTGAGE'] }),
        bin(7, { is: 'other' }),
        bin(3, { is: 'missing' }),
      ],
    },
  ],
};

const applicants = fc.record({
  income: fc.oneof(
    fc.integer({ min: -10, max: 4000 }),
    fc.constantFrom(1000, 2000, NaN, Infinity, undefined, 'plenty'),
  ),
  housing: fc.constantFrom('RENT', 'OWN', 'MORTGAGE', 'TENT', 'constructor', '', undefined, 7),
});

describe('a score', () => {
  it.each([
    { income: 999.99, housing: 'RENT', points: 500, codes: ['R01', 'R02'] },
    { income: 1000, housing: 'OWN', points: 530, codes: ['R01'] },
    { income: 2000, housing: 'MORTGAGE', points: 550, codes: [] },
    { income: undefined, housing: 'TENT', points: 512, codes: ['R01', 'R02'] },
    { income: 'plenty', housing: undefined, points: 508, codes: ['R01', 'R02'] },
    { income: 1500, housing: 'RENT', points: 510, codes: ['R01', 'R02'] },
  ])('of $income and $housing is $points', ({ income, housing, points, codes }) => {
    const scored = scoreApplicant(card, { income, housing });
    expect(scored.points).toBe(points);
    expect(scored.reasons.map(({ code }) => code)).toEqual(codes);
  });

  it('is the base and the points of the bins it names, whoever asks', () => {
    const compiled = new Scorecard(card);
    fc.assert(
      fc.property(applicants, (applicant) => {
        const { points, bins, reasons } = compiled.score(applicant);
        expect(compiled.points(applicant)).toBe(points);
        const lost = card.characteristics.map(({ bins: all }) =>
          Math.max(...all.map((b) => b.points)),
        );
        const best = lost.reduce((sum, each) => sum + each, card.baseScore);
        expect(best - reasons.reduce((sum, each) => sum + each.lostPoints, 0)).toBe(points);
        expect(Object.keys(bins)).toEqual(['income', 'housing']);
      }),
    );
  });

  it('is the same for the same facts, also after other applicants', () => {
    const compiled = new Scorecard(card);
    fc.assert(
      fc.property(applicants, applicants, (one, other) => {
        const first = compiled.score(one);
        compiled.score(other);
        expect(compiled.score(one)).toEqual(first);
        expect(scoreApplicant(card, one)).toEqual(first);
      }),
    );
  });

  it('names the costliest first, at most four, and of equal ones the first in the card', () => {
    const variables = ['a', 'b', 'c', 'd', 'e', 'f'];
    const cost = [5, 9, 5, 1, 9, 0];
    const many: CardRules = {
      ...card,
      characteristics: variables.map((variable, at) => ({
        ...{ variable, kind: 'numeric', title, reason: reason(`R1${at}`) },
        ...weights,
        bins: [bin(cost[at]!), bin(0, { is: 'missing' })],
      })),
    };
    const { reasons } = scoreApplicant(many, {});
    expect(reasons.map(({ code }) => code)).toEqual(['R11', 'R14', 'R10', 'R12']);
  });
});

describe('the probability at a score', () => {
  const compiled = new Scorecard(card);

  it.each([
    { points: 600, odds: 50 },
    { points: 620, odds: 100 },
    { points: 580, odds: 25 },
    { points: 640, odds: 200 },
  ])('has odds of $odds at $points', ({ points, odds }) => {
    expect(probabilityAt(card.scaling, points)).toBeCloseTo(1 / (1 + odds), 12);
  });

  it('falls with every point, and is never quite nought or one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), (points) => {
        const [pd, next] = [compiled.pdAt(points), compiled.pdAt(points + 1)];
        expect(next.lte(pd)).toBe(true);
        expect(pd.gt(0) && pd.lt(1)).toBe(true);
        const odds =
          (1 - probabilityAt(card.scaling, points)) / probabilityAt(card.scaling, points);
        const score = 600 + 20 * Math.log2(odds / 50);
        // Beyond, the good odds of so few points are lost in the last digits.
        if (points > 200 && points < 900) expect(score).toBeCloseTo(points, 3);
      }),
    );
  });
});

describe('a card that cannot be relied on', () => {
  const [income, housing] = card.characteristics as [
    CardRules['characteristics'][number],
    CardRules['characteristics'][number],
  ];
  const withBins = (of: typeof income, bins: readonly CardBin[]): CardRules => ({
    ...card,
    characteristics: [{ ...of, bins }],
  });
  it.each([
    {
      what: 'a gap',
      rules: withBins(income, [
        bin(0, { below: 1 }),
        bin(1, { from: 2 }),
        bin(0, { is: 'missing' }),
      ]),
      flaw: 'leave a gap',
    },
    {
      what: 'an end',
      rules: withBins(income, [bin(0, { below: 1 }), bin(0, { is: 'missing' })]),
      flaw: 'end before the numbers do',
    },
    { what: 'no missing bin', rules: withBins(income, [bin(0)]), flaw: 'what is missing' },
    {
      what: 'no other bin',
      rules: withBins(housing, [bin(0, { levels: ['A'] }), bin(0, { is: 'missing' })]),
      flaw: 'other levels',
    },
    {
      what: 'a level twice',
      rules: withBins(housing, [
        bin(0, { levels: ['A', 'A'] }),
        bin(0, { is: 'other' }),
        bin(0, { is: 'missing' }),
      ]),
      flaw: 'level twice',
    },
    {
      what: 'a variable twice',
      rules: { ...card, characteristics: [income, income] },
      flaw: 'scored twice',
    },
  ])('has $what', ({ rules, flaw }) => {
    expect(flawsOfCard(rules).join()).toContain(flaw);
  });

  it('is not one of ours', () => {
    expect(flawsOfCard(card)).toEqual([]);
  });

  const path = 'compliance/scorecards/german-credit/1.json';
  const shipped = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, Json>;

  it.each([
    { what: 'a point more', change: { baseScore: 375 } },
    { what: 'another note', change: { note: { en: 'Good for lending', zh: '可用于放贷' } } },
    { what: 'another hash', change: { contentHash: '0'.repeat(64) } },
  ])('was changed after it was written: $what', ({ change }) => {
    expect(() => readCardFile({ ...shipped(), ...change }, path)).toThrow(
      `${path} at contentHash: the card was changed after it was written`,
    );
  });

  it.each([
    { what: 'a word that is not known', change: { colour: 'red' }, place: 'colour' },
    { what: 'half a point', change: { baseScore: 1.5 }, place: 'baseScore' },
    { what: 'no characteristic', change: { characteristics: [] }, place: 'characteristics' },
  ])('has $what', ({ change, place }) => {
    expect(() => readCardFile({ ...shipped(), ...change }, path)).toThrow(place);
  });
});
