import { must } from '../../kernel/assert';
import type { Seal } from './seal';

/** Of a signature without its certificates. */
const SIGNATURE_BYTES = 2048;
/** Digits of an offset: room for what is not known yet. */
const DIGITS = 10;

/**
 * Signs a PDF that this program wrote: what is added comes after its last byte (ISO 32000-1, 7.5.6),
 * and the signature covers all but itself (12.8.1).
 */
export function sealPdf(
  document: Buffer,
  { seal, at, reason }: { readonly seal: Seal; readonly at: Date; readonly reason: string },
): Buffer {
  // One character a byte, so that places in the text are places in the file.
  const text = document.toString('latin1');
  const { size, root, rest, xref } = trailerOf(text);
  const room = SIGNATURE_BYTES + seal.certificates.reduce((sum, { length }) => sum + length, 0);
  const [field, signature] = [size, size + 1];
  const catalog = must(objectText(text, root), 'the catalog');
  const page = must(/\/Kids \[(\d+) 0 R/.exec(text)?.[1], 'the first page');
  const objects: readonly (readonly [number, string])[] = [
    [root, catalog.replace(/>>\s*$/, `/AcroForm << /Fields [${field} 0 R] /SigFlags 3 >>\n>>`)],
    [
      field,
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature) /V ${signature} 0 R ` +
        `/F 132 /Rect [0 0 0 0] /P ${page} 0 R >>`,
    ],
    [
      signature,
      '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached ' +
        `/M (D:${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z) /Reason (${reason}) ` +
        `/ByteRange [0 ${[1, 2, 3].map(() => '0'.repeat(DIGITS)).join(' ')}] ` +
        `/Contents <${'0'.repeat(room * 2)}> >>`,
    ],
  ];
  let added = '\n';
  const places = objects.map(([number, body]) => {
    const place = text.length + added.length;
    added += `${number} 0 obj\n${body}\nendobj\n`;
    return [number, place] as const;
  });
  const table = text.length + added.length;
  added += `xref\n${places.map(entry).join('')}trailer\n<< /Size ${size + 2} /Root ${root} 0 R ${rest} /Prev ${xref} >>\n`;
  added += `startxref\n${table}\n%%EOF\n`;
  return signed(text + added, { seal, at, room });
}

/** Fills in what the signature covers, and the signature. */
function signed(
  text: string,
  { seal, at, room }: { readonly seal: Seal; readonly at: Date; readonly room: number },
): Buffer {
  const opens = text.lastIndexOf('/Contents <') + '/Contents '.length;
  const closes = opens + room * 2 + 2;
  const range = [opens, closes, text.length - closes].map((n) => `${n}`.padStart(DIGITS, '0'));
  const placed = text.replace(
    `[0 ${range.map(() => '0'.repeat(DIGITS)).join(' ')}]`,
    `[0 ${range.join(' ')}]`,
  );
  const covered = Buffer.from(placed.slice(0, opens) + placed.slice(closes), 'latin1');
  const hex = seal
    .sign(covered, at)
    .toString('hex')
    .padEnd(room * 2, '0');
  return Buffer.from(`${placed.slice(0, opens)}<${hex}>${placed.slice(closes)}`, 'latin1');
}

function trailerOf(text: string) {
  const trailer = text.slice(text.lastIndexOf('trailer'));
  const value = (pattern: RegExp): string => must(pattern.exec(trailer)?.[1], String(pattern));
  return {
    size: Number(value(/\/Size (\d+)/)),
    root: Number(value(/\/Root (\d+) 0 R/)),
    rest: `/Info ${value(/\/Info (\d+ 0 R)/)} /ID ${value(/\/ID (\[[^\]]*\])/)}`,
    xref: value(/startxref\s+(\d+)/),
  };
}

function objectText(text: string, number: number): string | undefined {
  const from = text.lastIndexOf(`\n${number} 0 obj\n`);
  if (from < 0) return undefined;
  const begins = from + `\n${number} 0 obj\n`.length;
  return text.slice(begins, text.indexOf('endobj', begins));
}

/** One object of a cross-reference table: a section of its own, lines of twenty bytes. */
function entry([number, place]: readonly [number, number]): string {
  return `${number} 1\n${`${place}`.padStart(DIGITS, '0')} 00000 n \n`;
}
