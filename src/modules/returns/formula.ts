/** A formula in one of its versions. A version is never changed: another way to compute is another. */
export interface Formula {
  readonly id: string;
  readonly version: number;
  readonly title: Text;
  /** What is divided by what, in the words of `TERMS`. */
  readonly definition: Text;
  readonly rounding: Text;
  /** When it has no value, and by which reason that is told. */
  readonly undefined: Text;
  readonly source: Text;
}

export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type FormulaKey = `${string}/${number}`;

export function keyOf({ id, version }: Formula): FormulaKey {
  return `${id}/${version}`;
}

/** What the words of the definitions mean. They hold for every formula below. */
export const TERMS: readonly Text[] = [
  {
    en: 'Stake: one note of a lender; in the figures of a whole book, all that lenders have in one loan, so that trades between lenders and what guarantors hold stay out.',
    zh: '份额：出借人的一份债权；在全部业务的数据中，为全体出借人在一笔借款中的合计，因此出借人之间的转让及担保人持有的部分不计入。',
  },
  {
    en: 'Carrying value: what was paid for the stake, without accrued interest, times outstanding principal over the principal at its start, rounded half to even to the minor unit. Overdue principal and principal in default stay in it in full until the write-off; from the end of the evening of the write-off it is nothing.',
    zh: '账面价值：取得份额所付价款（不含应计利息）乘以未偿本金再除以取得时的本金，按四舍六入五成双取整至最小货币单位。逾期及违约本金在核销前全额计入；自核销当日日终起为零。',
  },
  {
    en: 'Balance-days: the sum of the carrying value at the end of each day, from the day the loan was paid out (of a bought note: the day of the trade) to the day before the as-of day.',
    zh: '余额天数：自放款日（受让份额自转让日）起至截止日前一日止，每日日终账面价值之和。',
  },
  {
    en: 'Day of a payment: its value date, the day on which it reduced what the borrower owes. A reversal is an entry of its own, negative, on its own day. Only what was recorded up to the known-at instant and counts for a day up to the as-of day is taken.',
    zh: '还款日：起息意义上的入账日，即减少借款人债务之日。冲正为独立的负数记录，记在冲正之日。仅计入在“已知时点”之前记录且归属日不晚于截止日的数据。',
  },
  {
    en: 'Income: interest and late fees received, before servicing fees; less accrued interest paid with a bought note, plus accrued interest received with a sold one; plus gains.',
    zh: '收入：扣除服务费前收到的利息与滞纳金；减受让时支付的应计利息，加转让时收到的应计利息；再加价差收益。',
  },
  {
    en: 'Gains: what was received for principal, by repayment or at the price of a sale, beyond the carrying value that left the stake. Negative where it was less.',
    zh: '价差收益：因还款或转让而收到的本金款项，超过所减少账面价值的部分；不足时为负。',
  },
  {
    en: 'Fees: servicing fees kept from interest and late fees, and the seller’s fee of a trade.',
    zh: '费用：自利息及滞纳金中扣收的服务费，以及转让时出让方的手续费。',
  },
  {
    en: 'Losses: the carrying value on the evening of the write-off. Recoveries: what comes in for principal after it, net of the costs of collection. A write-off is not taken back in the figures: whatever comes later is a recovery.',
    zh: '损失：核销当日日终的账面价值。回收：核销后收到的本金款项，已扣除催收成本。统计上核销不予撤回，其后收到的款项一律计为回收。',
  },
  {
    en: 'In default: as the evening’s close has seen it, on the last closed evening up to the as-of day.',
    zh: '违约：以截止日前最近一次日终结账时的状态为准。',
  },
  {
    en: 'Idle money: the lender’s cash at the end of each day, reserved or not, and what was taken for loans that are not paid out yet.',
    zh: '闲置资金：出借人每日日终的现金余额（含冻结），以及已划出但尚未放款的资金。',
  },
];

const SIX_DECIMALS: Text = {
  en: 'Exact fraction of whole numbers, rounded once, half to even, to six decimals.',
  zh: '整数的精确分数，仅取整一次，四舍六入五成双，保留六位小数。',
};

const NOTHING_OUTSTANDING: Text = {
  en: 'No value (nothing-outstanding) when there are no balance-days.',
  zh: '余额天数为零时无值（nothing-outstanding）。',
};

/** A yearly rate on balance-days. */
function yearly(
  id: string,
  { title, amount, source }: { title: Text; amount: Text; source: Text },
): Formula {
  return {
    id,
    version: 1,
    title,
    definition: {
      en: `365 × (${amount.en}) / balance-days`,
      zh: `365 ×（${amount.zh}）÷ 余额天数`,
    },
    rounding: SIX_DECIMALS,
    undefined: NOTHING_OUTSTANDING,
    source,
  };
}

const SIMPLE_RATE: Text = {
  en: 'Simple annual rate on the daily average of what is lent, as marketplace lenders publish net annualised returns; losses are those of every loan, without exception.',
  zh: '按日均出借余额计算的单利年化率，与网络借贷平台公布的净年化收益口径一致；损失涵盖全部借款，无一例外。',
};

