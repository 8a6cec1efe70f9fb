import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { divideHalfEven } from '../returns';
import { formulaIdOf, type Cell, type Figure, type RatioFigure, type SumFigure } from './figure';

/** A sum as it was computed: whole numbers (things, minor units), or the text of a decimal. */
export interface RawCell {
  readonly by: Readonly<Record<string, string>>;
  readonly sum: string;
}

type TemplateName = { readonly id: string; readonly version: number };

/** A sum as it is reported: money as a decimal in its currency. */
export function sumFigure(
  template: TemplateName,
  spec: SumFigure,
  cells: readonly RawCell[],
): Figure {
  const { id, unit } = spec;
  return {
    id,
    formulaId: formulaIdOf(template, id),
    unit,
    cells: cells.map(({ by, sum }) => ({ by, value: written(spec, by, sum) })),
  };
}

/**
 * A ratio as it is reported, with what it was computed from. Cells are those of the numerator, and of
 * the denominator where both are cut the same way: a part of nothing is no number.
 */
export function ratioFigure(
  template: TemplateName,
  spec: RatioFigure,
  of: {
    readonly numerator: { readonly spec: SumFigure; readonly cells: readonly RawCell[] };
    readonly denominator: { readonly spec: SumFigure; readonly cells: readonly RawCell[] };
  },
): Figure {
  const { numerator, denominator } = of;
  const columns = denominator.spec.by ?? [];
  const parts = new Map(denominator.cells.map((cell) => [keyOf(cell.by, columns), cell.sum]));
  const own = numerator.spec.by ?? [];
  const sums = new Map(numerator.cells.map((cell) => [keyOf(cell.by, own), cell]));
  if (own.length === columns.length) {
    for (const { by } of denominator.cells) {
      const key = keyOf(by, columns);
      if (!sums.has(key)) sums.set(key, { by, sum: '0' });
    }
  }
  const cells = [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { by, sum }]): Cell => {
      const whole = parts.get(keyOf(by, columns)) ?? '0';
      return {
        by,
        value: quotient(BigInt(sum), BigInt(whole), spec.digits),
        numerator: written(numerator.spec, by, sum),
        denominator: written(denominator.spec, by, whole),
      };
    });
  return { id: spec.id, formulaId: formulaIdOf(template, spec.id), unit: spec.unit, cells };
}

/** `a / b` with so many digits, a tie to the even one; null where `b` is zero. */
export function quotient(a: bigint, b: bigint, digits: number): string | null {
  if (b === 0n) return null;
  const sign = b < 0n ? -1n : 1n;
  const scaled = divideHalfEven(sign * a * 10n ** BigInt(digits), sign * b);
  const text = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0');
  const cut = text.length - digits;
  const fraction = digits === 0 ? '' : `.${text.slice(cut)}`;
  return `${scaled < 0n ? '-' : ''}${text.slice(0, cut)}${fraction}`;
}

function written(spec: SumFigure, by: RawCell['by'], sum: string): string {
  if (spec.unit !== 'money') return sum;
  const currency = asCurrency(must(by['currency'], 'the currency of a sum of money'));
  return Money.ofMinor(BigInt(sum), currency).toDecimalString();
}

/** The values of some columns as one text, in the order of the columns. */
export function keyOf(by: RawCell['by'], columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => by[column] ?? ''));
}
