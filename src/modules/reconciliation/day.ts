import type { CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import { assert } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { Id } from '../../kernel/id';
import { AGE_BUCKETS, type Age, type AgeBucket, type BreakKind } from './break';
import { reconciliationProblem } from './errors';

export const DAY_STATUSES = ['due', 'draft', 'prepared', 'signed'] as const;
export type DayStatus = (typeof DAY_STATUSES)[number];

/** By when a day is signed, in working days after it: the operator’s own choice, not a law’s. */
export const SIGNED_WITHIN_WORKING_DAYS = 1;

/** Why bank and books differ at the end of a day: one of the reasons that come to the whole. */
export interface Difference {
  /** `timing` is over by now: the other side came on a later day. */
  readonly kind: 'timing' | BreakKind;
  /** What the bank has more than the books by it. */
  readonly amount: Money;
  readonly sinceOn: CalendarDate;
  readonly age: Age;
  readonly lineNo?: bigint | undefined;
  readonly accountSeq?: bigint | undefined;
  readonly matchId?: Id<'rcm'> | undefined;
  readonly breakId?: Id<'brk'> | undefined;
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
}

/** What bank and books had at the end of a day, and what of it clients are owed. */
export interface Balances {
  readonly bank: Money;
  readonly ledger: Money;
  /** The sum of what the books owe to clients. */
  readonly owed: Money;
}

export interface Reckoning extends Balances {
  readonly differences: readonly Difference[];
  /** What the differences come to: exactly what the bank has more than the books. */
  readonly explained: Money;
  /** The part of it that was only a matter of days. */
  readonly timing: Money;
  /** Bank less what clients are owed; below zero clients are not covered. */
  readonly surplus: Money;
  /** The breaks, by how long they stand. */
  readonly ageing: Readonly<Record<AgeBucket, { readonly count: number; readonly amount: Money }>>;
}

/**
 * Bank balance = ledger balance + lines without postings − postings without lines + what differs.
 *
 * @throws AssertionError where that is not so, which would be a fault of this program.
 */
export function reckon(balances: Balances, differences: readonly Difference[]): Reckoning {
  const { bank, ledger, owed } = balances;
  const { currency } = bank;
  const sum = (of: readonly Difference[]): Money =>
    Money.sum(
      of.map(({ amount }) => amount),
      currency,
    );
  const explained = sum(differences);
  const unexplained = bank.minus(ledger).minus(explained);
  assert(unexplained.isZero, `${unexplained.toString()} between bank and books is unexplained`);
  const breaks = differences.filter(({ kind }) => kind !== 'timing');
  const bucket = (name: AgeBucket) => {
    const of = breaks.filter(({ age }) => age.bucket === name);
    return [name, { count: of.length, amount: sum(of) }] as const;
  };
  return {
    ...balances,
    differences,
    explained,
    timing: sum(differences.filter(({ kind }) => kind === 'timing')),
    surplus: bank.minus(owed),
    ageing: Object.fromEntries(AGE_BUCKETS.map(bucket)) as Reckoning['ageing'],
  };
}

/** The reconciliation of one day in one currency, in one of its versions. */
export interface ReconciliationDay {
  readonly day: CalendarDate;
  readonly currency: Money['currency'];
  readonly version: number;
  readonly status: DayStatus;
  readonly dueAt: Date;
  readonly missedAt?: Date | undefined;
  readonly reopenedBy?: string | undefined;
  readonly reopenedBecause?: string | undefined;
  readonly statementId?: Id<'bst'> | undefined;
  readonly balances?: Balances | undefined;
  readonly explained?: Money | undefined;
  readonly timing?: Money | undefined;
  readonly breakCount?: number | undefined;
  /** As it was reckoned, in the wire form; of a signed day what was signed. */
  readonly content?: Json | undefined;
  readonly preparedBy?: string | undefined;
  readonly preparedAt?: Date | undefined;
  readonly signedBy?: string | undefined;
  readonly signedAt?: Date | undefined;
  readonly jws?: string | undefined;
  readonly sha256?: string | undefined;
}

/** @throws Problem `reconciliation.day-status`. */
export function requireDayStatus(
  { status }: Pick<ReconciliationDay, 'status'>,
  ...allowed: readonly DayStatus[]
): void {
  if (allowed.includes(status)) return;
  throw reconciliationProblem('day-status', { detail: `It is ${status}.` });
}

/**
 * Says that the day may be signed: by anybody but who prepared it.
 *
 * @throws Problem `reconciliation.day-status`, `reconciliation.four-eyes`.
 */
export function requireSigner(found: ReconciliationDay, by: string): void {
  requireDayStatus(found, 'prepared');
  if (found.preparedBy === by) throw reconciliationProblem('four-eyes');
}

/**
 * Every break must have somebody who sees to it, and a note, before the day is put forward.
 *
 * @throws Problem `reconciliation.breaks-unexplained`.
 */
export function requireExplained(differences: readonly Difference[]): void {
  const silent = differences.filter(
    ({ kind, owner, note }) => kind !== 'timing' && (owner === undefined || note === undefined),
  );
  if (silent.length === 0) return;
  const detail = silent
    .slice(0, 20)
    .map(({ breakId, amount }) => `${breakId ?? 'not listed yet'} of ${amount.toString()}`)
    .join('; ');
  throw reconciliationProblem('breaks-unexplained', { detail });
}
