import { assert } from '../../kernel/assert';
import type { Money } from '../../kernel/money';
import type { AmountCap } from '../rulebooks';

/** A row of usage: whose, under which cap. */
export interface CapRow {
  /** The party, or parties, the cap counts: `pty_…`, or two joined for a pair. */
  readonly subject: string;
  /** The rule within its rulebook; names the operator too when it does not count across them. */
  readonly capKey: string;
}

/** One amount against one cap of one party. */
export interface CapLine extends CapRow {
  readonly cap: AmountCap;
  readonly amount: Money;
  /** What is allowed here: the ceiling less what the party declared elsewhere. Minor units. */
  readonly ceilingMinor: bigint;
  /** Other subjects whose use of the cap counts here too. */
  readonly linked?: readonly string[] | undefined;
}

export interface CapPlace {
  readonly rulebookId: string;
  readonly operatorId: number;
  readonly subject: string;
  readonly linked?: readonly string[] | undefined;
}

/**
 * The line for an amount, or nothing where the cap has no ceiling for this party.
 *
 * A cap that counts across operators has one row for all of them; any other has one an operator.
 */
export function capLine(cap: AmountCap, amount: Money, place: CapPlace): CapLine | undefined {
  const { ceiling } = cap;
  if (ceiling === undefined) return undefined;
  assert(ceiling.currency === amount.currency, 'a cap and its amount have one currency');
  const left = ceiling.minus(cap.declaredElsewhere).minor;
  return {
    subject: place.subject,
    capKey: capKey(cap, place),
    cap,
    amount,
    ceilingMinor: left > 0n ? left : 0n,
    ...(place.linked && place.linked.length > 0 && { linked: place.linked }),
  };
}

export function capKey(
  cap: Pick<AmountCap, 'rule' | 'reach'>,
  place: Omit<CapPlace, 'subject' | 'linked'>,
): string {
  const key = `${place.rulebookId}/${cap.rule}`;
  return cap.reach === 'installation' ? key : `${key}@${place.operatorId}`;
}

/** Orders rows as the database locks them: by subject, then cap, as bytes. */
export function byLockOrder(a: CapRow, b: CapRow): number {
  return compareText(a.subject, b.subject) || compareText(a.capKey, b.capKey);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