/** Every formula by which figures are computed. */
export const FORMULAS: readonly Formula[] = [
  yearly('gross-yield', {
    title: { en: 'Gross yield', zh: '毛收益率' },
    amount: { en: 'income', zh: '收入' },
    source: SIMPLE_RATE,
  }),
  yearly('fee-rate', {
    title: { en: 'Fees', zh: '费用率' },
    amount: { en: 'fees', zh: '费用' },
    source: SIMPLE_RATE,
  }),
  yearly('realised-loss-rate', {
    title: { en: 'Realised loss rate', zh: '已实现损失率' },
    amount: { en: 'losses − recoveries', zh: '损失 − 回收' },
    source: SIMPLE_RATE,
  }),
  yearly('net-annual-return', {
    title: { en: 'Net annual return', zh: '净年化收益率' },
    amount: {
      en: 'income − fees − losses + recoveries',
      zh: '收入 − 费用 − 损失 + 回收',
    },
    source: SIMPLE_RATE,
  }),
  yearly('loss-adjusted-return', {
    title: { en: 'Loss-adjusted return', zh: '损失调整后收益率' },
    amount: {
      en: 'income − fees − losses + recoveries − carrying value in default',
      zh: '收入 − 费用 − 损失 + 回收 − 违约份额的账面价值',
    },
    source: {
      en: 'The net annual return as if everything in default were lost today. With nothing in default it is the net annual return.',
      zh: '假定全部违约份额于当日全额损失的净年化收益率。无违约时与净年化收益率相等。',
    },
  }),
  {
    id: 'yield-by-vintage',
    version: 1,
    title: { en: 'Yield by vintage', zh: '按放款季度的收益率' },
    definition: {
      en: 'net-annual-return/1 of the stakes in loans paid out in one calendar quarter',
      zh: '同一自然季度内放款的借款份额的 net-annual-return/1',
    },
    rounding: SIX_DECIMALS,
    undefined: NOTHING_OUTSTANDING,
    source: SIMPLE_RATE,
  },
  {
    id: 'xirr',
    version: 1,
    title: { en: 'Money-weighted return (XIRR)', zh: '资金加权收益率（XIRR）' },
    definition: {
      en: 'The r for which Σ flow / (1 + r)^(days/365) is zero, days from the first flow. Flows: money when it left the lender (the settlement of the subscription, the trade) negative, accrued interest included; each receipt net of fees on the day it counts for; refunds of loans never paid out; and on the as-of day the carrying value, that of stakes in default at nothing, with what waits in loans not paid out at what was lent. Flows of one day are one flow.',
      zh: '使 Σ 现金流 ÷ (1 + r)^(天数/365) 为零的 r，天数自首笔现金流起算。现金流：资金离开出借人之日（认购交割、受让）为负，含应计利息；每笔扣费后的收款记于其归属日；未放款借款的退款；截止日的账面价值（违约份额计零，尚未放款者按出借额）。同日合并为一笔。',
    },
    rounding: {
      en: 'Solved to 12 decimals, then half to even to six.',
      zh: '求解至 12 位小数，再四舍六入五成双保留六位。',
    },
    undefined: {
      en: 'No value when all flows have one sign (one-sided), when no rate solves them (no-rate) or several do (several-rates).',
      zh: '现金流同号（one-sided）、无解（no-rate）或多解（several-rates）时无值。',
    },
    source: {
      en: 'OpenDocument 1.3, part 4, 6.12.52 (XIRR), on ACT/365 fixed.',
      zh: 'OpenDocument 1.3 第 4 部分 6.12.52（XIRR），ACT/365 固定。',
    },
  },
  {
    id: 'default-rate',
    version: 1,
    title: { en: 'Default rate', zh: '违约率' },
    definition: {
      en: 'loans that were in default or written off on any evening on which a part of them was held / loans that were paid out; each loan counts once, whatever its amount. By grade it is the default rate by grade.',
      zh: '持有期间任一日终曾处于违约或核销状态的借款笔数 ÷ 已放款借款笔数；每笔借款计一次，不按金额加权。按评级分组即为各评级违约率。',
    },
    rounding: SIX_DECIMALS,
    undefined: {
      en: 'No value (no-loans) when no loan was paid out.',
      zh: '无已放款借款时无值（no-loans）。',
    },
    source: {
      en: 'Cumulative by number. The yearly rate of Delegated Regulation (EU) 2022/2115, which asks for windows of 12 months, is computed by POST /v1/calculators/default-rate.',
      zh: '按笔数累计。欧盟 2022/2115 号授权条例按 12 个月窗口计算的年度违约率，见 POST /v1/calculators/default-rate。',
    },
  },
  {
    id: 'cash-drag',
    version: 1,
    title: { en: 'Cash drag', zh: '资金闲置率' },
    definition: {
      en: 'idle money × days / (idle money × days + balance-days), to the day before the as-of day',
      zh: '闲置资金 × 天数 ÷（闲置资金 × 天数 + 余额天数），计至截止日前一日',
    },
    rounding: SIX_DECIMALS,
    undefined: {
      en: 'No value (no-money) when there was neither cash nor a stake.',
      zh: '既无现金亦无份额时无值（no-money）。',
    },
    source: {
      en: 'The share of a lender’s money, weighted by time, that earned nothing.',
      zh: '按时间加权，出借人资金中未产生收益的比例。',
    },
  },
];
