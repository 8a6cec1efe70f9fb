import { rate, rateText, type Rate } from '../../kernel/rate';
import { scheduleProblem } from './errors';

/** So many parts of a year, or of a unit period: 5 of 12, 13 of 365. */
export interface Elapsed {
  readonly count: number;
  readonly of: number;
}

/**
 * One term of an equation of value: `amount / ((1 + f x) (1 + x)^t)`, where t is the sum of the
 * whole parts elapsed and f the part that bears simple interest (Regulation Z alone has one).
 */
export interface DiscountedAmount {
  readonly amount: Rate;
  readonly elapsed: readonly Elapsed[];
  readonly simple?: Elapsed | undefined;
}

/** Terms in order of time. */
export type Equation = readonly DiscountedAmount[];

const ZERO = rate('0');
const ONE = rate('1');
/** A trillionth: far finer than any law wants a rate shown, far coarser than the solver. */
const PUBLISHED_DIGITS = 12;

/** The sum of all terms at rate `x` above -1, in the 40 digits of a Rate. */
export function presentValue(equation: Equation, x: Rate): Rate {
  const discounts = new Discounts(x);
  return equation.reduce((sum, term) => sum.plus(discounts.of(term).times(term.amount)), ZERO);
}

/**
 * Discount factors at one rate. Terms come in order of time, so each power is the one before times
 * that of the step between, and steps repeat: without this a long schedule takes seconds.
 */
class Discounts {
  private readonly growth: Rate;
  private readonly powers = new Map<number, Powers>();
  private readonly simple = new Map<string, Rate>();

  constructor(private readonly x: Rate) {
    this.growth = ONE.plus(x);
  }

  of({ elapsed, simple }: DiscountedAmount): Rate {
    const compound = elapsed.reduce(
      (product, part) => (part.count === 0 ? product : product.times(this.power(part))),
      ONE,
    );
    if (simple === undefined || simple.count === 0) return compound;
    return compound.times(this.simpleDiscount(simple));
  }

  private power({ count, of }: Elapsed): Rate {
    let powers = this.powers.get(of);
    if (powers === undefined) {
      powers = new Powers(ONE.div(of === 1 ? this.growth : this.growth.pow(ONE.div(of))));
      this.powers.set(of, powers);
    }
    return powers.to(count);
  }

  private simpleDiscount({ count, of }: Elapsed): Rate {
    const key = `${count}/${of}`;
    const discount = this.simple.get(key) ?? ONE.div(this.x.times(count).div(of).plus(ONE));
    this.simple.set(key, discount);
    return discount;
  }
}

/** Whole powers of one base, each from the one before. */
class Powers {
  private count = 0;
  private current = ONE;
  private readonly steps = new Map<number, Rate>();

  constructor(private readonly base: Rate) {}

  to(count: number): Rate {
    const step = count - this.count;
    if (step === 0) return this.current;
    const factor = this.steps.get(step) ?? this.base.pow(step);
    this.steps.set(step, factor);
    this.count = count;
    this.current = this.current.times(factor);
    return this.current;
  }
}

/** Lowest and highest rate that is looked for: -99.9999 percent, and 10^12. */
const LOWEST = -1 + 1e-6;
const HIGHEST = 1e12;
/** Beyond this exponent a binary float overflows. */
const LARGEST_EXPONENT = 600;
/** Where several roots may be: fine between -63 and 172 percent, coarse beyond. */
const FINE_UP_TO = 1;
const FINE_STEP = 0.005;
const COARSE_STEP = 0.05;
/** How close the answer is to a true root: 10^-15, of `1 + x` where that is larger. */
const TOLERANCE = rate('0.000000000000001');
const DIGITS = 15;

/**
 * The rate x at which the equation is zero, to 15 decimals.
 *
 * Binary floats only say where to look; the answer is a bracket of width 10^-15 (relative to
 * `1 + x`) at whose ends the equation, in 40-digit decimals, has opposite signs. When the signs of
 * the terms change once in order of time, exactly one root exists. When they change more often,
 * roots are looked for on a grid in `ln(1 + x)`, of 0.005 up to 1 either way and of 0.05 beyond: two
 * roots closer together than that are not seen.
 *
 * @param near the root wanted where there are several.
 * @throws Problem `schedules.no-rate`; `schedules.several-rates` without `near`.
 */
export function solveRate(equation: Equation, near?: Rate): Rate {
  const terms = equation.map(asFloats);
  const places = signChanges(equation) === 1 ? [onlyBracket(terms)] : brackets(terms);
  const roots = places.flatMap((place) => {
    const root = place === undefined ? undefined : certified(equation, bisected(terms, place));
    return root === undefined ? [] : [root];
  });
  const [first, ...others] = roots;
  if (first === undefined) {
    throw scheduleProblem('no-rate', {
      detail: 'No rate between -99.9999 percent and 10^12 solves the equation of value.',
    });
  }
  if (others.length === 0) return first;
  if (near === undefined) {
    throw scheduleProblem('several-rates', {
      detail: `The flows change sign more than once; ${roots.map(shown).join(', ')} all solve it.`,
    });
  }
  return roots.reduce((best, root) =>
    root.minus(near).abs().lt(best.minus(near).abs()) ? root : best,
  );
}

/** A rate as it is published: 12 decimals, and no minus before a zero. */
export function published(exact: Rate): Rate {
  const rounded = exact.toDecimalPlaces(PUBLISHED_DIGITS);
  return rounded.isZero() ? ZERO : rounded;
}

