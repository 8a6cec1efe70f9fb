import { OUT, standingAt, type Allocation, type Parts } from './allocation';
import type { Batch } from './batch';
import { scramble } from './tie-break';

/** How much a loan shall have. In units. */
export interface FillAim {
  /** Less than this is nothing. */
  readonly least: number;
  /** What is wanted. */
  readonly aim: number;
  /** No more than this, where whole tickets do not come out at the aim. */
  readonly most: number;
}

/**
 * Fills loans from the lenders whose cash is least spoken for.
 *
 * It is water-filling: every lender is raised to one standing L, as far as its ticket and its caps
 * allow, so that a lender of standing v and cash c gives `clip(L c - v c, ticket, room)`. Lenders
 * for whom that comes to less than a ticket give one with the odds that keep the sum the same; the
 * odds are lots of the seed. L is found in two scans of bytes and a bisection among those who give.
 */
export class Filler {
  private readonly batch: Batch;
  private readonly steps = new Float64Array(257);
  private count = 0;
  private readonly who: Int32Array;
  private readonly give: Float64Array;
  private readonly room: Float64Array;
  /** By candidate: from which L on it gives a ticket. */
  private readonly from: Float64Array;

  constructor(private readonly allocation: Allocation) {
    this.batch = allocation.batch;
    const { lenders } = this.batch;
    this.who = new Int32Array(lenders);
    this.give = new Float64Array(lenders);
    this.room = new Float64Array(lenders);
    this.from = new Float64Array(lenders);
  }

  /** Fills a loan that has nothing. @returns what it got: nothing, or from `least` to `most`. */
  fill(loan: number, aims: FillAim): Parts | undefined {
    const restricted = this.restrict(loan);
    const parts = this.partsFor(loan, aims);
    for (const lender of restricted) this.allocation.refresh(lender);
    if (parts) this.allocation.put(loan, parts);
    return parts;
  }

  private partsFor(loan: number, aims: FillAim): Parts | undefined {
    const { level, total } = this.levelFor(loan, aims.aim);
    if (total + 0.5 < aims.least) return undefined;
    const aim = Math.min(aims.aim, Math.trunc(total + 0.5));
    let top = level;
    this.collect(loan, top);
    while (this.sumAt(standingAt(top)) < aim && top < OUT - 1) {
      top = Math.min(OUT - 1, top + 8);
      this.collect(loan, top);
    }
    let sum = this.settleStanding(aim, standingAt(top));
    if (sum < aim) sum = this.close(sum, { ...aims, aim });
    return sum < aims.least || sum === 0 ? undefined : this.taken(sum);
  }

  /** The level up to which the loan must draw to get `aim`, and all that it could get. */
  private levelFor(loan: number, aim: number): { level: number; total: number } {
    const { spans } = this.batch;
    const its = this.batch.gradeClass[loan]!;
    const low = this.allocation.low[its]!;
    const high = this.allocation.high[its]!;
    const slope = this.allocation.slope[its]!;
    const steps = this.steps.fill(0);
    const lastSpan = spans.first[loan + 1]!;
    for (let span = spans.first[loan]!; span < lastSpan; span += 1) {
      const end = spans.end[span]!;
      for (let lender = spans.start[span]!; lender < end; lender += 1) {
        const rise = slope[lender]!;
        steps[low[lender]!]! += rise;
        steps[high[lender]!]! -= rise;
      }
    }
    let level = OUT - 1;
    let rise = 0;
    let total = 0;
    for (let at = 0; at < OUT; at += 1) {
      rise += steps[at]!;
      total += rise;
      if (level === OUT - 1 && total >= aim) level = at;
    }
    return { level, total };
  }

