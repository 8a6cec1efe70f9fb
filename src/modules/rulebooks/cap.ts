import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import { wireFigures } from './rule';

/** Whose acts are counted together against a cap. */
export const CAP_SCOPES = [
  'investor',
  'investor-issuer',
  'issuer',
  'borrower',
  'borrower-cluster',
  'lender-borrower',
  'offering',
  'operator',
] as const;

export type CapScope = (typeof CAP_SCOPES)[number];

/** How far the count reaches: one operator's rows, or all of the installation's. */
export type CapReach = 'operator' | 'installation';

interface CapBase {
  /** Id of the rule that sets it. */
  readonly rule: string;
  readonly title: string;
  readonly citation: string;
  readonly rulebook: string;
  readonly effectiveFrom: CalendarDate;
  readonly scope: CapScope;
  readonly reach: CapReach;
}

/** A ceiling on money: sold within a window, or outstanding at a moment. */
export interface AmountCap extends CapBase {
  readonly measure: 'amount-sold' | 'outstanding-principal';
  /** Only what was sold in the half-open window `(at - windowMonths, at]` counts. */
  readonly windowMonths?: number | undefined;
  /** Undefined is unlimited. */
  readonly ceiling: Money | undefined;
  /** Counted on top of what the engine finds. */
  readonly declaredElsewhere: Money;
  /** Two spouses share it: what either bought counts. */
  readonly isShared: boolean;
}

/** A ceiling on how many hold the instrument once the act is done. */
export interface HolderCap extends CapBase {
  readonly measure: 'holder-count';
  readonly ceiling: number;
}

export type Cap = AmountCap | HolderCap;

/** What is left of a cap after `used`, never below zero; undefined when it has no ceiling. */
export function leftOf(cap: AmountCap, used: Money): Money | undefined {
  return cap.ceiling?.minus(cap.declaredElsewhere).minus(used).atLeast(Money.zero(used.currency));
}

/**
 * What the cap says of an act of `amount` when `used` counts against it already: nothing when it
 * fits, to the last minor unit.
 */
export function capFinding(cap: AmountCap, used: Money, amount: Money): Finding | undefined {
  if (cap.ceiling === undefined) return undefined;
  const counted = used.plus(cap.declaredElsewhere);
  if (!counted.plus(amount).isMoreThan(cap.ceiling)) return undefined;
  const left = leftOf(cap, used);
  const window = cap.windowMonths === undefined ? '' : ` in ${cap.windowMonths} months`;
  const message =
    `${cap.title}: at most ${cap.ceiling}${window}; ${counted} is taken already, ` +
    `so ${left} is left and ${amount} does not fit.`;
  return {
    ...spokenBy(cap),
    message,
    ...wireFigures({ limit: cap.ceiling, observed: counted.plus(amount), left }),
  };
}

/** What the cap says of `joining` new holders beside the `holders` there are. */
export function holderFinding(
  cap: HolderCap,
  holders: number,
  joining: number,
): Finding | undefined {
  if (holders + joining <= cap.ceiling) return undefined;
  const left = Math.max(0, cap.ceiling - holders);
  const message =
    `${cap.title}: at most ${cap.ceiling} holders; there are ${holders} already, ` +
    `so there is room for ${left} more.`;
  return {
    ...spokenBy(cap),
    message,
    ...wireFigures({ limit: cap.ceiling, observed: holders + joining, left }),
  };
}

function spokenBy(cap: Cap): Pick<Finding, 'rule' | 'citation' | 'rulebook' | 'effectiveFrom'> {
  const { rule, citation, rulebook, effectiveFrom } = cap;
  return { rule, citation, rulebook, effectiveFrom };
}

/**
 * The start of a cap's window: a sale counts when it was made after this instant, not at it.
 *
 * Months are counted in UTC, so that SQL and this function agree on every instant.
 *
 * Source: the SEC's notes on aggregation (17 CFR 230.505), by which a sale made exactly twelve
 * months earlier is outside.
 */
export function windowStart(windowMonths: number, at: Date): Date {
  const start = new Date(at);
  start.setUTCDate(1);
  start.setUTCMonth(start.getUTCMonth() - windowMonths);
  const lastDay = new Date(
    Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0),
  ).getUTCDate();
  start.setUTCDate(Math.min(at.getUTCDate(), lastDay));
  return start;
}
