/** The lenders of a loan stand in `lender` from `start[loan]` to `start[loan + 1]`. */
export interface Holders {
  readonly start: Int32Array;
  readonly lender: Int32Array;
}

/** Who sends how much to which loan, kept only where something was sent: a list for each lender. */
export class FlowRows {
  private readonly head: Int32Array;
  private loan = new Int32Array(1 << 12);
  private amount = new Float64Array(1 << 12);
  private next = new Int32Array(1 << 12);
  private count = 0;

  constructor(private readonly lenders: number) {
    this.head = new Int32Array(lenders).fill(-1);
  }

  of(lender: number, loan: number): number {
    const at = this.find(lender, loan);
    return at < 0 ? 0 : (this.amount[at] as number);
  }

  /** @param change may be negative, though what is sent never becomes so. */
  add(lender: number, loan: number, change: number): void {
    let at = this.find(lender, loan);
    if (at < 0) {
      at = this.append();
      this.loan[at] = loan;
      this.next[at] = this.head[lender] as number;
      this.head[lender] = at;
    }
    this.amount[at] = (this.amount[at] as number) + change;
  }

  forEach(visit: (lender: number, loan: number, amount: number) => void): void {
    for (let lender = 0; lender < this.lenders; lender += 1) {
      for (let at = this.head[lender] as number; at >= 0; at = this.next[at] as number) {
        const amount = this.amount[at] as number;
        if (amount > 0) visit(lender, this.loan[at] as number, amount);
      }
    }
  }

  /** By loan, who sends to it now. */
  holders(loans: number): Holders {
    const start = new Int32Array(loans + 1);
    this.forEach((_, loan) => (start[loan + 1] = (start[loan + 1] as number) + 1));
    for (let loan = 0; loan < loans; loan += 1) {
      start[loan + 1] = (start[loan + 1] as number) + (start[loan] as number);
    }
    const lender = new Int32Array(start[loans] as number);
    const free = start.slice();
    this.forEach((from, loan) => {
      const at = free[loan] as number;
      lender[at] = from;
      free[loan] = at + 1;
    });
    return { start, lender };
  }

  private find(lender: number, loan: number): number {
    let at = this.head[lender] as number;
    while (at >= 0 && this.loan[at] !== loan) at = this.next[at] as number;
    return at;
  }

  private append(): number {
    if (this.count === this.loan.length) {
      this.loan = grown(this.loan, new Int32Array(2 * this.count));
      this.next = grown(this.next, new Int32Array(2 * this.count));
      this.amount = grown(this.amount, new Float64Array(2 * this.count));
    }
    this.count += 1;
    return this.count - 1;
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
