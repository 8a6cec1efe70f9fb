import { createHash } from 'node:crypto';
import { drawn, Pen, type Page } from './pen';

/** A table on A4 with what stands around it. Texts may be Chinese. */
export interface TableDocument {
  readonly title: string;
  /** Shown above the table, one a line. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly totals: readonly string[];
  /** Drawn below the table, each as bars from one line. */
  readonly charts?: readonly BarChart[];
  /** Shown below the table. */
  readonly notes: readonly string[];
  /** Printed nowhere, kept in the file: the same content makes the same bytes. */
  readonly madeAt: Date;
}

export interface TableColumn {
  readonly heading: string;
  /** Part of the width of the table; all of them together make 1. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  /** Its part of the longest bar, from 0 to 1. */
  readonly length: number;
  /** What stands beside it. */
  readonly value: string;
}

const MARGIN = 48;
const LABEL_WIDTH = 170;
const SIZE = 9;
const SMALL = 7.5;
const LINE = 15;
const FOOTER = 40;
const BAR = 9;
const BAR_COLOR = '#3b6ea5';

/** Renders the document. Text that does not fit its cell is cut with an ellipsis. */
export async function renderTable(content: TableDocument): Promise<Buffer> {
  return drawn(content, (document) => new TableWriter(document, content).write());
}

/** SHA-256 of a rendered document, hexadecimal. */
export function documentHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Cell {
  readonly x: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly size?: number;
  readonly bold?: boolean;
}

class TableWriter {
  private readonly pen: Pen;
  private readonly width: number;
  private y = MARGIN;

  constructor(
    private readonly document: Page,
    private readonly content: TableDocument,
  ) {
    this.pen = new Pen(document);
    this.width = document.page.width - 2 * MARGIN;
  }

  write(): void {
    const { title, facts, rows, totals, notes, charts = [] } = this.content;
    this.line(title, { x: MARGIN, width: this.width, size: 15, bold: true });
    this.y += LINE;
    for (const [label, value] of facts) this.fact(label, value);
    this.y += LINE / 2;
    this.headings();
    for (const row of rows) this.row(row);
    this.rule();
    this.row(totals, true);
    this.y += LINE / 2;
    for (const chart of charts) this.chart(chart);
    for (const note of notes) {
      this.makeRoom();
      this.line(note, { x: MARGIN, width: this.width, size: SMALL });
    }
    const [x, width] = [MARGIN, this.width];
    this.pen.numberPages({ x, width, align: 'right', size: SMALL, fromBottom: FOOTER });
  }

  private fact(label: string, value: string): void {
    this.makeRoom();
    this.text(label, { x: MARGIN, width: LABEL_WIDTH - 8, bold: true });
    const width = this.width - LABEL_WIDTH;
    this.line(value, { x: MARGIN + LABEL_WIDTH, width });
  }

  private headings(): void {
    this.row(
      this.content.columns.map(({ heading }) => heading),
      true,
    );
    this.rule();
  }

  private row(cells: readonly string[], bold = false): void {
    if (this.makeRoom()) this.headings();
    let x = MARGIN;
    for (const [index, { width, align }] of this.content.columns.entries()) {
      const cellWidth = width * this.width;
      this.text(cells[index] ?? '', { x, width: cellWidth - 6, align, bold });
      x += cellWidth;
    }
    this.y += LINE;
  }

  private chart({ title, bars }: BarChart): void {
    this.makeRoom();
    this.line(title, { x: MARGIN, width: this.width, bold: true });
    const [labels, area] = [this.width * 0.3, this.width * 0.5];
    const from = MARGIN + labels;
    for (const { label, length, value } of bars) {
      this.makeRoom();
      this.text(label, { x: MARGIN, width: labels - 6, size: SMALL });
      const width = length * area;
      this.document
        .rect(from, this.y - 1, width, BAR)
        .fill(BAR_COLOR)
        .fillColor('black');
      this.text(value, {
        x: from + width + 4,
        width: this.width - labels - width - 4,
        size: SMALL,
      });
      this.y += BAR + 4;
    }
    this.y += LINE / 2;
  }

  private rule(): void {
    this.document
      .moveTo(MARGIN, this.y - 3)
      .lineTo(MARGIN + this.width, this.y - 3)
      .lineWidth(0.5)
      .stroke();
    this.y += 2;
  }

  private line(text: string, cell: Cell): void {
    this.text(text, cell);
    this.y += (cell.size ?? SIZE) + LINE - SIZE;
  }

  /** Starts a new page when this one is full. @returns whether it did. */
  private makeRoom(): boolean {
    if (this.y + LINE < this.document.page.height - MARGIN - FOOTER) return false;
    this.document.addPage({ size: 'A4', margin: 0 });
    this.y = MARGIN;
    return true;
  }

  private text(text: string, { size = SIZE, ...cell }: Cell): void {
    this.pen.line(text, { ...cell, size, y: this.y });
  }
}
