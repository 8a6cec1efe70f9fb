import { Allocation, type Parts } from './allocation';
import type { Batch } from './batch';
import type { FillAim } from './candidates';
import { Filler } from './fill';
import { notePromises } from './promise';

/** How often in a pass over all loans the promises and levels are brought up to date. */
const REFRESHES = 32;
/** They cost as much as filling a few loans does. */
const REFRESH_EVERY = 5;

/** The passes over loans that the engine is made of. Each leaves a valid allocation behind. */
export class Rounds {
  readonly allocation: Allocation;
  private readonly filler: Filler;
  /** Of what loans may want of a lender, the part that there is demand for; 1 if cash is scarce. */
  readonly share: number;

  constructor(readonly batch: Batch) {
    this.allocation = new Allocation(batch);
    this.filler = new Filler(this.allocation);
    this.share = demandedShare(this.allocation);
  }

  /** What the loans have together. */
  funded(): number {
    return this.allocation.parts.reduce((sum, { total }) => sum + total, 0);
  }

  /** Takes everything back from all loans. */
  clear(): void {
    for (let loan = 0; loan < this.batch.loans; loan += 1) this.allocation.clear(loan);
  }

  unfunded(order: Uint32Array): Uint32Array {
    return order.filter((loan) => this.allocation.parts[loan]!.total === 0);
  }

  /**
   * Gives the loans, one after the other, their minimum fill, or, where there is cash for all, the
   * whole amount. Loans later in the order may be left with nothing.
   */
  fillInOrder(order: Uint32Array): void {
    const step = this.stepFor(order);
    for (const [at, loan] of order.entries()) {
      if (at % step === 0) notePromises(this.allocation, order.subarray(at), this.share);
      this.filler.fill(loan, this.share < 1 ? this.wholeAim(loan) : this.leastAim(loan));
    }
  }

  /**
   * Draws every funded loan's minimum anew from lenders whom no unfunded loan needs, and then tries
   * these again: one hop, for all loans at once, of the augmenting chains of a flow, over whole
   * tickets. @returns how many loans were funded by it.
   */
  makeWay(order: Uint32Array): number {
    const unfunded = this.unfunded(order);
    if (unfunded.length === 0) return 0;
    notePromises(this.allocation, unfunded, 1);
    for (const loan of order) {
      if (this.allocation.parts[loan]!.total > 0) this.refill(loan, this.leastAim(loan));
    }
    for (const loan of unfunded) this.filler.fill(loan, this.leastAim(loan));
    return unfunded.length - this.unfunded(order).length;
  }

  /**
   * Draws every loan anew, up to its whole amount: repeated, it is block-coordinate water-filling,
   * whose fixed point is the max-min fair allocation. Money in loans never becomes less.
   */
  spread(order: Uint32Array, { isLast }: { readonly isLast: boolean }): void {
    const open = isLast ? [] : order.filter((loan) => this.isOpen(loan));
    notePromises(this.allocation, open, this.share);
    const step = this.stepFor(order);
    for (const [at, loan] of order.entries()) {
      if (at > 0 && at % step === 0) this.allocation.refreshAll();
      const had = this.allocation.parts[loan]!.total;
      const aim = this.wholeAim(loan);
      this.refill(loan, { ...aim, least: Math.max(had, aim.least) });
    }
  }

  /** Draws the loan's money anew, or leaves the loan as it was. */
  private refill(loan: number, aim: FillAim): void {
    const had: Parts = this.allocation.clear(loan);
    if (!this.filler.fill(loan, aim) && had.total > 0) this.allocation.put(loan, had);
  }

  private isOpen(loan: number): boolean {
    const { total } = this.allocation.parts[loan]!;
    return total > 0 && total < this.batch.amount[loan]!;
  }

  private leastAim(loan: number): FillAim {
    const least = this.leastOf(loan);
    return { least, aim: least, most: this.batch.amount[loan]! };
  }

  private wholeAim(loan: number): FillAim {
    const amount = this.batch.amount[loan]!;
    return { least: this.leastOf(loan), aim: amount, most: amount };
  }

  /** The minimum fill; of a loan without one, a step. */
  private leastOf(loan: number): number {
    return Math.max(this.batch.step[loan]!, this.batch.minimumFill[loan]!);
  }

  private stepFor(order: Uint32Array): number {
    return Math.max(REFRESH_EVERY, Math.trunc(order.length / REFRESHES));
  }
}

/** Loans by ascending minimum fill; equals by lot, which is their order in the batch. */
export function smallestFirst({ loans, minimumFill }: Batch): Uint32Array {
  return Uint32Array.from({ length: loans }, (_, loan) => loan).sort(
    (a, b) => minimumFill[a]! - minimumFill[b]! || a - b,
  );
}

/** The part s at which the lenders, each giving s of what it may be asked for, meet all demand. */
function demandedShare(allocation: Allocation): number {
  const { cash, amount, loans } = allocation.batch;
  const all = Uint32Array.from({ length: loans }, (_, loan) => loan);
  const asked = notePromises(allocation, all, 1).slice();
  const supply = (share: number): number => {
    let sum = 0;
    for (let at = 0; at < asked.length; at += 1) sum += Math.min(cash[at]!, share * asked[at]!);
    return sum;
  };
  const demand = amount.reduce((sum, its) => sum + its, 0);
  if (supply(1) <= demand) return 1;
  let low = 0;
  let high = 1;
  for (let turn = 0; turn < 24; turn += 1) {
    const middle = (low + high) / 2;
    if (supply(middle) <= demand) low = middle;
    else high = middle;
  }
  return low;
}
