import { assert, must } from '../../kernel/assert';
import { addMonths, daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import { creditProblem } from './errors';
import type { Stage, StageThresholds } from './stage';
import { SurvivalCurve, type PdPoint } from './survival';

/** One way the economy may go; the weights of all sum to 1. */
export interface Scenario {
  readonly id: string;
  readonly weight: Rate;
  /** Multiplies the hazard of default at every age. */
  readonly hazardFactor: Rate;
  /** Multiplies the severity of a loss, which stays at most 1. */
  readonly severityFactor: Rate;
}

/** How loans are staged and their losses expected; data of `compliance/impairment`. */
export interface ImpairmentPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly effectiveFrom: CalendarDate;
  readonly thresholds: StageThresholds;
  readonly scenarios: readonly Scenario[];
}

/** What is owed just before an instalment: the exposure if the borrower fails by then. */
export interface Exposure {
  readonly dueOn: CalendarDate;
  readonly owed: Money;
}

export interface LossTerms {
  readonly on: CalendarDate;
  readonly stage: Stage;
  /** What is still to come, in order of dates; all after `on`, unless the loan is impaired. */
  readonly exposures: readonly Exposure[];
  /** Cumulative probabilities of default from `on`. */
  readonly pd: readonly PdPoint[];
  readonly severity: Rate;
  readonly recoveryMonths: number;
  /** The loan's own effective yearly rate, at which losses are discounted. */
  readonly effectiveRate: Rate;
  readonly scenarios: readonly Scenario[];
}

export interface ExpectedLoss {
  readonly stage: Stage;
  /** Over 12 months in stage 1, over the life of the loan else. */
  readonly horizon: 'twelve-months' | 'lifetime';
  readonly amount: Money;
  readonly scenarios: readonly {
    readonly id: string;
    readonly weight: Rate;
    readonly amount: Money;
  }[];
}

/** What is needed of a loan's schedule: any that has these will do. */
export interface OwedSchedule {
  readonly outstanding: Money;
  readonly instalments: readonly {
    readonly dueOn: CalendarDate;
    readonly principal: Money;
    readonly interest: Money;
  }[];
}

const ZERO = rate('0');
const ONE = rate('1');
const DAYS = 365;

/**
 * What is owed just before each instalment, to the cent: the balance with the interest that falls
 * due then. A term loan has nothing undrawn, so there is no credit conversion.
 *
 * @throws Problem `credit.malformed-exposure` when the principal does not sum to what is owed.
 */
export function exposuresOf({ outstanding, instalments }: OwedSchedule): readonly Exposure[] {
  let balance = outstanding;
  const exposures = instalments.map(({ dueOn, principal, interest }) => {
    const owed = balance.plus(interest);
    balance = balance.minus(principal);
    return { dueOn, owed };
  });
  if (balance.isZero) return exposures;
  throw creditProblem('malformed-exposure', {
    detail: `The principal of the instalments is ${balance.toString()} from what is outstanding.`,
  });
}

/**
 * The loss to be expected of a loan under IFRS 9 5.5:
 * `sum_t PD_t LGD EAD_t (1 + EIR)^-t`, PD_t the probability of failing in period t, over
 * probability-weighted scenarios (5.5.17(a)). Stage 1 counts failures within 12 months (5.5.5),
 * stage 2 those of the whole life (5.5.3); in stage 3 the borrower has failed, and what counts is
 * what is not got back, and when.
 *
 * A year is 365 days. Severity is what is never got back; the wait for the rest is discounted too.
 * The amount is rounded once, half-even, since it has to be unbiased.
 *
 * @throws Problem `credit.malformed-exposure` when there is nothing owed or dates do not rise.
 */
