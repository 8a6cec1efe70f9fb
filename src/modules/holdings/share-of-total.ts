import { assert } from '../../kernel/assert';

/** A hundred percent, in ten-thousandths of a percent. */
const WHOLE = 1_000_000n;
const DIGITS = 4;

/**
 * What part of the total each holds, in percent with four decimals. The parts equal the whole:
 * they sum to exactly 100.0000, by the method of the largest remainder, ties by order.
 *
 * @param units non-negative; all of them zero gives zeros.
 */
export function sharesOfTotal(units: readonly bigint[]): readonly string[] {
  assert(
    units.every((count) => count >= 0n),
    'nobody holds less than nothing',
  );
  const total = units.reduce((sum, count) => sum + count, 0n);
  if (total === 0n) return units.map(() => percent(0n));
  const parts = units.map((count, index) => ({
    index,
    floor: (count * WHOLE) / total,
    remainder: (count * WHOLE) % total,
  }));
  const left = WHOLE - parts.reduce((sum, part) => sum + part.floor, 0n);
  const favoured = new Set(
    parts
      .toSorted((a, b) =>
        a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
      )
      .slice(0, Number(left))
      .map((part) => part.index),
  );
  return parts.map(({ floor, index }) => percent(floor + (favoured.has(index) ? 1n : 0n)));
}

function percent(tenThousandths: bigint): string {
  const text = tenThousandths.toString().padStart(DIGITS + 1, '0');
  return `${text.slice(0, -DIGITS)}.${text.slice(-DIGITS)}`;
}
