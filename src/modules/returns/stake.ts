import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { divideHalfEven } from './quotient';

/**
 * Something that happened to a stake and moved money. Amounts are minor units, and negative where a
 * payment is taken back.
 */
export interface StakeEvent {
  /** The kind of the loan's payment, or `sale`. */
  readonly kind: string;
  /** The number of the payment within its loan, or the id of the trade. */
  readonly ref: string;
  /** The day it counts for: a payment's value date, the day of a trade. */
  readonly on: CalendarDate;
  readonly recordedAt: Date;
  /** The outstanding principal that left the stake. */
  readonly principal: bigint;
  /** What was received for it: the same where the borrower repaid it, the price where it was sold. */
  readonly price: bigint;
  /** Interest received; with a sale, what the buyer paid for interest earned and not due. */
  readonly interest: bigint;
  readonly late: bigint;
  /** What the operator kept of it. */
  readonly fees: bigint;
}

/**
 * One note of a lender, or all that lenders have in one loan, with what happened to it. Amounts are
 * minor units of the one currency of a portfolio.
 */
export interface Stake {
  readonly loanId: Id<'lon'>;
  /** Absent where it is all that lenders have in the loan. */
  readonly noteNo?: number | undefined;
  readonly grade: string;
  readonly termMonths: number;
  /** When the money left its holder. */
  readonly paidOn: CalendarDate;
  /** What was lent, or the price of the note without interest. */
  readonly paid: bigint;
  /** What was paid for interest that the note had earned before it was bought. */
  readonly accruedPaid: bigint;
  /** The day the loan was paid out. */
  readonly disbursedOn?: CalendarDate | undefined;
  /** The day from which its principal is owed to the holder; absent before the loan is paid out. */
  readonly startsOn?: CalendarDate | undefined;
  /** Outstanding principal at the start. */
  readonly principal: bigint;
  /** When everything came back, of a loan that was never paid out. */
  readonly refundedOn?: CalendarDate | undefined;
  /** The first evening on which the loan was in default. */
  readonly defaultedOn?: CalendarDate | undefined;
  /** Whether it was on the last evening that counts. */
  readonly isInDefault: boolean;
  /** The first evening on which it was written off: later money is a recovery. */
  readonly writtenOffOn?: CalendarDate | undefined;
  /** In order of their days. */
  readonly events: readonly StakeEvent[];
}

/** What one side or the other received on a day; below zero where the holder paid. */
export interface Flow {
  readonly on: CalendarDate;
  readonly amount: bigint;
}

/** How a stake stood after something happened. */
export interface Balance {
  readonly principal: bigint;
  /** What the principal is carried at: its part of what was paid for it; nothing once written off. */
  readonly carrying: bigint;
}

/** What a stake came to by the end of a day. Minor units; `...Days` are minor units times days. */
export interface Outcome {
  readonly interest: bigint;
  readonly late: bigint;
  readonly fees: bigint;
  /** What principal brought beyond what it was carried at: below zero where it brought less. */
  readonly gains: bigint;
  /** What was carried on the evening of the write-off. */
  readonly losses: bigint;
  /** What came in for principal after that. */
  readonly recoveries: bigint;
  readonly carrying: bigint;
  /** Of it, what is in default and not written off. */
  readonly doubtful: bigint;
  /** Lent to a loan that is not paid out yet. */
  readonly waiting: bigint;
  readonly balanceDays: bigint;
  readonly waitingDays: bigint;
  /** Whether the loan was in default, or written off, on an evening on which principal was held. */
  readonly isDefaulted: boolean;
  readonly flows: readonly Flow[];
  /** After each event, in their order. */
  readonly balances: readonly Balance[];
}

/** What came in by an event. */
export function cashOf({ price, interest, late, fees }: StakeEvent): bigint {
  return price + interest + late - fees;
}

/** A principal's part of what the stake cost, to the minor unit, half to even. */
export function carryingOf({ paid, principal: whole }: Stake, principal: bigint): bigint {
  return whole === 0n ? 0n : divideHalfEven(paid * principal, whole);
}

/**
 * What a stake came to by the end of `asOf`, of events on or before that day.
 *
 * A balance counts for each day at whose end it stood, from the day the stake starts to the day
 * before `asOf`. A write-off comes after everything else of its day.
 */
