import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { LoanNo } from '../loans';
import { coverProblem } from './errors';
import { revaluationDue, type CollateralKind, type CoverPolicy, type Level } from './policy';
import { ratioOf } from './ratio';

export const COLLATERAL_STATUSES = [
  'offered',
  'registered',
  'release-due',
  'released',
  'enforcing',
  'enforced',
] as const;

/** `release-due`: the loan is repaid, and the charge must be taken off the register. */
export type CollateralStatus = (typeof COLLATERAL_STATUSES)[number];

export const METHODS = ['market', 'income', 'cost', 'auction'] as const;

/** What a charge is entered under: without it nobody else need mind it. */
export interface Registration {
  readonly registry: string;
  readonly number: string;
  readonly on: CalendarDate;
  readonly documentSha256: string;
}

/** Something of value that lenders may turn to. */
export interface Collateral {
  readonly id: Id<'clt'>;
  readonly loanNo: LoanNo;
  readonly loanId: Id<'lon'>;
  readonly kind: CollateralKind;
  readonly description: string;
  readonly owner: string;
  readonly currency: Currency;
  /** What others are owed out of it first. */
  readonly prior: Money;
  readonly status: CollateralStatus;
  readonly registration?: Registration | undefined;
  readonly release?: { readonly on: CalendarDate; readonly documentSha256: string } | undefined;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

/** What it was found to be worth on a day. Never changed: a later one stands beside it. */
export interface Valuation {
  readonly collateralId: Id<'clt'>;
  readonly no: number;
  readonly valuedOn: CalendarDate;
  readonly amount: Money;
  readonly method: (typeof METHODS)[number];
  readonly valuer: string;
  readonly documentSha256: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

/** What selling it brought, and what that cost. */
export interface Realisation {
  readonly collateralId: Id<'clt'>;
  readonly no: number;
  readonly realisedOn: CalendarDate;
  readonly proceeds: Money;
  readonly costs: Money;
  readonly documentSha256: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

const NEXT: Readonly<Record<CollateralStatus, readonly CollateralStatus[]>> = {
  offered: ['registered', 'released'],
  registered: ['release-due', 'enforcing'],
  'release-due': ['released', 'registered'],
  released: [],
  enforcing: ['enforced', 'registered', 'release-due'],
  enforced: [],
};

/** @throws Problem `cover.collateral-status`. */
export function moved(collateral: Collateral, status: CollateralStatus): Collateral {
  if (NEXT[collateral.status].includes(status)) return { ...collateral, status };
  throw coverProblem('collateral-status', { detail: `It is ${collateral.status}.` });
}

/** @throws Problem `cover.collateral-status` unless it can still be turned to. */
export function requireStanding(collateral: Collateral): void {
  if (collateral.status !== 'released' && collateral.status !== 'enforced') return;
  throw coverProblem('collateral-status', { detail: `It is ${collateral.status}.` });
}

/** @throws Problem `cover.valuation-order`. */
export function requireOrder(
  valuedOn: CalendarDate,
  latest: Valuation | undefined,
  today: CalendarDate,
): void {
  if (valuedOn <= today && (latest === undefined || valuedOn >= latest.valuedOn)) return;
  throw coverProblem('valuation-order', {
    detail: latest ? `The last valuation is of ${latest.valuedOn}.` : `Today is ${today}.`,
  });
}

/** Collateral with its latest valuation. */
export interface ValuedCollateral {
  readonly collateral: Collateral;
  readonly latest: Valuation | undefined;
}

/** What a loan has behind it, against what is outstanding of it. */
export interface LoanToValue {
  /** Latest values less what others are owed first; only what is registered counts. */
  readonly value: Money;
  /** Rounded up; undefined without value. */
  readonly ratio: Rate | undefined;
  readonly level: Level;
}

/**
 * Loan to value as it stands today. Each kind has a level of its own, so the outstanding amount is
 * held against the sum of what may be lent on each thing: `value x level of its kind`.
 */
export function loanToValue(
  outstanding: Money,
  items: readonly ValuedCollateral[],
  policy: CoverPolicy,
): LoanToValue {
  const counted = items.filter(({ collateral }) => COUNTED.has(collateral.status));
  const { currency } = outstanding;
  const value = Money.sum(counted.map(netValue), currency);
  const lendable = (level: 'warning' | 'breach'): Money =>
    Money.sum(
      counted.map((item) =>
        netValue(item).times(policy.collateral[item.collateral.kind][level], 'floor'),
      ),
      currency,
    );
  const level = lendable('breach').isLessThan(outstanding)
    ? 'breach'
    : lendable('warning').isLessThan(outstanding)
      ? 'warning'
      : 'good';
  return { value, ratio: ratioOf(outstanding, value, 'ceil'), level };
}

/** What nobody has registered gives lenders nothing; what is being sold still does. */
const COUNTED: ReadonlySet<CollateralStatus> = new Set(['registered', 'enforcing']);

/** Whether it must be valued anew: never valued, or too long ago. */
export function isRevaluationDue(
  { collateral, latest }: ValuedCollateral,
  policy: CoverPolicy,
  on: CalendarDate,
): boolean {
  return latest === undefined || on >= revaluationDue(policy, collateral.kind, latest.valuedOn);
}

function netValue({ collateral, latest }: ValuedCollateral): Money {
  const zero = Money.zero(collateral.currency);
  const net = (latest?.amount ?? zero).minus(collateral.prior);
  return net.isNegative ? zero : net;
}
