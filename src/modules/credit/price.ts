import type { Finding } from '../../kernel/problem';
import { rate, roundRate, rateText, type Rate } from '../../kernel/rate';
import { assert } from '../../kernel/assert';
import { type Repayment, pathOf } from './repayment';
import { ROOT_DIGITS, risingRoot } from './rising-root';
import { monthlyCurve, type PdPoint, type SurvivalCurve } from './survival';

/** How much, by law, a loan may cost. */
export interface CostCeiling {
  /** What is held against it: the yearly rate of all cost, or the rate of interest alone. */
  readonly measure: 'apr' | 'interest-rate';
  readonly limit: Rate;
  /** The rule it comes from, and where that stands. */
  readonly rule: string;
  readonly citation: string;
  readonly rulebook?: string | undefined;
  readonly effectiveFrom?: string | undefined;
}

/** The risk of the borrower's grade and of what secures the loan. */
export interface LoanRisk {
  readonly pd: readonly PdPoint[];
  readonly severity: Rate;
  readonly recoveryMonths: number;
}

/** What a price is made from, in nominal annual rates compounded monthly. */
export interface PriceTerms {
  readonly termMonths: number;
  readonly repayment: Repayment;
  readonly risk: LoanRisk;
  readonly base: Rate;
  readonly servicingCost: Rate;
  readonly originationCost: Rate;
  readonly margin: Rate;
  readonly rateStep: Rate;
  readonly ceiling?: CostCeiling | undefined;
  readonly whenBound: 'decline' | 'cut-margin';
  readonly leastMargin: Rate;
  /** The APR of the loan at a rate, with all the borrower's fees. */
  readonly aprAt: (rate: Rate) => Rate;
}

/** What the rate pays for. The parts are the rate, to the last digit. */
export interface PriceParts {
  readonly base: Rate;
  readonly expectedLoss: Rate;
  readonly cost: Rate;
  readonly margin: Rate;
  /** From the exact rate up to the next step in which rates are quoted. */
  readonly rounding: Rate;
}

export interface Priced {
  readonly status: 'priced';
  /** The offered rate, a multiple of the step. */
  readonly rate: Rate;
  /** The rate at which what lenders expect to get is worth exactly what they lend. */
  readonly exactRate: Rate;
  readonly apr: Rate;
  readonly parts: PriceParts;
  readonly findings: readonly Finding[];
}

export interface NotPriced {
  readonly status: 'refused';
  /** The rate that would have been asked, where there is one. */
  readonly rate?: Rate | undefined;
  readonly apr?: Rate | undefined;
  readonly parts?: PriceParts | undefined;
  readonly findings: readonly Finding[];
}

export type LoanPrice = Priced | NotPriced;

const ZERO = rate('0');
const ONE = rate('1');

/** No loan is priced above 1,000 percent a year: beyond, there is no honest rate. */
const HIGHEST = rate('10');

const PART_DIGITS = 8;

/**
 * The price of a loan: `base + expected loss + cost + margin`, each part shown.
 *
 * The exact rate solves
 * `sum_t [S(t) inst_t + (S(t-1) - S(t)) (1 - LGD) EAD_t v] DF(t) = P (1 + origination cost)`,
 * with DF at base + servicing + margin and v the same discount over the wait for recoveries. EAD is
 * the balance with the interest accrued on it. Base, cost and margin are what that rate would be
 * without defaults; expected loss is all that defaults add. The instalments are those of one unit
 * of principal, not rounded: rounding to cents makes value jump where the rate moves smoothly.
 *
 * The offered rate is the exact one rounded up to the step, so lenders never earn less than was
 * reckoned. A ceiling that binds has the margin cut or the loan refused, as the policy says, and
 * always with a finding.
 */
