/** The level of a lender that cannot take another ticket. */
export const OUT = 255;

/** The last level of a lender that can. */
const LAST = OUT - 2;
const MOST_SLOTS = 65_536;
const LEAST_SLOTS = 1024;

/**
 * Standings as bytes. In a fair allocation nearly all lenders stand at the same place, where even
 * steps would not tell them apart: so half of the levels are dealt out by how many lenders stand
 * where, at the time of the last calibration, and half evenly.
 */
export class Levels {
  private readonly slots: number;
  /** The number of slots for standings up to 1, evenly; the others are for all above. */
  private readonly upToOne: number;
  private readonly crowd: Uint32Array;
  private readonly table: Uint8Array;
  private readonly ends = new Float64Array(OUT + 1);

  constructor(lenders: number) {
    this.slots = Math.min(MOST_SLOTS, Math.max(LEAST_SLOTS, 1 << (32 - Math.clz32(lenders))));
    this.upToOne = this.slots / 2;
    this.crowd = new Uint32Array(this.slots);
    this.table = new Uint8Array(this.slots);
  }

  /** Deals the levels out anew, for lenders who stand as the column says. */
  calibrate(standings: Float64Array): void {
    const { slots, crowd } = this;
    crowd.fill(0);
    for (let at = 0; at < standings.length; at += 1) crowd[this.slotOf(standings[at]!)]! += 1;
    const half = (LAST - 1) / 2;
    const perLender = half / Math.max(1, standings.length);
    let passed = 0;
    for (let slot = 0; slot < slots; slot += 1) {
      passed += crowd[slot]!;
      // A column of bytes drops the fraction by itself.
      this.table[slot] = passed * perLender + (slot / slots) * half;
    }
    this.ends.fill(Infinity);
    for (let slot = slots - 2; slot >= 0; slot -= 1) {
      const level = this.table[slot]!;
      if (level < this.table[slot + 1]!) this.ends[level] = this.standingAfter(slot);
    }
    // A level without a slot ends where the one below it does.
    for (let level = 1; level < this.table[slots - 1]!; level += 1) {
      if (this.ends[level] === Infinity) this.ends[level] = this.ends[level - 1]!;
    }
  }

  levelOf(standing: number): number {
    return this.table[this.slotOf(standing)]!;
  }

  /** The standing at which a level ends; infinity for the last. */
  endOf(level: number): number {
    return this.ends[level]!;
  }

  private slotOf(standing: number): number {
    const slot =
      standing <= 1
        ? standing * (this.upToOne - 1)
        : this.slots - 1 - (this.slots - this.upToOne) / standing;
    return slot >>> 0;
  }

  private standingAfter(slot: number): number {
    const next = slot + 1;
    return next < this.upToOne
      ? next / (this.upToOne - 1)
      : (this.slots - this.upToOne) / (this.slots - 1 - next);
  }
}
