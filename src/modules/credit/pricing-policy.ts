import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { rate, roundRate, type Rate } from '../../kernel/rate';
import { creditProblem } from './errors';
import type { MasterScale } from './grades';
import type { PdHorizon } from './horizon';

/** What money costs for so long, without risk. */
export interface BaseRate {
  readonly months: number;
  readonly rate: Rate;
}

/** What a policy does about a price that the law does not allow. */
export type WhenCeilingBinds = 'decline' | 'cut-margin';

/**
 * How an operator prices and whom it takes: base curve by tenor, costs, margin by grade, fees, and
 * what becomes of each grade. Data of `compliance/pricing`, dated and known by its content hash.
 * All rates are nominal annual rates compounded monthly, as those of the loans themselves.
 */
export interface PricingPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly effectiveFrom: CalendarDate;
  /** The last day on which it may be used; open when absent. */
  readonly effectiveTo?: CalendarDate | undefined;
  readonly scorecard: {
    readonly id: string;
    readonly version: number;
    readonly horizonMonths: PdHorizon;
  };
  readonly masterScale: { readonly id: string; readonly version: number };
  /** What the loans are for; chooses the loss given default. */
  readonly product: string;
  /** By currency, by rising tenor. */
  readonly baseCurves: ReadonlyMap<Currency, readonly BaseRate[]>;
  /** Of the balance, a year: collecting, statements, the custodian. */
  readonly servicingCost: Rate;
  /** Of the principal, once: what bringing the loan about cost the lender's side. */
  readonly originationCost: Rate;
  /** What lenders are to earn beyond all that, by grade. */
  readonly margins: ReadonlyMap<string, Rate>;
  /** What the borrower pays once, of the principal; counted in the APR. */
  readonly originationFee: Rate;
  /** Rates are quoted in whole multiples of it. */
  readonly rateStep: Rate;
  readonly ceiling: {
    readonly whenBound: WhenCeilingBinds;
    /** The margin is not cut below it; rather is the loan declined. */
    readonly leastMargin: Rate;
  };
  /** Grades taken without a person's look, and with one; the others are declined. */
  readonly approve: readonly string[];
  readonly refer: readonly string[];
  /** Tenors that may be priced, in months. */
  readonly tenors: { readonly least: number; readonly most: number };
}

export type GradeRoute = 'approve' | 'refer' | 'decline';

/** What the policy does with a borrower of this grade, before anything else is looked at. */
export function routeOf(policy: PricingPolicy, grade: string): GradeRoute {
  if (policy.approve.includes(grade)) return 'approve';
  return policy.refer.includes(grade) ? 'refer' : 'decline';
}

/**
 * The base rate for a tenor: between two known tenors along the line through both, outside as the
 * nearest one.
 *
 * @throws Problem `credit.unsuitable-model` when the policy knows no curve of the currency.
 */
export function baseRate(policy: PricingPolicy, currency: Currency, months: number): Rate {
  const curve = policy.baseCurves.get(currency) ?? [];
  const [first] = curve;
  const last = curve.at(-1);
  if (!first || !last) {
    throw creditProblem('unsuitable-model', {
      detail: `${policy.id} has no base curve in ${currency}.`,
    });
  }
  if (months <= first.months) return first.rate;
  const next = curve.find((node) => node.months >= months);
  const before = curve.findLast((node) => node.months < months);
  if (!next || !before) return last.rate;
  const way = rate(String(months - before.months)).div(next.months - before.months);
  return roundRate(before.rate.plus(next.rate.minus(before.rate).times(way)), 8, 'half-even');
}

/** @throws Problem `credit.unsuitable-model` when the policy gives the grade no margin. */
export function marginOf(policy: PricingPolicy, grade: string): Rate {
  const margin = policy.margins.get(grade);
  if (margin) return margin;
  throw creditProblem('unsuitable-model', {
    detail: `${policy.id} gives grade ${grade} no margin.`,
  });
}

/** Everything that is wrong with a policy beside its scale, as sentences. */
export function flawsOfPolicy(policy: PricingPolicy, scale: MasterScale): readonly string[] {
  const names = scale.grades.map(({ grade }) => grade);
  const spoken = [...policy.approve, ...policy.refer];
  const flaws = [
    ...names
      .filter((name) => !policy.margins.has(name))
      .map((name) => `grade ${name} has no margin`),
    ...[...policy.margins.keys(), ...spoken]
      .filter((name) => !names.includes(name))
      .map((name) => `${scale.id} has no grade ${name}`),
    ...spoken
      .filter((name, index) => spoken.indexOf(name) !== index)
      .map((name) => `grade ${name} is both approved and referred`),
  ];
  for (const [currency, curve] of policy.baseCurves) {
    const isRising = curve.every(({ months }, index) => months > (curve[index - 1]?.months ?? 0));
    if (curve.length === 0 || !isRising) flaws.push(`the tenors of ${currency} do not rise`);
  }
  if (!policy.rateStep.isPositive() || policy.rateStep.isZero()) flaws.push('no step of rates');
  if (policy.tenors.least > policy.tenors.most) flaws.push('no tenor may be priced');
  const { least, most } = policy.scorecard.horizonMonths;
  if (least > most) flaws.push('the horizon of the scorecard ends before it begins');
  return flaws;
}
