/** The level of a lender that cannot take another ticket. */
export const OUT = 255;

/** The last level of a lender that can. */
const LAST = OUT - 2;
const SLOTS = 65_536;
const UP_TO_ONE = SLOTS / 2;

/**
 * Standings as bytes. In a fair allocation nearly all lenders stand at the same place, where even
 * steps would not tell them apart: so half of the levels are dealt out by how many lenders stand
 * where, at the time of the last calibration, and half evenly.
 */
export class Levels {
  private readonly table = new Uint8Array(SLOTS);
  private readonly ends = new Float64Array(OUT + 1);

  /** Deals the levels out anew, for lenders who stand as the column says. */
  calibrate(standings: Float64Array): void {
    const crowd = new Uint32Array(SLOTS);
    for (let at = 0; at < standings.length; at += 1) crowd[slotOf(standings[at]!)]! += 1;
    const half = (LAST - 1) / 2;
    const perLender = half / Math.max(1, standings.length);
    let passed = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      passed += crowd[slot]!;
      this.table[slot] = Math.trunc(passed * perLender + (slot / SLOTS) * half);
    }
    this.ends.fill(Infinity);
    for (let slot = SLOTS - 2; slot >= 0; slot -= 1) {
      const level = this.table[slot]!;
      if (level < this.table[slot + 1]!) this.ends[level] = endOf(slot);
    }
    // A level without a slot ends where the one below it does.
    for (let level = 1; level < this.table[SLOTS - 1]!; level += 1) {
      if (this.ends[level] === Infinity) this.ends[level] = this.ends[level - 1]!;
    }
  }

  levelOf(standing: number): number {
    return this.table[slotOf(standing)]!;
  }

  /** The standing at which a level ends; infinity for the last. */
  endOf(level: number): number {
    return this.ends[level]!;
  }
}

/** Even steps up to a standing of 1, ever longer ones above. */
function slotOf(standing: number): number {
  return Math.trunc(
    standing <= 1 ? standing * (UP_TO_ONE - 1) : SLOTS - 1 - (SLOTS - UP_TO_ONE) / standing,
  );
}

function endOf(slot: number): number {
  const next = slot + 1;
  return next < UP_TO_ONE ? next / (UP_TO_ONE - 1) : (SLOTS - UP_TO_ONE) / (SLOTS - 1 - next);
}
