/** Every text that differs from `text` in one character, over an alphabet. */
export function substitutions(text: string, alphabet: string): string[] {
  return Array.from(text).flatMap((original, index) =>
    Array.from(alphabet)
      .filter((character) => character !== original)
      .map((character) => text.slice(0, index) + character + text.slice(index + 1)),
  );
}

/** Every text with two different neighbours exchanged. */
export function transpositions(text: string): string[] {
  return Array.from(text.slice(1)).flatMap((second, index) => {
    const first = text.charAt(index);
    return first === second ? [] : [text.slice(0, index) + second + first + text.slice(index + 2)];
  });
}
