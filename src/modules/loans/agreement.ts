import type { CalendarDate } from '../../kernel/calendar-date';
import { rateText, type Rate } from '../../kernel/rate';
import type { LoanNote } from '../offerings';
import type { Instalment } from '../schedules';
import { amountPaidOut, type Loan } from './loan';

/** The agreement of borrower and lenders, in both languages; either is signed by its hash. */
export interface AgreementText {
  readonly en: string;
  readonly zh: string;
}

export interface AgreementFacts {
  readonly loan: Loan;
  readonly agreedOn: CalendarDate;
  readonly borrower: string;
  readonly operator: string;
  readonly lenders: number;
  /** What would fall due were it paid out on the day it was agreed. */
  readonly instalments: readonly Instalment[];
}

type Line = readonly [en: string, zh: string];

/** Says everything the parties agreed on, so that the hash of it stands for that. */
export function agreementText(facts: AgreementFacts): AgreementText {
  const lines = [...partyLines(facts), ...moneyLines(facts), ...dutyLines(facts)];
  const table = facts.instalments.map(instalmentLine);
  return {
    en: [HEAD.en, ...lines.map(([en]) => `- ${en}`), TABLE.en, ...table, TAIL.en].join('\n'),
    zh: [HEAD.zh, ...lines.map(([, zh]) => `- ${zh}`), TABLE.zh, ...table, TAIL.zh].join('\n'),
  };
}

const HEAD = { en: 'Loan agreement', zh: '借款协议' };

const TABLE = {
  en: 'Were the loan paid out on the day it was agreed: number, due, principal, interest, total',
  zh: '若在成交日放款：期次、到期日、本金、利息、合计',
};

const TAIL = {
  en:
    'The instalments that are owed follow from the day on which the bank pays the loan out, by the ' +
    'same terms; that schedule is shown with the loan. The borrower may repay early at any time.',
  zh: '实际应还款以银行放款日按同样条款计算，并在借款页面展示。借款人可随时提前还款。',
};

const REPAYMENTS: Readonly<Record<LoanNote['repayment'], Line>> = {
  annuity: ['equal monthly instalments', '等额本息，按月偿还'],
  'equal-principal': ['equal monthly parts of the principal, with interest', '等额本金，按月偿还'],
  'interest-only': ['interest monthly, the principal with the last instalment', '先息后本'],
  bullet: ['principal and interest together at the end', '到期一次还本付息'],
};

function partyLines({
  loan,
  agreedOn,
  borrower,
  operator,
  lenders,
}: AgreementFacts): readonly Line[] {
  return [
    [`loan ${loan.id}, agreed on ${agreedOn}`, `借款编号 ${loan.id}，成交日 ${agreedOn}`],
    [`borrower: ${borrower}`, `借款人：${borrower}`],
    [
      `lenders: the ${lenders} holders of its notes, as the register of ${operator} names them`,
      `出借人：${operator} 登记簿所载的 ${lenders} 位债权人`,
    ],
  ];
}

function moneyLines({ loan }: AgreementFacts): readonly Line[] {
  const { principal, terms } = loan;
  const paidOut = amountPaidOut(loan);
  const [repayment, repaymentZh] = REPAYMENTS[terms.repayment];
  const lines: Line[] = [
    [`principal: ${principal}`, `借款本金：${principal}`],
    [`paid out to the borrower: ${paidOut}`, `放款金额：${paidOut}`],
    [`interest: ${percent(terms.rate)} % a year`, `年利率：${percent(terms.rate)}%`],
    [`cost with fees: ${percent(terms.apr)} % a year`, `含费用的年化成本：${percent(terms.apr)}%`],
    [`${terms.termMonths} months: ${repayment}`, `${terms.termMonths} 个月，${repaymentZh}`],
  ];
  const fee = terms.originationFee;
  if (fee.isPositive) {
    lines.push(
      terms.isFeeWithheld
        ? [`fee kept back from what is paid out: ${fee}`, `放款时扣除的费用：${fee}`]
        : [`fee due with the first instalment: ${fee}`, `随首期还款支付的费用：${fee}`],
    );
  }
  return lines;
}

function dutyLines({ loan }: AgreementFacts): readonly Line[] {
  const { policy, reference } = loan;
  return [
    [
      `payments are applied, and late ones charged, by servicing policy ${policy.id}/${policy.version}`,
      `还款入账及逾期费用按服务规则 ${policy.id}/${policy.version} 执行`,
    ],
    [`every payment names the reference ${reference}`, `每次付款须注明编号 ${reference}`],
  ];
}

function instalmentLine({ no, dueOn, principal, interest, total }: Instalment): string {
  return [no, dueOn, principal, interest, total].join('  ');
}

/** Before percent: `0.075` is `7.5`. */
function percent(value: Rate): string {
  return rateText(value.times(100));
}
