import type { CalendarDate } from '../../kernel/calendar-date';
import type { Flow, Outcome, Stake } from './stake';

export const GROUPINGS = ['grade', 'vintage', 'term'] as const;

/** What the groups of a portfolio have in common. */
export type Grouping = (typeof GROUPINGS)[number];

/** The amounts of an outcome that are summed over stakes. */
const AMOUNTS = [
  'interest',
  'late',
  'fees',
  'gains',
  'losses',
  'recoveries',
  'carrying',
  'doubtful',
  'waiting',
  'balanceDays',
  'waitingDays',
] as const satisfies readonly (keyof Outcome)[];

export type Amounts = Readonly<Record<(typeof AMOUNTS)[number], bigint>>;

/** The year and quarter in which a loan was paid out, or agreed while it was not: `2025-Q1`. */
export function vintageOf({ disbursedOn, paidOn }: Stake): string {
  const on = disbursedOn ?? paidOn;
  return `${on.slice(0, 4)}-Q${Math.trunc((Number(on.slice(5, 7)) + 2) / 3)}`;
}

export function groupOf(stake: Stake, by: Grouping): string {
  if (by === 'grade') return stake.grade;
  return by === 'vintage' ? vintageOf(stake) : String(stake.termMonths);
}

/** Sums over the stakes of a portfolio, in memory that does not grow with their number. */
export class Tally {
  stakes = 0;
  /** Different loans that were paid out, and those of them that were in default while held. */
  loans = 0;
  defaulted = 0;
  private readonly sums: Record<(typeof AMOUNTS)[number], bigint>;
  private readonly days = new Map<CalendarDate, bigint>();
  private lastLoan = '';
  private lastDefaulted = '';

  constructor() {
    const zeros = AMOUNTS.map((name) => [name, 0n] as const);
    this.sums = Object.fromEntries(zeros) as Record<(typeof AMOUNTS)[number], bigint>;
  }

  /** Stakes of one loan must follow each other, so that the loan is counted once. */
  add(stake: Stake, outcome: Outcome, asOf: CalendarDate): void {
    this.stakes += 1;
    for (const name of AMOUNTS) this.sums[name] += outcome[name];
    for (const { on, amount } of outcome.flows) {
      this.days.set(on, (this.days.get(on) ?? 0n) + amount);
    }
    if (stake.disbursedOn === undefined || stake.disbursedOn > asOf) return;
    const { loanId } = stake;
    if (loanId !== this.lastLoan) this.loans += 1;
    this.lastLoan = loanId;
    if (!outcome.isDefaulted || loanId === this.lastDefaulted) return;
    this.defaulted += 1;
    this.lastDefaulted = loanId;
  }

  get amounts(): Amounts {
    return this.sums;
  }

  /** What came and went, one a day, in order. */
  get flows(): readonly Flow[] {
    return [...this.days]
      .map(([on, amount]) => ({ on, amount }))
      .toSorted((a, b) => (a.on < b.on ? -1 : 1));
  }
}
