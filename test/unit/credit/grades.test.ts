import { readFileSync } from 'node:fs';
import type { Json } from '../../../src/kernel/canonical-json';
import { rate } from '../../../src/kernel/rate';
import {
  flawsOf,
  gradeNamed,
  gradeOf,
  lossGivenDefault,
  pdOf,
  type Grade,
  type MasterScale,
} from '../../../src/modules/credit/grades';
import { readMasterScale } from '../../../src/modules/credit/policy-file.schema';

const scale = readMasterScale(
  JSON.parse(readFileSync('compliance/master-scales/consumer-instalment/1.json', 'utf8')) as Json,
  'the scale',
);

function changed(change: (grades: Grade[]) => void): MasterScale {
  const grades = scale.grades.map((each) => ({ ...each, pd: [...each.pd] }));
  change(grades);
  return { ...scale, grades };
}

describe('the master scale', () => {
  it('is sound as it is delivered, with at least seven grades', () => {
    expect(flawsOf(scale)).toEqual([]);
    expect(scale.grades.length).toBeGreaterThanOrEqual(7);
  });

  it.each([
    { pd: '0', grade: 'A' },
    { pd: '0.0122', grade: 'A' },
    { pd: '0.012200000001', grade: 'B' },
    { pd: '0.0184', grade: 'B' },
    { pd: '0.05', grade: 'E' },
    { pd: '0.99', grade: 'J' },
    { pd: '1', grade: 'J' },
  ])('puts a probability of $pd in grade $grade', ({ pd, grade }) => {
    expect(gradeOf(scale, rate(pd)).grade).toBe(grade);
  });

  it('puts the probability of each grade in that grade', () => {
    for (const grade of scale.grades) expect(gradeOf(scale, pdOf(grade))).toBe(grade);
  });

  it('is worse in every horizon with every grade', () => {
    for (const [index, worse] of scale.grades.entries()) {
      const better = scale.grades[index - 1];
      for (const [at, { pd }] of worse.pd.entries()) {
        if (better) expect(pd.gt(better.pd[at]?.pd ?? 1)).toBe(true);
      }
    }
  });

  it('says what a default costs by product and security', () => {
    const asked = { product: 'consumer-instalment', security: 'none' } as const;
    expect(lossGivenDefault(scale, asked).severity.toString()).toBe('0.65');
    const secured = lossGivenDefault(scale, { ...asked, security: 'collateral' });
    expect(secured.severity.lt('0.65')).toBe(true);
  });

  it('refuses a product and a grade it does not know', () => {
    expect(() => lossGivenDefault(scale, { product: 'yacht', security: 'none' })).toThrow(
      /unsuitable-model/,
    );
    expect(() => gradeNamed(scale, 'Z')).toThrow(/A, B, C/);
  });

  it.each([
    {
      flaw: /fewer than 7/,
      made: (grades: Grade[]) => grades.splice(1, 4),
    },
    {
      flaw: /does not reach to 1/,
      made: (grades: Grade[]) => grades.pop(),
    },
    {
      flaw: /repeats/,
      made: (grades: Grade[]) => (grades[1] = { ...grades[1]!, grade: 'A' }),
    },
    {
      flaw: /bounds of C do not rise/,
      made: (grades: Grade[]) => (grades[2] = { ...grades[2]!, upTo: rate('0.001') }),
    },
    {
      flaw: /outside its own bounds/,
      made: (grades: Grade[]) =>
        (grades[2] = { ...grades[2]!, pd: [{ months: 12, pd: rate('0.5') }] }),
    },
    {
      flaw: /different horizons/,
      made: (grades: Grade[]) => (grades[9] = { ...grades[9]!, pd: grades[9]!.pd.slice(0, 2) }),
    },
    {
      flaw: /no worse than/,
      made: (grades: Grade[]) => (grades[5] = { ...grades[5]!, pd: grades[4]!.pd }),
    },
    {
      flaw: /step to C is not about the scale's ratio/,
      made: (grades: Grade[]) =>
        (grades[2] = { ...grades[2]!, pd: [{ months: 12, pd: rate('0.06') }] }),
    },
  ])('is not to be used when it is wrong: $flaw', ({ flaw, made }) => {
    const flaws = flawsOf(changed((grades) => void made(grades)));
    expect(flaws.join('; ')).toMatch(flaw);
  });
});
