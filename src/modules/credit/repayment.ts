import { rate, type Rate } from '../../kernel/rate';

/**
 * How a loan is paid back, as far as its price depends on it. Interest is due monthly; of a bullet
 * it is simple interest, due with the principal.
 */
export type Repayment = 'annuity' | 'equal-principal' | 'interest-only' | 'bullet';

export const REPAYMENTS: readonly Repayment[] = [
  'annuity',
  'equal-principal',
  'interest-only',
  'bullet',
];

export interface RepaymentTerms {
  readonly termMonths: number;
  readonly repayment: Repayment;
  /** Nominal annual rate, a twelfth of it a month. */
  readonly nominalRate: Rate;
}

/** One month of one unit of principal. */
export interface RepaymentMonth {
  readonly month: number;
  /** Interest and principal that fall due at its end. */
  readonly paid: Rate;
  /** The balance with its interest, just before that. */
  readonly owed: Rate;
}

const ZERO = rate('0');
const ONE = rate('1');

/** The payments of one unit of principal, not rounded: for prices, never for a borrower's bill. */
export function pathOf(terms: RepaymentTerms): readonly RepaymentMonth[] {
  const { termMonths } = terms;
  const interestRate = terms.nominalRate.div(12);
  const payment = paymentOf(terms);
  // Interest that waits for the end bears none itself.
  const interestBase = (owing: Rate): Rate => (terms.repayment === 'bullet' ? ONE : owing);
  const months: RepaymentMonth[] = [];
  let balance = ONE;
  for (let month = 1; month <= termMonths; month += 1) {
    const owed = balance.plus(interestBase(balance).times(interestRate));
    const paid = month === termMonths ? owed : payment(balance, owed);
    months.push({ month, paid, owed });
    balance = owed.minus(paid);
  }
  return months;
}

type Payment = (balance: Rate, owed: Rate) => Rate;

function paymentOf({ termMonths, repayment, nominalRate }: RepaymentTerms): Payment {
  switch (repayment) {
    case 'annuity': {
      const instalment = annuity(nominalRate.div(12), termMonths);
      return () => instalment;
    }
    case 'equal-principal':
      return (balance, owed) => owed.minus(balance).plus(ONE.div(termMonths));
    case 'interest-only':
      return (balance, owed) => owed.minus(balance);
    case 'bullet':
      return () => ZERO;
  }
}

/** The level payment of one unit over so many periods: `i / (1 - (1 + i)^-n)`. */
function annuity(periodRate: Rate, periods: number): Rate {
  if (periodRate.isZero()) return ONE.div(periods);
  return periodRate.div(ONE.minus(ONE.plus(periodRate).pow(-periods)));
}
