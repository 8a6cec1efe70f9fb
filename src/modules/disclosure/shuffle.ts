const HALF = 32n;

/**
 * Puts things in an order that says nothing of the one they came in: that of the first 32 bits of
 * their keys, which are hashes. Two numbers are kept of each, so that there may be millions.
 */
export class Shuffle {
  private readonly places: bigint[] = [];
  private readonly numbers: bigint[] = [];

  /** @param key hexadecimal, at least eight digits. */
  add(number: bigint, key: string): void {
    const place = BigInt(`0x${key.slice(0, 8)}`);
    this.places.push((place << HALF) | BigInt(this.numbers.length));
    this.numbers.push(number);
  }

  /** The numbers in their new order, slice by slice. */
  *slices(size: number): Generator<readonly bigint[]> {
    const places = BigUint64Array.from(this.places).sort();
    for (let from = 0; from < places.length; from += size) {
      const slice = places.subarray(from, from + size);
      yield Array.from(slice, (place) => this.numbers[Number(BigInt.asUintN(32, place))] ?? 0n);
    }
  }
}