export function outcomeOf(stake: Stake, asOf: CalendarDate): Outcome {
  const events = stake.events.filter(({ on }) => on <= asOf);
  const waited = waitOf(stake, asOf);
  const walk = new Walk(stake, asOf);
  const balances = events.map((event) => walk.take(event));
  walk.end();
  const { carrying } = walk;
  const isBad = stake.isInDefault && !walk.isWrittenOff;
  return {
    interest: sum(events, 'interest') - stake.accruedPaid,
    late: sum(events, 'late'),
    fees: sum(events, 'fees'),
    gains: walk.gains,
    losses: walk.losses,
    recoveries: walk.recoveries,
    carrying,
    doubtful: isBad ? carrying : 0n,
    ...waited,
    balanceDays: walk.balanceDays,
    isDefaulted: isDefaulted(stake, balances.at(-1), events.at(-1)?.on),
    flows: [
      { on: stake.paidOn, amount: -(stake.paid + stake.accruedPaid) },
      ...events.map((event) => ({ on: event.on, amount: cashOf(event) })),
      ...refundOf(stake, asOf),
    ],
    balances,
  };
}

/** A stake on its way through its days. */
class Walk {
  gains = 0n;
  losses = 0n;
  recoveries = 0n;
  balanceDays = 0n;
  carrying = 0n;
  isWrittenOff = false;
  private principal = 0n;
  private since: CalendarDate;

  constructor(
    private readonly stake: Stake,
    private readonly asOf: CalendarDate,
  ) {
    this.since = stake.startsOn ?? asOf;
    if (stake.startsOn === undefined || stake.startsOn > asOf) return;
    this.principal = stake.principal;
    this.carrying = carryingOf(stake, stake.principal);
  }

  take({ on, principal, price }: StakeEvent): Balance {
    this.writeOffBefore(on);
    this.passTo(on);
    this.principal -= principal;
    if (this.isWrittenOff) {
      this.recoveries += price;
      return { principal: this.principal, carrying: 0n };
    }
    const left = carryingOf(this.stake, this.principal);
    this.gains += price - (this.carrying - left);
    this.carrying = left;
    return { principal: this.principal, carrying: left };
  }

  end(): void {
    const { writtenOffOn } = this.stake;
    if (writtenOffOn !== undefined && writtenOffOn <= this.asOf) this.writeOff(writtenOffOn);
    this.passTo(this.asOf);
  }

  private writeOffBefore(on: CalendarDate): void {
    const { writtenOffOn } = this.stake;
    if (writtenOffOn !== undefined && writtenOffOn < on) this.writeOff(writtenOffOn);
  }

  private writeOff(on: CalendarDate): void {
    if (this.isWrittenOff) return;
    this.passTo(on);
    this.losses = this.carrying;
    this.carrying = 0n;
    this.isWrittenOff = true;
  }

  private passTo(on: CalendarDate): void {
    if (on <= this.since) return;
    this.balanceDays += this.carrying * BigInt(daysBetween(this.since, on));
    this.since = on;
  }
}

/** What lay with a loan that was not paid out, and for how long. */
function waitOf(
  { paid, paidOn, startsOn, refundedOn }: Stake,
  asOf: CalendarDate,
): Pick<Outcome, 'waiting' | 'waitingDays'> {
  const ended = startsOn ?? refundedOn;
  const isOver = ended !== undefined && ended <= asOf;
  const days = Math.max(0, daysBetween(paidOn, isOver ? ended : asOf));
  return { waiting: isOver ? 0n : paid, waitingDays: paid * BigInt(days) };
}

function isDefaulted(
  { defaultedOn, writtenOffOn }: Stake,
  last: Balance | undefined,
  lastOn: CalendarDate | undefined,
): boolean {
  const from = defaultedOn ?? writtenOffOn;
  if (from === undefined) return false;
  return last?.principal !== 0n || lastOn === undefined || lastOn > from;
}

function refundOf({ paid, refundedOn }: Stake, asOf: CalendarDate): readonly Flow[] {
  if (refundedOn === undefined || refundedOn > asOf) return [];
  return [{ on: refundedOn, amount: paid }];
}

function sum(events: readonly StakeEvent[], field: 'interest' | 'late' | 'fees'): bigint {
  return events.reduce((total, event) => total + event[field], 0n);
}
