/** Writes ASN.1 in DER (ITU-T X.690), as much of it as certificates and signatures need. */

const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;

export function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** A SET OF: its members in the order of their bytes. */
export function setOf(...parts: readonly Buffer[]): Buffer {
  return element(0x31, Buffer.concat(parts.toSorted((a, b) => Buffer.compare(a, b))));
}

/** @param bytes of a whole number that is not negative, the most significant first. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes[0] ?? 0;
  return element(0x02, first >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

export function smallInteger(value: number): Buffer {
  return integer(Buffer.from([value]));
}

/** @param text with points: `1.2.840.113549.1.7.2`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function octets(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

/** Whole bytes as a bit string. */
export function bits(bytes: Buffer, unused = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([unused]), bytes]));
}

export function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

export function absent(): Buffer {
  return element(0x05, Buffer.alloc(0));
}

/** From 1950 to 2049, as RFC 5280 wants it written. */
export function utcTime(instant: Date): Buffer {
  const digits = instant.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}

/** A context tag around whole elements. */
export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  return element(CONTEXT | CONSTRUCTED | tag, Buffer.concat(parts));
}

/** The elements inside one, each with its tag and length. */
export function childrenOf(outer: Buffer): readonly Buffer[] {
  const { from, to } = contentOf(outer, 0);
  const found: Buffer[] = [];
  for (let at = from; at < to;) {
    const { to: end } = contentOf(outer, at);
    found.push(outer.subarray(at, end));
    at = end;
  }
  return found;
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>= 8) bytes.unshift(left & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

function contentOf(bytes: Buffer, at: number): { readonly from: number; readonly to: number } {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { from: at + 2, to: at + 2 + first };
  const size = first & 0x7f;
  const from = at + 2 + size;
  return { from, to: from + bytes.readUIntBE(at + 2, size) };
}

function base128(value: number): readonly number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift(0x80 | (left & 0x7f));
  return bytes;
}
