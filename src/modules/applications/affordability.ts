import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { ApplicationForm } from './form';
import type { PolicyFinding } from './finding';

/** By which figures an operator judges what a borrower can carry. */
export interface AffordabilityPolicy {
  /** Commitments with the new instalment, as a fraction of income: above it is declined. */
  readonly debtToIncomeCeiling: Rate;
  /** From here on a person looks at it. */
  readonly referAbove: Rate;
  /** Fraction of income a household of one needs to live. */
  readonly livingShare: Rate;
  /** So much more of it for each dependant. */
  readonly livingSharePerDependant: Rate;
  /** What must be left a month, by currency, as decimal strings; zero where none is named. */
  readonly minimumLeft: Readonly<Record<string, string>>;
  /** How far the stated income may lie above the confirmed one before that is a finding. */
  readonly tolerance: Rate;
  /** What is taken off an income that nobody confirmed. */
  readonly unconfirmedHaircut: Rate;
}

/** What a provider found of an income. */
export type IncomeCheck =
  | { readonly outcome: 'confirmed'; readonly monthly: Money; readonly reference: string }
  | { readonly outcome: 'unconfirmed'; readonly reference: string };

export interface Affordability {
  /** The income that counts: the lesser of stated and confirmed, or stated less the haircut. */
  readonly income: Money;
  readonly livingCosts: Money;
  readonly commitments: Money;
  readonly instalment: Money;
  /** Left a month after everything. */
  readonly disposable: Money;
  /** Commitments with the instalment over income; undefined without income. */
  readonly debtToIncome: Rate | undefined;
  readonly findings: readonly PolicyFinding[];
}

/** What affordability is reckoned with beside what the borrower states. */
export interface Reckoning {
  readonly check: IncomeCheck;
  /** Instalments a month of the loans that a credit bureau knows of; more than stated counts. */
  readonly owed?: Money | undefined;
  /** Of the new loan, a month. */
  readonly instalment: Money;
}

const RATIO_DIGITS = 4;

/**
 * What is left to the borrower each month with the new loan, and whether that is enough.
 *
 * Amounts are a month's. Roundings are against the borrower, so that a loan is never called
 * affordable by a cent that is not there.
 *
 * Source: creditworthiness by income and expenditure, as the Consumer Credit Directive 2008/48/EC,
 * Article 8, and CONC 5.2A ask for; the figures are the operator's own policy.
 */
export function affordability(
  form: Pick<ApplicationForm, 'income' | 'commitments'>,
  { check, instalment, owed = Money.zero(instalment.currency) }: Reckoning,
  policy: AffordabilityPolicy,
): Affordability {
  const { currency } = instalment;
  const zero = Money.zero(currency);
  const stated = form.income?.monthly ?? zero;
  const income = countedIncome(stated, check, policy);
  const {
    housing = zero,
    loans: statedLoans = zero,
    other = zero,
    dependants = 0,
  } = form.commitments ?? {};
  const loans = statedLoans.atLeast(owed);
  const share = policy.livingShare.plus(policy.livingSharePerDependant.times(dependants));
  const livingCosts = income.times(share, 'ceil');
  const commitments = housing.plus(loans).plus(other);
  const debts = housing.plus(loans).plus(instalment);
  const disposable = income.minus(livingCosts).minus(commitments).minus(instalment);
  const debtToIncome = income.isPositive
    ? debts.toDecimal().dividedBy(income.toDecimal()).toDecimalPlaces(RATIO_DIGITS, ROUND_UP)
    : undefined;
  const figures = { income, livingCosts, commitments, instalment, disposable, debtToIncome };
  return {
    ...figures,
    findings: [...incomeFindings(stated, check, policy), ...ratioFindings(figures, policy)],
  };
}

/** Away from zero, in the numbering of the decimal library. */
const ROUND_UP = 0;

function countedIncome(stated: Money, check: IncomeCheck, policy: AffordabilityPolicy): Money {
  if (check.outcome === 'confirmed') return stated.atMost(check.monthly);
  return stated.times(rate('1').minus(policy.unconfirmedHaircut), 'floor');
}

function incomeFindings(
  stated: Money,
  check: IncomeCheck,
  policy: AffordabilityPolicy,
): readonly PolicyFinding[] {
  if (check.outcome === 'unconfirmed') {
    const taken = rateText(policy.unconfirmedHaircut);
    const message = `Nobody confirmed the income; ${taken} of it is not counted.`;
    return [{ rule: 'income-unconfirmed', outcome: 'note', message }];
  }
  const highest = check.monthly.times(policy.tolerance.plus(1), 'ceil');
  if (!stated.isMoreThan(highest)) return [];
  const message = `The income was stated as ${stated} and confirmed as ${check.monthly}.`;
  return [{ rule: 'income-overstated', outcome: 'refer', message }];
}

type Figures = Omit<Affordability, 'findings'>;

function ratioFindings(
  { debtToIncome, disposable }: Figures,
  policy: AffordabilityPolicy,
): readonly PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { debtToIncomeCeiling: ceiling, referAbove } = policy;
  if (debtToIncome === undefined) {
    findings.push({ rule: 'no-income', outcome: 'decline', message: 'There is no income.' });
  } else if (debtToIncome.greaterThan(ceiling)) {
    const message = `Debts would take ${rateText(debtToIncome)} of income; ${rateText(ceiling)} is the most.`;
    findings.push({ rule: 'debt-to-income', outcome: 'decline', message });
  } else if (debtToIncome.greaterThan(referAbove)) {
    const message = `Debts would take ${rateText(debtToIncome)} of income, above ${rateText(referAbove)}.`;
    findings.push({ rule: 'debt-to-income', outcome: 'refer', message });
  }
  const least = Money.parse(policy.minimumLeft[disposable.currency] ?? '0', disposable.currency);
  if (disposable.isLessThan(least)) {
    const message = `${disposable} would be left a month; ${least} is the least.`;
    findings.push({ rule: 'disposable-income', outcome: 'decline', message });
  }
  return findings;
}
