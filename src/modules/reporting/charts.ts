import { must } from '../../kernel/assert';
import { rate, type Rate } from '../../kernel/rate';
import type { Cell, ReportContent, Unit } from './figure';
import { printedCut, printedValue, type Language } from './print';
import type { ReportTemplate } from './template';

/** A figure as bars. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly {
    readonly label: string;
    /** Its part of the longest bar, from 0 to 1. */
    readonly length: number;
    readonly value: string;
  }[];
}

/** A chart of more is no longer read. */
const MOST_BARS = 24;

/**
 * The figures that a template has drawn, a bar a cell, each as long as its part of the largest of its
 * kind: amounts are held against amounts of their currency alone. What is not above zero has no bar.
 */
export function chartsOf(
  template: Pick<ReportTemplate, 'charts' | 'figures'>,
  { figures }: Pick<ReportContent, 'figures'>,
  language: Language,
): readonly Chart[] {
  return (template.charts ?? []).flatMap((id) => {
    const spec = must(
      template.figures.find((each) => each.id === id),
      `figure ${id}`,
    );
    const cells = figures.find((figure) => figure.id === id)?.cells ?? [];
    const drawn = cells.filter(({ value }) => value !== null).slice(0, MOST_BARS);
    return drawn.length === 0
      ? []
      : [{ title: spec.title[language], bars: barsOf(drawn, { ...spec, language }) }];
  });
}

function barsOf(
  cells: readonly Cell[],
  { unit, language }: { readonly unit: Unit; readonly language: Language },
): Chart['bars'] {
  const largest = new Map<string, Rate>();
  for (const cell of cells) {
    const before = largest.get(kindOf(cell));
    const value = sizeOf(cell);
    if (before === undefined || value.greaterThan(before)) largest.set(kindOf(cell), value);
  }
  return cells.map((cell) => {
    const whole = must(largest.get(kindOf(cell)), 'the largest of a kind');
    const length = whole.isZero() ? 0 : sizeOf(cell).dividedBy(whole).toNumber();
    return { label: printedCut(cell, language), length, value: printedValue(cell.value, unit) };
  });
}

function sizeOf({ value }: Cell): Rate {
  const size = rate(value ?? '0');
  return size.isNegative() ? rate('0') : size;
}

function kindOf({ by }: Cell): string {
  return by['currency'] ?? '';
}
