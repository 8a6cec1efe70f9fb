import type { Allocation, Parts } from './allocation';
import { scramble } from './tie-break';

/** How much a loan shall have. In units; among its candidates, in steps of the loan. */
export interface FillAim {
  /** Less than this is nothing. */
  readonly least: number;
  /** What is wanted. */
  readonly aim: number;
  /** No more than this, where whole tickets do not come out at the aim. */
  readonly most: number;
}

/**
 * The lenders one loan may draw on, in columns, and what each gives.
 *
 * At a standing L, a lender of cash c of which v is spoken for gives `clip(L c - v, ticket, room)`:
 * water-filling, whose fixed point is the weighted max-min fair allocation (Radunović and Le Boudec
 * 2007). Where that comes to less than a ticket it is rounded, to a ticket from about half of one,
 * from three quarters where the lender's other loans can take it; a lender who has nothing yet is
 * rounded up from a fifth at the latest. Lots keep equals from being rounded all together.
 *
 * All of it is counted in steps of the loan, so that what is given comes out in whole ones.
 */
export class Candidates {
  private count = 0;
  private readonly who: Int32Array;
  private readonly cash: Float64Array;
  private readonly spoken: Float64Array;
  private readonly ticket: Float64Array;
  private readonly room: Float64Array;
  /** The standing from which on the candidate gives. */
  private readonly from: Float64Array;
  private readonly give: Float64Array;

  constructor(private readonly allocation: Allocation) {
    const { lenders } = allocation.batch;
    const column = (): Float64Array => new Float64Array(lenders);
    this.who = new Int32Array(lenders);
    this.cash = column();
    this.spoken = column();
    this.ticket = column();
    this.room = column();
    this.from = column();
    this.give = column();
  }

  /** Takes the loan's lenders whose level is at most `top`. */
  collect(loan: number, top: number): void {
    const { spans, gradeClass } = this.allocation.batch;
    const low = this.allocation.low[gradeClass[loan]!]!;
    const who = this.who;
    let count = 0;
    const lastSpan = spans.first[loan + 1]!;
    for (let span = spans.first[loan]!; span < lastSpan; span += 1) {
      const end = spans.end[span]!;
      for (let lender = spans.start[span]!; lender < end; lender += 1) {
        if (low[lender]! <= top) {
          who[count] = lender;
          count += 1;
        }
      }
    }
    this.count = count;
    this.describe(loan);
  }

  /** Leaves out those whose ticket, in whole steps, is more than they or the loan may take. */
  private describe(loan: number): void {
    const { cash, ticket, lenderLot, gradeClass, loanLot } = this.allocation.batch;
    const step = this.allocation.batch.step[loan]!;
    const mostTicket = this.allocation.batch.mostTicket[loan]!;
    const { left, promised } = this.allocation;
    const rooms = this.allocation.room[gradeClass[loan]!]!;
    const lot = scramble(loanLot[loan]!);
    let kept = 0;
    for (let at = 0; at < this.count; at += 1) {
      const lender = this.who[at]!;
      const least = Math.trunc((ticket[lender]! + step - 1) / step);
      const room = Math.trunc(Math.min(rooms[lender]!, mostTicket) / step);
      if (room < least) continue;
      const drawn = scramble(lenderLot[lender]! ^ lot) / 2 ** 32;
      const spoken = cash[lender]! - left[lender]! + promised[lender]!;
      this.who[kept] = lender;
      this.cash[kept] = cash[lender]! / step;
      this.spoken[kept] = spoken / step;
      this.ticket[kept] = least;
      this.room[kept] = room;
      this.from[kept] = (spoken + this.allocation.dueForTicket(lender, drawn)) / cash[lender]!;
      kept += 1;
    }
    this.count = kept;
  }

  /** Notes what each gives at a standing. @returns the sum. */
  giveAt(standing: number): number {
    let sum = 0;
    for (let at = 0; at < this.count; at += 1) {
      let part = 0;
      if (standing >= this.from[at]!) {
        const share = Math.trunc(standing * this.cash[at]! - this.spoken[at]!);
        const ticket = this.ticket[at]!;
        const room = this.room[at]!;
        part = share >= room ? room : share < ticket ? ticket : share;
      }
      this.give[at] = part;
      sum += part;
    }
    return sum;
  }

