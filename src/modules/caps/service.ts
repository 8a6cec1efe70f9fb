import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import { capFinding, type AmountCap } from '../rulebooks';
import { byLockOrder, capKey, capLine, type CapLine, type CapPlace, type CapRow } from './cap-line';
import { capProblem } from './errors';
import * as store from './store';

/** A cap as a person sees it: what it allows, what is used, what is left. */
export interface CapStanding {
  readonly rule: string;
  readonly citation: string;
  /** Undefined where the party is not limited. */
  readonly limit: Money | undefined;
  readonly declaredElsewhere: Money;
  readonly used: Money;
  readonly left: Money | undefined;
}

/**
 * Enforces every cap a rulebook compiles to, for equity and loans alike: amounts are reserved
 * under row locks when they are committed, and counted, with their date, when they are sold.
 *
 * The life of a line under a cap on outstanding principal (`exposure-cap`), be it the borrower's,
 * the investor's or a pair's:
 *
 * 1. `reserve` while a listing or an order is open, so that two that are open at once cannot both
 *    fit into what is left;
 * 2. `release` when it fails, is withdrawn or is revoked; or `countSales` with the offering or
 *    subscription as its source when the money is paid out: reserved becomes outstanding;
 * 3. `repay` with each principal payment, until nothing is outstanding.
 *
 * Lines are made by `capLine(cap, amount, capPlace(cap, parties))` for each of `capsFor`.
 */
export class CapsService {
  /**
   * Reserves the amounts, all or none, in the transaction that commits them.
   *
   * @throws Problem `caps.exceeded` with a finding per cap that does not fit.
   */
  async reserve(tx: Tx, lines: readonly CapLine[], at: Date): Promise<void> {
    const sorted = lines.toSorted(byLockOrder);
    if (sorted.length === 0) return;
    const used = await store.lockUsage(tx, withLinked(sorted), at);
    const findings = sorted.flatMap((line) => overrun(line, used) ?? []);
    if (findings.length > 0) throw capProblem('exceeded', { findings });
    await store.reserve(tx, sorted);
  }

  /** Locks the caps' rows and gives what each has used, keyed by `usageKey`. Minor units. */
  async lockUsage(
    tx: Tx,
    lines: readonly CapLine[],
    at: Date,
  ): Promise<ReadonlyMap<string, bigint>> {
    return lines.length === 0 ? new Map() : store.lockUsage(tx, lines, at);
  }

  /**
   * Locks rows of several parties at once, in their order, before anything is done with them one by
   * one; those that do not exist yet are left out.
   */
  async lockRows(tx: Tx, rows: readonly CapRow[]): Promise<void> {
    // Giving back nothing locks the rows and changes none.
    await this.release(
      tx,
      rows.map((row) => ({ ...row, amountMinor: 0n })),
    );
  }

  /** Gives back what was reserved: for what was revoked, withdrawn or not allocated. */
  async release(tx: Tx, lines: readonly store.ReleaseLine[]): Promise<void> {
    if (lines.length > 0) await store.release(tx, lines);
  }

  /** Turns reservations into dated sales; what was not sold is free again. */
  async countSales(tx: Tx, lines: readonly store.SaleLine[], soldAt: Date): Promise<void> {
    if (lines.length > 0) await store.countSales(tx, lines, soldAt);
  }

  /**
   * Frees what was repaid of principal that `countSales` counted, under caps without a window. Safe
   * to repeat: a payment frees a source once.
   *
   * @returns how much was freed by this call, over all lines. Minor units.
   * @throws Error `YC202` for more than the source has outstanding, or a cap that has a window.
   */
  async repay(tx: Tx, lines: readonly store.RepaymentLine[], repaidAt: Date): Promise<bigint> {
    return lines.length === 0 ? 0n : store.repay(tx, lines, repaidAt);
  }

  /**
   * Those of the rows that `repay` can free: caps without a window. What was sold under a cap with
   * one counts until it leaves the window, whether or not it came back.
   */
  async listRepayable(db: Db, rows: readonly CapRow[]): Promise<readonly CapRow[]> {
    return rows.length === 0 ? [] : store.listRepayable(db, rows);
  }

