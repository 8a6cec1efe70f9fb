import type { ApplicationSource } from './application';
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

/** Facts of one applicant by the names of a scorecard's variables. */
type Facts = Readonly<Record<string, string | number | undefined>>;

/**
 * The form as facts for a scorecard, by the names of its variables. A book that is taken over
 * (`import`) stands as it is, and the form only adds to it. For anybody else it is the form that
 * counts where it says something: nobody is scored on another amount, term or income than is asked
 * for and checked. Scores are statistics: amounts become plain numbers here and nowhere else.
 */
export function applicantFacts(form: ApplicationForm, source: ApplicationSource): Facts {
  const { creditFacts = {} } = form;
  if (source === 'import') return { ...statedFacts(form), ...creditFacts };
  const stated = Object.entries(statedFacts(form)).filter(([, value]) => value !== undefined);
  return { ...creditFacts, ...Object.fromEntries(stated) };
}

function statedFacts(form: ApplicationForm): Facts {
  const { amount, termMonths, purpose, income, commitments } = form;
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
  };
}

function major(text: string): number {
  return Number(text);
}
