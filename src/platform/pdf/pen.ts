import PDFDocument from 'pdfkit';
import { ChineseFont, textRuns, type TextRun } from './chinese-font';

export type Page = InstanceType<typeof PDFDocument>;

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
}

/** Where a line of text stands, in points from the upper left corner. */
export interface LinePlace extends TextStyle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right' | undefined;
}

/** Draws an A4 document and gives its bytes; the same content makes the same bytes. */
export async function drawn(
  { title, madeAt }: { readonly title: string; readonly madeAt: Date },
  draw: (document: Page) => void,
): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    info: { Title: title, Producer: 'Yunchou', CreationDate: madeAt },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  draw(document);
  document.end();
  return done;
}

/** Writes lines of text, each run in the font that can show it. */
export class Pen {
  private readonly chinese: ChineseFont;

  constructor(private readonly document: Page) {
    this.chinese = new ChineseFont(document);
  }

  /** Writes one line; what does not fit its width is cut with an ellipsis. */
  line(text: string, { x, y, width, align = 'left', ...style }: LinePlace): void {
    const { size } = style;
    const fitting = this.fitted(text, width, style);
    let at = align === 'right' ? x + width - this.widthOf(fitting, style) : x;
    // Helvetica's ascent, so that both fonts stand on one line.
    const baseline = y + 0.718 * size;
    for (const run of textRuns(fitting)) {
      if (run.font === 'latin') this.document.text(run.text, at, y, { lineBreak: false });
      else this.chinese.write(run.text, { x: at, baseline, size });
      at += this.runWidth(run, size);
    }
  }

  /** The lines a text takes in a width: broken between words, and within one that is too long. */
  wrapped(text: string, width: number, style: TextStyle): readonly string[] {
    return text.split('\n').flatMap((paragraph) => this.wrappedParagraph(paragraph, width, style));
  }

  /** Writes on every page how many there are. @returns how many. */
  numberPages(place: Omit<LinePlace, 'y'> & { readonly fromBottom: number }): number {
    const { start, count } = this.document.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.document.switchToPage(page);
      const y = this.document.page.height - place.fromBottom;
      this.line(`${page + 1} / ${count}`, { ...place, y });
    }
    return count;
  }

  private wrappedParagraph(paragraph: string, width: number, style: TextStyle): readonly string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/\s+/u).flatMap((each) => this.pieces(each, width, style))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.widthOf(longer, style) <= width) {
        line = longer;
      } else {
        lines.push(line);
        line = word;
      }
    }
    return [...lines, line];
  }

  /** A word, in pieces that fit where it does not fit itself. */
  private pieces(word: string, width: number, style: TextStyle): readonly string[] {
    if (this.widthOf(word, style) <= width) return [word];
    const pieces: string[] = [];
    let piece = '';
    for (const character of Array.from(word)) {
      if (this.widthOf(piece + character, style) > width) {
        pieces.push(piece);
        piece = '';
      }
      piece += character;
    }
    return [...pieces, piece];
  }

  private fitted(text: string, width: number, style: TextStyle): string {
    if (this.widthOf(text, style) <= width) return text;
    const characters = Array.from(text);
    while (characters.length > 0 && this.widthOf(`${characters.join('')}…`, style) > width) {
      characters.pop();
    }
    return `${characters.join('')}…`;
  }

  private widthOf(text: string, { size, bold = false }: TextStyle): number {
    this.document.font(bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
    return textRuns(text).reduce((sum, run) => sum + this.runWidth(run, size), 0);
  }

  private runWidth({ font, text }: TextRun, size: number): number {
    return font === 'latin' ? this.document.widthOfString(text) : this.chinese.widthOf(text, size);
  }
}
