import { escaped } from './html';

/* Charts as SVG in the page itself. Colours come from the page, so that they change with it. */

export type Tone = 'accent' | 'second' | 'third' | 'good' | 'bad' | 'muted';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Mark =
  | {
      readonly kind: 'line';
      readonly tone: Tone;
      readonly points: readonly Point[];
      readonly isDashed?: boolean;
    }
  | { readonly kind: 'area'; readonly tone: Tone; readonly points: readonly Point[] }
  | { readonly kind: 'steps'; readonly tone: Tone; readonly bars: readonly Bar[] }
  | { readonly kind: 'dots'; readonly tone: Tone; readonly dots: readonly Dot[] }
  | { readonly kind: 'note'; readonly tone: Tone; readonly at: Point; readonly text: string };

export interface Bar {
  readonly from: number;
  readonly until: number;
  readonly height: number;
}

/** A value with the bounds within which chance may move it. */
export interface Dot extends Point {
  readonly lower: number;
  readonly upper: number;
}

export interface Axis {
  readonly from: number;
  readonly until: number;
  readonly ticks: readonly number[];
  readonly label: string;
  readonly format: (value: number) => string;
}

export interface Chart {
  /** What the chart shows, for those who cannot see it. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
}

const WIDTH = 460;
const HEIGHT = 340;
const LEFT = 52;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 44;

/** A chart as an SVG element that scales with the page. */
export function chart(parts: Chart): string {
  const place = placing(parts);
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(parts.title)}">`,
    axes(parts, place),
    ...parts.marks.map((mark) => drawn(mark, place)),
    '</svg>',
  ].join('');
}

/** Round numbers from the first to the last, some five of them. */
export function ticksBetween(from: number, until: number, about = 5): readonly number[] {
  const rough = (until - from) / about;
  if (!(rough > 0)) return [from];
  const power = 10 ** wholeBelow(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find((each) => each >= rough)!;
  const first = wholeBelow(from / step + 1 - 1e-9);
  const ticks: number[] = [];
  for (let at = first; at * step <= until + step * 1e-9; at += 1) ticks.push(at * step);
  return ticks;
}

interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function placing({ x, y }: Chart): Place {
  const across = WIDTH - LEFT - RIGHT;
  const down = HEIGHT - TOP - BOTTOM;
  return {
    x: (value) => tenth(LEFT + ((value - x.from) / (x.until - x.from)) * across),
    y: (value) => tenth(TOP + (1 - (value - y.from) / (y.until - y.from)) * down),
  };
}

function axes({ x, y }: Chart, place: Place): string {
  const [left, right] = [place.x(x.from), place.x(x.until)];
  const [bottom, top] = [place.y(y.from), place.y(y.until)];
  return [
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${left}" x2="${right}" y1="${place.y(tick)}" y2="${place.y(tick)}"/>` +
        `<text class="tick" x="${left - 6}" y="${place.y(tick) + 3.5}" text-anchor="end">${escaped(y.format(tick))}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<line class="grid" x1="${place.x(tick)}" x2="${place.x(tick)}" y1="${bottom}" y2="${bottom + 4}"/>` +
        `<text class="tick" x="${place.x(tick)}" y="${bottom + 16}" text-anchor="middle">${escaped(x.format(tick))}</text>`,
    ),
    `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<text class="label" x="${(left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text class="label" transform="translate(12 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  ].join('');
}

function drawn(mark: Mark, place: Place): string {
  switch (mark.kind) {
    case 'line':
      return `<path class="line ${mark.tone}${mark.isDashed ? ' dashed' : ''}" d="${path(mark.points, place)}"/>`;
    case 'area':
      return `<path class="area ${mark.tone}" d="${path(mark.points, place)} Z"/>`;
    case 'steps':
      return mark.bars.map((bar) => step(bar, mark.tone, place)).join('');
    case 'dots':
      return mark.dots.map((dot) => dotted(dot, mark.tone, place)).join('');
    case 'note':
      return `<text class="note ${mark.tone}" x="${place.x(mark.at.x)}" y="${place.y(mark.at.y)}">${escaped(mark.text)}</text>`;
  }
}

function path(points: readonly Point[], place: Place): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${place.x(x)} ${place.y(y)}`)
    .join(' ');
}

function step({ from, until, height }: Bar, tone: Tone, place: Place): string {
  const [left, right] = [place.x(from), place.x(until)];
  const [top, bottom] = [place.y(height), place.y(0)];
  return `<rect class="bar ${tone}" x="${left}" y="${top}" width="${tenth(Math.max(right - left - 0.6, 0.4))}" height="${tenth(bottom - top)}"/>`;
}

function dotted({ x, y, lower, upper }: Dot, tone: Tone, place: Place): string {
  const at = place.x(x);
  const [low, high] = [place.y(lower), place.y(upper)];
  return (
    `<path class="line ${tone} thin" d="M${at} ${low} L${at} ${high} M${tenth(at - 4)} ${low} h8 M${tenth(at - 4)} ${high} h8"/>` +
    `<circle class="dot ${tone}" cx="${at}" cy="${place.y(y)}" r="4"/>`
  );
}

function tenth(value: number): number {
  return Math.trunc(value * 10) / 10;
}

function wholeBelow(value: number): number {
  const cut = Math.trunc(value);
  return cut > value ? cut - 1 : cut;
}
