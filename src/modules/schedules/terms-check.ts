import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { scheduleProblem } from './errors';
import { feesAt } from './fee';
import { onDay } from './month';
import type { Period } from './period';
import type { Repayment, ScheduleTerms, Timing } from './terms';

/**
 * Stops terms that say two things at once, or nothing.
 *
 * @throws Problem `schedules.terms-contradict`, `schedules.dates-out-of-order`,
 *   `money.mixed-currencies`.
 */
export function requireConsistent(terms: ScheduleTerms): void {
  const { principal, rate } = terms;
  if (!principal.isPositive) throw contradiction('The principal is above zero.');
  if (rate.isNegative() || terms.rateChanges?.some((change) => change.rate.isNegative())) {
    throw contradiction('Rates are not below zero.');
  }
  requireRounding(terms);
  requireDueDay(terms.timing);
  requireRateChanges(terms);
  requireDrawdowns(terms);
  requireGrace(terms);
  REPAYMENT_CHECKS[terms.repayment.kind](terms);
}

/**
 * Stops drawdowns after the last due date, grace that leaves nothing to repay in, and more changes
 * than can be computed while others wait.
 *
 * @throws Problem `schedules.terms-contradict`.
 */
export function requireWithinTerm(terms: ScheduleTerms, periods: readonly Period[]): void {
  const { grace, tranches = [] } = terms;
  const changes = (terms.rateChanges?.length ?? 0) + tranches.length;
  if (changes * periods.length > MOST_RECOMPUTED) {
    throw contradiction(
      `So many changes (${changes}) are too many for ${periods.length} instalments.`,
    );
  }
  const end = must(periods.at(-1), 'a period').to;
  if (tranches.some(({ on }) => on >= end)) {
    throw contradiction(`A drawdown is due before the last instalment of ${end}.`);
  }
  if (grace !== undefined && grace.instalments >= periods.length) {
    throw contradiction('At least one instalment comes after the grace.');
  }
}

/** Every change computes all instalments to come anew: beyond this, one schedule takes seconds. */
const MOST_RECOMPUTED = 100_000;

function requireRounding({ rounding, principal }: ScheduleTerms): void {
  if (rounding === undefined || rounding.unit.isMoreThan(Money.zero(principal.currency))) return;
  throw contradiction('The unit of instalments is above zero.');
}

const DAYS_OF_MONTH: ReadonlySet<number> = new Set(Array.from({ length: 31 }, (_, at) => at + 1));

function requireDueDay({ dueDay, frequency, firstDueOn, until }: Timing): void {
  if (dueDay === undefined) return;
  if (!DAYS_OF_MONTH.has(dueDay) || frequency.unit !== 'month') {
    throw contradiction('A due day is one of the month, 1 to 31, of instalments by months.');
  }
  const isBackwards = 'maturityOn' in until && until.stub.endsWith('first');
  for (const date of [firstDueOn, isBackwards ? until.maturityOn : undefined]) {
    if (date === undefined || onDay(date, dueDay) === date) continue;
    throw contradiction(`${date} is not day ${dueDay} of its month, on which instalments are due.`);
  }
}

function requireRateChanges({ rateChanges = [], timing }: ScheduleTerms): void {
  rateChanges.forEach(({ from }, place) => {
    if (from > (rateChanges[place - 1]?.from ?? timing.startOn)) return;
    throw scheduleProblem('dates-out-of-order', {
      detail: `The rate of ${from} does not begin after the start and the rate before it.`,
    });
  });
}

function requireDrawdowns(terms: ScheduleTerms): void {
  const { principal, tranches = [], timing } = terms;
  tranches.forEach(({ on, amount }, place) => {
    if (!amount.isPositive) throw contradiction('A drawdown is above zero.');
    if (on > (tranches[place - 1]?.on ?? timing.startOn)) return;
    throw scheduleProblem('dates-out-of-order', {
      detail: `The drawdown of ${on} does not follow the one before it.`,
    });
  });
  const first = tranches.reduce((left, { amount }) => left.minus(amount), principal);
  if (first.isNegative) throw contradiction('The drawdowns are more than the principal.');
  const withheld = feesAt(terms, 'withheld');
  if (withheld.isMoreThan(first)) {
    throw contradiction('The fees kept back are more than the first drawdown.');
  }
}

function requireGrace({ grace, repayment }: ScheduleTerms): void {
  if (grace === undefined) return;
  if (!Number.isInteger(grace.instalments) || grace.instalments < 1) {
    throw contradiction('Grace is for at least one instalment.');
  }
  if (WITHOUT_GRACE.has(repayment.kind)) {
    throw contradiction(`A loan of kind ${repayment.kind} knows no grace.`);
  }
}

const WITHOUT_GRACE: ReadonlySet<Repayment['kind']> = new Set(['flat', 'bullet', 'irregular']);

const nothingMore = (): void => undefined;

/** What each kind of repayment asks for beside what all do. */
const REPAYMENT_CHECKS: Record<Repayment['kind'], (terms: ScheduleTerms) => void> = {
  annuity: ({ repayment, principal }) => {
    if (repayment.kind === 'annuity') requireAbove(repayment.instalment, principal);
  },
  'equal-principal': ({ repayment, principal }) => {
    if (repayment.kind === 'equal-principal') requireAbove(repayment.part, principal);
  },
  'interest-only': nothingMore,
  bullet: nothingMore,
  flat: ({ tranches = [], rateChanges = [] }) => {
    if (tranches.length + rateChanges.length === 0) return;
    throw contradiction('Flat interest is on one drawdown at one rate.');
  },
  balloon: ({ repayment, principal }) => {
    if (repayment.kind !== 'balloon') return;
    const { residual } = repayment;
    if (residual.isNegative || residual.isMoreThan(principal)) {
      throw contradiction('The residual lies between zero and the principal.');
    }
  },
  seasonal: ({ repayment }) => {
    if (repayment.kind !== 'seasonal') return;
    const { weights } = repayment;
    const isWhole = weights.every((weight) => Number.isInteger(weight) && weight >= 0);
    if (!isWhole || !weights.some((weight) => weight > 0)) {
      throw contradiction('Weights are whole numbers, none below zero and one above.');
    }
  },
  step: ({ repayment }) => {
    if (repayment.kind !== 'step') return;
    const isRising = repayment.steps.every(
      ({ fromNo }, place, steps) => fromNo > (steps[place - 1]?.fromNo ?? 1),
    );
    if (!isRising) throw contradiction('Steps begin after the first instalment, in order.');
    if (!repayment.steps.every(({ factor }) => factor.isPositive() && !factor.isZero())) {
      throw contradiction('The factor of a step is above zero.');
    }
  },
  irregular: ({ repayment }) => {
    if (repayment.kind !== 'irregular') return;
    if (repayment.instalments.some(({ amount }) => amount.isNegative)) {
      throw contradiction('Agreed amounts are not below zero.');
    }
  },
};

function requireAbove(agreed: Money | undefined, { currency }: Money): void {
  if (agreed === undefined || agreed.isMoreThan(Money.zero(currency))) return;
  throw contradiction('An agreed instalment is above zero.');
}

function contradiction(detail: string): Error {
  return scheduleProblem('terms-contradict', { detail });
}
