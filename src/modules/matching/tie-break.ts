/**
 * The lots a window draws: numbers from the seed and an id, so that the order in which mandates
 * and listings arrive decides nothing, and anybody with the seed can draw them again.
 */
export class TieBreak {
  private readonly low: number;
  private readonly high: number;

  constructor(seed: bigint) {
    this.low = Number(seed & 0xffff_ffffn);
    this.high = Number((seed >> 32n) & 0xffff_ffffn);
  }

  /** A number below 2^32 for the id. Two ids may draw the same. */
  lot(id: string): number {
    let mixed = scramble(this.low ^ 0x9e37_79b9);
    for (let i = 0; i < id.length; i += 1) {
      mixed = Math.imul(mixed ^ id.charCodeAt(i), 0x0100_0193);
      mixed ^= mixed >>> 15;
    }
    return scramble(mixed ^ this.high);
  }

  /** The positions of `ids` in the order of their lots; equal lots go by id. */
  order(ids: readonly string[]): { readonly order: Uint32Array; readonly lots: Uint32Array } {
    const lots = Uint32Array.from(ids, (id) => this.lot(id));
    const order = Uint32Array.from(ids, (_, position) => position);
    order.sort((a, b) => lots[a]! - lots[b]! || (ids[a]! < ids[b]! ? -1 : 1));
    return { order, lots };
  }
}

/** The finaliser of MurmurHash3: every bit of the input moves about half of the output's. */
export function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
