import type { Money } from '../../kernel/money';
import { PORTIONS, type Owed, type OwedFor, type Portion, type Timeliness } from './owed';

/** In which order the amounts of one group are paid. */
export interface PaymentOrder {
  /**
   * `by-portion`: the first portion of every instalment, then the second of every one; or
   * `by-instalment`: all of the earliest instalment, then all of the next.
   */
  readonly order: 'by-portion' | 'by-instalment';
  /** Every portion, the first paid first. */
  readonly portions: readonly Portion[];
}

/**
 * What happens with money beyond what is due: it waits until something is, or pays instalments in
 * advance. It never repays early by itself: that saves interest and changes the schedule, and takes
 * the borrower's word.
 */
export const SURPLUS_RULES = ['hold', 'next-instalments'] as const;

export type SurplusRule = (typeof SURPLUS_RULES)[number];

/** How a payment finds its way through what is owed: past due first, then due, then in advance. */
export interface Waterfall {
  readonly pastDue: PaymentOrder;
  readonly due: PaymentOrder;
  readonly inAdvance: PaymentOrder;
  readonly surplus: SurplusRule;
}

/** A part of a payment: so much, for this. Never zero. */
export interface PaymentPart {
  readonly of: OwedFor;
  readonly portion: Portion;
  readonly amount: Money;
}

export interface Split {
  readonly parts: readonly PaymentPart[];
  /** What nothing was owed for; parts and surplus are the whole. */
  readonly surplus: Money;
}

/**
 * Splits an amount over what is owed, in the order of the policy, until either is used up.
 *
 * @param owed what the amount may be used for; what is in advance is left out by the caller who does
 *   not want it paid yet.
 */
export function splitPayment(amount: Money, owed: readonly Owed[], waterfall: Waterfall): Split {
  const parts: PaymentPart[] = [];
  let left = amount;
  for (const item of inOrder(owed, waterfall)) {
    if (!left.isPositive) break;
    const paid = item.amount.atMost(left);
    parts.push({ of: item.of, portion: item.portion, amount: paid });
    left = left.minus(paid);
  }
  return { parts, surplus: left };
}

const GROUPS: readonly (readonly [Timeliness, 'pastDue' | 'due' | 'inAdvance'])[] = [
  ['past-due', 'pastDue'],
  ['due', 'due'],
  ['in-advance', 'inAdvance'],
];

function inOrder(owed: readonly Owed[], waterfall: Waterfall): readonly Owed[] {
  if (owed.length < 2) return owed;
  return GROUPS.flatMap(([timeliness, group]) =>
    ordered(
      owed.filter((item) => item.timeliness === timeliness),
      waterfall[group],
    ),
  );
}

/** The sort is stable, so that what has one due date and portion keeps the order it came in. */
function ordered(owed: readonly Owed[], { order, portions }: PaymentOrder): readonly Owed[] {
  const rank = (item: Owed): number => portions.indexOf(item.portion);
  const byPortion = (a: Owed, b: Owed): number => rank(a) - rank(b);
  const byDate = (a: Owed, b: Owed): number => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0);
  return owed.toSorted((a, b) =>
    order === 'by-portion' ? byPortion(a, b) || byDate(a, b) : byDate(a, b) || byPortion(a, b),
  );
}

/** Whether an order names every portion once, so that nothing that is owed can be passed over. */
export function isComplete({ portions }: PaymentOrder): boolean {
  return portions.length === PORTIONS.length && PORTIONS.every((each) => portions.includes(each));
}
