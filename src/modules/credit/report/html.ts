/* Text for a page. Everything that is not ours to write goes through `escaped`. */

/** Text as HTML shows it, in an element or between quotation marks. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A figure with so many decimals; a dash where there is none. */
export function decimals(value: number, digits: number): string {
  return Number.isFinite(value) ? formatOf(digits).format(value).replace('-', '−') : '–';
}

export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${decimals(share * 100, digits)}%` : '–';
}

export function whole(value: number): string {
  return decimals(value, 0);
}

/** A p-value, which nobody needs to the tenth digit. */
export function probabilityText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value < 0.001 ? '&lt; 0.001' : decimals(value, 3);
}

const FORMATS = new Map<number, Intl.NumberFormat>();

function formatOf(digits: number): Intl.NumberFormat {
  const known = FORMATS.get(digits);
  if (known) return known;
  const made = new Intl.NumberFormat('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  FORMATS.set(digits, made);
  return made;
}

export interface Heading {
  readonly text: string;
  /** Figures stand to the right, one under another. */
  readonly isFigure?: boolean;
}

/** A cell that is HTML already. */
export interface Markup {
  readonly html: string;
}

export type Cell = string | Markup;

export interface TableParts {
  readonly headings: readonly Heading[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table in a frame that scrolls by itself where the page is narrow. */
export function table({ headings, rows }: TableParts): string {
  const classOf = (index: number): string => (headings[index]?.isFigure ? ' class="figure"' : '');
  const head = headings.map(
    ({ text }, index) => `<th scope="col"${classOf(index)}>${escaped(text)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => `<td${classOf(index)}>${cellHtml(cell)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function cellHtml(cell: Cell): string {
  return typeof cell === 'string' ? escaped(cell) : cell.html;
}
