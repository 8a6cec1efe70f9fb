import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { LoanInstalment } from './instalment';

/** What a debt consists of, in the order in which the law usually lets it be paid. */
export const PORTIONS = ['costs', 'late-fees', 'fees', 'interest', 'principal'] as const;

export type Portion = (typeof PORTIONS)[number];

export const CHARGE_KINDS = ['late-fee', 'costs', 'origination', 'prepayment'] as const;

export type ChargeKind = (typeof CHARGE_KINDS)[number];

/**
 * As which portion a charge is paid. What a borrower pays for repaying early makes good interest
 * that lenders will not receive, so it is theirs, as interest.
 */
export const PORTION_OF: Readonly<Record<ChargeKind, Portion>> = {
  'late-fee': 'late-fees',
  costs: 'costs',
  origination: 'fees',
  prepayment: 'interest',
};

/** An instalment of the schedule in force, as far as paying it goes. */
export type InstalmentStanding = Omit<LoanInstalment, 'loanNo' | 'paidOn' | 'isSuperseded'>;

/** A charge, and what is left of it after what was paid or waived. */
export interface ChargeStanding {
  readonly no: number;
  readonly kind: ChargeKind;
  readonly dueOn: CalendarDate;
  readonly left: Money;
}

/** Everything that is not paid of one loan, whenever it falls due. */
export interface Debt {
  readonly currency: Currency;
  readonly instalments: readonly InstalmentStanding[];
  readonly charges: readonly ChargeStanding[];
}

/** What a part of a payment is for. */
export type OwedFor =
  { readonly version: number; readonly instalmentNo: number } | { readonly chargeNo: number };

export type Timeliness = 'past-due' | 'due' | 'in-advance';

/** One amount that is owed: of one instalment or charge, of one portion. Never zero. */
export interface Owed {
  readonly of: OwedFor;
  readonly portion: Portion;
  readonly dueOn: CalendarDate;
  readonly timeliness: Timeliness;
  readonly amount: Money;
}

/** What is unpaid, seen from the evening of a day, the earliest due first. */
export function owedOn(debt: Debt, on: CalendarDate): readonly Owed[] {
  return [
    ...debt.charges.flatMap((charge) => ofCharge(charge, on)),
    ...debt.instalments.flatMap((instalment) => ofInstalment(instalment, on)),
  ].toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
}

/** What of it is wanted now: due that day or before. */
export function wantedNow(owed: readonly Owed[]): readonly Owed[] {
  return owed.filter(({ timeliness }) => timeliness !== 'in-advance');
}

export function sumOwed(owed: readonly Owed[], currency: Currency): Money {
  return Money.sum(
    owed.map(({ amount }) => amount),
    currency,
  );
}

/** The sum of one portion. */
export function sumOfPortion(
  parts: readonly { readonly portion: Portion; readonly amount: Money }[],
  portion: Portion,
  currency: Currency,
): Money {
  const own = parts.filter((part) => part.portion === portion);
  return Money.sum(
    own.map(({ amount }) => amount),
    currency,
  );
}

export function timelinessOf(dueOn: CalendarDate, on: CalendarDate): Timeliness {
  if (dueOn > on) return 'in-advance';
  return dueOn === on ? 'due' : 'past-due';
}

function ofCharge({ no, kind, dueOn, left }: ChargeStanding, on: CalendarDate): readonly Owed[] {
  if (!left.isPositive) return [];
  const timeliness = timelinessOf(dueOn, on);
  return [{ of: { chargeNo: no }, portion: PORTION_OF[kind], dueOn, timeliness, amount: left }];
}

function ofInstalment(instalment: InstalmentStanding, on: CalendarDate): readonly Owed[] {
  const { version, no, dueOn } = instalment;
  const of = { version, instalmentNo: no };
  const timeliness = timelinessOf(dueOn, on);
  const { principal, interest, fees, paidPrincipal, paidInterest, paidFees } = instalment;
  const unpaid: readonly (readonly [Portion, Money])[] = [
    ['fees', fees.minus(paidFees)],
    ['interest', interest.minus(paidInterest)],
    ['principal', principal.minus(paidPrincipal)],
  ];
  return unpaid.flatMap(([portion, amount]) =>
    amount.isPositive ? [{ of, portion, dueOn, timeliness, amount }] : [],
  );
}