function shown(exact: Rate): string {
  return rateText(published(exact));
}

/** How often the amounts change sign in order of time: Descartes' bound on the number of roots. */
export function signChanges(equation: Equation): number {
  let changes = 0;
  let last = 0;
  for (const { amount } of equation) {
    const sign = amount.isNegative() ? -1 : 1;
    if (amount.isZero()) continue;
    if (last !== 0 && sign !== last) changes += 1;
    last = sign;
  }
  return changes;
}

interface FloatTerm {
  readonly amount: number;
  readonly time: number;
  readonly simple: number;
}

type Bracket = readonly [low: number, high: number];

function asFloats({ amount, elapsed, simple }: DiscountedAmount): FloatTerm {
  return {
    amount: amount.toNumber(),
    time: elapsed.reduce((sum, { count, of }) => sum + count / of, 0),
    simple: simple === undefined ? 0 : simple.count / simple.of,
  };
}

/** The equation at force of interest u = ln(1 + x), whose sign is all that is used. */
function floatValue(terms: readonly FloatTerm[], u: number): number {
  const x = Math.expm1(u);
  let sum = 0;
  for (const { amount, time, simple } of terms) {
    sum += (amount * Math.exp(-u * time)) / (1 + simple * x);
  }
  return sum;
}

function limits(terms: readonly FloatTerm[]): Bracket {
  const longest = Math.max(1, ...terms.map(({ time }) => time));
  return [Math.max(Math.log1p(LOWEST), -LARGEST_EXPONENT / longest), Math.log1p(HIGHEST)];
}

/** The whole range, when the equation has opposite signs at its ends. */
function onlyBracket(terms: readonly FloatTerm[]): Bracket | undefined {
  const [low, high] = limits(terms);
  return isBelow(floatValue(terms, low)) === isBelow(floatValue(terms, high))
    ? undefined
    : [low, high];
}

function brackets(terms: readonly FloatTerm[]): readonly Bracket[] {
  const [low, high] = limits(terms);
  const found: Bracket[] = [];
  let before = floatValue(terms, low);
  for (let u = low; u < high;) {
    const next = u + (Math.abs(u) <= FINE_UP_TO ? FINE_STEP : COARSE_STEP);
    const value = floatValue(terms, next);
    if (isBelow(before) !== isBelow(value)) found.push([u, next]);
    before = value;
    u = next;
  }
  return found;
}

/** Halves the bracket until a float cannot be halved further. */
function bisected(terms: readonly FloatTerm[], [from, to]: Bracket): number {
  const isBelowAtLow = isBelow(floatValue(terms, from));
  let low = from;
  let high = to;
  for (let round = 0; round < 100; round += 1) {
    const middle = (low + high) / 2;
    if (isBelow(floatValue(terms, middle)) === isBelowAtLow) low = middle;
    else high = middle;
  }
  return Math.expm1((low + high) / 2);
}

function isBelow(value: number): boolean {
  return value < 0;
}

/**
 * The root near a float, bracketed in decimals. Undefined when the equation does not change sign
 * there: then it only touched zero within the noise of the float.
 */
function certified(equation: Equation, near: number): Rate | undefined {
  const centre = ZERO.plus(near);
  for (const width of ['0.000000001', '0.000001', '0.001']) {
    const reach = centre.plus(ONE).times(width);
    const low = at(equation, centre.minus(reach));
    const high = at(equation, centre.plus(reach));
    if (low.value.isZero()) return low.x.toDecimalPlaces(DIGITS);
    if (low.value.isNegative() !== high.value.isNegative()) {
      return narrowed(equation, low, high).toDecimalPlaces(DIGITS);
    }
  }
  return undefined;
}

interface Point {
  readonly x: Rate;
  readonly value: Rate;
}

function at(equation: Equation, x: Rate): Point {
  return { x, value: presentValue(equation, x) };
}

/** Secant steps, each tried on both sides of its point, and a halving after each that fails. */
function narrowed(equation: Equation, from: Point, to: Point): Rate {
  const tolerance = from.x.plus(ONE).greaterThan(ONE)
    ? from.x.plus(ONE).times(TOLERANCE)
    : TOLERANCE;
  let bracket: readonly [Point, Point] = [from, to];
  while (width(bracket).greaterThan(tolerance)) {
    const [low, high] = bracket;
    const slope = high.value.minus(low.value).div(width(bracket));
    const secant = low.x.minus(low.value.div(slope));
    for (const x of [secant.minus(tolerance.div(2)), secant.plus(tolerance.div(2))]) {
      bracket = tightened(equation, bracket, x);
    }
    if (width(bracket).greaterThan(tolerance)) {
      const middle = bracket[0].x.plus(bracket[1].x).div(2);
      bracket = tightened(equation, bracket, middle);
    }
  }
  return bracket[0].x.plus(bracket[1].x).div(2);
}

function width([low, high]: readonly [Point, Point]): Rate {
  return high.x.minus(low.x);
}

function tightened(
  equation: Equation,
  bracket: readonly [Point, Point],
  x: Rate,
): readonly [Point, Point] {
  const [low, high] = bracket;
  if (x.lessThanOrEqualTo(low.x) || x.greaterThanOrEqualTo(high.x)) return bracket;
  const point = at(equation, x);
  return point.value.isNegative() === low.value.isNegative() ? [point, high] : [low, point];
}
