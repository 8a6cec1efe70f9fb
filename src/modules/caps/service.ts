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
    const used = await store.lockUsage(tx, sorted, at);
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

  /** Gives back what was reserved: for what was revoked, withdrawn or not allocated. */
  async release(tx: Tx, lines: readonly store.ReleaseLine[]): Promise<void> {
    if (lines.length > 0) await store.release(tx, lines);
  }

  /** Turns reservations into dated sales; what was not sold is free again. */
  async countSales(tx: Tx, lines: readonly store.SaleLine[], soldAt: Date): Promise<void> {
    if (lines.length > 0) await store.countSales(tx, lines, soldAt);
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
      const used = Money.ofMinor(await store.readUsage(db, row, at), currency);
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

  /** What the row has used as of `at`, exactly and without locking. Minor units. */
  async readUsage(db: Db, row: CapRow, at: Date): Promise<bigint> {
    return store.readUsage(db, row, at);
  }

  /** Moves every window on to `at`. @returns how many rows of usage became smaller. */
  async rollWindows(tx: Tx, at: Date): Promise<bigint> {
    return store.rollWindows(tx, at);
  }
}

/** The finding for a line that does not fit what is used already. */
export function overrun(line: CapLine, used: ReadonlyMap<string, bigint>): Finding | undefined {
  const usedMinor = used.get(store.rowKey(line.subject, line.capKey)) ?? 0n;
  return capFinding(line.cap, Money.ofMinor(usedMinor, line.amount.currency), line.amount);
}
