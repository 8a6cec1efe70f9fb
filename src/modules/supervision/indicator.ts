import { rate, type Rate } from '../../kernel/rate';
import type { BothLanguages, Cell, ReportContent } from '../reporting';

/** The report whose latest period indicators are read from. */
export const WATCHED_REPORT = 'platform-risk-daily';

/**
 * How one number is made of the cells of a figure: the worst of them, all of them, how far the worst
 * lies below zero, or how far it lies from zero.
 */
type Fold = 'highest' | 'total' | 'shortfall' | 'distance';

const ZERO = rate('0');

const FOLDED: Readonly<Record<Fold, (value: Rate) => Rate>> = {
  highest: (value) => value,
  total: (value) => value,
  shortfall: (value) => (value.isNegative() ? value.negated() : ZERO),
  distance: (value) => value.abs(),
};

/** Something a supervisor watches. The higher, the worse. */
export interface Indicator {
  readonly id: string;
  readonly title: BothLanguages;
  /** Of the watched report. */
  readonly figure: string;
  readonly fold: Fold;
}

const indicator = (id: string, figure: string, its: { fold: Fold; en: string; zh: string }) => ({
  id,
  figure,
  fold: its.fold,
  title: { en: its.en, zh: its.zh },
});

/** Amounts are compared currency by currency, each with the same threshold. */
export const INDICATORS: readonly Indicator[] = [
  indicator('par30', 'par30', {
    fold: 'highest',
    en: 'Principal more than 30 days past due, part of all outstanding',
    zh: '逾期30天以上本金占比',
  }),
  indicator('par90', 'par90', {
    fold: 'highest',
    en: 'Principal more than 90 days past due, part of all outstanding',
    zh: '逾期90天以上本金占比',
  }),
  indicator('largest-borrower-share', 'largest-borrower-share', {
    fold: 'highest',
    en: 'Largest borrower, part of all outstanding',
    zh: '最大单一借款人占比',
  }),
  indicator('ten-largest-share', 'ten-largest-share', {
    fold: 'highest',
    en: 'Ten largest borrowers, part of all outstanding',
    zh: '前十大借款人占比',
  }),
  indicator('client-money-shortfall', 'client-money-surplus', {
    fold: 'shortfall',
    en: 'Client money that is owed and not held',
    zh: '客户资金缺口',
  }),
  indicator('trial-balance', 'trial-balance', {
    fold: 'distance',
    en: 'Debits less credits of the whole ledger',
    zh: '总账借贷差额',
  }),
  indicator('cap-refusals', 'refusals', {
    fold: 'total',
    en: 'Orders refused by a rule in the period',
    zh: '当期被规则拒绝的委托数',
  }),
  indicator('integrity-breaks', 'integrity-violations', {
    fold: 'total',
    en: 'What the last nightly checks of the records found',
    zh: '最近一次数据核对发现的问题数',
  }),
];

export const LEVELS = ['green', 'amber', 'red'] as const;
export type Level = (typeof LEVELS)[number];

/** From where on an indicator is amber, and red; without one it never is. */
export interface Threshold {
  readonly amber: Rate | undefined;
  readonly red: Rate | undefined;
  /** How far below one it must fall to be so no longer, lest it warn again and again. */
  readonly margin: Rate;
}

/** Nothing warns. */
export const UNSET: Threshold = { amber: undefined, red: undefined, margin: ZERO };

/** What an indicator says of a report; undefined where the report tells no number for it. */
export function indicated(content: ReportContent, { figure, fold }: Indicator): Rate | undefined {
  const cells = content.figures.find(({ id }) => id === figure)?.cells;
  const values = cells?.flatMap(valueOf).map((value) => FOLDED[fold](value));
  if (fold === 'total') return values?.reduce((sum, value) => sum.plus(value), ZERO);
  return values?.toSorted((a, b) => a.comparedTo(b)).at(-1);
}

/**
 * The level of a value: a threshold is reached when the value is equal to it, and left when the value
 * lies below it by more than the margin.
 *
 * @param before the level until now.
 */
export function levelOf(
  value: Rate | undefined,
  { amber, red, margin }: Threshold,
  before: Level,
): Level {
  const isAt = (threshold: Rate | undefined, level: Level): boolean => {
    if (value === undefined || threshold === undefined) return false;
    const isHeld = LEVELS.indexOf(before) >= LEVELS.indexOf(level);
    return value.gte(isHeld ? threshold.minus(margin) : threshold);
  };
  if (isAt(red, 'red')) return 'red';
  return isAt(amber, 'amber') ? 'amber' : 'green';
}

function valueOf({ value }: Cell): readonly Rate[] {
  return value === null ? [] : [rate(value)];
}
