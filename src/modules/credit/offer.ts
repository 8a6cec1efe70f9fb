import { addMonths, calendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rateText, type Rate } from '../../kernel/rate';
import { apr, type AprMethod } from '../schedules';
import { creditProblem } from './errors';
import { gradeNamed, lossGivenDefault, type MasterScale, type Security } from './grades';
import { priceLoan, type CostCeiling, type LoanPrice } from './price';
import { baseRate, marginOf, type PricingPolicy } from './pricing-policy';
import { pathOf, type Repayment } from './repayment';

/** What a loan to a borrower of some grade would be; its amount does not change its price. */
export interface OfferTerms {
  readonly grade: string;
  readonly currency: Currency;
  readonly termMonths: number;
  readonly repayment: Repayment;
  readonly security: Security;
  /** By whose law the yearly cost is reckoned. */
  readonly aprMethod: AprMethod;
  readonly ceiling?: CostCeiling | undefined;
}

/** A policy and the scale it prices by. */
export interface PricingModels {
  readonly policy: PricingPolicy;
  readonly scale: MasterScale;
}

/**
 * The price of a loan under a policy.
 *
 * @throws Problem `credit.malformed-terms` for a tenor the policy does not price,
 *   `credit.unsuitable-model` when scale or policy do not speak of grade, currency or security.
 */
export function priceOffer(terms: OfferTerms, { policy, scale }: PricingModels): LoanPrice {
  const { termMonths, repayment, currency, security, ceiling } = terms;
  const { least, most } = policy.tenors;
  if (!Number.isInteger(termMonths) || termMonths < least || termMonths > most) {
    throw creditProblem('malformed-terms', {
      detail: `${policy.id} prices loans of ${least} to ${most} months.`,
    });
  }
  const grade = gradeNamed(scale, terms.grade);
  const loss = lossGivenDefault(scale, { product: policy.product, security });
  return priceLoan({
    termMonths,
    repayment,
    risk: { pd: grade.pd, severity: loss.severity, recoveryMonths: loss.recoveryMonths },
    base: baseRate(policy, currency, termMonths),
    servicingCost: policy.servicingCost,
    originationCost: policy.originationCost,
    margin: marginOf(policy, grade.grade),
    rateStep: policy.rateStep,
    ceiling,
    whenBound: policy.ceiling.whenBound,
    leastMargin: policy.ceiling.leastMargin,
    aprAt: (nominalRate) => yearlyCost({ ...terms, nominalRate, fee: policy.originationFee }),
  });
}

/** What the yearly cost of a loan depends on. */
export interface CostOfLoan extends Omit<OfferTerms, 'grade' | 'security' | 'ceiling'> {
  readonly nominalRate: Rate;
  /** Of the principal, paid at the beginning. */
  readonly fee: Rate;
}

/** So much that the cents to which its instalments are rounded say nothing. */
const NOTIONAL_MINOR = 1_000_000_000n;

/** Any day that every month has; what is counted in whole months does not depend on it. */
const GRANTED_ON = calendarDate('2025-01-01');

/**
 * The yearly cost of a loan with its fee, from instalments a month apart. The bill of a real loan,
 * with its dates and cents, is held against the law once more when the loan is listed.
 */
export function yearlyCost(loan: CostOfLoan): Rate {
  const principal = Money.ofMinor(NOTIONAL_MINOR, loan.currency);
  const fee = principal.times(loan.fee, 'half-even');
  const payments = pathOf(loan)
    .map(({ month, paid }) => ({
      on: addMonths(GRANTED_ON, month),
      amount: principal.times(paid, 'half-even'),
    }))
    .filter(({ amount }) => amount.isPositive);
  const advances = [{ on: GRANTED_ON, amount: principal.minus(fee) }];
  return apr({ advances, payments }, loan.aprMethod);
}

/**
 * Prices that were asked before. There are few grades and tenors, and a price takes some
 * milliseconds: thousands of applications ask for the same.
 */
export class PriceBook {
  private readonly known = new Map<string, LoanPrice>();

  /** @param modelsKey tells these models from all others: their content hashes. */
  price(terms: OfferTerms, models: PricingModels, modelsKey: string): LoanPrice {
    // Member by member: the terms of a caller may carry more, such as an amount.
    const { grade, currency, termMonths, repayment, security, aprMethod, ceiling } = terms;
    const its = [grade, currency, termMonths, repayment, security, aprMethod];
    const key = JSON.stringify([modelsKey, ...its, ...ceilingKey(ceiling)]);
    let price = this.known.get(key);
    if (price === undefined) {
      price = priceOffer(terms, models);
      if (this.known.size >= MOST_KNOWN) this.known.clear();
      this.known.set(key, price);
    }
    return price;
  }
}

const MOST_KNOWN = 10_000;

function ceilingKey(ceiling: CostCeiling | undefined): readonly (string | undefined)[] {
  if (ceiling === undefined) return [];
  const { measure, limit, rule, citation, rulebook, effectiveFrom } = ceiling;
  return [measure, rateText(limit), rule, citation, rulebook, effectiveFrom];
}
