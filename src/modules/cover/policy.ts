import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Rate } from '../../kernel/rate';

export const COLLATERAL_KINDS = [
  'patent',
  'trademark',
  'copyright',
  'software',
  'equipment',
  'real-estate',
  'receivables',
] as const;

/** What stands as security: 知识产权质押 is the first four. */
export type CollateralKind = (typeof COLLATERAL_KINDS)[number];

/** A text in both languages the engine speaks. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** How much may be lent on a kind of collateral, and how often it is valued. */
export interface LendingValue {
  /** Loan to value from which people are warned, and above which the cover is broken. */
  readonly warning: Rate;
  readonly breach: Rate;
  readonly revalueMonths: number;
}

/** How strength is judged and said: data of `compliance/cover-policies`. */
export interface CoverPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: Bilingual;
  readonly source: string;
  /** How long a guarantor's statement of what it can pay is good for new contracts. */
  readonly capacityMonths: number;
  /** Means against what a guarantor answers for: below the first is a warning. */
  readonly strength: { readonly warning: Rate; readonly breach: Rate };
  readonly collateral: Readonly<Record<CollateralKind, LendingValue>>;
  readonly fund: {
    /** Stands wherever a fund's coverage is shown. */
    readonly warning: Bilingual;
    readonly source: string;
    readonly verification: 'verified' | 'secondary' | 'unverified';
    readonly stress: { readonly hazardFactor: Rate; readonly severityFactor: Rate };
  };
}

export const LEVELS = ['good', 'warning', 'breach'] as const;
export type Level = (typeof LEVELS)[number];

/** How a ratio stands of which more is better; without one there is nothing to answer for. */
export function strengthLevel(ratio: Rate | undefined, { strength }: CoverPolicy): Level {
  if (ratio === undefined || ratio.gte(strength.warning)) return 'good';
  return ratio.gte(strength.breach) ? 'warning' : 'breach';
}

/** The day from which a valuation of that kind no longer counts as recent. */
export function revaluationDue(
  policy: CoverPolicy,
  kind: CollateralKind,
  valuedOn: CalendarDate,
): CalendarDate {
  return addMonths(valuedOn, policy.collateral[kind].revalueMonths);
}

/** Whether what was stated on a day is still good on another. */
export function isCapacityRecent(
  policy: CoverPolicy,
  statedOn: CalendarDate,
  on: CalendarDate,
): boolean {
  return on <= addMonths(statedOn, policy.capacityMonths);
}
