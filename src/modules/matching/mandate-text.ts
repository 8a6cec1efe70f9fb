import { rateText, type Rate } from '../../kernel/rate';
import { mandateCanonical, type MandateTerms } from './mandate';

/** The text a lender signs, in both languages. */
export interface MandateText {
  readonly en: string;
  readonly zh: string;
}

/** Before percent: `0.075` is `7.5`. */
function percent(value: Rate): string {
  return rateText(value.times(100));
}

/**
 * What the lender signs. It says everything the terms say, so that the hash of it stands for what
 * was agreed; the last line holds the terms as programs read them.
 */
export function mandateText(terms: MandateTerms): MandateText {
  const lines = [...amountLines(terms), ...wishLines(terms), ...conductLines(terms)];
  const canonical = mandateCanonical(terms);
  return {
    en: [HEAD.en, ...lines.map(([en]) => `- ${en}`), TAIL.en, canonical].join('\n'),
    zh: [HEAD.zh, ...lines.map(([, zh]) => `- ${zh}`), TAIL.zh, canonical].join('\n'),
  };
}

type Line = readonly [en: string, zh: string];

const HEAD = {
  en: 'I instruct the operator to lend my money on my behalf, within these bounds only:',
  zh: '本人委托平台在以下范围内代为出借资金：',
};

const TAIL = {
  en:
    'Nobody promises that I get back what I lend: I may lose all of it. I accept the documents of ' +
    'each loan as they stand when it is lent to. I may change, pause or revoke this mandate at any ' +
    'time; what was lent before stays lent.',
  zh: '无人承诺保本保息，本人可能损失全部出借资金。本人接受每笔借款在出借时的文件。本人可随时变更、暂停或撤销本委托；此前已出借的资金不受影响。',
};

function amountLines(terms: MandateTerms): readonly Line[] {
  const { budget, keepUninvested, ticket, maxPerLoan, maxPerBorrower, maxShare } = terms;
  const lines: Line[] = [
    [`no more than ${budget} at one time`, `同一时间出借总额不超过 ${budget}`],
    [`${keepUninvested} always stays in my account`, `账户中始终保留 ${keepUninvested}`],
    [`at least ${ticket} a loan`, `每笔借款出借不少于 ${ticket}`],
  ];
  if (maxPerLoan) lines.push([`at most ${maxPerLoan} a loan`, `每笔借款出借不超过 ${maxPerLoan}`]);
  if (maxPerBorrower) {
    lines.push([`at most ${maxPerBorrower} a borrower`, `对同一借款人不超过 ${maxPerBorrower}`]);
  }
  if (maxShare) {
    const share = percent(maxShare);
    lines.push([`no loan above ${share} % of what I have`, `单笔不超过本人资金的 ${share}%`]);
  }
  return lines;
}

function wishLines(terms: MandateTerms): readonly Line[] {
  const { grades, maxPerGrade, leastTermMonths, mostTermMonths } = terms;
  const { minimumRate, maximumRate, targetReturn } = terms;
  const lines: Line[] = [[`grades ${grades.join(', ')}`, `信用等级 ${grades.join('、')}`]];
  for (const { grade, most } of maxPerGrade) {
    lines.push([`at most ${most} in grade ${grade}`, `${grade} 级合计不超过 ${most}`]);
  }
  const from = leastTermMonths ?? 1;
  const to = mostTermMonths === undefined ? '' : ` to ${mostTermMonths}`;
  const toZh = mostTermMonths === undefined ? '个月以上' : `至 ${mostTermMonths} 个月`;
  lines.push([
    `terms of ${from}${to} months${to === '' ? ' and more' : ''}`,
    `期限 ${from}${toZh}`,
  ]);
  const least = percent(minimumRate);
  lines.push([`at ${least} % a year or more`, `年利率不低于 ${least}%`]);
  if (maximumRate) {
    const most = percent(maximumRate);
    lines.push([`at ${most} % a year or less`, `年利率不高于 ${most}%`]);
  }
  if (targetReturn) {
    const hoped = percent(targetReturn);
    lines.push([
      `I hope for ${hoped} % a year after losses, which nobody promises`,
      `期望扣除损失后年回报 ${hoped}%，无人承诺`,
    ]);
  }
  return lines;
}

function conductLines({ reinvest, approvesEach, expiresAt }: MandateTerms): readonly Line[] {
  const end = expiresAt?.toISOString();
  return [
    reinvest
      ? ['what is paid back may be lent again', '收回的资金可再次出借']
      : ['what is paid back is not lent again', '收回的资金不再出借'],
    approvesEach
      ? [
          'each loan is proposed to me, and lent to only if I approve it',
          '每笔借款须经本人逐笔确认',
        ]
      : ['I need not be asked before each loan', '无须逐笔征得本人同意'],
    end === undefined
      ? ['until I revoke it', '至本人撤销为止']
      : [`until ${end}`, `有效期至 ${end}`],
  ];
}