  /** Lists the loan's lenders up to the level. */
  private collect(loan: number, top: number): void {
    const { spans } = this.batch;
    const low = this.allocation.low[this.batch.gradeClass[loan]!]!;
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

  private describe(loan: number): void {
    const { cash, ticket, lenderLot, gradeClass, loanLot } = this.batch;
    const room = this.allocation.room[gradeClass[loan]!]!;
    const lot = scramble(loanLot[loan]!);
    for (let at = 0; at < this.count; at += 1) {
      const lender = this.who[at]!;
      const odds = scramble(lenderLot[lender]! ^ lot) / 2 ** 32;
      this.room[at] = room[lender]!;
      this.from[at] = (this.allocation.spoken(lender) + odds * ticket[lender]!) / cash[lender]!;
    }
  }

  /** What the candidates give at a standing, noting each one's part. */
  private sumAt(standing: number): number {
    const { cash, ticket } = this.batch;
    let sum = 0;
    for (let at = 0; at < this.count; at += 1) {
      let part = 0;
      if (standing >= this.from[at]!) {
        const lender = this.who[at]!;
        const share = Math.trunc(standing * cash[lender]! - this.allocation.spoken(lender));
        part = Math.min(Math.max(share, ticket[lender]!), this.room[at]!);
      }
      this.give[at] = part;
      sum += part;
    }
    return sum;
  }

  /** Raises the standing as far as the sum stays within the aim. @returns the sum. */
  private settleStanding(aim: number, upper: number): number {
    const whole = this.sumAt(upper);
    if (whole <= aim) return whole;
    let low = 0;
    let high = upper === Infinity ? this.highestFrom() : upper;
    for (let turn = 0; turn < 30 && high - low > 1e-7 * high; turn += 1) {
      const middle = (low + high) / 2;
      if (this.sumAt(middle) <= aim) low = middle;
      else high = middle;
    }
    return this.sumAt(low);
  }

  /** A standing at which every candidate gives all its room. */
  private highestFrom(): number {
    const { cash } = this.batch;
    let highest = 0;
    for (let at = 0; at < this.count; at += 1) {
      const lender = this.who[at]!;
      const full = (this.allocation.spoken(lender) + this.room[at]!) / cash[lender]!;
      highest = Math.max(highest, full, this.from[at]!);
    }
    return highest * 1.001;
  }

  /** Makes up what whole tickets left open. @returns the sum. */
  private close(sum: number, { aim, most }: FillAim): number {
    let open = aim - sum;
    for (let at = 0; at < this.count && open > 0; at += 1) {
      if (this.give[at]! === 0) continue;
      const more = Math.min(open, this.room[at]! - this.give[at]!);
      this.give[at]! += more;
      open -= more;
    }
    const { ticket } = this.batch;
    for (let at = 0; at < this.count && open > 0; at += 1) {
      const least = ticket[this.who[at]!]!;
      if (this.give[at]! > 0 || least > open) continue;
      this.give[at] = Math.min(open, this.room[at]!);
      open -= this.give[at]!;
    }
    return open > 0 ? this.squeeze(aim - open, { aim, most }) : aim;
  }

  /** One ticket more than is open: the sum goes above the aim, or others give less. */
  private squeeze(sum: number, { aim, most }: Omit<FillAim, 'least'>): number {
    const { ticket } = this.batch;
    let slack = 0;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! > 0) slack += this.give[at]! - ticket[this.who[at]!]!;
    }
    let best = -1;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! > 0) continue;
      const least = ticket[this.who[at]!]!;
      if (least - slack > most - sum) continue;
      if (best < 0 || least < ticket[this.who[best]!]!) best = at;
    }
    if (best < 0) return sum;
    const least = ticket[this.who[best]!]!;
    this.give[best] = least;
    let over = Math.max(0, sum + least - Math.max(aim, Math.min(most, sum + least)));
    const total = sum + least - over;
    for (let at = 0; at < this.count && over > 0; at += 1) {
      if (at === best || this.give[at]! === 0) continue;
      const less = Math.min(over, this.give[at]! - ticket[this.who[at]!]!);
      this.give[at]! -= less;
      over -= less;
    }
    return total;
  }

  private taken(total: number): Parts {
    let count = 0;
    for (let at = 0; at < this.count; at += 1) if (this.give[at]! > 0) count += 1;
    const lenders = new Int32Array(count);
    const amounts = new Float64Array(count);
    let next = 0;
    for (let at = 0; at < this.count; at += 1) {
      if (this.give[at]! === 0) continue;
      lenders[next] = this.who[at]!;
      amounts[next] = this.give[at]!;
      next += 1;
    }
    return { lenders, amounts, total };
  }

  /**
   * Narrows the room of lenders for whom this loan is not like any other: those it is closed to,
   * and those who lend to its borrower elsewhere. @returns them, to be refreshed afterwards.
   */
  private restrict(loan: number): Iterable<number> {
    const terms = this.batch.special[loan];
    if (!terms) return [];
    const used = new Map<number, number>(terms.exposed);
    for (const sibling of terms.siblings) {
      const { lenders, amounts } = this.allocation.parts[sibling]!;
      for (let at = 0; at < lenders.length; at += 1) {
        used.set(lenders[at]!, (used.get(lenders[at]!) ?? 0) + amounts[at]!);
      }
    }
    for (const lender of terms.excluded) used.set(lender, Infinity);
    const its = this.batch.gradeClass[loan]!;
    const rooms = this.allocation.room[its]!;
    for (const [lender, amount] of used) {
      const most = this.batch.borrowerCap[lender]! - amount;
      if (most < rooms[lender]!) this.allocation.limit(lender, its, most);
    }
    return used.keys();
  }
}
