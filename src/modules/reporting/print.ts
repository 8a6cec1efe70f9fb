import type { BothLanguages, Cell, Unit } from './figure';

/** What is printed of a report. */
export type Language = keyof BothLanguages;

/** Words that figures are cut by, as they are printed in Chinese; others stand as they are. */
const CHINESE: Readonly<Record<string, string>> = {
  '-': '未注明',
  none: '未逾期',
  current: '未逾期',
  '1-30': '逾期1–30天',
  '31-60': '逾期31–60天',
  '61-90': '逾期61–90天',
  '1-90': '逾期1–90天',
  '91-180': '逾期91–180天',
  'over-90': '逾期90天以上',
  'over-180': '逾期180天以上',
  ended: '已结束',
  sold: '已售出',
  repaid: '已还清',
  'after-default': '违约后结清',
  loan: '借款',
  equity: '股权',
  settled: '成功',
  failed: '失败',
  withdrawn: '撤回',
  lenders: '出借人',
  borrowers: '借款人',
  bank: '存管银行',
  others: '其他',
  notes: '债权',
  shares: '股份',
  lent: '出借',
  bought: '受让',
  compensated: '代偿',
  lender: '出借人',
  borrower: '借款人',
  natural: '自然人',
  legal: '机构',
  professional: '专业投资者',
  sophisticated: '成熟投资者',
  'non-sophisticated': '非成熟投资者',
};

/** A number with its thousands apart; what could not be computed is a dash. */
export function printedValue(value: string | null, unit: Unit): string {
  if (value === null) return '–';
  return unit === 'rate' ? value : value.replaceAll(/(?<!\..*)\B(?=(\d{3})+(?!\d))/g, ',');
}

/** What a cell is of, in words. */
export function printedCut({ by }: Pick<Cell, 'by'>, language: Language): string {
  return Object.values(by)
    .map((word) => {
      if (language === 'zh') return CHINESE[word] ?? word;
      return word === '-' ? 'not said' : word;
    })
    .join(' · ');
}

/** An instant to the second, in universal time. */
export function printedInstant(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}
