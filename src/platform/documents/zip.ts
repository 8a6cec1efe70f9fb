import { deflateRawSync, inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file that is not an archive as this program makes them, or that was cut or changed. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** 1 January 1980, the first day the format knows: an archive does not say when it was made. */
const DATE = 0x0021;
const UTF8_NAMES = 0x0800;
const [STORED, DEFLATED] = [0, 8];
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
/** Larger than any file of a report; a few bytes cannot be made to fill the memory. */
const LARGEST_ENTRY = 1 << 28;

/** Archives the entries in their order. The same entries make the same bytes. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const path = Buffer.from(name, 'utf8');
    const packed = deflateRawSync(bytes, { level: 9 });
    const common = commonFields({ path, packed, bytes });
    const local = Buffer.concat([uint32(LOCAL), common, path, packed]);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE(offset, 10);
    directory.push(uint32(CENTRAL), uint16(20), common, attributes, path);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(END_SIZE);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/**
 * The entries of an archive, each checked against its checksum: one that `writeZip` made, or that
 * somebody packed again with another program.
 *
 * @throws ZipError
 */
export function readZip(archive: Buffer): readonly ZipEntry[] {
  try {
    return entriesOf(archive);
  } catch (cause) {
    if (cause instanceof ZipError) throw cause;
    throw new ZipError('This is not an archive that can be read', { cause });
  }
}

function entriesOf(archive: Buffer): readonly ZipEntry[] {
  const end = archive.length - END_SIZE;
  if (end < 0 || archive.readUInt32LE(end) !== END) {
    throw new ZipError('The archive has no end: it was cut, or something was added');
  }
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new ZipError('The directory is broken');
    const nameSize = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameSize);
    entries.push({ name, bytes: contentOf(archive, at, name) });
    at += CENTRAL_SIZE + nameSize + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(archive: Buffer, at: number, name: string): Buffer {
  const local = archive.readUInt32LE(at + 42);
  const from =
    local + LOCAL_SIZE + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(from, from + archive.readUInt32LE(at + 20));
  const isStored = archive.readUInt16LE(at + 10) === STORED;
  const bytes = isStored ? packed : inflateRawSync(packed, { maxOutputLength: LARGEST_ENTRY });
  if (crc32(bytes) !== archive.readUInt32LE(at + 16)) {
    throw new ZipError(`${name} does not match its checksum`);
  }
  return bytes;
}

function commonFields(of: {
  readonly path: Buffer;
  readonly packed: Buffer;
  readonly bytes: Buffer;
}): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(UTF8_NAMES, 2);
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc32(of.bytes), 10);
  fields.writeUInt32LE(of.packed.length, 14);
  fields.writeUInt32LE(of.bytes.length, 18);
  fields.writeUInt16LE(of.path.length, 22);
  return fields;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  }
  return value >>> 0;
});

/** ISO 3309: the one of Node is younger than the oldest Node this runs on. */
function crc32(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value = (CRC_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
}
