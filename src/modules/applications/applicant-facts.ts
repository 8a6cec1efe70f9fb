import type { Money } from '../../kernel/money';
import type { IncomeCheck } from './affordability';
import type { BureauFile } from './bureau-file';
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
const PERCENT = 100;

/** Facts of one applicant by the names of a scorecard's variables. */
type Facts = Readonly<Record<string, string | number | undefined>>;

/** What others than the borrower said of an application. */
export interface Confirmations {
  readonly income: IncomeCheck;
  /** Absent where no bureau was asked. */
  readonly bureau?: BureauFile | undefined;
}

/**
 * The facts of a book that is taken over: they stand as they are, for they are its keeper's word,
 * and the form only adds to them. Scores are statistics: amounts become plain numbers.
 */
export function bookFacts(form: ApplicationForm): Facts {
  const { income, commitments, creditFacts } = form;
  const figures = { monthly: income?.monthly, debts: commitments?.loans };
  return { ...requestFacts(form), ...moneyFacts(figures), ...creditFacts };
}

/**
 * The facts an application is scored by: what is asked for, and of the borrower only what somebody
 * else confirmed. What the borrower alone states is missing to the scorecard, which has a bin for
 * that: nobody claims a better score. Of income and debts the figure counts that is worse for the
 * borrower, as it does for affordability.
 */
export function confirmedFacts(form: ApplicationForm, confirmed: Confirmations): Facts {
  const { income, bureau } = confirmed;
  const file = bureau?.outcome === 'found' ? bureau : undefined;
  const figures = {
    monthly:
      income.outcome === 'confirmed' ? form.income?.monthly.atMost(income.monthly) : undefined,
    debts: file && form.commitments?.loans.atLeast(file.instalments),
  };
  return { ...file?.facts, ...requestFacts(form), ...moneyFacts(figures) };
}

function requestFacts({ amount, termMonths, purpose }: ApplicationForm): Facts {
  return {
    requestedAmount: amount && major(amount),
    termMonths,
    purpose: purpose && (PURPOSE_LEVELS[purpose] ?? purpose),
  };
}

function moneyFacts({
  monthly,
  debts,
}: {
  readonly monthly: Money | undefined;
  readonly debts: Money | undefined;
}): Facts {
  const isRatio = monthly?.isPositive === true && debts !== undefined;
  return {
    annualIncome: monthly && major(monthly) * MONTHS,
    // In percent, as lenders' books have it.
    debtToIncome: isRatio ? (major(debts) / major(monthly)) * PERCENT : undefined,
  };
}

function major(money: Money): number {
  return Number(money.toDecimalString());
}
