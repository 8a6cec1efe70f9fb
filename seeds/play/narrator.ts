import { Problem, type Finding } from '../../src/kernel/problem';

export interface NarratorOptions {
  readonly print: (line: string) => void;
  /** Whether the terminal shows colours. */
  readonly hasColours: boolean;
}

const WIDTH = 96;

/** Tells what happens, in sentences and tables for a terminal. */
export class Narrator {
  constructor(private readonly options: NarratorOptions) {}

  act(title: string): void {
    this.lines('', this.bold(title), '='.repeat(title.length));
  }

  scene(title: string, at: Date): void {
    const when = at.toISOString().slice(0, 16).replace('T', ' ');
    const rule = '-'.repeat(Math.max(3, WIDTH - title.length - when.length - 6));
    this.lines('', `${this.bold(title)} ${this.dim(`${rule} ${when}`)}`, '');
  }

  /** A sentence or a few. */
  say(text: string): void {
    for (const line of wrapped(text, WIDTH - 2)) this.lines(`  ${line}`);
  }

  /** An empty line. */
  gap(): void {
    this.lines('');
  }

  /** Something that went well. */
  done(text: string): void {
    this.marked(this.green('✓'), text);
  }

  /** Something that was refused, as it should be, with the rule that did. */
  refused(what: string, problem: Problem): void {
    this.marked(this.red('✗'), `${what}: ${this.bold(problem.title)} ${this.dim(problem.code)}`);
    const findings = problem.findings ?? [];
    for (const finding of findings) this.finding(finding);
    if (findings.length === 0 && problem.detail !== undefined) {
      for (const line of wrapped(problem.detail, WIDTH - 6)) this.lines(`      ${line}`);
    }
  }

  /** Something that should not be. */
  broken(text: string): void {
    this.marked(this.red('!'), text);
  }

  /** Columns as wide as they need; numbers to the right. */
  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = header.map((_, column) =>
      Math.max(...[header, ...rows].map((row) => widthOf(row[column] ?? ''))),
    );
    const isNumber = header.map((_, column) =>
      rows.every((row) => /^[-\d., %]*( [A-Z]{3})?$/.test(row[column] ?? '')),
    );
    const line = (row: readonly string[]): string =>
      row
        .map((cell, column) => {
          const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
          return isNumber[column] ? gap + cell : cell + gap;
        })
        .join('   ')
        .trimEnd();
    this.lines(`    ${this.dim(line(header))}`);
    for (const row of rows) this.lines(`    ${line(row)}`);
  }

  /** Text that is shown as it is. */
  text(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.lines(`    ${line}`);
  }

  private finding({ rule, citation, message, limit, observed, left, currency }: Finding): void {
    this.lines(`      ${rule}, ${citation}`);
    for (const line of wrapped(message, WIDTH - 6)) this.lines(`      ${line}`);
    const figures = [
      limit === undefined ? '' : `limit ${limit}`,
      observed === undefined ? '' : `counted ${observed}`,
      left === undefined ? '' : `left ${left}`,
    ].filter((figure) => figure !== '');
    if (figures.length > 0) this.lines(`      ${figures.join('   ')} ${currency ?? ''}`.trimEnd());
  }

  private marked(mark: string, text: string): void {
    const [first = '', ...rest] = wrapped(text, WIDTH - 4);
    this.lines(`  ${mark} ${first}`, ...rest.map((line) => `    ${line}`));
  }

  private lines(...lines: readonly string[]): void {
    for (const line of lines) this.options.print(line);
  }

  private bold = (text: string): string => this.painted(text, '1');
  private dim = (text: string): string => this.painted(text, '2');
  private green = (text: string): string => this.painted(text, '32');
  private red = (text: string): string => this.painted(text, '31');

  private painted(text: string, code: string): string {
    return this.options.hasColours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** What must be refused, is. @returns why. @throws Error when it went through. */
export async function refusalOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('what should have been refused went through');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(`${line} ${word}`) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Columns a terminal gives the text: two for each Chinese character, none for a colour. */
function widthOf(text: string): number {
  // eslint-disable-next-line no-control-regex
  const shown = text.replaceAll(/\u001b\[\d+m/g, '');
  return [...shown].reduce((width, each) => width + (/[\u2e80-\uffef]/.test(each) ? 2 : 1), 0);
}
