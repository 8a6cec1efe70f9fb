import type { Batch } from './batch';
import { Levels, OUT } from './levels';

/** A lender who has something takes a further ticket from this part of it on. */
const FURTHER_TICKET = 0.4;
/** The same for one whose present loans could take as much: it is to come out even with them. */
const FURTHER_TICKET_WITH_ROOM = 0.75;
/** How much later than others a lender may be drawn to take a first ticket, in parts of one. */
const FIRST_SPREAD = 0.2;
const FURTHER_SPREAD = 0.1;

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
  /** By lender: how many loans it lends to. */
  private readonly held: Int32Array;
  /** By class of grades, then lender: the most that one more loan may take; 0 below a ticket. */
  readonly room: readonly Float64Array[];
  readonly low: readonly Uint8Array[];
  readonly high: readonly Uint8Array[];
  readonly slope: readonly Float32Array[];
  readonly levels: Levels;
  private readonly capLeft: Float64Array;
  private readonly standings: Float64Array;
  private readonly perCash: Float64Array;

  constructor(readonly batch: Batch) {
    const { lenders, loans, classes } = batch;
    const columns = <C>(make: () => C): C[] => Array.from({ length: classes }, make);
    this.parts = Array.from({ length: loans }, () => NO_PARTS);
    this.left = batch.cash.slice();
    this.capLeft = batch.gradeCaps.most.slice();
    this.promised = new Float64Array(lenders);
    this.held = new Int32Array(lenders);
    this.levels = new Levels(lenders);
    this.perCash = batch.cash.map((cash) => 1 / cash);
    this.standings = new Float64Array(lenders);
    this.room = columns(() => new Float64Array(lenders));
    this.low = columns(() => new Uint8Array(lenders));
    this.high = columns(() => new Uint8Array(lenders));
    this.slope = columns(() => new Float32Array(lenders));
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

  /** What is spoken for when the lender may be asked first for another ticket. */
  private firstUse(lender: number): number {
    return this.spoken(lender) + this.dueForTicket(lender, 0);
  }

  /**
   * How much must be due to the lender for it to take another ticket. What its present loans could
   * take goes there first: a whole ticket more would put it above its equals.
   *
   * @param lot from 0 up to 1, so that not all equals take one together.
   */
  dueForTicket(lender: number, lot: number): number {
    const ticket = this.batch.ticket[lender]!;
    const held = this.held[lender]!;
    if (held === 0) return FIRST_SPREAD * lot * ticket;
    const invested = this.batch.cash[lender]! - this.left[lender]!;
    const roomInHeld = held * this.batch.loanCap[lender]! - invested;
    const most = roomInHeld < ticket ? roomInHeld : ticket;
    const due = Math.max(FURTHER_TICKET * ticket, FURTHER_TICKET_WITH_ROOM * most);
    return due + FURTHER_SPREAD * lot * ticket;
  }

  /** What the caps over grades of this class leave the lender. */
  capRoom(lender: number, gradeClass: number): number {
    const { first, classMask } = this.batch.gradeCaps;
    const end = first[lender + 1]!;
    let room = Infinity;
    for (let cap = first[lender]!; cap < end; cap += 1) {
      if (((classMask[cap]! >>> gradeClass) & 1) === 0) continue;
      if (this.capLeft[cap]! < room) room = this.capLeft[cap]!;
    }
    return room;
  }

  /** Works out anew what one more loan may take from anybody, and deals out the levels. */
  refreshAll(): void {
    const { lenders, ticket } = this.batch;
    let able = 0;
    for (let lender = 0; lender < lenders; lender += 1) {
      if (this.left[lender]! < ticket[lender]!) continue;
      this.standings[able] = this.firstUse(lender) * this.perCash[lender]!;
      able += 1;
    }
    this.levels.calibrate(this.standings.subarray(0, able));
    for (let lender = 0; lender < this.batch.lenders; lender += 1) this.refresh(lender);
  }

  /** Works out anew what one more loan may take from the lender. */
  refresh(lender: number): void {
    const left = this.left[lender]!;
    const loanCap = this.batch.loanCap[lender]!;
    const most = left < loanCap ? left : loanCap;
    const hasCaps = this.batch.gradeCaps.first[lender]! < this.batch.gradeCaps.first[lender + 1]!;
    for (let its = 0; its < this.batch.classes; its += 1) {
      this.limit(lender, its, hasCaps ? Math.min(most, this.capRoom(lender, its)) : most);
    }
  }

  /** Sets the room of a lender for loans of a class, until its next `refresh`. */
  limit(lender: number, gradeClass: number, most: number): void {
    const ticket = this.batch.ticket[lender]!;
    if (most < ticket) {
      this.room[gradeClass]![lender] = 0;
      this.low[gradeClass]![lender] = OUT;
      this.high[gradeClass]![lender] = OUT;
      this.slope[gradeClass]![lender] = 0;
      return;
    }
    // What stays behind should be a ticket or nothing, where that can be.
    const left = this.left[lender]!;
    const isStranding = left > most && left - most < ticket && left >= 2 * ticket;
    const room = isStranding ? left - ticket : most;
    const perCash = this.perCash[lender]!;
    const spoken = this.spoken(lender);
    const low = this.levels.levelOf(this.firstUse(lender) * perCash);
    const all = this.levels.levelOf((spoken + room) * perCash);
    const high = all > low ? all : low + 1;
    this.room[gradeClass]![lender] = room;
    this.low[gradeClass]![lender] = low;
    this.high[gradeClass]![lender] = high;
    this.slope[gradeClass]![lender] = room / (high - low);
  }

  private move(loan: number, { lenders, amounts }: Parts, sign: 1 | -1): void {
    const { first, classMask } = this.batch.gradeCaps;
    const gradeClass = this.batch.gradeClass[loan]!;
    for (let at = 0; at < lenders.length; at += 1) {
      const lender = lenders[at]!;
      const amount = sign * amounts[at]!;
      this.left[lender]! -= amount;
      this.held[lender]! += sign;
      const end = first[lender + 1]!;
      for (let cap = first[lender]!; cap < end; cap += 1) {
        if ((classMask[cap]! >>> gradeClass) & 1) this.capLeft[cap]! -= amount;
      }
      this.refresh(lender);
    }
  }
}
