import type { Batch } from './batch';

/** Levels of a lender that cannot take another ticket. */
export const OUT = 255;

/** What one loan has from whom. The columns are never changed once they are in an allocation. */
export interface Parts {
  readonly lenders: Int32Array;
  readonly amounts: Float64Array;
  readonly total: number;
}

export const NO_PARTS: Parts = {
  lenders: new Int32Array(0),
  amounts: new Float64Array(0),
  total: 0,
};

/**
 * Who lends how much to which loan so far, and what every lender could still take.
 *
 * A lender's standing is `(invested + promised) / cash`: how far its cash is spoken for, where
 * `promised` is what loans not yet filled may still want of it. Loans draw on the lowest standing
 * first. The scan of a loan's lenders reads only bytes and one column: a lender who takes part
 * from standing `low` on rises evenly to all its room at `high`, `slope` units a level.
 */
export class Allocation {
  readonly parts: Parts[];
  /** By lender: cash not yet lent. */
  readonly left: Float64Array;
  readonly promised: Float64Array;
  /** By class of grades, then lender: the most that one more loan may take; 0 below a ticket. */
  readonly room: readonly Float64Array[];
  readonly low: readonly Uint8Array[];
  readonly high: readonly Uint8Array[];
  readonly slope: readonly Float64Array[];
  private readonly capLeft: Float64Array;

  constructor(readonly batch: Batch) {
    const { lenders, loans, classes } = batch;
    const columns = <C>(make: () => C): C[] => Array.from({ length: classes }, make);
    this.parts = Array.from({ length: loans }, () => NO_PARTS);
    this.left = batch.cash.slice();
    this.capLeft = batch.gradeCaps.most.slice();
    this.promised = new Float64Array(lenders);
    this.room = columns(() => new Float64Array(lenders));
    this.low = columns(() => new Uint8Array(lenders));
    this.high = columns(() => new Uint8Array(lenders));
    this.slope = columns(() => new Float64Array(lenders));
    this.refreshAll();
  }

  /** Gives the loan these parts, which it may have: `clear` it first. */
  put(loan: number, parts: Parts): void {
    this.parts[loan] = parts;
    this.move(loan, parts, 1);
  }

  /** Takes everything back from the loan. @returns what it had. */
  clear(loan: number): Parts {
    const had = this.parts[loan]!;
    this.parts[loan] = NO_PARTS;
    this.move(loan, had, -1);
    return had;
  }

  /** What is lent and promised of the lender's cash. */
  spoken(lender: number): number {
    return this.batch.cash[lender]! - this.left[lender]! + this.promised[lender]!;
  }

  /** What the caps over grades of this class leave the lender. */
  capRoom(lender: number, gradeClass: number): number {
    const { first, classMask } = this.batch.gradeCaps;
    const end = first[lender + 1]!;
    let room = Infinity;
    for (let cap = first[lender]!; cap < end; cap += 1) {
      if ((classMask[cap]! >>> gradeClass) & 1) room = Math.min(room, this.capLeft[cap]!);
    }
    return room;
  }

  refreshAll(): void {
    for (let lender = 0; lender < this.batch.lenders; lender += 1) this.refresh(lender);
  }

  /** Works out anew what one more loan may take from the lender. */
  refresh(lender: number): void {
    const most = Math.min(this.batch.loanCap[lender]!, this.left[lender]!);
    for (let its = 0; its < this.batch.classes; its += 1) {
      this.limit(lender, its, Math.min(most, this.capRoom(lender, its)));
    }
  }

  /** Sets the room of a lender for loans of a class, until its next `refresh`. */
  limit(lender: number, gradeClass: number, most: number): void {
    const room = this.unstranded(lender, most);
    this.room[gradeClass]![lender] = room;
    if (room === 0) {
      this.low[gradeClass]![lender] = OUT;
      this.high[gradeClass]![lender] = OUT;
      this.slope[gradeClass]![lender] = 0;
      return;
    }
    const cash = this.batch.cash[lender]!;
    const spoken = this.spoken(lender);
    const low = levelOf(spoken / cash);
    const high = Math.max(low + 1, levelOf((spoken + room) / cash));
    this.low[gradeClass]![lender] = low;
    this.high[gradeClass]![lender] = high;
    this.slope[gradeClass]![lender] = room / (high - low);
  }

  /** Room of at least a ticket that does not leave behind less than one, where that can be. */
  private unstranded(lender: number, most: number): number {
    const ticket = this.batch.ticket[lender]!;
    if (most < ticket) return 0;
    const left = this.left[lender]!;
    const rest = left - most;
    return rest > 0 && rest < ticket && left >= 2 * ticket ? left - ticket : most;
  }

  private move(loan: number, { lenders, amounts }: Parts, sign: 1 | -1): void {
    const { first, classMask } = this.batch.gradeCaps;
    const gradeClass = this.batch.gradeClass[loan]!;
    for (let at = 0; at < lenders.length; at += 1) {
      const lender = lenders[at]!;
      const amount = sign * amounts[at]!;
      this.left[lender]! -= amount;
      const end = first[lender + 1]!;
      for (let cap = first[lender]!; cap < end; cap += 1) {
        if ((classMask[cap]! >>> gradeClass) & 1) this.capLeft[cap]! -= amount;
      }
      this.refresh(lender);
    }
  }
}

/** Of 255 levels, those for standings up to one; the others are for all that is above. */
const UP_TO_ONE = 160;

/** The level of a standing: even steps up to 1, ever longer ones above. */
function levelOf(standing: number): number {
  const level = standing <= 1 ? standing * UP_TO_ONE : 254 - (254 - UP_TO_ONE) / standing;
  return Math.trunc(level);
}

/** The standing at which a level ends. */
export function standingAt(level: number): number {
  if (level >= 253) return Infinity;
  const next = level + 1;
  return next <= UP_TO_ONE ? next / UP_TO_ONE : (254 - UP_TO_ONE) / (254 - next);
}
