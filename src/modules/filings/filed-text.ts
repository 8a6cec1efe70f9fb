/** A text on one line of at most so many characters, as names and titles are kept. */
export function oneLine(text: string, longest: number): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}

/** The name of whoever signed, without the mark that stands for a signature. */
export function signerName(text: string): string {
  return oneLine(text, 200)
    .replace(/^\/s\/\s*/i, '')
    .replace(/^\/|\/$/g, '')
    .trim();
}

/** A web address with its scheme; undefined where the text is none. */
export function webAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const address = /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  return /^https?:\/\/[^\s/?#@]+\.[a-z0-9-]{2,}([/?#:]\S*)?$/i.test(address) &&
    address.length <= 300
    ? address
    : undefined;
}
