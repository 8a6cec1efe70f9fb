import { rateText, roundRate, type Rate } from '../../kernel/rate';
import type { ApplicationForm } from './form';
import type { Offer } from './offer';

/**
 * What lenders are told of a loan: what it is for, what it pays, what may go wrong. No name, no
 * address: who borrows is told where the law asks for it, to whom it says.
 */
export function loanSummary(
  { form }: { readonly form: ApplicationForm },
  offer: Omit<Offer, 'status'>,
): string {
  const { details } = offer;
  const parts = (details['parts'] ?? {}) as Readonly<Record<string, string>>;
  return [
    '# Summary of the loan',
    '',
    `- Purpose: ${form.purpose ?? 'other'}`,
    `- Amount: ${offer.amount}`,
    `- Term: ${offer.termMonths} months, ${offer.repayment}`,
    `- Interest: ${percent(offer.rate)} a year`,
    `- Cost to the borrower with fees: ${percent(offer.apr)} a year`,
    `- Grade: ${offer.grade}`,
    `- Probability of default within a year: ${shown(details['pd'])}`,
    `- Loss given default: ${shown(details['lossGivenDefault'])}`,
    `- Of the rate: base ${shown(parts['base'])}, expected loss ${shown(parts['expectedLoss'])}, ` +
      `cost ${shown(parts['cost'])}, margin ${shown(parts['margin'])}`,
    '',
    'You may lose all that you lend. Nobody guarantees repayment. 出借有风险，可能损失全部本金，无人担保还款。',
    '',
    '## The project in the words of the borrower',
    '',
    form.project ?? '',
    '',
  ].join('\n');
}

function percent(value: Rate): string {
  return `${rateText(roundRate(value.times(100), 2, 'half-even'))} %`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : '–';
}
