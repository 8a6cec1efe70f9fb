/*
 * Tails of the distributions that tests of significance ask for. Accurate to some ten digits, which
 * is more than any sample of loans can tell apart.
 */

/** The probability that a standard normal variable is at most `z`. */
export function normalBelow(z: number): number {
  const tail = chiSquareAbove(z * z, 1) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** The probability of a standard normal variable at least so far from nought, on either side. */
export function normalBeyond(z: number): number {
  return chiSquareAbove(z * z, 1);
}

/** The value that a standard normal variable exceeds with probability `tail`, by halving. */
export function normalQuantile(tail: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (1 - normalBelow(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The probability that a chi-square variable exceeds `value`: the regularised incomplete gamma
 * function, by series below and by continued fraction above (Numerical Recipes, 6.2).
 */
export function chiSquareAbove(value: number, degreesOfFreedom: number): number {
  const shape = degreesOfFreedom / 2;
  const x = value / 2;
  if (x <= 0) return 1;
  return x < shape + 1 ? 1 - gammaSeries(shape, x) : gammaFraction(shape, x);
}

/** The value that a chi-square variable exceeds with probability `tail`, by halving. */
export function chiSquareQuantile(tail: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = degreesOfFreedom + 60 * Math.sqrt(degreesOfFreedom) + 60;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (chiSquareAbove(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The probability that a beta variable is at most `x`: the regularised incomplete beta function, by
 * continued fraction (Numerical Recipes, 6.4).
 */
export function betaBelow(x: number, { a, b }: { readonly a: number; readonly b: number }): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges quickly on the near side of the mean only.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Natural logarithm of the gamma function of a positive number (Lanczos, 1964). */
export function logGamma(x: number): number {
  let series = 1.000000000190015;
  LANCZOS.forEach((term, index) => {
    series += term / (x + index + 1);
  });
  const base = x + 5.5;
  return (x + 0.5) * Math.log(base) - base + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

const LANCZOS = [
  76.18009172947146, -86.5053203294168, 24.01409824083091, -1.231739572450155,
  0.1208650973866179e-2, -0.5395239384953e-5,
] as const;

const PRECISION = 1e-14;
const TINY = 1e-300;
const MOST_TERMS = 10_000;

function gammaSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    term *= x / (shape + n);
    sum += term;
    if (term < sum * PRECISION) break;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

function gammaFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / awayFromNought(a * d + b);
    c = awayFromNought(b + a / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromNought(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromNought(1 + even * d);
    c = awayFromNought(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromNought(1 + odd * d);
    c = awayFromNought(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value;
}

function awayFromNought(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
