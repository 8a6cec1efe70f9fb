import { betaBelow } from './distributions';

/* Whether the probability of default that a grade stands for agrees with its defaults. */

export interface GradeOutcome {
  readonly grade: string;
  /** What is reckoned with. */
  readonly pd: number;
  readonly rows: number;
  readonly bad: number;
}

/** `green`: chance explains it; `amber`: one time in twenty; `red`: one in a thousand. */
export type Light = 'green' | 'amber' | 'red';

export interface TestedGrade extends GradeOutcome {
  readonly badRate: number;
  /** More defaults than this are seen one time in forty if the probability is true, and fewer. */
  readonly lower: number;
  readonly upper: number;
  /** Of so many defaults or more, where the probability is true: the binomial test. */
  readonly tooLowPValue: number;
  /** Jeffreys' test, two-sided: small where the probability is far from the outcome. */
  readonly pValue: number;
  readonly light: Light;
  readonly direction: 'too-low' | 'too-high' | 'right';
}

const AMBER = 0.05;
const RED = 0.001;

/**
 * The tests of a grade: binomial, and Jeffreys' (the European Central Bank's instructions for
 * reporting the validation results of internal models, 2019, 2.5.3.1), which asks the posterior of
 * the default rate after a prior of half a default and half a non-default. Two-sided here: a
 * probability that is much too high misprices loans as surely as one that is too low.
 */
export function testGrade(outcome: GradeOutcome): TestedGrade {
  const { pd, rows, bad } = outcome;
  const posterior = { a: bad + 0.5, b: rows - bad + 0.5 };
  const below = betaBelow(pd, posterior);
  const pValue = rows === 0 ? 1 : Math.min(1, 2 * Math.min(below, 1 - below));
  return {
    ...outcome,
    badRate: rows === 0 ? NaN : bad / rows,
    lower: quantile(0.025, posterior),
    upper: quantile(0.975, posterior),
    tooLowPValue: binomialAtLeast(outcome),
    pValue,
    light: lightOf(pValue),
    direction: pValue >= AMBER ? 'right' : below < 0.5 ? 'too-low' : 'too-high',
  };
}

/** The probability of so many defaults or more among so many loans, each failing with `pd`. */
export function binomialAtLeast({ pd, rows, bad }: Omit<GradeOutcome, 'grade'>): number {
  return bad === 0 ? 1 : betaBelow(pd, { a: bad, b: rows - bad + 1 });
}

export function lightOf(pValue: number): Light {
  if (pValue < RED) return 'red';
  return pValue < AMBER ? 'amber' : 'green';
}

function quantile(share: number, of: { readonly a: number; readonly b: number }): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, of) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