export function expectedLoss(terms: LossTerms): ExpectedLoss {
  const { stage, exposures, scenarios } = terms;
  requireOrder(terms);
  const weights = scenarios.reduce((sum, { weight }) => sum.plus(weight), ZERO);
  assert(weights.eq(1), 'the weights of scenarios sum to 1');
  const currency = must(exposures[0], 'an exposure').owed.currency;
  const unit = Money.ofMinor(1n, currency);
  const expected = scenarios.map((scenario) => ({
    scenario,
    minor: stage === 3 ? lossOfFailed(terms, scenario) : lossOverTime(terms, scenario),
  }));
  const whole = expected.reduce(
    (sum, { scenario, minor }) => sum.plus(minor.times(scenario.weight)),
    ZERO,
  );
  return {
    stage,
    horizon: stage === 1 ? 'twelve-months' : 'lifetime',
    amount: unit.times(whole, 'half-even'),
    scenarios: expected.map(({ scenario: { id, weight }, minor }) => ({
      id,
      weight,
      amount: unit.times(minor, 'half-even'),
    })),
  };
}

/**
 * What interest is reckoned on: all that is owed, but in stage 3 what is left of it after the loss
 * expected (IFRS 9 5.4.1(b)).
 */
export function interestBearing(owed: Money, { stage, amount }: ExpectedLoss): Money {
  return stage === 3 ? owed.minus(amount) : owed;
}

function requireOrder({ on, stage, exposures }: LossTerms): void {
  const isRising = exposures.every(({ dueOn }, index) => {
    const before = exposures[index - 1]?.dueOn ?? (stage === 3 ? undefined : on);
    return before === undefined || dueOn > before;
  });
  if (exposures.length > 0 && isRising) return;
  throw creditProblem('malformed-exposure', {
    detail: 'What is owed must have dates that rise, the first after the day it is reckoned for.',
  });
}

/** In minor units, not rounded. */
function lossOverTime(terms: LossTerms, scenario: Scenario): Rate {
  const { on, stage, exposures, effectiveRate } = terms;
  const curve = SurvivalCurve.through(terms.pd, DAYS, scenario.hazardFactor);
  const horizon = stage === 1 ? daysBetween(on, addMonths(on, 12)) : undefined;
  const daily = ONE.plus(effectiveRate).pow(ONE.div(-DAYS));
  const lost = lostShare(terms, scenario);
  let sum = ZERO;
  let from = 0;
  for (const { dueOn, owed } of exposures) {
    const due = daysBetween(on, dueOn);
    const to = horizon === undefined ? due : Math.min(due, horizon);
    if (to <= from) break;
    const failing = curve.defaultBetween(from, to).times(daily.pow(to));
    sum = sum.plus(failing.times(lost).times(owed.minor.toString()));
    from = to;
  }
  return sum;
}

/** In minor units, not rounded: the first exposure is all that is owed. */
function lossOfFailed(terms: LossTerms, scenario: Scenario): Rate {
  const owed = must(terms.exposures[0], 'an exposure').owed;
  return lostShare(terms, scenario).times(owed.minor.toString());
}

/** The share lost of what is owed at a failure, the wait for the rest discounted. */
function lostShare(
  { severity, recoveryMonths, effectiveRate }: LossTerms,
  scenario: Scenario,
): Rate {
  const stressed = severity.times(scenario.severityFactor);
  const lost = stressed.gt(1) ? ONE : stressed;
  const wait = ONE.plus(effectiveRate).pow(rate(String(recoveryMonths)).div(-12));
  return ONE.minus(ONE.minus(lost).times(wait));
}

/** Everything that is wrong with a policy, as sentences. */
export function flawsOfImpairment({ scenarios, thresholds }: ImpairmentPolicy): readonly string[] {
  const flaws: string[] = [];
  if (scenarios.length < 3) flaws.push('there are fewer than three scenarios');
  const weights = scenarios.reduce((sum, { weight }) => sum.plus(weight), ZERO);
  if (!weights.eq(1)) flaws.push(`the weights of the scenarios sum to ${weights.toString()}`);
  if (thresholds.stage3DaysPastDue > 90) flaws.push('IFRS 9 B5.5.37 has stage 3 at 90 days');
  if (thresholds.stage2DaysPastDue > 30) flaws.push('IFRS 9 5.5.11 has stage 2 beyond 30 days');
  return flaws;
}