  /** All that could be given. */
  sumOfRooms(): number {
    let sum = 0;
    for (let at = 0; at < this.count; at += 1) sum += this.room[at]!;
    return sum;
  }

  /**
   * Finds the highest standing, up to `upper`, at which the sum is within the aim, or a standing
   * close to it: what little is open then is made up by `close`. @returns the sum.
   */
  settle(aim: number, { guess, upper }: { guess: number; upper: number }): number {
    let high = upper === Infinity ? this.highestUse() : upper;
    let sumHigh = this.giveAt(high);
    if (sumHigh <= aim) return sumHigh;
    const tolerance = Math.trunc(aim / 1024);
    let low = 0;
    let sumLow = 0;
    let middle = guess < high ? guess : high / 2;
    for (let turn = 0; turn < 40 && high - low > 1e-9 * high; turn += 1) {
      // Where the line through the ends meets the aim; in every third turn, half way.
      const share = turn % 3 === 0 ? 0.5 : (aim - sumLow) / (sumHigh - sumLow);
      if (turn > 0) middle = low + (high - low) * Math.min(0.98, Math.max(0.02, share));
      const sum = this.giveAt(middle);
      if (sum > aim) {
        high = middle;
        sumHigh = sum;
      } else {
        low = middle;
        sumLow = sum;
        if (aim - sum <= tolerance) return sum;
      }
    }
    return this.giveAt(low);
  }

  /** A standing at which every candidate gives all its room. */
  private highestUse(): number {
    let highest = 0;
    for (let at = 0; at < this.count; at += 1) {
      const full = (this.spoken[at]! + this.room[at]!) / this.cash[at]!;
      if (full > highest) highest = full;
      if (this.from[at]! > highest) highest = this.from[at]!;
    }
    return highest * (1 + 1e-6) + 1e-9;
  }

  /** Makes up what whole tickets left open below the aim. @returns the sum. */
  close(sum: number, { aim, most }: Omit<FillAim, 'least'>): number {
    let open = aim - sum;
    for (let at = 0; at < this.count && open > 0; at += 1) {
      if (this.give[at]! === 0) continue;
      const more = Math.min(open, this.room[at]! - this.give[at]!);
      this.give[at]! += more;
      open -= more;
    }
    for (let at = 0; at < this.count && open > 0; at += 1) {
      if (this.give[at]! > 0 || this.ticket[at]! > open) continue;
      this.give[at] = Math.min(open, this.room[at]!);
      open -= this.give[at]!;
    }
    return open > 0 ? this.squeeze(aim - open, { aim, most }) : aim;
  }

  /** Adds a ticket larger than what is open: the sum passes the aim, or others give less. */
  private squeeze(sum: number, { aim, most }: Omit<FillAim, 'least'>): number {
    const best = this.smallestUnused();
    if (best < 0) return sum;
    const ticket = this.ticket[best]!;
    let over = Math.max(0, sum + ticket - most);
    if (over > this.slack()) return sum;
    this.give[best] = ticket;
    // Down to the aim as far as the others can give less, and at least to the most.
    const wanted = Math.max(over, sum + ticket - aim);
    over = wanted;
    for (let at = 0; at < this.count && over > 0; at += 1) {
      if (at === best || this.give[at]! === 0) continue;
      const less = Math.min(over, this.give[at]! - this.ticket[at]!);
      this.give[at]! -= less;
      over -= less;
    }
    return sum + ticket - (wanted - over);
  }

  private smallestUnused(): number {
    let best = -1;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! > 0) continue;
      if (best < 0 || this.ticket[at]! < this.ticket[best]!) best = at;
    }
    return best;
  }

  /** By how much those who give could give less and still give a ticket. */
  private slack(): number {
    let slack = 0;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! > 0) slack += this.give[at]! - this.ticket[at]!;
    }
    return slack;
  }

  /** What is given, as the loan's parts in units. */
  taken(total: number, step: number): Parts {
    let count = 0;
    for (let at = 0; at < this.count; at += 1) if (this.give[at]! > 0) count += 1;
    const lenders = new Int32Array(count);
    const amounts = new Float64Array(count);
    let next = 0;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! === 0) continue;
      lenders[next] = this.who[at]!;
      amounts[next] = this.give[at]! * step;
      next += 1;
    }
    return { lenders, amounts, total: total * step };
  }
}
