/** Sets of small whole numbers, 32 to a word; `row` is the word at which the set begins. */
export function setBit(words: Uint32Array, row: number, at: number): void {
  const word = row + (at >> 5);
  words[word] = (words[word] as number) | (1 << (at & 31));
}

export function clearBit(words: Uint32Array, row: number, at: number): void {
  const word = row + (at >> 5);
  words[word] = (words[word] as number) & ~(1 << (at & 31));
}

export function hasBit(words: Uint32Array, row: number, at: number): boolean {
  return (((words[row + (at >> 5)] as number) >>> (at & 31)) & 1) === 1;
}

/** The number of the lowest bit of a word that is not zero. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The set of all numbers below `count`. */
export function allBits(count: number): Uint32Array {
  const words = new Uint32Array(Math.trunc((count + 31) / 32));
  for (let at = 0; at < count; at += 1) setBit(words, 0, at);
  return words;
}