export function priceLoan(terms: PriceTerms): LoanPrice {
  const exactRate = breakEvenRate(terms);
  if (!exactRate) return { status: 'refused', findings: [NO_RATE] };
  const offered = upToStep(exactRate, terms.rateStep);
  const parts = partsOf(terms, exactRate, offered);
  const apr = terms.aprAt(offered);
  const priced: Priced = { status: 'priced', rate: offered, exactRate, apr, parts, findings: [] };
  const { ceiling } = terms;
  if (!ceiling || measured(ceiling, priced).lte(ceiling.limit)) return priced;
  return terms.whenBound === 'cut-margin'
    ? withMarginCut(terms, ceiling, priced)
    : refused(priced, [aboveCeiling(ceiling, priced)]);
}

/**
 * What lenders expect to get and to pay for one unit of principal at a rate, discounted: 0 at the
 * exact rate, above it positive.
 */
export function netPresentValue(terms: PriceTerms, nominalRate: Rate): Rate {
  const yieldRate = terms.base.plus(terms.servicingCost).plus(terms.margin);
  return valueAt({ ...terms, yieldRate, curve: monthlyCurve(terms.risk.pd) }, nominalRate);
}

interface Valuation extends Pick<
  PriceTerms,
  'termMonths' | 'repayment' | 'risk' | 'originationCost'
> {
  readonly yieldRate: Rate;
  readonly curve: SurvivalCurve | undefined;
}

function valueAt(terms: Valuation, nominalRate: Rate): Rate {
  const { termMonths, repayment, risk, curve, yieldRate } = terms;
  const monthly = ONE.div(ONE.plus(yieldRate.div(12)));
  const recovered = ONE.minus(risk.severity).times(monthly.pow(risk.recoveryMonths));
  let discount = ONE;
  let value = ONE.plus(terms.originationCost).negated();
  for (const { month, paid, owed } of pathOf({ termMonths, repayment, nominalRate })) {
    discount = discount.times(monthly);
    const alive = curve?.survivalAfter(month) ?? ONE;
    const failing = curve?.defaultBetween(month - 1, month) ?? ZERO;
    const expected = alive.times(paid).plus(failing.times(recovered).times(owed));
    value = value.plus(expected.times(discount));
  }
  return value;
}

function breakEvenRate(terms: PriceTerms): Rate | undefined {
  const yieldRate = terms.base.plus(terms.servicingCost).plus(terms.margin);
  return solve({ ...terms, yieldRate, curve: monthlyCurve(terms.risk.pd) });
}

/** The rate at which the value is nothing; undefined when there is none worth the name. */
function solve(valuation: Valuation): Rate | undefined {
  const found = risingRoot((nominalRate) => valueAt(valuation, nominalRate), HIGHEST);
  return found && roundRate(found, ROOT_DIGITS, 'half-even');
}

/** Parts in eight digits, as they are shown; what that leaves over goes to the rounding. */
function partsOf(terms: PriceTerms, exactRate: Rate, offered: Rate): PriceParts {
  const { servicingCost, margin } = terms;
  const bare = withoutDefaults({ ...terms, originationCost: ZERO }, terms.base);
  const costed = withoutDefaults(terms, terms.base.plus(servicingCost));
  const whole = withoutDefaults(terms, terms.base.plus(servicingCost).plus(margin));
  const base = inParts(bare);
  const cost = inParts(costed.minus(bare));
  const earned = inParts(whole.minus(costed));
  const lost = inParts(exactRate.minus(whole));
  const rounding = offered.minus(base).minus(cost).minus(earned).minus(lost);
  return { base, expectedLoss: lost, cost, margin: earned, rounding };
}

function inParts(value: Rate): Rate {
  return roundRate(value, PART_DIGITS, 'half-even');
}

/**
 * The rate that pays a yield when nobody fails: the yield itself, but for what was spent first, and
 * for a bullet, whose interest waits.
 */
function withoutDefaults(terms: PriceTerms, yieldRate: Rate): Rate {
  if (terms.originationCost.isZero() && terms.repayment !== 'bullet') return yieldRate;
  const found = solve({ ...terms, yieldRate, curve: undefined });
  assert(found, 'a loan nobody fails on has a rate');
  return found;
}

