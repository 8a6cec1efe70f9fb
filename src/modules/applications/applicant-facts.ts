import type { ApplicationForm, LoanPurpose } from './form';

/** What scorecards call the purposes; they learnt from the words of older books. */
const PURPOSE_LEVELS: Readonly<Partial<Record<LoanPurpose, string>>> = {
  'debt-consolidation': 'debt_consolidation',
  'credit-card': 'credit_card',
  'home-improvement': 'home_improvement',
  'major-purchase': 'major_purchase',
  'small-business': 'small_business',
  'working-capital': 'small_business',
  'renewable-energy': 'renewable_energy',
  holiday: 'vacation',
  education: 'educational',
};

const MONTHS = 12;

/**
 * The form as facts for a scorecard, by the names of its variables. What a bureau or an import said
 * (`creditFacts`) stands as it is; what the form says itself is added, and does not overrule it.
 * Scores are statistics: amounts become plain numbers here and nowhere else.
 */
export function applicantFacts(
  form: ApplicationForm,
): Readonly<Record<string, string | number | undefined>> {
  const { amount, termMonths, purpose, income, commitments, creditFacts } = form;
  const monthly = income && major(income.monthly.toDecimalString());
  const debts = commitments && major(commitments.loans.toDecimalString());
  return {
    requestedAmount: amount && major(amount.toDecimalString()),
    termMonths,
    purpose: purpose && (PURPOSE_LEVELS[purpose] ?? purpose),
    annualIncome: monthly === undefined ? undefined : monthly * MONTHS,
    // In percent, as lenders' books have it.
    debtToIncome:
      monthly === undefined || debts === undefined || monthly <= 0
        ? undefined
        : (debts / monthly) * 100,
    ...creditFacts,
  };
}

function major(text: string): number {
  return Number(text);
}
