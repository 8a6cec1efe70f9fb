import type { Allocation, Parts } from './allocation';
import type { Batch } from './batch';
import { Candidates, type FillAim } from './candidates';
import { OUT } from './levels';

/** So many lenders tell the level well enough; of more, every second, third... is asked. */
const SAMPLE = 3000;

/**
 * Fills loans from the lenders whose cash is least spoken for.
 *
 * A first scan of the loan's lenders, or of a sample of them, guesses the level up to which it must
 * draw, a second one collects the lenders up to there, and only these few are looked at closely.
 */
export class Filler {
  private readonly batch: Batch;
  private readonly candidates: Candidates;
  private readonly steps = new Float64Array(OUT + 1);
  /** By level: what the loan gets, roughly, if it draws on lenders up to there. */
  private readonly sums = new Float64Array(OUT);

  constructor(private readonly allocation: Allocation) {
    this.batch = allocation.batch;
    this.candidates = new Candidates(allocation);
  }

  /** Fills a loan that has nothing. @returns what it got: nothing, or from `least` to `most`. */
  fill(loan: number, aims: FillAim): Parts | undefined {
    // In whole steps, a loan's minimum may be more than its amount.
    if (aims.least > aims.most) return undefined;
    const restricted = this.restrict(loan);
    const parts = this.partsFor(loan, aims);
    for (const lender of restricted) this.allocation.refresh(lender);
    if (parts) this.allocation.put(loan, parts);
    return parts;
  }

  private partsFor(loan: number, aims: FillAim): Parts | undefined {
    const isExact = this.estimate(loan);
    // A part in a thousand covers what the columns of the scan, in single precision, leave out.
    if (isExact && this.sums[OUT - 1]! * 1.001 < aims.least) return undefined;
    const top = this.collectFor(loan, aims.aim);
    const step = this.batch.step[loan]!;
    const [least, most] = [aims.least / step, aims.most / step];
    const wanted = aims.aim / step;
    const aim = top < OUT - 1 ? wanted : Math.min(wanted, this.candidates.sumOfRooms());
    if (aim < least || aim === 0) return undefined;
    const { levels } = this.allocation;
    const guess = levels.endOf(Math.max(0, top - 1));
    let sum = this.candidates.settle(aim, { guess, upper: levels.endOf(top) });
    if (sum < aim) sum = this.candidates.close(sum, { aim, most });
    return sum < least || sum === 0 ? undefined : this.candidates.taken(sum, step);
  }

  /** Collects the lenders up to a level that is enough for the aim. @returns the level. */
  private collectFor(loan: number, aim: number): number {
    const step = this.batch.step[loan]!;
    let wanted = aim;
    let top = this.levelFor(wanted);
    for (;;) {
      this.candidates.collect(loan, top);
      if (top === OUT - 1) return top;
      const sum = this.candidates.giveAt(this.allocation.levels.endOf(top)) * step;
      if (sum >= aim) return top;
      wanted = Math.max(wanted * 1.1, (wanted * aim) / Math.max(sum, aim / 4));
      top = Math.max(top + 1, this.levelFor(wanted));
    }
  }

  private levelFor(aim: number): number {
    const level = this.sums.findIndex((sum) => sum >= aim);
    return level < 0 ? OUT - 1 : level;
  }

  /** Estimates `sums`. @returns whether every lender was asked. */
  private estimate(loan: number): boolean {
    const { spans } = this.batch;
    const its = this.batch.gradeClass[loan]!;
    const low = this.allocation.low[its]!;
    const high = this.allocation.high[its]!;
    const slope = this.allocation.slope[its]!;
    const steps = this.steps.fill(0);
    const stride = Math.max(1, Math.trunc(spans.pairs[loan]! / SAMPLE));
    const lastSpan = spans.first[loan + 1]!;
    let offset = this.batch.loanLot[loan]! % stride;
    for (let span = spans.first[loan]!; span < lastSpan; span += 1) {
      const end = spans.end[span]!;
      let lender = spans.start[span]! + offset;
      for (; lender < end; lender += stride) {
        const rise = slope[lender]!;
        steps[low[lender]!]! += rise;
        steps[high[lender]!]! -= rise;
      }
      offset = lender - end;
    }
    let rise = 0;
    let sum = 0;
    for (let level = 0; level < OUT; level += 1) {
      rise += steps[level]!;
      sum += rise * stride;
      this.sums[level] = sum;
    }
    return stride === 1;
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