function upToStep(value: Rate, step: Rate): Rate {
  return roundRate(value.div(step), 0, 'ceil').times(step);
}

function measured(ceiling: CostCeiling, price: Pick<Priced, 'rate' | 'apr'>): Rate {
  return ceiling.measure === 'apr' ? price.apr : price.rate;
}

/** Takes from the margin what the ceiling does not allow, down to the least the policy bears. */
function withMarginCut(terms: PriceTerms, ceiling: CostCeiling, asked: Priced): LoanPrice {
  const allowed = highestAllowed(terms, ceiling, asked.rate);
  const cut = allowed && asked.rate.minus(allowed);
  const margin = cut && asked.parts.margin.plus(asked.parts.rounding).minus(cut);
  if (!allowed || !cut || margin?.lt(terms.leastMargin) !== false) {
    return refused(asked, [aboveCeiling(ceiling, asked), tooLittleLeft(terms)]);
  }
  const findings = [aboveCeiling(ceiling, asked), marginCut(ceiling, cut)];
  return {
    status: 'priced',
    rate: allowed,
    exactRate: asked.exactRate,
    apr: terms.aprAt(allowed),
    parts: { ...asked.parts, margin, rounding: ZERO },
    findings,
  };
}

/** The highest rate in whole steps that the ceiling allows; the cost rises with the rate. */
function highestAllowed(terms: PriceTerms, ceiling: CostCeiling, above: Rate): Rate | undefined {
  const { rateStep } = terms;
  const isAllowed = (steps: number): boolean => {
    const asked = rateStep.times(steps);
    return measured(ceiling, { rate: asked, apr: terms.aprAt(asked) }).lte(ceiling.limit);
  };
  if (!isAllowed(0)) return undefined;
  let allowed = 0;
  let refusedAt = roundRate(above.div(rateStep), 0, 'half-even').toNumber();
  while (refusedAt - allowed > 1) {
    const middle = Math.trunc((allowed + refusedAt) / 2);
    if (isAllowed(middle)) allowed = middle;
    else refusedAt = middle;
  }
  return rateStep.times(allowed);
}

function refused(asked: Priced, findings: readonly Finding[]): NotPriced {
  const { rate: wouldBe, apr, parts } = asked;
  return { status: 'refused', rate: wouldBe, apr, parts, findings };
}

const POLICY = 'pricing policy of the operator';

const NO_RATE: Finding = {
  rule: 'no-rate',
  citation: POLICY,
  message: 'No rate makes up for the losses to be expected.',
};

function aboveCeiling(ceiling: CostCeiling, asked: Priced): Finding {
  const observed = shown(measured(ceiling, asked));
  const limit = shown(ceiling.limit);
  const what = ceiling.measure === 'apr' ? 'The cost of the loan a year' : 'The interest rate';
  return {
    rule: ceiling.rule,
    citation: ceiling.citation,
    message: `${what} would be ${observed}, above the ${limit} that is allowed.`,
    ...(ceiling.rulebook === undefined ? {} : { rulebook: ceiling.rulebook }),
    ...(ceiling.effectiveFrom === undefined ? {} : { effectiveFrom: ceiling.effectiveFrom }),
    limit,
    observed,
  };
}

function marginCut(ceiling: CostCeiling, cut: Rate): Finding {
  return {
    rule: 'margin-cut',
    citation: POLICY,
    message: `Lenders' margin was cut by ${shown(cut)} to stay within ${ceiling.rule}.`,
    observed: shown(cut),
  };
}

function tooLittleLeft(terms: PriceTerms): Finding {
  const least = shown(terms.leastMargin);
  return {
    rule: 'least-margin',
    citation: POLICY,
    message: `Within the ceiling lenders would earn less than the ${least} that the policy asks.`,
    limit: least,
  };
}

function shown(value: Rate): string {
  return rateText(roundRate(value, 6, 'half-even'));
}
