import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import { rate, roundRate, type Rate } from '../../kernel/rate';
import { xirr } from '../schedules';
import type { FormulaKey } from './formula';
import { FIGURE_DIGITS, quotient } from './quotient';
import type { Flow } from './stake';
import type { Tally } from './tally';

/** Why a figure has no value. It is never shown as zero. */
export const UNDEFINED_REASONS = [
  'nothing-outstanding',
  'no-loans',
  'no-money',
  'one-sided',
  'no-rate',
  'several-rates',
] as const;

export type UndefinedReason = (typeof UNDEFINED_REASONS)[number];

/** A figure, by which formula it was computed, and of which two numbers where it is a fraction. */
export interface Figure {
  readonly formula: FormulaKey;
  readonly value?: Rate | undefined;
  readonly reason?: UndefinedReason | undefined;
  readonly numerator?: bigint | undefined;
  readonly denominator?: bigint | undefined;
}

/** Time-weighted cash, in minor units times days, without what waits in loans. */
export type IdleDays = bigint;

/** Days in the year of every yearly figure. */
const YEAR = 365n;

/**
 * The figures of a portfolio or of a part of it, by the formulas of `formula.ts`.
 *
 * @param idleDays of the lender's cash, where the figure about it is wanted.
 */
export function figuresOf(
  tally: Tally,
  {
    asOf,
    currency,
    idleDays,
  }: {
    readonly asOf: CalendarDate;
    readonly currency: Currency;
    readonly idleDays?: IdleDays | undefined;
  },
): readonly Figure[] {
  const { interest, late, gains, fees, losses, recoveries, doubtful, balanceDays } = tally.amounts;
  const gross = interest + late + gains;
  const lost = losses - recoveries;
  const net = gross - fees - lost;
  const yearly = (formula: FormulaKey, amount: bigint): Figure =>
    fraction(formula, [YEAR * amount, balanceDays], 'nothing-outstanding');
  const counts = [BigInt(tally.defaulted), BigInt(tally.loans)] as const;
  return [
    yearly('gross-yield/1', gross),
    yearly('fee-rate/1', fees),
    yearly('realised-loss-rate/1', lost),
    yearly('net-annual-return/1', net),
    yearly('loss-adjusted-return/1', net - doubtful),
    moneyWeighted(tally, asOf, currency),
    fraction('default-rate/1', counts, 'no-loans'),
    ...(idleDays === undefined ? [] : [cashDrag(tally, idleDays)]),
  ];
}

function cashDrag({ amounts }: Tally, idleDays: IdleDays): Figure {
  const idle = idleDays + amounts.waitingDays;
  return fraction('cash-drag/1', [idle, idle + amounts.balanceDays], 'no-money');
}

function fraction(
  formula: FormulaKey,
  [numerator, denominator]: readonly [bigint, bigint],
  reason: UndefinedReason,
): Figure {
  if (denominator <= 0n) return { formula, numerator, denominator, reason };
  return { formula, numerator, denominator, value: quotient(numerator, denominator) };
}

const XIRR = 'xirr/1';
const ZERO = rate('0');

/** Why there is no rate, by the problem that says so. */
const REASONS: Readonly<Record<string, UndefinedReason>> = {
  'schedules.flows-one-sided': 'one-sided',
  'schedules.no-rate': 'no-rate',
  'schedules.several-rates': 'several-rates',
};

function moneyWeighted(tally: Tally, asOf: CalendarDate, currency: Currency): Figure {
  const { carrying, doubtful, waiting } = tally.amounts;
  const closing: Flow = { on: asOf, amount: carrying - doubtful + waiting };
  const flows = [...tally.flows, closing].map(({ on, amount }) => ({
    on,
    amount: Money.ofMinor(amount, currency),
  }));
  try {
    const value = roundRate(xirr(flows), FIGURE_DIGITS, 'half-even');
    // No minus before a zero.
    return { formula: XIRR, value: value.isZero() ? ZERO : value };
  } catch (error) {
    const reason = error instanceof Problem ? REASONS[error.code] : undefined;
    if (reason === undefined) throw error;
    return { formula: XIRR, reason };
  }
}
