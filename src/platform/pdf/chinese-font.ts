import type PDFDocument from 'pdfkit';

type Document = InstanceType<typeof PDFDocument>;

/** Characters beyond Latin-1 that the standard fonts of PDF have (WinAnsiEncoding). */
const WIN_ANSI_EXTRAS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/** Letters whose stroke is part of them, so that no normal form takes it off. */
const WITHOUT_STROKE: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  ı: 'i',
};

/** A stretch of text that one font can show. */
export interface TextRun {
  readonly font: 'latin' | 'chinese';
  readonly text: string;
}

/** Splits text by the font that can show it. Latin letters the standard fonts lack lose accents. */
export function textRuns(text: string): readonly TextRun[] {
  const runs: { font: TextRun['font']; text: string }[] = [];
  for (const character of Array.from(text.normalize('NFC'))) {
    const shown = shownAs(character);
    const font = isLatin(shown) ? 'latin' : 'chinese';
    const last = runs.at(-1);
    if (last?.font === font) last.text += shown;
    else runs.push({ font, text: shown });
  }
  return runs;
}

function shownAs(character: string): string {
  if (isLatin(character)) return character;
  const [base = ''] = Array.from(WITHOUT_STROKE[character] ?? character.normalize('NFD'));
  if (isLatin(base)) return base;
  // The encoding of the Chinese font ends with the basic plane.
  return character.length > 1 ? '?' : character;
}

function isLatin(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isPlain = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
  return isPlain || WIN_ANSI_EXTRAS.includes(character);
}

const RESOURCE = 'Song';

/**
 * 宋体 without a font file: a font that every reader of Chinese has, named and not embedded.
 *
 * Source: ISO 32000-1, 9.7.5.2 (predefined CMap UniGB-UCS2-H) and 9.7.4 (CIDFonts, Adobe-GB1).
 * Characters are two bytes of UCS-2, each one em wide.
 */
export class ChineseFont {
  private readonly font: unknown;

  constructor(private readonly document: Document) {
    const descriptor = document.ref({
      Type: 'FontDescriptor',
      FontName: 'STSong-Light',
      Flags: 6,
      FontBBox: [-25, -254, 1000, 880],
      ItalicAngle: 0,
      Ascent: 880,
      Descent: -120,
      CapHeight: 880,
      StemV: 93,
    });
    const glyphs = document.ref({
      Type: 'Font',
      Subtype: 'CIDFontType0',
      BaseFont: 'STSong-Light',
      CIDSystemInfo: {
        Registry: Buffer.from('Adobe'),
        Ordering: Buffer.from('GB1'),
        Supplement: 2,
      },
      FontDescriptor: descriptor,
      DW: 1000,
    });
    const font = document.ref({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: 'STSong-Light-UniGB-UCS2-H',
      Encoding: 'UniGB-UCS2-H',
      DescendantFonts: [glyphs],
    });
    for (const reference of [descriptor, glyphs, font]) reference.end(undefined);
    this.font = font;
  }

  widthOf(text: string, size: number): number {
    return Array.from(text).length * size;
  }

  /** @param baseline from the top of the page, as everything else is measured. */
  write(
    text: string,
    at: { readonly x: number; readonly baseline: number; readonly size: number },
  ) {
    const { page } = this.document;
    (page.fonts as Record<string, unknown>)[RESOURCE] = this.font;
    const codes = Buffer.from(text, 'utf16le').swap16().toString('hex');
    // The page stands on its head for everybody else; letters must not.
    this.document.addContent(
      `q 1 0 0 -1 0 ${page.height} cm BT /${RESOURCE} ${at.size} Tf ` +
        `${at.x} ${page.height - at.baseline} Td <${codes}> Tj ET Q`,
    );
  }
}
