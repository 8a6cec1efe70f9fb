import { assert } from '../../kernel/assert';
import { rate, type Rate } from '../../kernel/rate';

/** The probability of a default within so many months of the grant. */
export interface PdPoint {
  /** A whole number of years. */
  readonly months: number;
  readonly pd: Rate;
}

/** How finely time is cut: by the month for prices, by the day for what is owed on dates. */
export type StepsPerYear = 12 | 365;

interface Segment {
  readonly fromStep: number;
  readonly survivalBefore: Rate;
  /** The share of those alive at the beginning of a step who are alive at its end. */
  readonly perStep: Rate;
}

const ONE = rate('1');

/**
 * How many of a grade's loans have not defaulted after so long.
 *
 * Between two known horizons the hazard is constant, so that nothing is assumed beyond what the
 * scale says; after the last it goes on as before. With a 12-month probability alone this is
 * `S(t) = (1 - PD)^t`, t in years.
 *
 * Exact decimals and no machine exponentials: a decision must replay to the same digit on another
 * machine, and `Math.exp` promises no such thing.
 */
export class SurvivalCurve {
  private readonly known: Rate[] = [ONE];

  private constructor(
    readonly stepsPerYear: StepsPerYear,
    private readonly segments: readonly Segment[],
  ) {}

  /**
   * @param points cumulative probabilities by horizon, rising; at least that of 12 months.
   * @param hazardFactor multiplies the hazard at every age: a scenario's stress, 1 for none.
   */
  static through(
    points: readonly PdPoint[],
    stepsPerYear: StepsPerYear,
    hazardFactor: Rate = ONE,
  ): SurvivalCurve {
    assert(points.length > 0, 'a curve needs a probability');
    const segments: Segment[] = [];
    let fromStep = 0;
    let before = ONE;
    let unstressed = ONE;
    for (const { months, pd } of points) {
      assert(months % 12 === 0, 'a horizon is a whole number of years');
      const toStep = (months / 12) * stepsPerYear;
      assert(toStep > fromStep, 'horizons rise');
      const after = ONE.minus(pd);
      assert(!after.isNegative() && after.lte(unstressed), 'cumulative probabilities rise to 1');
      const steps = toStep - fromStep;
      const perStep = unstressed.isZero()
        ? unstressed
        : after.div(unstressed).pow(hazardFactor.div(steps));
      segments.push({ fromStep, survivalBefore: before, perStep });
      before = before.times(perStep.pow(steps));
      unstressed = after;
      fromStep = toStep;
    }
    return new SurvivalCurve(stepsPerYear, segments);
  }

  /** The probability of no default within so many steps; 1 at step 0, never rising. */
  survivalAfter(step: number): Rate {
    assert(Number.isInteger(step) && step >= 0, 'steps are counted from 0');
    if (this.stepsPerYear === 12) return this.byMonth(step);
    const segment = this.segments.findLast(({ fromStep }) => fromStep <= step);
    assert(segment, 'a curve begins at step 0');
    return segment.survivalBefore.times(segment.perStep.pow(step - segment.fromStep));
  }

  /** The probability of a default after `from` and not after `to`, seen from step 0. */
  defaultBetween(from: number, to: number): Rate {
    return this.survivalAfter(from).minus(this.survivalAfter(to));
  }

  /** A price asks for every month of every tenor again and again: months are kept. */
  private byMonth(month: number): Rate {
    while (this.known.length <= month) {
      const step = this.known.length;
      const segment = this.segments.findLast(({ fromStep }) => fromStep < step);
      const last = this.known[step - 1];
      assert(segment && last, 'a curve begins at step 0');
      this.known.push(last.times(segment.perStep));
    }
    const found = this.known[month];
    assert(found, 'a month was counted');
    return found;
  }
}

const monthly = new WeakMap<readonly PdPoint[], SurvivalCurve>();

/** The curve by months of a grade's probabilities, remembered: all its borrowers share it. */
export function monthlyCurve(points: readonly PdPoint[]): SurvivalCurve {
  const known = monthly.get(points);
  if (known) return known;
  const curve = SurvivalCurve.through(points, 12);
  monthly.set(points, curve);
  return curve;
}