  /**
   * Counts again what `repay` freed, when the payment was taken back. Whatever the ceiling: the money
   * is owed. Safe to repeat: a reversal counts a source once.
   *
   * @returns how much was counted by this call, over all lines. Minor units.
   * @throws Error `YC202` for more than was repaid of the source.
   */
  async countAgain(tx: Tx, lines: readonly store.RepaymentLine[], at: Date): Promise<bigint> {
    return lines.length === 0 ? 0n : store.countAgain(tx, lines, at);
  }

  /** Where the party stands with each cap, without locking anything. */
  async standings(
    db: Db,
    caps: readonly AmountCap[],
    { at, ...place }: CapPlace & { readonly at: Date },
  ): Promise<readonly CapStanding[]> {
    const standings: CapStanding[] = [];
    for (const cap of caps) {
      const { currency } = cap.declaredElsewhere;
      const row = { subject: place.subject, capKey: capKey(cap, place) };
      const used = Money.ofMinor(
        await this.readUsed(db, { ...row, linked: place.linked }, at),
        currency,
      );
      const line = capLine(cap, Money.zero(currency), place);
      standings.push({
        rule: cap.rule,
        citation: cap.citation,
        limit: cap.ceiling,
        declaredElsewhere: cap.declaredElsewhere,
        used,
        left:
          line &&
          Money.ofMinor(line.ceilingMinor, currency).minus(used).atLeast(Money.zero(currency)),
      });
    }
    return standings;
  }

  private async readUsed(
    db: Db,
    row: CapRow & Pick<CapPlace, 'linked'>,
    at: Date,
  ): Promise<bigint> {
    let used = 0n;
    for (const subject of [row.subject, ...(row.linked ?? [])]) {
      used += await store.readUsage(db, { subject, capKey: row.capKey }, at);
    }
    return used;
  }

  /** What the row has used as of `at`, exactly and without locking. Minor units. */
  async readUsage(db: Db, row: CapRow, at: Date): Promise<bigint> {
    return store.readUsage(db, row, at);
  }

  /** What each subject has used of one cap, without locking; nothing used, nothing listed. */
  async listUsage(
    db: Db,
    subjects: readonly string[],
    key: string,
  ): Promise<ReadonlyMap<string, bigint>> {
    return subjects.length === 0 ? new Map() : store.listUsage(db, subjects, key);
  }

  /** The same of a cap that counts pairs, for the pairs of two lists. */
  async listPairUsage(
    db: Db,
    pairs: Parameters<typeof store.listPairUsage>[1],
    key: string,
  ): Promise<readonly store.PairUsage[]> {
    const isEmpty = pairs.firsts.length === 0 || pairs.seconds.length === 0;
    return isEmpty ? [] : store.listPairUsage(db, pairs, key);
  }

  /** Moves every window on to `at`. @returns how many rows of usage became smaller. */
  async rollWindows(tx: Tx, at: Date): Promise<bigint> {
    return store.rollWindows(tx, at);
  }
}

/** The finding for a line that does not fit what is used already. */
export function overrun(line: CapLine, used: ReadonlyMap<string, bigint>): Finding | undefined {
  const usedMinor = [line.subject, ...(line.linked ?? [])]
    .map((subject) => used.get(store.rowKey(subject, line.capKey)) ?? 0n)
    .reduce((sum, each) => sum + each, 0n);
  return capFinding(line.cap, Money.ofMinor(usedMinor, line.amount.currency), line.amount);
}

/** The lines, and one of nothing for every linked subject, so that its row is locked and read too. */
function withLinked(lines: readonly CapLine[]): readonly CapLine[] {
  const all = new Map(lines.map((line) => [store.rowKey(line.subject, line.capKey), line]));
  for (const line of lines) {
    for (const subject of line.linked ?? []) {
      const key = store.rowKey(subject, line.capKey);
      const nothing = Money.zero(line.amount.currency);
      if (!all.has(key)) all.set(key, { ...line, subject, amount: nothing, linked: undefined });
    }
  }
  return [...all.values()].toSorted(byLockOrder);
}
