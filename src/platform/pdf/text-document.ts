import { drawn, Pen, type Page, type TextStyle } from './pen';

/** Prose on A4: headings, paragraphs that wrap, and facts in two columns. */
export interface TextDocument {
  readonly title: string;
  readonly blocks: readonly TextBlock[];
  /** Printed nowhere, kept in the file: the same content makes the same bytes. */
  readonly madeAt: Date;
}

export type TextBlock =
  | { readonly kind: 'heading' | 'subheading' | 'paragraph'; readonly text: string }
  /** Set off by a frame: what must be seen first. */
  | { readonly kind: 'notice'; readonly title?: string | undefined; readonly text: string }
  | { readonly kind: 'fact'; readonly label: string; readonly value: string };

export interface RenderedText {
  readonly bytes: Buffer;
  readonly pages: number;
}

const MARGIN = 48;
const FOOTER = 32;
const PADDING = 6;
const LABEL_WIDTH = 160;
const TITLE: TextStyle = { size: 15, bold: true };
const STYLES = {
  heading: { size: 11, bold: true },
  subheading: { size: 9, bold: true },
  paragraph: { size: 9 },
} as const;
const FOOTNOTE: TextStyle = { size: 7.5 };
/** From one line to the next, in sizes of the letters. */
const LEADING = 1.3;

/** Renders the document, on as many pages as it takes. */
export async function renderText(content: TextDocument): Promise<RenderedText> {
  let pages = 0;
  const bytes = await drawn(content, (document) => {
    pages = new TextWriter(document).write(content);
  });
  return { bytes, pages };
}

class TextWriter {
  private readonly pen: Pen;
  private readonly width: number;
  private readonly bottom: number;
  private y = MARGIN;

  constructor(private readonly document: Page) {
    this.pen = new Pen(document);
    this.width = document.page.width - 2 * MARGIN;
    this.bottom = document.page.height - MARGIN - FOOTER / 2;
  }

  /** @returns how many pages it took. */
  write({ title, blocks }: TextDocument): number {
    this.prose(title, TITLE);
    for (const block of blocks) this.block(block);
    const [x, width] = [MARGIN, this.width];
    return this.pen.numberPages({ x, width, align: 'right', ...FOOTNOTE, fromBottom: FOOTER });
  }

  private block(block: TextBlock): void {
    if (block.kind === 'fact') return this.fact(block.label, block.value);
    if (block.kind === 'notice') return this.notice(block.title, block.text);
    const style = STYLES[block.kind];
    // A heading never stands alone at the foot of a page.
    if (block.kind !== 'paragraph') this.makeRoom(4 * style.size * LEADING);
    if (block.kind === 'heading') this.y += style.size / 2;
    this.prose(block.text, style);
  }

  private prose(text: string, style: TextStyle): void {
    for (const line of this.pen.wrapped(text, this.width, style)) {
      this.makeRoom(style.size * LEADING);
      this.pen.line(line, { x: MARGIN, y: this.y, width: this.width, ...style });
      this.y += style.size * LEADING;
    }
    this.y += style.size / 3;
  }

  private fact(label: string, value: string): void {
    const style = STYLES.paragraph;
    const step = style.size * LEADING;
    const labels = this.pen.wrapped(label, LABEL_WIDTH - PADDING, { ...style, bold: true });
    const values = this.pen.wrapped(value, this.width - LABEL_WIDTH, style);
    for (let row = 0; row < Math.max(labels.length, values.length); row += 1) {
      this.makeRoom(step);
      const { y } = this;
      const width = LABEL_WIDTH - PADDING;
      this.pen.line(labels[row] ?? '', { x: MARGIN, y, width, ...style, bold: true });
      this.pen.line(values[row] ?? '', {
        x: MARGIN + LABEL_WIDTH,
        y,
        width: this.width - LABEL_WIDTH,
        ...style,
      });
      this.y += step;
    }
  }

  /** One that is longer than a page goes on without its frame. */
  private notice(title: string | undefined, text: string): void {
    const style = STYLES.paragraph;
    const width = this.width - 2 * PADDING;
    const heading =
      title === undefined ? [] : this.pen.wrapped(title, width, { ...style, bold: true });
    const lines = [...heading, ...this.pen.wrapped(text, width, style)];
    const step = style.size * LEADING;
    const height = lines.length * step + 2 * PADDING;
    const isFramed = height < this.bottom - MARGIN;
    if (isFramed) {
      this.makeRoom(height);
      this.document.rect(MARGIN, this.y, this.width, height).lineWidth(0.75).stroke();
    }
    this.y += PADDING;
    for (const [row, line] of lines.entries()) {
      this.makeRoom(step);
      const bold = row < heading.length;
      this.pen.line(line, { x: MARGIN + PADDING, y: this.y, width, ...style, bold });
      this.y += step;
    }
    this.y += PADDING + style.size / 2;
  }

  /** Starts a new page when so much does not fit on this one. */
  private makeRoom(height: number): void {
    if (this.y + height <= this.bottom) return;
    this.document.addPage({ size: 'A4', margin: 0 });
    this.y = MARGIN;
  }
}
